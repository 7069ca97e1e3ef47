import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import fc from 'fast-check';
import { buildSchema } from 'graphql';
import { exposeSchema } from '../../src/site/expose.ts';
import { parseSiteSchema } from '../../src/site/parse-site-schema.ts';
import { ROOT } from '../rules/source-files.ts';
import { type Asking, putBack, use, type Use } from './asked-three-times.ts';
import { BrowserClient } from './browser-client.ts';
import { changesOf } from './random-changes.ts';
import { saidDocument, type SaidTwice } from './said-documents.ts';
import type { Draw } from './said-values.ts';
import { openSiteRows } from './site-rows.ts';
import { smallDemo } from './small-demo.ts';
import { startStudio, type Studio } from './studio.ts';

/** More than the changes of one document need, and less than the last of them. */
const SEARCHES = 30;

/** Each of these stands in some of the documents that are tried. */
const EVERY_WAY = [
  ...['changes', 'one many times', 'a batch of 50', 'lists'],
  ...['one operation', 'several operations', 'fragments'],
  ...['given', 'left out', 'null', 'default', 'default of the schema', 'many places'],
  ...['in a list', 'in an object', 'in JSON', 'left out of JSON'],
  ...['create', 'update', 'delete', 'revive', 'remove', 'batch'],
];

export interface SaidWorld {
  /**
   * Sends random requests, the same for the same seed: each without variables, and three times with them. They do the
   * same, and nearly all of the changes among them change something.
   */
  expectAllSame(runs: number, seed: number): Promise<void>;
  close(): Promise<void>;
}

/** A whole studio whose João may write every field. */
export async function startSaidWorld(): Promise<SaidWorld> {
  const dataset = smallDemo();
  const studio: Studio = await startStudio(
    {
      SHOTGRAPH_GRAPHQL_REQUESTS_PER_MINUTE: '100000',
      SHOTGRAPH_GRAPHQL_COST_PER_MINUTE: '1000000',
      SHOTGRAPH_GRAPHQL_MAX_TOKENS: '20000',
      SHOTGRAPH_PLAN_MAX_SEARCHES: String(SEARCHES),
    },
    {},
    { dataset },
  );
  const browser = new BrowserClient();
  await studio.launch(browser, 'joao', studio.mirasVersionIds.slice(0, 1));
  const asking: Asking = { studio, browser, siteRows: await openSiteRows(studio.siteUrl) };
  const exposed = exposeSchema(parseSiteSchema(dataset.entityTypes, dataset.fields), {
    source: 'expose.yml',
    types: new Map(),
  });
  const schema = buildSchema(readFileSync(join(ROOT, 'schema', 'schema.graphql'), 'utf8'));
  const parts = { schema, dataset, changes: changesOf(schema, exposed, dataset) };
  const documents = (runs: number, seed: number): readonly SaidTwice[] =>
    fc.sample(
      fc.gen().map((g) => {
        const draw: Draw = (...items) => items[g(fc.nat, { max: items.length - 1 })] ?? items[0];
        return saidDocument(parts, draw);
      }),
      { numRuns: runs, seed },
    );
  return {
    async expectAllSame(runs, seed) {
      const ways = new Set<string>();
      const written: boolean[] = [];
      for (const said of documents(runs, seed)) {
        // The site is put back before each.
        const { events } = await useOfEach(asking, said);
        for (const way of said.ways) ways.add(way);
        if (said.isMutation) written.push(events.length > 0);
      }
      expect([...ways]).toEqual(expect.arrayContaining(EVERY_WAY));
      // A few are refused by the site, which makes none of a batch then, or follow what is followed already.
      expect(written.filter(Boolean).length).toBeGreaterThan(written.length * 0.8);
    },
    close: () => studio.stop(),
  };
}

/** What the request does without variables, which is what it does with them each of three times. */
async function useOfEach(
  asking: Asking,
  { withVariables, variables, plain, operationName }: SaidTwice,
): Promise<Use> {
  await putBack(asking.studio);
  const first = await use(asking, { query: plain, variables: {}, operationName });
  for (const time of [1, 2, 3]) {
    // One use after the other.
    await putBack(asking.studio);
    const again = await use(asking, { query: withVariables, variables, operationName });
    const said = { time, withVariables, variables, plain };
    expect({ ...said, ...again }).toEqual({ ...said, ...first });
  }
  return first;
}
