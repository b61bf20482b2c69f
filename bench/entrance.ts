import { connect } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { freePort, start, stop, until } from './running.js';
import type { Target } from './target.js';

export interface EntranceOptions {
  readonly directory: string;
  readonly upstreamPort: number;
  /** Undefined: directly. */
  readonly through: Target | undefined;
  /** Whether a new connection may take up the TLS session of an earlier one. */
  readonly resume: boolean;
}

/**
 * A port without TLS that leads to the upstream: for each connection stunnel opens one, with CONNECT and TLS through a proxy or with
 * TLS alone. Load generators that are made for load (wrk) know neither CONNECT nor the Host of a tunnel's target. stunnel is a
 * process of its own, so its work is not in what is measured of the proxy, and it stands in the direct way as well.
 */
export class Entrance {
  private constructor(
    readonly port: number,
    private readonly process: ChildProcess,
  ) {}

  /** Rejects with an Error when stunnel does not listen. */
  static async open(options: EntranceOptions): Promise<Entrance> {
    const port = await freePort();
    const file = join(options.directory, `stunnel-${port}.conf`);
    writeFileSync(file, configuration(port, options), { mode: 0o600 });
    const process = start('stunnel', [file], { stdio: ['ignore', 'ignore', 'inherit'] });
    await until('stunnel listens', () => answers(port));
    return new Entrance(port, process);
  }

  close(): Promise<void> {
    return stop(this.process);
  }
}

/** stunnel(8). */
function configuration(port: number, { upstreamPort, through, resume, directory }: EntranceOptions): string {
  const viaProxy =
    through === undefined
      ? [`connect = 127.0.0.1:${upstreamPort}`]
      : [
          `connect = 127.0.0.1:${through.port}`,
          'protocol = connect',
          `protocolHost = localhost:${upstreamPort}`,
          ...(through.token === undefined
            ? []
            : ['protocolAuthentication = basic', 'protocolUsername = x', `protocolPassword = ${through.token}`]),
        ];
  const lines = [
    ...['foreground = quiet', 'syslog = no', 'pid =', 'debug = err', `output = ${join(directory, 'stunnel.log')}`],
    ...['socket = l:TCP_NODELAY=1', 'socket = r:TCP_NODELAY=1'],
    '[upstream]',
    ...['client = yes', `accept = 127.0.0.1:${port}`, ...viaProxy, 'sni = localhost', 'TIMEOUTclose = 0'],
    `sessionResume = ${resume ? 'yes' : 'no'}`,
  ];
  return `${lines.join('\n')}\n`;
}

function answers(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(undefined));
  });
}
