import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { median, round, table } from './table.ts';

interface Started {
  readonly buildMs: number;
  readonly startMs: number;
  readonly rss: number;
  readonly fields: number;
}

const SIZES = [
  [105, 16],
  [200, 100],
] as const;
const ENTRY = fileURLToPath(new URL('start-child.js', import.meta.url));

/** Time from the start of the process to a first answer, and memory then, for sites of two sizes. */
export async function benchStart(isQuick: boolean): Promise<string> {
  const rows = [];
  for (const [types, fields] of SIZES) {
    const all: Started[] = [];
    for (let time = 0; time < (isQuick ? 1 : 5); time += 1) all.push(await start(types, fields));
    rows.push([
      `${types} types, ${all[0]?.fields ?? 0} fields`,
      round(median(all.map(({ startMs }) => startMs)) / 1000),
      round(median(all.map(({ buildMs }) => buildMs)) / 1000),
      round(median(all.map(({ rss }) => rss)) / 1e6, 0),
    ]);
  }
  return table(['site', 'first answer after s', 'of that the schema s', 'RSS MB'], rows);
}

async function start(types: number, fields: number): Promise<Started> {
  const child = fork(ENTRY, [String(types), String(fields)], { execArgv: ['--min-semi-space-size=16'] });
  const [started] = (await once(child, 'message')) as [Started];
  child.disconnect();
  await once(child, 'exit');
  return started;
}
