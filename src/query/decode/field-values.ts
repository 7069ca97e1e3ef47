import { bareAndEmpty } from '../../base/bare.ts';
import { AppError } from '../../base/errors.ts';
import { type EntityLink, type FieldValue, isRecordRef, type RecordRef } from '../../shotgun/port/records.ts';
import type { Read } from '../../site/data-types/value-type.ts';
import type { ExposedField, ExposedSchema, ExposedType } from '../../site/expose.ts';
import { fileValue, imageValue } from './file-values.ts';
import type { EntityNode, EntitySelection } from '../ports/selection.ts';
import { hasLinkName, leafKeys } from '../plan/link-paths.ts';

type MutableNode = { -readonly [Key in keyof EntityNode]: EntityNode[Key] };
export type { MutableNode };

/** GraphQL name of the type of entities that are linked to but not exposed. */
export const UNEXPOSED_TYPE = 'UnexposedEntity';

type Link = RecordRef & Partial<EntityLink>;

/** A link as a node, with the fields that every link includes. */
export function linkNode(schema: ExposedSchema, link: Link): MutableNode {
  const graphqlName = schema.types.get(link.type)?.graphqlName ?? UNEXPOSED_TYPE;
  // A row without a name has none, in either of the site's forms.
  const name = link.name === '' ? null : (link.name ?? null);
  return nodeOf(graphqlName, link, name);
}

/** A node that further fields are added to. */
export const nodeOf = (graphqlName: string, { type, id }: RecordRef, name: string | null): MutableNode =>
  Object.assign(bareAndEmpty(), { __typename: graphqlName, type, id, name });

/**
 * ShotGrid stores links of other types than the field names (API 5.2), and an administrator may have allowed
 * another type since the schema was pulled. A field of one type cannot show them.
 */
const isOfTarget = (field: ExposedField, link: RecordRef): boolean =>
  field.target === null || link.type === field.validTypes[0];

/** The link as a node, or an error in its place: a list that omitted it would look complete. */
function typedLink(schema: ExposedSchema, field: ExposedField, link: Link): MutableNode | AppError {
  if (isOfTarget(field, link)) return linkNode(schema, link);
  const { type, id } = link;
  const message = `In ShotGrid ${field.graphqlName} holds an entity of a type that it should not hold. Correct the record there; where an administrator has allowed the type since, the schema has to be pulled again (shotgraph schema pull).`;
  return new AppError('UPSTREAM_REJECTED', { message, details: { type, id, reason: 'linkType' } });
}

/** ShotGrid returned a value that the field's data type does not allow; the caller adds the place. */
const wrongValue = (): AppError => new AppError('UPSTREAM_BROKEN', { details: { reason: 'wrongValue' } });

const MAX_INT = 2 ** 31 - 1;

function wholeNumber(value: FieldValue): unknown {
  if (value === null) return null;
  if (typeof value !== 'number' || !Number.isInteger(value)) return wrongValue();
  if (value <= MAX_INT && value >= -MAX_INT - 1) return value;
  return new AppError('UPSTREAM_BROKEN', {
    message: 'This number is larger than 32 bits hold, so it cannot be shown here. Look at it in ShotGrid.',
    details: { reason: 'outOfRange', value },
  });
}

type Decode = (value: FieldValue) => unknown;

const asItIs: Decode = (value) => value;

/** The conversion of each kind of value. */
const READS: Readonly<Record<Read, (schema: ExposedSchema, field: ExposedField) => Decode>> = {
  asItIs: () => asItIs,
  wholeNumber: () => wholeNumber,
  // Floats travel as strings with up to six decimals (API 2.7).
  decimalText: () => (value) => (value === null ? null : Number(value)),
  // Unset means false, never null (API 2.5).
  unsetIsFalse: () => (value) =>
    value === null || typeof value === 'boolean' ? value === true : wrongValue(),
  link: (schema, field) => (value) => {
    if (value === null) return null;
    return isRecordRef(value) ? typedLink(schema, field, value) : wrongValue();
  },
  links: (schema, field) => (value) => {
    const links: unknown = value ?? [];
    if (!Array.isArray(links) || !links.every(isRecordRef)) return wrongValue();
    return links.map((link) => typedLink(schema, field, link));
  },
  file: () => fileValue,
  image: () => imageValue,
};

/** The conversion of a field's value, from a row or from the end of a path. */
export const decodeOf = (schema: ExposedSchema, field: ExposedField): Decode =>
  READS[field.valueType.read](schema, field);

type Fields = Readonly<Record<string, FieldValue>>;

/** A linked entity whose selection needs more than came with the row that links to it. */
export interface LinkPlace {
  readonly node: MutableNode;
  /** What must be read of it. */
  readonly selection: EntitySelection;
  /** All that is selected of it: more than is left to read, where paths brought a part. */
  readonly whole: EntitySelection;
}

/** Fills nodes with the values at dotted paths of the row that links to them. */
export interface PathFiller {
  /**
   * False if the paths do not contain what they should: the site omitted a form of path that it does not support, or
   * a value is ambiguous. The node must then be read by its id.
   *
   * @param places receives the entities of which the paths leave something
   */
  fill(node: MutableNode, fields: Fields, places: LinkPlace[]): boolean;
}

type Step = (node: MutableNode, fields: Fields, places: LinkPlace[]) => boolean;

/** What paths leave of the rows that they lead to, by the prefix of the paths. */
type LeftByPath = ReadonlyMap<string, EntitySelection>;

/** What a filler needs besides the type of its row. */
interface Filling {
  readonly schema: ExposedSchema;
  readonly left: LeftByPath;
  readonly selection: EntitySelection;
  /** Path to the row, such as `sg_task.Task.`. */
  readonly prefix: string;
}

export function createPathFiller(type: ExposedType, filling: Filling): PathFiller {
  const { schema, selection, prefix, left } = filling;
  const rest = left.get(prefix);
  const steps = [...selection.fields].flatMap((name): Step[] => {
    const field = type.fields.get(name);
    if (field === undefined || rest?.fields.has(name) === true) return [];
    return [
      field.valueType.shown === 'link'
        ? linkStep(field, filling)
        : valueStep(schema, field, `${prefix}${name}`),
    ];
  });
  const fillAll: Step = (node, fields, places) => steps.every((step) => step(node, fields, places));
  const leavesSomething = [...left.keys()].some((path) => path.startsWith(prefix));
  if (!leavesSomething) return { fill: fillAll };
  return {
    fill(node, fields, places) {
      // What is read by its id as a whole needs no rest of its parts.
      const found: LinkPlace[] = rest === undefined ? [] : [{ node, selection: rest, whole: selection }];
      if (!fillAll(node, fields, found)) return false;
      places.push(...found);
      return true;
    },
  };
}

function valueStep(schema: ExposedSchema, field: ExposedField, key: string): Step {
  const decode = decodeOf(schema, field);
  const { graphqlName } = field;
  return (node, fields) => {
    const value = fields[key];
    if (value === undefined) return false;
    // A checkbox is never null (API 2.5) unless the person may not see the row: false would reveal something about
    // it.
    node[graphqlName] = value === null ? null : decode(value);
    return true;
  };
}

function linkStep(field: ExposedField, { schema, selection, prefix, left }: Filling): Step {
  const keys = leafKeys(schema, field, selection, `${prefix}${field.name}`);
  const isNamed = selection.namedLinks.has(field.name);
  const fillers = new Map(
    [...(selection.links.get(field.name) ?? [])].flatMap(([typeName, target]): [string, PathFiller][] => {
      const type = schema.types.get(typeName);
      if (type === undefined || target.fields.size === 0) return [];
      const filling = { schema, left, selection: target, prefix: `${keys.link}.${typeName}.` };
      // A row of which nothing can be read by paths is left as a whole.
      const isWhole = left.get(filling.prefix) === target;
      return [[typeName, isWhole ? readWhole(target) : createPathFiller(type, filling)]];
    }),
  );
  const linkIn = (fields: Fields): EntityLink | null | undefined => {
    const link = fields[keys.link];
    if (link !== undefined) return link as EntityLink | null;
    for (const { type, id, name } of keys.types) {
      const idValue = fields[id];
      if (typeof idValue !== 'number') continue;
      if (!isNamed) return { type, id: idValue, name: null };
      const shown = name === null || !hasLinkName(type) ? undefined : fields[name];
      return typeof shown === 'string' ? { type, id: idValue, name: shown } : undefined;
    }
    // Either empty, or a row that the person may not see, whose link would still be shown.
    return undefined;
  };
  return (node, fields, places) => {
    const link = linkIn(fields);
    if (link === undefined) return false;
    const shown = link === null ? null : typedLink(schema, field, link);
    node[field.graphqlName] = shown;
    if (shown === null || shown instanceof AppError) return true;
    return fillers.get(shown.type)?.fill(shown, fields, places) ?? true;
  };
}

const readWhole = (selection: EntitySelection): PathFiller => ({
  fill(node, _, places) {
    places.push({ node, selection, whole: selection });
    return true;
  },
});
