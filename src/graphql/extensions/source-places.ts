import { readFile } from 'node:fs/promises';

/** Finds classes and their members in the text of a module, for messages. */
export interface SourcePlaces {
  readonly file: string;
  /** `file:line`, or the file alone where the line is not known. */
  of(className: string, member?: string): string;
  /** `file:line` of the first line that has this text. */
  ofText(text: RegExp): string | undefined;
  /** Whether a class of that name is declared in the file. */
  has(className: string): boolean;
}

export async function sourcePlaces(file: string): Promise<SourcePlaces> {
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  const lineOf = (name: string): number => lines.findIndex((line) => declares(line, name));
  return {
    file,
    has: (name) => lineOf(name) >= 0,
    ofText(text) {
      const at = lines.findIndex((line) => text.test(line));
      return at < 0 ? undefined : `${file}:${at + 1}`;
    },
    of(name, member) {
      const start = lineOf(name);
      if (start < 0) return file;
      const inside = lines.findIndex(
        (line, at) => at > start && member !== undefined && isMember(line, member),
      );
      return `${file}:${(inside < 0 ? start : inside) + 1}`;
    },
  };
}

/** A compiler writes `class Name`, or `let Name = class Name` where the class is decorated. */
function declares(line: string, name: string): boolean {
  const words = line.match(/[\w$]+/gu) ?? [];
  return words.some((word, index) => word === 'class' && words[index + 1] === name);
}

function isMember(line: string, name: string): boolean {
  const text = line.trim().replace(/^async /u, '');
  return text.startsWith(name) && /^\s*[(;=:!?]/u.test(text.slice(name.length));
}
