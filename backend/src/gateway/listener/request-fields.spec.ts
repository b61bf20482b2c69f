import { requestFieldsFault } from './request-fields.js';

function fault(...fields: string[]): string | undefined {
  return requestFieldsFault(['Host', 'a', ...fields], '1.1')?.message;
}

describe('the fields of a request', () => {
  it.each([
    [[]],
    [['Content-Length', '0']],
    [['Content-Length', '9007199254740991']],
    [['Transfer-Encoding', 'chunked']],
    [['transfer-encoding', 'Chunked']],
    [['X-Odd', '\u00e9\t"\u00ff', 'Accept', 'a', 'Accept', 'b']],
  ])('are sound: %j', (fields) => {
    expect(fault(...fields)).toBeUndefined();
  });

  it.each([
    [['Host', 'a'], 'more than one Host'],
    [['HOST', 'b'], 'more than one Host'],
    [['Content-Length', '5', 'Transfer-Encoding', 'chunked'], 'both a Content-Length and a Transfer-Encoding'],
    [['Content-Length', '5', 'content-length', '6'], 'more than one Content-Length'],
    [['Content-Length', '5', 'Content-Length', '5'], 'more than one Content-Length'],
    [['Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'chunked'], 'more than one Transfer-Encoding'],
    ...[
      '+5',
      '-5',
      '5,5',
      '5, 5',
      '0x5',
      '',
      ' 5',
      '5 ',
      '5.0',
      '1e3',
      '9007199254740992',
      '99999999999999999',
      '٥',
    ].map((value): [string[], string] => [
      ['Content-Length', value],
      value === '٥' ? 'control character' : 'one decimal number',
    ]),
    ...[
      'gzip',
      'chunked, chunked',
      'gzip, chunked',
      'identity',
      '',
      'xchunked',
      ' chunked',
      'chunked ',
      'chunked;a=b',
    ].map((value): [string[], string] => [['Transfer-Encoding', value], 'only transfer coding']),
    [['Content_Length', '5'], 'hyphen'],
    [['Transfer_Encoding', 'chunked'], 'hyphen'],
    ...['', ' X', 'X ', 'X\t', 'X:Y', 'X Y', 'X\u0000', 'X\r', '\u00e9', 'X(', 'X"', 'X/', '[X]'].map(
      (name): [string[], string] => [[name, 'v'], 'field name'],
    ),
    ...['a\nb', 'a\rb', 'a\r\n b', '\u0000', 'a\u007f', '\u0008', '\u001b', '\u20ac'].map(
      (value): [string[], string] => [['X', value], 'control character'],
    ),
  ])('are refused: %j', (fields, why) => {
    expect(fault(...fields)).toContain(why);
  });

  it('need a Host in HTTP/1.1 only', () => {
    expect(requestFieldsFault(['Accept', 'a'], '1.1')).toEqual({
      code: 'malformed_request',
      message: 'The request has no Host field.',
    });
    expect(requestFieldsFault(['Accept', 'a'], '1.0')).toBeUndefined();
  });

  it('have no transfer coding in HTTP/1.0', () => {
    expect(requestFieldsFault(['Host', 'a', 'Transfer-Encoding', 'chunked'], '1.0')?.message).toContain('HTTP/1.0');
  });

  it('are never quoted in the sentence', () => {
    expect(fault('Authorization', 'sec\u0000ret')).not.toContain('sec');
  });
});
