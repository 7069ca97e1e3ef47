import { systemClock } from '../../src/base/clock.ts';
import { createLogger } from '../../src/base/logger.ts';
import {
  type ProbeAnswer,
  type ProbeOptions,
  type ProbeResult,
  probeSite,
} from '../../src/shotgun/probe/probe.ts';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import type { Dataset, Switches } from '../../studio/site/ports.ts';
import { siteSettings } from './bent-site.ts';
import { openSite, type OpenSite } from './open-site.ts';
import { login } from './test-shotgun.ts';

/** Joao works in it, and may make anything there. */
export const PROJECT = 2;
const ELSEWHERE = 1;
const WINDOW = 'd8592bd6-fc41-11e1-b2c5-000000000001';

const isOf = (project: number) => (row: Readonly<Record<string, unknown>>) =>
  (row['project'] as { id?: number } | undefined)?.id === project;

/** The newest Version that Joao sees. */
const lastOf = ({ rows }: Dataset) => rows['Version']?.filter(isOf(PROJECT)).at(-1);

/**
 * A site with something for every question: an archived project, a Version whose Task Joao may not see, and somebody who
 * is disabled and exempt from sudo.
 */
function probeDataset(): Dataset {
  const dataset = demoDataset();
  const { rows } = dataset;
  const hidden = rows['Task']?.find(isOf(ELSEWHERE));
  const last = lastOf(dataset);
  return {
    ...dataset,
    rows: {
      ...rows,
      Project: rows['Project']?.map((row) => ({ ...row, archived: row.id === ELSEWHERE })) ?? [],
      Version:
        rows['Version']?.map((row) =>
          row === last ? { ...row, sg_task: { type: 'Task', id: hidden?.id } } : row,
        ) ?? [],
      HumanUser:
        rows['HumanUser']?.map((row) =>
          row['login'] === 'kenji' ? { ...row, can_impersonate_this_user: false } : row,
        ) ?? [],
    },
  };
}

export interface ProbedSite {
  readonly site: OpenSite;
  /** What a click on the first menu item posts. */
  readonly click: { readonly encoding: string; readonly fields: readonly (readonly [string, string])[] };
  probe(options?: Partial<ProbeOptions>): Promise<ProbeResult>;
}

/** A site with these switches, where somebody has worked and has clicked. */
export async function startProbedSite(switches: Switches = {}): Promise<ProbedSite> {
  let lateMs = 0;
  const dataset = probeDataset();
  const site = await openSite({ dataset, switches, now: () => Date.now() + lateMs });
  const ada = await site.as(null);
  await ada.call('PUT', '/entity/ApiUser/1', { generate_event_log_entries: true });
  for (const text of ['a', 'b', 'c', 'd', 'e'])
    await ada.call('PUT', '/entity/Version/1', { description: `Reworked: ${text}` });
  await ada.call('PUT', '/entity/ApiUser/1', { generate_event_log_entries: false });
  const click = await clickAs(site, 'joao', lastOf(dataset)?.id ?? 0);
  return {
    site,
    click,
    probe: (options) =>
      probeSite(
        {
          settings: siteSettings(site.url),
          clock: systemClock,
          logger: createLogger({ level: 'silent' }),
          onScriptRead: () => undefined,
        },
        {
          ...{ login: null, projectId: null, isLoaded: false },
          signal: new AbortController().signal,
          pause: async (ms) => {
            lateMs += ms;
          },
          ...options,
        },
      ),
  };
}

/** Every question that the switches allow. */
export const EVERYTHING = { login: login('joao'), projectId: PROJECT, isLoaded: true } as const;

export const valueOf = (answers: readonly ProbeAnswer[], fact: string): unknown => {
  const answer = answers.find((each) => each.fact === fact);
  return answer === undefined ? undefined : 'value' in answer ? answer.value : `not asked: ${answer.why}`;
};

async function clickAs({ url }: OpenSite, person: string, versionId: number): Promise<ProbedSite['click']> {
  const signedIn = await fetch(`${url}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ login: person, back: '/' }),
  });
  const cookie = String(signedIn.headers.get('set-cookie')).split(';')[0] ?? '';
  const chosen = await fetch(`${url}/__web/ami/1`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'Version', query: '', sessionUuid: WINDOW, selectedIds: [versionId] }),
  });
  return (await chosen.json()) as ProbedSite['click'];
}
