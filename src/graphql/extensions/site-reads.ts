import { coerceInputValue, type GraphQLSchema } from 'graphql';
import { isRowId } from '../../base/ids.ts';
import { compileFilter, type FilterInput } from '../../query/input/filters.ts';
import { compileSort, type SortInput } from '../../query/input/sorts.ts';
import type { ExposedSchema, ExposedType } from '../../site/expose.ts';
import { nearestName } from '../../site/nearest-name.ts';
import type { ConnectedRow } from '../../systems/connector.ts';
import type { GraphqlContext } from '../request/context.ts';
import { compileNeeds, type Needs } from '../resolve/needs.ts';
import { liveChecked } from '../resolve/schema-parts.ts';

/** The schema that classes read by: its names are those of the graph. */
export interface Site {
  readonly schema: GraphQLSchema;
  readonly exposed: ExposedSchema;
}

/** A search, in the words of the graph: `{ filter: { code: { startsWith: 'br' } }, sort: [{ field: 'CODE' }] }`. */
export interface SiteSearch {
  readonly filter?: Readonly<Record<string, unknown>>;
  readonly sort?: readonly Readonly<Record<string, unknown>>[];
  /** At most 500; 50 unless set. */
  readonly first?: number;
  /** Fields of each row, such as `code` or `sgTask.content`. */
  readonly fields?: readonly string[];
}

/** Reads of ShotGrid as the person of a request. */
export interface SiteReads {
  /**
   * In the order of the ids; null for rows that the person may not see.
   *
   * @param type name in the graph
   * @param fields such as `code` or `sgTask.content`; `type` and `id` are always there
   */
  read(
    this: void,
    type: string,
    ids: readonly number[],
    fields?: readonly string[],
  ): Promise<readonly (ConnectedRow | null)[]>;
  /** Rows that the person may see. */
  search(this: void, type: string, search?: SiteSearch): Promise<readonly ConnectedRow[]>;
}

/** The most rows of one search of the site (API 3.6). */
const MAX_IDS = 5000;
const MAX_FIRST = 500;
const DEFAULT_FIRST = 50;

/** Errors about names and values are mistakes of the class. They end its field, and their text is for the log. */
export function readsOf(site: Site, context: GraphqlContext): SiteReads {
  const taken = async (
    nodes: readonly (Parameters<Needs<GraphqlContext>['take']>[0] | null)[],
    needs: Needs<GraphqlContext>,
  ) =>
    Promise.all(
      nodes.map(async (node) => (node === null ? null : ((await needs.take(node, context)) ?? null))),
    );
  return {
    async read(name, ids, fields = []) {
      const type = typeNamed(site, name);
      // A list with gaps is not all ids, though `every` passes over them.
      if (ids.length > MAX_IDS || !Array.from(ids).every(isRowId))
        throw new RangeError(`read takes whole numbers from 1 up, ${MAX_IDS} at most.`);
      const needs = needsOf(site, type, fields);
      return taken(await context.reader.many(type.type, ids, needs.selection), needs);
    },
    async search(name, { filter, sort, first = DEFAULT_FIRST, fields = [] } = {}) {
      const type = typeNamed(site, name);
      if (!Number.isInteger(first) || first < 1 || first > MAX_FIRST)
        throw new RangeError(`"first" of a search is from 1 to ${MAX_FIRST}.`);
      const needs = needsOf(site, type, fields);
      const { compiled, settle } = liveChecked({ schema: site.exposed }, context, (checks) => ({
        filter: compileFilter(
          checks,
          type.type,
          typed(site, type, 'filter', filter) as FilterInput | undefined,
        ),
        sort: compileSort(checks, type, typed(site, type, 'sort', sort) as readonly SortInput[] | undefined),
      }));
      await context.reader.reservePage(type.type, needs.selection);
      await settle();
      const asked = { type: type.type, first, after: null, isPlaced: false, selection: needs.selection };
      const { nodes } = await context.reader.page({ ...asked, ...compiled });
      return (await taken(nodes, needs)).filter((row) => row !== null);
    },
  };
}

function typeNamed({ exposed }: Site, name: string): ExposedType {
  const types = [...exposed.types.values()];
  const found = types.find(({ graphqlName }) => graphqlName === name) ?? exposed.types.get(name);
  if (found !== undefined) return found;
  const nearest = nearestName(
    name,
    types.map(({ graphqlName }) => graphqlName),
  );
  throw new RangeError(
    `The graph has no type "${name}" of rows.${nearest === undefined ? '' : ` Did you mean "${nearest}"?`}`,
  );
}

/** A class may make its lists of fields while it runs, so not all of them are kept. */
const MAX_KEPT = 500;

const kept = new WeakMap<ExposedSchema, Map<string, Needs<GraphqlContext>>>();

/** Compiled once for all requests: the plan of a read goes with its selection. */
function needsOf({ exposed }: Site, type: ExposedType, paths: readonly string[]): Needs<GraphqlContext> {
  const ofSite = kept.get(exposed) ?? new Map<string, Needs<GraphqlContext>>();
  kept.set(exposed, ofSite);
  const key = JSON.stringify([type.type, paths]);
  const known = ofSite.get(key);
  if (known !== undefined) return known;
  const needs = compileNeeds<GraphqlContext>({
    ...{ exposed, type, paths },
    declared: () => undefined,
    mistake: (problem) => new RangeError(problem),
  });
  if (ofSite.size >= MAX_KEPT) ofSite.clear();
  ofSite.set(key, needs);
  return needs;
}

/** Values of a class in the form that the schema gives to those of clients. */
function typed({ schema }: Site, { rootFields }: ExposedType, name: string, value: unknown): unknown {
  const field = schema.getQueryType()?.getFields()[rootFields.many];
  const argument = field?.args.find((each) => each.name === name);
  if (value === undefined || argument === undefined) return undefined;
  return coerceInputValue(value, argument.type);
}
