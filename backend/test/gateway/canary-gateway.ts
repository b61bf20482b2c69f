import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { RootAuthority } from '../../src/authority/root-authority.js';
import { NestLog } from '../../src/boot/nest-log.js';
import { KeyRing } from '../../src/crypto/key-ring.js';
import { LOGGER, type Logger } from '../../src/logging/logger.js';
import { confidentialBytes, confidentialText, type Confidential } from '../support/confidential.js';
import { EventReader } from '../support/event-reader.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { exchangeRaw } from '../support/raw-client.js';
import { startUnruly, type Treatment, type UnrulyUpstream } from '../support/unruly-upstream.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

const random = (): string => randomBytes(24).toString('base64url');
/** Characters that every encoding writes differently, around enough of those that most leave alone. */
export const CANARY = `sk-${random()}"\\é/+%&${random()}`;
export const ROTATED = `sk-${random()}<>'=~${random()}`;
/** Its name is public: each sink that is searched must show it, or the search would find nothing anyway. */
export const NAME = `Canary-${randomBytes(12).toString('hex')}`;

/** A gateway at its most talkative and least patient, with the canary in every place that a secret can have. */
export interface CanaryGateway {
  readonly gateway: TestGateway;
  readonly upstream: Upstream;
  readonly plain: Upstream;
  readonly unruly: Readonly<Record<Unruliness, UnrulyUpstream>>;
  readonly events: EventReader;
  readonly secretId: string;
  /** What must be nowhere: values, and keys. */
  readonly confidential: readonly Confidential[];
  /** Apart, because the container config shows it. */
  readonly token: Confidential;
  close(): Promise<void>;
}

export type Unruliness = keyof typeof TREATMENTS | 'untrusted' | 'deaf';

const canaryOf = (head: string): string => /^x-canary: (.*)$/im.exec(head)?.[1] ?? 'no canary came';

/** What upstreams do with a request, and with the credential in it. */
const TREATMENTS = {
  reset: (_head, socket) => void socket.destroy(),
  silent: () => undefined,
  brokenOff: (head, socket) =>
    void socket.write(`HTTP/1.1 200 ${canaryOf(head)}\r\nContent-Length: 99\r\n\r\n${canaryOf(head)}`),
  unreadable: (head, socket) => void socket.end(`${canaryOf(head)} ${head}\r\n\r\n`),
  badField: (head, socket) =>
    void socket.end(`HTTP/1.1 200 OK\r\n${canaryOf(head)}: x\r\n${canaryOf(head)}\u0000\r\n\r\n`),
  badStatus: (head, socket) => void socket.end(`HTTP/1.1 ${canaryOf(head)}\r\n\r\n`),
  echoing: (head, socket) =>
    void socket.end(
      [`HTTP/1.1 401 ${canaryOf(head)} is wrong`, `Set-Cookie: k=${canaryOf(head)}`, 'Content-Length: 0', '', ''].join(
        '\r\n',
      ),
    ),
} as const satisfies Record<string, Treatment>;

export async function startCanaryGateway(): Promise<CanaryGateway> {
  const gateway = await startGateway({
    LOG_LEVEL: 'trace',
    GATEWAY_CONNECT_TIMEOUT: '400',
    GATEWAY_RESPONSE_TIMEOUT: '300',
    GATEWAY_BODY_TIMEOUT: '300',
    GATEWAY_MAX_HEADER_BYTES: '8192',
    GATEWAY_SHUTDOWN_TIMEOUT: '500',
  });
  gateway.app.useLogger(new NestLog(gateway.app.get<Logger>(LOGGER, { strict: false })));
  await watchQueue(gateway);
  const [upstream, plain] = [await startUpstream(), await startUpstream({ scheme: 'http' })];
  const unruly = await startAll();
  const events = await EventReader.open(`${gateway.adminUrl}/v1/requests/stream`);
  const secretId = await plant(gateway);
  return {
    ...{ gateway, upstream, plain, unruly, events, secretId, confidential: confidentialIn(gateway) },
    token: confidentialText('the access token', gateway.agent.accessToken.slice('aoc_'.length)),
    close: async () => {
      await events.close();
      await gateway.close();
      await Promise.all([upstream.close(), plain.close(), ...Object.values(unruly).map((each) => each.close())]);
    },
  };
}

export async function sqlOf(
  { databaseUrl }: TestGateway,
  text: string,
  values: unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(text, values)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

function confidentialIn(gateway: TestGateway): Confidential[] {
  const { bytes } = gateway.app.get(KeyRing, { strict: false }).current;
  const root = gateway.app.get(RootAuthority, { strict: false }).current().privateKey.export({ format: 'jwk' });
  return [
    confidentialText('the value', CANARY),
    confidentialText('the rotated value', ROTATED),
    confidentialBytes('the encryption key', bytes),
    confidentialBytes("the root's private key", Buffer.from(root.d ?? '', 'base64url')),
  ];
}

async function plant(gateway: TestGateway): Promise<string> {
  const generic = { type: 'generic', value: CANARY, hostPattern: 'localhost' } as const;
  const places = { ...generic, pathPattern: '/places/*' };
  await gateway.aSecret({ ...places, name: `${NAME} basic`, injectionConfig: { username: 'alice' } });
  await gateway.aSecret({ ...places, name: `${NAME} query`, injectionConfig: { paramName: 'key' } });
  await gateway.aSecret({ ...generic, name: `${NAME} path`, injectionConfig: { pathTemplate: '/places/{value}' } });
  await gateway.aRule({ name: `${NAME} block`, hostPattern: 'localhost', pathPattern: '/blocked', action: 'block' });
  await gateway.aRule({
    ...{ name: `${NAME} limit`, hostPattern: 'localhost', pathPattern: '/limited', action: 'rate_limit' },
    ...{ rateLimit: 1, rateLimitWindow: 'day' },
  });
  return (await gateway.aSecret({ ...generic, name: NAME, injectionConfig: { headerName: 'X-Canary' } })).id;
}

/** A finished job leaves the queue at once; a trigger keeps what every row of the queue's tables ever held. */
async function watchQueue(gateway: TestGateway): Promise<void> {
  await sqlOf(gateway, 'create table public.queue_history (row text)');
  await sqlOf(
    gateway,
    `create function public.keep_row() returns trigger language plpgsql as
     $$ begin insert into public.queue_history values (new::text); return new; end $$`,
  );
  // The queue makes its tables when it first connects, which nothing waits for: one entry has to come through.
  await exchangeRaw(gateway.port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await gateway.requests(1);
  const tables = "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'bullmq'";
  for (const { name } of await sqlOf(gateway, tables)) {
    const trigger = `create trigger keep_row after insert or update on ${String(name)}`;
    await sqlOf(gateway, `${trigger} for each row execute function public.keep_row()`);
  }
}

async function startAll(): Promise<Record<Unruliness, UnrulyUpstream>> {
  const treated = Object.entries(TREATMENTS).map(
    async ([name, treatment]) => [name, await startUnruly(treatment)] as const,
  );
  const untrusted = await startUnruly(() => undefined, 'untrusted');
  const deaf = await startUnruly(() => undefined, 'tcp');
  return {
    ...(Object.fromEntries(await Promise.all(treated)) as Record<keyof typeof TREATMENTS, UnrulyUpstream>),
    ...{ untrusted, deaf },
  };
}
