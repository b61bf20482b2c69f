import fc from 'fast-check';

/** Fields that say how long the body is, and the body. */
export interface HostileFraming {
  readonly lines: readonly string[];
  readonly body: string;
}

/** No placeholders here: the body's length is known before they are filled in. */
const INNER = `GET /v1/admin/smuggled HTTP/1.1\r\nHost: api.test\r\nX-Inner: 1\r\n\r\n`;

const content = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('', 'a', 'hello', '{"a":1}') },
  {
    weight: 2,
    arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  },
  { weight: 2, arbitrary: fc.constantFrom(INNER, `\r\n\r\n${INNER}`, `0\r\n\r\n${INNER}`, `x\r\n${INNER}`) },
);

const none = fc.constant<HostileFraming>({ lines: [], body: '' });

const sized = content.map((body) => ({ lines: [`Content-Length: ${body.length}`], body }));

/** Lengths that are not the body's, or not written as lengths are. */
const missized = fc
  .tuple(content, fc.integer({ min: -3, max: 3 }), fc.integer({ min: 0, max: 13 }))
  .map(([body, off, kind]) => {
    const length = Math.max(0, body.length + off);
    const spellings = [
      [`Content-Length: ${length}`],
      [`Content-Length: +${length}`],
      [`Content-Length: 0${length}`],
      [`Content-Length: ${length}, ${length}`],
      [`Content-Length: ${length}`, `Content-Length: ${body.length}`],
      [`Content-Length: 0x${length.toString(16)}`],
      [`Content-Length: ${length} `],
      [`Content-Length:\t${length}\t`],
      [`Content-Length : ${length}`],
      [`Content_Length: ${length}`],
      [`Content-Length: ${length}\0`],
      ['Content-Length: -1'],
      [`Content-Length: 1844674407370955161${length}`],
      [`Content-Length: ${length};`],
    ];
    return { lines: spellings[kind] ?? [], body };
  });

function chunks(body: string, sizes: readonly number[], extension: string): string {
  let text = '';
  let at = 0;
  for (const size of [...sizes, body.length]) {
    const part = body.slice(at, at + size);
    at += part.length;
    if (part !== '') text += `${part.length.toString(16)}${extension}\r\n${part}\r\n`;
  }
  return text;
}

const CHUNKED = 'Transfer-Encoding: chunked';
const LAST_CHUNKS = [
  ...['0\r\n\r\n', '0\r\n\r\n', '0\r\n\r\n', '0\r\nX-Late: 1\r\n\r\n', '0;a=b\r\n\r\n', '000\r\n\r\n'],
  '0\r\nContent-Length: 5\r\nHost: other.test\r\n\r\n',
];
const BAD_LAST_CHUNKS = [
  ...[
    '0\n\n',
    '0\r\n',
    '',
    '-1\r\n\r\n',
    '0x0\r\n\r\n',
    ' 0\r\n\r\n',
    '0 \r\n\r\n',
    '0\r\nX\r\n\r\n',
    '0\r\n X: y\r\n\r\n',
    'g\r\n\r\n',
  ],
  ...[
    '0\r\r\n\r\n',
    '0;\nGET\r\n\r\n',
    '1\r\nab\r\n0\r\n\r\n',
    '2\r\na\r\n0\r\n\r\n',
    'fffffffffffffffff\r\n',
    '0\r\n\rX\r\n\r\n',
  ],
  ...['1;\r\n\r\n0\r\n\r\n', '5\r\nabc\r\n\r\n', '0\r\nX: a\rb\r\n\r\n', '0\r\nX: a\nb\r\n\r\n'],
];
const EXTENSIONS = ['', '', '', ';a', ';a=b', ' ;a="b"', ';\t', ';a=\x01', ';a="\n"', ' '];

const chunked = fc
  .tuple(
    content,
    fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
    fc.oneof({ weight: 30, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.constantFrom(...EXTENSIONS) }),
    fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(...LAST_CHUNKS) },
      { weight: 1, arbitrary: fc.constantFrom(...BAD_LAST_CHUNKS) },
    ),
  )
  .map(([body, sizes, extension, last]) => ({ lines: [CHUNKED], body: chunks(body, sizes, extension) + last }));

/** Two framings at once, or a coding in disguise. */
const contradictory = fc
  .tuple(
    content,
    fc.constantFrom(
      ...[
        'chunked',
        'Chunked',
        ' chunked ',
        'identity',
        'gzip, chunked',
        'chunked, identity',
        'xchunked',
        'chunked;q=1',
        '"chunked"',
      ],
      ...['\x0bchunked', 'chunked\0', 'chun ked', ''],
    ),
    fc.constantFrom(
      'Transfer-Encoding: ',
      'transfer-encoding:',
      'Transfer_Encoding: ',
      'Transfer-Encoding : ',
      'Transfer-Encoding:\r\n ',
    ),
    fc.integer({ min: 0, max: 4 }),
  )
  .map(([body, coding, name, kind]) => {
    const whole = `${chunks(body, [], '')}0\r\n\r\n`;
    const length = `Content-Length: ${[whole.length, body.length, 0, 4, whole.length][kind] ?? 0}`;
    const codingLine = name + coding;
    const lines = [
      [length, codingLine],
      [codingLine, length],
      [codingLine],
      [codingLine, CHUNKED],
      [length, codingLine],
    ];
    return { lines: lines[kind] ?? [], body: whole };
  });

export const hostileFraming: fc.Arbitrary<HostileFraming> = fc.oneof(
  { weight: 40, arbitrary: none },
  { weight: 16, arbitrary: sized },
  { weight: 16, arbitrary: chunked },
  { weight: 1, arbitrary: missized },
  { weight: 1, arbitrary: contradictory },
);
