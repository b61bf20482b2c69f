import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, extname, join, relative, resolve } from 'node:path';
import { static as serveFiles, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { isApiPath } from './path-aliases.js';
import { styleNonce } from './security-headers.js';

/** The build names code, styles and their media by content (`main-ABCD1234.js`): such a name never changes its meaning. */
const HASHED = /(?:^|\/)(?:(?:main|chunk|styles|polyfills)|media\/[^/]+)-[\w-]{8}\.[a-z0-9]+$/;
const FOREVER = 'public, max-age=31536000, immutable';

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>OneCLI</title>
<h1>The console is not built</h1>
<p>Run <code>npm run build</code>, then load this page again. The API works without it.</p>
</html>
`;

/** Where the build puts the console, seen from the compiled program and from the sources. */
export function consoleDirectory(): string {
  const beside = resolve(import.meta.dirname, '../../../../console');
  return basename(resolve(beside, '..')) === 'dist' ? beside : resolve(import.meta.dirname, '../../../../dist/console');
}

/** Serves the built console: its files, and its page for every other path that is not the API's. */
export function consoleFiles(directory: string): RequestHandler[] {
  const files = serveFiles(directory, {
    index: false,
    redirect: false,
    dotfiles: 'ignore',
    setHeaders: (response, path) => {
      response.setHeader('Cache-Control', HASHED.test(relative(directory, path)) ? FOREVER : 'no-cache');
    },
  });
  return [unlessApi(withoutPage(files)), unlessApi(page(directory))];
}

function unlessApi(handler: RequestHandler): RequestHandler {
  return (request: Request, response: Response, next: NextFunction): void => {
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (reads && !isApiPath(request.path)) void handler(request, response, next);
    else next();
  };
}

/** The page itself is never served as a file: as one it would lack its nonce. */
function withoutPage(files: RequestHandler): RequestHandler {
  return (request, response, next) => {
    if (basename(request.path).toLowerCase() === 'index.html') next();
    else void files(request, response, next);
  };
}

/** Any path without an extension is a page of the console's own router; a missing file stays missing. */
function page(directory: string): RequestHandler {
  const index = join(directory, 'index.html');
  return (request: Request, response: Response, next: NextFunction): void => {
    const extension = extname(request.path);
    if (extension !== '' && extension !== '.html') {
      next();
      return;
    }
    response.set('Cache-Control', 'no-cache').type('html');
    if (!existsSync(index)) {
      response.status(503).send(NOT_BUILT);
      return;
    }
    readFile(index, 'utf8').then((html) => response.send(withNonce(html, styleNonce(response))), next);
  };
}

/** Angular takes the nonce for its style elements from this attribute of the root element, the first in the body. */
function withNonce(html: string, nonce: string): string {
  return html
    .replace(/(<body[^>]*>\s*<[a-z][a-z0-9-]*)/i, `$1 ngCspNonce="${nonce}"`)
    .replaceAll('<style', `<style nonce="${nonce}"`);
}
