import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the nearest `package.json` above a file. */
export function folderOfPackage(file: string): string {
  let folder = dirname(fileURLToPath(file));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** The folder of this package, for what runs as written and as built. */
export function packageRoot(): string {
  const folder = folderOfPackage(import.meta.url);
  // The bench compiles what it needs of the studio into a folder of the checkout.
  const inCheckout = join(folder, 'studio');
  return existsSync(inCheckout) ? inCheckout : folder;
}
