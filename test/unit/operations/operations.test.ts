import { rename } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/base/digest.ts';
import type { AppError } from '../../../src/base/errors.ts';
import { createLogger } from '../../../src/base/logger.ts';
import type { Config } from '../../../src/config/config.ts';
import type { ToolConfig } from '../../../src/config/tools/tool.ts';
import { type Asked, type Operations, openOperations } from '../../../src/operations/operations.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import { createVault } from '../../../src/store/vault.ts';
import { CHECK, type Files, mapOf, temporaryFiles, toolOf } from '../../support/operation-lists.ts';

const ROOM = 'query Room { versions(first: 1) { id } }';
const OTHER = 'query Other { version(id: 1) { code } }';
const ODD = 'query Odd { version(id: 2) { id } }';

let files: Files;
let log: string[];
let open: Operations[];
let vault: ReturnType<typeof createVault>;
let unlisted: string[];
beforeEach(async () => {
  files = await temporaryFiles();
  [log, open, unlisted] = [[], [], []];
  const store = createMemoryStore({ now: () => Date.now() });
  vault = createVault(store, [new Uint8Array(32).fill(1)], { place: 'here' });
});
afterEach(async () => {
  for (const operations of open) operations.close();
  await files.remove();
});

async function server(
  tools: readonly ToolConfig[],
  documents: Config['asking']['documents'] = 'only',
): Promise<Operations> {
  const logger = createLogger({ level: 'debug', write: (line) => log.push(line) });
  const operations = await openOperations(
    { documents, tools },
    {
      ...{ vault, logger, check: CHECK },
      onUnlisted: ({ tool, outcome }) => unlisted.push(`${tool} ${outcome}`),
    },
  );
  open.push(operations);
  return operations;
}

const asked = (changes: Partial<Asked>): Asked => ({
  ...{ tool: undefined, text: undefined, ids: [], operationName: undefined, isFree: false },
  ...changes,
});
const idOf = (text: string): string => sha256(text, 'hex');
const refusalOf = (work: Promise<unknown>): Promise<AppError | undefined> =>
  work.then(
    () => undefined,
    (error: AppError) => error,
  );
const codeOf = async (work: Promise<unknown>) => (await refusalOf(work))?.code;
const events = (event: string) =>
  log
    .map((line) => JSON.parse(line) as { event: string; reason?: string })
    .filter((line) => line.event === event);

describe('a document that is listed', () => {
  it('is found by its id with and without the prefix, and by its text with other white space and __typename', async () => {
    const tool = toolOf('review', await files.write('m.json', mapOf(ROOM)));
    const operations = await server([tool]);
    for (const id of [idOf(ROOM), `sha256:${idOf(ROOM)}`]) {
      expect(await operations.named(asked({ tool, ids: [id] }))).toMatchObject({
        text: ROOM,
        tool: 'review',
        operation: 'Room',
      });
    }
    const spread = 'query Room {\n  versions(first: 1) { id __typename } # for the cache\n}';
    expect(await operations.named(asked({ tool, text: spread }))).toMatchObject({
      text: spread,
      operation: 'Room',
    });
    expect(await codeOf(operations.named(asked({ tool, text: spread.replace('id', 'code') })))).toBe(
      'DOCUMENT_UNKNOWN',
    );
  });

  it('belongs to the tool that sends it, also if two tools have it and their operations share a name', async () => {
    const path = await files.write('m.json', mapOf(ROOM));
    const [one, two] = [toolOf('one', path), toolOf('two', path)];
    const operations = await server([one, two]);
    const toolFor = async (tool: ToolConfig | undefined) =>
      (await operations.named(asked({ tool, text: ROOM }))).tool;
    expect([await toolFor(one), await toolFor(two), await toolFor(undefined)]).toEqual([
      'one',
      'two',
      undefined,
    ]);
  });

  it('follows the narrowest rule that any tool has for it', async () => {
    const path = await files.write('m.json', mapOf(ROOM));
    const ruleOf = (maxAuthAgeMs: number | null, maxSearches: number | null) => ({
      rules: new Map([['Room', { maxAuthAgeMs, maxSearches }]]),
    });
    const marked = [toolOf('one', path, ruleOf(300, null)), toolOf('two', path, ruleOf(60, 5))];
    const plain = toolOf('three', path);
    const operations = await server([...marked, plain]);
    expect((await operations.named(asked({ tool: plain, text: ROOM }))).rule).toEqual({
      maxAuthAgeMs: 60,
      maxSearches: 5,
    });
  });

  it('follows the rule that any tool has for its operation, also in a file with others', async () => {
    const one = toolOf('one', await files.write('m.json', mapOf(ROOM)), {
      rules: new Map([['Room', { maxAuthAgeMs: 300, maxSearches: null }]]),
    });
    const text = `${OTHER}\n${ROOM}\n`;
    await files.write('two/all.graphql', text);
    const two = toolOf('two', `${files.folder}/two`);
    const operations = await server([one, two]);
    const ruleOf = async (operationName: string) =>
      (await operations.named(asked({ tool: two, text, operationName }))).rule.maxAuthAgeMs;
    expect([await ruleOf('Room'), await ruleOf('Other')]).toEqual([300, null]);
  });

  it('is refused if the text has another id than was sent, and where two ids differ', async () => {
    const tool = toolOf('review', await files.write('m.json', mapOf(ROOM, OTHER)));
    const operations = await server([tool]);
    expect(await codeOf(operations.named(asked({ tool, text: ROOM, ids: [idOf(OTHER)] })))).toBe(
      'BAD_REQUEST',
    );
    expect(await codeOf(operations.named(asked({ tool, ids: [idOf(ROOM), idOf(OTHER)] })))).toBe(
      'DOCUMENT_UNKNOWN',
    );
  });
});

describe('a document that is on no list', () => {
  it('is refused under "only", by tool and operation and with what to do', async () => {
    const tool = toolOf('review', await files.write('m.json', mapOf(ROOM)));
    const operations = await server([tool]);
    for (const changes of [
      { text: ODD },
      { ids: [idOf(ODD)] },
      { ids: ['x'.repeat(10_000)] },
      { ids: ['__proto__'] },
    ]) {
      const error = await refusalOf(operations.named(asked({ tool, operationName: 'Odd', ...changes })));
      expect(error).toMatchObject({
        code: 'DOCUMENT_UNKNOWN',
        details: { tool: 'review', operation: 'Odd' },
      });
      expect(error?.message).toMatch(
        /the operation Odd is not on the list of review\..*apps\.review\.operations/u,
      );
    }
    expect(unlisted).toEqual(Array.from({ length: 4 }, () => 'review refused'));
  });

  it('is run under "any" and "log" once its text is sent, and is not kept; the log reports it once', async () => {
    const path = await files.write('m.json', mapOf(ROOM));
    for (const documents of ['any', 'log'] as const) {
      const tool = toolOf('review', path, { documents });
      const operations = await server([tool]);
      const byId = asked({ tool, ids: [idOf(ODD)] });
      expect(await codeOf(operations.named(byId))).toBe('PERSISTED_QUERY_NOT_FOUND');
      for (let times = 0; times < 2; times += 1) {
        const named = await operations.named(asked({ tool, text: ODD, ids: [idOf(ODD)] }));
        expect(named).toMatchObject({ text: ODD, tool: 'review', operation: 'unknown' });
      }
      expect(await codeOf(operations.named(byId))).toBe('PERSISTED_QUERY_NOT_FOUND');
    }
    expect([events('operations.unlisted').length, unlisted]).toEqual([1, ['review run', 'review run']]);
  });

  it('is run under "log" while the store is unavailable, which is logged once, with one call for each text', async () => {
    const tool = toolOf('review', await files.write('m.json', mapOf(ROOM)), { documents: 'log' });
    let reads = 0;
    const away = async (): Promise<never> => {
      reads += 1;
      throw new Error('the store is away');
    };
    vault = { ...vault, get: away, set: away, add: away, update: away };
    const operations = await server([tool]);
    for (let times = 0; times < 3; times += 1)
      expect(await operations.named(asked({ tool, text: ODD }))).toMatchObject({ operation: 'unknown' });
    expect(reads).toBe(2);
    expect(events('operations.not_shared')).toHaveLength(1);
  });

  it('may be sent by the explorer in development', async () => {
    const tool = toolOf('review', await files.write('m.json', mapOf(ROOM)));
    const operations = await server([tool]);
    expect(await operations.named(asked({ text: ODD, isFree: true }))).toMatchObject({
      text: ODD,
      isFreed: true,
    });
  });

  it('may be anything if no tool has a list and no setting is made', async () => {
    const operations = await server([], 'any');
    expect(await operations.named(asked({ text: ODD }))).toMatchObject({ text: ODD, operation: undefined });
  });
});

describe('lists of several builds', () => {
  it('stay valid for three of them, in every process and after a restart', async () => {
    const builds = await Promise.all(
      [1, 2, 3, 4].map((build) =>
        files.write(`${build}.json`, mapOf(`query Q${build} { versions(first: ${build}) { id } }`)),
      ),
    );
    const textOf = (build: number) => `query Q${build} { versions(first: ${build}) { id } }`;
    const old = await server([toolOf('review', builds[0] ?? '')]);
    const oldTool = toolOf('review', builds[0] ?? '');
    await waitForShared(1);
    for (const [at, path] of builds.slice(1).entries()) {
      await server([toolOf('review', path)]);
      await waitForShared(at + 2);
    }
    const now = await server([toolOf('review', builds[3] ?? '')]);
    const found = (operations: Operations, build: number) =>
      codeOf(operations.named(asked({ tool: oldTool, ids: [idOf(textOf(build))] })));
    expect(await Promise.all([1, 2, 3, 4].map((build) => found(now, build)))).toEqual([
      ...['DOCUMENT_UNKNOWN', undefined, undefined, undefined],
    ]);
    expect(await found(old, 4)).toBeUndefined();
  });

  it('replace each other while the server runs: whole, or not at all', async () => {
    const path = await files.write('m.json', mapOf(ROOM));
    const tool = toolOf('review', path);
    const operations = await server([tool]);
    const other = asked({ tool, ids: [idOf(OTHER)] });
    await files.write('m.json', JSON.stringify(mapOf(OTHER)).slice(0, 40));
    expect(await codeOf(operations.named(other))).toBe('DOCUMENT_UNKNOWN');
    await files.write('m.json', mapOf(OTHER, 'query Wrong { versions(first: 1) { cod } }'));
    expect(await codeOf(operations.named(other))).toBe('DOCUMENT_UNKNOWN');
    expect(events('operations.not_taken').map(({ reason }) => reason)).toEqual([
      expect.stringContaining('is not JSON'),
      expect.stringContaining('Cannot query field "cod"'),
    ]);
    expect((await operations.named(asked({ tool, ids: [idOf(ROOM)] }))).operation).toBe('Room');
    await rename(await files.write('next.json', mapOf(OTHER)), path);
    const all = await Promise.all([1, 2, 3].map(() => operations.named(other)));
    expect(all.map(({ operation }) => operation)).toEqual(['Other', 'Other', 'Other']);
    expect((await operations.named(asked({ tool, ids: [idOf(ROOM)] }))).operation).toBe('Room');
  });

  it('are read once more for a signal that arrives while they are read', async () => {
    await files.write('list/room.graphql', ROOM);
    const operations = await server([toolOf('review', `${files.folder}/list`)]);
    await Promise.all([operations.reload(), operations.reload(), operations.reload()]);
    expect(events('operations.taken')).toHaveLength(2);
  });

  it('stay in force if a file cannot be read, which is tried again', async () => {
    const path = await files.write('m.json', mapOf(ROOM));
    const tool = toolOf('review', path);
    const operations = await server([tool]);
    await rename(path, `${path}.old`);
    await operations.reload();
    expect(events('operations.not_taken').map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/m\.json cannot be read \(ENOENT\)/u),
    ]);
    expect((await operations.named(asked({ tool, ids: [idOf(ROOM)] }))).operation).toBe('Room');
    await files.write('m.json', `\uFEFF${JSON.stringify(mapOf(OTHER))}`);
    expect((await operations.named(asked({ tool, ids: [idOf(OTHER)] }))).operation).toBe('Other');
  });

  it("keep the rule of an old document's build, and narrow it by the rule in force", async () => {
    const ruled = (name: string, maxAuthAgeMs: number) => ({
      rules: new Map([[name, { maxAuthAgeMs, maxSearches: null }]]),
    });
    await server([toolOf('review', await files.write('1.json', mapOf(ROOM, ODD)), ruled('Room', 300))]);
    await waitForShared(1);
    await server([toolOf('review', await files.write('1.json', mapOf(ROOM, ODD)), ruled('Odd', 60))]);
    await waitForShared(2);
    const tool = toolOf('review', await files.write('2.json', mapOf(OTHER)));
    const operations = await server([tool]);
    const ruleOf = async (text: string) =>
      (await operations.named(asked({ tool, ids: [idOf(text)] }))).rule.maxAuthAgeMs;
    expect([await ruleOf(ROOM), await ruleOf(ODD), await ruleOf(OTHER)]).toEqual([300, 60, null]);
  });

  it('are read again from a folder at a signal', async () => {
    await files.write('list/room.graphql', ROOM);
    const tool = toolOf('review', `${files.folder}/list`);
    const operations = await server([tool]);
    await files.write('list/other.graphql', OTHER);
    await operations.reload();
    expect((await operations.named(asked({ tool, text: OTHER }))).operation).toBe('Other');
  });

  async function waitForShared(lists: number): Promise<void> {
    const count = async () =>
      ((await vault.get('operations:review')) as readonly string[] | undefined)?.length ?? 0;
    while ((await count()) < Math.min(lists, 3)) await new Promise((resolve) => setImmediate(resolve));
  }
});
