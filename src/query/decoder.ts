import { AppError } from '../base/errors.ts';
import type { EntityLink, FieldValue, Row } from '../shotgun/shotgun.ts';
import type { ExposedField, ExposedSchema, ExposedType } from '../site/expose.ts';
import type { EntityNode } from './selection.ts';

type MutableNode = { -readonly [Key in keyof EntityNode]: EntityNode[Key] };
export type { MutableNode };

/** GraphQL name of the type of entities that are linked to but not exposed. */
export const UNEXPOSED_TYPE = 'UnexposedEntity';

/** What a file field has (API 6.3). */
export interface FileValue {
  readonly url: string | null;
  readonly name: string | null;
  readonly contentType: string | null;
  readonly linkType: string | null;
  readonly localPath: string | null;
  readonly id: number | null;
}

/** Turns rows of ShotGrid into nodes. One per request plan, so that the names are looked up once and not per row. */
export interface Decoder {
  node(row: Row): MutableNode;
  /**
   * Marks a linked entity whose row may not be seen: what can be null stays so, what cannot (checkboxes, lists) is an
   * error in its place, for false and [] would say something about the row.
   */
  hide(node: MutableNode): void;
  /** Marks a linked entity whose row could not be read: the error stands in place of each field. */
  fail(node: MutableNode, error: Error): void;
}

export function createDecoder(schema: ExposedSchema, type: ExposedType, fields: Iterable<string>): Decoder {
  const nameField = displayNameField(type);
  const steps = [...fields].flatMap((name) => {
    const field = type.fields.get(name);
    return field === undefined
      ? []
      : [
          {
            source: name,
            target: field.graphqlName,
            decode: decodeOf(schema, field),
            isNullable: isNullable(field),
          },
        ];
  });
  return {
    node(row) {
      const name = nameField === null ? null : row.fields[nameField];
      const node: MutableNode = {
        __typename: type.graphqlName,
        type: row.type,
        id: row.id,
        name: typeof name === 'string' ? name : null,
      };
      for (const { source, target, decode } of steps) node[target] = decode(row.fields[source] ?? null);
      return node;
    },
    hide(node) {
      for (const { target, isNullable } of steps) {
        if (!isNullable) node[target] = new AppError('NOT_FOUND');
      }
    },
    fail(node, error) {
      for (const { target } of steps) node[target] = error;
    },
  };
}

const NEVER_NULL: ReadonlySet<string> = new Set(['checkbox', 'multi_entity']);

/** False for fields that GraphQL promises a value for. */
export const isNullable = (field: ExposedField): boolean => !NEVER_NULL.has(field.dataType);

/** The field that shows an entity's name as links do: most types keep it, others are named by their identity field (API 8). */
export function displayNameField(type: ExposedType): string | null {
  const candidates = ['cached_display_name', 'code', 'name', 'content', 'subject', 'title'];
  return candidates.find((name) => type.fields.get(name)?.dataType === 'text') ?? null;
}

/** A link as a node with what it carries for nothing. */
export function linkNode(schema: ExposedSchema, link: EntityLink): MutableNode {
  const graphqlName = schema.types.get(link.type)?.graphqlName ?? UNEXPOSED_TYPE;
  return { __typename: graphqlName, type: link.type, id: link.id, name: link.name };
}

/** ShotGrid stores links of other types than the field names (API 5.2); a field of one type cannot show them. */
const isOfTarget = (field: ExposedField, link: EntityLink): boolean =>
  field.target === null || link.type === field.validTypes[0];

function singleLink(schema: ExposedSchema, field: ExposedField, link: EntityLink): MutableNode | AppError {
  if (isOfTarget(field, link)) return linkNode(schema, link);
  const { type, id } = link;
  const message = `In ShotGrid ${field.graphqlName} holds an entity of a type that it should not hold.`;
  return new AppError('UPSTREAM_REJECTED', { message, details: { type, id } });
}

function decodeOf(schema: ExposedSchema, field: ExposedField): (value: FieldValue) => unknown {
  switch (field.dataType) {
    case 'entity':
      return (value) => (value === null ? null : singleLink(schema, field, value as EntityLink));
    case 'multi_entity':
      return (value) =>
        ((value ?? []) as EntityLink[])
          .filter((link) => isOfTarget(field, link))
          .map((link) => linkNode(schema, link));
    case 'checkbox':
      // Unset is false, and never null (API 2.5).
      return (value) => value === true;
    case 'float':
      // Floats travel as strings of up to six decimals (API 2.7).
      return (value) => (value === null ? null : Number(value));
    case 'url':
      return fileValue;
    default:
      return (value) => value;
  }
}

function fileValue(value: FieldValue): FileValue | null {
  if (typeof value === 'string') return { ...NO_FILE, url: value };
  if (typeof value !== 'object' || value === null) return null;
  const file = value as Readonly<Record<string, unknown>>;
  const text = (key: string): string | null => (typeof file[key] === 'string' ? file[key] : null);
  return {
    url: text('url'),
    name: text('name'),
    contentType: text('content_type'),
    linkType: text('link_type'),
    localPath: text('relative_path') ?? text('local_path'),
    id: typeof file['id'] === 'number' ? file['id'] : null,
  };
}

const NO_FILE: FileValue = {
  url: null,
  name: null,
  contentType: null,
  linkType: null,
  localPath: null,
  id: null,
};
