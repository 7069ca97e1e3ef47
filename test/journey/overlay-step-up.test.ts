import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bff, startBff } from '../support/bff.ts';
import { CHALLENGE, OverlayWorld } from '../support/overlay-world.ts';

const CLAIMS = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';

let bff: Bff;
let world: OverlayWorld;
let launch: string;

beforeEach(async () => {
  bff = await startBff();
  world = new OverlayWorld(bff);
  launch = await world.signedInFrame();
});
afterEach(() => bff.stop());

const sessionOf = (): string => world.frame.cookieHeader(bff.url);

/** The frame goes where the docs say, its script prepares, and the person clicks. */
async function stepUp(query: string) {
  const page = await world.frame.get(`${bff.url}/overlay/${launch}?stepUp=1${query}`);
  const [, again = ''] = /data-again="([^"]*)"/u.exec(page.body) ?? [];
  const asked = Object.fromEntries(new URLSearchParams(again.replaceAll('&amp;', '&')));
  const begun = (await world.say('start', { launch, challenge: CHALLENGE, stepUp: again !== '' })).content;
  const popup = new URLSearchParams({ ...asked, ticket: begun['ticket'] ?? '' }).toString();
  const signedIn = await world.window.get(`${bff.url}/auth/handover/popup?${popup}`);
  const [, code = ''] = /data-code="([^"]+)"/u.exec(signedIn.body) ?? [];
  return { begun, code, status: signedIn.status };
}

describe("a further sign-in in ShotGrid's frame, which another system requires", () => {
  it.each([
    ['with the claims that it asks for', `&claims=${encodeURIComponent(CLAIMS)}`, 'claims', CLAIMS],
    ['typed again', '&prompt=login', 'prompt', 'login'],
    ['of any kind', '', 'prompt', null],
  ])('is made in its window, %s, and gives the frame a new session', async (...[, query, name, value]) => {
    const before = sessionOf();
    const { code } = await stepUp(query);
    expect(bff.idp.authorizations.at(-1)?.get(name)).toBe(value);
    const { status, content } = await world.redeem(launch, code);
    expect([status, content['open']]).toEqual([200, `/overlay/apps/review/?launch=${launch}`]);
    expect(sessionOf()).not.toBe(before);
    expect(await world.whoAsks(world.frame)).toBe('mira');
    expect(bff.audited.filter(({ action }) => action === 'sign_out')).toMatchObject([
      { reason: 'signed_in_again' },
    ]);
  });

  it('as another person changes nothing: the session of the frame stays', async () => {
    bff.idp.person = { sub: 'sub-joao', preferred_username: 'joao', name: 'João Lima' };
    const before = sessionOf();
    const { code, status } = await stepUp('&prompt=login');
    expect([status, code]).toEqual([410, '']);
    expect(sessionOf()).toBe(before);
    expect(await world.whoAsks(world.frame)).toBe('mira');
  });

  it('does not start where the person only opens the overlay again', async () => {
    const page = await world.frame.get(`${bff.url}/overlay/${launch}?claims=${encodeURIComponent(CLAIMS)}`);
    expect(page.body).toContain('data-again=""');
    const { content } = await world.say('start', { launch, challenge: CHALLENGE, stepUp: false });
    expect(content['open']).toBe(`/overlay/apps/review/?launch=${launch}`);
  });

  it('passes on only a request for claims and a known prompt', async () => {
    const foreign = `&claims=${encodeURIComponent('{"x":1}')}&prompt=consent&redirect_uri=https://evil.example`;
    const page = await world.frame.get(`${bff.url}/overlay/${launch}?stepUp=1${foreign}`);
    expect(page.body).toContain('data-again="stepUp=1"');
  });
});
