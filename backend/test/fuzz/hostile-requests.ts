import fc from 'fast-check';
import { hostileFields } from './hostile-fields.js';
import { hostileFraming } from './hostile-framing.js';
import { PORT, hostileAuthority, hostilePath, hostileQuery } from './hostile-targets.js';

/** Stands for the authority of the connection, spelt as its CONNECT or URL spells it. */
export const AUTHORITY = '{{authority}}';
/** Stands for the field with the access token, where there is one. */
export const CREDENTIALS = '{{credentials}}';

/** What one connection sends. Text is Latin-1, with the placeholders above. */
export interface HostileConversation {
  readonly transport: 'tls' | 'plain' | 'absolute' | 'absolute https';
  readonly agent: 'open' | 'strict';
  readonly authority: string;
  readonly requests: readonly string[];
  /** Where the bytes are cut into several writes, as parts of the whole. */
  readonly cuts: readonly number[];
  /** The part of the whole after which nothing is sent any more. */
  readonly until: number;
}

const seldom = <T>(usual: T, ...odd: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 150, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(usual, ...odd) });

const method = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom('GET', 'POST', 'DELETE', 'PUT', 'HEAD', 'PATCH', 'OPTIONS') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...[
        'get',
        'Get',
        'CONNECT',
        'TRACE',
        'TRACK',
        'PRI',
        'PROPFIND',
        'M-SEARCH',
        'QUERY',
        'FOO',
        'G\xcbT',
        'GET\0',
        '',
      ],
      ...['SOURCE', 'PURGE', ' GET', '\tGET', 'DELETE\t', 'LINK'],
    ),
  },
);

const version = seldom(
  'HTTP/1.1',
  ...['HTTP/1.0', 'HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/1.2', 'http/1.1', 'HTTP/1.1 ', '', 'HTTP/11', 'HTTP/1.01'],
  ...['HTTP/1.1\t', 'ICE/1.0', 'RTSP/1.0'],
);
const space = seldom(' ', '  ', '\t', '\x0b', ' \r', '');
const lineEnd = seldom('\r\n', '\n', '\r', '\r\r\n', '\n\r\n', '\r\n ');

const hostField = fc.oneof(
  { weight: 80, arbitrary: fc.constant([`Host: ${AUTHORITY}`]) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[[`Host: ${AUTHORITY}`, `Host: ${AUTHORITY}`], [], ['Host: other.test'], ['Host:'], [`host:${AUTHORITY}`]],
      ...[[`Host: blocked.test:${PORT}`], [`Host: secret.test:${PORT}`], [`HOST:\t${AUTHORITY}\t`]],
      ...[[`Host : ${AUTHORITY}`], [`Host: ${AUTHORITY}, other.test`], [` Host: ${AUTHORITY}`]],
      ...[[`Host: x@${AUTHORITY}`], [`Host: ${AUTHORITY}`, 'Host : other.test'], [`Host: http://${AUTHORITY}`]],
      ...[
        [`X: y`, ` Host: other.test`, `Host: ${AUTHORITY}`],
        [`Host: ${AUTHORITY}`, 'Host\0: other.test'],
      ],
      ...[[`Host: api.test`], [`Host: ${AUTHORITY}/x`], [`Host: ${AUTHORITY}#`], [`Host: ${AUTHORITY}\0`]],
    ),
  },
  { weight: 1, arbitrary: hostileAuthority.map((authority) => [`Host: ${authority}`]) },
);

const targetPrefix = (transport: HostileConversation['transport']): fc.Arbitrary<string> => {
  const absolute = [
    `http://${AUTHORITY}`,
    `https://${AUTHORITY}`,
    `HTTP://${AUTHORITY}`,
    `http://other.test:${PORT}`,
    `http://secret.test:${PORT}`,
    `https://secret.test:${PORT}`,
  ];
  const odd = [...absolute, 'http:/', 'http:', `//${AUTHORITY}`, `ftp://${AUTHORITY}`, '*', '', 'x', AUTHORITY];
  switch (transport) {
    case 'absolute':
      return seldom(`http://${AUTHORITY}`, ...odd, '');
    case 'absolute https':
      return seldom(`https://${AUTHORITY}`, ...odd, '');
    case 'tls':
    case 'plain':
      return fc.oneof(
        { weight: 60, arbitrary: seldom('', ...odd) },
        { weight: 1, arbitrary: fc.constant(`${transport === 'tls' ? 'https' : 'http'}://secret.test:${PORT}`) },
      );
  }
};

function hostileRequest(transport: HostileConversation['transport']): fc.Arbitrary<string> {
  const first = fc
    .tuple(method, targetPrefix(transport), hostilePath, hostileQuery, version, space, space, lineEnd)
    .map(
      ([verb, prefix, path, query, http, one, two, end]) => `${verb}${one}${prefix}${path}${query}${two}${http}${end}`,
    );
  const authorization = transport.startsWith('absolute') ? [CREDENTIALS] : [];
  return fc
    .tuple(first, hostField, hostileFields, hostileFraming, lineEnd, fc.constantFrom('', '', '', '\r\n'))
    .map(([line, host, fields, framing, end, before]) => {
      const lines = [...host, ...authorization, ...fields, ...framing.lines];
      // One line end, which is seldom an odd one, for one of the lines; the others are in order.
      const text = lines.map((field, at) => field + (at === 0 ? end : '\r\n')).join('');
      return `${before}${line}${text}\r\n${framing.body}`;
    });
}

const part = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000);

const conversation: fc.Arbitrary<HostileConversation> = fc
  .constantFrom<HostileConversation['transport']>('tls', 'tls', 'plain', 'absolute', 'absolute https')
  .chain((transport) =>
    fc.record({
      transport: fc.constant(transport),
      agent: fc.constantFrom('open' as const, 'open' as const, 'strict' as const),
      authority: hostileAuthority,
      requests: fc.array(hostileRequest(transport), { minLength: 1, maxLength: 4 }),
      cuts: fc.array(part, { maxLength: 4 }),
      until: fc.oneof({ weight: 20, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: part }),
    }),
  );

/** Without fast-check's bias towards the ends of lists and ranges: the weights above are meant as they are written. */
export const hostileConversation = fc.noBias(conversation);
