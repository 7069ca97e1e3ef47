import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/digest.ts';
import { ROOT } from '../rules/source-files.ts';
import { runCaptured } from '../support/run-captured.ts';

const CARD =
  '# What a card shows.\nquery Card($id: Int!) {\n  version(id: $id) {\n    code\n    createdAt\n  }\n}\n';

describe('shotgraph client typescript', () => {
  let folder: string;
  beforeAll(async () => {
    await mkdir(join(ROOT, 'test', 'artefacts'), { recursive: true });
    folder = await mkdtemp(join(ROOT, 'test', 'artefacts', 'client-'));
    await mkdir(join(folder, 'operations'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const run = async (operations: string, ...more: readonly string[]) => {
    await writeFile(join(folder, 'operations', 'card.graphql'), operations);
    const args = [
      ...['client', 'typescript', '--directory', join(ROOT, 'schema/site')],
      ...['--config', join(ROOT, 'shotgraph.yml'), '--operations', join(folder, 'operations')],
    ];
    const { code, errors } = await runCaptured(...args, ...more);
    return { code, errors };
  };
  const out = (name: string): readonly [string, string] => ['--out', join(folder, name)];

  it.each(['node', 'text'])(
    'writes typed documents, each with the id that the server gives it: %s',
    async (kind) => {
      expect(await run(CARD, ...out(kind), '--documents', kind)).toEqual({ code: 0, errors: '' });
      const made = await readFile(join(folder, kind, 'graphql.ts'), 'utf8');
      const text = CARD.slice(CARD.indexOf('query')).trim();
      expect(made).toContain(`sha256:${sha256(text, 'hex')}`);
      expect(made).toMatch(/export type CardQueryVariables[\s\S]*id: number/u);
      expect(made).toMatch(/createdAt: string \| null/u);
      expect(made.includes('class TypedDocumentString')).toBe(kind === 'text');
    },
  );

  it('names file, line and the nearest name of what does not fit the schema, and writes nothing', async () => {
    const { code, errors } = await run(CARD.replace('code', 'codee'), ...out('wrong'));
    expect([code, errors]).toEqual([
      1,
      expect.stringMatching(/card\.graphql:4: .*"codee".*Did you mean "code"/u),
    ]);
    await expect(readFile(join(folder, 'wrong', 'graphql.ts'))).rejects.toThrow('ENOENT');
  });

  it("takes a scalar of the studio's own systems, whose form nobody has told", async () => {
    await writeFile(
      join(folder, 'crew.js'),
      "export const connector = { typeDefs: 'scalar Mood extend type Version { mood: Mood }', fields: { Version: { mood: () => [] } } };\n",
    );
    await writeFile(
      join(folder, 'crew.yml'),
      "systems: { crew: { connector: crew.js, baseUrl: 'https://crew.example' } }\n",
    );
    const answer = await run(
      CARD.replace('createdAt', 'mood'),
      ...out('own'),
      '--config',
      join(folder, 'crew.yml'),
    );
    expect(answer).toEqual({ code: 0, errors: '' });
    expect(await readFile(join(folder, 'own', 'graphql.ts'), 'utf8')).toMatch(/mood: unknown/u);
  });

  it('says that it needs the folder to write', async () => {
    expect((await run(CARD)).code).toBe(2);
  });
});
