import { parseEnv } from 'node:util';
import { UsageError } from '../command.ts';

export interface SettingsText {
  readonly text: string;
  /** Names that were missing. */
  readonly added: readonly string[];
}

/**
 * The text of `.env` with the values that it lacks. What is there stays as it is, with its line ends.
 *
 * @throws UsageError for a value that no line of such a file can hold
 */
export function settingsText(before: string, values: Readonly<Record<string, string>>): SettingsText {
  const there = parseEnv(before.replace(/^\uFEFF/u, '').replaceAll('\r\n', '\n'));
  const added = Object.keys(values).filter((name) => !(name in there) && !(`${name}_FILE` in there));
  const lines = added.map((name) => lineOf(name, values[name] ?? ''));
  const lineEnd = hasWindowsLines(before) ? '\r\n' : '\n';
  const isOpen = before !== '' && !before.endsWith('\n');
  const text = [...(isOpen ? [lineEnd] : []), ...lines.map((line) => `${line}${lineEnd}`)].join('');
  return { text: `${before}${text}`, added };
}

export const hasWindowsLines = (text: string): boolean => text.includes('\r\n');

/** Such a file has no escapes: the quotation mark is one that the value does not have. */
function lineOf(name: string, value: string): string {
  const mark = /^[\w:/.@+=,-]*$/u.test(value) ? '' : ["'", '"', '`'].find((each) => !value.includes(each));
  const line = `${name}=${mark}${value}${mark}`;
  if (mark !== undefined && parseEnv(line)[name] === value) return line;
  throw new UsageError(
    `${name} has characters that a line of .env cannot hold. Put it into a file, and set ${name}_FILE in .env to its path.`,
  );
}
