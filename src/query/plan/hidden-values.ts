import { bare, ownValue } from '../../base/bare.ts';
import type { FilterCondition, FilterGroup } from '../../shotgun/port/requests.ts';
import type { ExposedSchema } from '../../site/expose.ts';
import { TYPE_FACTS } from '../../site/type-facts.ts';
import type { ActivityUpdate, TextSearchHit, ThreadEntry } from '../ports/ports.ts';

/** Rows that contain old and new values of other rows. */
export const EVENTS = 'EventLogEntry';
/** Fields of an event that contain values, or their type. */
const TELLING: ReadonlySet<string> = new Set([
  'meta',
  'description',
  'attribute_name',
  'audit_trail',
  'cached_display_name',
]);
/** The sentence with the value, which is also the event's name. */
const SENTENCES: ReadonlySet<string> = new Set(['description', 'cached_display_name']);
/** The type and kind of an event. */
const EVENT_TYPE = 'event_type';
const ATTRIBUTE = 'attribute_name';
const META = 'meta';

type Values = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** True if the exposure hides this type, or this field of it. */
const isHidden = ({ hiddenTypes, types }: ExposedSchema, type: unknown, field: unknown): boolean =>
  typeof type === 'string' &&
  (hiddenTypes.has(type) || (typeof field === 'string' && types.get(type)?.hiddenFields.has(field) === true));

/** `Shotgun_Version_Change` -> `Version`. */
const typeOfEvent = (eventType: unknown): string | null =>
  typeof eventType === 'string' ? eventType.split('_').slice(1, -1).join('_') : null;

/** True if rows of this type may reveal another, hidden field; even their name does, which is always read. */
export const tellsOfOthers = (type: string): boolean => type === EVENTS;

/** The fields that must be read with such rows, to find out whose values they contain. */
export const neededOfEvents = ({ hidesByRule }: ExposedSchema): readonly string[] =>
  hidesByRule ? [EVENT_TYPE, ATTRIBUTE, META] : [EVENT_TYPE, ATTRIBUTE];

/** The fields of an event's row; null replaces values of hidden fields and types. */
export function shownEvent<T>(
  schema: ExposedSchema,
  fields: Readonly<Record<string, T>>,
): Readonly<Record<string, T | null>> {
  const type = typeOfEvent(fields[EVENT_TYPE]);
  const meta = fields[META];
  const hidesMeta = isObject(meta) && shownMeta(schema, meta) === null;
  const isOfHiddenType = isHidden(schema, type, null);
  if (isHidden(schema, type, fields[ATTRIBUTE]) || hidesMeta) {
    const isBlank = (name: string): boolean => TELLING.has(name) || (isOfHiddenType && name === EVENT_TYPE);
    return bare(
      Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, isBlank(name) ? null : value])),
    );
  }
  return bare({ ...fields, ...(isObject(meta) && { meta: shownMeta(schema, meta) as T }) });
}

/** The content of an event, without hidden statuses; null if its subject is hidden. */
export function shownMeta(schema: ExposedSchema, meta: unknown): unknown {
  if (!isObject(meta)) return meta ?? null;
  const type = meta['entity_type'] ?? meta['class_name'];
  if (isHidden(schema, type, meta[ATTRIBUTE])) return null;
  const lists = ['added', 'removed'].flatMap((name) => {
    const links: unknown = meta[name];
    return Array.isArray(links)
      ? [[name, links.map((link: unknown) => shownLink(schema, link))] as const]
      : [];
  });
  return { ...meta, ...Object.fromEntries(lists) };
}

/** Links in events carry the status of the row beside its name. */
function shownLink(schema: ExposedSchema, link: unknown): unknown {
  if (!isObject(link) || !hidesStatus(schema, link['type'])) return link;
  const { status: _, ...rest } = link;
  return rest;
}

const hidesStatus = (schema: ExposedSchema, type: unknown): boolean =>
  isHidden(schema, type, 'sg_status_list');

export const shownUpdate = (schema: ExposedSchema, update: ActivityUpdate): ActivityUpdate => ({
  ...update,
  meta: isHidden(schema, update.entity.type, null) ? null : shownMeta(schema, update.meta),
});

/** The entries of a note's thread, without those from a hidden field of the note. */
export function shownThread(schema: ExposedSchema, entries: readonly ThreadEntry[]): readonly ThreadEntry[] {
  const { threadLists } = TYPE_FACTS.Note;
  const listedIn = (type: string): string | undefined => ownValue<string>(threadLists, type);
  return entries
    .filter(({ type }) => !isHidden(schema, type, null) && !isHidden(schema, 'Note', listedIn(type)))
    .map((entry) => {
      const hides = (...fields: string[]): boolean =>
        fields.some((field) => isHidden(schema, entry.type, field));
      return {
        ...entry,
        content: hides('content') ? null : entry.content,
        createdAt: hides('created_at') ? null : entry.createdAt,
        author: hides('user', 'created_by') ? null : entry.author,
      };
    });
}

/** A text search result, without a hidden status or a row that only a hidden link leads to. */
export function shownHit(schema: ExposedSchema, hit: TextSearchHit): TextSearchHit {
  const { linked } = hit;
  const hidden = [...(schema.types.get(hit.type)?.hiddenFields.values() ?? [])];
  const isLinkedByHidden = hidden.some(
    ({ dataType, validTypes }) =>
      (dataType === 'entity' || dataType === 'multi_entity') &&
      (validTypes.length === 0 || validTypes.includes(linked?.type ?? '')),
  );
  const hidesLinked = linked !== null && (isLinkedByHidden || isHidden(schema, linked.type, null));
  return {
    ...hit,
    status: hidesStatus(schema, hit.type) ? null : hit.status,
    linked: hidesLinked ? null : linked,
  };
}

/** True if a search or an order by this field would reveal a hidden one. */
export const isOracle = (schema: ExposedSchema, type: string, field: string): boolean =>
  schema.hidesByRule && type === EVENTS && SENTENCES.has(field);

/**
 * An extra condition for searches of events by their type or changed field: otherwise the result would reveal
 * events of hidden types or fields.
 *
 * @param prefix path to the event
 */
export function notOfHidden(
  { hidesByRule, hiddenTypes, types }: ExposedSchema,
  type: string,
  field: string,
  prefix: string,
): readonly (FilterCondition | FilterGroup)[] {
  if (!hidesByRule || type !== EVENTS || (field !== ATTRIBUTE && field !== EVENT_TYPE)) return [];
  const isOfAnother = (of: string): FilterCondition => [`${prefix}${EVENT_TYPE}`, 'not_contains', `_${of}_`];
  if (field === EVENT_TYPE) return [...hiddenTypes].map(isOfAnother);
  const ofTypes = [...types.values()].flatMap(({ type: of, hiddenFields }): FilterGroup[] => {
    if (hiddenFields.size === 0) return [];
    const isOther: FilterCondition = [`${prefix}${ATTRIBUTE}`, 'not_in', [...hiddenFields.keys()]];
    return [{ logical_operator: 'or', conditions: [isOfAnother(of), isOther] }];
  });
  return [...ofTypes, ...[...hiddenTypes].map(isOfAnother)];
}

/** True if groups or orders by the field would reveal values that are blanked in its rows. */
export const isTelling = (schema: ExposedSchema, type: string, field: string): boolean =>
  isOracle(schema, type, field) ||
  (schema.hidesByRule &&
    type === EVENTS &&
    (field === ATTRIBUTE || (field === EVENT_TYPE && schema.hiddenTypes.size > 0)));
