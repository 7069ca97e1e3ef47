import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createClient } from 'redis';
import { hasRedis, startRedis } from '../test/support/redis.ts';
import { PAGE_ORDERS, type PageOrder } from './page-orders.ts';
import type { Figures } from './report/goals.ts';
import type { Effort, PartReport } from './report/report.ts';
import { median, round, table } from './table.ts';

const LAUNCHES = 200;
/** The goal is of a page of Versions, which people group by their shots. */
const GOAL_ORDER: PageOrder = 'by shot, in each the newest first';
const BYTES_OF_A_KB = 1000;
const ENTRY = fileURLToPath(new URL('launch-child.js', import.meta.url));

/** What is kept for a launch of 10,000 ids, all of them selected: in the memory of a server, and in Redis. */
export async function benchLaunches({ isQuick }: Effort): Promise<PartReport> {
  const rounds = isQuick ? 1 : 3;
  const rows: (string | number)[][] = [];
  let figures: Figures = {};
  for (const order of PAGE_ORDERS) {
    const memory: number[] = [];
    for (let time = 0; time < rounds; time += 1) memory.push(await keep(order));
    const inMemory = kilobytes(median(memory));
    const inRedis = hasRedis() ? kilobytes(await redisBytes(order)) : undefined;
    rows.push([order, inMemory, inRedis ?? 'not measured: redis-server is not installed']);
    if (order !== GOAL_ORDER) continue;
    figures = {
      'launch KB in memory': inMemory,
      ...(inRedis !== undefined && { 'launch KB in Redis': inRedis }),
    };
  }
  const intro = `10,000 ids, all of them selected, their order kept. ${LAUNCHES} launches, in memory in ${rounds === 1 ? 'one process' : `${rounds} processes (medians)`}.`;
  return {
    text: `${intro}\n\n${table(['order of the page', 'KB in memory', 'KB in Redis'], rows)}`,
    figures,
  };
}

async function keep(order: PageOrder, redisUrl = ''): Promise<number> {
  const child = fork(ENTRY, [order, String(LAUNCHES), redisUrl], { execArgv: ['--expose-gc'] });
  const exited = once(child, 'exit');
  const answer = await Promise.race([once(child, 'message'), exited.then(() => undefined)]);
  await exited;
  if (answer === undefined) throw new Error('The launches could not be kept.');
  return Number(answer[0]);
}

/** By what Redis itself says of its memory, so with what it needs for each key. */
async function redisBytes(order: PageOrder): Promise<number> {
  const redis = await startRedis();
  const client = createClient({ url: redis.url });
  try {
    await client.connect();
    await keep(order, redis.url);
    const keys = await client.keys('*');
    const sizes = await Promise.all(keys.map((key) => client.sendCommand(['MEMORY', 'USAGE', key])));
    return sizes.reduce<number>((sum, bytes) => sum + Number(bytes), 0) / keys.length;
  } finally {
    client.destroy();
    await redis.stop();
  }
}

const kilobytes = (bytes: number): number => round(bytes / BYTES_OF_A_KB, 1);
