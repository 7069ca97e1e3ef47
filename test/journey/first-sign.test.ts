import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { openEventStream } from '../support/event-stream.ts';
import { startStudio, type Studio } from '../support/studio.ts';

/** Longer than the time after which the site is asked again who a person is. */
const PAUSE_MS = 301_000;
/** How long a state is waited for. */
const SOON = { interval: 5, timeout: 30_000 };
const PAGE = '{ versions(first: 2) { nodes { code } } }';
const WRITE = 'mutation ($id: Int!) { updateVersion(id: $id, input: { description: "x" }) { id } }';

/** What the site was asked: `token` for the right to act for somebody, `self` for who that is, `rows` for the rest. */
type Asked = 'token' | 'self' | 'rows';

describe('the first request of a page waits for no token', () => {
  let studio: Studio;
  let elsewhere: Studio;
  let mira: BrowserClient;
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;
  beforeAll(async () => {
    const store = createMemoryStore({ now });
    studio = await startStudio({}, {}, { now, store });
    elsewhere = await startStudio({}, {}, { now, store, beside: studio });
  });
  afterAll(async () => {
    await elsewhere.stop();
    await studio.stop();
  });
  beforeEach(async () => {
    mira = new BrowserClient();
    await studio.launch(mira, 'mira', studio.mirasVersionIds.slice(0, 1));
    // Now no token of anybody can be used.
    aheadMs += PAUSE_MS;
    await studio.forgetSiteRequests();
  });

  async function asked(): Promise<Asked[]> {
    const requests = await studio.siteRequests();
    return requests.map(({ path }): Asked => {
      if (path.endsWith('/access_token')) return 'token';
      return path.includes('HumanUser') ? 'self' : 'rows';
    });
  }

  /** What the page still asks the site once all these answers are there. */
  async function askedAfter(there: readonly Asked[], ask: () => Promise<unknown>): Promise<Asked[]> {
    await expect.poll(asked, SOON).toEqual(there);
    await studio.forgetSiteRequests();
    expect(await ask()).not.toHaveProperty('errors');
    return asked();
  }
  const askPage = (at = studio) => at.ask(mira, PAGE);

  it('except where no earlier request was made: this is what the others save', async () => {
    expect(await askedAfter([], askPage)).toEqual(['token', 'self', 'rows']);
  });

  it('after a page of a served front end was opened', async () => {
    await mira.get(`${studio.bffUrl}/apps/review/`, { headers: { accept: 'text/html' } });
    expect(await askedAfter(['token', 'self'], askPage)).toEqual(['rows']);
  });

  it('after a page that was away, or has become visible again, asked who is signed in', async () => {
    await mira.get(`${studio.bffUrl}/auth/session`, { from: 'same-origin' });
    expect(await askedAfter(['token', 'self'], askPage)).toEqual(['rows']);
  });

  it('after a page listened for the end of its session', async () => {
    const stream = await openEventStream(studio.bffUrl, mira);
    expect(await askedAfter(['token', 'self'], askPage)).toEqual(['rows']);
    stream.close();
  });

  it('at another process, or after a restart', async () => {
    aheadMs -= PAUSE_MS;
    await mira.get(`${elsewhere.bffUrl}/apps/review/`, { headers: { accept: 'text/html' } });
    expect(await askedAfter(['token', 'self'], () => askPage(elsewhere))).toEqual(['rows']);
    aheadMs += PAUSE_MS;
  });

  it('and neither does the first write of a launch, after its claim', async () => {
    const page = await studio.launch(mira, 'mira', studio.mirasVersionIds.slice(0, 1));
    const launchId = new URL(page.url).searchParams.get('launch') ?? '';
    const id = studio.mirasVersionIds[0];
    const write = () => studio.ask(mira, WRITE, { variables: { id }, launchId });
    const tokens = async () => (await asked()).toSorted();
    await expect.poll(tokens, SOON).toEqual(['self', 'self', 'token', 'token']);
    await studio.forgetSiteRequests();
    expect(await write()).not.toHaveProperty('errors');
    expect(await asked()).not.toContain('token');
  });

  it('and a person who is refused costs one call, however often a page asks who is signed in', async () => {
    const joao = new BrowserClient();
    await studio.launch(joao, 'joao', studio.mirasVersionIds.slice(0, 1));
    const isRefused = () => studio.logLines.some((line) => line.includes('session.not_expected'));
    const askWho = () => mira.get(`${studio.bffUrl}/auth/session`, { from: 'same-origin' });
    await studio.patchPerson('mira', { sg_status_list: 'dis' });
    await Promise.all([askWho(), askWho(), askWho()]);
    await expect.poll(isRefused, SOON).toBe(true);
    await askWho();
    await mira.get(`${studio.bffUrl}/apps/review/`, { headers: { accept: 'text/html' } });
    // His own call comes to the site after any of hers.
    expect(await studio.ask(joao, PAGE)).not.toHaveProperty('errors');
    const refused = (await studio.siteRequests()).filter(({ status }) => status >= 400);
    await studio.patchPerson('mira', { sg_status_list: 'act' });
    aheadMs -= PAUSE_MS;
    expect(refused).toHaveLength(1);
  });

  it('also where the page of a launch is opened again later', async () => {
    const page = await studio.launch(mira, 'mira', studio.mirasVersionIds.slice(0, 1));
    aheadMs += PAUSE_MS;
    await studio.forgetSiteRequests();
    await mira.get(page.url, { headers: { accept: 'text/html' } });
    const launchId = new URL(page.url).searchParams.get('launch') ?? '';
    const selves = async () => (await asked()).filter((each) => each === 'self').length;
    await expect.poll(selves, SOON).toBeGreaterThanOrEqual(2);
    await studio.forgetSiteRequests();
    const variables = { id: studio.mirasVersionIds[0] };
    expect(await studio.ask(mira, WRITE, { variables, launchId })).not.toHaveProperty('errors');
    expect(await asked()).not.toContain('token');
  });

  it('a browser that only prefetches a page is no person: nothing is asked', async () => {
    const headers = { accept: 'text/html', 'sec-purpose': 'prefetch' };
    await mira.get(`${studio.bffUrl}/apps/review/`, { headers });
    expect(await askedAfter([], askPage)).toEqual(['token', 'self', 'rows']);
  });

  it('a visitor who is not signed in causes no call of the site', async () => {
    const stranger = new BrowserClient();
    await stranger.get(`${studio.bffUrl}/apps/review/`, { headers: { accept: 'text/html' } });
    await stranger.get(`${studio.bffUrl}/auth/session`, { from: 'same-origin' });
    expect(await askedAfter([], askPage)).toEqual(['token', 'self', 'rows']);
  });

  it('and nothing of this prolongs the session', async () => {
    const sessionEnd = async () =>
      (
        JSON.parse((await mira.get(`${studio.bffUrl}/auth/session`, { from: 'same-origin' })).body) as {
          expiresAt: string;
        }
      ).expiresAt;
    const before = await sessionEnd();
    aheadMs += PAUSE_MS;
    await mira.get(`${studio.bffUrl}/apps/review/`, { headers: { accept: 'text/html' } });
    const stream = await openEventStream(studio.bffUrl, mira);
    await stream.next();
    stream.close();
    expect(await sessionEnd()).toBe(before);
    await askPage();
    expect(await sessionEnd()).not.toBe(before);
  });

  it('a person who was disabled meanwhile is refused by the request, and signed out', async () => {
    await studio.patchPerson('mira', { sg_status_list: 'dis' });
    await mira.get(`${studio.bffUrl}/apps/review/`, { headers: { accept: 'text/html' } });
    const answer = await studio.ask(mira, PAGE);
    await studio.patchPerson('mira', { sg_status_list: 'act' });
    expect(answer.errors?.[0]?.extensions.code).toBe('USER_INACTIVE');
    expect((await studio.ask(mira, PAGE)).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });
});
