import { isIP, connect as connectTcp, type LookupFunction, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type SecureContext, type TLSSocket } from 'node:tls';
import type { buildConnector } from 'undici';
import type { ResolvedAddress, Resolution, UpstreamGuard } from './upstream-guard.js';

/** Why no connection came about, before or while connecting. `cause` is Node's error where there is one. */
export class UpstreamConnectError extends Error {
  constructor(
    readonly kind: 'forbidden' | 'unresolved' | 'unreachable' | 'untrusted' | 'timeout',
    readonly reason: string,
    readonly setting?: string,
    cause?: unknown,
  ) {
    super(reason, { cause });
    this.name = 'UpstreamConnectError';
  }
}

export interface UpstreamOrigin {
  readonly scheme: 'http' | 'https';
  /** Canonical; IPv6 in brackets. */
  readonly host: string;
  readonly port: number;
}

type Callback = buildConnector.Callback;

/** Errors of OpenSSL's verification and of Node's name check, as `error.code`. */
const UNTRUSTED = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_|INVALID_CA|PATH_LENGTH|INVALID_PURPOSE|HOSTNAME_MISMATCH)/;

/**
 * Opens connections to one origin: resolves through the guard, connects to the very addresses that it permitted (happy
 * eyeballs over them, RFC 8305), verifies TLS against the given context, and offers the last session for resumption.
 */
export class UpstreamConnector {
  #session: Buffer | undefined;
  readonly #hostname: string;

  constructor(
    private readonly origin: UpstreamOrigin,
    private readonly guard: UpstreamGuard,
    private readonly trust: SecureContext,
    private readonly timeout: number,
  ) {
    this.#hostname = origin.host.replace(/^\[(.*)\]$/, '$1');
  }

  readonly connect = (_options: unknown, callback: Callback): void => {
    this.guard.resolve(this.origin.host, this.origin.port).then(
      (resolution) => this.#open(resolution, callback),
      (error: unknown) => callback(new UpstreamConnectError('unresolved', reasonOf(error), undefined, error), null),
    );
  };

  #open(resolution: Resolution, callback: Callback): void {
    if (resolution.kind === 'forbidden') {
      callback(new UpstreamConnectError('forbidden', resolution.reason, resolution.setting), null);
      return;
    }
    if (resolution.kind === 'unresolved') {
      callback(new UpstreamConnectError('unresolved', resolution.reason), null);
      return;
    }
    const secure = this.origin.scheme === 'https';
    const socket = secure ? this.#tls(resolution.addresses) : this.#tcp(resolution.addresses);
    let answered = false;
    const answer = (error: UpstreamConnectError | null): void => {
      if (answered) return;
      answered = true;
      clearTimeout(timer);
      if (error !== null) socket.destroy();
      if (error === null) callback(null, socket);
      else callback(error, null);
    };
    const timer = setTimeout(
      () => answer(new UpstreamConnectError('timeout', `no connection within ${this.timeout} ms`)),
      this.timeout,
    );
    socket.setNoDelay(true);
    socket.once(secure ? 'secureConnect' : 'connect', () => answer(null));
    socket.on('error', (error: NodeJS.ErrnoException) => answer(connectError(error)));
    socket.once('close', () => answer(new UpstreamConnectError('unreachable', 'the server closed the connection')));
  }

  #tcp(addresses: readonly ResolvedAddress[]): Socket {
    return connectTcp({
      host: this.#hostname,
      port: this.origin.port,
      lookup: pinned(addresses),
      autoSelectFamily: true,
      keepAlive: true,
    });
  }

  #tls(addresses: readonly ResolvedAddress[]): TLSSocket {
    const options: ConnectionOptions & TcpNetConnectOpts = {
      host: this.#hostname,
      port: this.origin.port,
      lookup: pinned(addresses),
      autoSelectFamily: true,
      // RFC 6066: an address is no server name. Node then verifies against the certificate's IP entries.
      servername: isIP(this.#hostname) === 0 ? this.#hostname : '',
      secureContext: this.trust,
      rejectUnauthorized: true,
      ALPNProtocols: ['http/1.1'],
      ...(this.#session === undefined ? {} : { session: this.#session }),
    };
    const socket = connectTls(options);
    socket.on('session', (session: Buffer) => (this.#session = session));
    return socket;
  }
}

/** A lookup that answers what was checked, so that a second answer of the resolver has no say (DNS rebinding). */
function pinned(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else if (first !== undefined) callback(null, first.address, first.family);
  };
}

function connectError(error: NodeJS.ErrnoException): UpstreamConnectError {
  const [inner] = error instanceof AggregateError ? (error.errors as NodeJS.ErrnoException[]) : [error];
  const code = inner?.code ?? error.code ?? '';
  if (UNTRUSTED.test(code)) return new UpstreamConnectError('untrusted', untrustedReason(error, code), undefined, error);
  if (code === 'ETIMEDOUT') return new UpstreamConnectError('timeout', 'the connection timed out', undefined, error);
  return new UpstreamConnectError('unreachable', reasonOf(inner ?? error), undefined, error);
}

function untrustedReason(error: Error, code: string): string {
  return code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? 'its certificate is for another name' : `${error.message} (${code})`;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = (error as NodeJS.ErrnoException).code;
  return code === undefined || error.message.includes(code) ? error.message : `${error.message} (${code})`;
}
