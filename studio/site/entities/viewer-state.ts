import { SiteError, type Caller, type StoredRecord, type StoredValue } from '../ports.ts';

/** Fields with a separate value for each viewer, and their defaults (API 1.5). */
const PER_VIEWER: Readonly<Record<string, StoredValue>> = {
  'Note.read_by_current_user': 'unread',
  'Version.viewed_by_current_user': 'unread',
  'Playlist.media_center_viewed_by_current_user': 'unread',
  'Project.current_user_favorite': false,
  'Project.last_accessed_by_current_user': null,
};

export const isPerViewer = (type: string, field: string): boolean => `${type}.${field}` in PER_VIEWER;

/** Values are checked, a script's too although it keeps none (API 1.5). */
export function assertViewerValue(type: string, field: string, value: unknown): void {
  const place = `${type}.${field}`;
  const isRead = PER_VIEWER[place] === 'unread';
  if (isRead && value !== 'read' && value !== 'unread') {
    throw new SiteError(
      400,
      104,
      `Update failed for [${place}]: '${String(value)}' is not a valid list value. Valid list values: 'read', 'unread'.`,
    );
  }
  const isWrong =
    !isRead && typeof value !== (PER_VIEWER[place] === false ? 'boolean' : 'string') && value !== null;
  if (isWrong) throw new SiteError(400, 104, `Update failed for [${place}]: Value is not legal.`);
}

/** What each person has read, seen and liked. */
export interface ViewerState {
  get(caller: Caller, record: StoredRecord, field: string): StoredValue;
  /** A script has no state: what it writes is accepted and kept nowhere. */
  set(caller: Caller, record: StoredRecord, field: string, value: StoredValue): void;
  clear(): void;
}

export function createViewerState(): ViewerState {
  const values = new Map<string, StoredValue>();
  const keyOf = ({ actor }: Caller, { type, id }: StoredRecord, field: string): string =>
    `${actor.type}:${actor.id} ${type}:${id} ${field}`;
  return {
    get: (caller, record, field) =>
      values.get(keyOf(caller, record, field)) ?? PER_VIEWER[`${record.type}.${field}`] ?? null,
    set(caller, record, field, value) {
      if (caller.actor.type === 'HumanUser') values.set(keyOf(caller, record, field), value);
    },
    clear: () => values.clear(),
  };
}
