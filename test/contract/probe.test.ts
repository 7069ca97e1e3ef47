import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUESTIONS, OF_A_CLICK, SUDO_RIGHT, UNASKED } from '../../src/shotgun/probe/questions.ts';
import type { ProbeResult } from '../../src/shotgun/probe/probe.ts';
import { FACTS } from '../../src/site/facts/fact-table.ts';
import type { Switches } from '../../studio/site/ports.ts';
import { SWITCHES } from '../../studio/site/switches.ts';
import type { SiteCall } from '../support/site-world.ts';
import { EVERYTHING, type ProbedSite, startProbedSite, valueOf } from '../support/probed-site.ts';
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
  });

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

/** How many requests the servers of this process worked on at the same time. */
async function mostAtOnce(work: () => Promise<unknown>): Promise<number> {
  let [now, most] = [0, 0];
  const begin = (): void => void (most = Math.max(most, (now += 1)));
  const end = (): void => void (now -= 1);
  subscribe('http.server.request.start', begin);
  subscribe('http.server.response.finish', end);
  try {
    await work();
    return most;
  } finally {
    unsubscribe('http.server.request.start', begin);
    unsubscribe('http.server.response.finish', end);
  }
}

describe('a probe without further options', () => {
  let opened: ProbedSite;
  beforeAll(async () => {
    opened = await startProbedSite();
  });
  afterAll(() => opened.site.close());

  it('reads only, and is refused nothing', async () => {
    await opened.site.control('DELETE', 'requests');
    await opened.probe();
    const calls = (await opened.site.control('GET', 'requests')) as readonly SiteCall[];
    expect(calls.length).toBeGreaterThan(10);
    expect(calls.length).toBeLessThan(50);
    expect(calls.filter(({ status }) => status >= 400)).toEqual([]);
    expect(calls.filter(({ actingAs }) => actingAs !== null && actingAs !== 'shotgraph')).toEqual([]);
    const changing = calls.filter(
      ({ method, path }) => method !== 'GET' && !/_search$|access_token$/u.test(path),
    );
    expect(changing).toEqual([]);
  });

  it('asks two calls at a time, and never a third', async () => {
    const rule = { match: { path: '/api/v1/entity/*' }, delayMs: 20 };
    await opened.site.control('POST', 'faults', rule);
    try {
      expect(await mostAtOnce(() => opened.probe())).toBe(2);
    } finally {
      await opened.site.control('DELETE', 'faults');
    }
  });

  it('is refused for a login that nobody has, before any question', async () => {
    await expect(opened.probe({ login: login('nobody') })).rejects.toMatchObject({ code: 'NO_SHOTGUN_USER' });
  });

  it('is refused for a project that the person does not see', async () => {
    const asked = opened.probe({ login: login('joao'), projectId: 4711 });
    await expect(asked).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
