import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Source } from 'graphql';
import { MIB } from '../base/units.ts';
import { OperationListError } from './list-error.ts';
import { readManifest } from './read-manifest.ts';

/** The texts of a list, before anything of them is understood. */
export interface ListSources {
  readonly sources: readonly Source[];
  /** Files of a folder belong together: a fragment of one may be used in another. A text of a manifest is whole. */
  readonly isFolder: boolean;
}

const GRAPHQL_FILE = /\.(?:graphql|gql)$/u;
/** More than any tool has; a folder of something else is not read to its end. */
const MAX_FILES = 5000;
const MAX_MIB = 16;
const READ_AT_ONCE = 50;

/**
 * Reads a list of operations: a folder with `.graphql` files, or a manifest.
 *
 * @param path absolute
 * @param setting that names it, for messages
 * @throws OperationListError if it cannot be read, or is no list
 */
export async function readListSources(path: string, setting: string): Promise<ListSources> {
  const kind = await stat(path).catch(unreadable(setting, path));
  if (kind.isDirectory()) return { sources: await readFolder(path, setting), isFolder: true };
  if (kind.size > MAX_MIB * MIB) throw tooLarge(setting, path);
  const problems: string[] = [];
  const sources = readManifest(shown(path), await textOf(path, setting), problems);
  if (sources.length > MAX_FILES) throw tooLarge(setting, path);
  if (problems.length > 0) throw new OperationListError(problems.map((problem) => `${setting}: ${problem}`));
  return { sources, isFolder: false };
}

async function readFolder(path: string, setting: string): Promise<readonly Source[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(
    unreadable(setting, path),
  );
  const files = entries
    .filter((entry) => entry.isFile() && GRAPHQL_FILE.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted();
  if (files.length > MAX_FILES) throw tooLarge(setting, path);
  const sources: Source[] = [];
  let bytes = 0;
  for (let at = 0; at < files.length; at += READ_AT_ONCE) {
    const some = files.slice(at, at + READ_AT_ONCE);
    for (const [index, text] of (await Promise.all(some.map((file) => textOf(file, setting)))).entries()) {
      bytes += text.length;
      sources.push(new Source(text, shown(some[index] ?? '')));
    }
    if (bytes > MAX_MIB * MIB) throw tooLarge(setting, path);
  }
  return sources;
}

const textOf = (path: string, setting: string): Promise<string> =>
  readFile(path, 'utf8').catch(unreadable(setting, path));

/** A file that may not be read, or that goes while its folder is read. */
const unreadable =
  (setting: string, path: string) =>
  (error: unknown): never => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    const told = `${setting}: ${path} cannot be read (${code}). Build the tool, which writes its operations, or correct the path or its rights.`;
    throw new OperationListError([told], { isOfFile: true });
  };

/** Paths are shown as a person at the shell would type them. */
function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

const tooLarge = (setting: string, path: string): OperationListError =>
  new OperationListError([
    `${setting}: ${path} holds more than ${MAX_FILES} documents or ${MAX_MIB} MiB. Name the folder of one tool.`,
  ]);
