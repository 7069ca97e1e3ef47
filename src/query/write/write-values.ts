import { withDetails, AppError } from '../../base/errors.ts';
import { ownValue, bare } from '../../base/bare.ts';
import type { ExposedField, ExposedType } from '../../site/expose.ts';
import type { WriteValues } from '../../shotgun/port/records.ts';
import type { Write } from '../../site/data-types/value-type.ts';
import { typeFacts, DISPLAY_NAME } from '../../site/type-facts.ts';
import { fileLink, type FileLinkInput } from '../input/file-links.ts';
import { type Checks, type LinkAt, type LinkInput, linkOf, systemTypeOf } from '../input/links.ts';

/** Adds the place in the client's input to a refusal of the site, if the refusal names one of its fields. */
export function atInput(thrown: unknown, type: ExposedType, input: WriteInput): unknown {
  const field = thrown instanceof AppError ? refusedField(thrown, type) : undefined;
  if (!(thrown instanceof AppError) || field === undefined) return thrown;
  const value = ownValue(input, field.graphqlName);
  return withDetails(thrown, {
    path: `input.${field.graphqlName}`,
    // A missing right does not depend on the value.
    ...(thrown.code === 'BAD_USER_INPUT' && value !== undefined && { value }),
  });
}

/** The field of the type that a refusal names. */
export function refusedField({ details }: AppError, type: ExposedType): ExposedField | undefined {
  const { entityType = type.type, field } = details ?? {};
  return entityType === type.type && typeof field === 'string' ? type.fields.get(field) : undefined;
}

/** A client's input: by GraphQL names, already typed by the schema. */
export type WriteInput = Readonly<Record<string, unknown>>;

/** The context of one write. */
interface Writing extends Checks {
  readonly type: ExposedType;
  /**
   * A new record accepts lists of links; a change needs the mode wrapper, because a bare list would replace (API
   * 5.2).
   */
  readonly mode: WriteMode;
  /** True for an operation of a batch: some sites ignore the mode of a change of links there (API 5.5). */
  readonly isInBatch?: true;
  /** The place of the input among the arguments, for errors. */
  readonly at: readonly string[];
}

/**
 * The values in the API's form, checked before any call as far as the API's own rules go. Values that an
 * administrator may change while we run (list values, statuses) are not checked here: ShotGrid refuses illegal
 * ones, and names the legal ones.
 *
 * @throws AppError BAD_USER_INPUT with path, value and the legal values
 */
export function compileWrite(writing: Writing, input: WriteInput): WriteValues {
  const { type, mode, at } = writing;
  const values: Record<string, unknown> = bare({});
  for (const field of writableFields(type, mode)) {
    const value = ownValue(input, field.graphqlName);
    const path = [...at, field.graphqlName];
    if (value !== undefined) values[field.name] = writeValue({ ...writing, field, path }, value);
  }
  if (mode === 'update' && Object.keys(values).length === 0) {
    throw new AppError('BAD_USER_INPUT', {
      message: 'The input changes nothing.',
      details: { path: at.join('.') },
    });
  }
  return values;
}

/** The values of a new row; the person becomes the author of a note or reply that names none. */
export function withAuthor(
  type: ExposedType,
  values: WriteValues,
  { type: personType, id }: LinkInput,
): WriteValues {
  const { author } = typeFacts(type.type);
  const isMissing = author !== undefined && type.fields.has(author) && ownValue(values, author) === undefined;
  return isMissing ? { ...values, [author]: { type: personType, id } } : values;
}

/** One field of a write. */
interface FieldPlace extends LinkAt, Writing {}

const writeValue = (place: FieldPlace, value: unknown): unknown => {
  const { write } = place.field.valueType;
  return write === null ? value : WRITES[write](place, value);
};

/** The conversion of each kind of value for ShotGrid. The schema has typed it already. */
const WRITES: Readonly<Record<Write, (place: FieldPlace, value: unknown) => unknown>> = {
  asItIs: (_, value) => value,
  link: (place, value) => (value === null ? null : linkOf(place, value as LinkInput)),
  links: (place, value) =>
    place.mode === 'create'
      ? linkList(place, value as LinkInput[])
      : linkChange(place, value as Readonly<Record<string, LinkInput[] | null | undefined>>),
  file: (place, value) => (value === null ? null : fileLink(place, value as FileLinkInput)),
  // Whole numbers are refused as JSON integers; text is accepted (API 5.3).
  decimalText: (_, value) => (typeof value === 'number' ? String(value) : value),
  neverNull(place, value) {
    if (value === null) throw badValue(place, value, 'A checkbox is true or false, never null.');
    return value;
  },
  colour: (place, value) => colorValue(place, value),
  typeName: ({ schema }, value) => (typeof value === 'string' ? systemTypeOf(schema, value) : value),
  structure(place, value) {
    if (typeof value === 'object') return value;
    throw badValue(place, value, 'Give an object or a list: ShotGrid keeps no bare values here.');
  },
};

const TRIPLE = /^(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:,(?:25[0-5]|2[0-4]\d|1?\d?\d)){2}$/u;
function colorValue(place: FieldPlace, value: unknown): unknown {
  const { colours } = typeFacts(place.type.type);
  const isLegal =
    typeof value === 'string'
      ? TRIPLE.test(value) || colours?.includes(value) === true
      : colours === undefined;
  if (isLegal) return value;
  const legal = ['r,g,b', ...(colours ?? [])];
  throw badValue(place, value, 'Give a colour as "r,g,b", each from 0 to 255, without spaces.', { legal });
}

const linkList = (place: FieldPlace, links: readonly LinkInput[] | null | undefined): LinkInput[] =>
  (links ?? []).map((link, index) => linkOf({ ...place, path: [...place.path, String(index)] }, link));

const MODES = ['set', 'add', 'remove'] as const;

function linkChange(
  place: FieldPlace,
  change: Readonly<Record<string, LinkInput[] | null | undefined>> | null,
): unknown {
  const given = MODES.filter((mode) => change?.[mode] !== undefined && change[mode] !== null);
  const [mode] = given;
  if (mode === undefined || given.length !== 1) {
    const message = `Give exactly one of set, add and remove for ${place.field.graphqlName}.`;
    throw badValue(place, given, message);
  }
  if (place.isInBatch === true && mode !== 'set' && place.schema.facts['batch.linkModes'] === 'replaced') {
    const message =
      'In a batch this site replaces the whole list. Give the whole list as set, or make this change without the batch.';
    throw badValue(place, mode, message);
  }
  const value = linkList({ ...place, path: [...place.path, mode] }, change?.[mode]);
  return { multi_entity_update_mode: mode, value };
}

function badValue(
  { path }: FieldPlace,
  value: unknown,
  message: string,
  more: Readonly<Record<string, unknown>> = {},
): AppError {
  return new AppError('BAD_USER_INPUT', { message, details: { path: path.join('.'), value, ...more } });
}

export type WriteMode = 'create' | 'update';

/** The fields of a type that an input accepts. */
export function writableFields(type: ExposedType, mode: WriteMode): ExposedField[] {
  const { neverWritten = {} } = typeFacts(type.type);
  return [...type.fields.values()].filter(
    (field) =>
      !field.readOnly &&
      (mode === 'create' || !field.createOnly) &&
      field.valueType.write !== null &&
      field.name !== DISPLAY_NAME &&
      !Object.hasOwn(neverWritten, field.name),
  );
}

/**
 * The link without which a new record of the type would be lost: one without its project can be one that nobody can
 * read (API 5.5), and a reply to nothing cannot even be deleted (API 8, Reply). Null where the type has no such field, and
 * for files, which belong to no project unless they are given one (API 8, Attachment).
 */
export function linkToCreateWith({ type, fields, hiddenFields }: ExposedType): string | null {
  const { createdWith: name = 'project' } = typeFacts(type);
  if (name === null) return null;
  const field = fields.get(name);
  return hiddenFields.has(name) || field?.valueType.shown === 'link' ? name : null;
}

/** True if a create can be offered: not if its required link is hidden or read-only. */
export function canCreate(type: ExposedType): boolean {
  const needed = linkToCreateWith(type);
  return needed === null || writableFields(type, 'create').some(({ name }) => name === needed);
}
