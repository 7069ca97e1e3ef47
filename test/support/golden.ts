import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ROOT } from '../rules/source-files.ts';

/**
 * The golden file's content, which the actual value is held to. `UPDATE_GOLDEN=1` writes the file instead, and never
 * in CI: there a difference is what the test is for.
 */
export async function golden(name: string, actual: unknown): Promise<unknown> {
  const path = join(ROOT, 'test', 'golden', `${name}.json`);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    if (process.env['CI']) throw new Error('Golden files are not written in CI.');
    const options = await resolveConfig(path);
    await writeFile(path, await format(JSON.stringify(actual), { ...options, parser: 'json' }));
  }
  return JSON.parse(await readFile(path, 'utf8')) as unknown;
}
