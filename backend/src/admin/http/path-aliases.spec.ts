import { aliasedPath, isApiPath } from './path-aliases.js';

describe('the paths of existing clients', () => {
  it.each([
    ['/api/agents', '/v1/agents'],
    ['/api/v1/agents?x=1', '/v1/agents?x=1'],
    ['/api?x=1', '/v1?x=1'],
    ['/v1/agents', '/v1/agents'],
    ['/apiary', '/apiary'],
    ['/api/v10/x', '/v1/v10/x'],
    ['/console/api/agents', '/console/api/agents'],
  ])('reads %s as %s', (sent, meant) => {
    expect(aliasedPath(sent)).toBe(meant);
  });

  it.each([
    ['/v1/agents', true],
    ['/api', true],
    ['/healthz', true],
    ['/v1x', false],
    ['/agents', false],
  ])('knows whether %s is the API: %s', (path, expected) => {
    expect(isApiPath(path)).toBe(expected);
  });
});
