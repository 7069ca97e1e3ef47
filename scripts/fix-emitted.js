import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EMITTED_FILES } from '../dist/src/cli/emitted-files.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
for (const file of EMITTED_FILES) {
  const path = join(root, file.path);
  await mkdir(dirname(path), { recursive: true });
  const text = await file.render();
  await writeFile(path, text);
  console.log(`wrote ${file.path}`);
}
