import { type Checks, LinkDoubts } from '../../query/input/link-doubts.ts';
import { readFieldInfo } from '../../shotgun/calls/field-info.ts';
import type { GraphqlContext } from '../request/context.ts';
import type { SchemaParts } from './schema-parts.ts';

/**
 * Compiles what a client gave, and has the live schema judge what the pulled one does not know, as the person.
 *
 * @throws AppError BAD_USER_INPUT before anything else is asked or written
 */
export async function liveChecked<T>(
  { schema }: SchemaParts,
  { site }: GraphqlContext,
  compile: (checks: Checks) => T,
): Promise<T> {
  const doubts = new LinkDoubts();
  const compiled = compile({ schema, doubts });
  await doubts.settle(
    (place) => site.call(readFieldInfo(place)),
    (type) => schema.types.has(type),
  );
  return compiled;
}
