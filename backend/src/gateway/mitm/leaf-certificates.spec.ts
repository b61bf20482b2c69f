import { jest } from '@jest/globals';
import type { RootAuthority } from '../../authority/root-authority.js';
import { makeRoot } from '../../authority/certificates.js';
import { readConfig } from '../../config/config.js';
import { LeafCertificates } from './leaf-certificates.js';

const DAY = 86_400_000;

function leavesOf(roots = [makeRoot(new Date())]): LeafCertificates {
  const authority = { current: () => roots[0] } as unknown as RootAuthority;
  return new LeafCertificates(readConfig({ GATEWAY_LEAF_CACHE_SIZE: '10' }), authority);
}

describe('leaf certificates', () => {
  afterEach(() => jest.useRealTimers());

  it('are minted once for a host', () => {
    const leaves = leavesOf();
    expect(leaves.contextFor('a.example')).toBe(leaves.contextFor('a.example'));
    expect(leaves.contextFor('a.example')).not.toBe(leaves.contextFor('b.example'));
  });

  it('stay within their number, the least recently used going first', () => {
    const leaves = leavesOf();
    const kept = leaves.contextFor('kept.example');
    const dropped = leaves.contextFor('dropped.example');
    for (let i = 0; i < 9; i += 1) {
      leaves.contextFor(`${i}.example`);
      leaves.contextFor('kept.example');
    }
    expect(leaves.size).toBe(10);
    expect(leaves.contextFor('kept.example')).toBe(kept);
    expect(leaves.contextFor('dropped.example')).not.toBe(dropped);
  });

  it('are renewed two days before they end', () => {
    jest.useFakeTimers({ now: Date.now() });
    const leaves = leavesOf();
    const first = leaves.contextFor('a.example');
    jest.setSystemTime(Date.now() + 5 * DAY - 60_000);
    expect(leaves.contextFor('a.example')).toBe(first);
    jest.setSystemTime(Date.now() + 120_000);
    expect(leaves.contextFor('a.example')).not.toBe(first);
  });

  it('are minted again when the root has changed', () => {
    const roots = [makeRoot(new Date())];
    const leaves = leavesOf(roots);
    const first = leaves.contextFor('a.example');
    roots[0] = makeRoot(new Date());
    expect(leaves.contextFor('a.example')).not.toBe(first);
  });

  it('are not made for what is no host, and nothing is kept of it', () => {
    const leaves = leavesOf();
    expect(() => leaves.contextFor('*.example')).toThrow(RangeError);
    expect(leaves.size).toBe(0);
  });
});
