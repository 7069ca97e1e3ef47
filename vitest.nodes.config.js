import { defineConfig } from 'vitest/config';
import slow from './vitest.slow.config.js';

/** What depends on the version of Node: modules and signals, sockets and streams, cryptography, the loader of a studio's code. */
export const PART = [
  'test/chaos/packages.test.ts',
  'test/chaos/process.test.ts',
  'test/chaos/extension-compiled.test.ts',
  'test/contract/extension-modules.test.ts',
  'test/contract/graphql-features.test.ts',
  'test/contract/key-rotation.test.ts',
  'test/contract/shotgun-faults.test.ts',
  'test/contract/shotgun-uploads.test.ts',
  'test/contract/store-memory.test.ts',
  'test/contract/uploads.test.ts',
  'test/journey/config-commands.test.ts',
  'test/journey/hostile-requests.test.ts',
  'test/journey/launch.test.ts',
  'test/journey/refresh.test.ts',
];

/** Tests of both suites, which `scripts/test-nodes.js` runs on each Node. */
export default defineConfig({
  ...slow,
  test: { ...slow.test, include: PART, testTimeout: 300_000, hookTimeout: 300_000 },
});
