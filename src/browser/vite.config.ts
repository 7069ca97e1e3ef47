import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const inFolder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The scripts of our own pages. */
const SCRIPTS = ['overlay', 'window'];

/**
 * One file for each script, with all that it needs: the page holds its text, and the page's policy admits that text and
 * nothing that it would load. So each is a build of its own, since builds of several entries share files.
 */
const environments = Object.fromEntries(
  SCRIPTS.map((name) => [
    name,
    {
      consumer: 'client' as const,
      build: {
        outDir: inFolder('../../dist/browser'),
        emptyOutDir: false,
        rolldownOptions: {
          input: inFolder(`${name}.ts`),
          output: { format: 'iife' as const, entryFileNames: `${name}.js` },
        },
      },
    },
  ]),
);

export default defineConfig({
  root: inFolder('.'),
  environments,
  builder: {
    async buildApp(builder) {
      for (const name of SCRIPTS) {
        const environment = builder.environments[name];
        if (environment === undefined) throw new Error(`There is no build of ${name}.`);
        await builder.build(environment);
      }
    },
  },
});
