import type { Store } from '../../src/store/store.ts';

/** More turns of the event loop than a caller needs that does not wait for the write. */
const TURNS = 500;

/**
 * Bends the writes under keys with this part: the first one fails, and while the second is under way another caller runs as far
 * as it gets. If it reads the record twice, its second read is answered after the write, with what was there before it.
 *
 * @returns the other caller's result, once it has begun
 */
export function duringLateWrite<T>(store: Store, keyPart: string, otherCaller: () => Promise<T>): Promise<T> {
  const { get, replace } = store;
  let writes = 0;
  const reads = { meanwhile: 0 };
  let isUnderWay = false;
  let land = (): void => undefined;
  const landed = new Promise<void>((resolve) => (land = resolve));
  store.get = async (key) => {
    const found = await get.call(store, key);
    if (!isUnderWay || !key.includes(keyPart)) return found;
    reads.meanwhile += 1;
    if (reads.meanwhile > 1) await landed;
    return found;
  };
  return new Promise((resolve) => {
    store.replace = async (...change) => {
      if (!change[0].includes(keyPart)) return replace.apply(store, change);
      writes += 1;
      if (writes === 1) throw new Error('lost');
      if (writes > 2) return replace.apply(store, change);
      isUnderWay = true;
      const other = otherCaller();
      resolve(other);
      for (let turn = 0; turn < TURNS && reads.meanwhile < 2; turn += 1) await new Promise(setImmediate);
      const isDone = await replace.apply(store, change);
      isUnderWay = false;
      // What waits for the write goes on before the delayed read does.
      setImmediate(() => setImmediate(land));
      return isDone;
    };
  });
}
