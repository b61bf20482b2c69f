import { isIP, connect as connectTcp, type LookupFunction, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type SecureContext, type TLSSocket } from 'node:tls';
import type { buildConnector } from 'undici';
import { codeOf, messageOf } from './fault.js';
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
const UNTRUSTED =
  /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_|INVALID_CA|PATH_LENGTH|INVALID_PURPOSE|HOSTNAME_MISMATCH)/;

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

  /** For undici's pool. The time limit covers resolving, connecting and the TLS handshake together. */
  readonly connect = (_options: unknown, callback: Callback): void => {
    let socket: Socket | undefined;
    let answered = false;
    const answer = (outcome: Socket | UpstreamConnectError): void => {
      if (answered) return;
      answered = true;
      clearTimeout(timer);
      if (outcome instanceof UpstreamConnectError) {
        socket?.destroy();
        callback(outcome, null);
      } else callback(null, outcome);
    };
    const timer = setTimeout(
      () => answer(new UpstreamConnectError('timeout', `no connection within ${this.timeout} ms`)),
      this.timeout,
    );
    this.guard.resolve(this.origin.host, this.origin.port).then(
      (resolution) => {
        if (answered) return;
        if (resolution.kind === 'permitted') socket = this.#open(resolution.addresses, answer);
        else answer(refusedBy(resolution));
      },
      (error: unknown) => answer(new UpstreamConnectError('unresolved', messageOf(error), undefined, error)),
    );
  };

  #open(addresses: readonly ResolvedAddress[], answer: (outcome: Socket | UpstreamConnectError) => void): Socket {
    const secure = this.origin.scheme === 'https';
    const socket = secure ? this.#tls(addresses) : this.#tcp(addresses);
    socket.setNoDelay(true);
    socket.once(secure ? 'secureConnect' : 'connect', () => answer(socket));
    socket.on('error', (error: Error) => answer(connectError(error)));
    socket.once('close', () => answer(new UpstreamConnectError('unreachable', 'the server closed the connection')));
    return socket;
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

function refusedBy(resolution: Exclude<Resolution, { kind: 'permitted' }>): UpstreamConnectError {
  return resolution.kind === 'forbidden'
    ? new UpstreamConnectError('forbidden', resolution.reason, resolution.setting)
    : new UpstreamConnectError('unresolved', resolution.reason);
}

function connectError(error: Error): UpstreamConnectError {
  const code = codeOf(error);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return new UpstreamConnectError('untrusted', 'its certificate is for another name', undefined, error);
  }
  if (UNTRUSTED.test(code)) return new UpstreamConnectError('untrusted', messageOf(error), undefined, error);
  if (code === 'ETIMEDOUT') return new UpstreamConnectError('timeout', 'the connection timed out', undefined, error);
  return new UpstreamConnectError('unreachable', messageOf(error), undefined, error);
}
