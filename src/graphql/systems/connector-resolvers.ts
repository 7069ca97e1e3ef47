import DataLoader from 'dataloader';
import type { GraphQLFieldResolver } from 'graphql';
import { hasLeft } from '../../base/deadline.ts';
import { AppError, type ErrorCode, toAppError } from '../../base/errors.ts';
import { type EntityNode, ROW_ONLY, SEEN } from '../../query/ports/selection.ts';
import type { ConnectedRow, ConnectorCall, RootResolver, RowsResolver } from '../../systems/connector.ts';
import type { GraphqlContext } from '../request/context.ts';
import { untilOver } from '../request/in-time.ts';

export type Resolver = GraphQLFieldResolver<unknown, GraphqlContext, Readonly<Record<string, unknown>>>;

/** The ids of this many rows still fit into an address. */
const MAX_ROWS = 500;

/** Batches all rows that select the field with the same arguments into one call, across aliases and branches. */
export function ofRows(system: string, field: string, run: RowsResolver): Resolver {
  return async (root, args, context) => {
    const call = context.systems(system);
    const row = root as EntityNode;
    if (call === null || !(await mayBeSeen(row, context))) return null;
    const { type, id } = row;
    const key = JSON.stringify([system, type, field, args]);
    const { systemRows } = context;
    const loader =
      systemRows.get(key) ??
      new DataLoader<ConnectedRow, unknown, string>(
        (rows) =>
          guarded({ system, field, signal: context.signal }, () =>
            valuesOf(system, field, rows, run(rows, args, call)),
          ),
        { cacheKeyFn: (asked) => `${asked.type}:${asked.id}`, maxBatchSize: MAX_ROWS },
      );
    systemRows.set(key, loader);
    return loader.load({ type, id });
  };
}

/**
 * Whether this request has read the row as the person. A link also shows rows that the person may not see, and a
 * system must not be called for such a row. If the plan included the field, the row was read with the page;
 * otherwise it is read now.
 */
async function mayBeSeen(row: EntityNode, { reader }: GraphqlContext): Promise<boolean> {
  const seen = row[SEEN] ?? (await reader.one(row.type, row.id, ROW_ONLY)) !== null;
  if (typeof seen === 'boolean') return seen;
  throw seen;
}

// oxlint-disable-next-line max-params
async function valuesOf(
  system: string,
  field: string,
  rows: readonly ConnectedRow[],
  running: Promise<readonly unknown[]>,
): Promise<readonly unknown[]> {
  const values = await running;
  if (Array.isArray(values) && values.length === rows.length) return values;
  throw new AppError('SYSTEM_BROKEN', { details: { system, field, reason: 'count' } });
}

/** Resolves a root field of a connector. Null if the system is not configured. */
export function ofRoot(system: string, field: string, run: RootResolver): Resolver {
  return (_root, args, context) => {
    const call = context.systems(system);
    return call === null ? null : guarded({ system, field, signal: context.signal }, () => run(args, call));
  };
}

/** A change in another system goes into the same audit trail. */
export function ofMutation(system: string, field: string, run: RootResolver): Resolver {
  return async (_root, args, context) => {
    const call: ConnectorCall | null = context.systems(system);
    if (call === null) return null;
    try {
      const result = await guarded({ system, field, signal: context.signal }, () => run(args, call));
      context.recordSystemChange(system, field, null);
      return result;
    } catch (error) {
      context.recordSystemChange(system, field, toAppError(error));
      throw error;
    }
  };
}

interface Guarded {
  readonly system: string;
  readonly field: string;
  readonly signal: AbortSignal;
}

/** A connector's bug counts as the system's failure: its details stay hidden, and nothing else fails. */
async function guarded<T>({ system, field, signal }: Guarded, run: () => Promise<T>): Promise<T> {
  const code = (): ErrorCode => (hasLeft(signal) ? 'CLIENT_LEFT' : 'SYSTEM_TIMEOUT');
  const late = (): AppError => new AppError(code(), { details: { system, field, reason: 'connector' } });
  if (signal.aborted) throw new AppError(code(), { details: { system, field } });
  try {
    return (await untilOver(signal, run(), late)) as T;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('SYSTEM_BROKEN', { details: { system, field, reason: 'connector' }, cause });
  }
}
