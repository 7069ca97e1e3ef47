import { Int, Resolver } from 'type-graphql';
import { AppError } from '../../base/errors.ts';
import { compileFilter, type FilterInput } from '../../query/input/filters.ts';
import { comparedKeys } from '../../query/read/page-places.ts';
import { compileSort, type SortInput } from '../../query/input/sorts.ts';
import { EMPTY_PAGE } from '../../query/ports/ports.ts';
import { EMPTY_SELECTION } from '../../query/ports/selection.ts';
import type { ExposedType } from '../../site/expose.ts';
import { ConnectionPage, createCursors } from '../resolve/connection-page.ts';
import { beginEarly } from '../resolve/early-calls.ts';
import { liveChecked, classOf, type SchemaParts } from '../resolve/schema-parts.ts';
import { type NamedClass, namedClass } from '../types/named-class.ts';
import { addOperation, type OperationCall } from '../resolve/own-resolvers.ts';

interface PageArguments {
  readonly filter?: FilterInput | null;
  readonly sort?: readonly SortInput[] | null;
  readonly first: number;
  readonly after?: string | null;
  readonly retired: boolean;
  readonly includeArchivedProjects: boolean;
}

const DEFAULT_FIRST = 50;
/** The most rows of one search of the site (API 3.6). */
const MAX_IDS = 5000;

/** `shot(id)`, `shotsByIds(ids)` and `shots(filter, sort, first, after)` of one type. */
export function createQueryResolver(parts: SchemaParts, type: ExposedType): NamedClass {
  const resolver = namedClass(`${type.graphqlName}Queries`);
  addOne(resolver, parts, type);
  addOperation<{ ids: readonly number[] }>(resolver, {
    kind: 'query',
    name: type.rootFields.byIds,
    description: 'The rows in the order of the ids. Null for a row that you may not see.',
    args: [{ name: 'ids', type: () => [Int], description: `At most ${MAX_IDS}.` }],
    returns: () => [classOf(parts.types, type.type)],
    nullable: 'items',
    run({ args: { ids }, context, info }) {
      if (ids.length > MAX_IDS) {
        throw new AppError('BAD_USER_INPUT', {
          message: `Give at most ${MAX_IDS} ids. Ask for the others in another request.`,
          details: { path: 'ids', value: ids.length },
        });
      }
      return context.reader.many(type.type, ids, parts.selections.of(info, type.type));
    },
  });
  addOperation<PageArguments>(resolver, {
    kind: 'query',
    name: type.rootFields.many,
    description: 'The rows that you may see. By default sorted by ascending id.',
    args: [
      { name: 'filter', type: () => classOf(parts.filters, type.type), nullable: true },
      { name: 'sort', type: () => [parts.sorts.get(type.type)], nullable: true },
      {
        name: 'first',
        type: () => Int,
        // Where not even so many may be asked for, a list without the argument has the most.
        defaultValue: Math.min(DEFAULT_FIRST, parts.maxFirst),
        description: `From 0 to ${parts.maxFirst}.`,
      },
      {
        name: 'after',
        type: () => String,
        nullable: true,
        description: 'The cursor of the last row that you have. For the end of the list, reverse "sort".',
      },
      {
        name: 'retired',
        type: () => Boolean,
        defaultValue: false,
        description: 'True lists only deleted rows. By default, only rows that are not deleted are listed.',
      },
      { name: 'includeArchivedProjects', type: () => Boolean, defaultValue: true },
    ],
    returns: () => classOf(parts.connections, type.type),
    run: (call) => readConnection(parts, type, call),
  });
  Resolver()(resolver);
  return resolver;
}

function addOne(resolver: NamedClass, parts: SchemaParts, type: ExposedType): void {
  addOperation<{ id: number }>(resolver, {
    kind: 'query',
    name: type.rootFields.one,
    description: 'Null if there is none, or you may not see it.',
    args: [{ name: 'id', type: () => Int }],
    returns: () => classOf(parts.types, type.type),
    nullable: true,
    run({ args: { id }, context, info }) {
      const selection = parts.selections.of(info, type.type);
      const asks = (field: string): boolean => parts.selections.asks(info, field);
      beginEarly(context, { type: type.type, id }, { selection, asks });
      return context.reader.one(type.type, id, selection);
    },
  });
}

async function readConnection(
  parts: SchemaParts,
  type: ExposedType,
  { args, context, info }: OperationCall<PageArguments>,
): Promise<ConnectionPage> {
  const { first } = args;
  // Validation rules do not see variable values and do not run for a cached document, so the limit is checked here
  // (F9).
  if (!(first >= 0 && first <= parts.maxFirst)) {
    throw new AppError('BAD_USER_INPUT', {
      message: `"first" must be from 0 to ${parts.maxFirst}. Ask for the next page with "after".`,
      details: { path: 'first', value: first },
    });
  }
  const { compiled, settle } = liveChecked(parts, context, (checks) => ({
    filter: compileFilter(checks, type.type, args.filter),
    sort: compileSort(checks, type, args.sort),
  }));
  const { filter, sort } = compiled;
  const scope = { retired: args.retired, includeArchivedProjects: args.includeArchivedProjects };
  const cursors = createCursors({ type: type.type, filter, sort, scope }, comparedKeys(type, sort));
  const after = cursors.decode(args.after);
  const asks: Asks = (field, path) => parts.selections.asks(info, field, path);
  const isRead = needsSearch(first, asks);
  const selection = first === 0 ? EMPTY_SELECTION : parts.selections.of(info, type.type, ROWS);
  if (isRead) await context.reader.reservePage(type.type, selection);
  await settle();
  const isPlaced = asks('cursor', ['edges']) || CURSORS.some((name) => asks(name, ['pageInfo']));
  const list = { type: type.type, filter, scope };
  const [page, totalCount] = await Promise.all([
    isRead ? context.reader.page({ ...list, sort, first, after, isPlaced, selection }) : EMPTY_PAGE,
    // A separate call (API 3.6), in parallel with the page and only if selected. Its error replaces the count.
    asks('totalCount') ? context.reader.count(list).catch((error: unknown) => error) : undefined,
  ]);
  return new ConnectionPage(page, totalCount, after, cursors);
}

/** Where the rows of a page are. */
const ROWS = [['nodes'], ['edges', 'node']];
const CURSORS = ['startCursor', 'endCursor'];

type Asks = (field: string, path?: readonly string[]) => boolean;

/** Whether an answer needs a search: the count of a list does not, and neither do no rows. */
function needsSearch(first: number, asks: Asks): boolean {
  if (asks('hasNextPage', ['pageInfo'])) return true;
  return first > 0 && (asks('nodes') || asks('edges') || CURSORS.some((name) => asks(name, ['pageInfo'])));
}
