import { PAGE_LIMIT_MAX, type Page } from '../../../../libs/contracts/paging.js';
import { REQUEST_DECISIONS, type RequestLogEntryView } from '../../../../libs/contracts/requests.js';
import { findAgent } from '../../api/find.js';
import { defineCommand } from '../../command.js';
import { oneOf, text, whole } from '../../options.js';
import { REQUEST_COLUMNS } from '../../output/request-columns.js';

const SHOWN = 20;

export const listRequests = defineCommand({
  name: 'requests list',
  summary: 'List what agents did, newest first',
  options: {
    agent: text('identifier', 'Only of this agent'),
    host: text('host', 'Only to this host'),
    decision: oneOf(REQUEST_DECISIONS, 'Only with this outcome'),
    method: text('method', 'Only with this method'),
    search: text('text', 'Only where host, path or id contain this'),
    limit: whole('count', `How many (default: ${SHOWN})`, PAGE_LIMIT_MAX),
    cursor: text('cursor', 'Go on where the last page ended; its nextCursor says where'),
  },
  examples: [['onecli requests list --decision blocked --limit 100', 'What was blocked']],
  run: async ({ session: { controlPlane, terminal }, options }) => {
    const agent = options.agent === undefined ? undefined : await findAgent(controlPlane, options.agent);
    const page = await controlPlane.get<Page<RequestLogEntryView>>('/v1/requests', {
      agentId: agent?.id,
      host: options.host,
      decision: options.decision,
      method: options.method?.toUpperCase(),
      q: options.search,
      limit: String(options.limit ?? SHOWN),
      cursor: options.cursor,
    });
    if (terminal.isJson) {
      terminal.json(page);
      return;
    }
    terminal.list(page.items, REQUEST_COLUMNS, 'No requests yet. Try: onecli run -- curl https://example.com');
    if (page.nextCursor !== null) terminal.line(terminal.style.dim(`Older ones: --cursor ${page.nextCursor}`));
  },
});
