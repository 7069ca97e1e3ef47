import { text } from 'node:stream/consumers';
import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import type { Terminal, Tone } from '../command.ts';
import { createAsker } from './asker.ts';

/** What a terminal needs of a stream: a pipe and a file have neither width nor colours. */
export type Output = Pick<NodeJS.WritableStream, 'write'> &
  Partial<Pick<WriteStream, 'isTTY' | 'columns' | 'hasColors'>>;

/** What a terminal needs of the standard input. */
export type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };

const COLOURS = { bad: 'red', warning: 'yellow' } as const satisfies Record<Tone, string>;
const CLEAR_LINE = '\r\u001B[K';

/**
 * The terminal of a process. Colours and progress are for people only: a pipe or a file gets plain lines.
 * `NO_COLOR`, `FORCE_COLOR` and `TERM=dumb` are Node's to read.
 */
export function createTerminal(output: Output, errors: Output, input?: Input): Terminal {
  let isProgressShown = false;
  const clear = (): string => {
    const before = isProgressShown ? CLEAR_LINE : '';
    isProgressShown = false;
    return before;
  };
  return {
    ...(output.isTTY === true && input?.isTTY === true && { ask: createAsker() }),
    readInput: async () => (input === undefined ? '' : text(input)),
    ...(output.isTTY === true && output.columns !== undefined && { columns: output.columns }),
    print(text, tone) {
      if (isProgressShown) errors.write(clear());
      const isColoured = tone !== undefined && output.isTTY === true && output.hasColors?.() === true;
      output.write(`${isColoured ? styleText(COLOURS[tone], text, { validateStream: false }) : text}\n`);
    },
    printError(text) {
      errors.write(`${clear()}${text}\n`);
    },
    progress(text) {
      if (errors.isTTY !== true) return;
      errors.write(`${CLEAR_LINE}${text}`);
      isProgressShown = true;
    },
    end() {
      if (isProgressShown) errors.write(clear());
    },
  };
}
