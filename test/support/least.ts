import { pushDown } from '../../src/query/plan/push-down.ts';
import type { PlannedCall } from '../../src/query/plan/planned-call.ts';
import type { ActingClient } from '../../src/shotgun/client/shotgun.ts';
import { searchRows } from '../../src/shotgun/calls/search.ts';
import type { FilterGroup, SearchRequest } from '../../src/shotgun/port/requests.ts';
import type { ExposedSchema } from '../../src/site/expose.ts';

/** The most rows that one search brings. */
const MAX_ROWS = 5000;

/** A search that could have found the rows of a later wave before it. */
export interface EarlierSearch {
  readonly path: string;
  /** True if its rows can be had in the order of the page, so that a page of them is enough. */
  readonly isSorted: boolean;
  /** Rows that it brings, and rows of them that the page shows. */
  readonly found: number;
  readonly needed: number;
  readonly covers: boolean;
}

export interface LaterRead {
  readonly type: string;
  readonly wave: number;
  /** Where the plan takes its ids from: `Task.task_assignees`. */
  readonly source: string;
  readonly earlier: readonly EarlierSearch[];
}

interface Parts {
  readonly schema: ExposedSchema;
  readonly client: ActingClient;
  /** The plan of the page. */
  readonly calls: readonly PlannedCall[];
  /** What was searched for it. */
  readonly searches: readonly SearchRequest[];
}

/**
 * The reads of a page that wait for others, each with every search that could have found its rows in the wave of the rows
 * that link to them: by any link that leads back there. Without one, the wave is the least.
 */
export async function laterReads({ schema, client, calls, searches }: Parts): Promise<readonly LaterRead[]> {
  const later = calls.filter(({ wave }) => wave > 1);
  return Promise.all(
    later.map(async (call): Promise<LaterRead> => {
      const type = call.type ?? '';
      const source = sourceOf(call);
      const [owner = ''] = source.split('.');
      const known = calls.find(({ type: of, wave }) => of === owner && wave < call.wave)?.filter ?? null;
      const wanted = new Set(
        searches.flatMap((search) => (search.type === type ? idsOf(search.filter) : [])),
      );
      const back = [...(schema.types.get(type)?.fields.values() ?? [])].filter(({ validTypes }) =>
        validTypes.includes(owner),
      );
      const earlier = back.flatMap(({ name, dataType }) => {
        const path = `${name}.${owner}.`;
        const filter = known === null || isByIds(known) ? null : pushDown(known, path);
        return filter === null ? [] : [{ path, filter, isSorted: dataType === 'entity' }];
      });
      return {
        ...{ type, wave: call.wave, source },
        earlier: await Promise.all(
          earlier.map(async ({ path, filter, isSorted }) => {
            const rows = await client.call(searchRows({ type, filter, fields: ['id'], pageSize: MAX_ROWS }));
            const found = new Set(rows.map(({ id }) => id));
            const covers = [...wanted].every((id) => found.has(id));
            return { path, isSorted, found: found.size, needed: wanted.size, covers };
          }),
        ),
      };
    }),
  );
}

function sourceOf({ filter }: PlannedCall): string {
  const [condition] = filter?.conditions ?? [];
  const [, , value] = Array.isArray(condition) ? condition : [];
  return Array.isArray(value) ? String(value[0]) : '';
}

/** Rows that are only known by their ids are known a wave later. */
const isByIds = ({ conditions: [first] }: FilterGroup): boolean => Array.isArray(first) && first[0] === 'id';

function idsOf({ conditions }: FilterGroup): readonly number[] {
  const [first, ...others] = conditions;
  if (!Array.isArray(first) || others.length > 0 || first[0] !== 'id' || !Array.isArray(first[2])) return [];
  return first[2] as readonly number[];
}
