import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { searchRows } from '../../src/shotgun/calls/search.ts';
import { beginUpload } from '../../src/shotgun/calls/upload.ts';
import type { CallTimes } from '../../src/shotgun/port/records.ts';
import { type OpenSite, openSite } from '../support/open-site.ts';
import { searchOf } from '../support/test-shotgun.ts';
import {
  type Asking,
  codeOf,
  openTabs,
  personOf,
  type Tabs,
  VERSION_ID,
  WINDOW,
} from '../support/two-tabs.ts';

/** Two tabs, or two parts of a page, ask ShotGrid the same at the same time. The site is the emulated one, and its answers are held. */
describe('equal reads that are under way', () => {
  let site: OpenSite;
  let tabs: Tabs;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site.close());
  beforeEach(async () => {
    tabs = await openTabs(site);
  });
  afterEach(() => tabs.close());

  it('of one session are one search, and each gets the rows', async () => {
    const asked = [tabs.read(), tabs.read(), tabs.read()];
    await tabs.haveJoined(2);
    await (await tabs.line.call(0)).answer();
    const [first, ...others] = await Promise.all(asked);
    expect(codeOf(first ?? [])).toMatch(/\w/u);
    for (const other of others) expect(other).toEqual(first);
    expect(tabs.line.calls).toHaveLength(1);
  });

  it('are sent again once the answer is there: nothing is kept', async () => {
    const first = tabs.read();
    await (await tabs.line.call(0)).answer();
    await first;
    const second = tabs.read();
    await (await tabs.line.call(1)).answer();
    expect(codeOf(await second)).toBe(codeOf(await first));
    expect(tabs.joined()).toBe(0);
  });

  it.each<[what: string, who: string, more: Asking]>([
    ['another session of that person', 'joao', { session: 'another' }],
    ['another person, even with the same session', 'mira', {}],
    ['no session', 'joao', { session: null }],
    ['another window of ShotGrid', 'joao', WINDOW === undefined ? {} : { sessionUuid: WINDOW }],
    ['the login without its person', 'joao', { isNamed: false }],
  ])('of %s are calls of their own', async (_, who, more) => {
    const first = tabs.read();
    await tabs.line.call(0);
    const other = tabs.read(who, more);
    await tabs.line.call(1);
    await tabs.line.open();
    await Promise.all([first, other]);
    expect(tabs.joined()).toBe(0);
  });

  it('of a person who has to use an account of their own are not answered by those of sudo', async () => {
    const first = tabs.read();
    await tabs.line.call(0);
    await expect(
      tabs.read('joao', { own: { personId: personOf('joao'), account: null } }),
    ).rejects.toMatchObject({ code: 'OWN_ACCOUNT_NEEDED' });
    await tabs.line.open();
    await first;
    expect(tabs.joined()).toBe(0);
  });

  it('are not joined after the time of the token: a renewed one checks the person again', async () => {
    const first = tabs.read();
    await tabs.line.call(0);
    site.clock.ms += 3_600_000;
    const second = tabs.read();
    await tabs.line.call(1);
    await tabs.line.open();
    await Promise.all([first, second]);
    expect(tabs.joined()).toBe(0);
  });

  it('are refused to a person who was disabled meanwhile, although one is under way', async () => {
    const first = tabs.read('mira');
    await tabs.line.call(0);
    const control = (status: string) =>
      fetch(`${site.url}/__studio/people/mira`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ sg_status_list: status }),
      });
    await control('dis');
    site.clock.ms += 3_600_000;
    await expect(tabs.read('mira')).rejects.toMatchObject({ code: 'USER_INACTIVE' });
    await control('act');
    await tabs.line.open();
    await first;
  });

  it('keep the deadline of each: one that is over ends for that waiter alone', async () => {
    const over = new AbortController();
    const patient = tabs.read();
    await tabs.line.call(0);
    const hasty = tabs.read('joao', { signal: over.signal });
    await tabs.haveJoined(1);
    over.abort(new DOMException('The time is over.', 'TimeoutError'));
    await expect(hasty).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    await (await tabs.line.call(0)).answer();
    expect(await patient).toHaveLength(1);
    expect(tabs.line.calls).toHaveLength(1);
  });

  it('go on for the others when the one that began the call has left', async () => {
    const leaving = new AbortController();
    const first = tabs.read('joao', { signal: leaving.signal });
    const left = expect(first).rejects.toMatchObject({ code: 'CLIENT_LEFT' });
    await tabs.line.call(0);
    const second = tabs.read();
    await tabs.haveJoined(1);
    leaving.abort();
    await left;
    await (await tabs.line.call(0)).answer();
    expect(await second).toHaveLength(1);
    expect(tabs.line.calls).toHaveLength(1);
  });

  it('are cut off at the site once all have left, and nobody joins what was cut off', async () => {
    const leaving = [new AbortController(), new AbortController()];
    const both = leaving.map(({ signal }) => tabs.read('joao', { signal }));
    await tabs.haveJoined(1);
    const call = await tabs.line.call(0);
    for (const each of leaving) each.abort();
    for (const each of both) await expect(each).rejects.toMatchObject({ code: 'CLIENT_LEFT' });
    const next = tabs.read();
    await call.left();
    await (await tabs.line.call(1)).answer();
    expect(await next).toHaveLength(1);
    expect(tabs.joined()).toBe(1);
  });

  it('have an error of their own each when the call fails', async () => {
    await fetch(`${site.url}/__studio/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ match: { path: '*/entity/Version/_search' }, status: 502, times: 3 }),
    });
    const both = Promise.allSettled([tabs.read(), tabs.read()]);
    await tabs.haveJoined(1);
    await tabs.line.open();
    const reasons = (await both).map((each) => (each.status === 'rejected' ? each.reason : each.value));
    expect(reasons).toEqual([
      expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE', details: { upstreamStatus: 502 } }),
      expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE', details: { upstreamStatus: 502 } }),
    ]);
    expect(reasons[0]).not.toBe(reasons[1]);
  });

  it('have an error of their own each when the site refuses', async () => {
    const nothing = searchRows(searchOf('Version', ['no_such_field', 'is', 1]));
    const both = Promise.allSettled([tabs.as('joao').call(nothing), tabs.as('joao').call(nothing)]);
    await tabs.haveJoined(1);
    await tabs.line.open();
    const reasons = (await both).map((each) => (each.status === 'rejected' ? each.reason : each.value));
    expect(reasons.map(({ code }) => code)).toEqual(['UPSTREAM_REJECTED', 'UPSTREAM_REJECTED']);
    expect(reasons[0]).not.toBe(reasons[1]);
  });

  it('cost one call: the times of a joined one say that it sent none', async () => {
    const times: CallTimes[][] = [[], []];
    const both = times.map((own) => tabs.read('joao', { onTimed: (each) => own.push(each) }));
    await tabs.haveJoined(1);
    await tabs.line.open();
    await Promise.all(both);
    const [[sent] = [], [waited] = []] = times;
    expect(sent?.isJoined).toBeUndefined();
    expect(waited?.isJoined).toBe(true);
    expect(waited?.beganAtMs).toBeGreaterThanOrEqual(sent?.beganAtMs ?? Infinity);
  });

  it('are not joined by two uploads of one name: each gets its own address', async () => {
    const begin = () =>
      tabs
        .as('joao')
        .call(
          beginUpload(
            { type: 'Version', id: VERSION_ID, field: 'sg_uploaded_movie' },
            { name: 'a.mov', isMultipart: false },
          ),
        );
    const both = [begin(), begin()];
    await tabs.line.call(1);
    await tabs.line.open();
    const [one, other] = await Promise.all(both);
    expect(one?.address).not.toBe(other?.address);
  });
});
