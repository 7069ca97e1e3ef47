import type { FieldValue, Row } from '../../shotgun/port/records.ts';
import type { ExposedType, ExposedField, ExposedSchema } from '../../site/expose.ts';
import { COMMON_FACTS, DISPLAY_NAME, typeFacts } from '../../site/type-facts.ts';
import { tellsOfOthers } from './hidden-values.ts';
import { type EntitySelection, ROW } from '../ports/selection.ts';

/** The field that shows an entity's name as links do: most types keep it, others are named by their identity field (API 8). */
const displayNameField = (type: ExposedType): string | null => nameFields(type)[0] ?? null;

/** The fields that form a row's name: those that the type has. */
export function nameFields(type: ExposedType): readonly string[] {
  return [DISPLAY_NAME, ...COMMON_FACTS.identity].filter(
    (name) => type.fields.get(name)?.dataType === 'text',
  );
}

/** True if a row's display name, read as a field, equals its name in links. */
export const hasLinkName = (type: string): boolean => typeFacts(type).calledByLinks === undefined;

const textIn = (value: FieldValue | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

/** The row's name in links, from its own fields: a record has the same name wherever it is reached. */
export function rowName({ type, id, fields }: Row, names: readonly string[]): string | null {
  const { calledByLinks, calledWithoutName } = typeFacts(type);
  const title = textIn(fields['title']);
  if (calledByLinks === 'numberAndTitle' && title !== null) return `#${id}: ${title}`;
  if (calledWithoutName === 'subjectAndContent' && textIn(fields[DISPLAY_NAME]) === null) {
    const parts = [fields['subject'], fields['content']].flatMap((part) => textIn(part) ?? []);
    return parts.length === 0 ? null : parts.join(' - ');
  }
  for (const name of names) {
    const text = textIn(fields[name]);
    if (text !== null) return text;
  }
  return null;
}

/** Longer link chains do not occur in real pages, and each hop multiplies the possible types. */
const MAX_HOPS = 4;
/** The most types for a link at the end of a path: each needs one or two paths of its own. */
const MAX_LEAF_TYPES = 6;

/** The possible keys of a link at the end of a path; it is unknown which of them a site returns (API 3.4). */
interface LeafKeys {
  /** The link itself: a site that supports it returns it whole. */
  readonly link: string;
  /** False if the site is known not to return it. */
  readonly isLinkRead: boolean;
  /** False if the site is known to return the link: it needs no parts. */
  readonly arePartsRead: boolean;
  /** Parts of the linked row as well, one pair for each expected type. */
  readonly types: readonly { readonly type: string; readonly id: string; readonly name: string | null }[];
}

/**
 * The expected types of a link at the end of a path: all valid ones if they are few, otherwise those with a
 * selection. A link to another type is then read with its row.
 */
function leafTypes({ name, validTypes }: ExposedField, selection: EntitySelection): readonly string[] {
  if (validTypes.length > 0 && validTypes.length <= MAX_LEAF_TYPES) return validTypes;
  return [...(selection.links.get(name) ?? [])].flatMap(([type, { fields }]) =>
    fields.size > 0 ? [type] : [],
  );
}

/** `sg_task.Task.step` -> the keys of the link, of `sg_task.Task.step.Step.id` and of its display name. */
export function leafKeys(
  schema: ExposedSchema,
  field: ExposedField,
  selection: EntitySelection,
  path: string,
): LeafKeys {
  const known = schema.facts['read.dottedLinkLeaf'];
  return {
    link: path,
    isLinkRead: known !== 'absent',
    arePartsRead: known !== 'link',
    types: leafTypes(field, selection).map((type) => {
      const exposed = schema.types.get(type);
      const nameField = exposed === undefined ? null : displayNameField(exposed);
      const prefix = `${path}.${type}.`;
      return { type, id: `${prefix}id`, name: nameField === null ? null : `${prefix}${nameField}` };
    }),
  };
}

/** One link of a chain: the field, and the type that it leads to. */
export interface LinkStep {
  readonly field: string;
  readonly type: string;
}

/** What is read of the rows at the end of a chain of links. */
export interface LinkedRows {
  /** From the rows of a plan to these. */
  readonly steps: readonly LinkStep[];
  readonly selection: EntitySelection;
}

/** What dotted paths bring of the row behind a link. */
interface PathPart {
  readonly fields: readonly string[];
  /** What they cannot bring, such as lists, of the rows that they lead to: these rows are read by their ids. */
  readonly left: readonly LinkedRows[];
}

/** `sg_task.Task.`: the beginning of the paths to the fields of such a row. */
export const prefixOf = (steps: readonly LinkStep[]): string =>
  steps.map(({ field, type }) => `${field}.${type}.`).join('');

/**
 * What the search at the start of a chain of single links brings of the row at its end, as dotted paths (API 3.4).
 * Null if that is nothing: a value at a path is no proof that the person may see the row.
 */
export function pathPart(
  schema: ExposedSchema,
  selection: EntitySelection,
  steps: readonly LinkStep[],
): PathPart | null {
  const typeName = steps.at(-1)?.type ?? '';
  const type = schema.types.get(typeName);
  if (type === undefined || steps.length > MAX_HOPS || selection.fields.has(ROW)) return null;
  if (tellsOfOthers(typeName)) return null;
  const parts: PathPart[] = [];
  const left = new Set<string>();
  for (const name of selection.fields) {
    const field = type.fields.get(name);
    if (field === undefined) continue;
    const part = partOfField(schema, field, selection, steps);
    if (part === null) left.add(name);
    else parts.push(part);
  }
  if (parts.length === 0 && left.size > 0) return null;
  return {
    fields: parts.flatMap(({ fields }) => fields),
    left: [
      ...(left.size > 0 ? [{ steps, selection: partOf(selection, left) }] : []),
      ...parts.flatMap((part) => part.left),
    ],
  };
}

function partOfField(
  schema: ExposedSchema,
  field: ExposedField,
  selection: EntitySelection,
  steps: readonly LinkStep[],
): PathPart | null {
  const path = `${prefixOf(steps)}${field.name}`;
  if (field.valueType.shown === 'links') return null;
  if (field.valueType.shown !== 'link') return { fields: [path], left: [] };
  const isNamed = selection.namedLinks.has(field.name);
  const keys = leafKeys(schema, field, selection, path);
  if (keys.types.length === 0 || keys.types.length > MAX_LEAF_TYPES) return null;
  const fields = keys.isLinkRead ? [keys.link] : [];
  const left: LinkedRows[] = [];
  for (const { type, id, name } of keys.types) {
    if (keys.arePartsRead) fields.push(id, ...(isNamed && name !== null ? [name] : []));
    const target = selection.links.get(field.name)?.get(type);
    if (!schema.types.has(type) || target === undefined || target.fields.size === 0) continue;
    const further = [...steps, { field: field.name, type }];
    // The path at least brings the id, by which the row is read beside those of the levels above.
    const part = pathPart(schema, target, further) ?? {
      fields: [],
      left: [{ steps: further, selection: target }],
    };
    fields.push(...part.fields);
    left.push(...part.left);
  }
  return { fields, left };
}

/** These fields of a selection. */
const partOf = (
  { links, namedLinks, askedAs }: EntitySelection,
  names: ReadonlySet<string>,
): EntitySelection => ({
  fields: names,
  links: new Map([...links].filter(([name]) => names.has(name))),
  namedLinks: new Set([...namedLinks].filter((name) => names.has(name))),
  ...(askedAs && { askedAs }),
});
