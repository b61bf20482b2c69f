import { rm } from 'node:fs/promises';
import type { TestServer } from './global-setup.js';

export default async function globalTeardown(): Promise<void> {
  const server = (globalThis as { onecliTestServer?: TestServer }).onecliTestServer;
  if (server === undefined) return;
  await server.postgres.stop();
  await rm(server.dataDir, { recursive: true, force: true });
}
