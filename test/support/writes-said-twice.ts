import { expect } from '@jest/globals';
import fc from 'fast-check';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { BrowserClient } from './browser-client.ts';
import { leftOutWrites, type SaidTwice } from './left-out-writes.ts';
import { scriptToken } from './script-token.ts';
import { startStudio, type Studio } from './studio.ts';

const TIMES = 3;

/** Random changes through the whole server: the same each of three times, and the same as without variables. */
export async function expectSameChanges(runs: number): Promise<void> {
  const studio = await startStudio({ SHOTGRAPH_GRAPHQL_REQUESTS_PER_MINUTE: '100000' });
  const browser = new BrowserClient();
  try {
    await studio.launch(browser, 'joao', studio.mirasVersionIds.slice(0, 1));
    const headers = { authorization: `Bearer ${await scriptToken(studio.siteUrl)}` };
    let made = 0;
    await fc.assert(
      fc.asyncProperty(leftOutWrites(demoDataset()), async (change) => {
        const plain = await outcomeOf({ studio, browser, headers }, change.withoutVariables, {});
        for (let time = 0; time < TIMES; time += 1) {
          const outcome = await outcomeOf(
            { studio, browser, headers },
            change.withVariables,
            change.variables,
          );
          expect({ change, ...outcome }).toEqual({ change, ...plain });
        }
        if (plain.events.length > 0) made += 1;
      }),
      { numRuns: runs },
    );
    // Some changes are of what the person may not change, or change nothing: of many, a part must be made.
    expect(made).toBeGreaterThanOrEqual(Math.floor(runs / 20));
  } finally {
    await studio.stop();
  }
}

interface Asking {
  readonly studio: Studio;
  readonly browser: BrowserClient;
  readonly headers: Readonly<Record<string, string>>;
}

interface Outcome {
  readonly data: unknown;
  readonly errors: unknown;
  readonly calls: readonly string[];
  /** What the site noted of each changed value. */
  readonly events: readonly unknown[];
}

async function outcomeOf(
  { studio, browser, headers }: Asking,
  query: string,
  variables: SaidTwice['variables'],
): Promise<Outcome> {
  await fetch(`${studio.siteUrl}/__studio/reset`, { method: 'POST' });
  const before = new Set((await eventsOf(studio, headers)).map(({ id }) => id));
  await studio.forgetSiteRequests();
  const { data, errors } = await studio.ask(browser, query, { variables });
  const calls = (await studio.siteRequests()).filter(({ path }) => !path.includes('/auth/'));
  const events = (await eventsOf(studio, headers)).filter(({ id }) => !before.has(id));
  return {
    data,
    errors: errors?.map(({ path, extensions: { code } }) => ({ path, code })),
    calls: calls.map(({ method, path, actingAs, status }) => `${status} ${method} ${path} as ${actingAs}`),
    events: events.map(({ attributes }) => attributes),
  };
}

interface Event {
  readonly id: number;
  readonly attributes: object;
}

async function eventsOf({ siteUrl }: Studio, headers: Asking['headers']): Promise<readonly Event[]> {
  const query = 'fields=event_type,attribute_name,meta&sort=-id&page[size]=100';
  const answer = await fetch(`${siteUrl}/api/v1/entity/event_log_entries?${query}`, { headers });
  return ((await answer.json()) as { data: Event[] }).data;
}
