import type { RequestLogEntry } from '../../src/audit/request-log.entry.js';
import { readAnswers } from './answer-reading.js';
import { askedBy, type Observed } from './hostile-lane.js';
import { lenientReadings } from './lenient-readings.js';
import { SECRETS, hasDotSegment, whyNot } from './reference-policy.js';
import { isSameTarget, sentFaults, type Arrived } from './sent-requests.js';
import { wasLetThrough } from './watched-gateway.js';
import { valuesOf } from './wire-reading.js';

/** What is wrong with what was seen, one sentence each; none when everything that must hold does. */
export function faultsOf(observed: Observed): string[] {
  const faults = [...answerFaults(observed), ...readingFaults(observed), ...countFaults(observed)];
  const unmatched = [...observed.sentReading.requests];
  const entries = observed.entries.filter(wasLetThrough);
  for (const { connection, reading } of observed.arrived) {
    for (const request of reading.requests) {
      const authority = valuesOf(request.fields, 'host')[0] ?? '';
      const arrived: Arrived = { request, secure: connection.secure, authority };
      faults.push(...decisionFaults(arrived, observed), ...secretFaults(arrived));
      faults.push(...sentFaults(arrived, unmatched, observed), ...recordFaults(arrived, entries));
      const host = authority.replace(/:\d+$/, '');
      if (connection.secure && connection.servername !== undefined && connection.servername !== host) {
        faults.push(`the handshake names ${connection.servername}, the Host field ${host}`);
      }
    }
  }
  if (observed.stuck !== undefined) faults.push(observed.stuck);
  return faults;
}

/** For a person: what went wrong, and the bytes of every side. */
export function describeFaults(
  faults: readonly string[],
  { sent, received, arrived, entries, conversation, ...rest }: Observed,
) {
  const recorded = entries.map(({ method, host, port, path, decision, refusal }) =>
    [method, host, port, path, decision, refusal].join(' '),
  );
  return [
    ...faults,
    `${conversation.transport}, ${conversation.agent} agent, ${rest.authority}, CONNECT ${rest.connectStatus}`,
    `sent ${JSON.stringify(sent)} (${rest.sentReading.requests.length} requests, ${rest.sentReading.fault})`,
    ...arrived.map(({ connection }) => `arrived ${JSON.stringify(connection.text)}`),
    `answered ${JSON.stringify(received)}`,
    ...recorded.map((entry) => `recorded ${entry}`),
  ].join('\n');
}

/** Every answer is well-formed, belongs to its request, and none is an internal error. */
function answerFaults({ received, sent, sentReading, entries }: Observed): string[] {
  const { answers, fault } = readAnswers(received, askedBy(sentReading));
  const faults = fault === undefined ? [] : [`the agent got no well-formed answer: ${fault}`];
  // What is left unread gets one answer at most, a broken body one behind that to its head.
  const left = sentReading.consumed < sent.length ? 1 : 0;
  const unread = sentReading.fault !== undefined && sentReading.faultInBody ? 1 : left;
  if (answers.length > sentReading.requests.length + unread) {
    faults.push(`${answers.length} answers to ${sentReading.requests.length} requests`);
  }
  answers.forEach(({ status, fields }, index) => {
    const arrived = fields.find(([name]) => name === 'x-arrived')?.[1];
    if (status === 500) faults.push('an internal error');
    if (arrived === undefined) {
      if (!fields.some(([name]) => name === 'x-onecli-refusal')) faults.push(`an answer from nowhere: ${status}`);
      return;
    }
    const request = sentReading.requests[index];
    const [method = '', target = ''] = Buffer.from(arrived, 'hex').toString('latin1').split(' ');
    if (request === undefined || request.method !== method || !isSameTarget(request.target, target)) {
      faults.push(`answer ${index + 1} belongs to ${method} ${target}`);
    }
  });
  if (entries.some(({ refusal }) => refusal === 'internal_error')) faults.push('an internal error is recorded');
  return faults;
}

/** Every server, strict or forgiving, finds the same requests in what arrived. */
function readingFaults({ arrived }: Observed): string[] {
  return arrived.flatMap(({ connection, reading }) => {
    const faults = reading.fault === undefined ? [] : [`what arrived is malformed: ${reading.fault}`];
    const heads = reading.requests.map(({ method, target }) => `${method} ${target}`);
    for (const head of heads) {
      if (!connection.text.includes(`${head} HTTP/1.1\r\n`)) faults.push(`the line of ${head} is not as it should be`);
    }
    for (const lenient of lenientReadings(connection.text)) {
      if (lenient.heads.join('\n') === heads.join('\n')) continue;
      faults.push(`a server reads ${lenient.heads.join(', ')} instead of ${heads.join(', ')}: ${lenient.name}`);
    }
    return faults;
  });
}

/** No more arrives than was let through; a refused conversation opens no connection and sends no byte. */
function countFaults({ arrived, opened, entries }: Observed): string[] {
  const count = arrived.reduce((sum, { reading }) => sum + reading.requests.length, 0);
  const letThrough = entries.filter(wasLetThrough).length;
  const faults = count > letThrough ? [`${count} requests arrived, ${letThrough} were let through`] : [];
  if (letThrough === 0 && opened > 0) faults.push('a refused request opened a connection');
  if (letThrough === 0 && arrived.length > 0) faults.push('a refused request sent bytes');
  return faults;
}

/** What arrived may arrive, read anew from the very bytes. */
function decisionFaults({ request, secure, authority }: Arrived, { conversation }: Observed): string[] {
  const { method, fields } = request;
  const path = restoredPath(request.target);
  const claimedMethods = fields
    .filter(([name]) => /^x[-_]http[-_]method([-_]override)?$|^x[-_]method[-_]override$/i.test(name))
    .flatMap(([, value]) => value.split(',').map((part) => part.trim().toUpperCase()));
  const target = { method, claimedMethods, secure, host: authority.replace(/:\d+$/, ''), path };
  const faults = [];
  const rule = whyNot(target, conversation.agent === 'strict');
  if (rule !== undefined) faults.push(`${method} ${authority}${path} arrived against “${rule}”`);
  if (hasDotSegment(path)) faults.push(`a dot segment arrived: ${path}`);
  // eslint-disable-next-line no-control-regex -- finding control bytes is the point
  if (/[\\#\x00-\x20\x7f]|%[01][0-9a-f]|%7f/i.test(path)) faults.push(`an ambiguous byte arrived: ${path}`);
  if (['CONNECT', 'TRACE', 'TRACK'].includes(method)) faults.push(`${method} arrived`);
  return faults;
}

function secretFaults({ request, secure, authority }: Arrived): string[] {
  const bytes = [request.target, ...request.fields.map((field) => field.join(': ')), request.body].join('\n');
  const host = authority.replace(/:\d+$/, '');
  const target = { method: request.method, claimedMethods: [], secure, host, path: restoredPath(request.target) };
  return SECRETS.filter(({ secret, mayArrive }) => bytes.includes(secret.value) && !mayArrive(target)).map(
    ({ secret }) => `the secret “${secret.name}” arrived at ${authority}${target.path}`,
  );
}

/** The request log names what arrived. */
function recordFaults({ request, secure, authority }: Arrived, entries: RequestLogEntry[]): string[] {
  const port = Number(/:(\d+)$/.exec(authority)?.[1] ?? (secure ? 443 : 80));
  const host = authority.replace(/:\d+$/, '');
  const index = entries.findIndex(
    (entry) =>
      entry.method === request.method &&
      entry.host === host &&
      entry.port === port &&
      entry.path !== null &&
      isSameTarget(entry.path, pathOf(request.target)),
  );
  if (index < 0) return [`${request.method} ${authority}${request.target} arrived and is not in the request log so`];
  entries.splice(index, 1);
  return [];
}

function pathOf(target: string): string {
  return target.split('?', 1)[0] ?? '';
}

function restoredPath(target: string): string {
  return pathOf(target).replace('canaryPATHvalue', '123');
}
