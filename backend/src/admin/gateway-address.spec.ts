import { readConfig } from '../config/config.js';
import { gatewayAuthority, gatewayUrlFor } from './gateway-address.js';

describe('the address of the gateway', () => {
  const plain = readConfig({});

  it('is host.docker.internal and the listening port in a container', () => {
    expect(gatewayAuthority(plain)).toBe('host.docker.internal:10255');
  });

  it.each([
    ['gateway.example.com', 'gateway.example.com:10255'],
    ['gateway.example.com:80', 'gateway.example.com:80'],
    ['[2001:db8::1]', '[2001:db8::1]:10255'],
    ['[2001:db8::1]:80', '[2001:db8::1]:80'],
  ])('is GATEWAY_PUBLIC_HOST=%s as %s', (given, shown) => {
    expect(gatewayAuthority(readConfig({ GATEWAY_PUBLIC_HOST: given }))).toBe(shown);
  });

  it.each([
    ['localhost:10254', 'http://localhost:10255'],
    ['[::1]:10254', 'http://[::1]:10255'],
    [undefined, 'http://localhost:10255'],
  ])('is for a program that reached the control plane as %s: %s', (host, url) => {
    expect(gatewayUrlFor(plain, host)).toBe(url);
  });
});
