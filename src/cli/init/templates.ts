import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Eta } from 'eta';
import { packageFolder } from '../../base/package-folder.ts';

const eta = new Eta({ autoEscape: true, autoTrim: false });

/** The text of a file of `templates`, which come with the package. */
export const readTemplate = (path: string): Promise<string> =>
  readFile(join(packageFolder(), 'templates', path), 'utf8');

/** The same with values in it, escaped for HTML: Markdown and pages show them as they are. */
export const fillTemplate = async (path: string, values: object): Promise<string> =>
  eta.renderString(await readTemplate(path), values);
