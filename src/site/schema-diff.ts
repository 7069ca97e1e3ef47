import { isTypeHidden } from './expose.ts';
import type { Exposure } from './exposure.ts';
import type { EntityTypeSchema, FieldSchema, SiteSchema } from './site-schema.ts';

/** One difference between two schemas of a site. */
export interface SchemaChange {
  /** `Shot`, or `Shot.sg_cut_in`. */
  readonly place: string;
  /** A sentence without its subject: `was added (number).` */
  readonly text: string;
  /** Whether a client that works with the first may fail with the second. */
  readonly isBreaking: boolean;
}

/**
 * What changed from one schema to the other, sorted by place. What `expose.yml` hides breaks nobody.
 *
 * New things break nobody. What went breaks those who ask for it; so do another data type, a link that leads to one
 * type where it led to several (or the other way round: its GraphQL type is another), and what cannot be written any
 * more. Legal values are strings in the API: their change is told and breaks no document.
 */
export function diffSchemas(before: SiteSchema, after: SiteSchema, exposure: Exposure): SchemaChange[] {
  const changes: SchemaChange[] = [];
  const names = [...new Set([...before.types.keys(), ...after.types.keys()])].sort();
  for (const name of names) {
    const old = before.types.get(name);
    const now = after.types.get(name);
    for (const found of typeChanges(name, old, now)) {
      const field = found.place.split('.')[1] ?? '';
      const isHidden =
        isTypeHidden(exposure, name) || exposure.types.get(name)?.fields.get(field)?.hide === true;
      changes.push(isHidden ? { ...found, isBreaking: false } : found);
    }
  }
  return changes;
}

const change = (place: string, text: string, isBreaking: boolean): SchemaChange => ({
  place,
  text,
  isBreaking,
});

function typeChanges(
  name: string,
  before: EntityTypeSchema | undefined,
  after: EntityTypeSchema | undefined,
): SchemaChange[] {
  if (before === undefined) return [change(name, `was added, with ${after?.fields.size} fields.`, false)];
  if (after === undefined) return [change(name, 'is gone.', true)];
  const renamed =
    before.displayName === after.displayName
      ? []
      : [change(name, `is called "${after.displayName}" now, not "${before.displayName}".`, false)];
  const fields = [...new Set([...before.fields.keys(), ...after.fields.keys()])].sort();
  return [
    ...renamed,
    ...fields.flatMap((field) =>
      fieldChanges(`${name}.${field}`, before.fields.get(field), after.fields.get(field)),
    ),
  ];
}

function fieldChanges(
  place: string,
  before: FieldSchema | undefined,
  after: FieldSchema | undefined,
): SchemaChange[] {
  if (after === undefined) return [change(place, 'is gone.', true)];
  if (before === undefined) return [change(place, `was added (${after.dataType}).`, false)];
  if (before.dataType !== after.dataType) {
    return [change(place, `is ${after.dataType} now, not ${before.dataType}.`, true)];
  }
  return [
    ...nameChanges(place, before, after),
    ...linkChanges(place, before, after),
    ...valueChanges(place, before, after),
    ...editChanges(place, before, after),
  ];
}

function nameChanges(place: string, before: FieldSchema, after: FieldSchema): SchemaChange[] {
  if (before.displayName === after.displayName) return [];
  return [change(place, `is called "${after.displayName}" now, not "${before.displayName}".`, false)];
}

function linkChanges(place: string, before: FieldSchema, after: FieldSchema): SchemaChange[] {
  const text = listChange('may link to', before.validTypes, after.validTypes);
  if (text === null) return [];
  const targetOf = ({ validTypes }: FieldSchema): string | undefined =>
    validTypes.length === 1 ? validTypes[0] : undefined;
  return [change(place, text, targetOf(before) !== targetOf(after))];
}

function valueChanges(place: string, before: FieldSchema, after: FieldSchema): SchemaChange[] {
  const text = listChange('may be', before.validValues, after.validValues);
  return text === null ? [] : [change(place, text, false)];
}

function editChanges(place: string, before: FieldSchema, after: FieldSchema): SchemaChange[] {
  if (before.editable === after.editable) return [];
  return [
    change(place, after.editable ? 'can be written now.' : 'cannot be written any more.', before.editable),
  ];
}

/** `may link to Shot too, no longer to Asset.`; null where the lists hold the same. */
function listChange(verb: string, before: readonly string[], after: readonly string[]): string | null {
  const added = after.filter((item) => !before.includes(item));
  const removed = before.filter((item) => !after.includes(item));
  const parts = [
    ...(added.length > 0 ? [`${verb} ${added.join(', ')} too`] : []),
    ...(removed.length > 0 ? [`${verb} ${removed.join(', ')} no longer`] : []),
  ];
  return parts.length === 0 ? null : `${parts.join('; ')}.`;
}
