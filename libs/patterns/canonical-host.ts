import { parsed, unreadable, type Parsed } from './parsed.js';

declare const canonical: unique symbol;

/** A host in the one spelling that everything compares: lower case, ASCII, no trailing dot, IPv6 in brackets. */
export type CanonicalHost = string & { readonly [canonical]: true };

const MAX_NAME = 253;
const MAX_LABEL = 63;
const NAME = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;
const NUMERIC_LABEL = /^(?:[0-9]+|0x[0-9a-f]*)$/;
const OCTET = /^(?:0|[1-9][0-9]{0,2})$/;
// eslint-disable-next-line no-control-regex -- finding control bytes is the point
const UNPRINTABLE = /[\u0000-\u0020\u007f]/;
// eslint-disable-next-line no-control-regex -- all of ASCII
const ASCII = /^[\u0000-\u007f]*$/;

/**
 * The canonical form of a host as it stands in an authority: no port, no userinfo. Spellings that another parser may
 * read as another host (octal, hexadecimal and short IPv4 forms, zone ids, escapes) are refused, not repaired.
 */
export function canonicalHost(text: string): Parsed<CanonicalHost> {
  const host = text.toLowerCase();
  if (NAME.test(host) && !host.includes('xn--')) return canonicalName(host);
  const fault = spellingFault(text);
  if (fault !== undefined) return unreadable(fault);
  if (host.startsWith('[')) return canonicalIpv6(host);
  const name = host.endsWith('.') ? host.slice(0, -1) : host;
  if (name !== host && NUMERIC_LABEL.test(lastLabel(name))) {
    return unreadable('An IPv4 address has no trailing dot.');
  }
  return needsIdna(name) ? canonicalIdn(name) : canonicalName(name);
}

/** Whether a canonical host is an address and not a name. */
export function isAddress(host: string): boolean {
  return host.startsWith('[') || NUMERIC_LABEL.test(lastLabel(host));
}

function spellingFault(text: string): string | undefined {
  if (text === '') return 'The host is empty.';
  if (text.length > 4 * MAX_NAME) return `A host name has at most ${MAX_NAME} characters.`;
  if (UNPRINTABLE.test(text)) return 'A host has no spaces or control characters.';
  if (text.includes('@')) return 'A host has no user name or password in front of it.';
  if (text.includes('%')) return 'A host is not percent-encoded and has no zone id.';
  return undefined;
}

function needsIdna(name: string): boolean {
  return !ASCII.test(name) || name.includes('xn--');
}

function canonicalName(name: string): Parsed<CanonicalHost> {
  if (!NAME.test(name)) return unreadable(nameFault(name));
  if (name.length > MAX_NAME) return unreadable(`A host name has at most ${MAX_NAME} characters.`);
  const last = lastLabel(name);
  if (NUMERIC_LABEL.test(last)) return canonicalIpv4(name);
  if (name.length > MAX_LABEL && name.split('.').some((label) => label.length > MAX_LABEL)) {
    return unreadable(`A part of a host name has at most ${MAX_LABEL} characters.`);
  }
  return parsed(name as CanonicalHost);
}

function nameFault(name: string): string {
  if (name.startsWith('.') || name.endsWith('.') || name.includes('..')) return 'A host name has no empty parts.';
  if (name.includes(':')) return 'An IPv6 address stands in brackets.';
  return 'A host name consists of letters, digits, hyphens and dots.';
}

function canonicalIpv4(text: string): Parsed<CanonicalHost> {
  const parts = text.split('.');
  if (parts.length === 4 && parts.every((part) => OCTET.test(part) && Number(part) <= 255)) {
    return parsed(text as CanonicalHost);
  }
  return unreadable('An IPv4 address is written as four decimal numbers from 0 to 255, such as 192.0.2.1.');
}

function canonicalIpv6(text: string): Parsed<CanonicalHost> {
  if (!/^\[[0-9a-f:.]+\]$/.test(text))
    return unreadable('An IPv6 address is written in brackets, such as [2001:db8::1].');
  const host = hostnameOf(text);
  return host === undefined ? unreadable('This is not an IPv6 address.') : parsed(host as CanonicalHost);
}

/** IDNA through the WHATWG parser, which browsers and Node share; its answer is checked like any other name. */
function canonicalIdn(name: string): Parsed<CanonicalHost> {
  if (/[^a-z0-9._\u0080-\u{10ffff}-]/u.test(name)) return unreadable(nameFault(name));
  const ascii = hostnameOf(name);
  if (ascii === undefined) return unreadable('This is not an international domain name.');
  const bare = ascii.endsWith('.') ? ascii.slice(0, -1) : ascii;
  // The parser turns full-width digits and short forms into an address: another reading of the same text.
  if (NUMERIC_LABEL.test(lastLabel(bare))) {
    return unreadable('An IPv4 address is written as four decimal numbers from 0 to 255, such as 192.0.2.1.');
  }
  return canonicalName(bare);
}

function hostnameOf(host: string): string | undefined {
  const url = `http://${host}/`;
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

function lastLabel(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
