import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FACTS } from '../../../src/site/facts/fact-table.ts';
import { loadFacts, parseFacts, renderFacts } from '../../../src/site/facts/site-facts.ts';
import { loadFacts as loadSwitches } from '../../../studio/site/load-facts.ts';
import { SWITCHES } from '../../../studio/site/switches.ts';

const SITE = 'https://lantern.example.com';
const MEASURED = {
  site: SITE,
  measuredOn: '2026-12-01',
  server: 'v8.89.0',
  facts: { 'read.maxPageSize': 500, 'read.dottedLinkLeaf': 'link' },
} as const;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shotgraph-facts-'));
});
afterEach(() => rm(folder, { recursive: true }));

const textWith = (name: string, value: number): string =>
  renderFacts({ ...MEASURED, facts: { [name]: value } });

const mistakesIn = (text: string): string => {
  try {
    parseFacts(text, 'facts.json');
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
};

describe('the file of facts of a site', () => {
  it('is read as it was written', () => {
    expect(parseFacts(renderFacts(MEASURED), 'facts.json')).toEqual(MEASURED);
  });

  it('may be missing: nothing is known then', async () => {
    expect(await loadFacts(join(folder, 'site'))).toEqual({});
  });

  it('lies beside the folder of the snapshot', async () => {
    await writeFile(join(folder, 'facts.json'), renderFacts(MEASURED));
    expect(await loadFacts(join(folder, 'site'))).toEqual(MEASURED.facts);
  });

  it('is refused with the nearest name if it names an unknown fact', () => {
    const text = renderFacts(MEASURED).replace('read.maxPageSize', 'read.maxPagesize');
    expect(mistakesIn(text)).toContain('Did you mean "read.maxPageSize"?');
  });

  it('is refused if a value is not a possible answer', () => {
    expect(mistakesIn(renderFacts(MEASURED).replace('"link"', '"maybe"'))).toContain('read.dottedLinkLeaf');
  });

  it('is refused if a later Shotgraph wrote it', () => {
    expect(mistakesIn(renderFacts(MEASURED).replace('"version": 2', '"version": 3'))).toContain(
      'Update Shotgraph',
    );
  });

  it('is refused if an earlier Shotgraph wrote it, which named no site', () => {
    const text = renderFacts(MEASURED).replace('"version": 2', '"version": 1');
    expect(mistakesIn(text)).toContain('Delete it and probe the site again');
  });

  it.each(['url', 'publicUrl'] as const)('is accepted if the %s is that of the site', async (name) => {
    await writeFile(join(folder, 'facts.json'), renderFacts(MEASURED));
    const address = { url: 'http://10.0.0.1', publicUrl: 'http://10.0.0.1', [name]: SITE };
    expect(await loadFacts(join(folder, 'site'), address)).toEqual(MEASURED.facts);
  });

  it('is refused if it was measured at another site, and the refusal names that site', async () => {
    await writeFile(join(folder, 'facts.json'), renderFacts(MEASURED));
    const other = 'https://lantern-staging.example.com';
    await expect(loadFacts(join(folder, 'site'), { url: other, publicUrl: other })).rejects.toThrow(
      `was measured at ${SITE}, and this site is ${other}. Give each site a folder of its own`,
    );
  });

  it('is refused if it has a name twice', () => {
    const text = renderFacts(MEASURED).replace(
      '"read.maxPageSize": 500',
      '"read.maxPageSize": 500,\n\t"read.maxPageSize": 5000',
    );
    expect(mistakesIn(text)).toContain('has a name twice');
  });

  it.each([
    ['read.maxPageSize', 1],
    ['read.maxPageSize', 100_000],
    ['read.maxIds', 1],
    ['read.maxIds', 1_000_000],
    ['read.maxLinks', 9],
    ['read.maxLinks', 5001],
  ])('is refused if %s is %d, which no site has', (name, value) => {
    expect(mistakesIn(textWith(name, value))).toContain(name);
  });

  it.each([0, 10, 5000])('may say that filters take %d ids, where 0 is no limit', (value) => {
    expect(mistakesIn(textWith('read.maxIds', value))).toBe('');
  });

  it('is refused if it is cut off', () => {
    expect(mistakesIn(renderFacts(MEASURED).slice(0, 20))).toContain('is not JSON');
  });
});

describe('a fact', () => {
  it.each(Object.entries(FACTS))(
    '%s has a switch of the emulated site with the same default',
    (name, fact) => {
      expect(SWITCHES[name]?.byDefault).toBe(fact.assumed);
      for (const choice of SWITCHES[name]?.choices ?? [])
        expect(fact.form.safeParse(choice).success).toBe(true);
    },
  );

  it('becomes the switch of its name in an emulated site', async () => {
    const path = join(folder, 'facts.json');
    await writeFile(path, renderFacts(MEASURED));
    expect(await loadSwitches(path)).toEqual(MEASURED.facts);
  });
});
