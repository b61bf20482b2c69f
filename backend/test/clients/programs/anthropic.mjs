// MODE: asks through @anthropic-ai/sdk, configured by its environment alone, and prints what comes, a JSON line each.
import Anthropic from '@anthropic-ai/sdk';

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const question = { model: 'claude-test', max_tokens: 100, messages: [{ role: 'user', content: 'Grüße' }] };
const client = new Anthropic();
try {
  if (process.argv[2] === 'stream') {
    for await (const event of client.messages.stream(question)) if (event.delta?.text) say({ text: event.delta.text });
    say({ end: true });
  } else say({ text: (await client.messages.create(question)).content[0].text });
} catch (error) {
  say({ name: error.constructor.name, status: error.status, message: error.message });
}
