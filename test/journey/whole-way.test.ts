import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BrowserClient } from '../support/browser-client.ts';
import { CANARIES, startStudio, type Studio } from '../support/studio.ts';

const launchIdOf = (url: string): string => new URL(url).searchParams.get('launch') ?? '';

describe('the whole way: click, single sign-on, GraphQL as the person', () => {
  let studio: Studio;
  let selected: readonly number[];
  let aheadMs = 0;
  beforeAll(async () => {
    const now = () => Date.now() + aheadMs;
    studio = await startStudio({ SHOTGRAPH_LAUNCH_TTL_SECONDS: '1200' }, {}, { now });
    selected = studio.mirasVersionIds.slice(0, 3);
  });
  afterAll(() => studio.stop());
  beforeEach(() => studio.clearFaults());

  it('Mira clicks, chooses her account once, and sees exactly what she selected', async () => {
    const browser = new BrowserClient();
    const page = await studio.launch(browser, 'mira', selected);
    expect(page.url).toMatch(/\/apps\/review\/\?launch=/u);
    const launchId = launchIdOf(page.url);
    const answer = await studio.ask(
      browser,
      `query ($id: ID!) {
        viewer { login displayName permissionRole acting { way } }
        launch(id: $id) { ami entityType selectedCount missingCount selected { id type ... on Version { code user { name } } } }
      }`,
      { variables: { id: launchId } },
    );
    expect(answer.errors).toBeUndefined();
    expect(answer.data).toMatchObject({
      viewer: {
        login: 'mira',
        displayName: 'Mira Okafor',
        permissionRole: 'artist',
        acting: { way: 'SUDO' },
      },
      launch: { ami: 'review', entityType: 'Version', selectedCount: 3, missingCount: 0 },
    });
    const rows = (answer.data?.['launch'] as { selected: { id: number; user: { name: string } }[] }).selected;
    expect(rows.map(({ id }) => id)).toEqual(selected);
    expect(rows.map(({ user }) => user.name)).toEqual(['Mira Okafor', 'Mira Okafor', 'Mira Okafor']);
  });

  it('a second launch needs no page of the provider', async () => {
    const browser = new BrowserClient();
    await studio.launch(browser, 'mira', selected);
    const again = await browser.post(`${studio.bffUrl}/ami/review`, {
      form: studio.amiBody('mira', selected),
      from: 'cross-site',
    });
    expect(again.url).toMatch(/\/apps\/review\/\?launch=/u);
    expect(again.trail.every((url) => url.startsWith(studio.bffUrl))).toBe(true);
  });

  it("Mira's writes are hers in the event log, by the script, with her window", async () => {
    const browser = new BrowserClient();
    const launchId = launchIdOf((await studio.launch(browser, 'mira', selected)).url);
    const written = await studio.ask(
      browser,
      `mutation ($id: Int!) {
        updateVersion(id: $id, input: { sgStatusList: "apr" }) { sgStatusList updatedBy { name } }
        createNote(input: {
          project: { type: "Project", id: 1 }, subject: "Edges", content: "Left side", noteLinks: [{ type: "Version", id: $id }]
        }) { id subject createdBy { name } }
      }`,
      { variables: { id: selected[0] }, launchId },
    );
    expect(written.errors).toBeUndefined();
    expect(written.data).toMatchObject({
      updateVersion: { sgStatusList: 'apr', updatedBy: { name: 'Mira Okafor' } },
      createNote: { subject: 'Edges', createdBy: { name: 'Mira Okafor' } },
    });
    const log = await studio.ask(
      browser,
      `{ eventLogEntries(first: 20, sort: [{ field: ID, direction: DESC }], filter: { attributeName: { is: "sg_status_list" }, eventType: { is: "Shotgun_Version_Change" } }) {
        nodes { user { name type } meta sessionUuid entity { id } } } }`,
    );
    const [event] = (log.data?.['eventLogEntries'] as { nodes: Record<string, unknown>[] }).nodes;
    expect(event).toMatchObject({
      user: { name: 'Mira Okafor', type: 'HumanUser' },
      meta: { new_value: 'apr', sudo_actual_user: { type: 'ApiUser', name: 'shotgraph 1.0' } },
      sessionUuid: expect.stringMatching(/^d8592bd6-/u) as unknown,
    });
  });

  it('a field that Mira may not change is refused by name, and nothing changes (G3)', async () => {
    const browser = new BrowserClient();
    await studio.launch(browser, 'mira', selected);
    const others = await studio.ask(
      browser,
      '{ versions(first: 1, filter: { user: { isNot: { type: "HumanUser", id: 31 } } }) { nodes { id sgStatusList } } }',
    );
    const [version] = (others.data?.['versions'] as { nodes: { id: number; sgStatusList: string }[] }).nodes;
    const refused = await studio.ask(
      browser,
      `mutation { updateVersion(id: ${version?.id}, input: { sgStatusList: "omt" }) { id } }`,
    );
    expect(refused.errors?.[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN',
      details: { field: expect.any(String) as unknown },
    });
    const after = await studio.ask(browser, `{ version(id: ${version?.id}) { sgStatusList } }`);
    expect(after.data).toEqual({ version: { sgStatusList: version?.sgStatusList } });
  });

  it('João sends the same query and sees other rows; he cannot read Mira’s launch', async () => {
    const mira = new BrowserClient();
    const joao = new BrowserClient();
    const launchId = launchIdOf((await studio.launch(mira, 'mira', selected)).url);
    await studio.launch(joao, 'joao', selected);
    const projects = '{ projects { nodes { nameField } } }';
    const [hers, his] = [await studio.ask(mira, projects), await studio.ask(joao, projects)];
    expect(hers.data).toEqual({
      projects: { nodes: [{ nameField: 'Lantern Road' }, { nameField: 'Nightjar' }] },
    });
    expect(his.data).toEqual({ projects: { nodes: [{ nameField: 'Nightjar' }, { nameField: 'Tidefall' }] } });
    const stolen = await studio.ask(joao, `{ launch(id: "${launchId}") { title: view } }`);
    const unknown = await studio.ask(
      joao,
      `{ launch(id: "${launchId.replace(/.$/u, 'A')}") { title: view } }`,
    );
    expect(stolen.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    expect(stolen.errors?.[0]?.message).toBe(unknown.errors?.[0]?.message);
  });

  it('selected rows that he may not see are missing, and only counted (B18)', async () => {
    const joao = new BrowserClient();
    const launchId = launchIdOf((await studio.launch(joao, 'joao', selected)).url);
    const answer = await studio.ask(joao, `{ launch(id: "${launchId}") { missingCount selected { id } } }`);
    expect(answer.data).toEqual({ launch: { missingCount: 3, selected: [null, null, null] } });
  });

  it.each([
    ['ada', 403, /can_impersonate_this_user/u],
    ['kenji', 403, /not active/u],
    ['nobody', 403, /Nobody in ShotGrid/u],
  ])(
    '%s is refused with a page that explains why, and nothing is read as another person',
    async (login, status, reason) => {
      const browser = new BrowserClient();
      await studio.forgetSiteRequests();
      const page = await studio.launch(browser, login, selected);
      expect(page.status).toBe(status);
      expect(page.headers.get('content-type')).toMatch(/text\/html/u);
      expect(page.body).toMatch(reason);
      const session = await browser.get(`${studio.bffUrl}/auth/session`, { from: 'same-origin' });
      expect(session.status).toBe(401);
      const reads = (await studio.siteRequests()).filter(
        ({ path }) => path !== '/api/v1/auth/access_token' && path !== '/api/v1',
      );
      // The script looks for a login that differs in letter case only, for the operator's log.
      const isNearMiss = ({ actingAs, path }: { actingAs: string | null; path: string }): boolean =>
        login === 'nobody' && actingAs === 'shotgraph' && path === '/api/v1/entity/HumanUser/_search';
      expect(reads.filter((read) => !isNearMiss(read))).toEqual([]);
    },
  );

  it('a person who did not click opens nothing', async () => {
    const browser = new BrowserClient();
    const page = await browser.post(`${studio.bffUrl}/ami/review`, {
      form: studio.amiBody('mira', selected),
      from: 'cross-site',
    });
    const refused = await browser.post(page.url, { form: { login: 'joao' } });
    expect(refused.status).toBe(403);
    expect(refused.body).toMatch(/João Almeida/u);
    expect(refused.body).not.toMatch(/mira/iu);
  });

  it('every read and write of a person is made as that person', async () => {
    const browser = new BrowserClient();
    await studio.forgetSiteRequests();
    await studio.launch(browser, 'mira', selected);
    await studio.ask(
      browser,
      '{ versions(first: 5) { nodes { code entity { name } } } viewer { person { name } } }',
    );
    const calls = (await studio.siteRequests()).filter(({ path }) => path.startsWith('/api/v1/entity'));
    expect(calls.length).toBeGreaterThan(0);
    expect(new Set(calls.map(({ actingAs }) => actingAs))).toEqual(new Set(['mira']));
  });

  it.each([
    ['down', { status: 502 }, 'UPSTREAM_UNAVAILABLE'],
    ['dropping connections', { drop: true }, 'UPSTREAM_UNAVAILABLE'],
    ['cut in the middle', { truncate: 40 }, 'UPSTREAM_BROKEN'],
    [
      'a page of HTML with 200',
      { body: '<html>maintenance</html>', contentType: 'text/html', status: 200 },
      'UPSTREAM_BROKEN',
    ],
  ])('with the site %s, the answer has our own message, and the next one works', async (_, fault, code) => {
    const browser = new BrowserClient();
    await studio.launch(browser, 'mira', selected);
    await studio.fault({ match: { path: '/api/v1/entity/*' }, ...fault });
    const answer = await studio.ask(browser, '{ versions(first: 1) { nodes { code } } viewer { login } }');
    expect(answer.errors?.[0]?.extensions.code).toBe(code);
    expect(JSON.stringify(answer)).not.toMatch(/maintenance|127\.0\.0\.1/u);
    await studio.clearFaults();
    const after = await studio.ask(browser, '{ versions(first: 1) { nodes { code } } }');
    expect(after.errors).toBeUndefined();
  });

  it('a token that the site forgot is renewed in the middle of a request', async () => {
    const browser = new BrowserClient();
    await studio.launch(browser, 'mira', selected);
    await studio.fault({ match: { path: '/api/v1/entity/*' }, status: 401, times: 1 });
    const answer = await studio.ask(browser, '{ versions(first: 1) { nodes { code } } }');
    expect(answer.errors).toBeUndefined();
  });

  it('a person who is disabled during a session is refused, not replaced', async () => {
    const browser = new BrowserClient();
    await studio.launch(browser, 'mira', selected);
    await studio.patchPerson('mira', { sg_status_list: 'dis' });
    try {
      await studio.fault({ match: { path: '/api/v1/entity/*' }, status: 401, times: 1 });
      const answer = await studio.ask(browser, '{ versions(first: 1) { nodes { code } } }');
      expect(answer.errors?.[0]?.extensions.code).toBe('USER_INACTIVE');
      expect(answer.data?.['versions'] ?? null).toBeNull();
    } finally {
      await studio.patchPerson('mira', { sg_status_list: 'act' });
    }
  });

  it('no answer, cookie or log line contains a secret', async () => {
    const browser = new BrowserClient();
    const page = await studio.launch(browser, 'mira', selected);
    const bodies = [page.body];
    bodies.push(JSON.stringify(await studio.ask(browser, '{ apiUsers { nodes { id } } }')));
    bodies.push(JSON.stringify(await studio.ask(browser, '{ actionMenuItems { nodes { title url } } }')));
    const forged = studio.amiBody('mira', selected).replace(/signature=./u, 'signature=0');
    bodies.push(
      (await browser.post(`${studio.bffUrl}/ami/review`, { form: forged, from: 'cross-site' })).body,
    );
    const everything = [...bodies, ...browser.setCookies, ...studio.logLines].join('\n');
    for (const secret of [CANARIES.amiSecret, CANARIES.clientSecret, CANARIES.scriptKey]) {
      expect(everything).not.toContain(secret);
    }
    expect(everything).not.toMatch(/eyJhbGciOi/u);
    expect(studio.logLines.join('\n')).not.toMatch(/All Versions|code=|__Host-/u);
    expect(studio.logLines.length).toBeGreaterThan(10);
  });

  it('her launch ends before her session: she reads on with its header, and a write of it says so at its own path', async () => {
    const browser = new BrowserClient();
    const launchId = launchIdOf((await studio.launch(browser, 'mira', selected)).url);
    aheadMs += 1_260_000;
    const variables = { id: selected[0] };
    const read = await studio.ask(browser, 'query ($id: Int!) { version(id: $id) { id } }', {
      ...{ variables, launchId },
    });
    expect([read.errors, read.data]).toEqual([undefined, { version: { id: selected[0] } }]);
    const both = await studio.ask(
      browser,
      'query ($id: Int!, $launch: ID!) { version(id: $id) { id } launch(id: $launch) { ami } }',
      { variables: { ...variables, launch: launchId }, launchId },
    );
    expect([both.data, both.errors]).toMatchObject([
      { version: { id: selected[0] }, launch: null },
      [{ path: ['launch'], extensions: { code: 'LAUNCH_EXPIRED' } }],
    ]);
    await studio.forgetSiteRequests();
    const write = 'mutation ($id: Int!) { updateVersion(id: $id, input: { description: "late" }) { id } }';
    const refused = await studio.ask(browser, write, { variables, launchId });
    expect(refused.errors).toMatchObject([
      { path: ['updateVersion'], extensions: { code: 'LAUNCH_EXPIRED' } },
    ]);
    const written = (await studio.siteRequests()).filter(({ method }) => method === 'PUT');
    expect(written).toEqual([]);
    expect((await studio.ask(browser, write, { variables })).errors).toBeUndefined();
  });
});
