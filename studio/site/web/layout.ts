import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import { TABLES } from './tables.ts';

const eta = new Eta({ views: viewFolder(), autoEscape: true, cache: true });

/** A page of the site by its view, escaped. */
export function renderPage(view: string, data: object): string {
  return eta.render(view, { tables: TABLES, session: undefined, current: '', ...data });
}

function viewFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return join(folder, 'studio', 'site', 'web', 'views');
}
