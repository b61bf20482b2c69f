import type { Config } from 'jest';
import presets from 'jest-preset-angular/presets/index.js';

/** Component and pure tests of the console; `rootDir` is this folder, as jest takes it. */
const config: Config = {
  ...(presets.createEsmPreset({ tsconfig: '<rootDir>/tsconfig.spec.json' }) as Config),
  displayName: 'console',
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  setupFilesAfterEnv: ['<rootDir>/jest.setup.ts'],
  moduleNameMapper: { '^tslib$': 'tslib/tslib.es6.js', '^(\\.{1,2}/.*)\\.js$': '$1' },
};

export default config;
