import fc from 'fast-check';
import { widenedField, type SecretAim } from './secret-aim.js';

const aim = (change: Partial<SecretAim> = {}): SecretAim => ({
  hostPattern: '*.example.com',
  pathPattern: '/v1/*',
  injectionConfig: { headerName: 'X-Key' },
  allowPlainHttp: false,
  ...change,
});

describe('a changed aim', () => {
  it.each<[Partial<SecretAim>, keyof SecretAim | undefined]>([
    [{}, undefined],
    [{ hostPattern: 'api.example.com' }, undefined],
    [{ hostPattern: '*.eu.example.com' }, undefined],
    [{ hostPattern: '*.example.com:443' }, undefined],
    [{ hostPattern: 'example.com' }, 'hostPattern'],
    [{ hostPattern: '*.example.org' }, 'hostPattern'],
    [{ hostPattern: 'badexample.com' }, 'hostPattern'],
    [{ pathPattern: '/v1/users' }, undefined],
    [{ pathPattern: '/v1/users/*' }, undefined],
    [{ pathPattern: '/v1*' }, 'pathPattern'],
    [{ pathPattern: '/v2/*' }, 'pathPattern'],
    [{ pathPattern: null }, 'pathPattern'],
    [{ injectionConfig: { headerName: 'X-Other' } }, 'injectionConfig'],
    [{ injectionConfig: { username: 'x' } }, 'injectionConfig'],
    [{ injectionConfig: null }, 'injectionConfig'],
    [{ allowPlainHttp: true }, 'allowPlainHttp'],
  ])('by %j goes further by %s', (change, field) => {
    expect(widenedField(aim(), aim(change))).toBe(field);
  });

  it('narrows when plain HTTP is taken away or a path is set', () => {
    expect(widenedField(aim({ allowPlainHttp: true }), aim())).toBeUndefined();
    expect(widenedField(aim({ pathPattern: null }), aim())).toBeUndefined();
  });

  it('can not reach in two steps what one step may not', () => {
    const hosts = fc.constantFrom(
      'api.example.com',
      '*.example.com',
      '*.api.example.com',
      'example.org',
      '*.example.com:8443',
    );
    const paths = fc.constantFrom(null, '/v1/*', '/v1/x', '/v1*', '/*', '/v2');
    const anAim = fc.record({ hostPattern: hosts, pathPattern: paths }).map(aim);
    fc.assert(
      fc.property(anAim, anAim, anAim, (first, second, third) => {
        fc.pre(widenedField(first, second) === undefined && widenedField(second, third) === undefined);
        expect(widenedField(first, third)).toBeUndefined();
      }),
    );
  });
});
