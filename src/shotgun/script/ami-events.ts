import { allOf } from '../port/requests.ts';
import { AppError } from '../../base/errors.ts';
import { ScriptDoor, type ScriptDoorDeps } from './script-door.ts';
import { parseRows, toSearchCall } from '../calls/search.ts';
import type { FieldValue, Row } from '../port/records.ts';

/** The event of a chosen menu item (API 11.2, light payload). */
export interface AmiEvent {
  /** `HumanUser.id` of the person who chose it; null if it was not a person. */
  readonly personId: number | null;
  readonly createdAtMs: number;
  /** `meta.ami_payload`: the fields of a full payload, each in the site's own form. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Reads the events of chosen menu items. */
export interface AmiEvents {
  /**
   * The event of a chosen menu item; undefined if the id is unknown or names another kind of event.
   *
   * @throws AppError a failure of the site
   */
  read(eventId: number): Promise<AmiEvent | undefined>;
  /** The same over a separate connection, for requests without a sign-in: they cannot delay signed-in people. */
  readUnsigned(eventId: number): Promise<AmiEvent | undefined>;
  close(): Promise<void>;
}

/** The event of a click on a menu item. */
export const EVENT_TYPE = 'Shotgun_ActionMenuItem_Triggered';

/**
 * The one script read about a person's action: the event itself names the person, and before that person has
 * signed in it cannot be read as them. It reads one event of one type by its id, and can request nothing else.
 */
export function createAmiEvents(deps: ScriptDoorDeps): AmiEvents {
  const [door, unsignedDoor] = [new ScriptDoor(deps, 2), new ScriptDoor(deps, 1)];
  return {
    read: (eventId) => readEvent(door, eventId),
    readUnsigned: (eventId) => readEvent(unsignedDoor, eventId),
    async close() {
      await Promise.all([door.close(), unsignedDoor.close()]);
    },
  };
}

async function readEvent(door: ScriptDoor, eventId: number): Promise<AmiEvent | undefined> {
  const call = toSearchCall({
    type: 'EventLogEntry',
    filter: allOf(['id', 'is', eventId], ['event_type', 'is', EVENT_TYPE]),
    fields: ['event_type', 'user', 'created_at', 'meta'],
    pageSize: 1,
  });
  const [row] = parseRows(
    await door.read(
      { door: 'menuItemEvent', id: eventId },
      {
        ...call,
        method: 'POST',
        path: '/entity/EventLogEntry/_search',
        operation: 'readAmiEvent',
        isRepeatable: true,
      },
    ),
  );
  return row === undefined ? undefined : toAmiEvent(row, eventId);
}

function toAmiEvent({ id, fields }: Row, eventId: number): AmiEvent | undefined {
  // Text filters ignore letter case (API 3.3), so compare the answer exactly.
  if (id !== eventId || fields['event_type'] !== EVENT_TYPE) return undefined;
  const createdAtMs = typeof fields['created_at'] === 'string' ? Date.parse(fields['created_at']) : NaN;
  if (Number.isNaN(createdAtMs)) throw new AppError('UPSTREAM_BROKEN');
  const payload = objectOf(objectOf(fields['meta'])?.['ami_payload']);
  return payload === undefined ? undefined : { personId: personOf(fields['user']), createdAtMs, payload };
}

function personOf(user: FieldValue | undefined): number | null {
  const { type, id } = objectOf(user) ?? {};
  return type === 'HumanUser' && typeof id === 'number' ? id : null;
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
