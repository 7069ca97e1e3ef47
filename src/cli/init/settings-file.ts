import { parseEnv } from 'node:util';
import { fileNameOf, findSecret, settingsIn } from '../../config/environment.ts';
import { UsageError } from '../command.ts';

export interface SettingsText {
  readonly text: string;
  /** Names that were missing. */
  readonly added: readonly string[];
}

/**
 * The text of `.env` with the values that it lacks, also those that are blank. The rest stays as it is, with its line ends.
 *
 * @throws UsageError for a value that no line of such a file can hold
 */
export function settingsText(before: string, values: Readonly<Record<string, string>>): SettingsText {
  const there = settingsIn(before);
  const added = Object.keys(values).filter((name) => !there[name] && !there[fileNameOf(name)]);
  let kept = before;
  const lines: string[] = [];
  for (const name of added) {
    const line = lineOf(name, values[name] ?? '');
    const filled = name in there ? withBlankFilled(kept, name, line) : kept;
    if (filled === kept) lines.push(line);
    kept = filled;
  }
  const lineEnd = hasWindowsLines(before) ? '\r\n' : '\n';
  const isOpen = lines.length > 0 && kept !== '' && !kept.endsWith('\n');
  const text = [...(isOpen ? [lineEnd] : []), ...lines.map((line) => `${line}${lineEnd}`)].join('');
  return { text: `${kept}${text}`, added };
}

/**
 * What was tried must be what the server reads later.
 *
 * @throws UsageError naming the settings that have another value in the file
 */
export function assertSameSettings(before: string, tried: Readonly<Record<string, string>>): void {
  const there = settingsIn(before);
  const others = Object.keys(tried).filter((name) => {
    const { text, trouble } = findSecret(there, name);
    return trouble !== undefined || (text !== undefined && text !== tried[name]);
  });
  if (others.length === 0) return;
  throw new UsageError(
    `.env has another value of ${others.join(', ')} than the answer that was tried. Values that are there are not changed: correct or remove them in .env, or give the same answer.`,
  );
}

/** The text with the last blank line of the name filled; unchanged where there is none. */
function withBlankFilled(text: string, name: string, line: string): string {
  const lines = text.split('\n');
  const at = lines.findLastIndex((each) => {
    const [written, value] = each
      .trimEnd()
      .replace(/^export /u, '')
      .split('=', 2);
    return written?.trimEnd() === name && ['', '""', "''"].includes((value ?? 'none').trim());
  });
  if (at < 0) return text;
  return lines.with(at, `${line}${lines[at]?.endsWith('\r') === true ? '\r' : ''}`).join('\n');
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
