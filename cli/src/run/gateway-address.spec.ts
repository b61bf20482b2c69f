import { UsageError } from '../failure.js';
import { atAddress, gatewayAddress } from './gateway-address.js';

const address = (proxy: string, controlPlane: string, override?: string): string =>
  gatewayAddress(proxy, new URL(controlPlane), override);

describe("the gateway's address from here", () => {
  it.each([
    ['http://x:t@host.docker.internal:10255', 'http://localhost:10254', '127.0.0.1:10255'],
    ['http://x:t@host.docker.internal:10255', 'http://192.168.1.4:10254', '192.168.1.4:10255'],
    ['http://x:t@host.docker.internal:10255', 'http://host.docker.internal:10254', 'host.docker.internal:10255'],
    ['http://x:t@host.docker.internal:10255', 'https://onecli.example.com/admin', 'onecli.example.com:10255'],
    ['http://x:t@host.docker.internal:10255', 'http://[::1]:10254', '[::1]:10255'],
    ['http://x:t@gateway.example.com:3128', 'http://localhost:10254', 'gateway.example.com:3128'],
    ['http://x:t@gateway.example.com:80', 'http://localhost:10254', 'gateway.example.com:80'],
  ])('%s, control plane at %s: %s', (proxy, controlPlane, expected) => {
    expect(address(proxy, controlPlane)).toBe(expected);
  });

  it.each([
    ['10.0.0.7', '10.0.0.7:10255'],
    ['10.0.0.7:80', '10.0.0.7:80'],
    ['[::1]:9000', '[::1]:9000'],
    ['[::1]', '[::1]:10255'],
  ])('is what --gateway says: %s', (override, expected) => {
    expect(address('http://x:t@host.docker.internal:10255', 'http://localhost:10254', override)).toBe(expected);
  });

  it.each(['http://10.0.0.7', 'a/b', 'a b', '', 'x@y:1', 'host:99999'])('refuses --gateway %p', (override) => {
    expect(() => address('http://x:t@host.docker.internal:10255', 'http://localhost:10254', override)).toThrow(
      UsageError,
    );
  });

  it('keeps credentials and port 80 in the proxy address', () => {
    expect(atAddress('http://x:aoc_t@host.docker.internal:10255', '10.0.0.7:80')).toBe('http://x:aoc_t@10.0.0.7:80');
  });
});
