import type { IncomingMessage } from 'node:http';
import { Failure } from '../failure.js';
import { apiFailure, unreachable } from './api-failure.js';
import { readBody, send } from './exchange.js';

const ANSWER_TIMEOUT_MS = 30_000;

/** The REST interface of the control plane (`/v1/…`), typed by `libs/contracts`. */
export class ControlPlane {
  constructor(
    readonly url: URL,
    private readonly apiKey: string | undefined,
  ) {}

  /** @throws Failure when it is unreachable or says no */
  get<T>(path: string, query: Readonly<Record<string, string | undefined>> = {}): Promise<T> {
    return this.call('GET', path, query);
  }

  post<T>(path: string, body: object): Promise<T> {
    return this.call('POST', path, {}, body);
  }

  async delete(path: string): Promise<void> {
    await this.call('DELETE', path, {});
  }

  /**
   * Opens a server-sent event stream; its body is for the caller to read.
   * @param lastEventId where a broken stream goes on
   */
  async openStream(
    path: string,
    query: Readonly<Record<string, string | undefined>>,
    lastEventId: string | undefined,
  ): Promise<IncomingMessage> {
    const url = this.locate(path, query);
    const resume = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    const response = await this.exchange(url, 'GET', { accept: 'text/event-stream', ...resume });
    if (response.statusCode !== 200) throw apiFailure(url, response.statusCode ?? 0, await readBody(response));
    return response;
  }

  private async call<T>(
    method: string,
    path: string,
    query: Readonly<Record<string, string | undefined>>,
    body?: object,
  ): Promise<T> {
    const url = this.locate(path, query);
    const response = await this.exchange(url, method, { accept: 'application/json' }, body);
    const status = response.statusCode ?? 0;
    const answer = await readBody(response).catch((error: unknown) => {
      throw unreachable(url, error);
    });
    if (status < 200 || status > 299) throw apiFailure(url, status, answer);
    // 204 has no body, and its callers expect none.
    return (answer === '' ? undefined : parse(url, answer)) as T;
  }

  private async exchange(
    url: URL,
    method: string,
    headers: Readonly<Record<string, string>>,
    body?: object,
  ): Promise<IncomingMessage> {
    const json = body === undefined ? undefined : JSON.stringify(body);
    try {
      return await send({
        method,
        url,
        headers: {
          ...headers,
          'user-agent': 'onecli',
          ...(this.apiKey === undefined ? {} : { authorization: `Bearer ${this.apiKey}` }),
          ...(json === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(json)) }),
        },
        ...(json === undefined ? {} : { body: json }),
        timeout: ANSWER_TIMEOUT_MS,
      });
    } catch (error) {
      throw unreachable(url, error);
    }
  }

  private locate(path: string, query: Readonly<Record<string, string | undefined>>): URL {
    // The address may have a path of its own, behind a reverse proxy.
    const url = new URL(`.${path}`, this.url.href.endsWith('/') ? this.url.href : `${this.url.href}/`);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    return url;
  }
}

function parse(url: URL, answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    throw new Failure(`${url.origin} answered something that is not JSON. Is it the control plane's address?`);
  }
}
