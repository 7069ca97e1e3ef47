import base from './jest.config.js';

/**
 * Suites with a browser or with servers that are stopped and paused, with more patience. They wait most of the time: one for
 * each core shortens the gate by a third.
 */
export default {
  ...base,
  testPathIgnorePatterns: ['/node_modules/'],
  testMatch: ['<rootDir>/test/browser/**/*.test.ts', '<rootDir>/test/chaos/**/*.test.ts'],
  testTimeout: 120000,
};
