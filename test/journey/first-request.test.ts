import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { CHALLENGE, OverlayWorld } from '../support/overlay-world.ts';
import {
  type Asking,
  askAs,
  clickAt,
  ROOM,
  searchesAt,
  settingsOf,
  signIn,
  until,
  WRITE,
} from '../support/first-requests.ts';
import { type Files, temporaryFiles } from '../support/operation-lists.ts';
import { startStudio, type Studio } from '../support/studio.ts';

const COUNTED = /^shotgraph_first_total\{outcome="(\w+)"\} (\d+)$/gmu;
const PREFETCH = { 'sec-purpose': 'prefetch' };

describe('what a page asks first', () => {
  let files: Files;
  let studio: Studio;
  let elsewhere: Studio;
  let mira: BrowserClient;
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;

  beforeAll(async () => {
    files = await temporaryFiles();
    const settings = await settingsOf(files, 'Room');
    const store = createMemoryStore({ now });
    studio = await startStudio(settings, {}, { now, store });
    elsewhere = await startStudio(settings, {}, { now, store, beside: studio });
  }, 60_000);
  afterAll(async () => {
    await elsewhere.stop();
    await studio.stop();
    await files.remove();
  });
  beforeEach(async () => {
    mira = await signIn(studio, 'mira');
  });
  afterEach(async () => {
    await studio.clearFaults();
    await mira.post(`${studio.bffUrl}/auth/logout`, { from: 'same-origin', form: {} });
  });

  /** How often each outcome was counted. */
  async function outcomes(): Promise<Readonly<Record<string, number>>> {
    const lines = studio.logLines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    const { metricsPort } = lines.find(({ event }) => event === 'http.listening') ?? {};
    const text = await (await fetch(`http://127.0.0.1:${String(metricsPort)}/metrics`)).text();
    return Object.fromEntries([...text.matchAll(COUNTED)].map(([, name, count]) => [name, Number(count)]));
  }
  const searches = () => searchesAt(studio);
  const click = (browser = mira) => clickAt(studio, browser);
  const begun = () => until(async () => (await searches()) === 1);
  const ask = (launchId: string, { at = studio, by = mira, ...asking }: Asking = {}) =>
    askAs(by, at, launchId, asking);
  /** A click, until the site has answered what was begun, and nothing has asked for it yet. */
  async function opened(): Promise<string> {
    const launchId = await click();
    await begun();
    await studio.forgetSiteRequests();
    return launchId;
  }

  it('is begun at the claim, so that the page makes the site no call after its code is there', async () => {
    const before = await outcomes();
    const launchId = await opened();
    const answer = await ask(launchId);
    expect(await studio.siteRequests()).toEqual([]);
    expect(answer).not.toHaveProperty('errors');
    const again = await ask(launchId);
    expect(answer.data).toEqual(again.data);
    expect(answer.data?.launch.selected).toHaveLength(2);
    const { begun: ofBefore = 0, taken = 0 } = before;
    expect(await outcomes()).toMatchObject({ begun: ofBefore + 1, taken: taken + 1 });
    // The plan of an answer says what it took, whoever began it.
    const [plan, other] = [answer, again].map(({ extensions }) => extensions?.plan);
    expect(plan?.waves).toBe(other?.waves);
    expect(plan?.calls.map(({ kind }) => kind)).toEqual(other?.calls.map(({ kind }) => kind));
  });

  it('is begun too where the person has to sign in first', async () => {
    mira = new BrowserClient();
    const launchId = await opened();
    expect((await ask(launchId)).data?.launch.selected).toHaveLength(2);
    expect(await studio.siteRequests()).toEqual([]);
  });

  it("is begun in ShotGrid's frame, after the sign-in in its window and where the frame has a session", async () => {
    const world = new OverlayWorld({
      ...{ url: studio.bffUrl, now },
      amiBody: (fields) => studio.amiBody('mira', studio.mirasVersionIds.slice(0, 2), fields),
    });
    const first = await world.launch();
    const { ticket } = (await world.say('start', { launch: first.id, challenge: CHALLENGE })).content;
    const asksWho = await world.window.get(`${studio.bffUrl}/auth/handover/popup?ticket=${ticket}`);
    const window = await world.window.post(asksWho.url, { form: { login: 'mira' } });
    const [, code = ''] = /data-code="([^"]+)"/u.exec(window.body) ?? [];
    await studio.forgetSiteRequests();
    expect((await world.redeem(first.id, code)).status).toBe(200);
    const second = await world.launch();
    for (const { id, begin } of [
      { id: first.id, begin: async () => undefined },
      { id: second.id, begin: () => world.say('start', { launch: second.id, challenge: CHALLENGE }) },
    ]) {
      await begin();
      await begun();
      await studio.forgetSiteRequests();
      expect((await ask(id, { by: world.frame })).data?.launch.selected).toHaveLength(2);
      expect(await searches()).toBe(0);
    }
    await world.frame.post(`${studio.bffUrl}/auth/logout`, { from: 'same-origin', form: {} });
  });

  it('is waited for where the page asks before the site has answered', async () => {
    await studio.fault({ match: { path: '*/entity/Version/_search' }, delayMs: 400, times: 1 });
    const launchId = await click();
    expect((await ask(launchId)).data?.launch.selected).toHaveLength(2);
    expect(await searches()).toBe(1);
  });

  it('is given to the same document in other white space, with the name of its operation', async () => {
    const launchId = await opened();
    await ask(launchId, { query: `# the room\n${ROOM.replaceAll('\n', '\n\n')}`, operationName: 'Room' });
    expect(await searches()).toBe(0);
  });

  it.each<[string, (launchId: string) => Promise<Asking>]>([
    ['another document', async () => ({ query: ROOM.replace('{ id code', '{ id name code') })],
    ['other variables', async (id) => ({ variables: { id, coded: true } })],
    ['a request without the launch', async () => ({ launchId: null })],
    ['another process', async () => ({ at: elsewhere })],
    ['another session of the same person', async () => ({ by: await signIn(studio, 'mira') })],
  ])('is not given to %s, which is asked again', async (_, asking) => {
    const launchId = await opened();
    expect((await ask(launchId, await asking(launchId))).data?.launch.selected).toHaveLength(2);
    expect(await searches()).toBe(1);
    // It still waits for the equal request.
    expect((await ask(launchId)).data?.launch.selected).toHaveLength(2);
    expect(await searches()).toBe(1);
  });

  it('is given once', async () => {
    const launchId = await opened();
    await ask(launchId);
    await ask(launchId);
    expect(await searches()).toBe(1);
  });

  it('is dropped by a logout, and counted', async () => {
    const { dropped = 0 } = await outcomes();
    await opened();
    await mira.post(`${studio.bffUrl}/auth/logout`, { from: 'same-origin', form: {} });
    expect(await outcomes()).toMatchObject({ dropped: dropped + 1 });
  });

  it('is dropped by a change of the same person in another session: nothing older than it is shown', async () => {
    const launchId = await opened();
    const other = await signIn(studio, 'mira');
    const [id] = studio.mirasVersionIds;
    expect(await ask('', { query: WRITE, variables: { id }, launchId: null, by: other })).toMatchObject({
      data: { updateVersion: { id } },
    });
    await studio.forgetSiteRequests();
    await ask(launchId);
    expect(await searches()).toBe(1);
  });

  it('is dropped by a change at another process: the page that asks again sees what was written', async () => {
    const launchId = await opened();
    const [id] = studio.mirasVersionIds;
    const ofOthers = { variables: { id }, launchId: null, at: elsewhere };
    expect(await ask('', { query: WRITE, ...ofOthers })).toMatchObject({ data: { updateVersion: { id } } });
    await studio.forgetSiteRequests();
    expect(await ask(launchId)).not.toHaveProperty('errors');
    expect(await searches()).toBe(1);
  });

  it('is asked again where it failed, and the page gets what its own request gets', async () => {
    const { failed = 0 } = await outcomes();
    await studio.fault({ match: { path: '*/entity/Version/_search' }, status: 400, times: 1 });
    const launchId = await click();
    await until(async () => (await outcomes())['failed'] === failed + 1);
    const answer = await ask(launchId);
    expect(answer).not.toHaveProperty('errors');
    expect(answer.data?.launch.selected).toHaveLength(2);
  });

  it('is not begun by a browser that only prefetches the launch', async () => {
    await studio.forgetSiteRequests();
    const form = studio.amiBody('mira', studio.mirasVersionIds.slice(0, 2));
    const { headers } = await mira.post(`${studio.bffUrl}/ami/review`, {
      ...{ form, from: 'cross-site', redirects: 'stop' },
    });
    const address = new URL(headers.get('location') ?? '', studio.bffUrl).href;
    expect((await mira.get(address, { headers: PREFETCH })).status).toBe(503);
    expect(await searches()).toBe(0);
    await mira.get(address);
    await begun();
  });

  it('is not begun for a person who did not click', async () => {
    const { begun: before } = await outcomes();
    const joao = await signIn(studio, 'joao');
    const form = studio.amiBody('mira', studio.mirasVersionIds.slice(0, 2));
    const refused = await joao.post(`${studio.bffUrl}/ami/review`, { form, from: 'cross-site' });
    expect(refused.status).toBe(403);
    expect(await outcomes()).toMatchObject({ begun: before });
  });

  it('is not shown to a person who was disabled since, and nothing of it is kept', async () => {
    const { dropped = 0 } = await outcomes();
    const launchId = await opened();
    aheadMs += 301_000;
    await studio.patchPerson('mira', { sg_status_list: 'dis' });
    const answer = await ask(launchId);
    await studio.patchPerson('mira', { sg_status_list: 'act' });
    expect(answer.errors?.[0]?.extensions.code).toBe('USER_INACTIVE');
    expect(answer.data).toBeUndefined();
    expect(await outcomes()).toMatchObject({ dropped: dropped + 1 });
  });

  it('reads nothing for a person who is disabled at the claim', async () => {
    const { failed = 0 } = await outcomes();
    aheadMs += 301_000;
    await studio.patchPerson('mira', { sg_status_list: 'dis' });
    const launchId = await click();
    await until(async () => (await outcomes())['failed'] === failed + 1);
    const answer = await ask(launchId);
    await studio.patchPerson('mira', { sg_status_list: 'act' });
    expect(answer.errors?.[0]?.extensions.code).toBe('USER_INACTIVE');
    expect(await searches()).toBe(0);
  });
});
