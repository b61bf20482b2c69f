import fc from 'fast-check';
import { parseAuthority } from '../../../libs/patterns/authority.js';
import { formatHostPattern, parseHostPattern } from '../../../libs/patterns/host-pattern.js';
import { parseInjection } from '../../../libs/patterns/injection.js';
import { formatMethodList, parseMethodList } from '../../../libs/patterns/method-list.js';
import { matchesPath, parsePathPattern } from '../../../libs/patterns/path-pattern.js';
import { exactForm, readPath, widenedForm } from '../../../libs/patterns/request-path.js';
import type { InjectionConfig } from '../../../libs/contracts/secrets.js';
import { SecretValue } from '../../src/crypto/secret-value.js';
import { inject, InjectionRefused } from '../../src/gateway/injection/inject.js';
import { claimedMethods } from '../../src/gateway/listener/claimed-methods.js';
import { readProxyHeader } from '../../src/gateway/listener/proxy-protocol.js';
import { requestFieldsFault } from '../../src/gateway/listener/request-fields.js';
import {
  parseAbsoluteTarget,
  parseConnectTarget,
  parseOriginTarget,
} from '../../src/gateway/listener/request-target.js';
import { readProxyAuthorization } from '../../src/gateway/proxy-auth/proxy-authorization.js';
import { hostileAuthority, hostilePath, hostileQuery } from './hostile-targets.js';

const ASKED = { method: 'GET', claimedMethods: [] };
const bytes = (maxLength: number): fc.Arbitrary<string> =>
  fc.uint8Array({ maxLength }).map((octets) => Buffer.from(octets).toString('latin1'));
/** Text of the characters that parsers look at, so that it gets further into them than any text would. */
const pointed = (characters: string, maxLength = 40): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...characters.split('')), maxLength });
const anyText = fc.oneof(bytes(60), fc.string({ unit: 'binary', maxLength: 60 }), pointed('ab.:[]%0189@*/-_xn', 30));
const pathText = fc.oneof(hostilePath, bytes(60), pointed('ab/.%25cCeEfF;\\*'));

function holds<T>(arbitrary: fc.Arbitrary<T>, property: (value: T) => void, numRuns = 3000): void {
  fc.assert(fc.property(arbitrary, property), { numRuns });
}

describe('whatever is given, a parser reads it in one way or refuses it with a sentence:', () => {
  it('authorities and targets', () => {
    holds(fc.oneof(anyText, hostileAuthority), (text) => {
      const read = parseAuthority(text);
      if (read.ok) {
        const { host, port } = read.value;
        expect(parseAuthority(port === null ? host : `${host}:${port}`)).toEqual(read);
      } else expect(read.why).toMatch(/^[A-Z][^]*\.$/);
      const connect = parseConnectTarget(text);
      expect(connect.ok).toBe(read.ok && read.value.port !== null);
    });
    holds(fc.tuple(fc.oneof(anyText, hostileAuthority), pathText, hostileQuery), ([authority, path, query]) => {
      const read = parseAbsoluteTarget(`http://${authority}${path}${query}`, ASKED);
      if (!read.ok) return;
      const { target } = read;
      expect(`http://${authority}${path}${query}`.endsWith(target.pathAndQuery.slice(1))).toBe(true);
      const again = parseOriginTarget(target.pathAndQuery, target, ASKED);
      expect(again).toEqual(read);
      expect(parseAbsoluteTarget(`${target.scheme}://${target.authority}${target.pathAndQuery}`, ASKED)).toEqual(read);
    });
  });

  it('paths, whose forms are the forms of their forms', () => {
    holds(pathText, (path) => {
      const read = readPath(path);
      if (!read.ok) return;
      const { exactPath, widenedPath, partlyWidenedPaths } = read.value;
      expect(exactForm(exactPath)).toBe(exactPath);
      expect(widenedForm(widenedPath)).toBe(widenedPath);
      expect(readPath(exactPath)).toEqual(read);
      expect(partlyWidenedPaths).not.toContain(widenedPath);
      for (const form of partlyWidenedPaths) expect(form).toBe(form.toLowerCase());
      // eslint-disable-next-line no-control-regex -- finding control bytes is the point
      expect(exactPath).not.toMatch(/[\\\x00-\x20\x7f-\uffff]/);
    });
  });

  it('patterns of hosts, paths and methods', () => {
    holds(
      fc.oneof(
        anyText,
        hostileAuthority,
        hostileAuthority.map((host) => `*.${host}`),
      ),
      (text) => {
        const read = parseHostPattern(text);
        if (read.ok) expect(parseHostPattern(formatHostPattern(read.value))).toEqual(read);
      },
    );
    holds(fc.tuple(fc.oneof(pathText, pointed('/ab*%2F;.')), pathText), ([text, path]) => {
      const [pattern, forms] = [parsePathPattern(text), readPath(path)];
      if (!pattern.ok || !forms.ok) return;
      const { exactPath, widenedPath } = forms.value;
      if (pattern.value.exact.kind !== 'literal' || !matchesPath(pattern.value.exact, exactPath)) return;
      expect(matchesPath(pattern.value.widened, widenedPath)).toBe(true);
    });
    holds(fc.oneof(anyText, pointed('GETposw, *-')), (text) => {
      const read = parseMethodList(text);
      if (read.ok) expect(parseMethodList(formatMethodList(read.value))).toEqual(read);
    });
  });

  it('proxy authorization, request fields, claimed methods and the header of a balancer', () => {
    const credentials = fc.tuple(
      fc.constantFrom('Basic ', 'basic  ', 'Bearer ', 'Digest ', ''),
      fc.oneof(bytes(40), fc.base64String({ maxLength: 60 })),
    );
    holds(
      fc.array(
        fc.oneof(
          bytes(60),
          credentials.map((pair) => pair.join('')),
        ),
        { maxLength: 2 },
      ),
      (values) => {
        const read = readProxyAuthorization(values);
        if (read.kind === 'token') expect(read.token).toMatch(/^[\x21-\x7e]{1,512}$/);
      },
    );
    const name = fc.oneof(bytes(22), fc.constantFrom('Host', 'Content-Length', 'Transfer-Encoding', 'X-HTTP-Method'));
    holds(fc.array(fc.tuple(name, bytes(30)), { maxLength: 6 }), (fields) => {
      const fault = requestFieldsFault(fields.flat(), '1.1');
      if (fault !== undefined) expect(fault.message).toMatch(/^[A-Z][^]*\.$/);
      for (const method of claimedMethods(fields.flat())) expect(method).toBe(method.trim().toUpperCase());
    });
    const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1').toString('latin1');
    const starts = fc.constantFrom(
      '',
      'PROXY TCP4 ',
      'PROXY TCP6 ',
      'PROXY UNKNOWN',
      signature,
      `${signature}\x21\x11\0\x0c`,
    );
    holds(fc.tuple(starts, fc.oneof(bytes(60), pointed('0123456789.: \r\n'))), ([start, rest]) => {
      const whole = Buffer.from(start + rest, 'latin1');
      const read = readProxyHeader(whole);
      if (read.kind !== 'header') return;
      expect(read.length).toBeLessThanOrEqual(whole.length);
      expect(readProxyHeader(whole.subarray(0, read.length))).toEqual(read);
      expect(readProxyHeader(whole.subarray(0, read.length - 1)).kind).toBe('incomplete');
    });
  });
});

describe('an injection', () => {
  const configs: readonly InjectionConfig[] = [
    { headerName: 'X-Key', valueFormat: 'Token {value}' },
    { paramName: 'key' },
    { paramName: 'k&=#y ' },
    { pathTemplate: '/bot{value}' },
    { pathTemplate: '/a/{value}/c' },
    { username: 'me' },
  ];
  const injections = [
    ...configs.map((config) => parseInjection('generic', config)),
    parseInjection('anthropic', null),
    parseInjection('openai', null),
  ].flatMap((read) => (read.ok ? [read.value] : []));

  it('takes one place, whatever is there and whatever the value, and a second time changes nothing', () => {
    const fields = fc.array(
      fc.tuple(fc.constantFrom('X-Key', 'x_key', 'Authorization', 'x-api-key', 'Cookie'), bytes(8)),
    );
    const target = fc.tuple(fc.oneof(hostilePath, fc.constantFrom('/botX/y', '/a/b/c')), hostileQuery);
    const value = fc.oneof(
      bytes(20),
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom('.', '..', 'a/b?c#d'),
    );
    holds(fc.tuple(fc.constantFrom(...injections), fields, target, value), ([injection, flat, parts, clear]) => {
      const secret = { id: 'id', name: 'name', injection, allowPlainHttp: false };
      const opened = [{ secret, value: new SecretValue(clear) }];
      const request = { fields: flat.flat(), pathAndQuery: parts.join('') };
      let once;
      try {
        once = inject(request, opened, 'https');
      } catch (error) {
        expect(error).toBeInstanceOf(InjectionRefused);
        return;
      }
      expect(inject(once, opened, 'https')).toEqual(once);
      const added = once.fields.filter((text) => !request.fields.includes(text)).join('');
      expect(added).not.toMatch(/[\r\n\0]|[^\0-\xff]/);
      if (!/[\s#]/.test(request.pathAndQuery)) expect(once.pathAndQuery).not.toMatch(/[\s#]/);
      const slashes = (text: string): number => (text.split('?')[0] ?? '').split('/').length;
      expect(slashes(once.pathAndQuery)).toBe(slashes(request.pathAndQuery));
    });
  });
});

describe('the longest input that a head may hold', () => {
  const long = (unit: string): string => unit.repeat(Math.floor(16_000 / unit.length));
  const UNITS = [
    'a',
    '/',
    '%2F',
    '%25',
    ';',
    '/;',
    '.',
    '/.',
    '%',
    'a.',
    '-',
    'xn--',
    '[',
    ':',
    '@',
    '*',
    '/*',
    '/**',
    'é',
    '%C3%A9',
  ];

  // Quadratic would be 256 million steps, seconds; linear is some milliseconds, on a busy machine too.
  it.each(UNITS)('is read in linear time when it repeats %j', (unit) => {
    const text = long(unit);
    const started = process.cpuUsage();
    parseConnectTarget(text);
    parseAbsoluteTarget(`http://${text}`, ASKED);
    parseAbsoluteTarget(`http://a/${text}`, ASKED);
    parseHostPattern(text);
    parsePathPattern(`/${text}`);
    parseMethodList(text);
    readProxyAuthorization([`Basic ${text}`]);
    requestFieldsFault([text, text, 'Content-Length', text, 'Transfer-Encoding', text], '1.1');
    claimedMethods(['X-HTTP-Method', text]);
    readProxyHeader(Buffer.from(`PROXY ${text}`));
    const { user } = process.cpuUsage(started);
    expect(user).toBeLessThan(1_000_000);
  });

  it('is matched in linear steps by a pattern that is all wildcards', () => {
    const pattern = parsePathPattern(`/${'a*'.repeat(15)}b`);
    if (!pattern.ok) throw new Error(pattern.why);
    const steps = { count: 0 };
    matchesPath(pattern.value.exact, `/${'a'.repeat(16_000)}b`, steps);
    expect(steps.count).toBeLessThanOrEqual(16_002 * 4);
  });
});
