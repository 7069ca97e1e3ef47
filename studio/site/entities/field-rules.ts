import { SiteError, type StoredRecord } from '../ports.ts';
import { readOnly } from '../data-types/write-value.ts';
import type { Asking, EntityDeps } from './entity-deps.ts';
import { isWrittenInCreate } from './event-fields.ts';

/** Said not to be editable, yet taken by a create (API 5.1, 7). */
const STAMPS: ReadonlySet<string> = new Set(['created_at', 'updated_at', 'created_by']);
/** Accepted by a create only, even if the schema differs (API 5.3, 8). */
const CREATE_ONLY: ReadonlySet<string> = new Set([
  'Attachment.this_file',
  'Note.meta',
  'Step.entity_type',
  'TaskTemplate.entity_type',
]);
/** Not writable over REST, for any role (API 1.4). */
const NEVER_EDITABLE: ReadonlySet<string> = new Set(['HumanUser.can_impersonate_this_user']);
/** Types that the site alone writes (API 2.9). */
const READ_ONLY_TYPES: ReadonlySet<string> = new Set(['WorkDayRule']);

export function assertTypeWritable({ schema }: EntityDeps, type: string): void {
  if (!READ_ONLY_TYPES.has(type)) return;
  throw new SiteError(400, 103, 'Action not allowed', {
    detail: `Cannot edit read only entity '${schema.pathOf(type)}'`,
  });
}

/** Whether the body of a create may name this field. */
export function assertCreatable(deps: EntityDeps, type: string, name: string): void {
  const place = `${type}.${name}`;
  if (NEVER_EDITABLE.has(place)) throw notEditable(place);
  const isReadOnly = deps.schema.field(type, name)?.editable === false;
  const isTaken = STAMPS.has(name) || CREATE_ONLY.has(place) || isWrittenInCreate(deps, type, name);
  if (isReadOnly && !isTaken) throw readOnly('create', place);
}

/** Whether this caller may change this field of this row; looked at before any value (API 1.5). */
export function assertEditable(deps: EntityDeps, asking: Asking, record: StoredRecord, name: string): void {
  const { caller, type } = asking;
  const place = `${type}.${name}`;
  if (NEVER_EDITABLE.has(place)) throw notEditable(place);
  if (STAMPS.has(name) || CREATE_ONLY.has(place)) {
    throw new SiteError(400, 103, `API update() ${place} is editable on create only.`, { source: {} });
  }
  if (deps.schema.field(type, name)?.editable === false) throw readOnly('update', place);
  deps.permissions.assertCanUpdateField(caller, record, name);
}

const notEditable = (place: string): SiteError =>
  new SiteError(400, 104, `The field is not editable for this user: [${place}].`);

/** A person becomes active through the identity provider only, never over REST (API 8). */
export function assertNoPromotion(type: string, before: unknown, after: unknown): void {
  if (type !== 'HumanUser' || after === before || (after !== 'act' && after !== undefined)) return;
  throw new SiteError(401, 110, 'User promotion to active is permitted only for Identity Users');
}
