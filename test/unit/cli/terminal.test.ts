import { describe, expect, it } from 'vitest';
import { createTerminal, type Output } from '../../../src/cli/line/terminal.ts';

interface Written extends Output {
  readonly text: () => string;
}

function output(terminal: Pick<Output, 'isTTY' | 'hasColors'> = {}): Written {
  const parts: string[] = [];
  return {
    ...terminal,
    write: (part: string | Uint8Array) => {
      parts.push(String(part));
      return true;
    },
    text: () => parts.join(''),
  };
}
const watched = { isTTY: true, hasColors: () => true };

describe('what a command prints', () => {
  it('is plain text in a pipe: neither colours nor progress', () => {
    const [printed, errors] = [output(), output()];
    const terminal = createTerminal(printed, errors);
    terminal.progress?.('1 of 2');
    terminal.print('fail  site', 'bad');
    terminal.printError('no');
    terminal.end?.();
    expect([printed.text(), errors.text()]).toEqual(['fail  site\n', 'no\n']);
  });

  it('is coloured at a terminal that shows colours, and plain at one that does not', () => {
    const [colourful, plain] = [output(watched), output({ isTTY: true, hasColors: () => false })];
    for (const printed of [colourful, plain]) createTerminal(printed, output()).print('fail  site', 'bad');
    expect(colourful.text()).toBe('\u001B[31mfail  site\u001B[39m\n');
    expect(plain.text()).toBe('fail  site\n');
  });

  it('takes progress away before the next line and at the end', () => {
    const errors = output(watched);
    const terminal = createTerminal(output(), errors);
    terminal.progress?.('1 of 2');
    terminal.printError('Shot: refused');
    terminal.progress?.('2 of 2');
    terminal.end?.();
    expect(errors.text()).toBe('\r\u001B[K1 of 2\r\u001B[KShot: refused\n\r\u001B[K2 of 2\r\u001B[K');
  });
});
