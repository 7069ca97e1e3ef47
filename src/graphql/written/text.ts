import { ITEMS_OF_A_SLICE, letOthersGo } from '../../base/loop/slices.ts';
import { NOT_WRITTEN, NotWritten, type Write } from './leaf-text.ts';

/** Writes values of one field of a document, at once or in slices. */
export interface Text {
  readonly write: Write;
  /** Undefined where no value can hold a list. */
  readonly inSlices: ((value: unknown) => Promise<string>) | undefined;
}

const LEFT_OUT: Text = {
  write() {
    throw NOT_WRITTEN;
  },
  inSlices: undefined,
};

/** What is compiled, or the text that writes no value: to find out that it cannot be compiled costs as much as to do it. */
export function orLeftOut(compile: () => Text): Text {
  try {
    return compile();
  } catch (error) {
    if (error === NOT_WRITTEN) return LEFT_OUT;
    throw error;
  }
}

/** Thrown where a value holds more items of lists than one slice: it has to be written in slices. */
export const TOO_LONG = new NotWritten('The answer is too long to be written at once.');

/** Items of the slice that is being written. Nothing else runs meanwhile, so all that write can share it. */
let left = 0;

/** Counts an item of a list. Whether the slice was full before it. */
export function isEnough(): boolean {
  left -= 1;
  return left < 0;
}

/** Begins a slice with the item that found the one before it full, once the others had their turn. */
export async function nextSlice(): Promise<void> {
  await letOthersGo();
  left = ITEMS_OF_A_SLICE - 1;
}

/** The value as text: at once if it is short, else a promise of it. Throws, or rejects, where it cannot be written. */
export function textOf({ write, inSlices }: Text, value: unknown): string | Promise<string> {
  left = ITEMS_OF_A_SLICE;
  try {
    return write(value);
  } catch (error) {
    if (error !== TOO_LONG || inSlices === undefined) throw error;
    return inSlices(value);
  }
}
