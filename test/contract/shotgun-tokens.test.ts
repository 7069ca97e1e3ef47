import { afterEach, describe, expect, it } from 'vitest';
import { parseSessionUuid } from '../../src/base/ids.ts';
import { searchRows } from '../../src/shotgun/calls/search.ts';
import { createRecord } from '../../src/shotgun/calls/write.ts';
import {
  type Answer,
  type BentSite,
  type BentSiteOptions,
  json,
  refusal,
  rows,
  silence,
  startBentSite,
} from '../support/bent-site.ts';
import {
  createTestShotgun,
  login,
  searchOf,
  type TestShotgun,
  type TestShotgunOptions,
} from '../support/test-shotgun.ts';

const open: (BentSite | TestShotgun)[] = [];
afterEach(async () => {
  for (const part of open.splice(0).toReversed()) await part.close();
});

async function start(
  siteOptions: BentSiteOptions = {},
  options: TestShotgunOptions = {},
): Promise<{ site: BentSite } & TestShotgun> {
  const site = await startBentSite(siteOptions);
  const client = createTestShotgun(site.url, options);
  open.push(site, client);
  return { site, ...client };
}

const SEARCH = searchOf('Shot');
/** A row whose code is the login that the bearer acts as. */
const whoAmI: Answer = (call, response) =>
  rows({ type: 'Shot', id: 1, attributes: { code: call.actingAs }, relationships: {} })(call, response);

describe('a call carries a token of its own person', () => {
  it('minted with the scope of sudo, as a form, and reused', async () => {
    const { site, shotgun } = await start();
    const mira = shotgun.as(login('mira'));
    await mira.call(searchRows(SEARCH));
    await mira.call(searchRows(SEARCH));
    await shotgun.as(login('mira')).call(searchRows(SEARCH));
    expect(site.mints).toEqual([
      {
        grant_type: 'client_credentials',
        client_id: 'shotgraph',
        client_secret: 'demo-script-key',
        scope: 'sudo_as_login:mira',
      },
    ]);
    expect(site.calls.map((call) => call.actingAs)).toEqual(['mira', 'mira', 'mira']);
  });

  it('requested once for many calls that start together', async () => {
    const { site, shotgun } = await start();
    await Promise.all(Array.from({ length: 20 }, () => shotgun.as(login('mira')).call(searchRows(SEARCH))));
    expect(site.mints).toHaveLength(1);
  });

  it('50 interleaved calls of 5 people, tokens answered out of order (G6)', async () => {
    const people = ['mira', 'joao', 'ada', 'kenji', 'zoe'];
    const waiting: (() => void)[] = [];
    const { site, shotgun } = await start({
      beforeMint: () =>
        new Promise((resolve) => {
          waiting.push(resolve);
          // All five wait; then the last to ask is answered first.
          if (waiting.length === people.length) for (const answer of waiting.toReversed()) answer();
        }),
    });
    site.otherwise(whoAmI);
    const asked = Array.from({ length: 50 }, (_, index) => people[index % people.length] ?? '');
    const answers = await Promise.all(
      asked.map((person) => shotgun.as(login(person)).call(searchRows(SEARCH))),
    );
    expect(answers.map(([row]) => row?.fields['code'])).toEqual(asked);
    expect(site.mints).toHaveLength(5);
  });

  it('a window of ShotGrid has a token of its own, so that its writes show up there', async () => {
    const { site, shotgun } = await start();
    const sessionUuid = parseSessionUuid('d8592bd6-fc41-11e1-b2c5-000c297a5f50');
    await shotgun.as(login('mira')).call(searchRows(SEARCH));
    await shotgun.as(login('mira'), { ...(sessionUuid && { sessionUuid }) }).call(searchRows(SEARCH));
    expect(site.mints.map((form) => form['session_uuid'])).toEqual([undefined, sessionUuid]);
    expect(site.calls.map((call) => call.token)).toEqual([1, 2]);
  });

  it.each([
    'mira&scope=',
    'mira&client_id=other',
    'a+b%20c',
    "o'brien; drop",
    'Größe 日本 🎬',
    'sudo_as_login:ada',
    'x=1#?/',
  ])('the login %j cannot break out of the scope', async (text) => {
    const { site, shotgun } = await start();
    await shotgun.as(login(text)).call(searchRows(SEARCH));
    expect(site.mints).toEqual([
      expect.objectContaining({ scope: `sudo_as_login:${text}`, client_id: 'shotgraph' }),
    ]);
    expect(site.calls[0]?.actingAs).toBe(text);
  });
});

describe('a token is renewed', () => {
  it('90 seconds before it ends', async () => {
    let nowMs = 1_000_000;
    const { site, shotgun } = await start(
      {},
      { clock: { now: () => nowMs }, settings: { recheckMs: 600_000 } },
    );
    await shotgun.as(login('mira')).call(searchRows(SEARCH));
    nowMs += 510_000;
    await shotgun.as(login('mira')).call(searchRows(SEARCH));
    expect(site.mints).toHaveLength(2);
    expect(site.calls.map((call) => call.token)).toEqual([1, 2]);
  });

  it('beside a call after half of its time, so that no call waits for one', async () => {
    let nowMs = 1_000_000;
    const held: (() => void)[] = [];
    const { site, shotgun } = await start(
      {
        beforeMint: () => (site.mints.length > 1 ? new Promise((resolve) => held.push(resolve)) : undefined),
      },
      { clock: { now: () => nowMs }, settings: { recheckMs: 300_000 } },
    );
    const mira = shotgun.as(login('mira'));
    await mira.call(searchRows(SEARCH));
    nowMs += 149_999;
    await mira.call(searchRows(SEARCH));
    expect(site.mints).toHaveLength(1);
    nowMs += 1;
    await mira.call(searchRows(SEARCH));
    while (held.length === 0) await new Promise((resolve) => setImmediate(resolve));
    nowMs += 150_000;
    const last = mira.call(searchRows(SEARCH));
    for (const answer of held) answer();
    await last;
    expect(site.calls.map((call) => call.token)).toEqual([1, 1, 1, 2]);
    expect(site.mints).toHaveLength(2);
  });

  it('once if the site refuses it during a request, for reads and for writes', async () => {
    const { site, shotgun } = await start();
    const mira = shotgun.as(login('mira'));
    const expired = refusal(401, 102, 'Unauthorized', { detail: 'Token Expired' });
    site.next(expired, rows(), expired, json(201, { data: { type: 'Note', id: 9 } }));
    await expect(mira.call(searchRows(SEARCH))).resolves.toEqual([]);
    await expect(mira.call(createRecord('Note', { subject: 'x' }))).resolves.toEqual({ type: 'Note', id: 9 });
    expect(site.calls.map((call) => call.token)).toEqual([1, 2, 2, 3]);
  });

  it('by one request for all calls that were refused together', async () => {
    const { site, shotgun } = await start();
    site.otherwise((call, response) =>
      (call.token === 1 ? refusal(401, 102, 'Unauthorized') : rows())(call, response),
    );
    await Promise.all(Array.from({ length: 8 }, () => shotgun.as(login('mira')).call(searchRows(SEARCH))));
    expect(site.mints).toHaveLength(2);
  });

  it('only once: a site that refuses every token no longer accepts the script (G4)', async () => {
    const { site, shotgun } = await start();
    site.otherwise(refusal(401, 102, 'Unauthorized'));
    await expect(shotgun.as(login('mira')).call(searchRows(SEARCH))).rejects.toMatchObject({
      code: 'UPSTREAM_AUTH',
    });
    expect(site.calls).toHaveLength(2);
  });
});

describe('without a token of the person nothing is sent', () => {
  it.each([
    ["Cannot 'sudo' - unknown or retired user: 'mira'", 'NO_SHOTGUN_USER'],
    ["Cannot 'sudo' - inactive user account: 'mira'", 'USER_INACTIVE'],
    [
      "Cannot 'sudo' - user account has 'can_impersonate_this_user' turned off: 'mira'",
      'IMPERSONATION_REFUSED',
    ],
    ["The user does not have permission to 'sudo': 'mira'", 'SHOTGUN_SUDO_REFUSED'],
    ["Can't authenticate script 'shotgraph'", 'UPSTREAM_AUTH'],
  ])('%s -> %s (G1, G2, G4)', async (title, code) => {
    const { site, shotgun } = await start();
    site.nextMint(refusal(400, 102, title));
    await expect(shotgun.as(login('mira')).call(searchRows(SEARCH))).rejects.toMatchObject({ code });
    expect(site.calls).toEqual([]);
    expect(site.mints).toHaveLength(1);
    // A refusal is not kept: an administrator may have changed it meanwhile.
    await expect(shotgun.as(login('mira')).call(searchRows(SEARCH))).resolves.toEqual([]);
  });

  it('with an unknown text concerns the person if the site accepts the script, and the server stays ready', async () => {
    const { site, shotgun } = await start();
    site.nextMint(refusal(400, 102, 'Computer says no to mira'));
    await expect(shotgun.as(login('mira')).call(searchRows(SEARCH))).rejects.toMatchObject({
      code: 'IMPERSONATION_REFUSED',
    });
    // The second token tells that the script is accepted. Nothing is done with it.
    expect(site.mints.map(({ scope }) => scope)).toEqual(['sudo_as_login:mira', undefined]);
    expect(site.calls).toEqual([]);
    site.whenProbed(json(200, { data: { shotgun_version: 'v8' } }));
    await expect(shotgun.ping()).resolves.toBeUndefined();
  });

  it('with an unknown text concerns the script if the site does not accept the script either', async () => {
    const { site, shotgun, log } = await start();
    site.nextMint(refusal(400, 102, 'Computer says no to mira'));
    site.nextMint(refusal(400, 102, 'Computer says no'));
    await expect(shotgun.as(login('mira')).call(searchRows(SEARCH))).rejects.toMatchObject({
      code: 'UPSTREAM_AUTH',
    });
    expect(site.calls).toEqual([]);
    expect(log.join('')).toContain('shotgrid script refused');
  });

  it("a token with the script's rights, from a site that drops the scope, is refused (G7)", async () => {
    const { site, shotgun } = await start({ ignoresScope: true });
    await expect(shotgun.as(login('mira')).call(searchRows(SEARCH))).rejects.toMatchObject({
      code: 'SHOTGUN_SUDO_REFUSED',
    });
    await expect(shotgun.as(login('mira')).call(createRecord('Note', {}))).rejects.toMatchObject({
      code: 'SHOTGUN_SUDO_REFUSED',
    });
    expect(site.calls).toEqual([]);
  });

  const forged = (claims: unknown): string =>
    `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
  it.each([
    ['acts as somebody else', forged({ sudo_as_login: 'ada' })],
    ['differs in the case of letters', forged({ sudo_as_login: 'Mira' })],
    ['has no claims', forged('x')],
    ['is opaque', 'opaque'],
  ])('a token that %s is refused', async (_, access_token) => {
    const { site, shotgun } = await start();
    site.nextMint(json(200, { access_token, expires_in: 600 }));
    await expect(shotgun.as(login('mira')).call(searchRows(SEARCH))).rejects.toMatchObject({
      code: 'SHOTGUN_SUDO_REFUSED',
    });
    expect(site.calls).toEqual([]);
  });

  it('an answer without a token is an error, and its text is not shown', async () => {
    const { site, shotgun, log } = await start();
    site.nextMint(json(200, { access_token: 42, secret: 'canary' }));
    const error: unknown = await shotgun
      .as(login('mira'))
      .call(searchRows(SEARCH))
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'UPSTREAM_BROKEN' });
    expect(JSON.stringify([log, error])).not.toContain('canary');
  });

  it('a caller that leaves does not end the request for the others', async () => {
    let answer = (): void => undefined;
    const { site, shotgun } = await start({
      beforeMint: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    });
    const leaving = new AbortController();
    const left = shotgun.as(login('mira')).call(searchRows(SEARCH), { signal: leaving.signal });
    const stays = shotgun.as(login('mira')).call(searchRows(SEARCH));
    while (site.mints.length === 0) await new Promise((resolve) => setImmediate(resolve));
    leaving.abort();
    await expect(left).rejects.toMatchObject({ code: 'CLIENT_LEFT' });
    answer();
    await expect(stays).resolves.toEqual([]);
    expect(site.mints).toHaveLength(1);
  });

  it('a call to a silent token endpoint times out', async () => {
    const { site, shotgun } = await start({}, { settings: { timeoutMs: 80 } });
    site.nextMint(silence);
    await expect(shotgun.as(login('mira')).call(searchRows(SEARCH))).rejects.toMatchObject({
      code: 'UPSTREAM_TIMEOUT',
    });
  });
});

it('no token, key or login is in the log', async () => {
  const { site, shotgun, log } = await start();
  site.next(page503);
  await shotgun.as(login('mira')).call(searchRows(SEARCH));
  expect(log.join('')).toContain('shotgrid call repeated');
  expect(log.join('')).not.toMatch(/demo-script-key|eyJ|canary/u);
});

const page503: Answer = (call, response) => json(503, { canary: 'canary' })(call, response);
