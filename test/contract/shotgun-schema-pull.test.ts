import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/base/logger.ts';
import { pullSiteSchema } from '../../src/cli/schema-pull.ts';
import type { PullOptions, PullResult } from '../../src/cli/schema-pull.ts';
import type { SchemaProgress } from '../../src/shotgun/script/live-schema.ts';
import { loadSiteSchema } from '../../src/site/load-site-schema.ts';
import { json, page, refusal, startBentSite, siteSettings } from '../support/bent-site.ts';
import type { Answer, BentSite } from '../support/bent-site.ts';
import { wireField, wireSchema } from '../support/small-site-schema.ts';

const TYPES = ['Version', 'Shot', 'Asset', 'Note', 'Task', 'Playlist'];
const WIRE = wireSchema(
  Object.fromEntries(TYPES.map((type) => [type, { code: wireField('text'), a_date: wireField('date') }])),
);

/** Serves the schema; `bent` answers for some types instead. */
const serve =
  (bent: Readonly<Record<string, Answer>> = {}): Answer =>
  (call, response) => {
    if (call.path === '/api/v1/schema') {
      return json(200, { ...(WIRE.entityTypes as object), links: { self: call.path } })(call, response);
    }
    const type = /^\/api\/v1\/schema\/(\w+)\/fields$/u.exec(call.path)?.[1] ?? '';
    const fields = (WIRE.fields as Record<string, object>)[type];
    return (bent[type] ?? json(200, { ...fields, links: { self: call.path } }))(call, response);
  };

describe('schema pull', () => {
  let folder: string;
  let site: BentSite;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'schema-pull-'));
    site = await startBentSite();
    site.otherwise(serve());
  });
  afterEach(async () => {
    await site.close();
    await rm(folder, { recursive: true, force: true });
  });

  const pull = (
    onProgress?: (progress: SchemaProgress) => void,
    changes: Partial<PullOptions> = {},
    now = Date.now(),
  ): Promise<PullResult> =>
    pullSiteSchema(
      {
        settings: siteSettings(site.url),
        clock: { now: () => now },
        logger: createLogger({ level: 'silent' }),
      },
      { directory: join(folder, 'site'), ...(onProgress && { onProgress }), ...changes },
    );
  const written = (): Promise<string> => readFile(join(folder, 'site', 'fields.json'), 'utf8');

  it('writes what the server reads, sorted, and the same bytes every time', async () => {
    const progress: SchemaProgress[] = [];
    expect(await pull((step) => progress.push(step))).toEqual({
      typeCount: 6,
      fieldCount: 12,
      resumedCount: 0,
      failed: [],
      isWritten: true,
    });
    expect(progress.map(({ done, total }) => `${done}/${total}`)).toEqual([
      '1/6',
      '2/6',
      '3/6',
      '4/6',
      '5/6',
      '6/6',
    ]);
    expect((await readdir(join(folder, 'site'))).sort()).toEqual(['entity-types.json', 'fields.json']);

    const schema = await loadSiteSchema(join(folder, 'site'));
    expect([...schema.types.keys()]).toEqual([...TYPES].sort());
    const first = await written();
    expect(Object.keys(JSON.parse(first) as object)).toEqual([...TYPES].sort());
    expect(JSON.parse(first)).toEqual(WIRE.fields);
    await pull();
    expect(await written()).toBe(first);
  });

  it('reads as the script, a few at once', async () => {
    await pull();
    expect(new Set(site.calls.map((call) => call.actingAs))).toEqual(new Set([null]));
    expect(site.mints).toHaveLength(1);
    expect(site.mostAtOnce()).toBeLessThanOrEqual(4);
  });

  it('retries reads that failed temporarily', async () => {
    site.next(json(503, undefined));
    expect((await pull()).failed).toEqual([]);
  });

  it('keeps the other types if one fails, and its earlier snapshot of that one', async () => {
    await pull();
    site.otherwise(serve({ Note: page(200, '<html>'), Task: refusal(500, 100, 'Shotgun Server Error') }));
    const progress: SchemaProgress[] = [];
    const result = await pull((step) => progress.push(step));
    expect(result).toMatchObject({ typeCount: 6, fieldCount: 12 });
    expect([...result.failed].sort((a, b) => (a.type < b.type ? -1 : 1))).toEqual([
      { type: 'Note', code: 'UPSTREAM_BROKEN' },
      { type: 'Task', code: 'UPSTREAM_BROKEN' },
    ]);
    expect(progress.find((step) => step.type === 'Note')?.failure).toBe('UPSTREAM_BROKEN');
    expect(JSON.parse(await written())).toEqual(WIRE.fields);
  });

  it('writes no snapshot without a type that was never read, and names the type', async () => {
    site.otherwise(serve({ Note: page(200, '<html>') }));
    expect(await pull()).toMatchObject({
      isWritten: false,
      failed: [{ type: 'Note', code: 'UPSTREAM_BROKEN' }],
    });
    await expect(written()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('reads the schema if nothing can be stored meanwhile', async () => {
    // A folder has the name of the file.
    await mkdir(join(folder, 'site', 'pull-under-way.jsonl'), { recursive: true });
    expect(await pull()).toMatchObject({ failed: [], isWritten: true });
    expect(JSON.parse(await written())).toEqual(WIRE.fields);
  });

  it('leaves out a type that was never read if --partial is given, and the rest can be used', async () => {
    site.otherwise(serve({ Note: page(200, '<html>') }));
    await pull(undefined, { isPartialTaken: true });
    const schema = await loadSiteSchema(join(folder, 'site'));
    expect([...schema.types.keys()]).toEqual(['Asset', 'Playlist', 'Shot', 'Task', 'Version']);
  });

  it('writes nothing where the site does not know the script', async () => {
    site.nextMint(refusal(400, 102, "Can't authenticate script 'shotgraph'"));
    await expect(pull()).rejects.toMatchObject({ code: 'UPSTREAM_AUTH' });
    expect(await readdir(folder)).toEqual([]);
  });

  describe('that was interrupted', () => {
    let seen = 0;
    /** Types whose fields were read since the last interruption. */
    const fieldReads = (): string[] =>
      site.calls
        .slice(seen)
        .flatMap(({ path }) => /^\/api\/v1\/schema\/(\w+)\/fields$/u.exec(path)?.[1] ?? []);
    /** Ends a pull as a killed process does: after so many types, with nothing written at the end. */
    const interrupt = async (types: number): Promise<void> => {
      const ended = pull(({ done }) => {
        if (done === types) throw new Error('killed');
      });
      await expect(ended).rejects.toThrow('killed');
      seen = site.calls.length;
    };

    it('continues where it stopped, with the result of a whole pull', async () => {
      await interrupt(3);
      await expect(written()).rejects.toMatchObject({ code: 'ENOENT' });
      const result = await pull();
      expect(result).toMatchObject({ typeCount: 6, fieldCount: 12, failed: [] });
      expect(result.resumedCount).toBeGreaterThanOrEqual(3);
      expect(fieldReads()).toHaveLength(6 - result.resumedCount);
      expect(JSON.parse(await written())).toEqual(WIRE.fields);
      expect((await readdir(join(folder, 'site'))).sort()).toEqual(['entity-types.json', 'fields.json']);
    });

    it('reads what was only half written again', async () => {
      await interrupt(3);
      const file = join(folder, 'site', 'pull-under-way.jsonl');
      const kept = await readFile(file, 'utf8');
      await writeFile(file, kept.slice(0, -10));
      expect((await pull()).failed).toEqual([]);
      expect(JSON.parse(await written())).toEqual(WIRE.fields);
    });

    it('starts again on request, after an hour, and for another site', async () => {
      await interrupt(3);
      expect((await pull(undefined, { isFresh: true })).resumedCount).toBe(0);
      await interrupt(3);
      expect((await pull(undefined, {}, Date.now() + 61 * 60_000)).resumedCount).toBe(0);
      await interrupt(3);
      const other = await startBentSite();
      other.otherwise(serve());
      const first = site;
      site = other;
      expect((await pull()).resumedCount).toBe(0);
      site = first;
      await other.close();
    });

    it('reads only what failed when it is run again', async () => {
      site.otherwise(serve({ Note: page(200, '<html>') }));
      await pull();
      site.otherwise(serve());
      seen = site.calls.length;
      expect(await pull()).toMatchObject({ resumedCount: 5, failed: [] });
      expect(fieldReads()).toEqual(['Note']);
    });
  });
});
