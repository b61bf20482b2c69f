import { asksForWebSocket } from './upgrade-request.js';

const asks = (headers: Record<string, string>, method = 'GET', httpVersion = '1.1'): boolean =>
  asksForWebSocket({ method, httpVersion, headers });

describe('a request for a WebSocket', () => {
  it.each(['websocket', 'WebSocket', 'WEBSOCKET ', 'h2c, websocket'])('is one with Upgrade: %s', (upgrade) => {
    expect(asks({ upgrade })).toBe(true);
    expect(asks({ upgrade, 'content-length': '0' })).toBe(true);
  });

  it.each(['h2c', 'TLS/1.0, HTTP/1.1', 'websocket2', 'x-websocket', ''])('is not one with Upgrade: %s', (upgrade) => {
    expect(asks({ upgrade })).toBe(false);
  });

  it('is not one with a body, with another method, or of another version', () => {
    expect(asks({ upgrade: 'websocket', 'content-length': '1' })).toBe(false);
    expect(asks({ upgrade: 'websocket', 'transfer-encoding': 'chunked' })).toBe(false);
    expect(asks({ upgrade: 'websocket' }, 'POST')).toBe(false);
    expect(asks({ upgrade: 'websocket' }, 'GET', '1.0')).toBe(false);
  });
});
