import { type Checks, LinkDoubts } from '../../query/input/link-doubts.ts';
import { readFieldInfo } from '../../shotgun/calls/field-info.ts';
import type { GraphqlContext } from '../request/context.ts';
import type { SchemaParts } from './schema-parts.ts';

/** What a client gave, compiled. */
export interface Compiled<T> {
  readonly compiled: T;
  /**
   * Has the live schema judge what the pulled one does not know, as the person. It is a call: whatever can be refused
   * without it comes before.
   *
   * @throws AppError BAD_USER_INPUT
   */
  readonly settle: () => Promise<void>;
}

/** @throws AppError BAD_USER_INPUT for what is wrong whatever the live schema says */
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
