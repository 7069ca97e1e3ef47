import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const inClient = (file: string): string =>
  fileURLToPath(new URL('../../clients/typescript/src/', import.meta.url)) + file;

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/apps/review/',
  plugins: [react()],
  // As a front end elsewhere has it installed; here nothing has to be built first.
  resolve: {
    alias: [
      { find: /^shotgraph-client$/u, replacement: inClient('index.ts') },
      { find: /^shotgraph-client\/(.*)$/u, replacement: inClient('$1.ts') },
    ],
  },
  build: {
    outDir: fileURLToPath(new URL('../dist/app', import.meta.url)),
    emptyOutDir: true,
    // Browsers keep what it names for ever.
    manifest: true,
  },
});
