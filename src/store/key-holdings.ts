import { decodeProtectedHeader } from 'jose';
import { placedStore } from './place.ts';
import type { Store } from './store.ts';
import { keyIdOf, kindOf, LASTING } from './vault.ts';

export interface KeyHoldings {
  /** Records that the last key holds, by kind. */
  readonly oldest: ReadonlyMap<string, number>;
  /** Records that no key of ours opens. */
  readonly unknown: number;
}

/** What would be lost with the last key of the list, and what is lost already. Reads every record that the vault would. */
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

/** Those of the place, and those of before there were places that the place has none instead of. */
async function* readableIn(store: Store, place: string): AsyncIterable<readonly [string, string]> {
  const placed = placedStore(store, place);
  yield* placed.entries('');
  for (const kind of LASTING) {
    for await (const entry of store.entries(`${kind}:`)) {
      if ((await placed.get(entry[0])) === undefined) yield entry;
    }
  }
}

/** Undefined for what is not encrypted, such as locks. */
function keyNameIn(value: string): string | undefined {
  try {
    const { kid } = decodeProtectedHeader(value);
    return typeof kid === 'string' ? kid : undefined;
  } catch {
    return undefined;
  }
}
