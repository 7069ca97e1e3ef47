import { randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UsageError } from '../command.ts';

/** A file of the repository. */
export interface RepositoryFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly text: string;
  readonly mode?: number;
  /** The text has all that is there now, and something is added: `.env`, `.gitignore`, `package.json`. */
  readonly adds?: string;
  /** What was there when the text was made: the file is replaced only while it still has this. */
  readonly before?: string | undefined;
}

export interface SortedFiles {
  readonly fresh: readonly RepositoryFile[];
  /** There already, and left alone. */
  readonly kept: readonly string[];
}

export const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** Which of the files are to be written: none that is there, but for those that only get something added. */
export async function sortFiles(folder: string, files: readonly RepositoryFile[]): Promise<SortedFiles> {
  const fresh: RepositoryFile[] = [];
  const kept: string[] = [];
  for (const file of files) {
    if (file.adds === undefined && (await isThere(join(folder, file.path)))) kept.push(file.path);
    else fresh.push(file);
  }
  return { fresh, kept };
}

export interface Written {
  readonly done: readonly string[];
  readonly left: readonly string[];
  /** Why the first of those that are left could not be written; undefined where the person stopped it. */
  readonly trouble: string | undefined;
}

/** Writes the files in their order, and stops between two of them where the person wants it, or one cannot be written. */
export async function writeFiles(
  folder: string,
  files: readonly RepositoryFile[],
  signal: AbortSignal,
): Promise<Written> {
  const paths = files.map(({ path }) => path);
  let count = 0;
  let trouble: string | undefined;
  for (const file of files) {
    if (signal.aborted) break;
    trouble = await write(join(folder, file.path), file).then(() => undefined, reasonOf);
    if (trouble !== undefined) break;
    count += 1;
  }
  return { done: paths.slice(0, count), left: paths.slice(count), trouble };
}

/** The words of the system, which name no text of a file. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');

/**
 * The text that a file of the person has now, to which something is added. Undefined where there is none.
 *
 * @throws UsageError where it is a link, or cannot be read: nothing is written then
 */
export async function textBefore(folder: string, path: string): Promise<string | undefined> {
  const found = await lstat(join(folder, path)).catch(() => undefined);
  if (found === undefined) return undefined;
  if (found.isSymbolicLink()) {
    throw new UsageError(
      `${path} is a symbolic link, and its file is not changed from here. Put a file in its place.`,
    );
  }
  try {
    return await readFile(join(folder, path), 'utf8');
  } catch (cause) {
    throw new UsageError(`${path} is there and cannot be read. Correct its rights first.`, { cause });
  }
}

const READABLE = 0o644;
const RIGHTS = 0o777;

/** A new file fails where one has appeared meanwhile; a file that gets more is replaced as a whole. */
async function write(path: string, file: RepositoryFile): Promise<void> {
  const { text, mode = READABLE, before } = file;
  await mkdir(dirname(path), { recursive: true });
  if (before === undefined) await writeFile(path, text, { flag: 'wx', mode });
  else await replace(path, { text, mode, before });
}

/** Another name than anybody could have prepared: neither a link nor a file with other rights is written through. */
async function replace(path: string, file: { text: string; mode: number; before: string }): Promise<void> {
  const { mode: rights } = await lstat(path);
  const mode = file.mode === READABLE ? rights & RIGHTS : file.mode;
  const made = `${path}.${randomUUID()}.new`;
  try {
    await writeFile(made, file.text, { flag: 'wx', mode });
    await chmod(made, mode);
    if ((await readFile(path, 'utf8')) !== file.before) throw new Error('it was changed meanwhile');
    await rename(made, path);
  } catch (error) {
    await rm(made, { force: true });
    throw error;
  }
}
