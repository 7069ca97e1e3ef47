import type { GraphQLResolveInfo } from 'graphql';
import { hasLeft } from '../../base/deadline.ts';
import { AppError, type ErrorCode, toAppError } from '../../base/errors.ts';
import type { ConnectedRow, ConnectorCall, RootResolver, RowsResolver } from '../../systems/connector.ts';
import type { GraphqlContext } from '../request/context.ts';
import { untilOver } from '../request/in-time.ts';
import type { Resolver, RowsSource } from '../resolve/declared-fields.ts';

/** What adds a field: the connector of a system, or the classes of an extension. */
export interface Origin<Call> {
  readonly name: string;
  /** Named in the details of an error that its own code has made. */
  readonly kind: 'connector' | 'class';
  /** What its code is called with. Null if the system is not configured. */
  callOf(context: GraphqlContext): Call | null;
}

/** The connector of a system. */
export const connectorOf = (name: string): Origin<ConnectorCall> => ({
  name,
  kind: 'connector',
  callOf: (context) => context.systems(name),
});

type RowsRun<Call> = (
  rows: Parameters<RowsResolver>[0],
  args: Parameters<RowsResolver>[1],
  call: Call,
) => Promise<unknown>;

/** A field that is run for all rows that select it with the same arguments, across aliases and branches. */
export const ofRows = <Call>(origin: Origin<Call>, field: string, run: RowsRun<Call>): RowsSource => ({
  kind: 'rows',
  needs: [],
  details: { system: origin.name, field },
  begin(context) {
    const call = origin.callOf(context);
    if (call === null) return null;
    return (rows, args) =>
      guarded(origin, field, context.signal, () => valuesOf(origin, field, rows, run(rows, args, call)));
  },
});

async function valuesOf(
  origin: Pick<Origin<unknown>, 'name' | 'kind'>,
  field: string,
  rows: readonly ConnectedRow[],
  running: Promise<unknown>,
): Promise<readonly unknown[]> {
  const values = await running;
  const given: readonly unknown[] = Array.isArray(values) ? values : [];
  const shown = given.map((value) => valueOf(origin, field, value));
  if (Array.isArray(values) && given.length === rows.length) return shown;
  // Nobody waits for these any more.
  void Promise.allSettled(shown);
  throw new AppError('SYSTEM_BROKEN', { details: { system: origin.name, field, reason: 'count' } });
}

/** One row's failure is that row's own, and its words stay hidden. */
function valueOf(origin: Pick<Origin<unknown>, 'name' | 'kind'>, field: string, value: unknown): unknown {
  if (value instanceof Error) return brokenBy(origin, field, value);
  if (!(value instanceof Promise)) return value;
  return value.catch((cause: unknown) => {
    throw brokenBy(origin, field, cause);
  });
}

const brokenBy = (
  { name: system, kind }: Pick<Origin<unknown>, 'name' | 'kind'>,
  field: string,
  cause: unknown,
): AppError =>
  cause instanceof AppError
    ? cause
    : new AppError('SYSTEM_BROKEN', { details: { system, field, reason: kind }, cause });

/** Resolves a root field of a connector. Null if the system is not configured. */
export function ofRoot<Call>(origin: Origin<Call>, field: string, run: RootRun<Call>): Resolver {
  return (_root, args, context, info) => {
    const call = origin.callOf(context);
    return call === null ? null : guarded(origin, field, context.signal, () => run(args, call, info));
  };
}

type RootRun<Call> = (
  args: Parameters<RootResolver>[0],
  call: Call,
  info: GraphQLResolveInfo,
) => Promise<unknown>;

/** A change in another system goes into the same audit trail. */
export function ofMutation<Call>(origin: Origin<Call>, field: string, run: RootRun<Call>): Resolver {
  const { name: system } = origin;
  return async (_root, args, context, info) => {
    const call = origin.callOf(context);
    if (call === null) return null;
    try {
      const result = await guarded(origin, field, context.signal, () => run(args, call, info));
      context.recordSystemChange(system, field, null);
      return result;
    } catch (error) {
      context.recordSystemChange(system, field, toAppError(error));
      throw error;
    }
  };
}

/** A connector's bug counts as the system's failure: its details stay hidden, and nothing else fails. */
export async function guarded<T>(
  origin: Pick<Origin<unknown>, 'name' | 'kind'>,
  field: string,
  signal: AbortSignal,
  run: () => Promise<T>,
): Promise<T> {
  const { name: system, kind } = origin;
  const code = (): ErrorCode => (hasLeft(signal) ? 'CLIENT_LEFT' : 'SYSTEM_TIMEOUT');
  const late = (): AppError => new AppError(code(), { details: { system, field, reason: kind } });
  if (signal.aborted) throw new AppError(code(), { details: { system, field } });
  try {
    return (await untilOver(signal, run(), late)) as T;
  } catch (cause) {
    throw brokenBy(origin, field, cause);
  }
}
