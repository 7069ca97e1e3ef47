import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document, YAMLMap } from 'yaml';
import { nearestName } from './nearest-name.ts';
import { SiteSchemaError } from './site-schema-error.ts';

/** The rule of `expose.yml` for one field. `line` is for the report of mistakes. */
export interface FieldExposure {
  readonly line: number;
  readonly hide: boolean | null;
  readonly rename: string | null;
  readonly readOnly: boolean | null;
}

export interface TypeExposure extends FieldExposure {
  readonly fields: ReadonlyMap<string, FieldExposure>;
}

/** The hand-written part of the API: the rules of `schema/expose.yml`. */
export interface Exposure {
  /** Name of the file, for the report of mistakes. */
  readonly source: string;
  readonly types: ReadonlyMap<string, TypeExposure>;
}

/** What people and editors call the file by mistake. */
const LIKE_EXPOSE = /^expose\.ya?ml(?:\.txt)?$/iu;

export const EMPTY_EXPOSURE: Exposure = { source: 'expose.yml', types: new Map() };

/**
 * Reads `expose.yml` beside the folder of the site's snapshot. A missing file means no rules. A file with a similar name, or
 * one inside the folder, is refused: it would hide nothing.
 *
 * @throws SiteSchemaError with every mistake, its line and a suggestion
 */
export async function loadExposure(schemaDirectory: string): Promise<Exposure> {
  const path = resolve(schemaDirectory, '..', 'expose.yml');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return withoutRules(path, schemaDirectory);
    throw new SiteSchemaError([`${path} cannot be read.`], cause);
  }
  return parseExposure(text, path);
}

async function withoutRules(path: string, schemaDirectory: string): Promise<Exposure> {
  const namesIn = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => []);
  const [beside, inside] = await Promise.all([namesIn(dirname(path)), namesIn(schemaDirectory)]);
  const misplaced = [
    ...beside.filter((name) => LIKE_EXPOSE.test(name)).map((name) => join(dirname(path), name)),
    ...inside.filter((name) => LIKE_EXPOSE.test(name)).map((name) => join(schemaDirectory, name)),
  ];
  const problems = misplaced.map(
    (found) => `${found} is not read. Its place is ${path}, beside the folder of the snapshot.`,
  );
  if (problems.length > 0) throw new SiteSchemaError(problems);
  return EMPTY_EXPOSURE;
}

/** Parses the text of an `expose.yml`; `exposeSchema` checks that its names exist. */
export function parseExposure(text: string, source: string): Exposure {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const reader = new Reader(source, lines);
  for (const error of document.errors) reader.report(error.pos[0], error.message.split('\n')[0] ?? '');
  const types = document.errors.length > 0 ? new Map<string, TypeExposure>() : readTypes(document, reader);
  if (reader.problems.length > 0) throw new SiteSchemaError(reader.problems);
  return { source, types };
}

function readTypes(document: Document.Parsed, reader: Reader): ReadonlyMap<string, TypeExposure> {
  const types = new Map<string, TypeExposure>();
  if (document.contents === null) return types;
  for (const entry of reader.entries(document.contents, ['types'])) {
    for (const type of reader.entries(entry.value)) {
      const fields = new Map<string, FieldExposure>();
      const keys = [...FIELD_KEYS, 'fields'];
      const fieldsNode = isMap(type.value) ? type.value.get('fields', true) : undefined;
      if (fieldsNode !== undefined) {
        for (const field of reader.entries(fieldsNode))
          fields.set(field.key, reader.rules(field, FIELD_KEYS));
      }
      types.set(type.key, { ...reader.rules(type, keys), fields });
    }
  }
  return types;
}

const FIELD_KEYS = ['hide', 'rename', 'readOnly'];

interface Entry {
  readonly key: string;
  readonly offset: number;
  readonly value: unknown;
}

/** Walks the YAML nodes and keeps every mistake with its line. */
class Reader {
  readonly problems: string[] = [];
  readonly #source: string;
  readonly #lines: LineCounter;

  constructor(source: string, lines: LineCounter) {
    this.#source = source;
    this.#lines = lines;
  }

  report(offset: number, problem: string): void {
    this.problems.push(`${this.#source}:${this.#lineAt(offset)}: ${problem}`);
  }

  /** The entries of a mapping; an empty value has none. With `allowed`, other keys are mistakes. */
  entries(node: unknown, allowed?: readonly string[]): Entry[] {
    if (node === null || (isScalar(node) && node.value === null)) return [];
    if (!isMap(node)) {
      this.report(offsetOf(node), 'expected a mapping (`name: ...` lines, indented).');
      return [];
    }
    const entries = entriesOf(node);
    if (allowed === undefined) return entries;
    return entries.filter(({ key, offset }) => {
      if (allowed.includes(key)) return true;
      const nearest = nearestName(key, allowed);
      this.report(offset, `unknown key "${key}". ${didYouMean(nearest)}Known: ${allowed.join(', ')}.`);
      return false;
    });
  }

  rules(entry: Entry, allowed: readonly string[]): FieldExposure {
    const values = new Map(this.entries(entry.value, allowed).map((rule) => [rule.key, rule]));
    return {
      line: this.#lineAt(entry.offset),
      hide: this.#scalar(values.get('hide'), 'boolean', 'true or false'),
      rename: this.#scalar(values.get('rename'), 'string', 'a GraphQL name'),
      readOnly: this.#scalar(values.get('readOnly'), 'boolean', 'true or false'),
    };
  }

  #scalar(entry: Entry | undefined, kind: 'boolean', expected: string): boolean | null;
  #scalar(entry: Entry | undefined, kind: 'string', expected: string): string | null;
  #scalar(entry: Entry | undefined, kind: string, expected: string): unknown {
    if (entry === undefined) return null;
    const value: unknown = isScalar(entry.value) ? entry.value.value : undefined;
    if (typeof value === kind) return value;
    this.report(entry.offset, `"${entry.key}" must be ${expected}.`);
    return null;
  }

  #lineAt(offset: number): number {
    return this.#lines.linePos(offset).line;
  }
}

export const didYouMean = (nearest: string | undefined): string =>
  nearest === undefined ? '' : `Did you mean "${nearest}"? `;

function entriesOf(map: YAMLMap): Entry[] {
  return map.items.map(({ key, value }) => ({
    key: isScalar(key) ? String(key.value) : '',
    offset: offsetOf(key),
    value,
  }));
}

function offsetOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
