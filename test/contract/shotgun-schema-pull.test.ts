import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/base/clock.ts';
import { createLogger } from '../../src/base/logger.ts';
import { pullSiteSchema } from '../../src/cli/schema-pull.ts';
import type { PullResult } from '../../src/cli/schema-pull.ts';
import type { SchemaProgress } from '../../src/shotgun/live-schema.ts';
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

  const pull = (onProgress?: (progress: SchemaProgress) => void): Promise<PullResult> =>
    pullSiteSchema(
      { settings: siteSettings(site.url), clock: systemClock, logger: createLogger({ level: 'silent' }) },
      join(folder, 'site'),
      onProgress,
    );
  const written = (): Promise<string> => readFile(join(folder, 'site', 'fields.json'), 'utf8');

  it('writes what the server reads, sorted, and the same bytes every time', async () => {
    const progress: SchemaProgress[] = [];
    expect(await pull((step) => progress.push(step))).toEqual({ typeCount: 6, fieldCount: 12, failed: [] });
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

  it('repeats what failed in passing', async () => {
    site.next(json(503, undefined));
    expect((await pull()).failed).toEqual([]);
  });

  it('does not lose the others where one type fails, and keeps what it knew of it', async () => {
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

  it('leaves a type out that was never read, and the rest can be used', async () => {
    site.otherwise(serve({ Note: page(200, '<html>') }));
    await pull();
    const schema = await loadSiteSchema(join(folder, 'site'));
    expect([...schema.types.keys()]).toEqual(['Asset', 'Playlist', 'Shot', 'Task', 'Version']);
  });

  it('writes nothing where the site does not know the script', async () => {
    site.nextMint(refusal(400, 102, "Can't authenticate script 'shotgraph'"));
    await expect(pull()).rejects.toMatchObject({ code: 'UPSTREAM_AUTH' });
    expect(await readdir(folder)).toEqual([]);
  });
});
