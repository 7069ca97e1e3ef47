import { demoDataset } from '../studio/site/demo/dataset.ts';
import type { Dataset } from '../studio/site/ports.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { performance } from 'node:perf_hooks';
import type { BrowserClient } from '../test/support/browser-client.ts';
import type { Effort, PartReport } from './report/report.ts';
import { manyRequests, Stage } from './stage.ts';
import { median, round, table } from './table.ts';

/** A shot with so many Versions. With the shot itself it is as many rows as one request may read. */
const SHOTS = [
  { id: 70_001, rows: 50 },
  { id: 70_002, rows: 4999 },
] as const;
const FIRST_VERSION_ID = 800_000;
/** What is compiled late stalls the loop once. */
const WARM_UP = 10;
/** The probe counts from its last look at the clock on. */
const QUIET_MS = 50;
const PROBE = new URL('loop-probe.js', import.meta.url).href;

const queryFor = (shot: number): string => `query Page {
  shot(id: ${shot}) {
    code
    sgVersions {
      id code description sgStatusList sgVersionType clientCode frameCount frameRange createdAt updatedAt
      project { id type name } sgTask { id type name } user { id type name }
    }
  }
}`;

/** For how long a page of thousands of rows keeps the shipped server from doing anything else. */
export async function benchStall({ isQuick, root }: Effort): Promise<PartReport> {
  const rounds = isQuick ? 7 : 15;
  const environment = manyRequests(root);
  const stage = await Stage.open(root, { delayMs: 0, environment, rows: withLongLists, probe: PROBE });
  const stalls = SHOTS.map((): number[] => []);
  const times = SHOTS.map((): number[] => []);
  try {
    const browser = await stage.signIn('person0');
    for (let turn = -WARM_UP; turn < rounds; turn += 1) {
      for (const [index, shot] of SHOTS.entries()) {
        const { stallMs, ms } = await measure(stage, browser, shot);
        if (turn < 0) continue;
        stalls[index]?.push(stallMs);
        times[index]?.push(ms);
      }
    }
  } finally {
    await stage.close();
  }
  const [few = 0, many = 0] = stalls.map(median);
  const rows = SHOTS.map(({ rows: count }, index) => [
    count,
    round(median(stalls[index] ?? []), 1),
    round(Math.max(...(stalls[index] ?? [])), 1),
    round(median(times[index] ?? []), 0),
  ]);
  const head = ['rows in the list', 'longest stall ms, median', 'worst', 'answer after ms, median'];
  const intro = `The shipped server, ${rounds} rounds in turns after ${WARM_UP} to warm up. The probe looks each millisecond, so no stall is below one. Many / few: ${round(many / few, 1)}.`;
  return {
    text: `${intro}\n\n${table(head, rows)}`,
    figures: { 'stall of many / of 50': round(many / few, 1), 'stall of many ms': round(many, 1) },
  };
}

async function measure(stage: Stage, browser: BrowserClient, shot: (typeof SHOTS)[number]) {
  await sleep(QUIET_MS);
  await stage.server.ask('reset');
  const startedAtMs = performance.now();
  const json = { query: queryFor(shot.id) };
  const { body } = await browser.post(`${stage.url}/graphql`, { json, from: 'same-origin' });
  const ms = performance.now() - startedAtMs;
  await sleep(QUIET_MS);
  const stallMs = Number(await stage.server.ask('read'));
  const { data } = JSON.parse(body) as { data?: { shot?: { sgVersions?: unknown[] } } };
  if (data?.shot?.sgVersions?.length !== shot.rows) throw new Error(`No whole list: ${body.slice(0, 300)}`);
  return { stallMs, ms };
}

function withLongLists(rows: Dataset['rows']): Dataset['rows'] {
  const shot = rows['Shot']?.find(({ project }) => (project as { id: number }).id === 1);
  const version = demoDataset().rows['Version']?.find(({ project }) => (project as { id: number }).id === 1);
  if (shot === undefined || version === undefined) throw new Error('The demo has no shot to copy.');
  let id = FIRST_VERSION_ID;
  const shots = SHOTS.map((one) => ({ ...shot, id: one.id, code: `long_${one.rows}` }));
  const versions = SHOTS.flatMap((one) =>
    Array.from({ length: one.rows }, () => {
      id += 1;
      return { ...version, id, code: `long_v${id}`, entity: { type: 'Shot', id: one.id } };
    }),
  );
  return {
    ...rows,
    Shot: [...(rows['Shot'] ?? []), ...shots],
    Version: [...(rows['Version'] ?? []), ...versions],
  };
}
