import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Config } from '../config/config.js';
import type { Addresses } from './banner.js';
import { ListenError } from './explain-failure.js';

/** Opens the ports of the roles that this process has: the gateway's with Nest's bootstrap, then the control plane's. */
export async function listen(app: NestExpressApplication, config: Config): Promise<Addresses> {
  await app.init();
  if (!config.roles.has('admin')) return { adminPort: undefined, gatewayPort: undefined };
  await app.listen(config.admin.port, config.admin.host).catch((error: unknown) => {
    throw new ListenError(error as NodeJS.ErrnoException, config.admin.host, config.admin.port, {
      host: 'ADMIN_HOST',
      port: 'ADMIN_PORT',
    });
  });
  const address = app.getHttpServer().address();
  return { adminPort: typeof address === 'object' ? address?.port : undefined, gatewayPort: undefined };
}
