import type { Config } from 'jest';
import presets from 'jest-preset-angular/presets/index.js';

/** Component and pure tests of the console; `rootDir` is this folder. */
const config: Config = {
  ...presets.createEsmPreset({ tsconfig: '<rootDir>/tsconfig.spec.json' }),
  displayName: 'console',
  rootDir: import.meta.dirname,
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  setupFilesAfterEnv: ['<rootDir>/jest.setup.ts'],
  moduleNameMapper: { '^tslib$': 'tslib/tslib.es6.js', '^(\\.{1,2}/.*)\\.js$': '$1' },
};

export default config;
