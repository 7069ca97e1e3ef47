import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createLogger } from '../../src/base/logger.ts';
import { QUESTIONS } from '../../src/shotgun/probe/questions.ts';
import { ProbeDoor } from '../../src/shotgun/script/probe-door.ts';
import { siteSettings } from '../support/bent-site.ts';
import { EVERYTHING, PROJECT, type ProbedSite, startProbedSite, valueOf } from '../support/probed-site.ts';
import type { SiteCall } from '../support/site-world.ts';
import { login } from '../support/test-shotgun.ts';

describe('a site that refuses or answers what cannot be', () => {
  let opened: ProbedSite | undefined;
  afterEach(() => opened?.site.close());

  const fault = (rule: object) => opened?.site.control('POST', 'faults', rule);
  const calls = async (): Promise<readonly SiteCall[]> =>
    (await opened?.site.control('GET', 'requests')) as readonly SiteCall[];

  it('gets no further call after it refused the first token for too many calls', async () => {
    opened = await startProbedSite();
    await fault({ match: { path: '/api/v1/auth' }, status: 429 });
    await opened.site.control('DELETE', 'requests');
    await expect(opened.probe(EVERYTHING)).rejects.toMatchObject({ code: 'UPSTREAM_BUSY' });
    expect((await calls()).filter(({ path }) => path.includes('access_token'))).toHaveLength(1);
  });

  it('gets no further call after it refused a token, and the refusal is recorded', async () => {
    opened = await startProbedSite();
    let refused = 0;
    const onAsked = async (done: number): Promise<void> => {
      if (done !== QUESTIONS.plain.length + 1) return;
      await fault({ match: { path: '/api/v1/auth' }, status: 429 });
      refused = 1;
    };
    const { stoppedBy } = await opened.probe({ ...EVERYTHING, onAsked: (done) => void onAsked(done) });
    const all = await calls();
    const at = all.findIndex(({ path, status }) => path.includes('access_token') && status === 429);
    expect([refused, stoppedBy, all.slice(at + 1)]).toEqual([1, 429, []]);
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

  const fault = (rule: object) => opened?.site.control('POST', 'faults', rule);

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

  it('are reported by name if their creation was not confirmed and nothing is found', async () => {
    opened = await startProbedSite();
    await fault({ match: { method: 'POST', path: '*/entity/Note' }, status: 502, times: 1 });
    const { left } = await opened.probe({ login: login('joao'), projectId: PROJECT });
    expect(left).toEqual([expect.stringMatching(/^perhaps a Note with the name "Shotgraph probe \w+"$/u)]);
  });

  it('are not reported after a plain refusal', async () => {
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
