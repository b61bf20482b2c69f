import { REQUEST_DECISIONS, type RequestLogEntryView } from '../../../../libs/contracts/requests.js';
import { findAgent } from '../../api/find.js';
import { follow } from '../../api/follow.js';
import { defineCommand } from '../../command.js';
import { oneOf, text } from '../../options.js';
import { authority, because, clock, decisionStyle } from '../../output/request-columns.js';
import type { Style } from '../../output/style.js';
import { displayWidth, fit, visible } from '../../output/visible-text.js';

export const tailRequests = defineCommand({
  name: 'requests tail',
  summary: 'Print what agents do as it happens, until Ctrl-C',
  options: {
    agent: text('identifier', 'Only of this agent'),
    host: text('host', 'Only to this host'),
    decision: oneOf(REQUEST_DECISIONS, 'Only with this outcome'),
  },
  notes: ['In a pipe, or with --json, each request is one line of JSON.'],
  run: async ({ session: { controlPlane, terminal }, options }) => {
    const agent = options.agent === undefined ? undefined : await findAgent(controlPlane, options.agent);
    const query = { agentId: agent?.id, host: options.host, decision: options.decision };
    const events = follow(controlPlane, '/v1/requests/stream', query, (state) => {
      terminal.note(
        terminal.errorStyle.dim(state === 'broken' ? 'Connection lost, trying again …' : 'Connected again.'),
      );
    });
    if (!terminal.isJson)
      terminal.note(terminal.errorStyle.dim(`Waiting for requests at ${controlPlane.url.origin}. Ctrl-C ends.`));
    for await (const { data } of events) {
      const entry = JSON.parse(data) as RequestLogEntryView;
      terminal.line(terminal.isJson ? JSON.stringify(entry) : requestLine(entry, terminal.width, terminal.style));
    }
  },
});

/** Narrower than this an address says nothing. */
const LEAST_ADDRESS_WIDTH = 20;

/** One request in one line; unlike a table it cannot know the widths of what comes next. The address gives way first. */
export function requestLine(entry: RequestLogEntryView, width: number, style: Style): string {
  const time = clock(entry.time);
  const decision = entry.decision.padEnd(12);
  const status = String(entry.status ?? '-').padStart(3);
  const who = visible(`${entry.agentName ?? '-'}  ${entry.method ?? '-'}`);
  const reason = because(entry) === '' ? '' : `  ${visible(because(entry))}`;
  const taken = displayWidth(`${time}  ${decision}  ${status}  ${who} ${reason}`);
  const address = fit(visible(`${authority(entry)}${entry.path ?? ''}`), Math.max(LEAST_ADDRESS_WIDTH, width - taken));
  const paint = decisionStyle(entry.decision, style);
  return `${style.dim(time)}  ${paint(decision)}  ${status}  ${who} ${address}${style.dim(reason)}`;
}
