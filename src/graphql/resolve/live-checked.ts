import { type Checks, LinkDoubts } from '../../query/input/link-doubts.ts';
import { readFieldInfo } from '../../shotgun/calls/field-info.ts';
import type { GraphqlContext } from '../request/context.ts';
import type { SchemaParts } from './schema-parts.ts';

/** The compiled input of a client. */
export interface Compiled<T> {
  readonly compiled: T;
  /**
   * Checks the parts that the pulled schema does not cover against the live schema, as the person. This is a call,
   * so every check without a call comes first.
   *
   * @throws AppError BAD_USER_INPUT
   */
  readonly settle: () => Promise<void>;
}

/** @throws AppError BAD_USER_INPUT for errors that do not depend on the live schema */
export function liveChecked<T>(
  { schema }: SchemaParts,
  { site }: GraphqlContext,
  compile: (checks: Checks) => T,
): Compiled<T> {
  const doubts = new LinkDoubts();
  const compiled = compile({ schema, doubts });
  return {
    compiled,
    settle: () =>
      doubts.settle(
        (place) => site.call(readFieldInfo(place)),
        (type) => schema.types.get(type)?.graphqlName,
      ),
  };
}
