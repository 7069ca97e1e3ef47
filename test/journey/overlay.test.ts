import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient, type Visit } from '../support/browser-client.ts';
import { CHALLENGE, OverlayWorld } from '../support/overlay-world.ts';

const SITE = 'http://127.0.0.1:9';

let bff: Bff;
let world: OverlayWorld;

beforeEach(async () => {
  bff = await startBff();
  world = new OverlayWorld(bff);
});
afterEach(() => bff.stop());

const newTabLink = (page: Visit): string =>
  `${bff.url}${/id="new-tab"[^>]* href="([^"]+)"/u.exec(page.body)?.[1]}`;

describe('a menu item in an overlay', () => {
  it('opens a page that only ShotGrid may frame, and that contains nothing of the launch (E1)', async () => {
    const { page, id } = await world.launch();
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain(`frame-ancestors ${SITE};`);
    expect(page.headers.get('x-frame-options')).toBeNull();
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.body).not.toMatch(/canary|mira/iu);
    const cookie = world.frame.cookieAttributes(bff.url, `__Host-lm.${id.slice(0, 8)}`);
    expect(cookie).toMatchObject({ sameSite: 'none', partitioned: true, httpOnly: true, secure: true });
  });

  it('runs only the script of its page, in the frame and in the window', async () => {
    const { page: frame, id } = await world.launch();
    const { page: window } = await world.signInFor(id);
    for (const { body, headers } of [frame, window]) {
      const scripts = [...body.matchAll(/<script([^>]*)>([\s\S]*?)<\/script/gu)];
      const hashes = scripts.map(([, , text = '']) => createHash('sha256').update(text).digest('base64'));
      const [policy] = /script-src[^;]*/u.exec(headers.get('content-security-policy') ?? '') ?? [];
      expect(policy).toBe(`script-src 'sha256-${hashes[0]}'`);
      expect(scripts.map(([, attributes]) => attributes)).toEqual(['']);
      expect(body).not.toMatch(/\son[a-z]+=/iu);
    }
    const scriptOf = (text: string): string | undefined => /<script>[\s\S]*/u.exec(text)?.[0];
    expect(scriptOf(frame.body)).not.toBe(scriptOf(window.body));
    const other = await world.launch();
    expect(scriptOf(other.page.body)).toBe(scriptOf(frame.body));
  });

  it('signs in in a window and continues in the frame, as the person who clicked', async () => {
    const { id } = await world.launch();
    const { begun, page, code, handover } = await world.signInFor(id);
    expect(bff.idp.authorizations.at(-1)?.get('login_hint')).toBe('mira');
    expect(page.body).toContain(`>${begun['number']}<`);
    expect(page.headers.get('cross-origin-opener-policy')).toBeNull();
    expect(handover).toBe(begun['handover']);
    const redeemed = await world.redeem(id, code);
    expect(redeemed.content['open']).toBe(`/overlay/apps/review/?launch=${id}`);
    expect(await world.whoAsks(world.frame)).toBe('mira');
    expect(world.frame.cookieAttributes(bff.url, '__Host-sid_m')).toMatchObject({
      sameSite: 'none',
      partitioned: true,
      httpOnly: true,
      secure: true,
      path: '/',
    });
    expect([...world.frame.cookies(bff.url).keys()]).toEqual(['__Host-sid_m']);
    expect(world.window.cookies(bff.url).has('__Host-sid')).toBe(false);
  });

  it('needs no click where the frame has a session of that person', async () => {
    await world.signedInFrame();
    const { id } = await world.launch();
    const started = await world.say('start', { launch: id, challenge: CHALLENGE });
    expect(started.content).toEqual({ open: `/overlay/apps/review/?launch=${id}` });
  });

  it('of another person does not switch silently, and signing in ends the previous session (B16, C23)', async () => {
    await world.signedInFrame();
    const old = world.frame.cookies(bff.url).get('__Host-sid_m') ?? '';
    const { id } = await world.launch({ user_login: 'joao', user_id: '35' });
    expect((await world.say('start', { launch: id, challenge: CHALLENGE })).content['ticket']).toBeDefined();
    expect(await world.whoAsks(world.frame)).toBe('mira');
    bff.idp.person = { sub: 'sub-joao', preferred_username: 'joao', name: 'João Lima' };
    await world.redeem(id, (await world.signInFor(id)).code);
    expect(await world.whoAsks(world.frame)).toBe('joao');
    const thief = new BrowserClient();
    thief.setCookie(bff.url, '__Host-sid_m', old);
    expect(await world.whoAsks(thief)).toBeUndefined();
  });

  it('shows its errors in the frame as well', async () => {
    const page = await world.frame.post(`${bff.url}/ami/review`, {
      form: bff.amiBody().replace(/signature=\w+/u, 'signature=00'),
      headers: { 'sec-fetch-dest': 'iframe', accept: 'text/html' },
    });
    expect(page.status).toBe(401);
    expect(page.headers.get('content-security-policy')).toContain(`frame-ancestors ${SITE};`);
    const { id } = await world.launch();
    bff.advance(601_000);
    const late = await world.frame.get(`${bff.url}/overlay/${id}`);
    expect([late.status, late.headers.get('content-security-policy')]).toEqual([
      410,
      expect.stringContaining(`frame-ancestors ${SITE};`),
    ]);
  });

  it('ends after half an hour without a request; the person signs in again in place', async () => {
    const id = await world.signedInFrame();
    bff.advance(1_801_000);
    expect(await world.whoAsks(world.frame)).toBeUndefined();
    const again = await world.frame.get(`${bff.url}/overlay/${id}`);
    expect(again.body).toContain('data-blocked="false"');
    await world.redeem(id, (await world.signInFor(id)).code);
    expect(await world.whoAsks(world.frame)).toBe('mira');
  });
});

describe('where the window has lost the frame', () => {
  it('hands over by a click there, and the frame polls for it', async () => {
    const { id } = await world.launch();
    const { begun, approval } = await world.signInFor(id);
    const poll = async () => (await world.poll(id, begun['handover'])).content;
    expect(await poll()).toEqual({ kind: 'waiting' });
    expect((await world.say('approve', { approval }, world.window)).status).toBe(200);
    const { kind, code = '' } = await poll();
    expect(kind).toBe('approved');
    expect((await world.redeem(id, code)).status).toBe(200);
    // A click that is repeated is told the same, and gives nobody anything.
    expect((await world.say('approve', { approval }, world.window)).status).toBe(200);
    expect(await poll()).toEqual({ kind: 'over' });
  });

  it('reveals nothing to another browser that polls', async () => {
    const { id } = await world.launch();
    const { begun, approval } = await world.signInFor(id);
    await world.say('approve', { approval }, world.window);
    expect((await world.poll(id, begun['handover'], new BrowserClient())).status).toBe(404);
    const other = await world.launch();
    expect((await world.poll(other.id, begun['handover'])).content).toEqual({ kind: 'over' });
  });
});

describe('the cookies of frame and tab', () => {
  it('are never accepted in place of each other (E12)', async () => {
    await world.signedInFrame();
    await world.window.get(`${bff.url}/auth/login`);
    const [overlay, tab] = [
      world.frame.cookies(bff.url).get('__Host-sid_m') ?? '',
      world.window.cookies(bff.url).get('__Host-sid') ?? '',
    ];
    const swapped = new BrowserClient();
    swapped.setCookie(bff.url, '__Host-sid', overlay);
    expect(await world.whoAsks(swapped)).toBeUndefined();
    const other = new BrowserClient();
    other.setCookie(bff.url, '__Host-sid_m', tab);
    expect(await world.whoAsks(other)).toBeUndefined();
    const asPage = await world.frame.get(`${bff.url}/`, { headers: { 'sec-fetch-dest': 'document' } });
    expect(asPage.body).toContain('You are not signed in');
  });

  it('are both deleted by signing out, each with its own attributes (D15)', async () => {
    await world.signedInFrame();
    const out = await world.frame.post(`${bff.url}/auth/logout`, { from: 'same-origin' });
    expect(out.headers.getSetCookie().sort()).toEqual([
      expect.stringMatching(/^__Host-out=[\w-]{43}; Max-Age=300; Path=\/; HttpOnly; Secure; SameSite=Lax$/u),
      '__Host-sid=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax',
      '__Host-sid_m=; Max-Age=0; Path=/; HttpOnly; Secure; Partitioned; SameSite=None',
    ]);
    expect(await world.whoAsks(world.frame)).toBeUndefined();
    expect(bff.idp.revoked).toHaveLength(1);
  });

  it('both end their sessions by signing out of one browser, and the provider is informed', async () => {
    await world.signedInFrame();
    await world.window.get(`${bff.url}/auth/login`);
    const both = new BrowserClient(() => bff.now());
    for (const [name, client] of [
      ['__Host-sid_m', world.frame],
      ['__Host-sid', world.window],
    ] as const) {
      both.setCookie(bff.url, name, client.cookies(bff.url).get(name) ?? '');
    }
    const out = await both.post(`${bff.url}/auth/logout`, { json: {}, from: 'same-origin' });
    const { logoutUrl } = JSON.parse(out.body) as { logoutUrl: string };
    const left = await both.get(logoutUrl, { redirects: 'stop' });
    const providerUrl = left.headers.get('location') ?? '';
    expect(providerUrl.startsWith(bff.idp.issuer)).toBe(true);
    expect(new URL(providerUrl).searchParams.get('id_token_hint')).toMatch(/^ey/u);
    expect([await world.whoAsks(world.frame), await world.whoAsks(world.window)]).toEqual([
      undefined,
      undefined,
    ]);
    expect(bff.idp.revoked).toHaveLength(2);
  });

  it('a back-channel logout reaches the frame (D18)', async () => {
    await world.signedInFrame();
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
    await world.window.post(`${bff.url}/auth/backchannel-logout`, { form: { logout_token: token } });
    expect(await world.whoAsks(world.frame)).toBeUndefined();
  });
});

describe('open in a new tab (B20)', () => {
  it('carries the selection: the tab signs in and has the launch', async () => {
    const { page, id } = await world.launch();
    const tab = await world.window.get(newTabLink(page));
    expect(tab.url).toBe(`${bff.url}/apps/review/?launch=${id}`);
    expect(await world.whoAsks(world.window)).toBe('mira');
  });

  it('works once, and for a minute', async () => {
    const { page, id } = await world.launch();
    await world.window.get(newTabLink(page), { redirects: 'stop' });
    expect((await world.window.get(newTabLink(page))).status).toBe(410);
    const renewed = (await world.say('ticket', { launch: id })).content['href'] ?? '';
    bff.advance(61_000);
    expect((await world.window.get(`${bff.url}${renewed}`)).status).toBe(410);
  });

  it('is the only offer of a frame whose cookies the browser does not keep', async () => {
    const { id } = await world.launch();
    const blocked = await new BrowserClient().get(`${bff.url}/overlay/${id}`);
    expect(blocked.body).toContain('data-blocked="true"');
    expect((await world.window.get(newTabLink(blocked))).url).toBe(`${bff.url}/apps/review/?launch=${id}`);
    // Now it is Mira's: a frame without a proof gets nothing any more.
    expect((await new BrowserClient().get(`${bff.url}/overlay/${id}`)).status).toBe(404);
    expect((await new BrowserClient().get(`${bff.url}/overlay/${'x'.repeat(43)}`)).status).toBe(404);
  });

  it("uses the tab's own sign-in where the frame is signed in", async () => {
    const id = await world.signedInFrame();
    const page = await world.frame.get(`${bff.url}/overlay/${id}`);
    expect((await world.window.get(newTabLink(page))).url).toBe(`${bff.url}/apps/review/?launch=${id}`);
  });
});

describe('a browser that does not report that it posts from a frame', () => {
  it("is treated as the menu item's setting says", async () => {
    await bff.stop();
    bff = await startBff({
      change: (config) => ({ ...config, amis: config.amis.map((ami) => ({ ...ami, overlay: true })) }),
    });
    const post = (headers: Readonly<Record<string, string>>) =>
      world.frame.post(`${bff.url}/ami/review`, { form: bff.amiBody(), redirects: 'stop', headers });
    expect((await post({})).headers.get('location')).toMatch(/^\/overlay\//u);
    expect((await post({ 'sec-fetch-dest': 'document' })).headers.get('location')).toMatch(/^\/launch\//u);
  });
});
