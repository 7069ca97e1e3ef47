import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Finds classes and their members in the text of a module and of the files that it imports, for messages. */
export interface SourcePlaces {
  readonly file: string;
  /** `file:line`, or the file alone where the line is not known. */
  of(className: string, member?: string): string;
  /** `file:line` of the first line that is meant. */
  ofLine(isMeant: (line: string) => boolean): string | undefined;
  /** Whether a class of that name is declared there. */
  has(className: string): boolean;
}

export async function sourcePlaces(file: string): Promise<SourcePlaces> {
  const sources = await sourcesOf(file);
  const lineOf = ({ lines }: Source, name: string): number => lines.findIndex((line) => declares(line, name));
  const sourceOf = (name: string): Source | undefined => sources.find((source) => lineOf(source, name) >= 0);
  return {
    file,
    has: (name) => sourceOf(name) !== undefined,
    ofLine(isMeant) {
      const source = sources.find(({ lines }) => lines.some(isMeant));
      return source && `${source.file}:${source.lines.findIndex(isMeant) + 1}`;
    },
    of(name, member) {
      const source = sourceOf(name);
      if (source === undefined) return file;
      const start = lineOf(source, name);
      const inside = source.lines.findIndex(
        (line, at) => at > start && member !== undefined && isMember(line, member),
      );
      return `${source.file}:${(inside < 0 ? start : inside) + 1}`;
    },
  };
}

interface Source {
  readonly file: string;
  readonly lines: readonly string[];
}

/** What stands in quotes after `from` or `import`, and is a file beside the module. */
const IMPORTED = /\b(?:from|import)\s{0,9}['"](?<path>\.{1,2}\/[^'"\n]{1,500})['"]/gu;

/** The module, and the files beside it that it imports. */
async function sourcesOf(module: string): Promise<readonly Source[]> {
  const files = new Set([module]);
  const sources: Source[] = [];
  // Those that are added meanwhile come too.
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => '');
    sources.push({ file, lines: text.split('\n') });
    for (const { groups } of text.matchAll(IMPORTED))
      files.add(resolve(dirname(file), groups?.['path'] ?? ''));
  }
  return sources;
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
