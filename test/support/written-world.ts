import fc from 'fast-check';
import { isObjectType } from 'graphql';
import type { ActingClient } from '../../src/shotgun/client/shotgun.ts';
import type { FieldValue, Row } from '../../src/shotgun/port/records.ts';
import { principalOf } from './ask-graphql.ts';
import { launchOf } from './graphql-world.ts';
import { PLAN } from './plan-settings.ts';
import { PEOPLE } from './planned-and-stepwise.ts';
import { queries } from './random-queries.ts';
import { isSearch } from './site-operations.ts';
import { startSiteWorld } from './site-world.ts';

export interface AskedOnce {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly as: string;
  /** One value of the site in so many is not what it should be; none with 0. */
  readonly bent: number;
}

/** One server, asked by HTTP, where answers are written, and in this process, where graphql-js executes them. */
export interface WrittenWorld {
  readonly asked: fc.Arbitrary<AskedOnce>;
  /** The whole answer without its errors, and each of the errors, sorted. */
  ask(
    asked: AskedOnce,
  ): Promise<{ readonly written: readonly string[]; readonly executed: readonly string[] }>;
  /** Fields of rows that were asked for by HTTP, by who made text of them. */
  readonly counts: { written: number; executed: number };
  close(): Promise<void>;
}

const ODD: readonly unknown[] = [
  undefined,
  null,
  7,
  true,
  'a "quoted"\n\\ text \u2028 \ud800',
  { type: 'Shot', id: 1 },
  [],
  2 ** 40,
  1.5,
];

/** The same values of the same rows are bent for everybody. */
function bend({ type, id, fields }: Row, bent: number): Row {
  const changed = Object.entries(fields).map(([name, value], index): [string, FieldValue] => {
    const number = id * 31 + index * 17 + name.length;
    const odd = ODD[number % ODD.length];
    return [name, number % bent === 0 ? (odd as FieldValue) : value];
  });
  return { type, id, fields: Object.fromEntries(changed.filter(([, value]) => value !== undefined)) };
}

export async function startWrittenWorld(): Promise<WrittenWorld> {
  let bent = 0;
  const wrap = (client: ActingClient): ActingClient => ({
    login: client.login,
    async call(operation, options) {
      const answer = await client.call(operation, options);
      if (bent === 0 || !isSearch(operation)) return answer;
      return (answer as unknown as readonly Row[]).map((row) => bend(row, bent)) as typeof answer;
    },
  });
  const plan = { ...PLAN, maxSearches: 1000, shown: false };
  const world = await startSiteWorld({ maxAliases: 1000, maxDepth: 64, maxRootFields: 20, plan }, { wrap });
  const { part, dataset, exposed } = world;
  for (const login of PEOPLE) {
    const selectedIds = (dataset.rows['Version'] ?? []).slice(0, 5).map(({ id }) => id);
    world.launches.set(login, [launchOf('few', { selectedIds, ids: selectedIds })]);
  }
  const counts = { written: 0, executed: 0 };
  let isByHttp = false;
  countFields(part.schema, (value) => {
    if (isByHttp) counts[value === null ? 'written' : 'executed'] += 1;
  });
  const idsOf = (type: string): number[] => (dataset.rows[type] ?? []).map(({ id }) => id);
  const known = queries({ schema: exposed, idsOf, launchIds: ['few', 'none'] });
  return {
    counts,
    asked: fc
      .tuple(
        known,
        fc.constantFrom(...PEOPLE),
        fc.constantFrom(0, 0, 40, 400),
        fc.constantFrom<unknown>(true, true, true, false, null),
        fc.boolean(),
      )
      .map(([{ document, variables }, as, howBent, maybe, isTwice]) => ({
        query: withMore(document, isTwice),
        variables: { ...variables, maybe },
        as,
        bent: howBent,
      })),
    async ask({ query, variables, as, bent: howBent }) {
      bent = howBent;
      isByHttp = true;
      const { text } = await world.ask(query, { as, variables });
      isByHttp = false;
      const person = dataset.rows['HumanUser']?.find((row) => row['login'] === as);
      const contextValue = await part.contextFor({
        principal: { ...principalOf(as, person?.id ?? 0), permissionRole: 'Artist' },
        launchId: undefined,
        by: 'session',
        credentials: { key: as, accessToken: () => Promise.reject(new Error('no token here')) },
        requestId: 'request-1',
        signal: new AbortController().signal,
      });
      const { body } = await part.server.executeOperation({ query, variables }, { contextValue });
      if (body.kind !== 'single') throw new Error('no single answer');
      const { errors, data, extensions } = body.singleResult;
      return { written: parted(text), executed: parted(`${JSON.stringify({ errors, data, extensions })}\n`) };
    },
    close: () => world.close(),
  };
}

/** Names that every object inherits as aliases, both conditions, and the rows of some lists once more. */
function withMore(document: string, isTwice: boolean): string {
  const rows = '{ __proto__: id constructor: __typename toJSON: name @include(if: $maybe) ';
  if (!/\b(?:nodes|node) \{/u.test(document)) return document;
  const more = document
    .replace('$no: Boolean!', '$no: Boolean!, $maybe: Boolean = true')
    .replaceAll(/\b(?<list>nodes|node) \{/gu, `$<list> ${rows}`);
  return isTwice ? more.replaceAll(/ nodes \{/gu, ' nodes { __typename } nodes {') : more;
}

function countFields(schema: { getTypeMap(): object }, note: (value: unknown) => void): void {
  for (const type of Object.values(schema.getTypeMap()) as unknown[]) {
    if (!isObjectType(type) || type.name !== 'Query') continue;
    for (const field of Object.values(type.getFields())) {
      const { resolve } = field;
      if (resolve === undefined) continue;
      field.resolve = async (root, args, context, info) => {
        const value: unknown = await resolve(root, args, context, info);
        note(value);
        return value;
      };
    }
  }
}

/** Branches fail in any order, and the site gives each of its errors another id. */
function parted(text: string): readonly string[] {
  const { errors = [] } = JSON.parse(text) as { errors?: object[] };
  const start = `{${errors.length === 0 ? '' : `"errors":${JSON.stringify(errors)}`}`;
  if (!text.startsWith(start)) throw new Error(`The errors come first: ${text.slice(0, 300)}`);
  const told = errors.map((error) => JSON.stringify(error).replace(/"upstreamErrorId":"\w+"/u, ''));
  return [`{${text.slice(start.length)}`, ...told.sort()];
}
