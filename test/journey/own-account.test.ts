import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserClient, type Visit } from '../support/browser-client.ts';
import { openEventStream } from '../support/event-stream.ts';
import { CANARIES, startStudio, type Studio } from '../support/studio.ts';

/** Ada is an administrator whom `sudo` may not touch; the settings let administrators link their own account. */
describe('a person whom the script may not act for', () => {
  let studio: Studio;
  let selected: readonly number[];
  beforeAll(async () => {
    studio = await startStudio({ SHOTGRAPH_ACTING_POLICY_BY_ROLE: 'Admin=own-credentials' });
    selected = studio.mirasVersionIds.slice(0, 2);
  });
  afterAll(() => studio.stop());

  const signIn = async (browser: BrowserClient, login: string, returnTo = '/'): Promise<Visit> => {
    const page = await browser.get(`${studio.bffUrl}/auth/login?returnTo=${encodeURIComponent(returnTo)}`);
    return browser.post(page.url, { form: { login } });
  };
  const link = (browser: BrowserClient, form: Record<string, string>): Promise<Visit> =>
    browser.post(`${studio.bffUrl}/auth/link/passphrase`, {
      form: { returnTo: '/', ...form },
      from: 'same-origin',
    });
  const linkedAda = async (): Promise<BrowserClient> => {
    const browser = new BrowserClient();
    await signIn(browser, 'ada');
    await link(browser, { login: 'ada', passphrase: 'ada-passphrase' });
    return browser;
  };
  const acting = async (browser: BrowserClient): Promise<unknown> =>
    (await studio.ask(browser, '{ viewer { login permissionRole acting { way reason linkUrl } } }')).data?.[
      'viewer'
    ];

  it('is signed in, led to the link page, and reads everywhere that the link is missing', async () => {
    const browser = new BrowserClient();
    const page = await signIn(browser, 'ada', '/apps/review/');
    expect(page.url).toBe(`${studio.bffUrl}/auth/link?returnTo=%2Fapps%2Freview%2F`);
    expect(page.body).toContain('Link your ShotGrid account');
    expect(await acting(browser)).toMatchObject({
      login: 'ada',
      acting: {
        way: 'REFUSED',
        reason: expect.stringContaining('/auth/link'),
        linkUrl: `${studio.bffUrl}/auth/link`,
      },
    });
    await studio.forgetSiteRequests();
    const { errors } = await studio.ask(browser, '{ versions(first: 1) { nodes { id } } }');
    expect(errors?.[0]?.extensions.code).toBe('OWN_ACCOUNT_NEEDED');
    expect(await studio.siteRequests()).toEqual([]);
  });

  it('works as themselves once the account is linked: their writes are theirs alone', async () => {
    const browser = new BrowserClient();
    const launch = await studio.launch(browser, 'ada', selected);
    expect(launch.url).toContain('/auth/link?returnTo=');
    const returnTo = new URL(launch.url).searchParams.get('returnTo') ?? '';
    const opened = await link(browser, { login: 'ada', passphrase: 'ada-passphrase', returnTo });
    expect(opened.url).toMatch(/\/apps\/review\/\?launch=/u);
    expect(await acting(browser)).toMatchObject({ acting: { way: 'OWN', reason: null } });
    const written = await studio.ask(
      browser,
      'mutation($id: Int!) { updateVersion(id: $id, input: { description: "by Ada" }) { updatedBy { name } } }',
      { variables: { id: selected[0] }, launchId: new URL(opened.url).searchParams.get('launch') ?? '' },
    );
    expect(written.errors).toBeUndefined();
    const { data } = await studio.ask(
      browser,
      `{ eventLogEntries(first: 1, filter: { entity: { is: { type: "Version", id: ${selected[0]} } } },
          sort: [{ field: ID, direction: DESC }]) { nodes { attributeName user { type name } meta } } }`,
    );
    const [event] = (data?.['eventLogEntries'] as { nodes: { user: object; meta: object }[] }).nodes;
    expect(event).toMatchObject({ attributeName: 'description', user: { type: 'HumanUser' } });
    expect(JSON.stringify(event?.user)).toContain('Ada');
    // By the script it would say so.
    expect(event?.meta).not.toHaveProperty('sudo_actual_user');
  });

  it('may approve in ShotGrid instead of giving a passphrase', async () => {
    const browser = new BrowserClient();
    await signIn(browser, 'ada');
    const asked = await browser.post(`${studio.bffUrl}/auth/link/approval`, {
      form: { returnTo: '/' },
      from: 'same-origin',
    });
    const url = /href="(?<url>[^"]*app_session_request[^"]*)"/u.exec(asked.body)?.groups?.['url'] ?? '';
    expect(new URL(url).origin).toBe(new URL(studio.siteUrl).origin);
    const take = () =>
      browser.post(`${studio.bffUrl}/auth/link/approved`, { form: { returnTo: '/' }, from: 'same-origin' });
    const early = await take();
    expect([early.status, early.body]).toEqual([403, expect.stringContaining('not seen your approval')]);
    expect(JSON.parse(early.body)).toMatchObject({ error: { code: 'OWN_ACCOUNT_REFUSED' } });
    const page = await browser.post(`${studio.bffUrl}/auth/link/approved`, { form: { returnTo: '/' } });
    expect([page.status, page.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8']);
    expect(page.body).toContain('not seen your approval');
    await new BrowserClient().post(url, { form: { login: 'ada' } });
    expect((await take()).status).toBe(200);
    expect(await acting(browser)).toMatchObject({ acting: { way: 'OWN' } });
    const { data } = await studio.ask(browser, '{ versions(first: 1) { nodes { id } } }');
    expect(data).not.toBeNull();
  });

  it('cannot link another person’s account, by passphrase or by approval', async () => {
    const browser = new BrowserClient();
    await signIn(browser, 'ada');
    const page = await link(browser, { login: 'mira', passphrase: 'mira-passphrase' });
    expect([page.status, page.body]).toEqual([403, expect.stringContaining('a different person')]);
    const asked = await browser.post(`${studio.bffUrl}/auth/link/approval`, {
      form: {},
      from: 'same-origin',
    });
    const url = /href="(?<url>[^"]*app_session_request[^"]*)"/u.exec(asked.body)?.groups?.['url'] ?? '';
    await new BrowserClient().post(url, { form: { login: 'mira' } });
    const taken = await browser.post(`${studio.bffUrl}/auth/link/approved`, {
      form: {},
      from: 'same-origin',
    });
    expect([taken.status, taken.body]).toEqual([403, expect.stringContaining('a different person')]);
    expect(await acting(browser)).toMatchObject({ acting: { way: 'REFUSED' } });
  });

  it('reads that the passphrase is wrong, and it is stored nowhere', async () => {
    const browser = new BrowserClient();
    await signIn(browser, 'ada');
    const page = await link(browser, { login: 'ada', passphrase: 'canary-passphrase' });
    expect([page.status, page.body]).toEqual([403, expect.stringContaining('did not accept this')]);
    expect(page.body).not.toContain('canary-passphrase');
    const logged = studio.logLines.join('\n');
    expect(logged).not.toContain('canary-passphrase');
    expect(logged).not.toContain('ada-passphrase');
  });

  it('cannot be linked by a page of another origin', async () => {
    const browser = new BrowserClient();
    await signIn(browser, 'ada');
    for (const path of ['/auth/link/passphrase', '/auth/link/approval', '/auth/link/approved']) {
      const answer = await browser.post(`${studio.bffUrl}${path}`, {
        form: { login: 'ada', passphrase: 'ada-passphrase' },
        from: 'cross-site',
      });
      expect(answer.status).toBe(403);
    }
    expect(await acting(browser)).toMatchObject({ acting: { way: 'REFUSED' } });
  });

  it('cannot link an account where the script may act for them: Mira links nothing', async () => {
    const browser = new BrowserClient();
    await signIn(browser, 'mira');
    expect((await browser.get(`${studio.bffUrl}/auth/link?returnTo=/`)).url).toBe(`${studio.bffUrl}/`);
    expect((await link(browser, { login: 'mira', passphrase: 'mira-passphrase' })).status).toBe(400);
    expect(await acting(browser)).toMatchObject({ acting: { way: 'SUDO' } });
  });

  it('is linked for one session: signing out ends it, and the next session starts unlinked', async () => {
    const browser = await linkedAda();
    expect(await acting(browser)).toMatchObject({ acting: { way: 'OWN' } });
    await browser.post(`${studio.bffUrl}/auth/logout`, { from: 'same-origin' });
    await signIn(browser, 'ada');
    expect(await acting(browser)).toMatchObject({ acting: { way: 'REFUSED' } });
  });

  it('is never served as the script, for any request', async () => {
    const browser = await linkedAda();
    await studio.forgetSiteRequests();
    await studio.ask(browser, '{ versions(first: 1) { nodes { id code } } viewer { person { name } } }');
    const reads = (await studio.siteRequests()).filter(({ path }) => path.includes('/entity/Version'));
    expect(reads.length).toBeGreaterThan(0);
    expect(reads.every(({ actingAs }) => actingAs?.startsWith('HumanUser ') === true)).toBe(true);
    expect(studio.logLines.join('\n')).not.toContain(CANARIES.scriptKey);
  });

  it('learns from /auth/session only how this server acts for them', async () => {
    const browser = await linkedAda();
    const session = JSON.parse((await browser.get(`${studio.bffUrl}/auth/session`)).body) as object;
    expect(session).toMatchObject({ login: 'ada', acting: { way: 'own', isLinked: true } });
    expect(JSON.stringify(session)).not.toContain('account');
  });
});

describe('an account whose tokens ShotGrid no longer accepts', () => {
  it('is linked again in the same session, from wherever the person comes', async () => {
    let offsetMs = 0;
    const studio = await startStudio(
      { SHOTGRAPH_ACTING_POLICY: 'own-credentials' },
      {},
      { switches: { 'auth.refreshLifetimeSeconds': 1 }, now: () => Date.now() + offsetMs },
    );
    try {
      const browser = new BrowserClient();
      const launch = await studio.launch(browser, 'ada', studio.mirasVersionIds.slice(0, 1));
      const returnTo = new URL(launch.url).searchParams.get('returnTo') ?? '';
      const link = () =>
        browser.post(`${studio.bffUrl}/auth/link/passphrase`, {
          form: { returnTo, login: 'ada', passphrase: 'ada-passphrase' },
          from: 'same-origin',
        });
      expect((await link()).url).toContain('/apps/review/');
      const read = async () => (await studio.ask(browser, '{ versions(first: 1) { nodes { id } } }')).errors;
      const way = async () =>
        ((await studio.ask(browser, '{ viewer { acting { way } } }')).data?.['viewer'] as { acting: object })
          .acting;
      // The site takes neither the token nor what would renew it.
      offsetMs = 700_000;
      expect((await read())?.[0]?.extensions.code).toBe('OWN_ACCOUNT_NEEDED');
      expect(await way()).toEqual({ way: 'REFUSED' });
      expect((await browser.get(`${studio.bffUrl}${returnTo}`)).url).toContain('/auth/link?returnTo=');
      expect((await link()).url).toContain('/apps/review/');
      expect(await way()).toEqual({ way: 'OWN' });
    } finally {
      await studio.stop();
    }
  });
});

describe('a person whom an administrator changes while they work (D32)', () => {
  it.each<[string, object, string]>([
    ['disabled', { sg_status_list: 'dis' }, 'USER_INACTIVE'],
    ['exempted from sudo', { can_impersonate_this_user: false }, 'IMPERSONATION_REFUSED'],
  ])(
    'and who is %s gets the reason, is signed out, and gets the reason at the next sign-in',
    async (_, change, code) => {
      let offsetMs = 0;
      const studio = await startStudio({}, {}, { now: () => Date.now() + offsetMs });
      try {
        const browser = new BrowserClient();
        await studio.launch(browser, 'mira', studio.mirasVersionIds.slice(0, 1));
        const page = await openEventStream(studio.bffUrl, browser);
        await page.next();
        await studio.patchPerson('mira', change);
        // The setting's default: five minutes.
        offsetMs = 300_000;
        const { errors } = await studio.ask(browser, '{ versions(first: 1) { nodes { id } } }');
        expect(errors?.[0]?.extensions.code).toBe(code);
        expect((await page.next())?.name).toBe('ended');
        expect((await studio.ask(browser, '{ viewer { login } }')).errors?.[0]?.extensions.code).toBe(
          'UNAUTHENTICATED',
        );
        const again = await browser.get(`${studio.bffUrl}/auth/login`);
        expect([again.status, again.body]).toEqual([403, expect.stringContaining(code)]);
      } finally {
        await studio.stop();
      }
    },
  );
});

describe('a person who has not linked their own account yet', () => {
  it('and whom an administrator disables gets the reason and is signed out, at any request', async () => {
    let offsetMs = 0;
    const now = (): number => Date.now() + offsetMs;
    const studio = await startStudio({ SHOTGRAPH_ACTING_POLICY: 'own-credentials' }, {}, { now });
    try {
      const browser = new BrowserClient();
      await studio.launch(browser, 'ada', studio.mirasVersionIds.slice(0, 1));
      const ask = async () =>
        (await studio.ask(browser, '{ viewer { login } }')).errors?.[0]?.extensions.code;
      expect(await ask()).toBeUndefined();
      await studio.patchPerson('ada', { sg_status_list: 'dis' });
      offsetMs = 300_000;
      expect([await ask(), await ask()]).toEqual(['USER_INACTIVE', 'UNAUTHENTICATED']);
    } finally {
      await studio.stop();
    }
  });
});

describe('the acting policy', () => {
  it('denies by default, with the reason, a contact and the box to tick', async () => {
    const studio = await startStudio();
    try {
      const page = await studio.launch(new BrowserClient(), 'ada', studio.mirasVersionIds.slice(0, 1));
      expect(page.status).toBe(403);
      expect(page.body).toContain('can_impersonate_this_user');
      expect(page.body).toContain('ShotGrid administrator');
    } finally {
      await studio.stop();
    }
  });

  it('keeps administrators out where it says so, even those whom the script may act for', async () => {
    const studio = await startStudio({ SHOTGRAPH_ACTING_POLICY: 'block-admins' });
    try {
      await studio.patchPerson('ada', { can_impersonate_this_user: true });
      const selected = studio.mirasVersionIds.slice(0, 1);
      const page = await studio.launch(new BrowserClient(), 'ada', selected);
      expect([page.status, page.body]).toEqual([403, expect.stringContaining('administrators of ShotGrid')]);
      expect((await studio.launch(new BrowserClient(), 'mira', selected)).url).toContain('/apps/review/');
    } finally {
      await studio.stop();
    }
  });
});
