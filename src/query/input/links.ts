import { AppError, withDetails } from '../../base/errors.ts';
import type { ExposedField, ExposedSchema, ExposedType } from '../../site/expose.ts';
import type { FieldInfo } from '../ports/ports.ts';

/** The schemas that check input: the pulled one, and the live one for links that it does not name. */
export interface Checks {
  readonly schema: ExposedSchema;
  /** Collects the links that only the live schema can judge. */
  readonly doubts: LinkDoubts;
}

/** A link to a type that the pulled schema does not name for its field. */
interface Doubt {
  readonly type: string;
  readonly field: string;
  /** The error if the site does not name it either. */
  readonly refusal: AppError;
  readonly linkType: string;
}

/** Each is one call. An administrator changes a few fields at a time; more doubts are mistakes. */
const MAX_FIELDS = 10;

type AskField = (place: { type: string; field: string; projectId: null }) => Promise<FieldInfo>;

/**
 * Links to types that the pulled schema does not name for their field. An administrator may have allowed a type
 * since, so the live schema decides. Ask it before writing: ShotGrid itself stores a link of a wrong type in many
 * fields (API 5.2).
 */
export class LinkDoubts {
  readonly #byField = new Map<string, Doubt[]>();

  add(doubt: Doubt): void {
    const place = `${doubt.type}.${doubt.field}`;
    const ofField = this.#byField.get(place);
    if (ofField === undefined) this.#byField.set(place, [doubt]);
    else ofField.push(doubt);
  }

  /**
   * Reads each field once, and none if no link is in doubt or if too many are. Of several wrong links the first
   * one is reported, in any order of answers.
   *
   * @param nameOf the client-visible name of a live schema's type; undefined for a hidden one
   * @throws AppError BAD_USER_INPUT with path, value and the legal types
   */
  async settle(ask: AskField, nameOf: (type: string) => string | undefined): Promise<void> {
    const fields = [...this.#byField.values()];
    const [first] = fields.flat();
    if (first !== undefined && fields.length > MAX_FIELDS) throw first.refusal;
    const answers = await Promise.all(fields.map(async ([doubt]) => doubt && validTypesOf(ask, doubt)));
    for (const [index, doubts] of fields.entries()) {
      const types = answers[index] ?? [];
      const wrong = doubts.find(({ linkType }) => !types.includes(linkType));
      // A live schema without types does not allow more than the pulled one.
      if (wrong !== undefined && types.length === 0) throw wrong.refusal;
      if (wrong !== undefined)
        throw withDetails(wrong.refusal, { legal: types.flatMap((type) => nameOf(type) ?? []) });
    }
  }
}

/** Null for a field that exists and is in no schema (API 7): only the pulled one describes it. */
async function validTypesOf(
  ask: AskField,
  { type, field }: Pick<Doubt, 'type' | 'field'>,
): Promise<readonly string[] | null> {
  try {
    return (await ask({ type, field, projectId: null })).validTypes;
  } catch (thrown) {
    const isUndeclared =
      thrown instanceof AppError &&
      thrown.code === 'NOT_FOUND' &&
      thrown.details?.['reason'] !== 'unknownName';
    if (isUndeclared) return null;
    throw thrown;
  }
}

/** A client's link: the type by its GraphQL name or, as in `Entity.type`, by ShotGrid's own. */
export interface LinkInput {
  readonly type: string;
  readonly id: number;
}

export const systemTypeOf = (schema: ExposedSchema, type: string): string =>
  schema.names.systemType(type) ?? type;

/** The place of a link: a field of a type, and a place in the input. */
export interface LinkAt extends Checks {
  readonly type: ExposedType;
  readonly field: ExposedField;
  readonly path: readonly string[];
}

/**
 * The link in the API's form. ShotGrid checks the types of some fields only: a wrong one would be stored (API
 * 5.2), or would fail a whole search (API 3.3). A type that the pulled schema does not name for the field becomes
 * a doubt.
 *
 * @throws AppError BAD_USER_INPUT with path, value and the legal types
 */
export function linkOf(
  { schema, type: { type: owner }, field, path, doubts }: LinkAt,
  link: LinkInput,
): LinkInput {
  const type = systemTypeOf(schema, link.type);
  const isNamed = field.validTypes.includes(type);
  if (!isNamed) {
    const refusal = new AppError('BAD_USER_INPUT', {
      message: `${field.graphqlName} does not hold this type.`,
      details: {
        path: path.join('.'),
        value: { type: link.type, id: link.id },
        legal: namesOf(schema, field.validTypes),
      },
    });
    if (!/^[A-Z]\w*$/u.test(type)) throw refusal;
    if (field.validTypes.length > 0) doubts.add({ type: owner, field: field.name, linkType: type, refusal });
  }
  return { type, id: idOf(link.id, [...path, 'id'].join('.')) };
}

/**
 * Checks the id of a record: the site treats some invalid values as "no id" (API 5.5).
 *
 * @throws AppError BAD_USER_INPUT
 */
export function idOf(id: number, path: string): number {
  if (id >= 1) return id;
  throw new AppError('BAD_USER_INPUT', { message: 'An id is 1 or more.', details: { path, value: id } });
}

/** Prefix of a condition on the row behind a link with several types: `onShot`. */
export const ON_TYPE = 'on';

/**
 * The type behind a link, by its GraphQL name. Through a type that the field does not hold, the site finds nothing
 * and reports no error (API 3.4). A type that the pulled schema does not name for the field becomes a doubt.
 *
 * @throws AppError BAD_USER_INPUT with the path
 */
export function heldType({ schema, type: owner, field, path, doubts }: LinkAt, target: string): ExposedType {
  const type = schema.types.get(schema.names.systemType(target) ?? '');
  const isHeld =
    type !== undefined && (field.validTypes.length === 0 || field.validTypes.includes(type.type));
  if (isHeld) return type;
  const refusal = new AppError('BAD_USER_INPUT', {
    message: `${field.graphqlName} does not hold ${target}.`,
    details: { path: path.join('.'), legal: namesOf(schema, field.validTypes) },
  });
  if (type === undefined) throw refusal;
  doubts.add({ type: owner.type, field: field.name, linkType: type.type, refusal });
  return type;
}

const namesOf = (schema: ExposedSchema, types: readonly string[]): readonly string[] =>
  types.flatMap((type) => schema.types.get(type)?.graphqlName ?? []);
