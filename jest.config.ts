import { readFileSync } from 'node:fs';
import type { Config } from 'jest';

/** As the build compiles it. */
const typescript: unknown = JSON.parse(readFileSync('.swcrc', 'utf8'));

const onNode = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest', typescript] },
  setupFiles: ['<rootDir>/backend/test/support/reflect.ts'],
} satisfies Config;

/** A real PostgreSQL, sockets and browsers on a busy machine: a time limit is for what hangs, not for what is slow. */
const TEST_TIMEOUT_MS = 60_000;

const config: Config = {
  testTimeout: TEST_TIMEOUT_MS,
  projects: [
    {
      ...onNode,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/libs/**/*.spec.ts',
        '<rootDir>/backend/src/**/*.spec.ts',
        '<rootDir>/cli/src/**/*.spec.ts',
      ],
    },
    {
      ...onNode,
      displayName: 'e2e',
      testMatch: [
        '<rootDir>/backend/test/**/*.e2e-spec.ts',
        '<rootDir>/cli/test/**/*.e2e-spec.ts',
        '<rootDir>/console/e2e/**/*.e2e-spec.ts',
      ],
      globalSetup: '<rootDir>/backend/test/support/global-setup.ts',
      globalTeardown: '<rootDir>/backend/test/support/global-teardown.ts',
    },
    '<rootDir>/console/jest.config.ts',
  ],
};

export default config;
