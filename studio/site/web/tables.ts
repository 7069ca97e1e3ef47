import type { Caller } from '../ports.ts';
import type { FieldModel } from '../schema-model/field-model.ts';
import type { WebDeps } from './web-deps.ts';

export interface Table {
  readonly type: string;
  readonly title: string;
  /** Id of the page, as in `page_id` of a menu item. */
  readonly pageId: number;
  readonly columns: readonly FieldModel[];
}

interface MainPage {
  readonly type: string;
  readonly title: string;
  readonly columns: readonly string[];
}

/** Pages of the types that people work with; every other type has a page made from its schema. */
const MAIN_PAGES: readonly MainPage[] = [
  {
    type: 'Version',
    title: 'Versions',
    columns: ['image', 'code', 'entity', 'sg_task', 'user', 'sg_status_list', 'created_at', 'description'],
  },
  {
    type: 'Shot',
    title: 'Shots',
    columns: ['image', 'code', 'sg_sequence', 'sg_status_list', 'cut_duration', 'description'],
  },
  {
    type: 'Asset',
    title: 'Assets',
    columns: ['image', 'code', 'sg_asset_type', 'sg_status_list', 'description'],
  },
  {
    type: 'Task',
    title: 'Tasks',
    columns: ['content', 'entity', 'step', 'task_assignees', 'sg_status_list', 'start_date', 'due_date'],
  },
  {
    type: 'Note',
    title: 'Notes',
    columns: ['subject', 'content', 'note_links', 'user', 'sg_status_list', 'created_at'],
  },
  { type: 'Playlist', title: 'Playlists', columns: ['code', 'versions', 'created_at'] },
];
const FIRST_PAGE_ID = 1353;
const MAX_COLUMNS = 8;
const SHOWN_DATA_TYPES: ReadonlySet<string> = new Set([
  ...['text', 'entity', 'multi_entity', 'status_list', 'list', 'entity_type', 'color'],
  ...['number', 'float', 'percent', 'duration', 'date', 'date_time', 'checkbox', 'uuid'],
]);
const HOUSEKEEPING =
  /^(?:id|cached_display_name|created_by|updated_at|updated_by|filmstrip_image|image_\w+|(?:open_)?notes|tags)$/u;

export interface Navigation {
  readonly main: readonly { readonly type: string; readonly title: string }[];
  readonly others: readonly { readonly type: string; readonly title: string }[];
}

/** The pages that the caller may open: those of the site's work first, the others by name. */
export function navigationOf({ schema, permissions }: WebDeps, caller: Caller): Navigation {
  const isReadable = (type: string): boolean => {
    try {
      permissions.assertTypeReadable(caller, type);
      return true;
    } catch {
      return false;
    }
  };
  const isMain = (type: string): boolean => MAIN_PAGES.some((page) => page.type === type);
  const others = [...schema.types.values()]
    .filter(({ type }) => !isMain(type) && type !== 'EventLogEntry' && isReadable(type))
    .map(({ type, displayName }) => ({ type, title: displayName }))
    .sort((a, b) => a.title.localeCompare(b.title, 'en'));
  return { main: MAIN_PAGES.filter(({ type }) => schema.types.has(type)), others };
}

/** The page of a type with the columns that the caller may read; undefined where the site has no such type. */
export function tableOf({ schema, permissions }: WebDeps, caller: Caller, type: string): Table | undefined {
  const model = schema.types.get(type);
  if (model === undefined) return undefined;
  const main = MAIN_PAGES.find((page) => page.type === type);
  const columns = main
    ? main.columns.flatMap((name) => schema.field(type, name) ?? [])
    : shownFields([...model.fields.values()], schema.identityField(type));
  return {
    type,
    title: main?.title ?? model.displayName,
    pageId: FIRST_PAGE_ID + [...schema.types.keys()].indexOf(type),
    columns: columns.filter(({ name }) => permissions.canReadField(caller, type, name)),
  };
}

/** The id, the name, then what the schema has first, with the time of making last. */
function shownFields(fields: readonly FieldModel[], identity: string | undefined): FieldModel[] {
  const named = (...names: (string | undefined)[]): FieldModel[] =>
    fields.filter(({ name }) => names.includes(name));
  const others = fields.filter(
    ({ name, dataType }) =>
      name !== identity &&
      name !== 'created_at' &&
      SHOWN_DATA_TYPES.has(dataType) &&
      !HOUSEKEEPING.test(name),
  );
  const first = [...named('id'), ...named(identity)];
  return [...first, ...others.slice(0, MAX_COLUMNS - first.length), ...named('created_at')];
}
