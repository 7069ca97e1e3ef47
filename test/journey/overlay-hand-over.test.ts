import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/base/errors.ts';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { CHALLENGE, OverlayWorld, VERIFIER } from '../support/overlay-world.ts';

let bff: Bff;
let world: OverlayWorld;

beforeEach(async () => {
  bff = await startBff();
  world = new OverlayWorld(bff);
});
afterEach(() => bff.stop());

describe('a hand-over under attack or in a wrong order', () => {
  it('refuses a stolen code without the verifier, and the code is then spent', async () => {
    const { id } = await world.launch();
    const { code } = await world.signInFor(id);
    expect((await world.redeem(id, code, { client: new BrowserClient() })).status).toBe(404);
    expect((await world.redeem(id, code, { verifier: 'w'.repeat(43) })).status).toBe(400);
    expect((await world.redeem(id, code)).status).toBe(400);
    expect(bff.idp.revoked).toHaveLength(1);
  });

  it('accepts a code once', async () => {
    const { id } = await world.launch();
    const { code } = await world.signInFor(id);
    expect((await world.redeem(id, code)).status).toBe(200);
    expect((await world.redeem(id, code)).status).toBe(400);
  });

  it('accepts a code for a minute', async () => {
    const { id } = await world.launch();
    const { code } = await world.signInFor(id);
    expect(code).not.toBe('');
    bff.advance(61_000);
    expect((await world.redeem(id, code)).status).toBe(400);
  });

  it('accepts a code only for its launch', async () => {
    const [one, other] = [await world.launch(), await world.launch()];
    const { code } = await world.signInFor(other.id);
    expect(code).not.toBe('');
    expect((await world.redeem(one.id, code)).status).toBe(400);
  });

  it("lets the browser request the window's address twice until the sign-in, and not after it", async () => {
    const { id } = await world.launch();
    const begun = (await world.say('start', { launch: id, challenge: CHALLENGE })).content;
    const address = `${bff.url}/auth/handover/popup?ticket=${begun['ticket']}`;
    const opened = await Promise.all([1, 2].map(() => world.window.get(address, { redirects: 'stop' })));
    expect(opened.map(({ status }) => status)).toEqual([303, 303]);
    const reloaded = await world.window.get(address);
    const [, code = ''] = /data-code="([^"]+)"/u.exec(reloaded.body) ?? [];
    expect((await world.redeem(id, code)).status).toBe(200);
    for (const ticket of [begun['ticket'], 'x'.repeat(43), '']) {
      const page = await world.window.get(`${bff.url}/auth/handover/popup?ticket=${ticket}`);
      expect([page.status, page.body.includes('Close this window')]).toEqual([410, true]);
    }
  });

  it('gives no code to a person who did not click, and informs the frame (B1)', async () => {
    const { id } = await world.launch();
    bff.idp.person = { sub: 'sub-joao', preferred_username: 'joao', name: 'João Lima' };
    const { page, begun, code } = await world.signInFor(id);
    expect([page.status, code]).toEqual([403, '']);
    expect(page.body).toContain('João Lima');
    expect(page.body).not.toMatch(/mira/iu);
    const told = (await world.poll(id, begun['handover'])).content;
    expect(told).toEqual({ kind: 'refused', prompt: 'select_account' });
    expect(bff.idp.revoked).toHaveLength(1);
    // The frame goes on with the prompt that lets her choose, and the launch still waits for her.
    bff.idp.person = { sub: 'sub-mira', preferred_username: 'mira', name: 'Mira Fischer' };
    const again = (await world.say('start', { launch: id, challenge: CHALLENGE })).content;
    const query = new URLSearchParams({
      ticket: again['ticket'] ?? '',
      prompt: told['prompt'] ?? '',
    }).toString();
    const signedIn = await world.window.get(`${bff.url}/auth/handover/popup?${query}`);
    expect(bff.idp.authorizations.at(-1)?.get('prompt')).toBe('select_account');
    const [, anotherCode = ''] = /data-code="([^"]+)"/u.exec(signedIn.body) ?? [];
    expect((await world.redeem(id, anotherCode)).status).toBe(200);
    expect(await world.whoAsks(world.frame)).toBe('mira');
  });

  it('ignores the cookie from a page of another origin, also one beside the frame (E10)', async () => {
    const { id } = await world.launch();
    const { code, approval } = await world.signInFor(id);
    const tries = [
      ['start', { launch: id, challenge: CHALLENGE }],
      ['ticket', { launch: id }],
      ['redeem', { launch: id, code, verifier: VERIFIER }],
      ['approve', { approval }],
    ] as const;
    for (const [path, json] of tries) {
      const answer = await world.frame.post(`${bff.url}/auth/handover/${path}`, { json, from: 'cross-site' });
      expect([path, answer.status]).toEqual([path, 403]);
    }
    expect((await world.redeem(id, code)).status).toBe(200);
    const query = { json: { query: '{ whoami }' }, from: 'cross-site' } as const;
    expect((await world.frame.post(`${bff.url}/graphql`, query)).status).toBe(403);
    expect((await world.frame.post(`${bff.url}/auth/logout`, { from: 'cross-site' })).status).toBe(403);
    expect(await world.whoAsks(world.frame)).toBe('mira');
  });

  it('refuses an invalid start', async () => {
    const { id } = await world.launch();
    expect((await world.say('start', { launch: id, challenge: 'short' })).status).toBe(400);
    expect((await world.say('start', { launch: id })).status).toBe(400);
    expect((await world.say('start', { launch: 'x'.repeat(43), challenge: CHALLENGE })).status).toBe(404);
  });

  it('shows in the window that the sign-in is done, or that it took too long and starts again from ShotGrid (C2, C22)', async () => {
    const { id } = await world.launch();
    const begun = (await world.say('start', { launch: id, challenge: CHALLENGE })).content;
    const left = await world.window.get(`${bff.url}/auth/handover/popup?ticket=${begun['ticket']}`, {
      redirects: 'stop',
    });
    expect(left.headers.get('cross-origin-opener-policy')).toBeNull();
    const back = await world.window.get(left.headers.get('location') ?? '', { redirects: 'stop' });
    const callback = back.headers.get('location') ?? '';
    const page = await world.window.get(callback);
    expect(page.body).toContain('data-code=');
    expect((await world.window.get(callback)).body).toContain('This window is not needed any more');
    const slow = (await world.say('start', { launch: id, challenge: CHALLENGE })).content;
    const asked = await world.window.get(`${bff.url}/auth/handover/popup?ticket=${slow['ticket']}`, {
      redirects: 'stop',
    });
    bff.advance(601_000);
    const late = await world.window.get(asked.headers.get('location') ?? '');
    expect([late.status, late.body.includes('choose the menu item again')]).toEqual([410, true]);
  });

  it('refuses a sign-in that returns after its launch expired: no claim is recorded, its token is revoked', async () => {
    const { id } = await world.launch();
    bff.advance(300_000);
    const begun = (await world.say('start', { launch: id, challenge: CHALLENGE })).content;
    const left = await world.window.get(`${bff.url}/auth/handover/popup?ticket=${begun['ticket']}`, {
      redirects: 'stop',
    });
    bff.advance(310_000);
    const late = await world.window.get(left.headers.get('location') ?? '');
    expect([late.status, late.body.includes('data-code=')]).toEqual([410, false]);
    expect(bff.audited.filter(({ action }) => action === 'launch.claimed')).toEqual([]);
    expect(bff.audited.at(-1)).toMatchObject({ action: 'sign_in', outcome: 'refused' });
    expect(bff.idp.revoked).toHaveLength(1);
  });

  it('a click on "continue" whose answer was lost can be repeated, also once the frame has gone on', async () => {
    const { id } = await world.launch();
    const { begun, approval } = await world.signInFor(id);
    const approve = async (): Promise<number> =>
      (await world.say('approve', { approval }, world.window)).status;
    expect([await approve(), await approve()]).toEqual([200, 200]);
    const { code } = (await world.poll(id, begun['handover'])).content;
    expect((await world.redeem(id, code ?? '')).status).toBe(200);
    expect(await approve()).toBe(200);
    expect(await world.whoAsks(world.frame)).toBe('mira');
    expect((await world.say('approve', { approval: 'x'.repeat(43) }, world.window)).status).toBe(410);
  });

  it('a link to a new tab is not used up by a store that fails while it is followed', async () => {
    const { id } = await world.launch();
    const { href } = (await world.say('ticket', { launch: id })).content;
    const replace = bff.store.replace.bind(bff.store);
    bff.store.replace = () => Promise.reject(new AppError('UNAVAILABLE'));
    const follow = () => world.window.get(`${bff.url}${href}`, { redirects: 'stop' });
    expect((await follow()).status).toBe(503);
    bff.store.replace = replace;
    expect((await follow()).headers.get('location')).toBe(`/launch/${id}`);
    expect((await follow()).status).toBe(410);
  });
});
