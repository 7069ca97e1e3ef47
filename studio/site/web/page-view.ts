import type { FieldModel } from '../schema-model/field-model.ts';

export type Direction = 'asc' | 'desc';

export interface SortKey {
  readonly column: string;
  readonly direction: Direction;
}

export interface GroupKey extends SortKey {
  /** `entitytype` puts together what links to rows of one type, `exact` what has one value. */
  readonly method: 'entitytype' | 'exact';
}

/** What a page shows of a type, and how: the query string of its address says it. */
export interface PageView {
  readonly project: number | null;
  /** Only rows whose artist or assignee is the person. */
  readonly mine: boolean;
  readonly sort: readonly SortKey[];
  readonly groups: readonly GroupKey[];
}

const ORDERED: ReadonlySet<string> = new Set([
  ...['text', 'entity', 'status_list', 'list', 'entity_type', 'checkbox', 'date', 'date_time'],
  ...['number', 'float', 'percent', 'duration'],
]);
const NEWEST_FIRST: SortKey = { column: 'created_at', direction: 'desc' };

export const isOrdered = ({ dataType }: FieldModel): boolean => ORDERED.has(dataType);

/** Reads `?project=2&mine=1&sort=code,-created_at&group=entity`. What the page has no column for is left out. */
export function parsePageView(columns: readonly FieldModel[], query: URLSearchParams): PageView {
  const keys = (name: string): SortKey[] =>
    (query.get(name) ?? '').split(',').flatMap((text): SortKey[] => {
      const [column, direction] = text.startsWith('-')
        ? [text.slice(1), 'desc' as const]
        : [text, 'asc' as const];
      const isKnown = columns.some((field) => field.name === column && isOrdered(field));
      return isKnown ? [{ column, direction }] : [];
    });
  const sort = keys('sort');
  const hasTime = columns.some(({ name }) => name === NEWEST_FIRST.column);
  return {
    project: Number(query.get('project')) || null,
    mine: query.get('mine') === '1',
    sort: sort.length > 0 || !hasTime ? sort : [NEWEST_FIRST],
    groups: keys('group').map((key) => ({ ...key, method: methodOf(columns, key.column) })),
  };
}

/** The query string of a view, with some of it changed. */
export function queryOfView(view: PageView, page = 1): string {
  const query = new URLSearchParams();
  if (view.project !== null) query.set('project', String(view.project));
  if (view.mine) query.set('mine', '1');
  if (view.sort.length > 0) query.set('sort', textOf(view.sort));
  if (view.groups.length > 0) query.set('group', textOf(view.groups));
  if (page > 1) query.set('page', String(page));
  return `?${query.toString()}`;
}

/** As the query string has it: `code,-created_at`. */
export function textOf(keys: readonly SortKey[]): string {
  return keys.map(({ column, direction }) => (direction === 'desc' ? `-${column}` : column)).join(',');
}

function methodOf(columns: readonly FieldModel[], column: string): GroupKey['method'] {
  const field = columns.find(({ name }) => name === column);
  return field?.dataType === 'entity' && field.validTypes.length > 1 ? 'entitytype' : 'exact';
}
