import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createLogger } from '../../src/base/logger.ts';
import { createAmiEvents } from '../../src/shotgun/script/ami-events.ts';
import { createDirectory } from '../../src/shotgun/script/directory.ts';
import { DOORS, type ScriptRead } from '../../src/shotgun/script/doors.ts';
import { makeMenuItem } from '../../src/shotgun/script/menu-items.ts';
import { readLiveSchema } from '../../src/shotgun/script/live-schema.ts';
import { ProbeDoor } from '../../src/shotgun/script/probe-door.ts';
import { type BentSite, refusal, rows, siteSettings, startBentSite } from '../support/bent-site.ts';
import { login } from '../support/test-shotgun.ts';

let site: BentSite;
let told: ScriptRead[];
beforeEach(async () => {
  site = await startBentSite();
  told = [];
});
afterEach(() => site.close());

const depsOf = (url: string) => ({
  settings: siteSettings(url),
  clock: systemClock,
  logger: createLogger({ level: 'silent' }),
  onScriptRead: (read: ScriptRead) => told.push(read),
});

const ITEM = {
  title: 'Review',
  url: 'https://shotgraph.studio.example/ami/review',
  entityType: 'Shot',
  secret: 's',
};

/** Opens every door there is, whatever comes of it. */
async function openAll(): Promise<void> {
  const deps = depsOf(site.url);
  const directory = createDirectory(deps);
  const events = createAmiEvents(deps);
  const probing = new ProbeDoor(deps, new AbortController().signal);
  const everybody = async (): Promise<void> => {
    for await (const _ of directory.everybody());
  };
  const reads = [
    () => directory.byEmail('mira@studio.example'),
    () => directory.byLogin(login('mira')),
    () => directory.nearLogin(login('Mira')),
    () => directory.byId(7),
    everybody,
    () => events.read(11),
    () => makeMenuItem(deps, ITEM),
    () => readLiveSchema(deps, { parallelReads: 1 }),
    () => probing.script.search('Shot', { size: 1 }),
  ];
  try {
    for (const read of reads) await Promise.allSettled([read()]);
  } finally {
    await Promise.all([directory.close(), events.close(), probing.close()]);
  }
}

describe('a read that is made as the script', () => {
  it('is recorded with the name of its door, for each door', async () => {
    site.otherwise(rows());
    await openAll();
    expect(new Set(told.map(({ door }) => door))).toEqual(new Set(Object.keys(DOORS)));
    expect(told.filter(({ door }) => door === 'personById')).toEqual([
      { door: 'personById', id: 7, failure: null },
    ]);
    expect(told.filter(({ door }) => door === 'menuItemEvent')).toEqual([
      { door: 'menuItemEvent', id: 11, failure: null },
    ]);
  });

  it('is recorded as failed if the site refuses it', async () => {
    site.otherwise(refusal(403, 100, 'no'));
    await openAll();
    // A menu item that could not be looked for is not made.
    const tried = Object.keys(DOORS).filter((door) => door !== 'newMenuItem');
    expect(new Set(told.map(({ door }) => door))).toEqual(new Set(tried));
    expect(told.filter(({ failure }) => failure === null)).toEqual([]);
  });

  it('is one call of the site for each record', async () => {
    site.otherwise(rows());
    await openAll();
    expect(told).toHaveLength(site.calls.length);
  });
});
