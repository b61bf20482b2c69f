import { isCrossSite, type Provenance } from './cross-site.js';

const PUBLIC_URL = 'https://console.example.com';

function aRequest(overrides: Partial<Provenance> = {}): Provenance {
  return {
    method: 'POST',
    host: 'localhost:10254',
    origin: undefined,
    secFetchSite: undefined,
    secFetchMode: undefined,
    secFetchDest: undefined,
    ...overrides,
  };
}

describe('telling which page caused a request', () => {
  it.each<[string, Partial<Provenance>]>([
    ['a program, which sends neither field', {}],
    ['the console itself', { origin: 'http://localhost:10254', secFetchSite: 'same-origin', secFetchMode: 'cors' }],
    ['the console at its public URL, behind a proxy that rewrites Host', { origin: PUBLIC_URL }],
    [
      'an address that was typed in',
      { method: 'GET', secFetchSite: 'none', secFetchMode: 'navigate', secFetchDest: 'document' },
    ],
    [
      'a link that was followed',
      { method: 'GET', secFetchSite: 'cross-site', secFetchMode: 'navigate', secFetchDest: 'document' },
    ],
  ])('passes %s', (_name, overrides) => {
    expect(isCrossSite(aRequest(overrides), PUBLIC_URL)).toBe(false);
  });

  it.each<[string, Partial<Provenance>]>([
    ['a script of another site', { origin: 'https://evil.example', secFetchSite: 'cross-site', secFetchMode: 'cors' }],
    ['a script of another site in a browser without Sec-Fetch', { origin: 'https://evil.example' }],
    [
      'what an agent serves on another port of this machine',
      { origin: 'http://localhost:3000', secFetchSite: 'same-site' },
    ],
    ['a port that merely begins like ours', { origin: 'http://localhost:102540' }],
    ['a sandboxed frame', { origin: 'null' }],
    ['an image', { method: 'GET', secFetchSite: 'cross-site', secFetchMode: 'no-cors', secFetchDest: 'image' }],
    ['a frame', { method: 'GET', secFetchSite: 'cross-site', secFetchMode: 'navigate', secFetchDest: 'iframe' }],
    [
      'a form',
      {
        origin: 'https://evil.example',
        secFetchSite: 'cross-site',
        secFetchMode: 'navigate',
        secFetchDest: 'document',
      },
    ],
    [
      'an event stream of another port',
      { method: 'GET', secFetchSite: 'same-site', secFetchMode: 'cors', secFetchDest: 'empty' },
    ],
    ['an origin that merely begins like ours', { origin: 'http://localhost:10254.evil.example' }],
  ])('refuses %s', (_name, overrides) => {
    expect(isCrossSite(aRequest(overrides), PUBLIC_URL)).toBe(true);
  });
});
