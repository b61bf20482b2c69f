/** What the control plane knows about its own names. */
export interface OwnNames {
  /** Names without a port, or `name:port`. */
  readonly allowedHosts: readonly string[];
  /** Origin of the public URL, as `https://console.example.com`. */
  readonly publicUrl: string;
  /** The port that this connection arrived at. */
  readonly port: number;
}

/** A `Host` field or an origin's authority, taken apart. */
interface Authority {
  readonly name: string;
  /** Undefined: the default port of a scheme that the field does not tell. */
  readonly port: number | undefined;
}

/**
 * Whether a request's `Host` names this control plane. A page whose own name was rebound to this address sends its own
 * name, so that refusing foreign names keeps it out (DNS rebinding). A port must be ours too: a name given as
 * `name:port`, the listening port, or the public URL's.
 */
export function isOwnHost(host: string | undefined, own: OwnNames): boolean {
  const authority = parseAuthority(host);
  if (authority === undefined) return false;
  return own.allowedHosts.some((entry) => {
    const allowed = parseAuthority(entry);
    if (allowed?.name !== authority.name) return false;
    return allowed.port === undefined ? ownPorts(own).includes(authority.port) : allowed.port === authority.port;
  });
}

function ownPorts(own: OwnNames): (number | undefined)[] {
  const url = new URL(own.publicUrl);
  const named = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  // Clients leave the scheme's default port out of the field; some write it all the same.
  return [own.port, named, ...(url.port === '' ? [undefined] : []), ...(own.port === 80 ? [undefined] : [])];
}

/** Lower case, without a final dot. Undefined when it is not a name or address with an optional port. */
export function parseAuthority(text: string | undefined): Authority | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+?)\.?(?::(\d{1,5}))?$/i.exec(text ?? '');
  if (match?.[1] === undefined) return undefined;
  return { name: match[1].toLowerCase(), port: match[2] === undefined ? undefined : Number(match[2]) };
}
