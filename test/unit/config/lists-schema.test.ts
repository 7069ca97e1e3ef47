import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { parse } from 'yaml';
import { loadLists } from '../../../src/config/lists.ts';
import { ROOT } from '../../rules/source-files.ts';

const SECRET = '${SHOTGRAPH_AMI_SECRET_REVIEW}';
const ENVIRONMENT = { SHOTGRAPH_AMI_SECRET_REVIEW: 'a-secret-of-thirty-two-characters-' };
const FILE = {
  amis: {
    review: { secrets: [SECRET], entityTypes: ['Version'], opens: '/apps/review/', overlay: true },
    user: { secrets: [SECRET], opens: 'https://tools.studio.example/x/', withoutRows: true },
  },
  apps: { review: { directory: 'x' }, tools: { origin: 'https://tools.studio.example' } },
  systems: {
    farm: {
      connector: 'farm.js',
      baseUrl: 'https://farm.studio.example',
      timeoutSeconds: 2,
      refusal: { message: 'error.message', code: 'error.code' },
      token: { way: 'token-exchange', audience: 'https://farm.studio.example' },
    },
    assets: {
      graphql: { schema: 'assets.graphql', path: '/api', prefix: 'Asset' },
      baseUrl: 'https://assets.studio.example',
      token: { way: 'client-credentials', assertionSecret: SECRET },
    },
  },
};
/** What JSON Schema does not say of a file: the origin of a front end, at least one part of a system, `?` and `#`. */
const BEYOND = /origin|needs a connector/u;

type Tree = Record<string, unknown>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

/** Every place of the file, as keys from the top. */
const placesOf = (value: unknown, place: readonly string[] = []): readonly (readonly string[])[] =>
  isTree(value)
    ? Object.entries(value).flatMap(([key, item]) => [[...place, key], ...placesOf(item, [...place, key])])
    : [];

function changed(place: readonly string[], change: (parent: Tree, key: string) => void): unknown {
  const file: unknown = structuredClone(FILE);
  let parent = file;
  for (const key of place.slice(0, -1)) parent = isTree(parent) ? parent[key] : undefined;
  if (isTree(parent)) change(parent, place.at(-1) ?? '');
  return file;
}

const VALUES = [null, true, 7, 0.01, 1e3, '', 'x', 'Version', '/apps/x/', '//x', 'shot', [], {}, ['x']];

/** Editors complete and check shotgraph.yml with a schema; the server has the last word. */
describe('the JSON Schema of shotgraph.yml', () => {
  let folder: string;
  let check: (file: unknown) => boolean;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-lists-'));
    const text = await readFile(join(ROOT, 'schema', 'shotgraph.schema.json'), 'utf8');
    const ajv = new Ajv({ strict: true });
    addFormats.default(ajv);
    const validate = ajv.compile(JSON.parse(text) as object);
    check = (file) => validate(file);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const problemsOf = async (file: unknown): Promise<readonly string[]> => {
    const problems: string[] = [];
    const path = join(folder, 'shotgraph.yml');
    await writeFile(path, JSON.stringify(file));
    await loadLists(path, ENVIRONMENT, problems);
    return problems;
  };

  it('accepts the file of the demo, and a file with everything', async () => {
    expect(check(parse(await readFile(join(ROOT, 'shotgraph.yml'), 'utf8')))).toBe(true);
    expect([check(FILE), await problemsOf(FILE)]).toEqual([true, []]);
  });

  it('accepts and refuses the same files as the server, wherever a file is changed', async () => {
    const seen = { taken: 0, refused: 0 };
    const change = fc.oneof(
      fc.constantFrom(...VALUES).map((value) => (parent: Tree, key: string) => {
        parent[key] = value;
      }),
      fc.constant((parent: Tree, key: string) => {
        delete parent[key];
      }),
      fc.constantFrom(...VALUES).map((value) => (parent: Tree) => {
        if (!Array.isArray(parent)) parent['colour'] = value;
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...placesOf(FILE)), change, async (place, make) => {
        const file = changed(place, make);
        const problems = await problemsOf(file);
        const isTaken = problems.length === 0;
        seen[isTaken ? 'taken' : 'refused'] += 1;
        if (check(file) === isTaken) return;
        // An editor may take what the server refuses for another reason, and never the other way round.
        expect({ isTaken, problems }).toEqual({ isTaken: false, problems: [expect.stringMatching(BEYOND)] });
      }),
      { numRuns: 400 },
    );
    expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(20);
  });
});
