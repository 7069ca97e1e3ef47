import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../rules/source-files.ts';

/** The pieces of code of a page of the docs that are files: fences such as "```js file=tool.js". */
export async function filesOfDoc(page: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(ROOT, page), 'utf8');
  const fences = text.matchAll(/^```\w+ file=(\S+)\n([\s\S]*?)^```$/gmu);
  return new Map([...fences].map(([, name = '', code = '']) => [name, code]));
}
