import { isOwnHost, type OwnNames } from './host-check.js';

const own: OwnNames = {
  allowedHosts: [
    'localhost',
    '127.0.0.1',
    '[::1]',
    'host.docker.internal',
    'console.example.com',
    'other.example.com:8443',
  ],
  publicUrl: 'https://console.example.com',
  port: 10254,
};

describe('the Host check', () => {
  it.each([
    'localhost:10254',
    'LOCALHOST:10254',
    'localhost.:10254',
    '127.0.0.1:10254',
    '[::1]:10254',
    'host.docker.internal:10254',
    'console.example.com',
    'console.example.com:443',
    'other.example.com:8443',
  ])('accepts %s', (host) => {
    expect(isOwnHost(host, own)).toBe(true);
  });

  it.each([
    undefined,
    '',
    'evil.example:10254',
    'localhost:10255',
    'localhost.evil.example:10254',
    'evil.localhost:10254',
    'localhost:10254.evil.example',
    'localhost:10254@evil.example',
    'evil.example@localhost:10254',
    'localhost:10254:1',
    'localhost:',
    '127.0.0.2:10254',
    '0.0.0.0:10254',
    '2130706433:10254',
    'other.example.com:10254',
    'local host:10254',
    'localhost/x:10254',
  ])('refuses %s', (host) => {
    expect(isOwnHost(host, own)).toBe(false);
  });

  it('takes no host without a port while neither the listening port nor the public URL is a default one', () => {
    expect(isOwnHost('localhost', { ...own, publicUrl: 'http://localhost:10254' })).toBe(false);
  });
});
