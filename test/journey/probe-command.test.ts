import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseFacts } from '../../src/site/facts/site-facts.ts';
import { signedFields } from '../../studio/site/web/ami-signature.ts';
import { type CliStudio, startCliStudio } from '../support/cli-studio.ts';
import { freePort } from '../support/free-port.ts';
import { CANARIES } from '../support/studio.ts';

let studio: CliStudio;
let folder: string;
beforeAll(async () => {
  studio = await startCliStudio({ switches: { 'read.linkOrder': 'id' } });
});
afterAll(() => studio.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shotgraph-probe-'));
});
afterEach(() => rm(folder, { recursive: true }));

const probe = (args: readonly string[] = [], environment: Readonly<Record<string, string>> = {}) =>
  studio.run(['probe', ...args], {
    SHOTGRAPH_SCHEMA_DIRECTORY: join(folder, 'schema', 'site'),
    ...environment,
  });
const factsFile = () => join(folder, 'schema', 'facts.json');
const facts = async () => parseFacts(await readFile(factsFile(), 'utf8'), 'facts.json').facts;

describe('shotgraph probe', () => {
  it('says what differs and what follows, and writes the file that the server reads', async () => {
    const { code, said } = await probe();
    expect(code).toBe(0);
    expect(said).toMatch(/^differs +read\.linkOrder: id/mu);
    expect(said).toContain('have to sort it');
    expect(said).toMatch(/^as assumed +read\.searchFieldsOmitted: whole/mu);
    expect(said).toMatch(/^not asked +read\.includeArchivedByDefault: .*no archived project/mu);
    expect(said).toMatch(/^never asked +auth\.staleToken: /mu);
    expect(await facts()).toMatchObject({ 'read.linkOrder': 'id', 'read.dottedLinkLeaf': 'absent' });
  });

  it('keeps the answers of an earlier run to questions that this one does not ask', async () => {
    await probe(['--person', 'joao']);
    expect(await facts()).toMatchObject({ 'auth.loginCase': 'sensitive' });
    await probe();
    expect(await facts()).toMatchObject({ 'auth.loginCase': 'sensitive', 'read.linkOrder': 'id' });
  });

  it('says which answer of an earlier run is another one now, and keeps it in the report', async () => {
    await probe();
    const text = await readFile(factsFile(), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ site: studio.siteUrl });
    await writeFile(
      factsFile(),
      text.replace('"read.dottedLinkLeaf": "absent"', '"read.dottedLinkLeaf": "link"'),
    );
    const { said } = await probe();
    expect(said).toMatch(/^changed +read\.dottedLinkLeaf: absent, and link in an earlier run\n.*To keep/mu);
    expect(said.match(/^changed/gmu)).toHaveLength(1);
    await writeFile(factsFile(), text.replace('"read.linkOrder": "id"', '"read.linkOrder": "name"'));
    const { answers } = JSON.parse((await probe(['--json'])).said) as { answers: { before?: string }[] };
    expect(answers.filter(({ before }) => before !== undefined)).toMatchObject([
      { fact: 'read.linkOrder', value: 'id', before: 'name' },
    ]);
  });

  it('refuses the facts of another site, before it asks anything', async () => {
    await probe();
    const text = await readFile(factsFile(), 'utf8');
    const other = text.replace(studio.siteUrl, 'https://lantern.example.com');
    await writeFile(factsFile(), other);
    const { code, said } = await probe();
    expect([code, said]).toEqual([1, expect.stringContaining('was measured at https://lantern.example.com')]);
    expect(await readFile(factsFile(), 'utf8')).toBe(other);
  });

  it('writes a report without a name, an id or an address of the site', async () => {
    const report = join(folder, 'report.json');
    const { said } = await probe([
      '--person',
      'joao',
      '--write-in-project',
      '2',
      '--json',
      '--report',
      report,
    ]);
    const text = await readFile(report, 'utf8');
    expect(JSON.parse(said)).toEqual(JSON.parse(text));
    for (const secret of ['joao', 'Nightjar', new URL(studio.siteUrl).host, ...Object.values(CANARIES)])
      expect(text).not.toContain(secret);
    expect(text).toContain('"outcome": "asAssumed"');
  });

  it.each<[string, readonly string[], Readonly<Record<string, string>>, string]>([
    ['a site that is not there', [], { SHOTGRAPH_SITE_URL: 'http://127.0.0.1:1' }, 'does not answer'],
    ['a wrong key', [], { SHOTGRAPH_SITE_SCRIPT_KEY: 'wrong-key-of-a-script' }, 'does not accept the script'],
    ['a login that nobody has', ['--person', 'nobody'], {}, 'Nobody in ShotGrid has the login nobody'],
    ['a person who is disabled', ['--person', 'kenji'], {}, 'is disabled'],
    ['a person who is exempt from sudo', ['--person', 'ada'], {}, 'may not act for ada'],
    [
      'a project that is not there',
      ['--person', 'joao', '--write-in-project', '4711'],
      {},
      'There is no project 4711',
    ],
  ])('asks nothing for %s, and says so', async (_, args, environment, sentence) => {
    const { code, said } = await probe(args, environment);
    expect(said).toContain(sentence);
    expect(said).toContain('othing was written');
    expect(code).toBe(3);
    await expect(readFile(factsFile())).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('never writes as the script: a project needs a person', async () => {
    const { code, said } = await probe(['--write-in-project', '2']);
    expect([code, said]).toEqual([2, expect.stringContaining('needs --person LOGIN')]);
  });

  it('refuses a file of facts that it cannot read, before it asks anything', async () => {
    await probe();
    await writeFile(factsFile(), '{"version": 1');
    const { code, said } = await probe();
    expect([code, said]).toEqual([1, expect.stringContaining('is not JSON')]);
  });

  it('refuses a report that cannot be written, before it asks anything', async () => {
    const { code, said } = await probe(['--report', folder]);
    expect([code, said]).toEqual([2, expect.stringContaining('is a folder')]);
    await expect(readFile(factsFile())).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('asks what it can where the script may not act for people, and says what to do', async () => {
    const without = await startCliStudio({ switches: { 'auth.sudoRight': 'no_role' } });
    try {
      const { code, said } = await without.run(['probe', '--person', 'joao'], {
        SHOTGRAPH_SCHEMA_DIRECTORY: join(folder, 'schema', 'site'),
      });
      expect(code).toBe(1);
      expect(said).toMatch(/^differs +auth\.sudoRight: no_role/mu);
      expect(said).toContain('advanced permission "sudo"');
      expect(said).toMatch(/^as assumed +read\.searchFieldsOmitted/mu);
    } finally {
      await without.stop();
    }
  });
});

describe('shotgraph probe --click', () => {
  const FIELDS = [
    ['user_login', 'joao'],
    ['selected_ids', ''],
    ['entity_type', 'Version'],
  ] as const;

  /** Posts once somebody listens. */
  async function post(port: number, body: URLSearchParams | FormData): Promise<number> {
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body }).catch(
        () => undefined,
      );
      if (answer !== undefined) return answer.status;
      await sleep(50);
    }
  }

  it('refuses a port that is taken, before it asks anything', async () => {
    const { port } = new URL(studio.siteUrl);
    const { code, said } = await probe(['--click', port]);
    expect([code, said]).toEqual([1, expect.stringContaining('EADDRINUSE')]);
    await expect(readFile(factsFile())).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.each([
    ['urlencoded', true],
    ['urlencoded', false],
    ['multipart', true],
  ] as const)('tells a form that is %s, with blank fields signed: %s', async (encoding, signsBlankFields) => {
    const port = await freePort();
    const running = probe(['--click', String(port), '--ami', 'review', '--json']);
    const secret = CANARIES.amiSecret;
    const fields = signedFields(FIELDS, { secret, nowMs: Date.now(), signsBlankFields });
    const body = encoding === 'multipart' ? new FormData() : new URLSearchParams();
    for (const [name, value] of fields) body.append(name, value);
    expect(await post(port, body)).toBe(200);
    await running;
    expect(await facts()).toMatchObject({
      'web.amiEncoding': encoding,
      'web.signsBlankFields': signsBlankFields,
    });
  });
});
