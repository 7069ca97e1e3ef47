import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient, type Visit } from '../support/browser-client.ts';

const SITE = 'http://127.0.0.1:9';
const VERIFIER = 'v'.repeat(43);
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

let bff: Bff;
/** Browsers keep the cookies of ShotGrid's frame and of windows and tabs apart. */
let frame: BrowserClient;
let window: BrowserClient;

beforeEach(async () => {
  bff = await startBff();
  frame = new BrowserClient(() => bff.now());
  window = new BrowserClient(() => bff.now());
});
afterEach(() => bff.stop());

type Content = Readonly<Record<string, string>>;
interface Answer {
  readonly status: number;
  readonly content: Content;
}

const answerOf = ({ status, body }: Visit): Answer => ({ status, content: JSON.parse(body) as Content });
const say = async (path: string, json: object, client = frame): Promise<Answer> =>
  answerOf(await client.post(`${bff.url}/auth/handover/${path}`, { json, from: 'same-origin' }));
const whoAsks = async (client: BrowserClient) =>
  (
    await client.post(`${bff.url}/graphql`, { json: { query: '{ whoami }' }, from: 'same-origin' })
  ).body.match(/"whoami":"(\w+)"/u)?.[1];

/** Mira clicks a menu item that opens in an overlay. */
const launch = async (fields: Readonly<Record<string, string>> = {}) => {
  const page = await frame.post(`${bff.url}/ami/review`, {
    form: bff.amiBody(fields),
    from: 'cross-site',
    headers: { 'sec-fetch-dest': 'iframe', accept: 'text/html' },
  });
  return { page, id: /\/overlay\/([\w-]+)$/u.exec(page.url)?.[1] ?? '' };
};
const newTabLink = (page: Visit): string =>
  `${bff.url}${/id="new-tab"[^>]* href="([^"]+)"/u.exec(page.body)?.[1]}`;

/** The frame prepares, the person clicks, and the window comes back from the provider. */
const signInFor = async (id: string, client = window) => {
  const begun = (await say('start', { launch: id, challenge: CHALLENGE })).content;
  const page = await client.get(`${bff.url}/auth/handover/popup?ticket=${begun['ticket']}`);
  const dataOf = (name: string): string =>
    new RegExp(`data-${name}="([^"]+)"`, 'u').exec(page.body)?.[1] ?? '';
  return { begun, page, code: dataOf('code'), approval: dataOf('approval'), handover: dataOf('handover') };
};
const redeem = (id: string, code: string, verifier = VERIFIER, client = frame) =>
  say('redeem', { launch: id, code, verifier }, client);
const signedInFrame = async (): Promise<string> => {
  const { id } = await launch();
  expect((await redeem(id, (await signInFor(id)).code)).status).toBe(200);
  return id;
};

describe('a menu item in an overlay', () => {
  it('opens a page that only ShotGrid may frame, and that holds nothing of the launch (E1)', async () => {
    const { page, id } = await launch();
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain(`frame-ancestors ${SITE};`);
    expect(page.headers.get('x-frame-options')).toBeNull();
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.body).not.toMatch(/canary|mira/iu);
    const cookie = frame.cookieAttributes(bff.url, `__Host-lm.${id.slice(0, 8)}`);
    expect(cookie).toMatchObject({ sameSite: 'none', partitioned: true, httpOnly: true, secure: true });
  });

  it('signs in in a window and works in the frame, as the person who clicked', async () => {
    const { id } = await launch();
    const { begun, page, code, handover } = await signInFor(id);
    expect(bff.idp.authorizations.at(-1)?.get('login_hint')).toBe('mira');
    expect(page.body).toContain(`>${begun['number']}<`);
    expect(page.headers.get('cross-origin-opener-policy')).toBeNull();
    expect(handover).toBe(begun['handover']);
    const redeemed = await redeem(id, code);
    expect(redeemed.content['open']).toBe(`/overlay/apps/review/?launch=${id}`);
    expect(await whoAsks(frame)).toBe('mira');
    expect(frame.cookieAttributes(bff.url, '__Host-sid_m')).toMatchObject({
      sameSite: 'none',
      partitioned: true,
      httpOnly: true,
      secure: true,
      path: '/',
    });
    expect([...frame.cookies(bff.url).keys()]).toEqual(['__Host-sid_m']);
    expect(window.cookies(bff.url).has('__Host-sid')).toBe(false);
  });

  it('needs no click where the frame has a session of that person', async () => {
    await signedInFrame();
    const { id } = await launch();
    const started = await say('start', { launch: id, challenge: CHALLENGE });
    expect(started.content).toEqual({ open: `/overlay/apps/review/?launch=${id}` });
  });

  it('of somebody else does not switch silently, and signing in ends what was there (B16, C23)', async () => {
    await signedInFrame();
    const old = frame.cookies(bff.url).get('__Host-sid_m') ?? '';
    const { id } = await launch({ user_login: 'joao', user_id: '35' });
    expect((await say('start', { launch: id, challenge: CHALLENGE })).content['ticket']).toBeDefined();
    expect(await whoAsks(frame)).toBe('mira');
    bff.idp.person = { sub: 'sub-joao', preferred_username: 'joao', name: 'João Lima' };
    await redeem(id, (await signInFor(id)).code);
    expect(await whoAsks(frame)).toBe('joao');
    const thief = new BrowserClient();
    thief.setCookie(bff.url, '__Host-sid_m', old);
    expect(await whoAsks(thief)).toBeUndefined();
  });

  it('shows what is wrong with it in the frame as well', async () => {
    const page = await frame.post(`${bff.url}/ami/review`, {
      form: bff.amiBody().replace(/signature=\w+/u, 'signature=00'),
      headers: { 'sec-fetch-dest': 'iframe', accept: 'text/html' },
    });
    expect(page.status).toBe(401);
    expect(page.headers.get('content-security-policy')).toContain(`frame-ancestors ${SITE};`);
    const { id } = await launch();
    bff.advance(601_000);
    const late = await frame.get(`${bff.url}/overlay/${id}`);
    expect([late.status, late.headers.get('content-security-policy')]).toEqual([
      410,
      expect.stringContaining(`frame-ancestors ${SITE};`),
    ]);
  });

  it('ends after half an hour without a request; the person signs in again in place', async () => {
    const id = await signedInFrame();
    bff.advance(1_801_000);
    expect(await whoAsks(frame)).toBeUndefined();
    const again = await frame.get(`${bff.url}/overlay/${id}`);
    expect(again.body).toContain('data-blocked="false"');
    await redeem(id, (await signInFor(id)).code);
    expect(await whoAsks(frame)).toBe('mira');
  });
});

describe('where the window has lost the frame', () => {
  it('a click there hands over, and the frame asks for it', async () => {
    const { id } = await launch();
    const { begun, approval } = await signInFor(id);
    const poll = async () =>
      answerOf(
        await frame.get(`${bff.url}/auth/handover/poll?launch=${id}&handover=${begun['handover']}`, {
          from: 'same-origin',
        }),
      ).content;
    expect(await poll()).toEqual({ kind: 'waiting' });
    expect((await say('approve', { approval }, window)).status).toBe(200);
    const { kind, code = '' } = await poll();
    expect(kind).toBe('approved');
    expect((await redeem(id, code)).status).toBe(200);
    expect((await say('approve', { approval }, window)).status).toBe(410);
    expect(await poll()).toEqual({ kind: 'over' });
  });

  it('another browser learns nothing by asking', async () => {
    const { id } = await launch();
    const { begun, approval } = await signInFor(id);
    await say('approve', { approval }, window);
    const url = `${bff.url}/auth/handover/poll?launch=${id}&handover=${begun['handover']}`;
    expect((await new BrowserClient().get(url, { from: 'same-origin' })).status).toBe(404);
    const other = await launch();
    const mixed = `${bff.url}/auth/handover/poll?launch=${other.id}&handover=${begun['handover']}`;
    expect(answerOf(await frame.get(mixed, { from: 'same-origin' })).content).toEqual({ kind: 'over' });
  });
});

describe('a hand-over that is not as it should be', () => {
  it('a stolen code is worth nothing without the verifier, and is then worth nothing at all', async () => {
    const { id } = await launch();
    const { code } = await signInFor(id);
    expect((await redeem(id, code, VERIFIER, new BrowserClient())).status).toBe(404);
    expect((await redeem(id, code, 'w'.repeat(43))).status).toBe(400);
    expect((await redeem(id, code)).status).toBe(400);
    expect(bff.idp.revoked).toHaveLength(1);
  });

  it('a code works once, for a minute, and for its launch alone', async () => {
    const { id } = await launch();
    const { code } = await signInFor(id);
    expect((await redeem(id, code)).status).toBe(200);
    expect((await redeem(id, code)).status).toBe(400);
    const late = await launch();
    const { code: lateCode } = await signInFor(late.id);
    bff.advance(61_000);
    expect((await redeem(late.id, lateCode)).status).toBe(400);
    const [one, other] = [await launch(), await launch()];
    const { code: othersCode } = await signInFor(other.id);
    expect((await redeem(one.id, othersCode)).status).toBe(400);
  });

  it('a window opens once for a ticket', async () => {
    const { id } = await launch();
    const { begun } = await signInFor(id);
    for (const ticket of [begun['ticket'], 'x'.repeat(43), '']) {
      const page = await window.get(`${bff.url}/auth/handover/popup?ticket=${ticket}`);
      expect([page.status, page.body.includes('Close this window')]).toEqual([410, true]);
    }
  });

  it('somebody else than who clicked gets no code, and the frame is told (B1)', async () => {
    const { id } = await launch();
    bff.idp.person = { sub: 'sub-joao', preferred_username: 'joao', name: 'João Lima' };
    const { page, begun, code } = await signInFor(id);
    expect([page.status, code]).toEqual([403, '']);
    expect(page.body).toContain('João Lima');
    expect(page.body).not.toMatch(/mira/iu);
    const found = await frame.get(
      `${bff.url}/auth/handover/poll?launch=${id}&handover=${begun['handover']}`,
      { from: 'same-origin' },
    );
    expect(found.status).toBe(404);
    expect(bff.idp.revoked).toHaveLength(1);
  });

  it('a page of another origin, also one beside the frame, can do nothing with its cookie (E10)', async () => {
    const { id } = await launch();
    const { code, approval } = await signInFor(id);
    const tries = [
      ['start', { launch: id, challenge: CHALLENGE }],
      ['ticket', { launch: id }],
      ['redeem', { launch: id, code, verifier: VERIFIER }],
      ['approve', { approval }],
    ] as const;
    for (const [path, json] of tries) {
      const answer = await frame.post(`${bff.url}/auth/handover/${path}`, { json, from: 'cross-site' });
      expect([path, answer.status]).toEqual([path, 403]);
    }
    expect((await redeem(id, code)).status).toBe(200);
    const query = { json: { query: '{ whoami }' }, from: 'cross-site' } as const;
    expect((await frame.post(`${bff.url}/graphql`, query)).status).toBe(403);
    expect((await frame.post(`${bff.url}/auth/logout`, { from: 'cross-site' })).status).toBe(403);
    expect(await whoAsks(frame)).toBe('mira');
  });

  it('a start that makes no sense is refused', async () => {
    const { id } = await launch();
    expect((await say('start', { launch: id, challenge: 'short' })).status).toBe(400);
    expect((await say('start', { launch: id })).status).toBe(400);
    expect((await say('start', { launch: 'x'.repeat(43), challenge: CHALLENGE })).status).toBe(404);
  });

  it('a window whose sign-in is done says so; one that took too long is told to start from ShotGrid (C2, C22)', async () => {
    const { id } = await launch();
    const begun = (await say('start', { launch: id, challenge: CHALLENGE })).content;
    const left = await window.get(`${bff.url}/auth/handover/popup?ticket=${begun['ticket']}`, {
      redirects: 'stop',
    });
    const back = await window.get(left.headers.get('location') ?? '', { redirects: 'stop' });
    const callback = back.headers.get('location') ?? '';
    const page = await window.get(callback);
    expect(page.body).toContain('data-code=');
    expect((await window.get(callback)).body).toContain('This window has done its work');
    const slow = (await say('start', { launch: id, challenge: CHALLENGE })).content;
    const asked = await window.get(`${bff.url}/auth/handover/popup?ticket=${slow['ticket']}`, {
      redirects: 'stop',
    });
    bff.advance(601_000);
    const late = await window.get(asked.headers.get('location') ?? '');
    expect([late.status, late.body.includes('choose the menu item again')]).toEqual([410, true]);
  });
});

describe('the cookies of frame and tab', () => {
  it('are not taken for one another (E12)', async () => {
    await signedInFrame();
    await window.get(`${bff.url}/auth/login`);
    const [overlay, tab] = [
      frame.cookies(bff.url).get('__Host-sid_m') ?? '',
      window.cookies(bff.url).get('__Host-sid') ?? '',
    ];
    const swapped = new BrowserClient();
    swapped.setCookie(bff.url, '__Host-sid', overlay);
    expect(await whoAsks(swapped)).toBeUndefined();
    const other = new BrowserClient();
    other.setCookie(bff.url, '__Host-sid_m', tab);
    expect(await whoAsks(other)).toBeUndefined();
    const asPage = await frame.get(`${bff.url}/`, { headers: { 'sec-fetch-dest': 'document' } });
    expect(asPage.body).toContain('You are not signed in');
  });

  it('are both taken away by signing out, each with its own attributes (D15)', async () => {
    await signedInFrame();
    const out = await frame.post(`${bff.url}/auth/logout`, { from: 'same-origin' });
    expect(out.headers.getSetCookie().sort()).toEqual([
      '__Host-sid=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax',
      '__Host-sid_m=; Max-Age=0; Path=/; HttpOnly; Secure; Partitioned; SameSite=None',
    ]);
    expect(await whoAsks(frame)).toBeUndefined();
    expect(bff.idp.revoked).toHaveLength(1);
  });

  it('a back-channel logout reaches the frame (D18)', async () => {
    await signedInFrame();
    const nowSeconds = Math.floor(bff.now() / 1000);
    const token = await bff.idp.sign(
      {
        iss: bff.idp.issuer,
        aud: 'shotgraph',
        iat: nowSeconds,
        exp: nowSeconds + 60,
        jti: 'one',
        sub: 'sub-mira',
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      },
      { typ: 'logout+jwt' },
    );
    await window.post(`${bff.url}/auth/backchannel-logout`, { form: { logout_token: token } });
    expect(await whoAsks(frame)).toBeUndefined();
  });
});

describe('open in a new tab (B20)', () => {
  it('carries the selection: the tab signs in and has the launch', async () => {
    const { page, id } = await launch();
    const tab = await window.get(newTabLink(page));
    expect(tab.url).toBe(`${bff.url}/apps/review/?launch=${id}`);
    expect(await whoAsks(window)).toBe('mira');
  });

  it('works once, and for a minute', async () => {
    const { page, id } = await launch();
    await window.get(newTabLink(page), { redirects: 'stop' });
    expect((await window.get(newTabLink(page))).status).toBe(410);
    const renewed = (await say('ticket', { launch: id })).content['href'] ?? '';
    bff.advance(61_000);
    expect((await window.get(`${bff.url}${renewed}`)).status).toBe(410);
  });

  it('is all that a frame offers whose cookies the browser does not keep', async () => {
    const { id } = await launch();
    const blocked = await new BrowserClient().get(`${bff.url}/overlay/${id}`);
    expect(blocked.body).toContain('data-blocked="true"');
    expect((await window.get(newTabLink(blocked))).url).toBe(`${bff.url}/apps/review/?launch=${id}`);
    // Now it is Mira's: a frame without a proof gets nothing any more.
    expect((await new BrowserClient().get(`${bff.url}/overlay/${id}`)).status).toBe(404);
    expect((await new BrowserClient().get(`${bff.url}/overlay/${'x'.repeat(43)}`)).status).toBe(404);
  });

  it('from a frame that is signed in goes by the sign-in of the tab', async () => {
    const id = await signedInFrame();
    const page = await frame.get(`${bff.url}/overlay/${id}`);
    expect((await window.get(newTabLink(page))).url).toBe(`${bff.url}/apps/review/?launch=${id}`);
  });
});
