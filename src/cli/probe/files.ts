import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from '../command.ts';
import { replaceFile } from '../schema-pull.ts';

const beside = (path: string): string => `${path}.new`;

/** Writes the file as a whole, with the folder that it is in. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await replaceFile(path, text);
}

/**
 * Checks that the file can be written later, without touching it.
 *
 * @throws UsageError if it is a folder, and the error of the file system if it cannot be written
 */
export async function checkWritable(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) throw new UsageError(`${path} is a folder: give the path of a file.`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(beside(path), '');
  await rm(beside(path));
}
