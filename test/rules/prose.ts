import type { SourceFile } from './source-files.ts';

/** A phrase that readers had to read twice, the reason, and what to write. */
export interface Phrase {
  readonly pattern: RegExp;
  readonly reason: string;
  readonly instead: string;
}

/** Phrases that must not come back. A new row is added once none of it is left. */
export const PHRASES: readonly Phrase[] = [
  { pattern: /\banew\b/iu, reason: 'archaic', instead: 'again' },
  { pattern: /\beldest\b/iu, reason: 'is said of people', instead: 'oldest' },
  { pattern: /\bwhoever\b/iu, reason: 'a clause without a noun', instead: 'the person who, a client that' },
  { pattern: /\bwhomever\b/iu, reason: 'a clause without a noun', instead: 'the person whom' },
  { pattern: /\bheeds?\b/iu, reason: 'archaic', instead: 'respects, reads' },
  { pattern: /\bin vain\b/iu, reason: 'idiom', instead: 'failed, without a result' },
  { pattern: /\bin our words\b/iu, reason: 'private idiom', instead: 'our own message' },
  { pattern: /\blet go of\b/iu, reason: 'idiom', instead: 'released' },
  { pattern: /\botherwise than\b/iu, reason: 'needs a second reading', instead: 'differs from' },
  { pattern: /\bnone of (?:their|his|her|our) business\b/iu, reason: 'idiom', instead: 'never revealed to' },
  { pattern: /\bgiven on\b/iu, reason: 'idiom', instead: 'reassigned' },
  { pattern: /\bby and by\b/iu, reason: 'archaic', instead: 'later' },
  { pattern: /\bsomebody else than\b/iu, reason: 'no English', instead: 'a different person than' },
  { pattern: /\btold apart\b/iu, reason: 'idiom', instead: 'distinguished, separated' },
  { pattern: /\bput right\b/iu, reason: 'idiom', instead: 'corrected, fixed' },
  { pattern: /\bthat is none\b/iu, reason: 'needs a second reading', instead: 'invalid, unknown' },
  { pattern: /\btaken away\b/iu, reason: 'idiom', instead: 'removed' },
  { pattern: /\bbegun again\b/iu, reason: 'idiom', instead: 'started again' },
  { pattern: /\bmade up\b/iu, reason: 'idiom', instead: 'invented, forged' },
  { pattern: /\bseldom\b/iu, reason: 'archaic', instead: 'rarely' },
];

const TITLE = /\b(?:it|describe)(?:\.\w+(?:\([^)]*\))?)?\(\s*(?:'[^'\n]*'|"[^"\n]*"|`[^`\n]*`)/gu;

/** What people read of a file: all of it, and of a test its titles. */
const proseOf = ({ path, text }: SourceFile): string =>
  path.startsWith('test/') ? [...text.matchAll(TITLE)].map(([title]) => title).join('\n') : text;

/** The phrases of the table in these files, each as a sentence that says what to write. */
export function phrasesIn(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const prose = proseOf(file);
    return PHRASES.flatMap(({ pattern, reason, instead }) => {
      const [found] = pattern.exec(prose) ?? [];
      return found === undefined ? [] : [`${file.path}: "${found}" (${reason}). Write: ${instead}.`];
    });
  });
}
