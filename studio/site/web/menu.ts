import type { StoredRecord } from '../ports.ts';
import { linksIn } from '../storage/memory-storage.ts';
import type { WebSession } from './sessions.ts';
import type { WebDeps } from './web-deps.ts';

/** A form is posted into a new tab or over the page; an address of another scheme opens the program of that scheme. */
export type Opening = 'tab' | 'overlay' | 'program';

export interface MenuItem {
  readonly id: number;
  readonly title: string;
  readonly folder: string | null;
  readonly selectionRequired: boolean;
  readonly opening: Opening;
  /** The page then looks for what is written in the name of its window (API 11.4). */
  readonly polls: boolean;
}

/** The Action Menu Items of a page for this person, in their order (API 11.1). */
export function menuItems(
  deps: WebDeps,
  session: WebSession,
  type: string,
  project: number | null,
): readonly MenuItem[] {
  return [...deps.storage.all('ActionMenuItem')]
    .filter((item) => isOffered(deps, session, item, type, project))
    .sort((a, b) => Number(a.values['list_order'] ?? 0) - Number(b.values['list_order'] ?? 0) || a.id - b.id)
    .map(({ id, values }) => ({
      id,
      title: String(values['title'] ?? ''),
      folder: typeof values['folder'] === 'string' ? values['folder'] : null,
      selectionRequired: values['selection_required'] === true,
      opening: openingOf(values),
      polls: values['poll_for_data_updates'] === true,
    }));
}

export function openingOf({ url, open_in_overlay: isOverlay }: StoredRecord['values']): Opening {
  if (!/^https?:/iu.test(String(url ?? ''))) return 'program';
  return isOverlay === true ? 'overlay' : 'tab';
}

// oxlint-disable-next-line max-params
function isOffered(
  { storage }: WebDeps,
  { caller }: WebSession,
  { values }: StoredRecord,
  type: string,
  project: number | null,
): boolean {
  const roles = linksIn(values['permissions_groups']).map(
    ({ id }) => storage.get('PermissionRuleSet', id)?.values['code'],
  );
  const projects = linksIn(values['projects']).map(({ id }) => id);
  return (
    (values['entity_type'] == null || values['entity_type'] === type) &&
    (roles.length === 0 || roles.includes(caller.role)) &&
    (projects.length === 0 || (project !== null && projects.includes(project)))
  );
}
