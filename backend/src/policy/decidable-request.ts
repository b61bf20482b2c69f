import type { Scheme } from '../../../libs/patterns/authority.js';
import type { CanonicalHost } from '../../../libs/patterns/canonical-host.js';

/** What a decision looks at: one request, read once (gateway/listener/request-target.ts). */
export interface DecidableRequest {
  readonly scheme: Scheme;
  readonly host: CanonicalHost;
  readonly port: number;
  /** As sent. */
  readonly method: string;
  /** Upper-case methods that override fields claim; restrictive rules count them as sent. */
  readonly claimedMethods: readonly string[];
  /** As sent, without the query. Path templates of secrets are compared with it. */
  readonly path: string;
  readonly exactPath: string;
  readonly widenedPath: string;
  readonly partlyWidenedPaths: readonly string[];
}
