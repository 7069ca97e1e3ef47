import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../base/errors.ts';
import { AMI_FIELD_NAMES, type AmiTexts, CONTROL } from './ami-body.ts';

/** The event of a chosen menu item, as the site stores it (API 11.2). */
export interface ClickEvent {
  /** `HumanUser.id` of the person who clicked; null where the actor was not a person. */
  readonly personId: number | null;
  readonly createdAtMs: number;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface ClickEvents {
  /** Undefined where there is no such event, or it is not that of a chosen menu item. */
  read(eventId: number): Promise<ClickEvent | undefined>;
}

export interface LightPayload {
  /** The fields of the full payload, as texts. */
  readonly texts: AmiTexts;
  readonly createdAtMs: number;
}

/** The only field of ShotGrid in a post with a light payload (API 11.2). */
export const EVENT_FIELD = 'event_log_entry_id';

const EVENT_ID = /^[1-9][0-9]{0,14}$/u;
/** The item's own form fields may be there too. A post with rows is a full payload. */
export const isLightPayload = (texts: AmiTexts): boolean =>
  texts.has(EVENT_FIELD) && !texts.has('entity_type');

/** The event may become visible a little after the post arrives (API 9.1). */
const ATTEMPTS = 4;
const PAUSE_MS = 400;

/**
 * Reads the full payload of a post that only names the event of its click.
 *
 * @throws AppError AMI_FIELDS; AMI_EVENT where there is no such click of a person; an outage of the site
 */
export async function readLightPayload(events: ClickEvents, texts: AmiTexts): Promise<LightPayload> {
  const id = texts.get(EVENT_FIELD)?.[0] ?? '';
  if (!EVENT_ID.test(id)) throw new AppError('AMI_FIELDS');
  const event = await findEvent(events, Number(id));
  if (event === undefined || event.personId === null) throw new AppError('AMI_EVENT');
  const { payload } = event;
  // ShotGrid may add fields, of any type: none of them stops a launch.
  const names = AMI_FIELD_NAMES.filter((name) => Object.hasOwn(payload, name));
  const fields = new Map<string, readonly string[]>(
    names.map((name) => [name, textsOf(name, payload[name])]),
  );
  // The owner comes from the event record; the payload's `user_id` must match it.
  if (fields.get('user_id')?.[0] !== String(event.personId)) throw new AppError('AMI_EVENT');
  return { texts: fields, createdAtMs: event.createdAtMs };
}

async function findEvent(events: ClickEvents, id: number): Promise<ClickEvent | undefined> {
  for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
    const event = await events.read(id);
    if (event !== undefined) return event;
    await delay(PAUSE_MS);
  }
  return events.read(id);
}

/** Whether ids are a text or a list of numbers is unknown (API 11.2): both are accepted. */
function textsOf(field: string, value: unknown): readonly string[] {
  if (value === null || value === undefined) return [''];
  const parts: unknown[] = Array.isArray(value) ? value : [value];
  if (!parts.every((part) => typeof part === 'string' || typeof part === 'number')) {
    throw new AppError('AMI_FIELDS', { details: { field } });
  }
  const texts = parts.map(String);
  // The same characters as a form field may not contain (V8, A19).
  if (texts.some((text) => CONTROL.test(text))) {
    throw new AppError('AMI_CONTROL_CHAR', { details: { field } });
  }
  return texts;
}
