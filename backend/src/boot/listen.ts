import { once } from 'node:events';
import type { Server } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { configureAdmin } from '../admin/configure-admin.js';
import type { Config } from '../config/config.js';
import { GatewayServer } from '../gateway/gateway.server.js';
import type { Addresses } from './banner.js';
import { ListenError } from './explain-failure.js';

/**
 * Opens the ports of the roles that this process has: the gateway's with Nest's bootstrap, then the control plane's. Throws
 * {@link ListenError} with the variable to change.
 */
export async function listen(app: NestExpressApplication, { roles, admin, gateway }: Config): Promise<Addresses> {
  // The bootstrap opens no other port than the gateway's.
  await app.init().catch((error: unknown) => {
    throw isListenError(error) ? new ListenError(error, gateway, 'GATEWAY') : error;
  });
  const gatewayPort = roles.has('gateway') ? app.get(GatewayServer, { strict: false }).address.port : undefined;
  if (!roles.has('admin')) return { adminPort: undefined, gatewayPort };
  const server: Server = app.getHttpServer();
  server.listen(admin.port, admin.host);
  // Not app.listen: it logs the error that is explained here.
  await once(server, 'listening').catch((error: unknown) => {
    throw isListenError(error) ? new ListenError(error, admin, 'ADMIN') : error;
  });
  return { adminPort: portOf(server), gatewayPort };
}

/** To be called before {@link listen}: middleware is in place when the routes are. */
export function configure(app: NestExpressApplication, config: Config): void {
  if (config.roles.has('admin')) configureAdmin(app, config);
}

function portOf(server: Server): number | undefined {
  const address = server.address();
  return address === null || typeof address === 'string' ? undefined : address.port;
}

function isListenError(error: unknown): error is NodeJS.ErrnoException {
  return (
    error instanceof Error && 'syscall' in error && ['listen', 'getaddrinfo', 'bind'].includes(String(error.syscall))
  );
}
