import { answerFields, answerTrailers, reasonPhrase } from './response-head.js';

const get = { method: 'GET', httpVersion: '1.1' };

describe('a reason phrase', () => {
  it.each([
    ['Quite Fine', 'Quite Fine'],
    [undefined, ''],
    ['成功', Buffer.from('成功').toString('latin1')],
    ['Introuvabl\ufffd', Buffer.from('Introuvabl\ufffd').toString('latin1')],
    ['a\u0001b', ''],
    ['a\r\nX: y', ''],
  ])('%j is written as %j', (decoded, written) => {
    expect(reasonPhrase(decoded)).toBe(written);
  });
});

describe('the fields of an answer', () => {
  it('announce trailers only where they can follow', () => {
    const announced = ['Trailer', 'X-Sum', 'X-Kept', 'yes'];
    expect(answerFields(200, announced, get)).toEqual(announced);
    expect(answerFields(200, [...announced, 'content-length', '1'], get)).toEqual([
      'X-Kept',
      'yes',
      'content-length',
      '1',
    ]);
    expect(answerFields(200, announced, { ...get, method: 'HEAD' })).toEqual(['X-Kept', 'yes']);
    expect(answerFields(200, announced, { ...get, httpVersion: '1.0' })).toEqual(['X-Kept', 'yes']);
  });

  it('give 204 no length', () => {
    expect(answerFields(204, ['Content-Length', '0', 'ETag', '"x"'], get)).toEqual(['ETag', '"x"']);
    expect(answerFields(304, ['Content-Length', '5'], get)).toEqual(['Content-Length', '5']);
  });
});

describe('trailers', () => {
  it('carry neither framing nor what only the gateway says', () => {
    const sent = ['X-Sum', 'abc', 'Content-Length', '5', 'Transfer-Encoding', 'chunked', 'Connection', 'close'];
    expect(answerTrailers([...sent, 'X-OneCLI-Refusal', 'blocked_by_policy', 'Set-Cookie', 'a=b'])).toEqual([
      'X-Sum',
      'abc',
    ]);
  });
});
