import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';
import type { EmbeddedPostgres } from '../../src/persistence/embedded-postgres.js';

/** What the tear-down ends; both run in jest's main process. */
export interface TestServer {
  readonly dataDir: string;
  readonly postgres: EmbeddedPostgres;
}

/** One PostgreSQL for the whole run; each test takes a database of its own from it (database.ts). */
export default async function globalSetup(): Promise<void> {
  registerTypescript();
  const source = '../../src/persistence/embedded-postgres.ts';
  const { startEmbeddedPostgres } = (await import(
    source
  )) as typeof import('../../src/persistence/embedded-postgres.js');
  const dataDir = await mkdtemp(join(tmpdir(), 'onecli-test-'));
  const silent = () => undefined;
  const postgres = await startEmbeddedPostgres({
    dataDir,
    log: { debug: silent, info: silent, warn: silent },
    settings: ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=400'],
  });
  process.env['ONECLI_TEST_POSTGRES'] = postgres.url;
  (globalThis as { onecliTestServer?: TestServer }).onecliTestServer = { dataDir, postgres };
}

/**
 * Lets jest's global set-up, which runs outside jest's own module loader, import the backend's sources: `.js` of a relative
 * import means the `.ts` beside it, and decorators are compiled as the build compiles them.
 */
function registerTypescript(): void {
  registerHooks({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context);
      } catch (error) {
        if (!/^\.{1,2}\/.*\.js$/.test(specifier)) throw error;
        return next(specifier.replace(/\.js$/, '.ts'), context);
      }
    },
    load(url, context, next) {
      if (!url.startsWith('file:') || !url.endsWith('.ts') || url.includes('/node_modules/')) return next(url, context);
      const file = fileURLToPath(url);
      // .swcrc says the rest.
      const { code } = transformSync(readFileSync(file, 'utf8'), { filename: file, sourceMaps: 'inline' });
      return { format: 'module', source: code, shortCircuit: true };
    },
  });
}
