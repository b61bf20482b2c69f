// A process of its own, so that an attack's work is not counted among the victim's or the measuring agent's: started by attack.ts, ends by
// itself after its time or with its parent. Runs as it is: node strips the types.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

interface Attack {
  readonly kind: string;
  readonly port: number;
  /** Tokens, one for each attacking agent; empty: nobody's. */
  readonly tokens: readonly string[];
  /** How many at once. */
  readonly many: number;
  readonly seconds: number;
}

const attack = JSON.parse(process.argv[2] ?? '') as Attack;
const counts: Record<string, number> = {};
let over = false;
let serial = 0;
const count = (what: string): void => void (counts[what] = (counts[what] ?? 0) + 1);
const address = (): string => {
  serial += 1;
  return `127.${1 + ((serial >> 16) & 63)}.${(serial >> 8) & 255}.${1 + (serial & 127)}`;
};
const open = (localAddress = '127.0.0.1'): Socket => {
  const socket = connect({ host: '127.0.0.1', port: attack.port, localAddress });
  socket.on('error', () => count('errors'));
  socket.once('connect', () => count('connections'));
  return socket;
};
const token = (i: number): string => attack.tokens[i % attack.tokens.length] ?? '';
const connectHead = (authority: string, i: number): string =>
  `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nProxy-Authorization: Bearer ${token(i)}\r\n\r\n`;
const status = (chunk: Buffer): string => chunk.toString('latin1', 9, 12);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** Keeps `many` connections open, opening another for each that closes. */
const hold = (begin: (i: number) => Socket): void => {
  const next = (i: number): void => {
    if (over) return;
    begin(i).once('close', () => {
      count('closed');
      setTimeout(next, 50, i);
    });
  };
  for (let i = 0; i < attack.many; i += 1) setTimeout(next, (i * 1000) / attack.many, i);
};
/** Runs `many` loops of something that takes a while. */
const repeat = (once: (i: number) => Promise<void>): void => {
  for (let i = 0; i < attack.many; i += 1) {
    void (async () => {
      while (!over) await once(i).catch(() => count('errors'));
    })();
  }
};
const drip = (socket: Socket, piece: string, ms: number): void => {
  const timer = setInterval(() => socket.write(piece), ms);
  socket.once('close', () => clearInterval(timer));
};
const answered = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    socket.once('data', (chunk: Buffer) => resolve(status(chunk)));
    socket.once('close', () => resolve('closed'));
  });

const kinds: Record<string, () => void> = {
  'slow heads': () =>
    hold((i) => {
      const socket = open();
      socket.write('GET http://localhost/ HTTP/1.1\r\n');
      drip(socket, `X-${i}: y\r\n`, 1000);
      return socket.resume();
    }),
  'slow bodies': () => {
    // An upstream of the attacker's own, which takes everything and answers nothing.
    const upstream = createServer((socket) => socket.on('error', () => undefined).resume());
    upstream.listen(0, '127.0.0.1', () => {
      const to = `localhost:${(upstream.address() as AddressInfo).port}`;
      hold((i) => {
        const socket = open();
        const fields = `Host: ${to}\r\nProxy-Authorization: Bearer ${token(i)}\r\nContent-Length: 1000000`;
        socket.write(`POST http://${to}/slow HTTP/1.1\r\n${fields}\r\n\r\n`);
        drip(socket, 'x', 1000);
        return socket.on('data', (chunk: Buffer) => count(status(chunk)));
      });
    });
  },
  'silent connections': () => hold(() => open().resume()),
  'connections that are refused and stay': () =>
    hold(() => {
      const socket = open();
      socket.write('GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n');
      return socket.on('data', (chunk: Buffer) => count(status(chunk)));
    }),
  'half-open tunnels': () =>
    hold((i) => {
      const socket = open();
      socket.write(connectHead(`half-${i}.example:443`, i));
      socket.once('data', (chunk: Buffer) => {
        count(status(chunk));
        socket.write(Buffer.of(0x16, 3, 1, 2, 0));
      });
      return socket.resume();
    }),
  'field floods': () =>
    repeat(async () => {
      const socket = open();
      socket.write(`GET http://localhost/ HTTP/1.1\r\n${'a:b\r\n'.repeat(12_000)}\r\n`);
      count(await answered(socket));
      socket.destroy();
    }),
  'huge values': () =>
    repeat(async () => {
      const socket = open();
      socket.write(`GET http://localhost/ HTTP/1.1\r\nX: ${'y'.repeat(1_000_000)}`);
      count(await answered(socket));
      socket.destroy();
    }),
  'guessed tokens': () =>
    repeat(async () => {
      const socket = open(address());
      const guess = Math.random().toString(36).padEnd(43, 'x');
      socket.write(
        `GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\nProxy-Authorization: Bearer aoc_${guess}\r\n\r\n`,
      );
      count(await answered(socket));
      socket.destroy();
    }),
  'certificate minting': () =>
    repeat(async (i) => {
      serial += 1;
      const host = `mint-${serial}.example`;
      const socket = open();
      socket.write(connectHead(`${host}:443`, i));
      const answer = await answered(socket);
      if (answer !== '200') {
        count(answer);
        socket.destroy();
        await pause(20);
        return;
      }
      const tls = connectTls({ socket, servername: host, rejectUnauthorized: false });
      tls.on('error', () => count('errors'));
      await new Promise<void>((resolve) => tls.once('secureConnect', resolve).once('close', resolve));
      count('certificates');
      tls.destroy();
    }),
};

kinds[attack.kind]?.();
process.on('disconnect', () => process.exit());
process.on('message', () => finish());
setTimeout(() => finish(), attack.seconds * 1000);

function finish(): void {
  if (over) return;
  over = true;
  process.send?.(counts, () => process.exit());
}
