import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const pathOf = (path) => fileURLToPath(new URL(path, import.meta.url));

/** What both suites share: how the code is read. */
const reading = {
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: false } },
  resolve: {
    alias: [
      { find: /^shotgraph\/connector$/u, replacement: pathOf('./src/systems/connector.ts') },
      { find: /^shotgraph\/extension$/u, replacement: pathOf('./src/graphql/extensions/extension.ts') },
      // Node takes the CommonJS build. A second build in one process would be a second type system.
      { find: /^graphql$/u, replacement: createRequire(import.meta.url).resolve('graphql') },
    ],
  },
};

/**
 * graphql-js gives up a list at the first item that fails at once, and leaves the failures of the others to nobody. The tests that
 * compare with it on random rows meet that with this error; every other one fails the run.
 */
const isLeftByGraphql = ({ name, message }) =>
  name === 'GraphQLError' && message.includes('must resolve to an Object type at runtime');

/** What all suites share. */
export const shared = {
  ...reading,
  // The builds of libraries that Node takes: without warnings for developers.
  mode: 'production',
  test: {
    setupFiles: ['test/support/setup.ts'],
    globalSetup: ['test/support/build-page-scripts.js'],
    pool: 'forks',
    // One process reads the libraries once for all files. Files share no state: each starts servers of its own.
    isolate: false,
    maxWorkers: '100%',
    onUnhandledError: (error) => (isLeftByGraphql(error) ? false : undefined),
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Its own second is over soon on a busy machine.
    expect: { poll: { timeout: 60_000 } },
  },
};

/** Each walks through a whole server: together they take longer than all the others. */
const JOURNEYS = 'test/journey/**/*.test.ts';
/** It counts what runs in its process, so no other file may run there. */
const ALONE = 'test/audits/files-of-a-request.test.ts';

/**
 * The parts by themselves (`quick`, which `npm run check` runs) and whole servers (`journeys`). Suites that need a browser or
 * stop servers have `vitest.slow.config.js`.
 */
export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    projects: [
      {
        extends: true,
        test: {
          name: 'quick',
          include: ['test/**/*.test.ts'],
          exclude: ['test/browser/**', 'test/chaos/**', JOURNEYS, ALONE],
        },
      },
      { extends: true, test: { name: 'journeys', include: [JOURNEYS] } },
      { extends: true, test: { name: 'alone', include: [ALONE], isolate: true } },
    ],
  },
});
