import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset } from '../site/ports.ts';

/**
 * Writes the snapshot of the site's schema as `shotgraph schema pull` does.
 *
 * @returns its folder, `site` of that folder
 */
export function writeSchema(folder: string, { entityTypes, fields }: Dataset): string {
  const target = join(folder, 'site');
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'entity-types.json'), JSON.stringify(entityTypes));
  writeFileSync(join(target, 'fields.json'), JSON.stringify(fields));
  return target;
}
