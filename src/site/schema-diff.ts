import { type ExposedField, type ExposedSchema, type ExposedType, exposeSchema } from './expose.ts';
import type { Exposure } from './exposure.ts';
import type { EntityTypeSchema, FieldSchema, SiteSchema } from './site-schema.ts';

/** One difference between two schemas of a site. */
export interface SchemaChange {
  /** `Shot`, or `Shot.sg_cut_in`. */
  readonly place: string;
  /** A sentence without its subject: `was added (number).` */
  readonly text: string;
  /** True if a client of the first schema may fail with the second. */
  readonly isBreaking: boolean;
}

/**
 * The changes from one schema to the other, sorted by place. Changes of hidden types and fields break no client,
 * whether `expose.yml` or the default hides them.
 *
 * Additions break no client. Removals break clients that use them; so do another data type, another type or name
 * for a link or a list, and a lost write. Legal values are strings in the API: their change is reported and breaks
 * no document.
 *
 * @throws SiteSchemaError if `expose.yml` does not fit the first of them, or if names of either clash
 */
export function diffSchemas(before: SiteSchema, after: SiteSchema, exposure: Exposure): SchemaChange[] {
  const shown: Sides<ExposedSchema> = {
    before: exposeSchema(before, exposure),
    after: exposeSchema(after, withoutUnknown(exposure, after)),
  };
  const names = [...new Set([...before.types.keys(), ...after.types.keys()])].sort();
  return names.flatMap((name) =>
    typeChanges(
      name,
      { before: before.types.get(name), after: after.types.get(name) },
      { before: shown.before.types.get(name), after: shown.after.types.get(name) },
    ),
  );
}

interface Sides<T> {
  readonly before: T;
  readonly after: T;
}

/** A rule for a removed name is no mistake here: the removal itself is the difference. */
function withoutUnknown(exposure: Exposure, schema: SiteSchema): Exposure {
  const types = [...exposure.types].flatMap(([name, rules]) => {
    const type = schema.types.get(name);
    if (type === undefined) return [];
    const fields = new Map([...rules.fields].filter(([field]) => type.fields.has(field)));
    return [[name, { ...rules, fields }] as const];
  });
  return { ...exposure, types: new Map(types) };
}

const change = (place: string, text: string, isBreaking: boolean): SchemaChange => ({
  place,
  text,
  isBreaking,
});

/** @param shown the same type as clients see it; undefined if it is hidden */
function typeChanges(
  name: string,
  { before, after }: Sides<EntityTypeSchema | undefined>,
  shown: Sides<ExposedType | undefined>,
): SchemaChange[] {
  if (before === undefined) return [change(name, `was added, with ${after?.fields.size} fields.`, false)];
  if (after === undefined) return [change(name, 'is gone.', shown.before !== undefined)];
  const renamed =
    before.displayName === after.displayName
      ? []
      : [change(name, `is called "${after.displayName}" now, not "${before.displayName}".`, false)];
  const fields = [...new Set([...before.fields.keys(), ...after.fields.keys()])].sort();
  return [
    ...renamed,
    ...listChanges(name, shown),
    ...fields.flatMap((field) =>
      fieldChanges(
        `${name}.${field}`,
        { before: before.fields.get(field), after: after.fields.get(field) },
        { before: shown.before?.fields.get(field), after: shown.after?.fields.get(field) },
      ),
    ),
  ];
}

/** A new type can take the plural of another one. */
function listChanges(name: string, { before, after }: Sides<ExposedType | undefined>): SchemaChange[] {
  const [was, is] = [before?.rootFields.many, after?.rootFields.many];
  if (was === is || was === undefined || is === undefined) return [];
  return [change(name, `is listed as ${is} now, not ${was}.`, true)];
}

function fieldChanges(
  place: string,
  { before, after }: Sides<FieldSchema | undefined>,
  shown: Sides<ExposedField | undefined>,
): SchemaChange[] {
  const isShown = shown.before !== undefined;
  if (after === undefined) return [change(place, 'is gone.', isShown)];
  if (before === undefined) return [change(place, `was added (${after.dataType}).`, false)];
  if (before.dataType !== after.dataType) {
    return [change(place, `is ${after.dataType} now, not ${before.dataType}.`, isShown)];
  }
  return [
    ...nameChanges(place, before, after),
    ...linkChanges(place, { before, after }, shown),
    ...valueChanges(place, before, after),
    ...editChanges(place, { before, after }, shown),
  ];
}

function nameChanges(place: string, before: FieldSchema, after: FieldSchema): SchemaChange[] {
  if (before.displayName === after.displayName) return [];
  return [change(place, `is called "${after.displayName}" now, not "${before.displayName}".`, false)];
}

function linkChanges(
  place: string,
  { before, after }: Sides<FieldSchema>,
  shown: Sides<ExposedField | undefined>,
): SchemaChange[] {
  const [was, is] = [shown.before?.target ?? 'Entity', shown.after?.target ?? 'Entity'];
  const isBreaking = shown.before !== undefined && was !== is;
  const text = listChange('may link to', before.validTypes, after.validTypes);
  if (text !== null) return [change(place, text, isBreaking)];
  return isBreaking ? [change(place, `has the type ${is} now, not ${was}.`, true)] : [];
}

function valueChanges(place: string, before: FieldSchema, after: FieldSchema): SchemaChange[] {
  const text = listChange('may be', before.validValues, after.validValues);
  return text === null ? [] : [change(place, text, false)];
}

function editChanges(
  place: string,
  { before, after }: Sides<FieldSchema>,
  shown: Sides<ExposedField | undefined>,
): SchemaChange[] {
  if (before.editable === after.editable) return [];
  const isBreaking = shown.before?.readOnly === false && shown.after?.readOnly !== false;
  return [change(place, after.editable ? 'can be written now.' : 'cannot be written any more.', isBreaking)];
}

/** `may link to Shot too, no longer to Asset.`; null if the lists are equal. */
function listChange(verb: string, before: readonly string[], after: readonly string[]): string | null {
  const added = after.filter((item) => !before.includes(item));
  const removed = before.filter((item) => !after.includes(item));
  const parts = [
    ...(added.length > 0 ? [`${verb} ${added.join(', ')} too`] : []),
    ...(removed.length > 0 ? [`${verb} ${removed.join(', ')} no longer`] : []),
  ];
  return parts.length === 0 ? null : `${parts.join('; ')}.`;
}
