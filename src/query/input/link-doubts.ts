import { AppError } from '../../base/errors.ts';
import type { ExposedSchema } from '../../site/expose.ts';
import type { FieldInfo } from '../ports/ports.ts';
import { withDetails } from '../ports/with-details.ts';

/** What is given is checked against: the pulled schema, and the live one for what that does not know. */
export interface Checks {
  readonly schema: ExposedSchema;
  /** Gets the links that only the live schema can judge. */
  readonly doubts: LinkDoubts;
}

/** A link to a type that the pulled schema does not name for its field. */
interface Doubt {
  readonly type: string;
  readonly field: string;
  /** What is told where the site does not name it either. */
  readonly refusal: AppError;
  readonly linkType: string;
}

/** Each is a call of its own. An administrator changes a few fields at a time; more in doubt are mistakes. */
const MAX_FIELDS = 10;

type AskField = (place: { type: string; field: string; projectId: null }) => Promise<FieldInfo>;

/**
 * Links to types that the pulled schema does not name for their field. An administrator may have allowed a type since, so
 * the live schema decides. It has to be asked: ShotGrid itself stores a link of a wrong type in many fields (API 5.2).
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
   * Asks once for each field, and nothing where no link is in doubt, or where there are too many to ask for. Of several
   * wrong links the first one is told, whichever answer comes first.
   *
   * @param nameOf what a client is told of a type of the live schema: nothing of one that it may not know
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
      // A live schema that names none is no reason to let more in than the pulled one.
      if (wrong !== undefined && types.length === 0) throw wrong.refusal;
      if (wrong !== undefined)
        throw withDetails(wrong.refusal, { legal: types.flatMap((type) => nameOf(type) ?? []) });
    }
  }
}

/** Null for a field that is there and in no schema (API 7): the pulled one is all that there is. */
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
