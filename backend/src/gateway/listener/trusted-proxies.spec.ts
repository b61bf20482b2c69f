import { TrustedProxies } from './trusted-proxies.js';

describe('trusted proxies', () => {
  const proxies = new TrustedProxies(['10.0.0.0/24', '192.0.2.1', 'fd00::/8']);

  it.each(['10.0.0.0', '10.0.0.255', '192.0.2.1', 'fd12::1'])('include %s', (address) => {
    expect(proxies.includes(address)).toBe(true);
  });

  it.each(['10.0.1.0', '192.0.2.2', 'fc00::1', '::1', '', 'fd12', null])('do not include %s', (address) => {
    expect(proxies.includes(address)).toBe(false);
  });

  it('are none when none is named', () => {
    expect([new TrustedProxies([]).none, proxies.none]).toEqual([true, false]);
  });

  it('are refused with a sentence for each entry that cannot be read', () => {
    expect(() => new TrustedProxies(['balancer', '10.0.0.1/8', '10.0.0.0/33', '10.0.0.0/8'])).toThrow(
      [
        'GATEWAY_TRUSTED_PROXIES: "balancer" is no address and no range: write 10.0.0.5, 10.0.0.0/24 or fd00::/64',
        'GATEWAY_TRUSTED_PROXIES: "10.0.0.1/8" is no whole range: 10.0.0.0/8 is the range, 10.0.0.1 the address',
        'GATEWAY_TRUSTED_PROXIES: "10.0.0.0/33" is no address and no range: write 10.0.0.5, 10.0.0.0/24 or fd00::/64',
      ].join('\n'),
    );
  });
});
