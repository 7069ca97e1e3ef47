import { AppError } from '../../base/errors.ts';
import type { ExposedSchema } from '../../site/expose.ts';
import type { FieldInfo } from '../ports/ports.ts';
import { withDetails } from '../ports/with-details.ts';

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
