import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));

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
  // Browsers keep what the manifest names by its content.
  build: { outDir: 'dist', emptyOutDir: true, manifest: true },
}));
