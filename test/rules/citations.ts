import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './source-files.ts';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Sections of docs/shotgrid-api.md, as code cites them: `API 3.3` is the section 3.3. */
export function apiSections(): ReadonlySet<string> {
  return new Set(headings('docs/shotgrid-api.md'));
}

/** Sections of docs/threats.md, as code cites them: `docs/threats.md 4.2`. */
export function threatSections(): ReadonlySet<string> {
  return new Set(headings('docs/threats.md'));
}

const headings = (page: string): string[] =>
  [...read(page).matchAll(/^#{2,3} (\d+(?:\.\d+)?)\.? /gmu)].map(([, number = '']) => number);

export interface Case {
  readonly id: string;
  readonly isHeld: boolean;
  /** Test files that its row names. */
  readonly tests: readonly string[];
}

/** The cases of docs/threats.md: those that tests hold, and those that are not built or not tested. */
export function threatCases(): readonly Case[] {
  const [held = '', notBuilt = ''] = read('docs/threats.md').split('### Not built, or not tested');
  return [...rowsOf(held, true), ...rowsOf(notBuilt, false)];
}

/** Test vectors of the signature, which the same page publishes. */
export const vectors = (): readonly string[] =>
  [...read('docs/threats.md').matchAll(/^\| (V\d{1,2}) \|/gmu)].map(([, id = '']) => id);

const rowsOf = (text: string, isHeld: boolean): Case[] =>
  [...text.matchAll(/^\| ([A-G]\d{1,2}) \|(.*)$/gmu)].map(([, id = '', rest = '']) => ({
    id,
    isHeld,
    tests: [...rest.matchAll(/\]\(\.\.\/(test\/[^)]+)\)/gu)].map(([, path = '']) => path),
  }));

export interface Citation {
  readonly path: string;
  readonly kind: 'api' | 'case' | 'threats';
  readonly id: string;
}

const CITED_API = /\bAPI (\d+(?:\.\d+)?(?:(?:, | and )\d+(?:\.\d+)?)*)(?![\d.]*\d)/gu;
const CITED_THREATS = /\bthreats\.md (\d+(?:\.\d+)?)/gu;
/** Ids of cases at the end of brackets: `(A14, D25)`, `(B12 to B14)`, `(API 1.4, G2)`. */
const CITED_CASES = /\((?:[^()]*, )?((?:[A-Z]\d{1,2})(?:(?:, | and | to |-)[A-Z]\d{1,2})*)\)/gu;
/** ... and at the start of a test's title: `'F7: a document that doubles'`. */
const CITED_AT_START = /['`]((?:[A-Z]\d{1,2})(?:, [A-Z]\d{1,2})*):? [a-z]/gu;

/** What a text cites. A citation may go over the end of a line of a comment. */
export function citationsOf(path: string, text: string): Citation[] {
  const flat = text.replaceAll(/\s*\n\s*(?:\* |\/\/ |# )?/gu, ' ');
  const list = (kind: Citation['kind'], pattern: RegExp, id: RegExp): Citation[] =>
    [...flat.matchAll(pattern)].flatMap(([, ids = '']) =>
      (ids.match(id) ?? []).map((found) => ({ path, kind, id: found })),
    );
  const titles = path.endsWith('.test.ts') ? list('case', CITED_AT_START, /[A-Z]\d{1,2}/gu) : [];
  return [
    ...list('api', CITED_API, /\d+(?:\.\d+)?/gu),
    ...list('threats', CITED_THREATS, /\d+(?:\.\d+)?/gu),
    ...list('case', CITED_CASES, /[A-Z]\d{1,2}/gu),
    ...titles,
  ];
}

const FOLDERS = ['src', 'studio', 'test', 'bench', 'scripts', 'docs', 'bin'];
const MADE = /(?:^|\/)(?:node_modules|dist|gql|artefacts|golden|fixtures)(?:\/|$)/u;
const READ = /\.(?:ts|tsx|js|mjs|md|sh|yml|html|eta|css)$/u;

/** Not by `recursive`, which follows links: the workspace package has one to the whole checkout. */
const filesBelow = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (MADE.test(path)) return [];
    return entry.isDirectory() ? filesBelow(path) : [path];
  });

/** Every text that may cite, but the rule itself, which plants dead citations. */
export function citingFiles(): { path: string; text: string }[] {
  const below = FOLDERS.flatMap(filesBelow);
  const top = readdirSync(ROOT).filter((name) => name.endsWith('.md') || name.endsWith('.yml'));
  return [...below, ...top]
    .filter((path) => READ.test(path) && !path.startsWith('test/rules/citations'))
    .map((path) => ({ path, text: read(path) }));
}
