import { Injectable, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';

/** One handler of the control plane. */
export interface Route {
  readonly method: string;
  /** As declared, with parameters: `/v1/agents/:id`. */
  readonly path: string;
  /** `AgentsController.get`. */
  readonly name: string;
  readonly handler: object;
}

/** Every route that the program serves, read from the controllers themselves. */
@Injectable()
export class Routes {
  #routes: readonly Route[] | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  all(): readonly Route[] {
    this.#routes ??= this.discovery.getControllers().flatMap(({ metatype }) => this.#routesOf(metatype));
    return this.#routes;
  }

  /** The methods that a path answers to, `HEAD` with `GET`; empty for an unknown path. */
  methodsOf(path: string): readonly string[] {
    const methods = this.all()
      .filter((route) => matches(route.path, path))
      .map((route) => route.method);
    return [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))];
  }

  #routesOf(controller: unknown): Route[] {
    if (typeof controller !== 'function') return [];
    const prototype = controller.prototype as object;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler: unknown = Reflect.get(prototype, name);
      if (typeof handler !== 'function' || Reflect.getMetadata(PATH_METADATA, handler) === undefined) return [];
      const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
      return pathsOf(controller).flatMap((prefix) =>
        pathsOf(handler).map((path) => ({
          method,
          path: join(prefix, path),
          name: `${controller.name}.${name}`,
          handler,
        })),
      );
    });
  }
}

function pathsOf(target: object): string[] {
  const declared = Reflect.getMetadata(PATH_METADATA, target) as string | string[];
  return Array.isArray(declared) ? declared : [declared];
}

function join(prefix: string, path: string): string {
  return `/${[prefix, path]
    .map((part) => part.replaceAll(/^\/+|\/+$/g, ''))
    .filter((part) => part !== '')
    .join('/')}`;
}

/** Segment by segment; a `:parameter` takes any one segment. */
function matches(declared: string, path: string): boolean {
  const wanted = declared.split('/');
  const given = path.replace(/\/+$/, '').split('/');
  return wanted.length === given.length && wanted.every((part, index) => part.startsWith(':') || part === given[index]);
}
