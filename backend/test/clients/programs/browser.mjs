// BROWSER URL: opens the page in Chromium and prints what it shows and what its script then fetched.
//
// Chromium reads none of the variables: --proxy-server takes the address, an answer to the 407 the token, and roots are believed
// when they lie in the NSS database of the user's home.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [, , executablePath, url] = process.argv;
const database = join(process.env.HOME, '.pki', 'nssdb');
mkdirSync(database, { recursive: true });
execFileSync('certutil', ['-N', '-d', `sql:${database}`, '--empty-password']);
const root = ['-t', 'C,,', '-n', 'OneCLI', '-i', process.env.NODE_EXTRA_CA_CERTS];
execFileSync('certutil', ['-A', '-d', `sql:${database}`, ...root]);

const { host, username, password } = new URL(process.env.HTTPS_PROXY);
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  proxy: { server: `http://${host}`, username, password },
});
try {
  const page = await browser.newPage();
  const answer = await page.goto(url);
  const shown = await page.evaluate(() => document.body.innerText);
  const fetched = await page.evaluate(async () => {
    const headers = { Authorization: 'Bearer placeholder' };
    return (await fetch('/v1/from-the-page', { method: 'POST', headers, body: 'Grüße' })).json();
  });
  process.stdout.write(JSON.stringify({ status: answer.status(), shown, fetched }));
} finally {
  await browser.close();
}
