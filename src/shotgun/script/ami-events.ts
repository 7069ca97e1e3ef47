import { AppError } from '../../base/errors.ts';
import { ScriptDoor, type ScriptDoorDeps } from './script-door.ts';
import { parseRows, toSearchCall } from '../calls/search.ts';
import type { FieldValue, Row } from '../port/records.ts';

/** What the event of a chosen menu item tells (API 11.2, light payload). */
export interface AmiEvent {
  /** `HumanUser.id` of the one who chose it; null where it was no person. */
  readonly personId: number | null;
  readonly createdAtMs: number;
  /** `meta.ami_payload`: the fields that a full payload would have had, each as the site keeps it. */
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface AmiEvents {
  /**
   * The event of a chosen menu item; undefined where there is none of that id, or it tells of something else.
   *
   * @throws AppError that the site is out of order
   */
  read(eventId: number): Promise<AmiEvent | undefined>;
  /** The same over another connection, for what anybody can ask for: it holds up nobody else's. */
  readUnsigned(eventId: number): Promise<AmiEvent | undefined>;
  close(): Promise<void>;
}

const EVENT_TYPE = 'Shotgun_ActionMenuItem_Triggered';

/**
 * The one read that is made as the script although it is of somebody's doing: before the event is read nobody knows
 * whose it is, and before its person has signed in nobody can read it as them. It asks for one event of one type by its
 * id, and has no way to ask for anything else.
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
    filter: {
      logical_operator: 'and',
      conditions: [
        ['id', 'is', eventId],
        ['event_type', 'is', EVENT_TYPE],
      ],
    },
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
  // Text filters ignore the case of letters (API 3.3), and what is asked for is looked at again.
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
