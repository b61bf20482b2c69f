import { existsSync } from 'node:fs';

/** Takes over what `.env` in the working directory sets and the environment does not. */
export function loadEnvFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}
