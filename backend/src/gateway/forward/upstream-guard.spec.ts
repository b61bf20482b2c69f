import { jest } from '@jest/globals';
import fc from 'fast-check';
import { networkInterfaces } from 'node:os';
import { readConfig, withDatabaseUrl } from '../../config/config.js';
import type { Lookup, ResolvedAddress } from './name-lookup.js';
import { ownAddresses, type OwnAddress } from './own-addresses.js';
import { UpstreamGuard } from './upstream-guard.js';

const addressesOf = (...addresses: string[]): ResolvedAddress[] =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

const NAMES: Record<string, string[]> = {
  'api.example.com': ['93.184.216.34', '2606:2800:220:1::1'],
  'db.internal': ['10.0.0.5'],
  'rebind.example': ['93.184.216.34', '127.0.0.1'],
  'metadata.internal': ['169.254.169.254'],
  localhost: ['127.0.0.1', '::1'],
  postgres: ['10.9.9.9'],
  empty: [],
};
const lookup = (name: string): Promise<ResolvedAddress[]> => {
  const found = NAMES[name];
  const error = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
  return found === undefined ? Promise.reject(error) : Promise.resolve(addressesOf(...found));
};

function guard(allow: string[] = [], own: OwnAddress[] = [], resolver: Lookup = lookup): UpstreamGuard {
  return new UpstreamGuard(allow, () => own, resolver);
}

const PUBLIC = { kind: 'permitted', addresses: addressesOf('93.184.216.34', '2606:2800:220:1::1'), trustKey: '' };
const OWN = { kind: 'forbidden', reason: 'that is a part of OneCLI itself', setting: undefined };

describe('the upstream guard', () => {
  it('permits public addresses, and names all of them', async () => {
    expect(await guard().resolve('api.example.com', 443)).toEqual(PUBLIC);
    expect(await guard().resolve('1.1.1.1', 443)).toMatchObject({ addresses: addressesOf('1.1.1.1') });
    expect(await guard().resolve('[2606:4700::1111]', 8443)).toMatchObject({
      addresses: addressesOf('2606:4700::1111'),
    });
  });

  it.each([
    ['127.0.0.1', 80, '127.0.0.1 is a loopback address', '127.0.0.1:80'],
    ['[::1]', 80, '::1 is a loopback address', '[::1]:80'],
    ['[::ffff:a00:1]', 443, '10.0.0.1 is a private address', '10.0.0.1:443'],
    ['[64:ff9b::a00:1]', 443, '64:ff9b::a00:1 carries 10.0.0.1, a private address', '[64:ff9b::a00:1]:443'],
    ['db.internal', 5432, 'db.internal resolves to 10.0.0.5, which is a private address', 'db.internal:5432'],
    ['rebind.example', 443, 'rebind.example resolves to 127.0.0.1, which is a loopback address', 'rebind.example:443'],
    [
      'metadata.internal',
      80,
      /169.254.169.254, which is the address of a cloud metadata service/,
      '169.254.169.254:80',
    ],
    ['100.64.3.4', 443, "100.64.3.4 is a carrier's shared address", '100.64.3.4:443'],
  ])(
    'refuses %s port %i and names the setting that would open it and nothing more',
    async (host, port, reason, entry) => {
      const setting = `GATEWAY_ALLOW_PRIVATE=${entry}`;
      const expected = typeof reason === 'string' ? reason : expect.stringMatching(reason);
      expect(await guard().resolve(host, port)).toEqual({ kind: 'forbidden', reason: expected, setting });
      expect(await guard([entry]).resolve(host, port)).toMatchObject({ kind: 'permitted', trustKey: entry });
      expect(await guard([entry]).resolve(host, port + 1)).toMatchObject({ kind: 'forbidden' });
    },
  );

  it.each(['0.0.0.0', '[::]', '224.0.0.1', '[ff02::1]', '255.255.255.255'])(
    'refuses %s whatever is allowed',
    async (host) => {
      const resolution = await guard(['0.0.0.0/0', '::/0']).resolve(host, 80);
      expect(resolution).toMatchObject({ kind: 'forbidden', setting: undefined });
    },
  );

  it('opens a metadata service by its very address only', async () => {
    const wide = ['169.254.0.0/16', '0.0.0.0/0', 'metadata.internal', '::/0'];
    for (const host of ['169.254.169.254', 'metadata.internal', '[fd00:ec2::254]', '[::ffff:a9fe:a9fe]']) {
      expect(await guard(wide).resolve(host, 80)).toMatchObject({ kind: 'forbidden' });
    }
    expect(await guard(['169.254.169.254']).resolve('metadata.internal', 80)).toMatchObject({ kind: 'permitted' });
    expect(await guard(['169.254.0.0/16']).resolve('169.254.1.1', 80)).toMatchObject({ kind: 'permitted' });
  });

  it('opens by name only what was asked for by that name', async () => {
    const allowing = guard(['db.internal']);
    expect(await allowing.resolve('db.internal', 1)).toMatchObject({ kind: 'permitted', trustKey: 'db.internal' });
    expect(await allowing.resolve('10.0.0.5', 1)).toMatchObject({ kind: 'forbidden' });
    expect(await allowing.resolve('x.db.internal', 1)).toMatchObject({ kind: 'unresolved' });
  });

  it('opens no IPv4 range to IPv6 that carries it, but for mapped addresses, which are IPv4', async () => {
    const allowing = guard(['10.0.0.0/8']);
    expect(await allowing.resolve('[::ffff:a00:1]', 80)).toMatchObject({ kind: 'permitted' });
    expect(await allowing.resolve('[64:ff9b::a00:1]', 80)).toMatchObject({ kind: 'forbidden' });
    expect(await guard(['64:ff9b::/96']).resolve('[64:ff9b::a00:1]', 80)).toMatchObject({ kind: 'permitted' });
  });

  it('keeps upstreams apart by what let them in', async () => {
    const allowing = guard(['127.0.0.0/8', '::1', 'localhost:80']);
    expect(await allowing.resolve('localhost', 81)).toMatchObject({ trustKey: '127.0.0.0/8 ::1' });
    expect(await guard(['127.0.0.0/8']).resolve('api.example.com', 443)).toMatchObject({ trustKey: '' });
  });

  it('says that a name does not resolve', async () => {
    expect(await guard().resolve('nowhere.example', 443)).toEqual({
      kind: 'unresolved',
      reason: 'there is no such name',
    });
    expect(await guard().resolve('empty', 443)).toEqual({ kind: 'unresolved', reason: 'the name has no address' });
    const broken = guard([], [], () => Promise.reject(new Error('x')));
    expect(await broken.resolve('a.example', 443)).toEqual({ kind: 'unresolved', reason: 'the name server failed' });
  });

  it('refuses what the resolver makes of an odd spelling', async () => {
    const odd = guard([], [], () => Promise.resolve(addressesOf('127.0.0.1')));
    for (const host of ['127.1', '0x7f000001', '2130706433', '017700000001', 'LOCALHOST', 'localhost.']) {
      expect(await odd.resolve(host, 80)).toMatchObject({ kind: 'forbidden' });
    }
  });

  it('lets no name in of which any one address is private, wherever it stands', async () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const hidden = fc
      .tuple(fc.constantFrom('10', '127', '192.168', '169.254', '0'), octet, octet, octet)
      .map(([prefix, ...rest]) => [...prefix.split('.'), ...rest].slice(0, 4).join('.'));
    await fc.assert(
      fc.asyncProperty(fc.nat(6), fc.nat(6), hidden, async (before, after, address) => {
        const many = (count: number) => Array.from({ length: count }, (_, i) => `93.184.216.${i}`);
        const found = addressesOf(...many(before), address, ...many(after));
        const mixed = guard(['172.16.0.0/12'], [], () => Promise.resolve(found));
        expect(await mixed.resolve('mixed.example', 443)).toMatchObject({ kind: 'forbidden' });
      }),
    );
  });
});

describe('the guard of our own addresses', () => {
  const config = withDatabaseUrl(
    readConfig({ ADMIN_PUBLIC_URL: 'https://console.example', GATEWAY_PUBLIC_HOST: 'gateway.example:10255' }),
    'postgres://u:p@postgres:5433/onecli',
  );
  const everything = ['0.0.0.0/0', '::/0', 'localhost', 'postgres', 'console.example', 'gateway.example'];
  const guarding = guard(everything, ownAddresses(config), (name) =>
    name.endsWith('.example') ? lookup('api.example.com') : lookup(name),
  );
  const interfaces = Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .map(({ address }) => address);

  it.each(['127.0.0.1', '127.9.9.9', '[::1]', 'localhost', '[::ffff:7f00:1]', '[64:ff9b::127.0.0.1]', ...interfaces])(
    'refuses %s on the ports of both planes although all is allowed',
    async (host) => {
      expect(await guarding.resolve(host, 10_254)).toEqual(OWN);
      expect(await guarding.resolve(host, 10_255)).toEqual(OWN);
      expect(await guarding.resolve(host, 10_253)).toMatchObject({ kind: 'permitted' });
    },
  );

  it('refuses the database by name and by address', async () => {
    expect(await guarding.resolve('postgres', 5433)).toEqual(OWN);
    expect(await guarding.resolve('10.9.9.9', 5433)).toEqual(OWN);
    expect(await guarding.resolve('[2002:a09:909::1]', 5433)).toEqual(OWN);
    expect(await guarding.resolve('10.9.9.9', 5432)).toMatchObject({ kind: 'permitted' });
    expect(await guarding.resolve('10.9.9.8', 5433)).toMatchObject({ kind: 'permitted' });
  });

  it('refuses the console and the gateway by their public names, and not what shares their balancer', async () => {
    expect(await guarding.resolve('console.example', 443)).toEqual(OWN);
    expect(await guarding.resolve('gateway.example', 10_255)).toEqual(OWN);
    expect(await guarding.resolve('other.example', 443)).toMatchObject({ kind: 'permitted' });
  });

  it('keeps refusing the last known address while the name of the database does not resolve', async () => {
    jest.useFakeTimers({ now: Date.now() });
    try {
      let works = true;
      const own: OwnAddress[] = [{ host: 'postgres', port: 5433, by: 'address' }];
      const failing = guard(['10.0.0.0/8'], own, (name) => lookup(works ? name : 'nowhere'));
      expect(await failing.resolve('10.9.9.9', 5433)).toEqual(OWN);
      works = false;
      jest.setSystemTime(Date.now() + 60_000);
      expect(await failing.resolve('10.9.9.9', 5433)).toEqual(OWN);
    } finally {
      jest.useRealTimers();
    }
  });

  it.each([
    ['postgresql://u@DB.example/onecli', [{ host: 'db.example', port: 5432, by: 'address' }]],
    ['postgres://u@[fd00::1]:5433/x', [{ host: 'fd00::1', port: 5433, by: 'address' }]],
    ['postgres:///x?host=db&port=7777', [{ host: 'db', port: 7777, by: 'address' }]],
    ['postgres:///x', [{ host: 'localhost', port: 5432, by: 'address' }]],
    ['postgres:///x?host=/var/run/postgresql', []],
    ['postgres://%2Fvar%2Frun/x', []],
  ])('finds the database in %s', (url, expected) => {
    const own = ownAddresses(withDatabaseUrl(readConfig({}), url));
    expect(own.slice(3)).toEqual(expected);
  });

  it('knows the ports that the system chose', () => {
    const own = ownAddresses(readConfig({ ADMIN_PORT: '0', GATEWAY_PORT: '0' }), { gateway: 41_001, admin: 41_002 });
    expect(own.slice(0, 2)).toEqual([
      { host: '0.0.0.0', port: 41_001, by: 'address' },
      { host: '127.0.0.1', port: 41_002, by: 'address' },
    ]);
  });
});

describe('lookups', () => {
  afterEach(() => jest.useRealTimers());

  it('are made once for 30 seconds, and once for all who wait', async () => {
    jest.useFakeTimers({ now: Date.now() });
    const asked = jest.fn(lookup);
    const guarding = guard([], [], asked);
    await Promise.all([1, 2, 3].map(() => guarding.resolve('api.example.com', 443)));
    expect(await guarding.resolve('api.example.com', 443)).toEqual(PUBLIC);
    expect(asked).toHaveBeenCalledTimes(1);
    jest.setSystemTime(Date.now() + 30_000);
    await guarding.resolve('api.example.com', 443);
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it('are not made for addresses, nor for what is refused by name', async () => {
    const asked = jest.fn(lookup);
    const guarding = guard([], [{ host: 'postgres', port: 5432, by: 'address' }], asked);
    await guarding.resolve('10.0.0.1', 80);
    await guarding.resolve('postgres', 5432);
    expect(asked).not.toHaveBeenCalled();
  });

  it('that failed are made again', async () => {
    const asked = jest.fn(lookup);
    const guarding = guard([], [], asked);
    await guarding.resolve('nowhere.example', 443);
    await guarding.resolve('nowhere.example', 443);
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it('are judged anew each time they are used', async () => {
    const own: OwnAddress[] = [];
    const guarding = guard([], own);
    expect(await guarding.resolve('api.example.com', 443)).toEqual(PUBLIC);
    own.push({ host: '93.184.216.34', port: 443, by: 'address' });
    expect(await guarding.resolve('api.example.com', 443)).toEqual(OWN);
  });

  it('are forgotten beyond ten thousand names', async () => {
    const asked = jest.fn(() => Promise.resolve(addressesOf('93.184.216.34')));
    const guarding = guard([], [], asked);
    for (let i = 0; i <= 10_000; i += 1) await guarding.resolve(`${i}.example`, 443);
    await guarding.resolve('10000.example', 443);
    expect(asked).toHaveBeenCalledTimes(10_001);
    await guarding.resolve('0.example', 443);
    expect(asked).toHaveBeenCalledTimes(10_002);
  });
});
