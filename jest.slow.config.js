import base from './jest.config.js';

/** Suites with a browser or with servers that are stopped and paused: few at a time, with more patience. */
export default {
  ...base,
  testPathIgnorePatterns: ['/node_modules/'],
  testMatch: ['<rootDir>/test/browser/**/*.test.ts', '<rootDir>/test/chaos/**/*.test.ts'],
  testTimeout: 120000,
  maxWorkers: 1,
};
