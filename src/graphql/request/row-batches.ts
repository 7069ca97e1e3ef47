import DataLoader from 'dataloader';
import { isPlain } from '../../base/bare.ts';

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
  /** Where the document, or the schema, gives these arguments. */
  readonly source: object;
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
  { place, args, run, source }: Batch<Row>,
  { row, key }: { readonly row: Row; readonly key: unknown },
): Promise<unknown> {
  const name = `${place}${textOf(args, numberOf(source))}`;
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

const numbers = new WeakMap<object, number>();
let last = 0;

function numberOf(source: object): number {
  const known = numbers.get(source) ?? (last += 1);
  numbers.set(source, known);
  return known;
}

/**
 * Equal for equal arguments only. Scalars and enums of classes may have values that cannot be compared by what they
 * hold, such as a set: those are the same for all rows at one place of the document, and differ elsewhere.
 */
function textOf(value: unknown, source: number): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return `[${value.map((item: unknown) => textOf(item, source)).join()}]`;
  if (isPlain(value)) {
    const entries = Object.entries(value);
    return `{${entries.map(([name, item]) => `${JSON.stringify(name)}:${textOf(item, source)}`).join()}}`;
  }
  const isOpaque = typeof value === 'function' || typeof value === 'symbol' || Object(value) === value;
  return isOpaque ? `#${source}` : String(value);
}
