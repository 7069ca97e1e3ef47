/** Unit, contract, golden, journey, audit and rule tests; slow suites have `jest.slow.config.js`. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: false },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: { '^shotgraph/extension$': '<rootDir>/src/graphql/extensions/extension.ts' },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/test/browser/', '/test/chaos/'],
  setupFilesAfterEnv: ['<rootDir>/test/support/setup.ts'],
  globalSetup: '<rootDir>/test/support/build-page-scripts.js',
  testTimeout: 60000,
  // Jest leaves one core out: on a machine of two that is one file after the other.
  maxWorkers: '100%',
};
