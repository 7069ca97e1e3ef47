import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import type { SystemServer } from '../../studio/system-server.ts';
import { demoEntries, type TimesheetEntry } from '../../studio/timesheets/entries.ts';
import { startTimesheets } from '../../studio/timesheets/start.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { freePort } from '../support/free-port.ts';
import { startStudio, type Studio, TIMESHEETS_AUDIENCE } from '../support/studio.ts';

const DAY = '2026-11-30';

describe('the time sheets of the studio', () => {
  const dataset = demoDataset();
  let studio: Studio;
  let timesheets: SystemServer;
  let entries: TimesheetEntry[];
  let metricsPort: number;
  const browsers = new Map<string, BrowserClient>();
  beforeAll(async () => {
    entries = demoEntries(dataset);
    const port = await freePort();
    metricsPort = await freePort();
    studio = await startStudio({
      SHOTGRAPH_SYSTEM_TIMESHEETS_URL: `http://127.0.0.1:${port}`,
      SHOTGRAPH_METRICS_PORT: String(metricsPort),
    });
    timesheets = await startTimesheets({
      port,
      issuer: studio.issuer,
      audience: TIMESHEETS_AUDIENCE,
      entries,
    });
    for (const login of ['mira', 'dmitri.abara']) {
      const browser = new BrowserClient();
      const page = await browser.get(`${studio.bffUrl}/auth/login?returnTo=/`);
      await browser.post(page.url, { form: { login } });
      browsers.set(login, browser);
    }
  });
  afterAll(async () => {
    await studio.stop();
    await timesheets.close();
  });

  const ask = (login: string, query: string) => studio.ask(browsers.get(login) ?? new BrowserClient(), query);
  const projectOf = (taskId: number): number =>
    (dataset.rows['Task']?.find(({ id }) => id === taskId)?.['project'] as { id: number }).id;
  const log = (taskId: number, day: string, hours: number) =>
    ask(
      'mira',
      `mutation { logHours(taskId: ${taskId}, day: "${day}", hours: ${hours}) { hours task { id } } }`,
    );

  it('show a coordinator the hours of everybody, and only those rows of ShotGrid that ShotGrid shows them', async () => {
    const { data, errors } = await ask(
      'dmitri.abara',
      `{ timesheet(day: "${DAY}") { id person task { id content } } }`,
    );
    expect(errors).toBeUndefined();
    const shown = data?.['timesheet'] as { id: number; person: string; task: { id: number } | null }[];
    const ofDay = entries.filter(({ day }) => day === DAY);
    expect(shown.map(({ id }) => id)).toEqual(ofDay.map(({ id }) => id));
    // Dmitri is in the first project alone.
    expect(shown.map(({ task }) => task?.id ?? null)).toEqual(
      ofDay.map(({ taskId }) => (projectOf(taskId) === 1 ? taskId : null)),
    );
    const hidden = shown.filter(({ task }) => task === null).length;
    expect([hidden > shown.length / 3, hidden < shown.length]).toEqual([true, true]);
    expect(new Set(shown.map(({ person }) => person)).size).toBeGreaterThan(2);
  });

  it('show everybody else their own hours', async () => {
    const { data, errors } = await ask('mira', `{ timesheet(day: "${DAY}") { person } }`);
    expect(errors).toBeUndefined();
    const shown = data?.['timesheet'] as { person: string }[];
    expect(new Set(shown.map(({ person }) => person))).toEqual(new Set(['mira']));
  });

  it('refuse with their own message and the field, and enter nothing', async () => {
    const before = entries.length;
    const [own] = entries.filter(({ person }) => person === 'mira');
    const refused = async (day: string, hours: number) => {
      const { errors: [error] = [] } = await log(own?.taskId ?? 0, day, hours);
      return [error?.extensions.code, error?.message, error?.extensions.details];
    };
    const details = { system: 'timesheets', upstreamStatus: 422, path: 'hours' };
    expect(await refused('2026-11-27', 2)).toEqual([
      'SYSTEM_REJECTED',
      'Week is locked',
      {
        ...{ system: 'timesheets', upstreamStatus: 409, path: 'day' },
        ...{ says: 'Week is locked', systemCode: 'WEEK_LOCKED' },
      },
    ]);
    expect(await refused('2026-12-02', 25)).toEqual([
      'SYSTEM_REJECTED',
      'A day has 24 hours',
      { ...details, says: 'A day has 24 hours', systemCode: 'DAY_FULL' },
    ]);
    expect(entries.length).toBe(before);
    const { data, errors } = await log(own?.taskId ?? 0, '2026-12-02', 7.5);
    expect([errors, data]).toEqual([undefined, { logHours: { hours: 7.5, task: { id: own?.taskId } } }]);
  });

  it('are named beside ShotGrid in the plan, in the metrics and in the log line of the request', async () => {
    const query = 'query Hours { tasks(first: 3) { nodes { id timesheet { hours } } } }';
    const answer = await ask('mira', query);
    expect(answer.errors).toBeUndefined();
    const { plan } =
      (answer as { extensions?: { plan?: { waves: number; calls: object[] } } }).extensions ?? {};
    expect([plan?.waves, plan?.calls]).toMatchObject([
      2,
      [
        { kind: 'search', type: 'Task', wave: 1, failed: false },
        { kind: 'get', system: 'timesheets', wave: 2, failed: false },
      ],
    ]);
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(text).toMatch(
      /^shotgraph_system_call_seconds_count\{system="timesheets",kind="post",outcome="SYSTEM_REJECTED"\} 2$/mu,
    );
    const lines = studio.logLines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter(({ event }) => event === 'http.request')).toContainEqual(
      expect.objectContaining({ siteCalls: 1, systemCalls: 1, waves: 2, systemMs: expect.any(Number) }),
    );
  });
});
