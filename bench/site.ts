import { demoDataset } from '../studio/site/demo/dataset.ts';
import { generateRows } from '../studio/site/generate-rows.ts';
import { startSite } from '../studio/site/start.ts';
import type { Effort, PartReport } from './report/report.ts';
import { median, round, table } from './table.ts';
import { scriptToken } from '../test/support/script-token.ts';

const ROWS = 100_000;
const SIDE_BY_SIDE = 200;
const DELAY_MS = 300;
const HASH_SYNTAX = 'application/vnd+shotgun.api3_hash+json';
/** Three conditions, one of them through two links; sorted, so that every row is looked at. */
const SEARCH = {
  filters: {
    logical_operator: 'and',
    conditions: [
      ['sg_status_list', 'is_not', 'omt'],
      ['frame_count', 'greater_than', 1000],
      ['sg_task.Task.project.Project.id', 'greater_than', 10],
    ],
  },
  fields: 'code,sg_status_list,entity,sg_task,user,created_at',
  sort: '-created_at',
  page: { size: 500, number: 1 },
};

const ANY_ROW = {
  filters: { logical_operator: 'and', conditions: [] },
  fields: 'code',
  page: { size: 1, number: 1 },
};

/** What the emulated site takes to load, to search, and to answer many at once under a delay. */
export async function benchSite({ isQuick }: Effort): Promise<PartReport> {
  const { entityTypes, fields } = demoDataset();
  const types = Object.keys((entityTypes as { data: object }).data).length;
  const dataset = generateRows({ entityTypes, fields, rows: {} }, Math.ceil(ROWS / types), 1);
  const beforeMs = performance.now();
  const site = await startSite({ port: 0, dataset });
  const loadMs = performance.now() - beforeMs;
  const rss = process.memoryUsage().rss;
  const times: number[] = [];
  const ask = await searchOf(site.url);
  for (let time = 0; time < (isQuick ? 10 : 200); time += 1) times.push(await timed(ask));
  await site.close();
  const delayed = await startSite({ port: 0, dataset: demoDataset(), delayMs: DELAY_MS });
  const askDelayed = await searchOf(delayed.url, ANY_ROW);
  const sideBySideMs = await timed(() => Promise.all(Array.from({ length: SIDE_BY_SIDE }, askDelayed)));
  await delayed.close();
  const versions = dataset.rows['Version']?.length ?? 0;
  const text = table(
    ['what', 'measured', 'goal'],
    [
      [`load of ${ROWS} rows of ${types} types, s`, String(round(loadMs / 1000)), 'under 10'],
      ['memory of the process then, MB', String(round(rss / 1e6, 0)), 'under 1000'],
      [`search of 500 among ${versions} Versions, ms`, String(round(median(times), 1)), 'under 25'],
      [
        `${SIDE_BY_SIDE} searches at once with a delay of ${DELAY_MS} ms, s`,
        String(round(sideBySideMs / 1000)),
        '-',
      ],
    ],
  );
  return { text };
}

async function searchOf(url: string, search: object = SEARCH): Promise<() => Promise<number>> {
  const token = await scriptToken(url);
  return async () => {
    const answer = await fetch(`${url}/api/v1/entity/versions/_search`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': HASH_SYNTAX },
      body: JSON.stringify(search),
    });
    const { data } = (await answer.json()) as { data: unknown[] };
    if (data.length === 0) throw new Error('The search found nothing: what is measured is not a search.');
    return data.length;
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const beforeMs = performance.now();
  await work();
  return performance.now() - beforeMs;
}
