import { Agent } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { BrowserClient } from '../test/support/browser-client.ts';
import { ask, type Sample } from './load.ts';
import type { Effort, PartReport } from './report/report.ts';
import { launchForm, logins, Stage } from './stage.ts';
import { percentile, round, table } from './table.ts';

const MANY_IDS = 20_000;
const SITE_DELAY_MS = 300;
/** People who sign in at once. */
const SIDE_BY_SIDE = 10;

const PAGE = JSON.stringify({
  query: `{ versions(first: 50, sort: [{ field: ID, direction: DESC }]) {
    nodes { id code sgStatusList createdAt entity { id type name } sgTask { id name } user { id type name } } } }`,
});

/** 100 people who look at a page and then at the next; and a launch of 20,000 ids. */
export async function benchCrowd({ isQuick, root }: Effort): Promise<PartReport> {
  const stage = await Stage.open(root, { delayMs: SITE_DELAY_MS });
  const { server } = stage;
  try {
    const before = await server.megabytes();
    const browsers: BrowserClient[] = [];
    for (let place = 0; place < logins().length; place += SIDE_BY_SIDE) {
      const some = logins().slice(place, place + SIDE_BY_SIDE);
      browsers.push(...(await Promise.all(some.map((login) => stage.signIn(login)))));
    }
    const signedIn = await server.megabytes();
    const forMs = isQuick ? 20_000 : 45_000;
    const samples = await work(stage, browsers, forMs);
    const times = samples.map(({ ms }) => ms);
    const { siteMs, waitMs } = await server.searchTimes();
    const p50 = percentile(times, 0.5);
    const refused = samples.filter(({ status, text }) => status !== 200 || text.includes('"errors"')).length;
    const crowd = table(
      [
        ...['people', 'pages', 'errors', 'p50 ms', 'p50 / site', 'p99 ms', 'mean site ms', 'mean wait ms'],
        ...['RSS MB at the start', 'signed in', 'at the end'],
      ],
      [
        [
          browsers.length,
          samples.length,
          refused,
          round(p50, 0),
          round(p50 / SITE_DELAY_MS),
          round(percentile(times, 0.99), 0),
          round(siteMs, 0),
          round(waitMs, 1),
          before,
          signedIn,
          await server.megabytes(),
        ],
      ],
    );
    const intro = `Default settings, ${forMs / 1000} seconds. Each person waits 2 seconds between two pages. The site takes ${SITE_DELAY_MS} ms.`;
    return {
      text: `${intro}\n\n${crowd}\n\n${await launchOfMany(stage)}`,
      figures: { 'p50 / site': round(p50 / SITE_DELAY_MS) },
    };
  } finally {
    await stage.close();
  }
}

async function work(
  stage: Stage,
  browsers: readonly BrowserClient[],
  forMs: number,
): Promise<readonly Sample[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: browsers.length });
  const endsAtMs = Date.now() + forMs;
  const samples: Sample[] = [];
  await Promise.all(
    browsers.map(async (browser, index) => {
      const headers = { cookie: browser.cookieHeader(stage.url), 'sec-fetch-site': 'same-origin' };
      await new Promise((resolve) => setTimeout(resolve, (index / browsers.length) * 2000));
      while (Date.now() < endsAtMs) {
        samples.push(await ask(agent, { url: `${stage.url}/graphql`, body: PAGE, headers }));
        await new Promise((resolve) => setTimeout(resolve, 2000));
      }
    }),
  );
  agent.destroy();
  return samples;
}

async function launchOfMany(stage: Stage): Promise<string> {
  const browser = await stage.signIn('person0');
  const ids = Array.from({ length: MANY_IDS }, (_, index) => index + 1);
  const form = launchForm({ ids, selectedIds: ids.slice(0, 50) });
  const { server } = stage;
  const before = await server.megabytes();
  const startedAt = performance.now();
  const page = await browser.post(`${stage.url}/ami/review`, { form, from: 'cross-site' });
  const openedMs = performance.now() - startedAt;
  const launch = new URL(page.url).searchParams.get('launch');
  const query = `{ launch(id: "${launch ?? ''}") { idCount selectedCount ids(first: 5000, offset: 15000) selected { id ... on Version { code } } } }`;
  const askedAt = performance.now();
  const answer = await browser.post(`${stage.url}/graphql`, { json: { query }, from: 'same-origin' });
  const askedMs = performance.now() - askedAt;
  const { data } = JSON.parse(answer.body) as { data?: { launch?: { idCount: number; ids: unknown[] } } };
  if (data?.launch?.idCount !== MANY_IDS || data.launch.ids.length !== 5000)
    throw new Error(answer.body.slice(0, 300));
  return table(
    ['launch', 'opened in ms', 'query of it ms', 'RSS MB before', 'after'],
    [[`${MANY_IDS} ids`, round(openedMs, 0), round(askedMs, 0), before, await server.megabytes()]],
  );
}
