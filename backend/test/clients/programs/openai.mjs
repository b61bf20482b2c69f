// MODE: asks through the package openai, configured by its environment alone, and prints what comes, a JSON line each.
import OpenAI from 'openai';

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const chat = { model: 'gpt-test', messages: [{ role: 'user', content: 'Grüße' }] };
const response = { model: 'gpt-test', input: 'Grüße' };
const client = new OpenAI();
try {
  switch (process.argv[2]) {
    case 'stream':
      for await (const chunk of await client.chat.completions.create({ ...chat, stream: true })) {
        if (chunk.choices[0]?.delta.content) say({ text: chunk.choices[0].delta.content });
      }
      say({ end: true });
      break;
    case 'stream-responses':
      for await (const event of await client.responses.create({ ...response, stream: true })) {
        if (event.type === 'response.output_text.delta') say({ text: event.delta });
      }
      say({ end: true });
      break;
    default:
      say({ text: (await client.chat.completions.create(chat)).choices[0].message.content });
  }
} catch (error) {
  say({ name: error.constructor.name, status: error.status, message: error.message });
}
