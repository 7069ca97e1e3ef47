import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ROOT } from '../rules/source-files.ts';

/**
 * The golden Markdown file as it is kept, and the given text in the same form, to be held against each other.
 * `UPDATE_GOLDEN=1` writes the file instead, and never in CI: there a difference is what the test is for.
 */
export async function golden(name: string, text: string): Promise<{ kept: string; seen: string }> {
  const path = join(ROOT, 'test', 'golden', `${name}.md`);
  const options = await resolveConfig(path);
  const seen = await format(text, { ...options, parser: 'markdown' });
  if (process.env['UPDATE_GOLDEN'] === '1') {
    if (process.env['CI']) throw new Error('Golden files are not written in CI.');
    await writeFile(path, seen);
  }
  return { kept: await readFile(path, 'utf8'), seen };
}
