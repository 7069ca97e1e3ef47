import { readFile } from 'node:fs/promises';

/** @throws Error that names the file and what is wrong with it */
export async function readJson(path: string): Promise<unknown> {
  const content = await readFile(path, 'utf8').catch(() => {
    throw new Error(`${path} cannot be read.`);
  });
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw new Error(`${path} is no JSON.`, { cause });
  }
}
