import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { RequestLogEntry } from '../../src/audit/request-log.entry.js';
import { readAnswers, type Asked } from './answer-reading.js';
import { AUTHORITY, CREDENTIALS, type HostileConversation } from './hostile-requests.js';
import { PORT } from './hostile-targets.js';
import { RecordingUpstream } from './recording-upstream.js';
import type { WatchedGateway } from './watched-gateway.js';
import { readRequests, type WireReading } from './wire-reading.js';

/** All that could be seen of one conversation, from every side. */
export interface Observed {
  readonly conversation: HostileConversation;
  /** The authority of the connection as it was sent. */
  readonly authority: string;
  /** What was sent behind the CONNECT, or all of it. */
  readonly sent: string;
  readonly sentReading: WireReading;
  /** Status of the CONNECT; undefined without one. */
  readonly connectStatus: number | undefined;
  readonly received: string;
  readonly arrived: readonly ReturnType<RecordingUpstream['readings']>[number][];
  readonly opened: number;
  readonly entries: readonly RequestLogEntry[];
  /** What the harness itself could not do, such as waiting for an exchange that does not end. */
  readonly stuck: string | undefined;
}

/** After so many turns of the event loop without a byte nothing more is expected. */
const SILENT_TURNS = 10;
const PATIENCE_MS = 5000;

/** One conversation at a time, from an address of its own to upstreams of its own, so that all that happens belongs to it. */
export class HostileLane {
  private constructor(
    private readonly watched: WatchedGateway,
    private readonly address: string,
    private readonly secure: RecordingUpstream,
    private readonly plain: RecordingUpstream,
  ) {}

  /** `number` 0 is at 127.0.0.1; the others are at further loopback addresses, which only Linux has without being asked. */
  static async open(watched: WatchedGateway, number: number): Promise<HostileLane> {
    const [secure, plain] = await Promise.all([RecordingUpstream.start('https'), RecordingUpstream.start('http')]);
    return new HostileLane(watched, number === 0 ? '127.0.0.1' : `127.0.1.${number}`, secure, plain);
  }

  close(): Promise<unknown> {
    return Promise.all([this.secure.close(), this.plain.close()]);
  }

  async converse(conversation: HostileConversation): Promise<Observed> {
    this.watched.takeEntries(this.address);
    for (const upstream of [this.secure, this.plain]) upstream.forget();
    const upstream =
      conversation.transport === 'tls' || conversation.transport === 'absolute https' ? this.secure : this.plain;
    const authority = conversation.authority.replaceAll(PORT, String(upstream.port));
    const sent = this.#bytesOf(conversation, authority, upstream.port);
    const sentReading = readRequests(sent);
    const link = await this.#link(conversation, authority);
    let received = '';
    if (link.socket !== undefined) {
      received = await this.#talk(link.socket, sent, conversation.cuts, sentReading);
      link.socket.destroy();
    }
    link.tcp.destroy();
    const stuck = await this.#settle();
    return {
      ...{ conversation, authority, sent, sentReading, connectStatus: link.status, received },
      arrived: [this.secure, this.plain].flatMap((server) => server.readings()),
      opened: this.secure.opened + this.plain.opened,
      entries: this.watched.takeEntries(this.address),
      stuck,
    };
  }

  #bytesOf({ requests, until, agent }: HostileConversation, authority: string, port: number): string {
    const text = requests
      .join('')
      .replaceAll(AUTHORITY, authority)
      .replaceAll(PORT, String(port))
      .replaceAll(CREDENTIALS, `Proxy-Authorization: ${this.#credentials(agent)}`);
    return text.slice(0, Math.ceil(text.length * until));
  }

  #credentials(agent: 'open' | 'strict'): string {
    return `Basic ${Buffer.from(`x:${this.watched.tokens[agent]}`).toString('base64')}`;
  }

  async #link({ transport, agent }: HostileConversation, authority: string) {
    const tcp = connectTcp({ port: this.watched.gateway.port, host: '127.0.0.1', localAddress: this.address });
    tcp.on('error', () => undefined).setNoDelay(true);
    if (transport.startsWith('absolute')) return { tcp, socket: tcp, status: undefined };
    const head = `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nProxy-Authorization: ${this.#credentials(agent)}\r\n\r\n`;
    tcp.write(head, 'latin1');
    const answer = await untilQuiet(
      tcp,
      (text) => text.includes('\r\n\r\n'),
      () => true,
    );
    const status =
      readAnswers(answer, () => ({ method: 'HEAD', version: '1.1' })).answers[0]?.status ??
      Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
    if (status !== 200) return { tcp, socket: undefined, status };
    return { tcp, socket: transport === 'tls' ? await this.#secure(tcp, authority) : tcp, status };
  }

  #secure(tcp: Socket, authority: string): Promise<Socket | undefined> {
    const { hostname } = new URL(`https://${Buffer.from(authority, 'latin1').toString('utf8')}`);
    const name = hostname.replace(/\.$/, '');
    const servername = isIP(name) === 0 && !name.startsWith('[') ? name : '';
    return new Promise((resolve) => {
      const options = { socket: tcp, servername, ca: this.watched.gateway.ca, checkServerIdentity: () => undefined };
      const tls = connectTls(options, () => resolve(tls));
      tls.on('error', () => resolve(undefined));
    });
  }

  /** Sends the bytes in pieces and reads until every request is answered, the connection is closed, or nothing comes. */
  async #talk(socket: Socket, sent: string, cuts: readonly number[], reading: WireReading): Promise<string> {
    const asked = askedBy(reading);
    const whole = reading.fault === undefined && reading.requests.every(({ complete }) => complete);
    const isOver = (text: string): boolean =>
      whole && readAnswers(text, asked).answers.length >= reading.requests.length && readAnswers(text, asked).complete;
    const answer = untilQuiet(socket, isOver, () => whole && this.watched.isBusy(this.address));
    const places = [...cuts.map((cut) => Math.floor(cut * sent.length)), sent.length].sort((a, b) => a - b);
    let at = 0;
    for (const place of places) {
      if (place === at) continue;
      if (socket.writable) socket.write(sent.slice(at, place), 'latin1');
      at = place;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return answer;
  }

  /** An exchange that was given up may still be opening its connection. */
  #isQuiet({ atRest, everOpened, port }: RecordingUpstream): boolean {
    return atRest && everOpened >= this.watched.connectionsTo(port);
  }

  /** Waits until nothing of the conversation goes on any more; says what still does. */
  async #settle(): Promise<string | undefined> {
    const deadline = performance.now() + PATIENCE_MS;
    const upstreams = [this.secure, this.plain];
    for (let rest = 0; rest < 3;) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      const quiet = !this.watched.isBusy(this.address) && upstreams.every((upstream) => this.#isQuiet(upstream));
      rest = quiet ? rest + 1 : 0;
      if (performance.now() > deadline)
        return this.watched.isBusy(this.address) ? 'an exchange does not end' : 'an upstream waits';
    }
    return undefined;
  }
}

/** For the reading of answers: what was asked, as far as it could be read. */
export function askedBy({ requests, faultMethod }: WireReading): (index: number) => Asked {
  return (index) => requests[index] ?? { method: faultMethod, version: undefined };
}

/**
 * Reads until `isOver`, the end, or silence. Silence is turns of the event loop, which gateway and test share, and not time: on a
 * loaded machine a request that waits for its turn is not taken for one that is never answered.
 */
function untilQuiet(socket: Socket, isOver: (text: string) => boolean, isBusy: () => boolean): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    let turns = 0;
    const done = (): void => {
      clearInterval(timer);
      socket.off('data', onData).off('end', done).off('close', done);
      resolve(text);
    };
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      turns = 0;
      if (isOver(text)) done();
    };
    const deadline = performance.now() + PATIENCE_MS;
    const timer = setInterval(() => {
      turns = socket.connecting || socket.writableLength > 0 || isBusy() ? 0 : turns + 1;
      if (turns >= SILENT_TURNS || performance.now() > deadline) done();
    }, 2);
    socket.on('data', onData).once('end', done).once('close', done);
    if (socket.destroyed) done();
  });
}
