// The demo itself: an agent works with an API whose key it never holds. Ends with 0 only if everything came as it says.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clients } from './clients.mjs';
import { startDemoApi } from './demo-api.mjs';
import { DemoCli } from './demo-cli.mjs';
import { startOneCli } from './demo-server.mjs';
import { bold, cyan, dim, green, Page, red, yellow } from './page.mjs';

const LIMIT = 3;
const HOUR_MS = 3_600_000;
/** Limits count in whole hours of UTC: a demo that crosses one would see its count start again. */
const CLEAR_OF_THE_HOUR_MS = 15_000;

const page = new Page();
const started = Date.now();
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'onecli-demo-')));
// Of the shell's environment only what programs need to run: proxies and keys of yours stay out, and ~/.onecli stays as it is.
const environment = { PATH: process.env['PATH'], HOME: folder, TMPDIR: tmpdir(), LANG: 'C.UTF-8', NO_COLOR: '1' };
const undo = [];

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.once(signal, () => void cleanUp().then(() => process.exit(130)));

try {
  await tell();
} catch (error) {
  page.failures += 1;
  page.line(`\n${red('The demo stopped:')} ${error.message}`);
} finally {
  await cleanUp();
}
ending();
process.exitCode = page.failures === 0 ? 0 : 1;

async function tell() {
  const apiKey = `demo-key-${randomBytes(12).toString('hex')}`;
  page.line(
    `${bold('OneCLI')}: agents use real APIs without holding real credentials. No internet is needed for this demo.`,
  );
  await awayFromTheHour();
  const api = await startDemoApi(apiKey);
  undo.push(() => api.close());
  const server = await startOneCli({ folder, environment, api });
  undo.push(() => server.stop());
  const cli = new DemoCli({ ...environment, ONECLI_URL: server.url }, folder);

  page.line();
  page.line(`   ${dim('OneCLI')}   console ${server.url}, gateway ${server.gateway}`);
  page.line(`   ${dim('An API')}   ${api.url} wants ${cyan(`Authorization: Bearer ${shortened(apiKey)}`)}`);

  await setUp(cli, api, apiKey);
  const agents = clients(environment);
  await injected(cli, api, apiKey, agents);
  await blocked(cli, api, agents);
  await limited(cli, api, agents[0]);
  await closed(cli, api, agents[0]);
  await recorded(cli, apiKey, server);
}

async function setUp(cli, api, apiKey) {
  page.heading('Set up: an agent, a secret, three rules');
  const host = api.authority;
  const rule = (name, ...options) => ['rules', 'create', name, '--host', host, ...options];
  const steps = [
    [['agents', 'create', 'demo']],
    [
      ['secrets', 'create', 'demo-api', '--host', host, '--header', 'Authorization', '--format', 'Bearer {value}'],
      apiKey,
    ],
    [rule('Read customers', '--action', 'allow', '--method', 'GET', '--path', '/v1/customers')],
    [
      rule(
        'Search slowly',
        '--action',
        'rate_limit',
        '--path',
        '/v1/search',
        '--limit',
        String(LIMIT),
        '--per',
        'hour',
      ),
    ],
    [rule('Delete nothing', '--action', 'block', '--method', 'DELETE')],
  ];
  for (const [args, input] of steps) {
    page.command(`${input === undefined ? '' : 'pass demo-api | '}onecli ${args.map(quoted).join(' ')}`);
    await cli.json(args, input);
  }
  await denyByDefault(cli);
  page.fact('and', `what no rule allows is refused ${dim('(default policy: deny)')}`);
}

/** The console's switch; the same call by REST. */
async function denyByDefault(cli) {
  const answer = await fetch(`${cli.environment.ONECLI_URL}/v1/policy/default`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: '{"defaultPolicy":"deny"}',
  });
  if (!answer.ok) throw new Error(`the default policy could not be set: ${await answer.text()}`);
}

async function injected(cli, api, apiKey, agents) {
  page.heading('Injected: the agent sends no key, the API gets it');
  for (const client of agents) {
    const answer = await ask(cli, client, 'GET', `${api.url}/v1/customers`);
    const [request] = api.takeSeen();
    page.fact(
      'API saw',
      request === undefined ? red('nothing') : `Authorization: ${shortened(request.authorization ?? '(none)')}`,
    );
    page.expect(
      answer.status === 200,
      `${client.name} got ${answer.status} ${JSON.stringify(answer.body)}`,
      'expected 200',
    );
    page.expect(request?.authorization === `Bearer ${apiKey}`, 'the API saw its real key', 'it did not');
  }
}

async function blocked(cli, api, agents) {
  page.heading('Blocked: a rule says no, nothing leaves');
  for (const client of agents) {
    const answer = await ask(cli, client, 'DELETE', `${api.url}/v1/customers/7`);
    page.fact('agent got', `${red(told(answer))}`);
    const isBlocked =
      answer.status === 403 && answer.body.error === 'blocked_by_policy' && answer.body.rule_name === 'Delete nothing';
    page.expect(isBlocked, `${client.name} was told by which rule`, JSON.stringify(answer));
    expectNothingSeen(api);
  }
}

async function limited(cli, api, client) {
  page.heading(`Limited: ${LIMIT} searches an hour, then not one more`);
  for (let count = 1; count <= LIMIT; count += 1) {
    const answer = await ask(cli, client, 'GET', `${api.url}/v1/search?q=${count}`, count > 1);
    page.expect(answer.status === 200, `search ${count} got ${answer.status}`, JSON.stringify(answer.body));
  }
  api.takeSeen();
  const answer = await ask(cli, client, 'GET', `${api.url}/v1/search?q=${LIMIT + 1}`, true);
  page.fact('agent got', `${yellow(told(answer))}`);
  const isLimited = answer.status === 429 && answer.body.error === 'rate_limited';
  page.expect(isLimited, `search ${LIMIT + 1} was refused at once`, JSON.stringify(answer));
  page.expect(
    /^\d+$/.test(answer.retryAfter ?? ''),
    `Retry-After: ${answer.retryAfter} s, the end of the hour`,
    'no Retry-After',
  );
  expectNothingSeen(api);
}

async function closed(cli, api, client) {
  page.heading('Closed: what no rule allows');
  const answer = await ask(cli, client, 'GET', `${api.url}/admin/users`);
  page.fact('agent got', `${red(told(answer))}`);
  const isClosed = answer.status === 403 && answer.body.error === 'blocked_by_default_policy';
  page.expect(isClosed, 'the default policy refused it', JSON.stringify(answer));
  expectNothingSeen(api);
}

async function recorded(cli, apiKey, server) {
  page.heading('Recorded: who did what, and what came of it');
  page.command('onecli requests list');
  const wanted = { allowed: 1, blocked: 1, rate_limited: 1 };
  const entries = await untilRecorded(cli, Object.keys(wanted));
  const paint = { allowed: green, rate_limited: yellow };
  for (const entry of entries.filter(({ protocol }) => protocol !== 'tunnel').slice(0, 8)) {
    const decision = (paint[entry.decision] ?? red)(entry.decision.padEnd(12));
    const why =
      entry.decision === 'allowed'
        ? entry.secretNames.map((name) => `with ${name}`)
        : entry.ruleNames.map((name) => `by ${name}`);
    const what = `${entry.method} ${entry.path}`.padEnd(24);
    page.line(`     ${decision}  ${entry.status}  ${entry.agentName}  ${what}  ${dim(why[0] ?? entry.refusal ?? '')}`);
  }
  const seen = new Set(entries.map((entry) => entry.decision));
  page.expect(
    Object.keys(wanted).every((one) => seen.has(one)),
    'every outcome is in the request log',
    [...seen].join(),
  );
  const sinks = cli.printed + JSON.stringify(entries) + server.log();
  page.expect(
    !sinks.includes(apiKey),
    'the key is in nothing that the agent, the log or the console got',
    'it is there',
  );
}

/** Recording is off the request path; an entry shows within a second. */
async function untilRecorded(cli, decisions) {
  const deadline = Date.now() + 5000;
  for (;;) {
    const { items } = await cli.json(['requests', 'list', '--limit', '50']);
    const isComplete = decisions.every((one) => items.some((entry) => entry.decision === one));
    if (isComplete || Date.now() > deadline) return items;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function ask(cli, client, method, url, isRepeated = false) {
  if (!isRepeated) page.command(`onecli run --agent demo -- ${client.shown(method, url)}`);
  const { code, stdout, stderr } = await cli.call(['run', '--agent', 'demo', '--', ...client.command(method, url)]);
  try {
    return client.read(stdout);
  } catch {
    return { status: 0, retryAfter: null, body: { error: `${client.name} ended with ${code}: ${stderr}${stdout}` } };
  }
}

function expectNothingSeen(api) {
  const seen = api.takeSeen();
  page.expect(seen.length === 0, 'the API saw nothing', JSON.stringify(seen));
}

function ending() {
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  page.line();
  if (page.failures > 0) page.line(red(`Not all of it came as it should (${page.failures} ✗ above).`));
  else page.line(green(`All of it held. What was started is stopped and removed, after ${seconds} s.`));
  const next = [
    ['npm start', 'OneCLI itself, with its console'],
    ['cli/bin/onecli secrets create claude --type anthropic', 'a key of yours, typed at a prompt'],
    ['cli/bin/onecli run -- claude', 'an agent that works with the key and never sees it'],
  ];
  page.line('\nWhere to go next:');
  for (const [command, meaning] of next) page.line(`   ${cyan(command.padEnd(53))}  ${dim(meaning)}`);
}

async function awayFromTheHour() {
  const left = HOUR_MS - (Date.now() % HOUR_MS);
  if (left > CLEAR_OF_THE_HOUR_MS) return;
  page.line(dim('Waiting for the full hour, so that its limit does not start again in between …'));
  await new Promise((resolve) => setTimeout(resolve, left));
}

/** A refusal in a line: its status, its code, and the sentence for the agent. */
function told({ status, body }) {
  return `${status} ${body.error}: ${body.message ?? ''}`;
}

function shortened(value) {
  return value.replace(/(demo-key-.{4}).*/, '$1…');
}

function quoted(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `"${word}"`;
}

async function cleanUp() {
  for (const step of undo.splice(0).reverse()) await step();
  rmSync(folder, { recursive: true, force: true });
}
