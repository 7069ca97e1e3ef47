import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createLogger } from '../../src/base/logger.ts';
import { ProbeDoor } from '../../src/shotgun/script/probe-door.ts';
import { QUESTIONS, OF_A_CLICK, SUDO_RIGHT, UNASKED } from '../../src/shotgun/probe/questions.ts';
import type { ProbeResult } from '../../src/shotgun/probe/probe.ts';
import { FACTS } from '../../src/site/facts/fact-table.ts';
import type { Switches } from '../../studio/site/ports.ts';
import { SWITCHES } from '../../studio/site/switches.ts';
import { siteSettings } from '../support/bent-site.ts';
import type { SiteCall } from '../support/site-world.ts';
import { EVERYTHING, PROJECT, type ProbedSite, startProbedSite, valueOf } from '../support/probed-site.ts';
import { login } from '../support/test-shotgun.ts';

const ASKED = Object.values(QUESTIONS).flat();

/** Sites whose switches differ from the defaults: what one of them sets off cannot be seen at the same site as another. */
const SITES: Readonly<Record<string, Switches>> = {
  'by default': {},
  'turned once': {
    'auth.userMethod': 'oxygen',
    'auth.loginCase': 'insensitive',
    'auth.sudoRefusalOrder': 'flag_first',
    'auth.refreshKeepsSudo': false,
    'auth.refreshLifetimeSeconds': 3600,
    'connection.keepAliveSeconds': 20,
    'read.dottedLinkLeaf': 'link',
    'read.dottedHiddenRow': 'value',
    'read.dottedLinkFilter': 'refused',
    'read.sortThroughMany': 'sorted',
    'read.searchFieldsOmitted': 'none',
    'read.includeArchivedByDefault': false,
    'read.linkOrder': 'id',
    'read.maxPageSize': 700,
    'read.maxIds': 321,
    'read.maxLinks': 123,
    'read.nullCharacter': 'refused',
    'write.createdByInCreate': 'ignored',
    'write.shotRevivesVersions': false,
    'batch.linkModes': 'replaced',
    'batch.msPerRequest': 100,
    'events.idGaps': 'never_filled',
    'events.seenByPeople': 'refused',
    'events.sudoIsAlwaysLogged': false,
    'files.storageCors': false,
    'files.storageService': 'sg',
    'web.lightPayloadIds': 'list',
  },
  'turned twice': {
    'read.nullCharacter': 'failed',
    'events.idGaps': 'late_filled',
    'events.seenByPeople': 'none',
  },
  'without the right to sudo': { 'auth.sudoRight': 'no_role' },
  'with few calls at once': { 'connection.callsAtOnce': 6, 'read.retryAfterSeconds': 0 },
  'with few calls in a minute': { 'read.requestsPerMinute': 120, 'read.retryAfterSeconds': 30 },
};

/** Choices that no question can tell from another one, each with the reason. */
const ALIKE: Readonly<Record<string, string>> = {
  'auth.sudoRight=every_role': 'the script has the right in both cases',
};

describe('a probe of a site', () => {
  const results = new Map<string, ProbeResult>();
  const left = new Map<string, unknown>();
  beforeAll(async () => {
    for (const [name, switches] of Object.entries(SITES)) {
      const { probe, site } = await startProbedSite(switches);
      try {
        results.set(name, await probe(EVERYTHING));
        const script = await site.as(null);
        const found = await Promise.all(
          ['shots', 'versions', 'playlists'].map((type) =>
            script.search(type, 'code', ['code', 'starts_with', 'Shotgraph probe']),
          ),
        );
        left.set(
          name,
          found.map(({ body }) => body?.data),
        );
      } finally {
        await site.close();
      }
    }
  }, 300_000);

  const turned = Object.entries(SITES).flatMap(([name, switches]) =>
    Object.entries(switches).map(([fact, value]) => [fact, value, name] as const),
  );

  it.each(turned.filter(([fact]) => fact in FACTS))('finds %s = %s at a site %s', (fact, value, name) => {
    expect(valueOf(results.get(name)?.answers ?? [], fact)).toBe(value);
  });

  it.each(ASKED.map(({ fact }) => fact).filter((fact) => fact !== 'read.retryAfterSeconds'))(
    'finds what is assumed of %s at a site by default',
    (fact) => {
      expect(valueOf(results.get('by default')?.answers ?? [], fact)).toBe(FACTS[fact].assumed);
    },
  );

  it.each(Object.keys(SITES))('leaves no record behind at a site %s', (name) => {
    expect(results.get(name)?.left).toEqual([]);
    expect(left.get(name)).toEqual([[], [], []]);
  });

  it.each(['with few calls at once', 'with few calls in a minute'])(
    'asks nothing more after the first refusal, at a site %s',
    (name) => {
      const { stoppedBy, answers } = results.get(name) ?? {};
      expect([429, 503]).toContain(stoppedBy);
      if (name === 'with few calls at once')
        expect(valueOf(answers ?? [], 'read.requestsPerMinute')).toContain('asked for fewer calls');
    },
  );
});

describe('the table of questions', () => {
  it.each(Object.entries(SWITCHES))(
    'has %s with every choice, or says why it cannot be asked',
    (name, rule) => {
      if (name in UNASKED) return expect(UNASKED[name as keyof typeof UNASKED].length).toBeGreaterThan(20);
      const facts: readonly string[] = [...ASKED.map(({ fact }) => fact), ...OF_A_CLICK, SUDO_RIGHT];
      expect(facts).toContain(name);
      if (OF_A_CLICK.some((fact) => fact === name)) return undefined;
      const found = Object.values(SITES).flatMap((switches) => switches[name] ?? []);
      const choices = (rule.choices ?? [NaN]).filter((choice) => choice !== rule.byDefault);
      const missing = choices.filter((choice) => !found.includes(choice) && !(`${name}=${choice}` in ALIKE));
      expect(rule.choices === null ? found.length : missing.length).toBe(
        rule.choices === null ? found.length : 0,
      );
      expect(found.length).toBeGreaterThan(0);
    },
  );

  it('has each fact once', () => {
    const facts = [...ASKED.map(({ fact }) => fact), ...OF_A_CLICK, SUDO_RIGHT];
    expect(facts.toSorted()).toEqual(Object.keys(FACTS).toSorted());
  });
});

describe('a probe without further options', () => {
  let opened: ProbedSite;
  beforeAll(async () => {
    opened = await startProbedSite();
  });
  afterAll(() => opened.site.close());

  it('reads only, and is refused nothing', async () => {
    await fetch(`${opened.site.url}/__studio/requests`, { method: 'DELETE' });
    await opened.probe();
    const log = await fetch(`${opened.site.url}/__studio/requests`);
    const calls = (await log.json()) as readonly SiteCall[];
    expect(calls.length).toBeGreaterThan(10);
    expect(calls.length).toBeLessThan(50);
    expect(calls.filter(({ status }) => status >= 400)).toEqual([]);
    expect(calls.filter(({ actingAs }) => actingAs !== null && actingAs !== 'shotgraph')).toEqual([]);
    const changing = calls.filter(
      ({ method, path }) => method !== 'GET' && !/_search$|access_token$/u.test(path),
    );
    expect(changing).toEqual([]);
  });

  it('is refused for a person whom nobody has the login of, before anything is asked', async () => {
    await expect(opened.probe({ login: login('nobody') })).rejects.toMatchObject({ code: 'NO_SHOTGUN_USER' });
  });

  it('is refused for a project that the person does not see', async () => {
    const asked = opened.probe({ login: login('joao'), projectId: 4711 });
    await expect(asked).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a site that refuses or answers what cannot be', () => {
  let opened: ProbedSite | undefined;
  afterEach(() => opened?.site.close());

  const fault = (rule: object) =>
    fetch(`${opened?.site.url}/__studio/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(rule),
    });
  const calls = async (): Promise<readonly SiteCall[]> =>
    (await (await fetch(`${opened?.site.url}/__studio/requests`)).json()) as readonly SiteCall[];

  it('is asked nothing at all after it refused the first token for too many calls', async () => {
    opened = await startProbedSite();
    await fault({ match: { path: '/api/v1/auth' }, status: 429 });
    await fetch(`${opened.site.url}/__studio/requests`, { method: 'DELETE' });
    await expect(opened.probe(EVERYTHING)).rejects.toMatchObject({ code: 'UPSTREAM_BUSY' });
    expect((await calls()).filter(({ path }) => path.includes('access_token'))).toHaveLength(1);
  });

  it('is asked for no further token and no row after it refused a token, which is noted', async () => {
    opened = await startProbedSite();
    let refused = 0;
    const onAsked = async (done: number): Promise<void> => {
      if (done !== QUESTIONS.plain.length + 1) return;
      await fault({ match: { path: '/api/v1/auth' }, status: 429 });
      refused = 1;
    };
    const { stoppedBy } = await opened.probe({ ...EVERYTHING, onAsked: (done) => void onAsked(done) });
    expect([refused, stoppedBy]).toEqual([1, 429]);
  });

  it('leaves out a value that the file of facts could not hold', async () => {
    opened = await startProbedSite({ 'auth.refreshLifetimeSeconds': 2_000_000_000 });
    const { answers } = await opened.probe();
    expect(valueOf(answers, 'auth.refreshLifetimeSeconds')).toContain('cannot be');
  });

  it('has no number of calls at once if it refused every one of them', async () => {
    let searches = 0;
    const server = createServer((request, response) => {
      const isToken = request.url?.endsWith('/auth/access_token') === true;
      // The first search makes the connection; the calls at once follow it.
      if (!isToken && (searches += 1) > 1) response.statusCode = 429;
      response.end(JSON.stringify(isToken ? { access_token: 'token', expires_in: 600 } : { data: [] }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const place = server.address();
    const settings = siteSettings(`http://127.0.0.1:${typeof place === 'object' ? place?.port : 0}`);
    const logger = createLogger({ level: 'silent' });
    const { signal } = new AbortController();
    const door = new ProbeDoor(
      { settings, clock: systemClock, logger, onScriptRead: () => undefined },
      signal,
    );
    const question = QUESTIONS.load.find(({ fact }) => fact === 'connection.callsAtOnce');
    try {
      const asked = question?.ask({ door, signal, pause: async () => undefined, scriptName: 'shotgraph' });
      await expect(asked).rejects.toThrow('refused every one');
      expect(door.refusal?.status).toBe(429);
    } finally {
      await door.close();
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('records that a probe makes', () => {
  let opened: ProbedSite | undefined;
  afterEach(() => opened?.site.close());

  const fault = (rule: object) =>
    fetch(`${opened?.site.url}/__studio/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(rule),
    });

  const alive = async (): Promise<number> => {
    const script = await opened!.site.as(null);
    const found = await script.search('notes', 'id', ['subject', 'starts_with', 'Shotgraph probe']);
    return found.body.data.length;
  };

  it('are deleted if it is interrupted', async () => {
    opened = await startProbedSite();
    const stop = new AbortController();
    const onAsked = (done: number): void => {
      // The first question that writes has just been answered.
      if (done > QUESTIONS.plain.length + QUESTIONS.person.length + 1) stop.abort();
    };
    const { answers, left } = await opened.probe({ ...EVERYTHING, signal: stop.signal, onAsked });
    expect(left).toEqual([]);
    expect(valueOf(answers, 'batch.linkModes')).toContain('interrupted');
    expect(await alive()).toBe(0);
  });

  it('are found and deleted if the answer to their creation was lost', async () => {
    opened = await startProbedSite();
    await fault({ match: { method: 'POST', path: '*/entity/Note' }, drop: true, after: true, times: 1 });
    const { left } = await opened.probe({ login: login('joao'), projectId: PROJECT });
    expect(left).toEqual([]);
    expect(await alive()).toBe(0);
  });

  it.each<[string, object]>([
    ['a server error', { status: 502 }],
    ['a request for fewer calls', { status: 429 }],
    ['the page of a proxy', { body: '<html></html>', contentType: 'text/html' }],
    ['a success without a row', { status: 201, body: '{}' }],
  ])('are found and deleted if their creation was answered by %s', async (_, answer) => {
    opened = await startProbedSite();
    await fault({ match: { method: 'POST', path: '*/entity/Note' }, ...answer, after: true, times: 1 });
    const { left } = await opened.probe({ login: login('joao'), projectId: PROJECT });
    expect(left).toEqual([]);
    expect(await alive()).toBe(0);
  });

  it('are told by their name if their creation was not confirmed and nothing is found', async () => {
    opened = await startProbedSite();
    await fault({ match: { method: 'POST', path: '*/entity/Note' }, status: 502, times: 1 });
    const { left } = await opened.probe({ login: login('joao'), projectId: PROJECT });
    expect(left).toEqual([expect.stringMatching(/^perhaps a Note with the name "Shotgraph probe \w+"$/u)]);
  });

  it('are not told after a plain refusal', async () => {
    opened = await startProbedSite();
    await fault({ match: { method: 'POST', path: '*/entity/Note' }, status: 403 });
    const { left } = await opened.probe({ login: login('joao'), projectId: PROJECT });
    expect(left).toEqual([]);
  });

  it.each([200, 202])('are named if their deletion is answered by %s', async (status) => {
    opened = await startProbedSite();
    await fault({ match: { method: 'DELETE', path: '*/entity/Note/*' }, status, body: '{}' });
    const { left } = await opened.probe({ login: login('joao'), projectId: PROJECT });
    expect(left.length).toBeGreaterThan(0);
  });

  it('are named if they cannot be deleted', async () => {
    opened = await startProbedSite();
    await fault({ match: { method: 'DELETE', path: '*/entity/Note/*' }, status: 500 });
    const { left } = await opened.probe({ login: login('joao'), projectId: PROJECT });
    expect(left.length).toBeGreaterThan(0);
    expect(left.every((record) => /^Note \d+$/u.test(record))).toBe(true);
  });
});
