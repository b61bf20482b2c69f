import fc from 'fast-check';

import { requestFields, responseFields } from './hop-by-hop.js';

describe('the fields of a request that go upstream', () => {
  it('keep order, case and duplicates', () => {
    const fields = [
      'Host',
      'a',
      'ACCEPT',
      '1',
      'x-b',
      '2',
      'Accept',
      '3',
      'Cookie',
      'a=1',
      'Cookie',
      'b=2',
      'X-Empty',
      '',
    ];
    expect(requestFields(fields)).toEqual(fields);
    expect(requestFields(fields)).not.toBe(fields);
  });

  it.each([
    ...[
      'Connection',
      'Keep-Alive',
      'Proxy-Connection',
      'Proxy-Authorization',
      'proxy-anything',
      'TE',
      'Trailer',
      'Transfer-Encoding',
    ],
    ...['Upgrade', 'HTTP2-Settings', 'Expect', 'X-OneCLI-Anything', 'x-onecli-hint', 'EXPECT'],
  ])('lose %s', (name) => {
    expect(requestFields(['A', '1', name, 'whatever', 'B', '2'])).toEqual(['A', '1', 'B', '2']);
  });

  it('lose what Connection names, in any field and case', () => {
    const fields = [
      'X-Hop',
      '1',
      'Connection',
      'close, x-HOP ,, hop-by-name',
      'Hop-By-Name',
      '1',
      'connection',
      'X-Other',
      'x-other',
      '2',
      'X-Stay',
      '3',
    ];
    expect(requestFields(fields)).toEqual(['X-Stay', '3']);
  });

  it.each([
    'Host',
    'Authorization',
    'X-Api-Key',
    'Cookie',
    'Content-Length',
    'Content-Type',
    'Content-Encoding',
    'X-HTTP-Method-Override',
    // The spelling of a CGI variable.
    'X_HTTP_Method-Override',
  ])('keep %s although Connection names it', (name) => {
    expect(requestFields(['Connection', `close, ${name.toLowerCase()}`, name, 'v'])).toEqual([name, 'v']);
  });

  it('keep the wish for trailers, and no other transfer coding', () => {
    expect(requestFields(['TE', 'gzip;q=0.5, Trailers', 'Connection', 'TE'])).toEqual(['TE', 'trailers']);
    expect(requestFields(['TE', 'gzip', 'te', 'x-trailers'])).toEqual([]);
  });
});

describe('the fields of a response that go downstream', () => {
  it('keep order, case, duplicates and the announcement of trailers', () => {
    const fields = [
      'Date',
      'd',
      'Set-Cookie',
      'a',
      'set-cookie',
      'b',
      'Trailer',
      'X-Sum',
      'Content-Encoding',
      'br',
      'Server',
      's',
    ];
    expect(responseFields(fields)).toEqual(fields);
  });

  it.each([
    'Connection',
    'Keep-Alive',
    'Proxy-Authenticate',
    'Proxy-Connection',
    'TE',
    'Transfer-Encoding',
    'Upgrade',
    'X-OneCLI-Refusal',
  ])('lose %s', (name) => {
    expect(responseFields(['A', '1', name, 'v'])).toEqual(['A', '1']);
  });

  it('lose what Connection names, but not what a client needs', () => {
    expect(responseFields(['Connection', 'x-hop, set-cookie', 'X-Hop', '1', 'Set-Cookie', 'a'])).toEqual([
      'Set-Cookie',
      'a',
    ]);
  });
});

describe('hygiene', () => {
  it('does nothing to what it has cleaned', () => {
    const name = fc.constantFrom(
      'Connection',
      'TE',
      'X-A',
      'x-b',
      'Host',
      'Upgrade',
      'X-OneCLI-A',
      'Trailer',
      'Proxy-A',
    );
    const value = fc.constantFrom('x-a', 'trailers', 'close', 'host, x-b', '');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), (pairs) => {
        const fields = pairs.flat();
        expect(requestFields(requestFields(fields))).toEqual(requestFields(fields));
        expect(responseFields(responseFields(fields))).toEqual(responseFields(fields));
      }),
    );
  });
});
