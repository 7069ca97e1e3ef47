import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BrowserClient } from '../support/browser-client.ts';
import { freePort } from '../support/free-port.ts';
import { WITHOUT_LISTS } from '../support/operation-lists.ts';
import { startStudio, type Studio } from '../support/studio.ts';

interface Ready {
  readonly ready: boolean;
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly reason?: string }[];
}

const READ = '{ viewer { login } version(id: 117) { code } }';
const TOKEN = '/api/v1/auth/access_token';
const SEARCH = '/api/v1/entity/Version/_search';

/** What the site says of a token request; `title` is where its sentence stands. */
const refusedToken = (title: string) => ({
  match: { path: TOKEN },
  status: 400,
  body: JSON.stringify({ errors: [{ id: 'canary-error-1', status: 400, code: 102, title, source: null }] }),
  contentType: 'application/json',
});

describe('while ShotGrid has a failure', () => {
  let studio: Studio;
  let metricsUrl: string;
  beforeAll(async () => {
    const metricsPort = await freePort();
    metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`;
    studio = await startStudio({ SHOTGRAPH_METRICS_PORT: String(metricsPort), ...WITHOUT_LISTS });
  });
  afterAll(() => studio.stop());
  afterEach(async () => {
    await studio.clearFaults();
    await readiness(true);
  });

  /** Signed in, and the token of before is taken no more: the first question asks for another. */
  const arrive = async (login = 'mira') => {
    const browser = new BrowserClient();
    const page = await studio.launch(browser, login, studio.mirasVersionIds.slice(0, 1));
    const launchId = new URL(page.url).searchParams.get('launch') ?? '';
    await studio.fault({ match: { path: SEARCH }, status: 401, times: 1 });
    await studio.forgetSiteRequests();
    return { browser, ask: (query: string) => studio.ask(browser, query, { launchId }) };
  };
  const codesOf = (errors: readonly { readonly extensions: { readonly code: string } }[] = []) =>
    errors.map(({ extensions }) => extensions.code);
  const isSignedIn = async (browser: BrowserClient): Promise<boolean> =>
    (await browser.get(`${studio.bffUrl}/auth/session`, { from: 'same-origin' })).status === 200;
  /** An answer is kept for a second. */
  async function readiness(expected: boolean): Promise<Ready> {
    for (let tries = 0; tries < 400; tries += 1) {
      const answer = (await (await fetch(`${studio.bffUrl}/readyz`)).json()) as Ready;
      if (answer.ready === expected) return answer;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('the readiness never came');
  }
  const siteReason = ({ checks }: Ready) => checks.find(({ name }) => name === 'site')?.reason;

  it.each([
    [
      'the script has lost the right to act for people (G1)',
      "The user does not have permission to 'sudo': 'mira'",
      'SHOTGUN_SUDO_REFUSED',
    ],
    ['the script’s key was replaced (G4)', "Can't authenticate script 'shotgraph'", 'UPSTREAM_AUTH'],
  ])('because %s, nothing is read as the script and an operator is alerted', async (_, title, code) => {
    const { browser, ask } = await arrive();
    await studio.fault(refusedToken(title));
    const { data, errors } = await ask(READ);
    expect([data, codesOf(errors)]).toEqual([{ viewer: { login: 'mira' }, version: null }, [code]]);
    const calls = await studio.siteRequests();
    expect(calls.map(({ path }) => path)).toEqual([SEARCH, TOKEN]);
    expect(JSON.stringify(errors)).not.toContain("'sudo'");

    expect(siteReason(await readiness(false))).toBe(code);
    const alarms = studio.logLines.filter((line) => line.includes('"level":"error"')).join('');
    for (const event of ['shotgrid script refused', 'readiness.lost']) {
      expect(alarms).toContain(event);
    }
    expect(await (await fetch(metricsUrl)).text()).toMatch(/^shotgraph_ready 0$/mu);
    // It is not the person's fault, and they are not put out for it.
    expect(await isSignedIn(browser)).toBe(true);

    await studio.clearFaults();
    await readiness(true);
    expect((await ask(READ)).errors).toBeUndefined();
    expect(await (await fetch(metricsUrl)).text()).toMatch(/^shotgraph_ready 1$/mu);
  });

  it("an unknown refusal of one person's token concerns only them, and the server stays ready", async () => {
    const { ask } = await arrive();
    const alarms = () => studio.logLines.filter((line) => line.includes('shotgrid script refused')).length;
    const before = alarms();
    await studio.fault({ ...refusedToken('Something that nobody has heard of'), times: 1 });
    expect(codesOf((await ask(READ)).errors)).toEqual(['IMPERSONATION_REFUSED']);
    expect((await readiness(true)).ready).toBe(true);
    expect(alarms()).toBe(before);
  });

  it('a disabled person gets the reason, and the server stays ready (G2)', async () => {
    const { ask } = await arrive('joao');
    await studio.patchPerson('joao', { sg_status_list: 'dis' });
    const { errors } = await ask(READ);
    await studio.patchPerson('joao', { sg_status_list: 'act' });
    expect(codesOf(errors)).toEqual(['USER_INACTIVE']);
    expect((await readiness(true)).ready).toBe(true);
  });

  const HTML = '<html><body>canary-html: please sign in</body></html>';
  it.each([
    ['too many requests', { status: 429 }, 'UPSTREAM_UNAVAILABLE', 3],
    ['no service', { status: 503, body: HTML, contentType: 'text/html' }, 'UPSTREAM_UNAVAILABLE', 3],
    ['a broken connection', { drop: true }, 'UPSTREAM_UNAVAILABLE', 3],
    ['half an answer', { truncate: 20 }, 'UPSTREAM_BROKEN', 1],
    ['a page with 200', { status: 200, body: HTML, contentType: 'text/html' }, 'UPSTREAM_BROKEN', 1],
  ])(
    '%s is reported with our own code, after the right number of attempts (G8)',
    async (_, fault, code, tries) => {
      const { ask } = await arrive();
      await studio.fault({ match: { path: SEARCH }, ...fault });
      const { data, errors } = await ask(READ);
      expect([data, codesOf(errors)]).toEqual([{ viewer: { login: 'mira' }, version: null }, [code]]);
      const searches = (await studio.siteRequests()).filter(({ path }) => path === SEARCH);
      // One more, whose token was refused.
      expect(searches).toHaveLength(1 + tries);
      expect(JSON.stringify(errors) + studio.logLines.join('')).not.toContain('canary-html');
    },
  );

  it('a site in maintenance is not called: answers are quick, and readiness has the reason (G9)', async () => {
    const { browser, ask } = await arrive();
    await studio.fault({ match: { path: '/api' }, status: 503 });
    // More calls than a page makes, until the circuit opens.
    for (let time = 0; time < 8; time += 1)
      expect(codesOf((await ask(READ)).errors)).toEqual(['UPSTREAM_UNAVAILABLE']);
    await studio.forgetSiteRequests();
    const { errors } = await ask(READ);
    expect([codesOf(errors), errors?.[0]?.message]).toEqual([
      ['UPSTREAM_UNAVAILABLE'],
      expect.stringContaining('out of order for a while'),
    ]);
    expect(await studio.siteRequests()).toEqual([]);
    expect(siteReason(await readiness(false))).toBe('UPSTREAM_UNAVAILABLE');
    expect(await isSignedIn(browser)).toBe(true);

    // Who comes again cannot be looked up meanwhile, and is told when to try again.
    const newcomer = new BrowserClient();
    const refused = await studio.launch(newcomer, 'mira', studio.mirasVersionIds.slice(1, 2));
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([503, expect.any(Number)]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);

    await studio.clearFaults();
    await readiness(true);
    expect((await ask(READ)).errors).toBeUndefined();
  });

  it('each outage is one warning for an operator, with the failing part, and no error per request', async () => {
    const { ask } = await arrive();
    await studio.fault({ match: { path: SEARCH }, status: 503 });
    const before = studio.logLines.length;
    for (let page = 0; page < 5; page += 1) await ask(READ);
    const lines = studio.logLines.slice(before).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
    const told = lines.filter(({ event }) => event === 'graphql.error');
    expect(told.map(({ level, code, operation }) => [level, code, operation])).toEqual(
      Array.from({ length: 5 }, () => ['info', 'UPSTREAM_UNAVAILABLE', 'search']),
    );
    // An outage of the story before may still be counted: its first line stands there.
    const outage = { code: 'UPSTREAM_UNAVAILABLE', upstream: 'shotgrid', operation: 'search' };
    const opened = studio.logLines.filter((line) => line.includes('"event":"outage"'));
    expect(opened.map((line) => JSON.parse(line) as unknown)).toContainEqual(
      expect.objectContaining({ level: 'warn', ...outage, requestId: expect.any(String) }),
    );
  });

  it('a request has one log line with its operation, the way of acting, and its time at ShotGrid', async () => {
    const { ask } = await arrive();
    await ask('query Dailies { version(id: 117) { code } }');
    const line = studio.logLines.findLast((each) => each.includes('"operation":"Dailies"')) ?? '{}';
    expect(JSON.parse(line)).toEqual({
      ...{ level: 'info', event: 'http.request', route: '/graphql', method: 'POST', status: 200 },
      ...{ operation: 'Dailies', way: 'sudo', waves: 1, siteCalls: 2 },
      ...{ time: expect.any(String), requestId: expect.any(String), durationMs: expect.any(Number) },
      ...{ siteMs: expect.any(Number), waitedMs: expect.any(Number) },
    });
  });

  it('a request without an operation name is logged by its type', async () => {
    const { ask } = await arrive();
    await ask(READ);
    const line = studio.logLines.findLast((each) => each.includes('"route":"/graphql"')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({ operation: 'query', way: 'sudo' });
  });

  it('a site that asks to wait is not called before that time, and people read how long', async () => {
    const { browser, ask } = await arrive();
    await studio.fault({ match: { path: '/api' }, status: 503, retryAfterSeconds: 2 });
    expect(codesOf((await ask(READ)).errors)).toEqual(['UPSTREAM_BUSY']);
    await studio.forgetSiteRequests();
    const { errors } = await ask(READ);
    expect(errors?.[0]).toMatchObject({
      message: expect.stringMatching(/^ShotGrid asked us to wait\. Try again in (?:2 seconds|a second)\.$/u),
      extensions: { code: 'UPSTREAM_BUSY', details: { retryAfterSeconds: expect.any(Number) } },
    });
    expect(await isSignedIn(browser)).toBe(true);
    expect(await studio.siteRequests()).toEqual([]);
    expect(siteReason(await readiness(false))).toBe('UPSTREAM_BUSY');
  });

  it('calls are measured by kind and outcome, without ids and names (G21)', async () => {
    const text = await (await fetch(metricsUrl)).text();
    expect(text).toMatch(/^shotgraph_site_call_seconds_count\{kind="search",outcome="done"\} [1-9]/mu);
    expect(text).toMatch(/^shotgraph_site_call_seconds_count\{kind="token",outcome="refused"\} [1-9]/mu);
    // Waiting is not counted as the site's time. Errors inside an answer with the status 200 are counted.
    expect(text).toMatch(/^shotgraph_site_wait_seconds_count\{kind="search"\} [1-9]/mu);
    expect(text).toMatch(/^shotgraph_site_calls_waiting 0$/mu);
    expect(text).toMatch(/^shotgraph_graphql_errors_total\{code="UPSTREAM_UNAVAILABLE"\} [1-9]/mu);
    expect(text).toMatch(/^shotgraph_site_circuit_open 0$/mu);
    const labels = [...text.matchAll(/\{[^}]*\}/gu)].join(' ');
    expect(labels).not.toMatch(/mira|117|canary|localhost/u);
  });
});
