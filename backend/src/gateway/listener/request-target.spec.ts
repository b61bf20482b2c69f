import fc from 'fast-check';

import { canonicalHost, type CanonicalHost } from '../../../../libs/patterns/canonical-host.js';
import {
  hostFieldMatches,
  parseAbsoluteTarget,
  parseConnectTarget,
  parseOriginTarget,
  type TargetOrigin,
} from './request-target.js';

const ASKED = { method: 'GET', claimedMethods: [] };

function origin(text = 'api.example.com', port = 443, scheme: 'http' | 'https' = 'https'): TargetOrigin {
  const host = canonicalHost(text);
  if (!host.ok) throw new Error(host.why);
  return { scheme, host: host.value, port };
}

describe('the target of CONNECT', () => {
  it.each([
    ['api.example.com:443', 'api.example.com', 443],
    ['API.Example.COM.:8443', 'api.example.com', 8443],
    ['[2001:DB8::1]:443', '[2001:db8::1]', 443],
    ['192.0.2.1:22', '192.0.2.1', 22],
  ])('%s is read', (text, host, port) => {
    expect(parseConnectTarget(text)).toEqual({ ok: true, host, port });
  });

  it.each([
    ...[
      '',
      '/',
      'api.example.com',
      ':443',
      'a:0',
      'a:65536',
      'a:0443',
      'a:',
      'u@a:443',
      'u:p@a:443',
      'a b:443',
      '127.1:443',
    ],
    ...[
      '0x7f000001:443',
      '2130706433:443',
      '::1:443',
      '[fe80::1%25eth0]:443',
      'a\u0000:443',
      'https://a:443',
      'a:443/',
      '*:443',
    ],
  ])('%j is refused with a sentence that does not quote it', (text) => {
    const read = parseConnectTarget(text);
    expect(read).toEqual({ ok: false, code: 'malformed_target', message: expect.stringMatching(/^[A-Z].*\.$/) });
  });
});

describe('a target in absolute-form', () => {
  it('keeps the very bytes after the authority', () => {
    expect(parseAbsoluteTarget('HTTP://API.example.com:8080/%61//@s%2fn;v=1?q=%2E%2E&&x', ASKED)).toEqual({
      ok: true,
      target: {
        ...{ scheme: 'http', host: 'api.example.com', port: 8080, authority: 'api.example.com:8080' },
        ...{ method: 'GET', claimedMethods: [], pathAndQuery: '/%61//@s%2fn;v=1?q=%2E%2E&&x' },
        ...{ path: '/%61//@s%2fn;v=1', query: 'q=%2E%2E&&x', exactPath: '/a//@s%2Fn;v=1', widenedPath: '/a/@s/n' },
        partlyWidenedPaths: ['/a/@s%2fn;v=1', '/a/@s/n;v=1', '/a/@s%2fn'],
      },
    });
  });

  it.each([
    ['http://a', 80, 'a', '/'],
    ['https://a', 443, 'a', '/'],
    ['https://a:443/x', 443, 'a', '/x'],
    ['https://a:80/x', 80, 'a:80', '/x'],
    ['http://a?x=1', 80, 'a', '/?x=1'],
    ['http://a/?', 80, 'a', '/?'],
    ['http://a//b', 80, 'a', '//b'],
    ['https://[::1]:8443/', 8443, '[::1]:8443', '/'],
  ])('%s', (text, port, authority, pathAndQuery) => {
    const read = parseAbsoluteTarget(text, ASKED);
    expect(read.ok ? read.target : read).toMatchObject({ port, authority, pathAndQuery });
  });

  it.each([
    ...[
      'http:///x',
      'http://',
      'ftp://a/',
      'ws://a/',
      '//a/x',
      'a/x',
      'http:/a',
      'http://u@a/',
      'http://u:p@a/',
      'http://a:0/',
    ],
    ...[
      'http://a\\b/',
      'http://a/#x',
      'http://a#x',
      'http://a b/',
      'http://127.1/',
      'http://a:x/',
      'http://a/?x y',
      'http://a/?\u0000',
    ],
    ...['http://a\n/', 'http://a/?a\rb', ' http://a/', 'http://a@b:80/'],
  ])('%j is malformed', (text) => {
    expect(parseAbsoluteTarget(text, ASKED)).toMatchObject({ ok: false, code: 'malformed_target' });
  });

  it.each(['/a/../b', '/..', '/%2e%2e/x', '/a\\b', '/a%00', '/a\u0001', '/a%zz', '/..;/x', '/a\n'])(
    '%j is ambiguous',
    (path) => {
      expect(parseAbsoluteTarget(`http://a${path}`, ASKED)).toMatchObject({ ok: false, code: 'ambiguous_path' });
      expect(parseOriginTarget(path, origin(), ASKED)).toMatchObject({ ok: false, code: 'ambiguous_path' });
    },
  );
});

describe('a target in origin-form', () => {
  it('takes the authority from its tunnel', () => {
    const asked = { method: 'POST', claimedMethods: ['PUT'] };
    const read = parseOriginTarget('/v1?x', origin('b.example', 8443), asked);
    expect(read.ok ? read.target : read).toMatchObject({
      ...{ scheme: 'https', host: 'b.example', port: 8443, authority: 'b.example:8443' },
      ...{ method: 'POST', claimedMethods: ['PUT'], pathAndQuery: '/v1?x', path: '/v1', query: 'x' },
    });
  });

  it.each(['', '*', 'v1', 'http://evil/', '?x', '/a#b', '/a?b#c', '/a?\t'])('%j is malformed', (text) => {
    expect(parseOriginTarget(text, origin(), ASKED)).toMatchObject({ ok: false, code: 'malformed_target' });
  });

  it('forwards what it was given, byte by byte, or refuses it', () => {
    const text = fc.array(fc.constantFrom('/', 'a', '%2F', '%2e', '.', '?', '#', ';', '%', '\\', ' ', 'é', '&', '='), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(text, (parts) => {
        const sent = `/${parts.join('')}`;
        const read = parseOriginTarget(sent, origin(), ASKED);
        if (!read.ok) return;
        const { pathAndQuery, path, query } = read.target;
        expect(pathAndQuery).toBe(sent);
        expect(query === null ? path : `${path}?${query}`).toBe(sent);
        expect(parseAbsoluteTarget(`https://api.example.com${sent}`, ASKED)).toEqual(read);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a Host field', () => {
  it.each([
    ['api.example.com', 443, 'https', true],
    ['API.example.COM', 443, 'https', true],
    ['api.example.com.', 443, 'https', true],
    ['api.example.com:443', 443, 'https', true],
    ['api.example.com', 8443, 'https', false],
    ['api.example.com:8443', 8443, 'https', true],
    ['api.example.com:443', 8443, 'https', false],
    ['api.example.com', 80, 'http', true],
    ['api.example.com', 443, 'http', false],
    ['api.example.com:443', 443, 'http', true],
    ['evil.example.com', 443, 'https', false],
    ['', 443, 'https', false],
    ['api.example.com, evil', 443, 'https', false],
    ['api.example.com@evil', 443, 'https', false],
    ['u@api.example.com', 443, 'https', false],
    ['api.example.com:', 443, 'https', false],
    ['api.example.com/', 443, 'https', false],
  ] as const)('%j for port %d over %s: %s', (field, port, scheme, matches) => {
    expect(hostFieldMatches(field, origin('api.example.com', port, scheme))).toBe(matches);
  });

  it('matches an address in any spelling of it', () => {
    expect(hostFieldMatches('[2001:DB8:0::1]', origin('[2001:db8::1]'))).toBe(true);
    expect(hostFieldMatches('[::2]', { ...origin(), host: '[::1]' as CanonicalHost })).toBe(false);
  });
});
