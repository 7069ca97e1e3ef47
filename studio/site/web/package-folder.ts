import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../package-root.ts';

/** A folder of these pages' files. They lie in the source tree, also when the compiled code runs. */
export const webFolder = (name: string): string => join(packageRoot(), 'site', 'web', name);

/** Where the script of the pages was built. */
export function builtFolder(): string {
  const folder = join(packageRoot(), 'dist', 'site-web');
  if (!existsSync(join(folder, 'site.js'))) {
    throw new Error(
      `The script of the site's pages is not built: there is none in ${folder}. Run: npm run build`,
    );
  }
  return folder;
}
