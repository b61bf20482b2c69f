import type { ServerResponse } from 'node:http';
import { startApiUpstream, type ApiAnswer, type ApiUpstream } from './api-upstream.js';

/** The words of each answer; a stream sends an event for each. */
export const WORDS = ['Guten', ' Tag', ' zusammen'];

/** An API with the shapes of Anthropic's and OpenAI's. */
export interface ModelUpstream extends ApiUpstream {
  /** Lets streams go on past their first word; until then they wait. */
  release(): void;
  /** Makes streams wait (again). */
  hold(): void;
}

export async function startModelUpstream(): Promise<ModelUpstream> {
  let released = Promise.resolve();
  let release = (): void => undefined;
  const answer: ApiAnswer = async (_request, response, { url, body }) => {
    const shape = SHAPES.find(({ path }) => path === url);
    if (shape === undefined) {
      response.writeHead(404).end();
      return;
    }
    const asked = JSON.parse(body.text) as { stream?: boolean };
    if (asked.stream !== true) {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(shape.whole));
      return;
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-cache' });
    send(response, [...shape.before, ...WORDS.slice(0, 1).map(shape.word)]);
    await released;
    send(response, WORDS.slice(1).map(shape.word));
    send(response, shape.after);
    response.end();
  };
  const upstream = await startApiUpstream(answer);
  return {
    ...upstream,
    release: () => release(),
    hold: () => {
      released = new Promise((resolve) => (release = resolve));
    },
  };
}

/** An event's type, undefined where the API names none, and its data. */
type StreamEvent = readonly [type: string | undefined, data: unknown];

interface Shape {
  readonly path: string;
  readonly whole: unknown;
  readonly before: readonly StreamEvent[];
  readonly after: readonly StreamEvent[];
  readonly word: (word: string) => StreamEvent;
}

const text = WORDS.join('');
const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-test', stop_sequence: null };
const usage = { input_tokens: 1, output_tokens: 3 };
const named = (type: string, data: object): StreamEvent => [type, { type, ...data }];
const chunk = (delta: object, finish: string | null): StreamEvent => [
  undefined,
  {
    id: 'c1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'gpt-test',
    choices: [{ index: 0, delta, finish_reason: finish }],
  },
];

const SHAPES: readonly Shape[] = [
  {
    path: '/v1/messages',
    whole: { ...message, content: [{ type: 'text', text }], stop_reason: 'end_turn', usage },
    before: [
      named('message_start', { message: { ...message, content: [], stop_reason: null, usage } }),
      named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      named('ping', {}),
    ],
    word: (word) => named('content_block_delta', { index: 0, delta: { type: 'text_delta', text: word } }),
    after: [
      named('content_block_stop', { index: 0 }),
      named('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage }),
      named('message_stop', {}),
    ],
  },
  {
    path: '/v1/chat/completions',
    // prettier-ignore
    whole: { id: 'c1', object: 'chat.completion', created: 1, model: 'gpt-test',
      choices: [{ index: 0, message: { role: 'assistant', content: text, refusal: null }, finish_reason: 'stop', logprobs: null }] },
    before: [chunk({ role: 'assistant', content: '' }, null)],
    word: (word) => chunk({ content: word }, null),
    after: [chunk({}, 'stop'), [undefined, '[DONE]']],
  },
  {
    path: '/v1/responses',
    whole: { id: 'r1', object: 'response', status: 'completed', output: [] },
    before: [
      named('response.created', {
        response: { id: 'r1', object: 'response', status: 'in_progress', output: [] },
        sequence_number: 0,
      }),
    ],
    word: (word) =>
      named('response.output_text.delta', {
        item_id: 'i1',
        output_index: 0,
        content_index: 0,
        delta: word,
        sequence_number: 1,
      }),
    after: [
      named('response.completed', {
        response: { id: 'r1', object: 'response', status: 'completed', output: [] },
        sequence_number: 2,
      }),
    ],
  },
];

function send(response: ServerResponse, events: readonly StreamEvent[]): void {
  for (const [type, data] of events) {
    const content = typeof data === 'string' ? data : JSON.stringify(data);
    response.write(`${type === undefined ? '' : `event: ${type}\n`}data: ${content}\n\n`);
  }
}
