import { SiteError, type StoredRecord } from '../ports.ts';
import { linksIn } from '../storage/memory-storage.ts';
import { type AmiChoice, parseAmiChoice } from './ami-choice.ts';
import { type AmiField, signedFields } from './ami-signature.ts';
import { menuItems } from './menu.ts';
import { pageRows } from './page-rows.ts';
import type { WebSession } from './sessions.ts';
import { type Table, tableOf } from './tables.ts';
import type { WebDeps } from './web-deps.ts';
import { webSwitch } from './web-switches.ts';

export interface AmiPost {
  readonly action: string;
  readonly encoding: string;
  readonly isOverlay: boolean;
  /** In the order in which a browser sends them. */
  readonly fields: readonly AmiField[];
}

const ENCODINGS: Readonly<Record<string, string>> = {
  urlencoded: 'application/x-www-form-urlencoded',
  multipart: 'multipart/form-data',
};

/**
 * The form that the browser posts for a chosen item (API 11.2), signed where the item has a secret (API 11.3), and the
 * event that tells of the choice.
 *
 * @throws SiteError where the item is not offered to the person on this page, or lacks the selection it needs
 */
export function amiPost(deps: WebDeps, session: WebSession, itemId: number, body: unknown): AmiPost {
  const choice = parseAmiChoice(body);
  const table = tableOf(deps, session.caller, choice.type);
  const offered = menuItems(deps, session, choice.type, choice.filter.project);
  const item = deps.storage.get('ActionMenuItem', itemId);
  if (table === undefined || item === undefined || !offered.some(({ id }) => id === itemId)) {
    throw new SiteError(404, 104, 'Not Found');
  }
  const payload = payloadOf(deps, session, { table, choice, item });
  const event = deps.events.amiTriggered(
    { type: 'HumanUser', id: session.person.id },
    eventPayload(deps, payload),
    choice.sessionUuid,
  );
  const fields: AmiField[] =
    item.values['light_payload'] === true ? [['event_log_entry_id', String(event.id)]] : payload;
  const secret = item.values['secret_token'];
  const signsBlankFields = webSwitch(deps.switches, 'web.signsBlankFields') === 'true';
  return {
    action: String(item.values['url']),
    encoding: ENCODINGS[webSwitch(deps.switches, 'web.amiEncoding')] ?? '',
    isOverlay: item.values['open_in_overlay'] === true,
    fields:
      typeof secret === 'string' && secret !== ''
        ? signedFields(fields, { secret, nowMs: deps.now(), signsBlankFields })
        : fields,
  };
}

interface Chosen {
  readonly table: Table;
  readonly choice: AmiChoice;
  readonly item: StoredRecord;
}

function payloadOf(deps: WebDeps, session: WebSession, { table, choice, item }: Chosen): AmiField[] {
  const isVisible = deps.permissions.rowFilter(session.caller, table.type);
  const selected = choice.selectedIds.filter((id) => {
    const row = deps.storage.get(table.type, id);
    return row !== undefined && !row.retired && isVisible(row);
  });
  const isSelectionRequired = item.values['selection_required'] === true;
  if (isSelectionRequired && selected.length === 0) {
    throw new SiteError(400, 103, 'This menu item needs a selection.');
  }
  const ids = isSelectionRequired
    ? selected
    : pageRows(deps, session, table.type, choice.filter).map(({ id }) => id);
  return [
    ['user_id', String(session.person.id)],
    ['user_login', session.login],
    ['title', `All ${table.title}`],
    ['entity_type', table.type],
    ['server_hostname', new URL(deps.site.url()).host],
    ['referrer_path', `/page/${table.type}`],
    ['page_id', String(table.pageId)],
    ['session_uuid', choice.sessionUuid],
    ['cols', table.columns.map(({ name }) => name).join(',')],
    ['column_display_names', table.columns.map(({ displayName }) => displayName).join(',')],
    ['view', 'Default'],
    ['sort_column', 'created_at'],
    ['sort_direction', 'desc'],
    ...projectFields(deps, table.type, ids),
    ['ids', ids.join(',')],
    ['selected_ids', selected.join(',')],
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

/** The field map that a light payload leads to; how ids look in it is unknown. */
function eventPayload({ switches }: WebDeps, payload: readonly AmiField[]): Record<string, unknown> {
  const isList = webSwitch(switches, 'web.lightPayloadIds') === 'list';
  return Object.fromEntries(
    payload.map(([name, value]) => [
      name,
      isList && /^(?:selected_)?ids$/u.test(name) ? value.split(',').filter(Boolean).map(Number) : value,
    ]),
  );
}
