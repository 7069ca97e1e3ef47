import { bare, ownValue } from '../base/bare.ts';
import { AppError } from '../base/errors.ts';
import type { WriteValues } from '../shotgun/shotgun.ts';
import type { ExposedField, ExposedSchema, ExposedType } from '../site/expose.ts';
import { fileLink, type FileLinkInput } from './file-links.ts';
import { type LinkInput, linkOf, systemTypeOf } from './links.ts';
import { writableFields, type WriteMode } from './writable-fields.ts';

/** An input as the client gave it: by GraphQL names, already typed by the schema. */
export type WriteInput = Readonly<Record<string, unknown>>;

/**
 * The values as the API takes them, checked as far as the schema says, before any call.
 *
 * @param mode a new record takes lists of links; a change takes them with the mode wrapper, because a bare list would
 * replace what is there (API 5.2)
 * @throws AppError BAD_USER_INPUT with path, value and the legal values
 */
export function compileWrite(
  schema: ExposedSchema,
  type: ExposedType,
  input: WriteInput,
  mode: WriteMode,
): WriteValues {
  const values: Record<string, unknown> = bare({});
  for (const field of writableFields(type, mode)) {
    const value = ownValue(input, field.graphqlName);
    if (value !== undefined) values[field.name] = writeValue({ schema, type, mode }, field, value);
  }
  if (mode === 'update' && Object.keys(values).length === 0) {
    throw new AppError('BAD_USER_INPUT', {
      message: 'The input changes nothing.',
      details: { path: 'input' },
    });
  }
  return values;
}

/** Types whose rows people read as said by `user`; whether the site fills it in for a script is unknown (API 8, Note). */
const SAID_BY_USER: ReadonlySet<string> = new Set(['Note', 'Reply']);

/** The values of a new row, with the person as its author where the row is something said and names nobody. */
export function withAuthor(
  type: ExposedType,
  values: WriteValues,
  { type: personType, id }: LinkInput,
): WriteValues {
  const isMissing =
    SAID_BY_USER.has(type.type) && type.fields.has('user') && ownValue(values, 'user') === undefined;
  return isMissing ? { ...values, user: { type: personType, id } } : values;
}

interface Writing {
  readonly schema: ExposedSchema;
  readonly type: ExposedType;
  readonly mode: WriteMode;
}

function writeValue({ schema, type, mode }: Writing, field: ExposedField, value: unknown): unknown {
  switch (field.dataType) {
    case 'entity':
      return value === null ? null : linkOf(schema, field, value as LinkInput, inputPath(field));
    case 'multi_entity':
      return mode === 'create'
        ? linkList(schema, field, value as LinkInput[])
        : linkChange(schema, field, value as Readonly<Record<string, LinkInput[] | null | undefined>>);
    case 'url':
      return value === null ? null : fileLink(field, value as FileLinkInput, type.type);
    case 'float':
      // Whole numbers are refused as JSON integers; text is taken (API 5.3).
      return typeof value === 'number' ? String(value) : value;
    case 'checkbox':
      if (value === null) throw badValue(field, value, 'A checkbox is true or false, never null.');
      return value;
    case 'list':
    case 'status_list':
      return choiceValue(field, value);
    case 'color':
      return colorValue(type, field, value);
    case 'entity_type':
      return typeof value === 'string' ? systemTypeOf(schema, value) : value;
    case 'jsonb':
    case 'serializable':
      if (typeof value === 'object') return value;
      throw badValue(field, value, 'Give an object or a list: ShotGrid keeps no bare values here.');
    default:
      return value;
  }
}

const TRIPLE = /^(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:,(?:25[0-5]|2[0-4]\d|1?\d?\d)){2}$/u;
/** What a Task takes beside a triple: the colour of its step, and names that are stored as triples (API 5.3). */
const TASK_COLOURS = ['pipeline_step', 'Blue', 'Orange', 'Pink', 'Red', 'Green', 'Purple', 'Grey', 'Black'];

function colorValue({ type }: ExposedType, field: ExposedField, value: unknown): unknown {
  const isTask = type === 'Task';
  const isLegal =
    typeof value === 'string' ? TRIPLE.test(value) || (isTask && TASK_COLOURS.includes(value)) : !isTask;
  if (isLegal) return value;
  const legal = ['r,g,b', ...(isTask ? TASK_COLOURS : [])];
  throw badValue(field, value, 'Give a colour as "r,g,b", each from 0 to 255, without spaces.', { legal });
}

function choiceValue(field: ExposedField, value: unknown): unknown {
  // Empty text clears the field, as null does (API 5.3).
  const isLegal =
    value === null ||
    value === '' ||
    field.validValues.length === 0 ||
    (typeof value === 'string' && field.validValues.includes(value));
  if (isLegal) return value;
  throw badValue(field, value, `The value is not among those of ${field.graphqlName}.`, {
    legal: field.validValues,
  });
}

const linkList = (
  schema: ExposedSchema,
  field: ExposedField,
  links: readonly LinkInput[] | null,
): LinkInput[] =>
  (links ?? []).map((link, index) => linkOf(schema, field, link, [...inputPath(field), String(index)]));

const MODES = ['set', 'add', 'remove'] as const;

function linkChange(
  schema: ExposedSchema,
  field: ExposedField,
  change: Readonly<Record<string, LinkInput[] | null | undefined>> | null,
): unknown {
  const given = MODES.filter((mode) => change?.[mode] !== undefined && change[mode] !== null);
  const [mode] = given;
  if (mode === undefined || given.length !== 1) {
    throw badValue(field, given, `Give exactly one of set, add and remove for ${field.graphqlName}.`);
  }
  return { multi_entity_update_mode: mode, value: linkList(schema, field, change?.[mode] ?? []) };
}

const inputPath = (field: ExposedField): string[] => ['input', field.graphqlName];

function badValue(
  field: ExposedField,
  value: unknown,
  message: string,
  more: Readonly<Record<string, unknown>> = {},
): AppError {
  const path = inputPath(field).join('.');
  return new AppError('BAD_USER_INPUT', { message, details: { path, value, ...more } });
}
