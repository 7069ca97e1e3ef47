import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AskedDocument, askedDocuments } from '../support/asked-documents.ts';
import { type Asking, putBack, type Request, use } from '../support/asked-three-times.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { LAUNCH_ID } from '../support/page.ts';
import { PAGES } from '../support/pages.ts';
import { openSiteRows } from '../support/site-rows.ts';
import { startStudio, type Studio } from '../support/studio.ts';

const ASKED = await askedDocuments();
const MUTATIONS = ASKED.filter(({ query }) => query.trim().startsWith('mutation'));
const QUERIES = ASKED.filter((asked) => !MUTATIONS.includes(asked));
const MOVIE = Buffer.from('not really a movie..');

const titled = (some: readonly AskedDocument[]) =>
  some.map((asked) => [asked.from, asked.query.replaceAll(/\s+/gu, ' ').slice(0, 70), asked] as const);

describe('a document of the docs, of the review app or of a golden page, sent to the whole server', () => {
  let studio: Studio;
  let launchId: string;
  const asking = new Map<AskedDocument['as'], Asking>();
  beforeAll(async () => {
    // What becomes of a movie later belongs to no request.
    const switches = { 'files.transcodeMs': 3_600_000 };
    const limits = {
      SHOTGRAPH_GRAPHQL_REQUESTS_PER_MINUTE: '100000',
      SHOTGRAPH_GRAPHQL_COST_PER_MINUTE: '1000000',
    };
    studio = await startStudio(limits, {}, { switches });
    const siteRows = await openSiteRows(studio.siteUrl);
    for (const as of ['mira', 'joao'] as const) {
      const browser = new BrowserClient();
      asking.set(as, { studio, browser, siteRows });
      // One person after the other.
      const { url } = await studio.launch(browser, as, studio.mirasVersionIds.slice(0, 50));
      if (as === 'mira') launchId = new URL(url).searchParams.get('launch') ?? '';
    }
  });
  afterAll(() => studio.stop());

  const asker = ({ as }: AskedDocument): Asking => found(asking.get(as));
  const sent = ({ query, variables }: AskedDocument): Request =>
    JSON.parse(JSON.stringify({ query, variables }).replaceAll(LAUNCH_ID, launchId)) as Request;

  it.each(titled(QUERIES))(
    'has the same answer and the same calls each of three times: %s %s',
    async (_from, _query, asked) => {
      const first = await use(asker(asked), sent(asked));
      expect({ errors: first.errors, events: first.events }).toEqual({ errors: undefined, events: [] });
      expect(await use(asker(asked), sent(asked))).toEqual(first);
      expect(await use(asker(asked), sent(asked))).toEqual(first);
    },
  );

  it.each(titled(MUTATIONS))(
    'has the same answer, calls and result on the site each of three times: %s %s',
    async (_from, _query, asked) => {
      const usedAnew = async () => {
        await putBack(studio);
        return use(asker(asked), { ...sent(asked), ...(await prepare(asked)) });
      };
      const first = await usedAnew();
      expect(first.errors).toBeUndefined();
      expect(await usedAnew()).toEqual(first);
      expect(await usedAnew()).toEqual(first);
    },
  );

  /** Does what the docs do before. Gives the variables that only an answer has. */
  async function prepare(asked: AskedDocument): Promise<Partial<Request>> {
    const done = async (title: string): Promise<unknown> => {
      const before = MUTATIONS.find((other) => other.title === title || other.query.includes(title));
      if (before === undefined) throw new Error(`the docs have no ${title}`);
      const { browser } = asker(before);
      return (await studio.ask(browser, before.query, { variables: before.variables })).data;
    };
    if (asked.query.includes('reviveVersion')) await done('deleteVersion');
    if (!['BeginMovie', 'LinkMovie'].includes(asked.title)) return {};
    await done('Publish');
    if (asked.title === 'BeginMovie') return {};
    const { requestUpload: begun } = (await done('BeginMovie')) as { requestUpload: BegunUpload };
    const { headers } = await fetch(begun.parts[0]?.address ?? '', { method: 'PUT', body: MOVIE });
    return { variables: { upload: begun.id, etags: [headers.get('etag')] } };
  }

  it('comes from each of these sources', () => {
    const docs = ['docs/graphql.md', 'docs/rest.md', 'docs/front-end.md', 'docs/files.md', 'README.md'];
    expect(new Set(ASKED.map(({ from }) => from))).toEqual(
      new Set([...PAGES.map(({ name }) => name), ...docs, 'the review app']),
    );
    expect(MUTATIONS.length).toBeGreaterThan(15);
  });
});

interface BegunUpload {
  readonly id: string;
  readonly parts: readonly { readonly address: string }[];
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nobody has signed in');
  return value;
}
