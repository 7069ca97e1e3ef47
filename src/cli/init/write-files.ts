import { lstat, mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A file of the repository. */
export interface RepositoryFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly text: string;
  readonly mode?: number;
  /** The text has all that is there now, and something is added: `.env`, `.gitignore`, `package.json`. */
  readonly adds?: string;
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
}

/** Writes the files in their order, and stops between two of them where the person wants it. */
export async function writeFiles(
  folder: string,
  files: readonly RepositoryFile[],
  signal: AbortSignal,
): Promise<Written> {
  const paths = files.map(({ path }) => path);
  let count = 0;
  for (const file of files) {
    if (signal.aborted) break;
    await write(join(folder, file.path), file);
    count += 1;
  }
  return { done: paths.slice(0, count), left: paths.slice(count) };
}

const READABLE = 0o644;

/** A new file fails where one has appeared meanwhile; a file that gets more is replaced as a whole. */
async function write(path: string, { text, mode = READABLE, adds }: RepositoryFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  if (adds === undefined || !(await isThere(path))) {
    await writeFile(path, text, { flag: 'wx', mode });
    return;
  }
  const { mode: before } = await lstat(path);
  await writeFile(`${path}.new`, text, { mode: mode === READABLE ? before : mode });
  await rename(`${path}.new`, path);
}
