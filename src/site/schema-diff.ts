import {
  type ExposedField,
  type ExposedSchema,
  type ExposedType,
  exposeSchema,
  rulesWithoutPlace,
} from './expose.ts';
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
  /**
   * Which documents feel it: all that use the place, those that write it, or none: a name for people is a label alone.
   * `start`: no server starts with it, whatever is asked.
   */
  readonly touches: 'use' | 'write' | 'label' | 'start';
}

/** A site at one moment, with the rules of the `expose.yml` of that moment. */
export interface SiteSide {
  readonly schema: SiteSchema;
  readonly exposure: Exposure;
}

/**
 * The changes from one side to the other, sorted by place. Changes of hidden types and fields break no client,
 * whether `expose.yml` or the default hides them.
 *
 * Additions break no client. Removals break clients that use them; so do another data type, another type or name
 * for a link or a list, and a lost write. Legal values are strings in the API: their change is reported and breaks
 * no document. A rule of the second `expose.yml` for what its site does not have is told too: it keeps a server from starting.
 *
 * @throws SiteSchemaError if `expose.yml` does not fit the first of them, or if names of either clash
 */
export function diffSchemas(before: SiteSide, after: SiteSide): SchemaChange[] {
  const shown: Sides<ExposedSchema> = {
    before: exposeSchema(before.schema, before.exposure),
    after: exposeAfter(after),
  };
  const [were, are] = [before.schema.types, after.schema.types];
  const names = [...new Set([...were.keys(), ...are.keys()])].sort();
  const changes = names.flatMap((name) =>
    typeChanges(
      name,
      { before: were.get(name), after: are.get(name) },
      { before: shown.before.types.get(name), after: shown.after.types.get(name) },
    ),
  );
  return [...changes, ...ruleChanges(after)].sort(byPlace);
}

const byPlace = ({ place: one }: SchemaChange, { place: other }: SchemaChange): number =>
  one === other ? 0 : one < other ? -1 : 1;

const ruleChanges = ({ schema, exposure }: SiteSide): SchemaChange[] =>
  rulesWithoutPlace(schema, exposure).map(({ type, field, line }) => {
    const text = `has a rule in ${exposure.source}:${line}, and the site does not have it: the server will not start until the rule is taken out.`;
    return change(field === null ? type : `${type}.${field}`, text, true, 'start');
  });

/**
 * A changed site as clients will see it once the rules for removed names are taken out of `expose.yml`.
 *
 * @throws SiteSchemaError if names clash
 */
export const exposeAfter = ({ schema, exposure }: SiteSide): ExposedSchema =>
  exposeSchema(schema, withoutUnknown(exposure, schema));

interface Sides<T> {
  readonly before: T;
  readonly after: T;
}

function withoutUnknown(exposure: Exposure, schema: SiteSchema): Exposure {
  const types = [...exposure.types].flatMap(([name, rules]) => {
    const type = schema.types.get(name);
    if (type === undefined) return [];
    const fields = new Map([...rules.fields].filter(([field]) => type.fields.has(field)));
    return [[name, { ...rules, fields }] as const];
  });
  return { ...exposure, types: new Map(types) };
}

const change = (
  place: string,
  text: string,
  isBreaking: boolean,
  touches: SchemaChange['touches'] = 'use',
): SchemaChange => ({ place, text, isBreaking, touches });

/** @param shown the same type as clients see it; undefined if it is hidden */
function typeChanges(
  name: string,
  { before, after }: Sides<EntityTypeSchema | undefined>,
  shown: Sides<ExposedType | undefined>,
): SchemaChange[] {
  if (before === undefined) return [change(name, `was added, with ${after?.fields.size} fields.`, false)];
  if (after === undefined) return [change(name, 'is gone.', shown.before !== undefined)];
  if (shown.before !== undefined && shown.after === undefined) return [change(name, 'is hidden now.', true)];
  if (shown.before === undefined && shown.after !== undefined) return [change(name, 'is shown now.', false)];
  const fields = [...new Set([...before.fields.keys(), ...after.fields.keys()])].sort();
  return [
    ...nameChanges(name, { before, after }, shown),
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
  if (isShown && shown.after === undefined) return [change(place, 'is hidden now.', true)];
  if (!isShown && shown.after !== undefined) return [change(place, 'is shown now.', false)];
  return [
    ...nameChanges(place, { before, after }, shown),
    ...linkChanges(place, { before, after }, shown),
    ...valueChanges(place, before, after),
    ...editChanges(place, { before, after }, shown),
  ];
}

function nameChanges(
  place: string,
  { before, after }: Sides<{ readonly displayName: string }>,
  shown: Sides<{ readonly graphqlName: string } | undefined>,
): SchemaChange[] {
  const [was, is] = [shown.before?.graphqlName, shown.after?.graphqlName];
  const renamed =
    was === is || is === undefined ? [] : [change(place, `is ${is} in GraphQL now, not ${was}.`, true)];
  if (before.displayName === after.displayName) return renamed;
  const text = `is called "${after.displayName}" now, not "${before.displayName}".`;
  return [change(place, text, false, 'label'), ...renamed];
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
  const [was, is] = [shown.before?.readOnly ?? true, shown.after?.readOnly ?? true];
  if (before.editable === after.editable && was === is) return [];
  const isWritable = before.editable === after.editable ? was : after.editable;
  const text = isWritable ? 'can be written now.' : 'cannot be written any more.';
  return [change(place, text, !was && is, 'write')];
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
