import { createHmac } from 'node:crypto';
import { SiteError } from '../ports.ts';
import { linksIn } from '../storage/memory-storage.ts';
import type { WebSession } from './sessions.ts';
import type { WebDeps } from './web-deps.ts';

/** What the page knows when an item is chosen. */
interface PageContext {
  readonly type: string;
  readonly title: string;
  readonly sessionUuid: string;
  readonly columns: readonly string[];
  readonly labels: readonly string[];
  readonly ids: readonly number[];
  readonly selectedIds: readonly number[];
}

export interface AmiPost {
  readonly action: string;
  readonly isOverlay: boolean;
  /** In the order in which a browser sends them. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

const PAGE_IDS: Readonly<Record<string, number>> = {
  Version: 1353,
  Shot: 1354,
  Asset: 1355,
  Task: 1356,
  Note: 1357,
};
const OTHER_PAGE_ID = 1399;

/** The form that the browser posts for a chosen item (API 11.2), signed where the item has a secret (API 11.3). */
export function amiPost(deps: WebDeps, session: WebSession, id: number, body: unknown): AmiPost {
  const item = deps.storage.get('ActionMenuItem', id);
  if (item === undefined || item.retired) throw new SiteError(404, 104, 'Not Found');
  const context = body as PageContext;
  const isSelectionRequired = item.values['selection_required'] === true;
  if (isSelectionRequired && context.selectedIds.length === 0) {
    throw new SiteError(400, 103, 'This menu item needs a selection.');
  }
  const payload = payloadOf(deps, session, context, isSelectionRequired);
  const event = deps.events.amiTriggered(
    { type: 'HumanUser', id: session.person.id },
    Object.fromEntries(payload),
    context.sessionUuid,
  );
  const isLight = item.values['light_payload'] === true;
  const fields = isLight ? [['event_log_entry_id', String(event.id)] as const] : payload;
  const secret = item.values['secret_token'];
  return {
    action: String(item.values['url']),
    isOverlay: item.values['open_in_overlay'] === true,
    fields: typeof secret === 'string' && secret !== '' ? signed(deps, fields, secret) : fields,
  };
}

function payloadOf(
  deps: WebDeps,
  { person, login }: WebSession,
  context: PageContext,
  isSelectionRequired: boolean,
): [string, string][] {
  const selected = context.selectedIds.join(',');
  const ids = isSelectionRequired ? context.selectedIds : context.ids;
  const project = commonProject(deps, context.type, ids);
  return [
    ['user_id', String(person.id)],
    ['user_login', login],
    ['title', context.title],
    ['entity_type', context.type],
    ['server_hostname', new URL(deps.site.url()).host],
    ['referrer_path', `/page/${context.type}`],
    ['page_id', String(PAGE_IDS[context.type] ?? OTHER_PAGE_ID)],
    ['session_uuid', context.sessionUuid],
    ['cols', context.columns.join(',')],
    ['column_display_names', context.labels.join(',')],
    ['view', 'Default'],
    ['sort_column', 'created_at'],
    ['sort_direction', 'desc'],
    ...(project === null
      ? []
      : ([
          ['project_name', project.name],
          ['project_id', String(project.id)],
        ] as [string, string][])),
    ['ids', ids.join(',')],
    ['selected_ids', selected],
  ];
}

/** Sent only where all rows share one project (API 11.2). */
function commonProject(
  { storage }: WebDeps,
  type: string,
  ids: readonly number[],
): { id: number; name: string } | null {
  const projects = new Set(
    ids.flatMap((id) => linksIn(storage.get(type, id)?.values['project']).map((ref) => ref.id)),
  );
  const [id] = projects;
  if (projects.size !== 1 || id === undefined) return null;
  return { id, name: storage.displayName({ type: 'Project', id }) ?? '' };
}

function signed(
  { now }: WebDeps,
  fields: readonly (readonly [string, string])[],
  secret: string,
): (readonly [string, string])[] {
  const timestamp = `${new Date(now()).toISOString().slice(0, 19)}Z`;
  const all = [...fields, ['timestamp', timestamp] as const];
  const lines = all
    .map(([name, value]) => `${name}=${value}\r\n`)
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const signature = createHmac('sha1', secret).update(lines.join('')).digest('hex');
  return [...all, ['signature', signature]];
}
