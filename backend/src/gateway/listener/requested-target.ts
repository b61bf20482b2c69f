import type { IncomingMessage } from 'node:http';
import type { Tunnel } from '../exchange.js';
import { Refusal } from '../refusal.js';
import { claimedMethods } from './claimed-methods.js';
import {
  hostFieldMatches,
  parseAbsoluteTarget,
  parseConnectTarget,
  parseOriginTarget,
  type RequestTarget,
  type TargetOrigin,
  type TargetResult,
} from './request-target.js';

const HOW_TO_USE =
  'This is a proxy: set HTTPS_PROXY and HTTP_PROXY to http://x:TOKEN@HOST:PORT, or run your program with `onecli run`.';

/** The authority that a CONNECT names. Throws the {@link Refusal}. */
export function requestedAuthority(request: IncomingMessage): { host: TargetOrigin['host']; port: number } {
  const result = parseConnectTarget(request.url ?? '');
  if (!result.ok) throw new Refusal(result.code, result.message);
  return result;
}

/**
 * What a request names, in absolute-form on the port itself, in origin-form inside a tunnel. Inside a tunnel its authority
 * must be the tunnel's, whichever way it is spelt. Throws the {@link Refusal}.
 */
export function requestedTarget(request: IncomingMessage, tunnel: Tunnel | undefined): RequestTarget {
  const { url = '', method = '', rawHeaders } = request;
  const asked = { method, claimedMethods: claimedMethods(rawHeaders) };
  if (tunnel === undefined) {
    if (url.startsWith('/') || url === '*') throw new Refusal('not_a_proxy_request', HOW_TO_USE);
    return valueOf(parseAbsoluteTarget(url, asked));
  }
  const origin: TargetOrigin = { scheme: tunnel.scheme, ...tunnel.target };
  const hostField = request.headers.host;
  if (hostField !== undefined && !hostFieldMatches(hostField, origin)) throw misdirected('Host field', origin);
  if (url.startsWith('/')) return valueOf(parseOriginTarget(url, origin, asked));
  const target = valueOf(parseAbsoluteTarget(url, asked));
  const same = target.scheme === origin.scheme && target.host === origin.host && target.port === origin.port;
  if (!same) throw misdirected('request target', origin);
  return target;
}

function valueOf(result: TargetResult): RequestTarget {
  if (!result.ok) throw new Refusal(result.code, result.message);
  return result.target;
}

function misdirected(what: string, { host, port }: TargetOrigin): Refusal {
  return new Refusal('misdirected_request', `The ${what} names another server than the tunnel, ${host}:${port}.`);
}
