import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Config } from '../config/config.js';
import { ErrorFilter } from './error.filter.js';
import { accessLog } from './http/access-log.js';
import { consoleDirectory, consoleFiles } from './http/console-files.js';
import { jsonBody } from './http/json-body.js';
import { ownPagesOnly } from './http/own-pages-only.js';
import { isApiPath, pathAliases } from './http/path-aliases.js';
import { securityHeaders } from './http/security-headers.js';
import { WireValidationPipe } from './http/wire-validation.pipe.js';

/**
 * Sets the control plane's HTTP up, in the order in which a request meets it; then `app.listen` may follow. The
 * application must have been created with `bodyParser: false`: the body is read here, after the caller was checked.
 */
export function configureAdmin(app: NestExpressApplication, config: Config, directory = consoleDirectory()): void {
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('trust proxy', false);
  app.use(accessLog, securityHeaders(), ownPagesOnly(config), pathAliases);
  app.use((...[request, response, next]: Parameters<typeof pathAliases>) => {
    if (isApiPath(request.path)) response.setHeader('Cache-Control', 'no-store');
    next();
  });
  app.use(...consoleFiles(directory), jsonBody);
  app.useGlobalPipes(new WireValidationPipe());
  app.useGlobalFilters(app.get(ErrorFilter));
}
