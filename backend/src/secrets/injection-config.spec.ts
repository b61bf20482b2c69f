import type { InjectionConfig } from '../../../libs/contracts/secrets.js';
import { injectionConfig } from './injection-config.js';

describe('an injection', () => {
  it.each<InjectionConfig>([
    { headerName: 'X-Api-Key' },
    { headerName: 'Authorization', valueFormat: 'Token {value}' },
    { paramName: 'api_key' },
    { paramName: 'key', paramFormat: 'v1.{value}' },
    { pathTemplate: '/bot{value}/' },
    { pathTemplate: '/bot{value}' },
    { username: 'x-access-token' },
    { username: '' },
  ])('of a generic secret is %j', (given) => {
    expect(injectionConfig('generic', given)).toEqual(given);
  });

  it.each<[object, string]>([
    [{}, 'injectionConfig'],
    [{ headerName: 'X', paramName: 'y' }, 'injectionConfig'],
    [{ valueFormat: '{value}' }, 'injectionConfig'],
    [{ toString: 'x' }, 'injectionConfig'],
    [{ headerName: 'X', paramFormat: '{value}' }, 'injectionConfig.paramFormat'],
    [{ headerName: 'X', constructor: '{value}' }, 'injectionConfig.constructor'],
    [{ headerName: '' }, 'injectionConfig.headerName'],
    [{ headerName: 'X Y' }, 'injectionConfig.headerName'],
    [{ headerName: 'X\r\nY' }, 'injectionConfig.headerName'],
    [{ headerName: 5 }, 'injectionConfig.headerName'],
    [{ headerName: 'Host' }, 'injectionConfig.headerName'],
    [{ headerName: 'transfer-encoding' }, 'injectionConfig.headerName'],
    [{ headerName: 'Proxy-Authorization' }, 'injectionConfig.headerName'],
    [{ headerName: 'X-OneCLI-Hint' }, 'injectionConfig.headerName'],
    [{ headerName: 'X', valueFormat: 'constant' }, 'injectionConfig.valueFormat'],
    [{ headerName: 'X', valueFormat: '{value}\n' }, 'injectionConfig.valueFormat'],
    [{ headerName: 'X', valueFormat: `{value}${'x'.repeat(1024)}` }, 'injectionConfig.valueFormat'],
    [{ paramName: '' }, 'injectionConfig.paramName'],
    [{ pathTemplate: '/bot/' }, 'injectionConfig.pathTemplate'],
    [{ pathTemplate: '/{value}/{value}' }, 'injectionConfig.pathTemplate'],
    [{ pathTemplate: 'bot{value}' }, 'injectionConfig.pathTemplate'],
    [{ pathTemplate: '/a/../{value}' }, 'injectionConfig.pathTemplate'],
    [{ pathTemplate: '/*/{value}' }, 'injectionConfig.pathTemplate'],
    [{ pathTemplate: '/x?key={value}' }, 'injectionConfig.pathTemplate'],
    [{ username: 'a:b' }, 'injectionConfig.username'],
  ])('is not %j', (given, path) => {
    expect(() => injectionConfig('generic', given as InjectionConfig)).toThrow(
      expect.objectContaining({ code: 'VALIDATION', details: [{ path, message: expect.any(String) }] }),
    );
  });

  it('is needed by generic secrets alone', () => {
    expect(injectionConfig('anthropic', undefined)).toBeNull();
    expect(injectionConfig('openai', null)).toBeNull();
    expect(() => injectionConfig('openai', { headerName: 'X' })).toThrow(/needs no injection/);
    expect(() => injectionConfig('generic', undefined)).toThrow(/Say where the value goes/);
  });
});
