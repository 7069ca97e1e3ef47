import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EMITTED_FILES } from '../dist/src/cli/emitted-files.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
for (const file of EMITTED_FILES) {
  const path = join(root, file.path);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, await file.render());
  console.log(`wrote ${file.path}`);
}
