import { AppError, toAppError, withDetails } from '../../base/errors.ts';
import { linkNode } from '../../query/decode/field-values.ts';
import type { LinkInput } from '../../query/input/links.ts';
import type { EntityNode, EntitySelection } from '../../query/ports/selection.ts';
import { beginEarly } from './early-calls.ts';
import type { OperationCall } from './own-resolvers.ts';
import type { SchemaParts } from './schema-parts.ts';
import { DONE } from '../answer/told-errors.ts';
import { defaultFieldResolver, type GraphQLSchema } from 'graphql';
import type { GraphqlContext } from '../request/context.ts';

/** One write, with the checks before it. */
export interface Writing {
  readonly type: string;
  /** Calls the site for checks that must precede the change. */
  readonly settle?: () => Promise<void>;
  /** Makes the change and returns the id of the record. */
  readonly write: () => Promise<number>;
}

/**
 * Writes, then reads the client's selection: the site's answer to a write is too incomplete to use (API 5.1). If
 * only id and type are selected, it reads nothing. Any failure after the write is reported with `outcome: done`
 * (told-errors).
 *
 * @throws AppError PLAN_TOO_LARGE before anything is written
 */
export async function writeAndRead(
  parts: SchemaParts,
  call: OperationCall<unknown>,
  { type, settle, write }: Writing,
): Promise<EntityNode> {
  const { context, info } = call;
  const selection = parts.selections.of(info, type);
  const isRead = selection.fields.size > 0 || parts.selections.asks(info, 'name');
  if (isRead) await context.reader.reserve(type, selection);
  await settle?.();
  const id = await write();
  beginEarly(context, { type, id }, { selection, asks: (field) => parts.selections.asks(info, field) });
  return isRead
    ? readWritten(call, { type, id }, selection)
    : linkNode(parts.schema, { type, id, name: null });
}

/** Reads the selection of a changed record. @throws AppError NOT_FOUND if the person may not see it */
export async function readWritten(
  { context }: OperationCall<unknown>,
  { type, id }: LinkInput,
  selection: EntitySelection,
): Promise<EntityNode> {
  const node = await context.reader.one(type, id, selection);
  if (node !== null) return node;
  throw new AppError('NOT_FOUND', {
    message: 'The change was made, but you may not see the result.',
    details: { type, id, outcome: 'done' },
  });
}

/**
 * The error of one of several records that were changed at once but could not be read. Each reports its own
 * outcome.
 */
export function notReadAfter(thrown: unknown, { type, id }: LinkInput): AppError {
  const error = toAppError(thrown);
  return withDetails(error, { type, id, outcome: 'done' }, `${DONE} ${error.message}`);
}

/**
 * Separates the fields of Mutation from each other, including those that systems and classes add: each has its own
 * change record and its own count of searches, because each reads afresh after its change. A launch that is over, or
 * not the person's, refuses each of them before it runs: systems and classes may write ShotGrid too, and only they
 * know.
 */
export function withSeparateChanges(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { resolve = defaultFieldResolver } = field;
    field.resolve = (root, args, context: GraphqlContext, info) => {
      context.changes.begin(String(info.path.key));
      if (context.launchRefusal !== undefined) throw context.launchRefusal;
      context.reader.beginPeriod();
      const result: unknown = resolve(root, args, context, info);
      return result;
    };
  }
  return schema;
}
