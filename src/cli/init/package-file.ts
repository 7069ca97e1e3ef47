import { join } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../command.ts';
import { textBefore } from './write-files.ts';

/** The scripts of a studio's own repository. */
export const scriptsFor = (viteApp: string | null): Readonly<Record<string, string>> => ({
  dev: 'shotgraph dev',
  start: 'shotgraph start',
  doctor: 'shotgraph doctor',
  'schema:pull': 'shotgraph schema pull',
  build: `tsc -p extensions${viteApp === null ? '' : ` && vite build apps/${viteApp} --logLevel warn`}`,
  test: 'node --test connectors/*.test.mjs',
});

const PACKAGE = z.looseObject({
  scripts: z.record(z.string(), z.string()).optional(),
});

export interface PackageFile {
  readonly text: string;
  /** Undefined where there was none. */
  readonly before: string | undefined;
  /** Scripts that were missing. */
  readonly added: readonly string[];
}

/**
 * The `package.json` of the folder with the scripts that it lacks. No value of it is changed.
 *
 * @throws UsageError if it is no JSON
 */
export async function packageFile(
  folder: string,
  scripts: Readonly<Record<string, string>>,
  name: string,
): Promise<PackageFile> {
  const path = join(folder, 'package.json');
  const before = await textBefore(folder, 'package.json');
  if (before === undefined) {
    const text = rendered({ name, private: true, type: 'module', scripts }, 2);
    return { text, before, added: Object.keys(scripts) };
  }
  const content = parse(path, before);
  const added = Object.keys(scripts).filter((script) => content.scripts?.[script] === undefined);
  if (added.length === 0) return { text: before, before, added };
  const missing = Object.fromEntries(added.map((script) => [script, scripts[script]]));
  const indent = /^\{\r?\n([ \t]+)/u.exec(before)?.[1] ?? 2;
  const text = rendered({ ...content, scripts: { ...content.scripts, ...missing } }, indent);
  return { text, before, added };
}

const rendered = (content: object, indent: string | number): string =>
  `${JSON.stringify(content, null, indent)}\n`;

function parse(path: string, text: string): z.infer<typeof PACKAGE> {
  try {
    return PACKAGE.parse(JSON.parse(text.replace(/^\uFEFF/u, '')));
  } catch (cause) {
    throw new UsageError(`${path} is no package.json that npm could read. Correct it first.`, { cause });
  }
}
