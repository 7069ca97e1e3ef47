import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const inFolder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The scripts of our own pages. */
const SCRIPTS = ['overlay', 'window'];

/**
 * One self-contained file for each script: the page contains its text, and the page's policy allows that text and
 * no imports. So each is a separate build, since builds with several entries share files.
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
