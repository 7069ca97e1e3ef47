import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildSchema, parse, validate } from 'graphql';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';
import { ROOT } from '../rules/source-files.ts';
import { tableQueriesOf, tasksOf } from '../support/doc-queries.ts';
import { PLAN } from '../support/plan-settings.ts';

const FILE = join(ROOT, 'docs', 'graphql.md');

const tellOf = (waves: number, calls: number, data: unknown): string => {
  const cost = `${waves} wave${waves === 1 ? '' : 's'}, ${calls} call${calls === 1 ? '' : 's'}`;
  const json = JSON.stringify(data, null, 2)
    // Short lists and objects on one line, as people write them.
    .replaceAll(/\{\s+([^{}[\]]{0,110}?)\s+\}/gu, (_, inner: string) => `{ ${inner.replaceAll(/\s*\n\s*/gu, ' ')} }`);
  return `\n<!-- answer -->\n\nCosts ${cost}:\n\n\`\`\`json\n${json}\n\`\`\`\n\n<!-- end -->\n`;
};

/** An address and an id that are made again each time are shown as what they are. */
const shown = (data: unknown): unknown =>
  JSON.parse(
    JSON.stringify(data)
      .replace(/"id":"[\w-]{20,}"/u, '"id":"<the id of the upload>"')
      .replaceAll(/"address":"[^"]+"/gu, '"address":"<a presigned address>"'),
  );

/** The week that the page speaks of. */
const NOW = Date.parse('2026-07-15T09:00:00Z');
const MOVIE = Buffer.from('not really a movie..');

/** Sends the movie as a browser does, and gives what completes the upload. */
async function sendMovie(begun: BegunUpload): Promise<Record<string, unknown>> {
  const [part] = begun.parts;
  const answer = await fetch(part?.address ?? '', { method: 'PUT', body: MOVIE });
  return { upload: begun.id, etags: [answer.headers.get('etag')] };
}

interface BegunUpload {
  readonly id: string;
  readonly parts: readonly { readonly address: string }[];
}

describe('the tasks of docs/graphql.md', () => {
  let world: SiteWorld;
  let text: string;
  beforeAll(async () => {
    world = await startSiteWorld({ plan: { ...PLAN, shown: true } }, { now: () => NOW });
    text = await readFile(FILE, 'utf8');
  });
  afterAll(() => world.close());

  it('return the documented answers at the documented cost', async () => {
    const tasks = tasksOf(text);
    expect(tasks.length).toBeGreaterThanOrEqual(10);
    let written = '';
    let end = 0;
    let movie: Record<string, unknown> = {};
    for (const { title, query, variables, told, queryEnd } of tasks) {
      const as = query.startsWith('mutation') ? 'joao' : 'mira';
      await world.takeCalls();
      const given = title === 'LinkMovie' ? movie : variables;
      const { data, errors, text: answer } = await world.ask(query, { as, variables: given });
      expect({ title, errors }).toEqual({ title, errors: [] });
      const { plan } = (JSON.parse(answer) as { extensions: { plan: { waves: number } } }).extensions;
      const calls = (await world.takeCalls()).length;
      if (title === 'BeginMovie') movie = await sendMovie(data.requestUpload as BegunUpload);
      const tell = tellOf(plan.waves, calls, shown(data));
      written += text.slice(end, queryEnd) + tell;
      end = queryEnd + told.length;
      if (process.env['UPDATE_GOLDEN'] === '1') continue;
      const normal = (told_: string): string => told_.replaceAll(/\s+/gu, '');
      expect({ title, told: normal(told) }).toEqual({ title, told: normal(tell) });
    }
    if (process.env['UPDATE_GOLDEN'] === '1' && !process.env['CI']) await writeFile(FILE, written + text.slice(end));
  });

  it('and the other documents of the page run as printed', async () => {
    const contract = buildSchema(await readFile(join(ROOT, 'schema', 'schema.graphql'), 'utf8'));
    const queries = tableQueriesOf(text);
    expect(queries.length).toBeGreaterThanOrEqual(13);
    for (const query of queries) {
      expect({ query, wrong: validate(contract, parse(query)) }).toEqual({ query, wrong: [] });
      if (query.includes('$')) continue;
      const { errors } = await world.ask(query, { as: 'joao' });
      expect({ query, errors }).toEqual({ query, errors: [] });
    }
  });
});
