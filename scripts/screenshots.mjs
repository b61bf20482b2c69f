// What `npm run screenshots` runs: takes the pictures of the console in docs/screenshots anew, from a OneCLI of its own that agents
// send requests through. Needs Chromium (`apt-get install chromium`; `CHROMIUM` names another one) and no internet.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { chromium } from 'playwright-core';
import { buildStaleParts } from './build-parts.mjs';
import { DemoCli } from './demo/demo-cli.mjs';
import { startDemoApi } from './demo/demo-api.mjs';
import { startOneCli } from './demo/demo-server.mjs';
import { root } from './root.mjs';

const API_KEY = 'demo-key-0123456789abcdef';
const TARGET = join(root, 'docs/screenshots');
const LOOKS = [
  { theme: 'light', width: 1280, height: 800 },
  { theme: 'dark', width: 1280, height: 800 },
];
const PAGES = { overview: 'overview?range=1h', activity: 'activity' };
/** Pages load what they show after their heading is there. */
const SETTLE_MS = 1500;
/** Larger pictures make a clone slow. */
const MAX_BYTES = 200_000;
/** Spread over two minutes of the chart. */
const ROUNDS = 9;
const BETWEEN_ROUNDS_MS = 8000;

/** Sends `[method, url]` pairs one after the other, whatever comes of them. */
const CLIENT = `
for (const [method, url] of JSON.parse(process.argv[1])) {
  const answer = await fetch(url, { method });
  await answer.arrayBuffer();
}
`;

buildStaleParts();
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'onecli-screenshots-')));
const environment = { PATH: process.env['PATH'], HOME: folder, TMPDIR: tmpdir(), LANG: 'C.UTF-8', NO_COLOR: '1' };
const undo = [() => rmSync(folder, { recursive: true, force: true })];
try {
  const api = await startDemoApi(API_KEY);
  undo.push(() => api.close());
  const server = await startOneCli({ folder, environment, api });
  undo.push(() => server.stop());
  const cli = new DemoCli({ ...environment, ONECLI_URL: server.url }, folder);
  await setUp(cli, api);
  for (let round = 0; round < ROUNDS; round += 1) {
    await traffic(cli, api, round);
    await pause(BETWEEN_ROUNDS_MS);
  }
  await takeAll(server.url);
} finally {
  for (const step of undo.reverse()) await step();
}

async function setUp(cli, api) {
  const host = api.authority;
  for (const identifier of ['claude-code', 'nightly-report']) await cli.json(['agents', 'create', identifier]);
  const injected = ['--header', 'Authorization', '--format', 'Bearer {value}'];
  await cli.json(['secrets', 'create', 'customers-api', '--host', host, ...injected], API_KEY);
  const rules = [
    ['No deletes', '--action', 'block', '--host', host, '--method', 'DELETE'],
    ['Repositories are read only', '--action', 'block', '--host', 'api.github.com', '--method', 'POST,PUT,DELETE'],
    [
      'Search slowly',
      '--action',
      'rate_limit',
      '--host',
      host,
      '--path',
      '/v1/search',
      '--limit',
      '4',
      '--per',
      'minute',
    ],
  ];
  for (const rule of rules) await cli.json(['rules', 'create', ...rule]);
}

async function traffic(cli, { url }, round) {
  const customers = Array.from({ length: 3 + (round % 4) * 2 }, (_, index) => [
    'GET',
    `${url}/v1/customers/${index + 7}`,
  ]);
  const searches = Array.from({ length: 2 }, () => ['GET', `${url}/v1/search`]);
  const forbidden = [
    ['DELETE', `${url}/v1/customers/7`],
    ['DELETE', 'https://api.github.com/repos/acme/site'],
  ];
  await send(cli, 'claude-code', [...customers, ...(round % 2 === 0 ? forbidden : [])]);
  await send(cli, 'nightly-report', [...searches, ['POST', `${url}/v1/reports`]]);
  if (round % 4 === 3) await send(cli, 'nightly-report', [['GET', 'https://reports.invalid/latest']]);
}

async function send(cli, agent, requests) {
  const program = [process.execPath, '--input-type=module', '-e', CLIENT, JSON.stringify(requests)];
  const { code, stderr } = await cli.call(['run', '--agent', agent, '--', ...program]);
  if (code !== 0) throw new Error(`the agent ${agent} ended with ${code}: ${stderr}`);
}

async function takeAll(url) {
  mkdirSync(TARGET, { recursive: true });
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    for (const [name, path] of Object.entries(PAGES))
      for (const look of LOOKS) await take(browser, `${url}/${path}`, name, look);
  } finally {
    await browser.close();
  }
}

async function take(browser, url, name, { theme, width, height }) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await pause(SETTLE_MS);
  const file = join(TARGET, `${name}-${theme}.png`);
  await page.screenshot({ path: file });
  await context.close();
  const { size } = statSync(file);
  console.log(`${relative(root, file)} ${Math.ceil(size / 1024)} KiB`);
  if (size > MAX_BYTES) throw new Error(`${file} is larger than ${MAX_BYTES} bytes`);
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
