import { inspect } from 'node:util';
import fc from 'fast-check';

import { parseInjection } from '../../../../libs/patterns/injection.js';
import type { InjectionConfig, SecretType } from '../../../../libs/contracts/secrets.js';
import { SecretValue } from '../../crypto/secret-value.js';
import { inject, InjectionRefused, type OpenedInjection } from './inject.js';

function opened(
  config: InjectionConfig | null,
  value: string,
  type: SecretType = 'generic',
  allowPlainHttp = false,
): OpenedInjection {
  const injection = parseInjection(type, config);
  if (!injection.ok) throw new Error(injection.why);
  return {
    secret: { id: 's1', name: 'key', injection: injection.value, allowPlainHttp },
    value: new SecretValue(value),
  };
}

function fields(given: readonly string[], ...injections: OpenedInjection[]): readonly string[] {
  return inject({ fields: given, pathAndQuery: '/' }, injections, 'https').fields;
}

function target(pathAndQuery: string, ...injections: OpenedInjection[]): string {
  return inject({ fields: [], pathAndQuery }, injections, 'https').pathAndQuery;
}

describe('injecting a header', () => {
  it('appends it when the agent sent none', () => {
    expect(fields(['Host', 'a'], opened({ headerName: 'X-Key' }, 'v'))).toEqual(['Host', 'a', 'X-Key', 'v']);
  });

  it('replaces all that the agent sent in that place, where the first one stood', () => {
    const sent = ['A', '1', 'x-KEY', 'placeholder', 'B', '2', 'X-Key', 'again', 'X_Key', 'disguised'];
    expect(fields(sent, opened({ headerName: 'X-Key' }, 'v'))).toEqual(['A', '1', 'X-Key', 'v', 'B', '2']);
  });

  it('fills a format, and takes a value with dollar signs as it is', () => {
    expect(fields([], opened({ headerName: 'Authorization', valueFormat: 'token {value}/{value}' }, '$&$1'))).toEqual([
      ...['Authorization', 'token $&$1/$&$1'],
    ]);
  });

  it('writes a value beyond ASCII as the bytes of its UTF-8 form', () => {
    expect(fields([], opened({ headerName: 'X-Key' }, 'é'))).toEqual(['X-Key', '\u00c3\u00a9']);
  });

  it('does not touch what it was given', () => {
    const sent = ['X-Key', 'placeholder'];
    fields(sent, opened({ headerName: 'x-key' }, 'v'));
    expect(sent).toEqual(['X-Key', 'placeholder']);
  });

  it('leaves everything else as it is, in order', () => {
    const name = fc.constantFrom('A', 'a', 'X-Key', 'x-key', 'x_key', 'Cookie');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string())), (pairs) => {
        const after = fields(pairs.flat(), opened({ headerName: 'X-Key' }, 'v'));
        const names = after.filter((_, at) => at % 2 === 0);
        expect(names.filter((some) => /^x[-_]key$/i.test(some))).toEqual(['X-Key']);
        const others = after.flatMap((some, at) => (at % 2 === 0 && some !== 'X-Key' ? [[some, after[at + 1]]] : []));
        expect(others).toEqual(pairs.filter(([some]) => !/^x[-_]key$/i.test(some)));
      }),
    );
  });
});

describe("injecting a vendor's credential", () => {
  const both = ['X-Api-Key', 'placeholder', 'Authorization', 'Bearer placeholder', 'anthropic-version', '1'];

  it('sends an Anthropic API key as x-api-key and removes the other field', () => {
    expect(fields(both, opened(null, 'sk-ant-api03-x', 'anthropic'))).toEqual([
      'x-api-key',
      'sk-ant-api03-x',
      'anthropic-version',
      '1',
    ]);
  });

  it('sends an Anthropic token as a bearer token and removes the other field', () => {
    expect(fields(both, opened(null, 'sk-ant-oat01-x', 'anthropic'))).toEqual([
      ...['authorization', 'Bearer sk-ant-oat01-x', 'anthropic-version', '1'],
    ]);
  });

  it('sends an OpenAI key as a bearer token and leaves x-api-key', () => {
    expect(fields(both, opened(null, 'sk-x', 'openai'))).toEqual([
      ...['X-Api-Key', 'placeholder', 'authorization', 'Bearer sk-x', 'anthropic-version', '1'],
    ]);
  });

  it('sends Basic with the user name of the secret', () => {
    expect(fields(['Authorization', 'x'], opened({ username: 'mé' }, 'p:w'))).toEqual([
      ...['authorization', `Basic ${Buffer.from('mé:p:w').toString('base64')}`],
    ]);
  });
});

describe('injecting a query parameter', () => {
  const key = opened({ paramName: 'key' }, 'a&b=c d');

  it.each([
    ['/p', '/p?key=a%26b%3Dc%20d'],
    ['/p?', '/p?key=a%26b%3Dc%20d'],
    ['/p?x=%2F&y', '/p?x=%2F&y&key=a%26b%3Dc%20d'],
    ['/p?x=1&key=old&y=2', '/p?x=1&key=a%26b%3Dc%20d&y=2'],
    ['/p?key=1&&k%65y=2&%6B%65%79=3&key&z', '/p?key=a%26b%3Dc%20d&&z'],
    ['/p?Key=1&keys=2&xkey=3', '/p?Key=1&keys=2&xkey=3&key=a%26b%3Dc%20d'],
    ['/p?%=1&%zz=2&a+b=%C3', '/p?%=1&%zz=2&a+b=%C3&key=a%26b%3Dc%20d'],
  ])('%s', (before, after) => {
    expect(target(before, key)).toBe(after);
  });

  it('finds a name with spaces and beyond ASCII in every spelling', () => {
    expect(target('/p?a+%C3%A9=1&a%20%c3%a9=2', opened({ paramName: 'a é', paramFormat: "x'{value}" }, 'v'))).toBe(
      '/p?a%20%C3%A9=x%27v',
    );
  });

  it('leaves all other parameters byte by byte', () => {
    const part = fc.constantFrom('a=1', 'key=x', 'k%65y=x', '', 'b', '%zz', 'a=%2f', 'KEY=1');
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), (parts) => {
        fc.pre(parts.join('&') !== '');
        const after = target(`/p?${parts.join('&')}`, opened({ paramName: 'key' }, 'v'))
          .slice(3)
          .split('&');
        const own = (some: string) => /^k(?:e|%65)y=/.test(some);
        expect(after.filter(own)).toEqual(['key=v']);
        expect(after.filter((some) => !own(some))).toEqual(parts.filter((some) => !own(some)));
      }),
    );
  });
});

describe('injecting into the path', () => {
  it.each([
    ['/bot{value}', '/bot123/getMe?x=/bot1', '/botT:1/getMe?x=/bot1'],
    ['/bot{value}', '/bot', '/botT:1'],
    ['/bot{value}', '/bot?x', '/botT:1?x'],
    ['/bot{value}', '/botX//a%2Fb/', '/botT:1//a%2Fb/'],
    ['/bot{value}', '/api/botX', '/api/botX'],
    ['/bot{value}', '/Bot1/x', '/Bot1/x'],
    ['/hooks/{value}/send', '/hooks/x/send/now', '/hooks/T:1/send/now'],
    ['/hooks/{value}/send', '/hooks/x/sender', '/hooks/x/sender'],
    ['/hooks/{value}/send', '/hooks/x/y/send', '/hooks/x/y/send'],
    ['/hooks/{value}/send', '/hooks/x/read/now', '/hooks/x/read/now'],
    ['/{value}', '/', '/T:1'],
  ])('%s in %s', (pathTemplate, before, after) => {
    expect(target(before, opened({ pathTemplate }, 'T:1'))).toBe(after);
  });

  it('encodes what would end the segment or the path', () => {
    expect(target('/bot/x', opened({ pathTemplate: '/bot{value}' }, 'a/b?c#d%e é@:$&+,;='))).toBe(
      '/bota%2Fb%3Fc%23d%25e%20%C3%A9@:$&+,;=/x',
    );
  });
});

describe('a value that must not be sent', () => {
  it.each(['', 'a\nb', 'a\r\nX: y', 'a\u0000', 'a\tb', 'a\u007f', '\ud800'])(
    '%j is refused by an error without it',
    (value) => {
      const planted = `canary${value}`;
      const configs: InjectionConfig[] = [
        { headerName: 'X' },
        { paramName: 'k' },
        { pathTemplate: '/{value}' },
        { username: 'u' },
      ];
      for (const config of configs) {
        const refusal = thrownBy(() => fields([], opened(config, value === '' ? '' : planted)));
        expect(refusal).toBeInstanceOf(InjectionRefused);
        expect(refusal).toMatchObject({ secretId: 's1', secretName: 'key' });
        expect(inspect(refusal, { depth: 9 })).not.toContain('canary');
      }
    },
  );

  it('is one that would be a dot segment', () => {
    for (const value of ['.', '..']) {
      expect(() => target('/x', opened({ pathTemplate: '/{value}' }, value))).toThrow(InjectionRefused);
    }
  });

  it('is one that may not go over plain HTTP', () => {
    const request = { fields: [], pathAndQuery: '/' };
    expect(() => inject(request, [opened({ headerName: 'X' }, 'v')], 'http')).toThrow(
      'it may not be sent over plain HTTP',
    );
    expect(inject(request, [opened({ headerName: 'X' }, 'v', 'generic', true)], 'http').fields).toEqual(['X', 'v']);
  });
});

it('puts several secrets into their places', () => {
  const request = { fields: ['Authorization', 'x'], pathAndQuery: '/bot1/a?key=p' };
  const secrets = [
    opened(null, 'sk', 'openai'),
    opened({ paramName: 'key' }, 'q'),
    opened({ pathTemplate: '/bot{value}' }, 't'),
  ];
  expect(inject(request, secrets, 'https')).toEqual({
    fields: ['authorization', 'Bearer sk'],
    pathAndQuery: '/bott/a?key=q',
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
