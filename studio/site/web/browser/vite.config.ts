import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const inFolder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The script of the site's pages, served at /__web/static/site.js. */
export default defineConfig({
  root: inFolder('.'),
  build: {
    outDir: inFolder('../../../dist/site-web'),
    emptyOutDir: true,
    rolldownOptions: { input: inFolder('site.ts'), output: { entryFileNames: 'site.js' } },
  },
});
