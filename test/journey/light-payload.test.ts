import { afterEach, describe, expect, it } from 'vitest';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signAmiFields, formatAmiTimestamp } from '../../src/launch/ami-signature.ts';
import { BrowserClient, type Visit } from '../support/browser-client.ts';
import { CANARIES, startStudio, type Studio, type StudioSiteOptions } from '../support/studio.ts';

type Fields = readonly (readonly [name: string, value: string])[];

const UNSIGNED = `amis:
  review: { secrets: ['\${SHOTGRAPH_AMI_SECRET_REVIEW}'], entityTypes: [Version], opens: /apps/review/, unsignedLightPayload: true }
apps:
  review: { directory: studio/dist/app }
`;

/** A menu item with a light payload posts the number of its event; who clicked on what stands in the event. */
describe('A menu item with a light payload', () => {
  const ends: (() => Promise<unknown>)[] = [];
  let auditFile: string;
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  const begin = async (options: StudioSiteOptions = {}, lists?: string): Promise<Studio> => {
    const folder = await mkdtemp(join(tmpdir(), 'shotgraph-'));
    ends.push(() => rm(folder, { recursive: true }));
    auditFile = join(folder, 'audit.jsonl');
    const environment: Record<string, string> = { SHOTGRAPH_AUDIT: auditFile };
    if (lists !== undefined) {
      environment['SHOTGRAPH_CONFIG'] = join(folder, 'shotgraph.yml');
      await writeFile(environment['SHOTGRAPH_CONFIG'], lists);
    }
    const menuItem = { light_payload: true, ...options.menuItem };
    const studio = await startStudio(environment, {}, { ...options, menuItem });
    ends.unshift(() => studio.stop());
    return studio;
  };

  /** What the site's own page makes of a click: the form that the browser posts. */
  const click = async (studio: Studio, login: string, selectedIds: readonly number[]): Promise<Fields> => {
    const browser = new BrowserClient();
    await browser.post(`${studio.siteUrl}/sign-in`, { form: { login, back: '/' } });
    const answer = await browser.post(`${studio.siteUrl}/__web/ami/1`, {
      json: {
        type: 'Version',
        query: '',
        sessionUuid: 'd8592bd6-fc41-11e1-b2c5-000000000001',
        selectedIds,
      },
      from: 'same-origin',
    });
    return (JSON.parse(answer.body) as { fields: Fields }).fields;
  };
  const open = async (
    studio: Studio,
    browser: BrowserClient,
    fields: Fields,
    login: string,
  ): Promise<Visit> => {
    const form = new URLSearchParams(Object.fromEntries(fields)).toString();
    const page = await browser.post(`${studio.bffUrl}/ami/review`, { form, from: 'cross-site' });
    const isSignIn = page.url.startsWith(`${studio.issuer}/interaction/`);
    return isSignIn ? browser.post(page.url, { form: { login } }) : page;
  };
  const resigned = (
    fields: Fields,
    changes: Readonly<Record<string, string>>,
    nowMs = Date.now(),
  ): Fields => {
    const kept = { ...Object.fromEntries(fields), ...changes, timestamp: formatAmiTimestamp(nowMs) };
    const { signature: _, ...rest } = kept as Record<string, string>;
    return [...Object.entries(rest), ['signature', signAmiFields(Object.entries(rest), CANARIES.amiSecret)]];
  };
  const eventIdOf = (fields: Fields): string => Object.fromEntries(fields)['event_log_entry_id'] ?? '';

  it.each(['text', 'list'])('opens as one with a full payload does, with ids as a %s', async (ids) => {
    const studio = await begin({ switches: { 'web.lightPayloadIds': ids } });
    const selected = studio.mirasVersionIds.slice(0, 3);
    const fields = await click(studio, 'mira', selected);
    expect(fields.map(([name]) => name)).toEqual(['event_log_entry_id', 'timestamp', 'signature']);
    const browser = new BrowserClient();
    const page = await open(studio, browser, fields, 'mira');
    expect(page.url).toMatch(/\/apps\/review\/\?launch=/u);
    const { data } = await studio.ask(
      browser,
      'query($id: ID!) { launch(id: $id) { entityType selectedIds idCount selected { id } } }',
      { variables: { id: new URL(page.url).searchParams.get('launch') } },
    );
    expect(data?.['launch']).toMatchObject({
      entityType: 'Version',
      selectedIds: selected,
      idCount: 3,
      selected: selected.map((id) => ({ id })),
    });
  });

  it('waits for an event that becomes visible a little later', async () => {
    const studio = await begin({ eventLagMs: 700 });
    const fields = await click(studio, 'mira', studio.mirasVersionIds.slice(0, 1));
    const page = await open(studio, new BrowserClient(), fields, 'mira');
    expect(page.url).toMatch(/\/apps\/review\/\?launch=/u);
  });

  it('is read as the script once, in a search for that one event, and never otherwise', async () => {
    const studio = await begin();
    const fields = await click(studio, 'mira', studio.mirasVersionIds.slice(0, 1));
    await studio.forgetSiteRequests();
    await open(studio, new BrowserClient(), fields, 'mira');
    const asScript = (await studio.siteRequests()).filter(
      ({ actingAs, path }) => actingAs === 'shotgraph' && path.includes('/entity/'),
    );
    expect(asScript.map(({ method, path }) => [method, path])).toEqual([
      ['POST', expect.stringMatching(/\/entity\/EventLogEntry\/_search$/u)],
    ]);
    // And it is written down as what it is.
    await Promise.all(ends.splice(0, 1).map((end) => end()));
    const records = (await readFile(auditFile, 'utf8')).trim().split('\n');
    const read = records
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ way }) => way === 'script');
    expect(read).toEqual([
      expect.objectContaining({
        action: 'access',
        outcome: 'done',
        door: 'menuItemEvent',
        entity: { type: 'EventLogEntry', id: Number(eventIdOf(fields)) },
      }),
    ]);
  });

  it('opens only for the person who clicked', async () => {
    const studio = await begin();
    const fields = await click(studio, 'mira', studio.mirasVersionIds.slice(0, 1));
    const page = await open(studio, new BrowserClient(), fields, 'joao');
    expect([page.status, page.body]).toEqual([403, expect.stringContaining('a different person clicked')]);
    expect(page.body).not.toContain('Mira');
  });

  it('opens once: the same event cannot be signed and used again', async () => {
    const studio = await begin();
    const fields = await click(studio, 'mira', studio.mirasVersionIds.slice(0, 1));
    const opened = await open(studio, new BrowserClient(), fields, 'mira');
    expect(opened.url).toMatch(/\/apps\/review\/\?launch=/u);
    const again = await open(studio, new BrowserClient(), resigned(fields, { title: 'again' }), 'mira');
    expect([again.status, again.body]).toEqual([409, expect.stringContaining('already used')]);
  });

  it('is refused where its event is of another kind, or missing', async () => {
    const studio = await begin();
    const browser = new BrowserClient();
    const fields = await click(studio, 'mira', studio.mirasVersionIds.slice(0, 1));
    await studio.launch(browser, 'mira', studio.mirasVersionIds.slice(0, 1));
    await studio.ask(
      browser,
      'mutation($id: Int!) { updateVersion(id: $id, input: { sgStatusList: "apr" }) { id } }',
      {
        variables: { id: studio.mirasVersionIds[0] },
      },
    );
    const next = String(Number(eventIdOf(fields)) + 1);
    for (const id of [next, '2147483000']) {
      const page = await open(studio, browser, resigned(fields, { event_log_entry_id: id }), 'mira');
      expect([page.status, page.body]).toEqual([403, expect.stringContaining('knows of no such click')]);
    }
    for (const id of ['0', '-1', '1e3', '1 or 1', '']) {
      const page = await open(studio, browser, resigned(fields, { event_log_entry_id: id }), 'mira');
      expect(page.status).toBe(400);
    }
  });

  it('is refused unsigned, unless the settings accept the event as the proof', async () => {
    const strict = await begin({ menuItem: { secret_token: null } });
    const unsigned = await click(strict, 'mira', strict.mirasVersionIds.slice(0, 1));
    expect(unsigned.map(([name]) => name)).toEqual(['event_log_entry_id']);
    expect((await open(strict, new BrowserClient(), unsigned, 'mira')).status).toBe(401);

    const lax = await begin({ menuItem: { secret_token: null } }, UNSIGNED);
    const fields = await click(lax, 'mira', lax.mirasVersionIds.slice(0, 1));
    const page = await open(lax, new BrowserClient(), fields, 'mira');
    expect(page.url).toMatch(/\/apps\/review\/\?launch=/u);
    expect((await open(lax, new BrowserClient(), fields, 'mira')).status).toBe(409);
    // A full payload has nothing that would vouch for it.
    const full = Object.entries({
      user_id: '31',
      user_login: 'mira',
      entity_type: 'Version',
      ids: '1',
      selected_ids: '1',
    });
    expect((await open(lax, new BrowserClient(), full, 'mira')).status).toBe(401);
  });

  it('does not reveal who clicked where it is unsigned: anyone could have posted the number', async () => {
    const studio = await begin({ menuItem: { secret_token: null } }, UNSIGNED);
    const fields = await click(studio, 'mira', studio.mirasVersionIds.slice(0, 1));
    const stranger = new BrowserClient();
    const form = new URLSearchParams(Object.fromEntries(fields)).toString();
    const posted = await stranger.post(`${studio.bffUrl}/ami/review`, {
      form,
      from: 'cross-site',
      redirects: 'stop',
    });
    const launch = new URL(posted.headers.get('location') ?? '', studio.bffUrl);
    const toProvider = await stranger.get(launch.href, { redirects: 'stop' });
    expect(toProvider.headers.get('location')).toContain(studio.issuer);
    expect(toProvider.headers.get('location')).not.toMatch(/mira|login_hint/u);
  });

  it('causes few searches per address where it is unsigned, while signed clicks continue', async () => {
    const studio = await begin({ menuItem: { secret_token: null } }, UNSIGNED);
    const fields = await click(studio, 'mira', studio.mirasVersionIds.slice(0, 1));
    const guess = async (): Promise<number> =>
      (await open(studio, new BrowserClient(), [['event_log_entry_id', '2147483000']], 'mira')).status;
    const statuses = await Promise.all(Array.from({ length: 14 }, guess));
    expect(statuses.toSorted()).toEqual([...Array<number>(10).fill(403), ...Array<number>(4).fill(429)]);
    const opened = await open(studio, new BrowserClient(), resigned(fields, {}), 'mira');
    expect(opened.url).toMatch(/\/apps\/review\/\?launch=/u);
  });

  it('opens once, even if another menu item accepts it unsigned', async () => {
    const lists = UNSIGNED.replace(
      'amis:\n',
      "amis:\n  strict: { secrets: ['another-secret-of-enough-bytes'], opens: /apps/review/, unsignedLightPayload: true }\n",
    );
    const studio = await begin({}, lists);
    const fields = await click(studio, 'mira', studio.mirasVersionIds.slice(0, 1));
    const opened = await open(studio, new BrowserClient(), fields, 'mira');
    expect(opened.url).toMatch(/\/apps\/review\/\?launch=/u);
    const again = await new BrowserClient().post(`${studio.bffUrl}/ami/strict`, {
      form: new URLSearchParams({ event_log_entry_id: eventIdOf(fields) }).toString(),
      from: 'cross-site',
    });
    expect([again.status, again.body]).toEqual([409, expect.stringContaining('already used')]);
  });

  it('is refused when its click is too old, signed or not: an event exists for ever', async () => {
    let offsetMs = 0;
    const now = (): number => Date.now() + offsetMs;
    const lax = await begin({ menuItem: { secret_token: null }, now }, UNSIGNED);
    const strict = await begin({ now });
    for (const studio of [lax, strict]) {
      offsetMs = 0;
      const fields = await click(studio, 'mira', studio.mirasVersionIds.slice(0, 1));
      offsetMs = 75_000;
      const fresh = studio === strict ? resigned(fields, {}, now()) : fields;
      const page = await open(studio, new BrowserClient(), fresh, 'mira');
      expect([page.status, page.body]).toEqual([403, expect.stringContaining('AMI_STALE')]);
    }
  });

  it('reports that the site is away, and works at the next click', async () => {
    const studio = await begin();
    const selected = studio.mirasVersionIds.slice(0, 1);
    const fields = await click(studio, 'mira', selected);
    await studio.fault({ match: { path: '*/EventLogEntry/_search' }, status: 503, times: 10 });
    const page = await open(studio, new BrowserClient(), fields, 'mira');
    expect(page.status).toBeGreaterThanOrEqual(500);
    await studio.clearFaults();
    const again = await open(studio, new BrowserClient(), await click(studio, 'mira', selected), 'mira');
    expect(again.url).toMatch(/\/apps\/review\/\?launch=/u);
  });
});
