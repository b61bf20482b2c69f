import { networkInterfaces } from 'node:os';
import { ipOctets } from '../../authority/ip-octets.js';
import type { Config } from '../../config/config.js';
import { classOf, meanings } from './address-class.js';
import { sameAddress, withoutBrackets } from './address-range.js';

/** Where a part of OneCLI itself answers. No setting makes it an upstream. */
export interface OwnAddress {
  /** An address or a name, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /**
   * `address`: whatever leads there. `name`: only by this name, for what stands behind a balancer that it shares with others,
   * which balancers tell apart by the name.
   */
  readonly by: 'address' | 'name';
}

/** The ports that the listeners got, where the configuration leaves them to the system (port 0). */
export interface ListeningPorts {
  readonly gateway?: number;
  readonly admin?: number;
}

/** The listeners of both planes and the database, as configured. */
export function ownAddresses(config: Config, listening: ListeningPorts = {}): OwnAddress[] {
  const { gateway, admin, database } = config;
  return [
    { host: gateway.host, port: listening.gateway ?? gateway.port, by: 'address' },
    { host: admin.host, port: listening.admin ?? admin.port, by: 'address' },
    { ...hostAndPort(admin.publicUrl), by: 'name' },
    ...(gateway.publicHost === undefined
      ? []
      : [{ ...hostAndPort(`http://${gateway.publicHost}`), by: 'name' } as const]),
    ...databaseAddress(database.url),
  ];
}

/** Whether an address is this machine, on whichever of its interfaces; what listens on one may answer on another. */
export function isThisMachine(octets: Uint8Array): boolean {
  const addressClass = classOf(octets);
  if (addressClass === 'loopback' || addressClass === 'unspecified') return true;
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .some(({ address }) => sameAddress(ipOctets(address) ?? new Uint8Array(), octets));
}

/** Whether what connects to `octets` reaches a listener at `own`; both may carry an IPv4 address. */
export function leadsTo(own: Uint8Array, octets: Uint8Array): boolean {
  return meanings(own).some((mine) =>
    meanings(octets).some((meant) => sameAddress(mine, meant) || (isThisMachine(mine) && isThisMachine(meant))),
  );
}

function hostAndPort(url: string): { host: string; port: number } {
  const { hostname, port, protocol } = new URL(url);
  return { host: withoutBrackets(hostname), port: Number(port) || (protocol === 'https:' ? 443 : 80) };
}

/** A connection string as libpq and pg read it: `host` and `port` may stand in the query, a path is a Unix socket. */
function databaseAddress(url: string): OwnAddress[] {
  if (url === '') return [];
  const { hostname, port, searchParams } = new URL(url);
  const host = searchParams.get('host') ?? (decodeURIComponent(hostname) || 'localhost');
  if (host.startsWith('/')) return [];
  return [
    {
      host: withoutBrackets(host.toLowerCase()),
      port: Number(searchParams.get('port') ?? port) || 5432,
      by: 'address',
    },
  ];
}
