import DataLoader from 'dataloader';

/** Arguments of a field. */
export type Args = Readonly<Record<string, unknown>>;

/** Gives one value for each row, in their order. */
export type RunRows<Row extends object> = (rows: readonly Row[], args: Args) => Promise<readonly unknown[]>;

interface KeyedRow {
  readonly row: object;
  /** Equal for the same row. */
  readonly key: unknown;
}

/** Values of fields about rows, by field and arguments. */
export type RowBatches = Map<string, DataLoader<KeyedRow, unknown, unknown>>;

/** One field with equal arguments: its rows are asked for together, across aliases and branches. */
interface Batch<Row extends object> {
  /** `Type.field`. */
  readonly place: string;
  readonly args: Args;
  readonly run: RunRows<Row>;
}

/** The ids of this many rows still fit into an address. */
const MAX_ROWS = 500;

/**
 * Loads the value of one row together with those of the others.
 *
 * @param key equal for the same row, which is asked for once
 */
export function loadOfRow<Row extends object>(
  batches: RowBatches,
  { place, args, run }: Batch<Row>,
  { row, key }: { readonly row: Row; readonly key: unknown },
): Promise<unknown> {
  const name = JSON.stringify([place, args]);
  const known = batches.get(name);
  const loader =
    known ??
    new DataLoader<KeyedRow, unknown, unknown>(
      // Only rows of this field get here.
      (keyed) =>
        run(
          keyed.map((each) => each.row as Row),
          args,
        ),
      { cacheKeyFn: (each) => each.key, maxBatchSize: MAX_ROWS },
    );
  if (known === undefined) batches.set(name, loader);
  return loader.load({ row, key });
}
