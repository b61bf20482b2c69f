import type { InjectionConfig, SecretType } from '../contracts/secrets.js';
import { injectionPlaces, parseInjection } from './injection.js';

function read(type: SecretType, config: unknown) {
  return parseInjection(type, config as InjectionConfig | null);
}

describe('an injection', () => {
  it.each([
    ['anthropic', null, { kind: 'anthropic' }, ['header:x-api-key', 'header:authorization']],
    ['openai', {}, { kind: 'openai' }, ['header:authorization']],
    ['generic', { headerName: 'X_Key' }, { kind: 'header', name: 'X_Key', format: '{value}' }, ['header:x-key']],
    [
      'generic',
      { paramName: 'k', paramFormat: 'a{value}' },
      { kind: 'query', name: 'k', format: 'a{value}' },
      ['query:k'],
    ],
    ['generic', { pathTemplate: '/bot{value}/x' }, { kind: 'path', before: '/bot', after: '/x' }, ['path']],
    ['generic', { username: '' }, { kind: 'basic', username: '' }, ['header:authorization']],
  ] as const)('of type %s with %j', (type, config, injection, places) => {
    expect(read(type, config)).toEqual({ ok: true, value: injection });
    expect(injectionPlaces(injection)).toEqual(places);
  });

  it.each([
    ...[
      null,
      {},
      { other: 1 },
      { headerName: 'X', paramName: 'k' },
      { headerName: '' },
      { headerName: 'X Y' },
      { headerName: 'X\n' },
    ],
    ...[
      'Host',
      'content-length',
      'Transfer_Encoding',
      'Connection',
      'Proxy-Authorization',
      'X-OneCLI-A',
      'TE',
      'Expect',
      'Upgrade',
    ].map((headerName) => ({ headerName })),
    ...[
      { headerName: 'X', valueFormat: 'Bearer' },
      { headerName: 'X', valueFormat: '{value}\r\n' },
      { paramName: '' },
      { paramName: 'a\u0000' },
    ],
    ...[
      { paramName: 'k', paramFormat: 'x' },
      { pathTemplate: '/bot' },
      { pathTemplate: 'bot{value}' },
      { pathTemplate: '/{value}{value}' },
    ],
    ...[{ pathTemplate: '/{value}x' }, { pathTemplate: '/a?k={value}' }, { username: 'a:b' }, { username: 'a\n' }],
  ])('is refused with a sentence: %j', (config) => {
    const injection = read('generic', config);
    expect(injection.ok ? '' : injection.why).toMatch(/\.$/);
  });

  it('of a type that knows its own place takes no other', () => {
    expect(read('anthropic', { headerName: 'X' }).ok).toBe(false);
    expect(read('openai', { username: 'u' }).ok).toBe(false);
  });
});
