import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatAmiTimestamp } from '../../src/launch/ami-signature.ts';
import { AMI_SECRET } from '../support/bff-config.ts';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient } from '../support/browser-client.ts';

const HOUR_MS = 3_600_000;
const JOAO = { sub: 'sub-joao', preferred_username: 'joao', name: 'João Lima' };

let bff: Bff;
let browser: BrowserClient;

beforeEach(async () => {
  bff = await startBff();
  browser = new BrowserClient(() => bff.now());
});
afterEach(() => bff.stop());

interface Line {
  readonly level: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

const logged = (event: string): Line[] =>
  bff.logLines.map((line) => JSON.parse(line) as Line).filter((line) => line.event === event);
const click = (fields: Record<string, string> = {}, of = bff) =>
  browser.post(`${of.url}/ami/review`, { form: of.amiBody(fields), redirects: 'stop' });
const whoIs = (client = browser) => client.get(`${bff.url}/auth/session`, { from: 'same-origin' });
const until = async (holds: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 1000 && !holds(); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(holds()).toBe(true);
};

describe('the records of a sign-in', () => {
  it('by another person than the one who clicked name both in the audit trail (B1)', async () => {
    const launch = (await click()).headers.get('location') ?? '';
    bff.idp.person = JOAO;
    expect((await browser.get(`${bff.url}${launch}`)).status).toBe(403);
    const [landed] = bff.audited.filter(({ action }) => action === 'launch.landed');
    const claims = bff.audited.filter(({ action }) => action === 'launch.claimed');
    expect(landed).toMatchObject({ outcome: 'done', login: 'mira', ami: 'review' });
    expect(claims).toEqual([
      expect.objectContaining({
        outcome: 'refused',
        code: 'IDENTITY_MISMATCH',
        login: 'joao',
        subject: 'sub-joao',
        launch: landed?.launch,
      }),
    ]);
    await until(() => bff.idp.revoked.length === 1);
  });

  it('without a person in ShotGrid contain the account, and no more of the person (B7)', async () => {
    delete bff.people['mira'];
    await browser.get(`${bff.url}/auth/login`);
    expect(logged('sign_in.refused')).toEqual([
      expect.objectContaining({
        ...{ code: 'NO_SHOTGUN_USER', subject: 'sub-mira' },
        reason: expect.stringMatching(/^[a-z_]+$/u),
      }),
    ]);
    expect(bff.logLines.join('\n')).not.toContain('Mira Fischer');
  });

  it('that maps to another person than before include an alarm (B11)', async () => {
    await browser.get(`${bff.url}/auth/login`);
    bff.idp.person = { sub: 'sub-mira', preferred_username: 'joao' };
    await new BrowserClient().get(`${bff.url}/auth/login`);
    expect(logged('http.refused')).toEqual([
      expect.objectContaining({ level: 'error', code: 'MAPPING_CHANGED' }),
    ]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['nonce', { nonce: 'canary-other' }],
    ['aud', { aud: 'canary-other' }],
    ['iss', { iss: 'https://canary.example' }],
  ])('with an untrusted ID token name the wrong claim: %s (C4, C7)', async (claim, changes) => {
    bff.idp.bendClaims = (claims) => ({ ...claims, ...changes });
    const refused = await browser.get(`${bff.url}/auth/login`);
    expect([refused.status, refused.body]).toEqual([400, expect.stringContaining('LOGIN_TOKEN')]);
    expect([...browser.cookies(bff.url).keys()]).toEqual([]);
    expect(logged('sign_in.refused')).toEqual([expect.objectContaining({ reason: claim })]);
    expect(logged('http.refused')).toEqual([expect.objectContaining({ level: 'error' })]);
    expect(bff.logLines.join('\n')).not.toContain('canary-other');
  });

  it('above the session limit include the session that ends for it, and the provider is informed (D31)', async () => {
    for (let count = 0; count < 4; count += 1) await new BrowserClient().get(`${bff.url}/auth/login`);
    expect(bff.audited.filter(({ action }) => action === 'sign_out')).toEqual([
      expect.objectContaining({ outcome: 'done', login: 'mira', subject: 'sub-mira' }),
    ]);
    expect(logged('session.ended')).toHaveLength(1);
    await until(() => bff.idp.revoked.length === 1);
    expect(bff.idp.revoked).toEqual(['canary-refresh-code-1']);
  });

  it("as another person include the end of the previous person's tokens (C23)", async () => {
    await browser.get(`${bff.url}/auth/login`);
    bff.idp.person = JOAO;
    await browser.get(`${bff.url}/auth/login`);
    await until(() => bff.idp.revoked.length === 1);
    expect(bff.idp.revoked).toEqual(['canary-refresh-code-1']);
    expect((await whoIs()).body).not.toContain('mira');
  });

  it('whose session ends while the provider is down announce a retry (D16)', async () => {
    await browser.get(`${bff.url}/auth/login`);
    await bff.idp.stop();
    await browser.post(`${bff.url}/auth/logout`, { from: 'same-origin' });
    expect(logged('revocation.postponed')).toEqual([expect.objectContaining({ level: 'warn' })]);
  });
});

describe('a sign-in that took longer than its launch', () => {
  it('succeeds all the same (B6)', async () => {
    const launch = (await click()).headers.get('location') ?? '';
    const provider = await browser.get(`${bff.url}${launch}`, { redirects: 'stop' });
    bff.advance(599_000);
    const back = await browser.get(provider.headers.get('location') ?? '', { redirects: 'stop' });
    bff.advance(2000);
    expect((await browser.get(back.headers.get('location') ?? '')).status).toBe(410);
    expect((await whoIs()).status).toBe(200);
    expect((await browser.get(`${bff.url}${launch}`)).trail).toHaveLength(1);
  });
});

describe('two accounts with one e-mail address', () => {
  it('are both refused, without a guess (B8)', async () => {
    await bff.stop();
    bff = await startBff({
      people: {
        mira: { id: 34, name: 'Mira', email: 'm@studio.example' },
        mira2: { id: 36, name: 'Mira', email: 'M@studio.example' },
      },
      change: (config) => ({
        ...config,
        identity: { ...config.identity, claim: 'email', field: 'email' },
      }),
    });
    bff.idp.person = { sub: 'sub-mira', email: 'm@studio.example', email_verified: true };
    const refused = await browser.get(`${bff.url}/auth/login`);
    expect([refused.status, refused.body]).toEqual([403, expect.stringContaining('AMBIGUOUS_USER')]);
    expect([...browser.cookies(bff.url).keys()]).toEqual([]);
  });
});

describe('a damaged cookie (D2)', () => {
  it.each<[string, (token: string) => string]>([
    ['is gone', () => ''],
    ['is cut', (token) => token.slice(0, 20)],
    ['has another end', (token) => `${token.slice(0, -1)}${token.endsWith('A') ? 'Q' : 'A'}`],
    ['is twice as long', (token) => token + token],
  ])('%s: programs get an error, people sign in, and the cookie gives no session', async (_, change) => {
    await browser.get(`${bff.url}/auth/login`);
    const token = browser.cookies(bff.url).get('__Host-sid') ?? '';
    const stripped = new BrowserClient();
    if (change(token) !== '') stripped.setCookie(bff.url, '__Host-sid', change(token));
    const asked = await stripped.post(`${bff.url}/graphql`, {
      json: { query: '{ whoami }' },
      from: 'same-origin',
    });
    expect([asked.status, asked.body]).toEqual([401, expect.stringContaining('UNAUTHENTICATED')]);
    expect((await whoIs(stripped)).status).toBe(401);
    expect(stripped.setCookies).toEqual([]);
    expect((await whoIs()).status).toBe(200);
  });
});

describe('a clock that jumps (D30)', () => {
  it.each([HOUR_MS, -HOUR_MS])(
    'by %d ms: launches are refused, sessions neither end early nor last for ever',
    async (jumpMs) => {
      bff = await restarted(bff, 2 * HOUR_MS);
      await browser.get(`${bff.url}/auth/login`);
      const honest = bff.amiBody();
      bff.advance(jumpMs);
      const refused = await browser.post(`${bff.url}/ami/review`, { form: honest });
      const code = jumpMs > 0 ? 'AMI_STALE' : 'AMI_CLOCK';
      expect([refused.status, refused.body]).toEqual([403, expect.stringContaining(code)]);
      const levels = logged('ami.rejected').map(({ level, reason }) => [level, reason]);
      expect(levels).toEqual([[jumpMs > 0 ? 'info' : 'warn', code]]);
      expect((await whoIs()).status).toBe(200);
      bff.advance(2 * HOUR_MS + Math.max(0, -jumpMs));
      expect((await whoIs()).status).toBe(401);
    },
  );
});

describe('a clock that is off by two minutes', () => {
  it.each([
    ['ahead of', 125_000],
    ['behind', -125_000],
  ])('(%s) is reported once after many launches in a row of one age, and not again', async (side, ms) => {
    const clickAway = async () =>
      browser.post(`${bff.url}/ami/review`, {
        form: bff.amiBody({ timestamp: formatAmiTimestamp(bff.now() - ms) }),
      });
    const first = await clickAway();
    expect(first.body).not.toContain('clock of this server');
    for (let time = 0; time < 4; time += 1) {
      bff.advance(2000);
      await clickAway();
    }
    bff.advance(2000);
    const told = await clickAway();
    expect([told.status, told.body]).toEqual([
      403,
      expect.stringContaining(`about 2 minutes ${side} ShotGrid`),
    ]);
    expect(told.body).toContain('does not help');
    expect(logged('clock.off')).toHaveLength(1);
    expect((await click()).status).toBe(303);
    expect(logged('clock.right_again')).toHaveLength(1);
  });

  it('is not reported for one old launch that is sent again and again', async () => {
    const old = bff.amiBody({ timestamp: formatAmiTimestamp(bff.now() - 125_000) });
    for (let time = 0; time < 8; time += 1) {
      const answer = await browser.post(`${bff.url}/ami/review`, { form: old });
      expect(answer.body).toContain('AMI_STALE');
    }
    expect(logged('clock.off')).toEqual([]);
  });
});

describe('the secret of a menu item that is being replaced (D28)', () => {
  const withSecrets = (secrets: readonly string[]) =>
    startBff({ change: (config) => ({ ...config, amis: config.amis.map((ami) => ({ ...ami, secrets })) }) });

  it('is accepted together with the new one, and the log shows which was used, until it is removed', async () => {
    await bff.stop();
    bff = await withSecrets(['a-new-secret-of-the-menu-item', AMI_SECRET]);
    expect((await click()).status).toBe(303);
    expect(logged('ami.accepted')).toEqual([expect.objectContaining({ secretIndex: 1 })]);
    await bff.stop();
    bff = await withSecrets([AMI_SECRET, 'an-old-secret-of-the-menu-item']);
    expect((await click()).status).toBe(303);
    expect(logged('ami.accepted')).toEqual([expect.objectContaining({ secretIndex: 0 })]);
    await bff.stop();
    bff = await withSecrets(['a-new-secret-of-the-menu-item']);
    expect((await click()).status).toBe(401);
  });
});

/** The same server with sessions that end after this time without a request. */
async function restarted(old: Bff, idleMs: number): Promise<Bff> {
  await old.stop();
  return startBff({ change: (config) => ({ ...config, session: { ...config.session, idleMs } }) });
}
