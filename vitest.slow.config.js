import { defineConfig } from 'vitest/config';
import { shared } from './vitest.config.js';

/** Suites with a browser or with servers that are stopped and paused, with more patience. They wait most of the time. */
export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    include: ['test/browser/**/*.test.ts', 'test/chaos/**/*.test.ts'],
    exclude: [],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
