import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));

/** The folders that packages may be in, from here upwards. */
const modulesAround = (folder) => [
  join(folder, 'node_modules'),
  ...(dirname(folder) === folder ? [] : modulesAround(dirname(folder))),
];

/** `shotgraph dev` serves this page at an origin of its own, and says where Shotgraph is. */
const whereShotgraphIs = {
  name: 'where-shotgraph-is',
  transformIndexHtml: (html) =>
    html.replace(
      'name="shotgraph" content=""',
      `name="shotgraph" content="${process.env.SHOTGRAPH_URL ?? ''}"`,
    ),
};

export default defineConfig(({ command }) => ({
  root,
  base: `/apps/${basename(root)}/`,
  plugins: [react(), ...(command === 'serve' ? [whereShotgraphIs] : [])],
  // Beside this folder: React and Vite, and nothing else of the repository, which has secrets.
  server: { fs: { allow: [root, ...modulesAround(root)] } },
  // Browsers keep what the manifest names by its content.
  build: { outDir: 'dist', emptyOutDir: true, manifest: true },
}));
