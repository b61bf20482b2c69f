// What the programs on Node have in common: the request, and the line that they print about the answer.
import { text } from 'node:stream/consumers';

/** Posts what standard input holds to the first argument, by `send`. */
export async function post(send) {
  const body = await text(process.stdin);
  const headers = { Authorization: 'Bearer placeholder', 'Content-Type': 'application/json' };
  const { status, retryAfter, text: answer } = await send(process.argv[2], { headers, body });
  process.stdout.write(`${JSON.stringify({ status, retryAfter: retryAfter ?? null, body: JSON.parse(answer) })}\n`);
}
