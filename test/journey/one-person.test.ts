import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BrowserClient, type Visit } from '../support/browser-client.ts';
import { type GraphqlAnswer, startStudio, type Studio } from '../support/studio.ts';

const RECHECK_MS = 30_000;
const ROLE = { ADMIN: 5, MANAGER: 6 } as const;
const WHO = '{ viewer { login permissionRole person { id } } versions(first: 1) { nodes { id } } }';
const [MIRA, JOAO] = [31, 32];

interface Viewer {
  readonly login: string;
  readonly permissionRole: string | null;
  readonly person: { readonly id: number };
}

interface Entry {
  readonly action: string;
  readonly outcome: string;
  readonly [field: string]: unknown;
}

let folder: string;
let studio: Studio;
let nowMs: number;

const open = async (environment: Readonly<Record<string, string>> = {}): Promise<void> => {
  studio = await startStudio(
    {
      SHOTGRAPH_AUDIT: join(folder, 'audit.jsonl'),
      SHOTGRAPH_SITE_RECHECK_SECONDS: String(RECHECK_MS / 1000),
      ...environment,
    },
    {},
    { now: () => nowMs },
  );
};
beforeAll(async () => {
  nowMs = Date.now();
  folder = await mkdtemp(join(tmpdir(), 'shotgraph-person-'));
});
afterAll(() => rm(folder, { recursive: true }));
/** Each test finds the people as they were, and nobody's token from before. */
afterEach(async () => {
  await fetch(`${studio.siteUrl}/__studio/reset`, { method: 'POST' });
  nowMs += RECHECK_MS;
});

const signIn = async (login: string, browser = new BrowserClient()): Promise<[BrowserClient, Visit]> => {
  const page = await browser.get(`${studio.bffUrl}/auth/login?returnTo=/auth/session`);
  const isForm = page.url.startsWith(`${studio.issuer}/interaction/`);
  return [browser, isForm ? await browser.post(page.url, { form: { login } }) : page];
};
const signedIn = async (login: string): Promise<BrowserClient> => (await signIn(login))[0];
const isSignedIn = async (browser: BrowserClient): Promise<boolean> =>
  (await browser.get(`${studio.bffUrl}/auth/session`, { from: 'same-origin' })).status === 200;
const who = async (browser: BrowserClient): Promise<Viewer | string> =>
  viewerOf(await studio.ask(browser, WHO));
const viewerOf = ({ data, errors }: GraphqlAnswer): Viewer | string =>
  errors?.[0]?.extensions.code ?? (data?.['viewer'] as Viewer);
const giveRole = (login: string, id: number): Promise<void> =>
  studio.patchPerson(login, { permission_rule_set: { type: 'PermissionRuleSet', id } });
/** Records follow the answers that they tell of. */
const recorded = async (isMeant: (entry: Entry) => boolean): Promise<readonly Entry[]> => {
  for (;;) {
    const text = await readFile(join(folder, 'audit.jsonl'), 'utf8');
    const entries = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Entry]));
    if (entries.some(isMeant)) return entries;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
const swap = async (one: string, other: string): Promise<void> => {
  await studio.patchPerson(one, { login: 'aside' });
  await studio.patchPerson(other, { login: one });
  await studio.patchPerson('aside', { login: other });
};

describe('while a session lives', () => {
  beforeAll(() => open());
  afterAll(() => studio.stop());

  it('a person continues under a new login, and the audit trail records it once', async () => {
    const [one, other] = [await signedIn('mira'), await signedIn('mira')];
    await studio.patchPerson('mira', { login: 'mira.okafor' });
    nowMs += RECHECK_MS;
    await studio.forgetSiteRequests();
    expect(await who(one)).toMatchObject({ login: 'mira.okafor', person: { id: MIRA } });
    expect(await who(other)).toMatchObject({ login: 'mira.okafor', person: { id: MIRA } });
    expect(await who(one)).toMatchObject({ login: 'mira.okafor' });
    const asMira = (await studio.siteRequests()).filter(({ actingAs }) => actingAs === 'mira');
    expect(asMira).toEqual([]);
    const shown = await one.get(`${studio.bffUrl}/auth/session`, { from: 'same-origin' });
    expect(JSON.parse(shown.body)).toMatchObject({ login: 'mira.okafor', person: { id: MIRA } });
    const browser = await signedIn('joao');
    await who(browser);
    const trail = await recorded(({ action, login }) => action === 'sign_in' && login === 'joao');
    expect(trail.filter(({ action }) => action === 'account.renamed')).toEqual([
      expect.objectContaining({ login: 'mira.okafor', formerLogin: 'mira', personId: MIRA }),
    ]);
  });

  it('a session ends once its login belongs to another person, and nothing is read as them', async () => {
    const browser = await signedIn('mira');
    await studio.patchPerson('mira', { login: 'mira.old' });
    await studio.patchPerson('joao', { login: 'mira' });
    nowMs += RECHECK_MS;
    await studio.forgetSiteRequests();
    expect(await who(browser)).toBe('MAPPING_CHANGED');
    expect(await isSignedIn(browser)).toBe(false);
    const reads = (await studio.siteRequests()).filter(({ path }) => path.includes('/Version'));
    expect(reads).toEqual([]);
    const [, page] = await signIn('mira', browser);
    expect([page.status, page.body]).toEqual([403, expect.stringContaining('MAPPING_CHANGED')]);
    const trail = await recorded(({ action, code }) => action === 'sign_in' && code === 'MAPPING_CHANGED');
    expect(trail).toContainEqual(
      expect.objectContaining({
        action: 'access',
        outcome: 'refused',
        code: 'MAPPING_CHANGED',
        personId: MIRA,
      }),
    );
  });

  it("two people who swap their logins never receive each other's answers", async () => {
    const [mira, joao] = [await signedIn('mira'), await signedIn('joao')];
    await swap('mira', 'joao');
    expect(await who(mira)).toMatchObject({ person: { id: MIRA } });
    nowMs += RECHECK_MS;
    expect([await who(mira), await who(joao)]).toEqual(['MAPPING_CHANGED', 'MAPPING_CHANGED']);
    expect([await isSignedIn(mira), await isSignedIn(joao)]).toEqual([false, false]);
    await swap('mira', 'joao');
    expect(await who(await signedIn('mira'))).toMatchObject({ login: 'mira', person: { id: MIRA } });
    expect(await who(await signedIn('joao'))).toMatchObject({ login: 'joao', person: { id: JOAO } });
  });

  it('nothing is written with a token from after the login was reassigned', async () => {
    const browser = await signedIn('mira');
    const page = await studio.launch(browser, 'mira', studio.mirasVersionIds.slice(0, 1));
    const launchId = new URL(page.url).searchParams.get('launch') ?? '';
    nowMs += RECHECK_MS;
    expect(await who(browser)).toMatchObject({ login: 'mira' });
    await swap('mira', 'joao');
    await studio.forgetSiteRequests();
    // The token of the launch's window is too old: the one that is made now would be the other person's.
    const id = studio.mirasVersionIds[0];
    const query = `mutation { updateVersion(id: ${id}, input: { description: "by whom?" }) { id } }`;
    const { errors } = await studio.ask(browser, query, { launchId });
    expect(errors?.[0]?.extensions.code).toBe('MAPPING_CHANGED');
    const writes = (await studio.siteRequests()).filter(({ method }) => method === 'PUT');
    expect(writes).toEqual([]);
    while (await isSignedIn(browser)) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it.each([
    ['disabled', { sg_status_list: 'dis' }, 'USER_INACTIVE'],
    ['disabled and renamed', { sg_status_list: 'dis', login: 'mira.gone' }, 'USER_INACTIVE'],
    ['retired', { retired: true }, 'NO_SHOTGUN_USER'],
    ['exempted', { can_impersonate_this_user: false }, 'IMPERSONATION_REFUSED'],
  ])('a person who was %s gets the reason, and the session ends', async (_, changes, code) => {
    const browser = await signedIn('mira');
    await studio.patchPerson('mira', changes);
    nowMs += RECHECK_MS;
    expect(await who(browser)).toBe(code);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('the session continues while ShotGrid is unavailable, although nothing can be read', async () => {
    const browser = await signedIn('mira');
    nowMs += RECHECK_MS;
    await studio.fault({ match: { path: '*/auth/access_token' }, status: 503, times: 50 });
    const { data, errors } = await studio.ask(
      browser,
      '{ viewer { login } versions(first: 1) { nodes { id } } }',
    );
    expect(data?.['viewer']).toEqual({ login: 'mira' });
    expect(errors?.[0]?.extensions.code).toMatch(/^UPSTREAM_/u);
    expect(await isSignedIn(browser)).toBe(true);
  });
});

describe('a role that changes while a session lives', () => {
  beforeAll(
    () =>
      open({
        SHOTGRAPH_ACTING_POLICY: 'block-admins',
        SHOTGRAPH_PLAN_MAX_SEARCHES_BY_ROLE: 'manager=1',
        SHOTGRAPH_PLAN_SHOWN: 'off',
        SHOTGRAPH_PLAN_SHOWN_TO: 'manager',
      }),
    60_000,
  );
  afterAll(() => studio.stop());

  it('keeps a new administrator out where the settings block administrators', async () => {
    const browser = await signedIn('mira');
    await giveRole('mira', ROLE.ADMIN);
    expect(await who(browser)).toMatchObject({ login: 'mira' });
    nowMs += RECHECK_MS;
    expect(await who(browser)).toBe('ADMIN_SUDO_BLOCKED');
    expect(await isSignedIn(browser)).toBe(false);
    const [, page] = await signIn('mira', browser);
    expect([page.status, page.body]).toEqual([403, expect.stringContaining('ADMIN_SUDO_BLOCKED')]);
  });

  it('decides the limits of a request and what its answer shows', async () => {
    const browser = await signedIn('mira');
    const twoLists = '{ versions(first: 1) { nodes { id } } shots(first: 1) { nodes { id } } }';
    const before = await studio.ask(browser, twoLists);
    expect([before.errors, Object.hasOwn(before, 'extensions')]).toEqual([undefined, false]);
    await giveRole('mira', ROLE.MANAGER);
    nowMs += RECHECK_MS;
    const after = await studio.ask(browser, twoLists);
    expect(after.errors?.map(({ extensions }) => extensions.code)).toContain('PLAN_TOO_LARGE');
    expect(Object.hasOwn(after, 'extensions')).toBe(true);
    expect(await who(browser)).toMatchObject({ permissionRole: expect.stringMatching(/manager/iu) });
  });
});

describe('a click', () => {
  beforeAll(() => open());
  afterAll(() => studio.stop());

  const click = async (browser: BrowserClient, fields: Readonly<Record<string, string>>): Promise<Visit> => {
    const form = studio.amiBody('mira', studio.mirasVersionIds.slice(0, 1), fields);
    return browser.post(`${studio.bffUrl}/ami/review`, { form, from: 'cross-site' });
  };

  it('of the same user_id opens, whatever the current login is', async () => {
    const browser = await signedIn('mira');
    const opened = await click(browser, { user_login: 'mira.okafor' });
    expect(opened.url).toMatch(/\/apps\/review\/\?launch=/u);
    const launchId = new URL(opened.url).searchParams.get('launch') ?? '';
    const { data } = await studio.ask(browser, `{ launch(id: "${launchId}") { id } }`);
    expect(data?.['launch']).toEqual({ id: launchId });
  });

  it('of the same login and another user_id opens nothing', async () => {
    const browser = await signedIn('mira');
    const refused = await click(browser, { user_id: String(JOAO) });
    expect([refused.status, refused.body]).toEqual([403, expect.stringContaining('IDENTITY_MISMATCH')]);
    // Nor does a sign-in that comes after the click.
    const stranger = new BrowserClient();
    const page = await click(stranger, { user_id: String(JOAO) });
    const after = await stranger.post(page.url, { form: { login: 'mira' } });
    expect([after.status, after.body]).toEqual([403, expect.stringContaining('IDENTITY_MISMATCH')]);
  });

  it.each(['user_id', 'user_login'])('without a %s is refused', async (name) => {
    const refused = await click(new BrowserClient(), { [name]: '' });
    expect([refused.status, refused.body]).toEqual([400, expect.stringContaining('AMI_FIELDS')]);
  });
});
