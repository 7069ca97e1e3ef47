import { SiteError, type StoredRecord } from '../ports.ts';
import { linksIn } from '../storage/memory-storage.ts';
import type { AmiChoice } from './ami-choice.ts';
import type { AmiField } from './ami-signature.ts';
import { pageRows } from './page-rows.ts';
import type { PageView } from './page-view.ts';
import type { WebSession } from './sessions.ts';
import type { Table } from './tables.ts';
import type { WebDeps } from './web-deps.ts';

export interface Chosen {
  readonly table: Table;
  readonly view: PageView;
  readonly choice: AmiChoice;
  readonly item: StoredRecord;
  /** A custom protocol has lists as a key that is repeated (API 11.2). */
  readonly repeatsLists: boolean;
}

/**
 * The full payload of a menu item, in the order of the page's form (API 11.2).
 *
 * @throws SiteError where the item needs a selection and there is none
 */
export function amiFields(deps: WebDeps, session: WebSession, chosen: Chosen): AmiField[] {
  const { table, view, choice, repeatsLists } = chosen;
  const { ids, selected } = chosenIds(deps, session, chosen);
  const list = (name: string, values: readonly string[]): AmiField[] =>
    repeatsLists ? values.map((value) => [name, value] as const) : [[name, values.join(',')]];
  return [
    ['user_id', String(session.person.id)],
    ['user_login', session.login],
    ['title', `All ${table.title}`],
    ['entity_type', table.type],
    ['server_hostname', session.host],
    ['referrer_path', `/page/${table.type}`],
    ['page_id', String(table.pageId)],
    ['session_uuid', choice.sessionUuid],
    ...list(
      'cols',
      table.columns.map(({ name }) => name),
    ),
    ...list(
      'column_display_names',
      table.columns.map(({ displayName }) => displayName),
    ),
    ['view', 'Default'],
    ...orderFields(view),
    ...projectFields(deps, table.type, ids),
    ['ids', ids.join(',')],
    ['selected_ids', selected.join(',')],
  ];
}

function chosenIds(deps: WebDeps, session: WebSession, { table, view, choice, item }: Chosen) {
  const isVisible = deps.permissions.rowFilter(session.caller, table.type);
  const selected = choice.selectedIds.filter((id) => {
    const row = deps.storage.get(table.type, id);
    return row !== undefined && !row.retired && isVisible(row);
  });
  if (item.values['selection_required'] !== true) {
    const ids = pageRows(deps, session, table.type, view).map(({ id }) => id);
    return { ids, selected };
  }
  if (selected.length === 0) throw new SiteError(400, 103, 'This menu item needs a selection.');
  return { ids: selected, selected };
}

/** The first key by itself, and all of them only where there are several (API 11.2). */
function orderFields({ sort, groups }: PageView): AmiField[] {
  const fields = (stem: string, part: string, values: readonly string[]): AmiField[] => {
    const [first] = values;
    if (first === undefined) return [];
    const all: AmiField[] = values.length > 1 ? [[`${stem}_${part}s`, values.join(',')]] : [];
    return [[`${stem}_${part}`, first], ...all];
  };
  return [
    ...fields(
      'sort',
      'column',
      sort.map(({ column }) => column),
    ),
    ...fields(
      'sort',
      'direction',
      sort.map(({ direction }) => direction),
    ),
    ...fields(
      'grouping',
      'column',
      groups.map(({ column }) => column),
    ),
    ...fields(
      'grouping',
      'method',
      groups.map(({ method }) => method),
    ),
    ...fields(
      'grouping',
      'direction',
      groups.map(({ direction }) => direction),
    ),
  ];
}

/** Sent only where all rows share one project (API 11.2). */
function projectFields({ storage }: WebDeps, type: string, ids: readonly number[]): AmiField[] {
  const projects = new Set(ids.map((id) => linksIn(storage.get(type, id)?.values['project'])[0]?.id ?? null));
  const [id] = projects;
  if (projects.size !== 1 || id === undefined || id === null) return [];
  return [
    ['project_name', storage.displayName({ type: 'Project', id }) ?? ''],
    ['project_id', String(id)],
  ];
}
