import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FACTS } from '../../../src/site/facts/fact-table.ts';
import { loadFacts, parseFacts, renderFacts } from '../../../src/site/facts/site-facts.ts';
import { loadFacts as loadSwitches } from '../../../studio/site/load-facts.ts';
import { SWITCHES } from '../../../studio/site/switches.ts';

const MEASURED = {
  measuredOn: '2026-12-01',
  server: 'v8.89.0',
  facts: { 'read.maxPageSize': 500, 'read.dottedLinkLeaf': 'link' },
} as const;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shotgraph-facts-'));
});
afterEach(() => rm(folder, { recursive: true }));

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

  it('is refused with the nearest name where it names a fact that there is none of', () => {
    const text = renderFacts(MEASURED).replace('read.maxPageSize', 'read.maxPagesize');
    expect(mistakesIn(text)).toContain('Did you mean "read.maxPageSize"?');
  });

  it('is refused where a value is none of the possible answers', () => {
    expect(mistakesIn(renderFacts(MEASURED).replace('"link"', '"maybe"'))).toContain('read.dottedLinkLeaf');
  });

  it('is refused where it was written by a later Shotgraph', () => {
    expect(mistakesIn(renderFacts(MEASURED).replace('"version": 1', '"version": 2'))).toContain(
      'Update Shotgraph',
    );
  });

  it('is refused where it is cut off', () => {
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
