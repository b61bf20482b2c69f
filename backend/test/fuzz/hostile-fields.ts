import fc from 'fast-check';

const token = fc.constantFrom('X-Keep', 'Accept', 'Cookie', 'X-Key', 'x_key', 'X-Clear', 'Authorization', 'User-Agent');
const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));

/** Claims of another method, in the spellings that servers read. */
const override = fc
  .tuple(
    fc.constantFrom(
      ...[
        'X-HTTP-Method-Override',
        'x-http-method-override',
        'X-HTTP-Method',
        'X-Method-Override',
        'X_HTTP_METHOD_OVERRIDE',
      ],
      ...['X-Http_Method-Override', 'X-METHOD-OVERRIDE'],
    ),
    fc.constantFrom('DELETE', 'delete', ' Delete ', 'GET,DELETE', 'GET, DELETE', 'PUT', '\tDELETE', 'DELETE,'),
  )
  .map(([name, value]) => `${name}: ${value}`);

const HOP_BY_HOP = [
  ...['Connection: close', 'Connection: keep-alive', 'Connection: X-Keep', 'Connection: X-Key, Cookie, close, Host'],
  ...[
    'Connection: X-HTTP-Method-Override',
    'Connection: Content-Length',
    'Connection: Transfer-Encoding',
    'Connection: ,',
  ],
  ...['Connection: upgrade', 'Upgrade: h2c', 'Upgrade: websocket', 'Keep-Alive: timeout=5', 'TE: trailers', 'TE: gzip'],
  ...[
    'Proxy-Connection: keep-alive',
    'Proxy-Authorization: Basic eDp3cm9uZw==',
    'X-OneCLI-Anything: 1',
    'Trailer: X-Late',
  ],
  ...['HTTP2-Settings: AAMAAABkAAQAAP__', 'Expect: 100-continue', 'Expect: 200-ok', 'X-Forwarded-Host: blocked.test'],
  ...['X-Original-URL: /v1/admin/users', 'X-Rewrite-URL: /v1/admin', 'Content-Type: text/plain', 'Via: 1.1 x'],
];

/** A field that is not built as fields are. */
const broken = fc.oneof(
  fc.tuple(token, byte, byte).map(([name, one, two]) => `${name}${one}: a${two}b`),
  fc.tuple(token, byte).map(([name, odd]) => `${odd}${name}: a`),
  fc.tuple(token, fc.array(byte, { maxLength: 12 })).map(([name, bytes]) => `${name}: ${bytes.join('')}`),
  fc.constantFrom(
    ...[
      'nonsense',
      ': empty',
      ' X-Folded: a',
      'X-Folded: a\r\n b',
      'X-Folded:\r\n\tb',
      'X-Bare: a\nX-Inner: b',
      'X: a\rb',
    ],
    ...['X-Space : a', 'X-Tab\t: a', 'X\xe9: a', '"quoted": a', 'X(paren): a', 'X-Key', '\t', 'X-Empty:'],
  ),
);

const field = fc.oneof(
  {
    weight: 26,
    arbitrary: fc.tuple(token, fc.constantFrom('a', 'b', '', 'mine', 'caf\xc3\xa9')).map((pair) => pair.join(': ')),
  },
  { weight: 10, arbitrary: fc.constantFrom(...HOP_BY_HOP) },
  { weight: 6, arbitrary: override },
  { weight: 2, arbitrary: fc.constant('Connection: Upgrade\r\nUpgrade: websocket') },
  { weight: 1, arbitrary: override.map((line) => `Connection: ${line.split(':', 1).join('')}\r\n${line}`) },
  { weight: 1, arbitrary: broken },
);

/** Field lines without their ends. */
export const hostileFields = fc.array(field, { maxLength: 4 });
