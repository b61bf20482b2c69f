import type { CompiledSecret, SecretLookup } from './compiled-policy.js';
import type { DecidableRequest } from './decidable-request.js';
import { HostIndex } from './host-index.js';
import { PathIndex } from './path-index.js';

/** Secrets by host and path. Secrets match the exact form only. */
export class SecretIndex implements SecretLookup {
  readonly #hosts = new HostIndex<PathIndex<CompiledSecret>>(() => new PathIndex());

  /** Only while compiling. */
  add(secret: CompiledSecret): void {
    this.#hosts.bucket(secret.host).add(secret.path === null ? null : secret.path.exact, secret);
  }

  collect(request: DecidableRequest, into: CompiledSecret[]): void {
    for (const secrets of this.#hosts.concerning(request.host)) secrets.collect(request.exactPath, into);
  }
}
