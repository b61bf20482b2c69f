import type { Observed } from './hostile-lane.js';
import { valuesOf, type WireRequest } from './wire-reading.js';

/** A request on the upstream's wire. */
export interface Arrived {
  readonly request: WireRequest;
  readonly secure: boolean;
  readonly authority: string;
}

/** What arrived was sent, whole: the same method, target and body, for the same server, and no field that was not sent. */
export function sentFaults(
  { request, authority, secure }: Arrived,
  unmatched: WireRequest[],
  observed: Observed,
): string[] {
  const scheme = secure ? 'https' : 'http';
  const candidates = unmatched.filter(
    (sent) =>
      sent.method === request.method &&
      isSameTarget(sent.target, request.target) &&
      (request.complete ? sent.complete && sent.body === request.body : sent.body.startsWith(request.body)) &&
      namedServers(sent, scheme, observed).every((server) => server === authority),
  );
  // Several may be the same but for their fields.
  const compared = candidates.map((sent) => ({ sent, faults: fieldFaults(sent, request) }));
  const distance = ({ sent, faults }: (typeof compared)[number]): number => faults.length * 1000 + sent.fields.length;
  const [best] = compared.sort((one, other) => distance(one) - distance(other));
  if (best === undefined) return [`${request.method} ${authority}${request.target} arrived, which nobody sent so`];
  unmatched.splice(unmatched.indexOf(best.sent), 1);
  return best.faults;
}

function fieldFaults(sent: WireRequest, request: WireRequest): string[] {
  const faults: string[] = [];
  let at = 0;
  for (const [name, value] of request.fields) {
    const key = name.toLowerCase();
    if (ADDED.has(key) || (INJECTED.has(key) && value.startsWith('canary'))) continue;
    // The length is written anew by the HTTP client, 0 for a chunked body that turns out to be empty.
    if (key === 'content-length' && Number(value) === Number(valuesOf(sent.fields, key)[0] ?? 0)) continue;
    if (key === 'upgrade' && value === 'websocket' && valuesOf(sent.fields, key).includes(value)) continue;
    if (ONE_HOP.test(key)) faults.push(`the field ${name} arrived`);
    const next = sent.fields.findIndex(([given, text], place) => place >= at && given === name && text === value);
    // Trailing codings of `TE` go, the rest of it stays.
    if (next < 0 && key !== 'te') faults.push(`the field ${name} arrived, which was not sent so`);
    else at = Math.max(at, next + 1);
  }
  return [...faults, ...lostFaults(sent, request)];
}

/** Fields that are for the server reach it, the method's override even where `Connection` names it. */
function lostFaults(sent: WireRequest, { fields }: WireRequest): string[] {
  const named = valuesOf(sent.fields, 'connection').join(',').toLowerCase();
  return sent.fields
    .filter(([name, value]) => {
      const key = name.toLowerCase();
      const isReplaced = INJECTED.has(key.replaceAll('_', '-'));
      const isForServer =
        /^x-.*method|^(?:cookie|user-agent|accept|x-keep|via|x-original-url)$/.test(key) && !isReplaced;
      const goes = isForServer && (key !== 'x-keep' || !named.includes(key)) && (key !== 'via' || !named.includes(key));
      return goes && !fields.some(([arrived, text]) => arrived === name && text === value);
    })
    .map(([name]) => `the field ${name} was lost`);
}

const ADDED: ReadonlySet<string> = new Set(['host', 'connection', 'transfer-encoding']);
const INJECTED: ReadonlySet<string> = new Set(['x-key', 'x-clear']);
const ONE_HOP = /^(proxy-.*|x-onecli-.*|keep-alive|upgrade|trailer|expect|http2-settings)$/;

/** The servers that a request names: by its target, and in a tunnel by the tunnel and its Host field, too. */
function namedServers(
  sent: WireRequest,
  scheme: string,
  { authority, conversation }: Observed,
): (string | undefined)[] {
  const [, sentScheme, named] = /^(https?):\/\/([^/?#]*)/i.exec(sent.target) ?? [];
  if (sentScheme !== undefined && sentScheme.toLowerCase() !== scheme) return [undefined];
  const byTarget = named === undefined ? [] : [serverOf(named, scheme)];
  // Outside a tunnel the Host field has no say (RFC 9112, 3.2.2).
  if (conversation.transport.startsWith('absolute')) return named === undefined ? [undefined] : byTarget;
  const byField = valuesOf(sent.fields, 'host').map((value) => serverOf(value, scheme));
  return [...byTarget, ...byField, serverOf(authority, scheme)];
}

/** An authority as browsers read it; undefined when they do not. */
function serverOf(authority: string, scheme: string): string | undefined {
  const url = `${scheme}://${Buffer.from(authority, 'latin1').toString('utf8')}`;
  if (authority.includes('@') || !URL.canParse(url)) return undefined;
  return new URL(url).host.replace(/\.(?=:\d+$|$)/, '');
}

/** Whether two targets are the same but for their origin and for what secrets replaced. */
export function isSameTarget(sent: string, arrived: string): boolean {
  return withoutSecrets(sent, arrived) === withoutSecrets(arrived, arrived);
}

function withoutSecrets(target: string, arrived: string): string {
  const rest = target.replace(/^https?:\/\/[^/?#]*/i, '');
  let text = rest.startsWith('/') ? rest : `/${rest}`;
  if (arrived.includes('canaryPATHvalue')) text = text.replace(/^\/bot[^/?]*/, '/bot');
  if (!arrived.includes('canaryPARAMvalue')) return text;
  const [path, ...query] = text.split('?');
  const kept = query.join('?').split('&');
  return [path, ...kept.filter((part) => part !== '' && !isKey(part))].join('&');
}

function isKey(part: string): boolean {
  return /^(?:k|%6b)ey$/i.test(part.split('=', 1)[0] ?? '') && !part.startsWith('K');
}
