import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** A rule with an embedded font. None of the style's other rules for fonts have one. */
const isWebFont = (rule: string): boolean => rule.slice(0, rule.indexOf('}')).includes('data:font/woff');

/** GraphiQL's style contains 400 KB of fonts; system fonts are as readable. */
const withoutFonts: Plugin = {
  name: 'without-fonts',
  enforce: 'pre',
  transform: {
    filter: { id: /\/graphiql\/dist\/style\.css$/u },
    handler(code) {
      const [before = '', ...rules] = code.split('@font-face');
      const kept = rules.map((rule) =>
        isWebFont(rule) ? rule.slice(rule.indexOf('}') + 1) : `@font-face${rule}`,
      );
      return before + kept.join('');
    },
  },
};

/** Served at GET /graphql in development; its files below /graphql/explorer/. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/graphql/explorer/',
  plugins: [react(), withoutFonts],
  build: {
    outDir: fileURLToPath(new URL('../../dist/explorer', import.meta.url)),
    emptyOutDir: true,
    // The licences of bundled packages require their texts to be included.
    license: { fileName: 'licenses.md' },
    chunkSizeWarningLimit: 10_000,
  },
});
