import { decodeProtectedHeader } from 'jose';
import { placedStore, keyIdOf, kindOf, LASTING } from './vault.ts';
import type { Store } from './store.ts';

/** Which records depend on the last encryption key. */
export interface KeyHoldings {
  /** Number of records that only the last key of the list opens, by kind. */
  readonly oldest: ReadonlyMap<string, number>;
  /** Number of records that none of our keys opens. */
  readonly unknown: number;
}

/**
 * Counts the records that removing the last key would lose, and those that are lost already. It reads every record
 * that the vault could read.
 * While Redis resizes its table it may give a key twice (SCAN), so the counts can be too high.
 */
export async function holdingsOf(
  store: Store,
  place: string,
  encryptionKeys: readonly Uint8Array[],
): Promise<KeyHoldings> {
  const names = encryptionKeys.map(keyIdOf);
  const oldest = new Map<string, number>();
  let unknown = 0;
  for await (const [key, value] of readableIn(store, place)) {
    const name = keyNameIn(value);
    if (name === undefined) continue;
    if (!names.includes(name)) unknown += 1;
    else if (name === names.at(-1)) oldest.set(kindOf(key), (oldest.get(kindOf(key)) ?? 0) + 1);
  }
  return { oldest, unknown };
}

/** Records of the place, and older records without a place where the place has none under that key. */
async function* readableIn(store: Store, place: string): AsyncIterable<readonly [string, string]> {
  const placed = placedStore(store, place);
  yield* placed.entries('');
  for (const kind of LASTING) {
    for await (const entry of store.entries(`${kind}:`)) {
      if ((await placed.get(entry[0])) === undefined) yield entry;
    }
  }
}

/** Undefined for a value that is not encrypted, such as a lock. */
function keyNameIn(value: string): string | undefined {
  try {
    const { kid } = decodeProtectedHeader(value);
    return typeof kid === 'string' ? kid : undefined;
  } catch {
    return undefined;
  }
}
