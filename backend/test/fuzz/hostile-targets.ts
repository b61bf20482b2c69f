import fc from 'fast-check';

/** Stands for the port of the lane's upstream until a request is sent. */
export const PORT = '{{port}}';

const PATHS = [
  ...['/', '/v1', '/v1/models', '/v1/admin', '/v1/admin/users', '/v1/private', '/v1/Private/x', '/v1/things/7'],
  ...[
    '/v1/x/erase',
    '/v1/keys/a',
    '/v1/keys',
    '/v1/query',
    '/v1/clear/x',
    '/bot123/getMe',
    '/Exact/Path',
    '/exact/path',
  ],
  ...['/v1/.well-known', '/v1/a..b', '/v1/...', '/v1/%20x', '/v1/@scope%2Fname', '/v1/*', '/v1/caf\xc3\xa9'],
];

/** What is done to a path at some place, and leaves it readable. The first ones are harmless, so that shrinking ends there. */
const MILD_TWISTS: readonly ((character: string) => string)[] = [
  (character) => character,
  (character) => (character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase()),
  (character) => escaped(character),
  (character) => escaped(character).toLowerCase(),
  (character) => `%25${escaped(character).slice(1)}`,
  (character) => `/${character}`,
  (character) => `${character};a=b`,
  (character) => `;x/${character}`,
  (character) => `${character}/`,
  (character) => `%2F${character}`,
  (character) => `%5c${character}`,
  (character) => `%3B${character}`,
  (character) => `?${character}`,
  () => '',
];

const TWISTS: readonly ((character: string) => string)[] = [
  (character) => `/./${character}`,
  (character) => `/x/../${character}`,
  (character) => `/%2e%2E/${character}`,
  (character) => `/..;/${character}`,
  (character) => `%2f..%2f${character}`,
  (character) => `\\${character}`,
  (character) => `%00${character}`,
  (character) => `%${character}`,
  (character) => `%c0%ae${character}`,
  (character) => `#${character}`,
  (character) => `;%2f..${character}`,
  (character) => `/%252e%252e/${character}`,
];

function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
const place = fc.integer({ min: 0, max: 24 });

const twist = fc.oneof(
  { weight: 40, arbitrary: fc.tuple(place, fc.constantFrom(...MILD_TWISTS)) },
  { weight: 4, arbitrary: fc.tuple(place, fc.constantFrom(...TWISTS)) },
  {
    weight: 1,
    arbitrary: fc.tuple(
      place,
      byte.map((odd) => (character: string) => odd + character),
    ),
  },
);

function twisted(path: string, twists: readonly (readonly [number, (character: string) => string])[]): string {
  const characters = path.split('');
  for (const [at, change] of twists) {
    const index = at % characters.length;
    characters[index] = change(characters[index] ?? '');
  }
  return characters.join('');
}

/** A path: one that a rule or secret is about, in some spelling. */
export const hostilePath = fc
  .tuple(
    fc.constantFrom(...PATHS),
    fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 3, arbitrary: fc.array(twist, { maxLength: 3 }) }),
  )
  .map(([path, twists]) => twisted(path, twists));

/** Only such changes of spelling as leave a restrictive rule in force, or make the path ambiguous. */
export function spellingsOf(path: string): fc.Arbitrary<string> {
  const kept = [1, 2, 3].flatMap((index) => MILD_TWISTS[index] ?? []);
  const between = [
    ...[
      '/',
      '//',
      '/;/',
      ';a=b/',
      ';/;x=/',
      '%2F',
      '%2f',
      '%5c',
      '%5C',
      '/./',
      '/%2e/',
      '/x/..//',
      '/.;/',
      ';%2f',
      '\\',
    ],
    ...['/%252e/', '%c0%af'],
  ];
  const [, ...segments] = path.split('/');
  const segment = (text: string): fc.Arbitrary<string> =>
    fc
      .tuple(...text.split('').map(() => fc.option(fc.constantFrom(...kept), { nil: undefined, freq: 2 })))
      .map((changes) =>
        text
          .split('')
          .map((character, at) => changes[at]?.(character) ?? character)
          .join(''),
      );
  const parts = segments.map((text) => fc.tuple(fc.constantFrom(...between), segment(text)));
  return fc
    .tuple(fc.tuple(...parts), fc.constantFrom('', '/', '//', ';', ';v=1', '%2f', '/;', '%3b'))
    .map(([spelt, end]) => {
      const text = spelt.map(([separator, name]) => separator + name).join('') + end;
      // An origin-form begins with a slash in clear.
      return text.startsWith('/') ? text : `/${text}`;
    });
}

const QUERIES = [
  '',
  '?a=1',
  '?key=mine',
  '?',
  '?key=k',
  '?c=d&e',
  '?%6bey=x&KEY=y&key',
  '?key=a&key=b',
  '?x=%zz',
  '??',
];
const ODD_QUERIES = [
  '?/../v1/admin',
  '?x=%00',
  '?x=\xff',
  '?a#b',
  '?a b',
  '?x=\x7f',
  '?http://other.test/',
  '?a\tb',
  '?\\',
];

export const hostileQuery = fc.oneof(
  { weight: 20, arbitrary: fc.constant('') },
  { weight: 12, arbitrary: fc.constantFrom(...QUERIES) },
  { weight: 1, arbitrary: fc.constantFrom(...ODD_QUERIES) },
);

const HOSTS = [
  ...['api.test', 'api.test', 'api.test', 'api.test', 'secret.test', 'secret.test', 'secret.test', '127.0.0.1'],
  ...['127.0.0.1', 'localhost', 'sub.secret.test'],
  ...['blocked.test', 'other.test'],
];

const HOST_SPELLINGS: readonly ((host: string) => string)[] = [
  (host) => host,
  (host) => host.toUpperCase(),
  (host) => `${host}.`,
  (host) => `${host}..`,
  (host) => `.${host}`,
  (host) => host.replace('.', '%2e'),
  (host) => `user:pass@${host}`,
  (host) => `${host}@other.test`,
  (host) => host.replace('.', '\u3002'),
  (host) => `\uff41${host.slice(1)}`,
  (host) => `${host}\\`,
  (host) => `${host}%00.other.test`,
  (host) => `${host},other.test`,
  (host) => `[${host}]`,
  () => '[::ffff:127.0.0.1]',
  () => '[::1]',
  () => '127.1',
  () => '0x7f000001',
  () => '2130706433',
  () => '0177.0.0.1',
  () => '127.0.0.1.',
  () => '127.000.0.1',
  () => '',
  () => '*',
];

const PORT_SPELLINGS = [
  ...[`:${PORT}`, `:0${PORT}`, '', ':', ':443', ':80', ':0', ':65536', `:+${PORT}`, `:${PORT}:80`, `: ${PORT}`, ':x'],
  ...[`:${PORT}.0`, ':1'],
];

/** A host and port. Most are in order, so that what is inside gets its turn. */
export const hostileAuthority = fc
  .tuple(
    fc.constantFrom(...HOSTS),
    fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(...HOST_SPELLINGS.slice(0, 3)) },
      { weight: 1, arbitrary: fc.constantFrom(...HOST_SPELLINGS) },
    ),
    fc.oneof(
      { weight: 30, arbitrary: fc.constant(`:${PORT}`) },
      { weight: 1, arbitrary: fc.constantFrom(...PORT_SPELLINGS) },
    ),
  )
  // As clients send names that are not ASCII: in UTF-8.
  .map(([host, spell, port]) => Buffer.from(spell(host) + port, 'utf8').toString('latin1'));
