// Leads one approval through the playground, as a person would, and takes a picture of each step.
//   node play.mjs <folder for the pictures>
// Drawbridge has to run at DRAWBRIDGE (http://127.0.0.1:8080), with the keys that docs/chat-teams.md names for this.
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = resolve(process.argv[2] ?? 'pictures');
const DRAWBRIDGE = process.env.DRAWBRIDGE ?? 'http://127.0.0.1:8080';
const PLAYGROUND = 'http://127.0.0.1:56150/';
const PATIENCE = 60_000;
mkdirSync(OUT, { recursive: true });

// The playground opens a browser of the desktop, and ends where there is none.
const bin = mkdtempSync(join(tmpdir(), 'playground-'));
writeFileSync(join(bin, 'xdg-open'), '#!/bin/sh\nexit 0\n');
chmodSync(join(bin, 'xdg-open'), 0o755);

const processes = [
  spawn(process.execPath, ['relay.mjs'], { cwd: HERE, env: { ...process.env, DRAWBRIDGE }, stdio: 'inherit' }),
  spawn(
    process.execPath,
    ['-r', './loopback.cjs', 'node_modules/@microsoft/m365agentsplayground/cli.js',
      '-e', 'http://127.0.0.1:3979/messages', '-c', 'msteams', '-p', '56150', '--disable-telemetry'],
    { cwd: HERE, env: { ...process.env, PATH: `${bin}:${process.env.PATH}` }, stdio: ['pipe', 'inherit', 'inherit'] },
  ),
];

async function until(what, deed) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    try {
      return await deed();
    } catch (notYet) {
      if (Date.now() > end) throw new Error(`${what}: ${notYet.message}`);
      await new Promise((go) => setTimeout(go, 500));
    }
  }
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
let failed = false;
try {
  const context = await browser.newContext({ viewport: { width: 1300, height: 1000 } });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  await until('The playground does not come up', () => page.goto(PLAYGROUND, { waitUntil: 'domcontentloaded' }));
  let number = 0;
  const picture = async (name, of = page) => {
    await of.waitForTimeout(1000);
    await of.screenshot({ path: join(OUT, `${++number}-${name}.png`) });
  };
  const say = async (text) => {
    const box = page.locator('[contenteditable="true"][data-lexical-editor="true"]').first();
    await box.click();
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
  };
  const button = (name) => page.getByRole('button', { name, exact: true }).last();

  await button('Connect').waitFor();
  await picture('greeting');
  await say('connect');
  const link = page.getByRole('link', { name: 'Connect', exact: true }).or(page.getByRole('button', { name: 'Connect', exact: true }));
  await page.getByText('Open the link, sign in, and confirm.', { exact: false }).last().waitFor();
  await picture('link');
  const [opened] = await Promise.all([context.waitForEvent('page'), link.last().click()]);
  await opened.locator('input[name=username]').fill('bob');
  await opened.locator('input[name=password]').fill('bob');
  await opened.locator('form button[type=submit], form input[type=submit]').first().click();
  await opened.getByRole('button', { name: 'Yes, it is mine: connect it' }).waitFor();
  await picture('confirm', opened);
  await opened.getByRole('button', { name: 'Yes, it is mine: connect it' }).click();
  await opened.waitForLoadState();
  await opened.close();

  const asked = await fetch(`${DRAWBRIDGE}/v1/requests`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: 'Basic ' + Buffer.from('alice:alice').toString('base64'),
    },
    body: JSON.stringify({
      account: '111122223333',
      permission: 's3:DeleteBucket',
      duration: 'PT1H',
      justification: 'The **archive** has to go. [Look](https://evil.example)\nIt costs 300 € a month.',
    }),
  });
  if (asked.status !== 201) throw new Error(`The request was answered with ${asked.status}: ${await asked.text()}`);

  await button('Approve').waitFor();
  await picture('question');
  await button('Approve').click();
  const message = page.locator('textarea').last();
  await message.waitFor();
  await picture('form');
  await button('Approve').click();
  await picture('message-is-needed');
  await message.fill('Fine. Only the archive.');
  await button('Approve').click();
  await page.getByText('Approved by bob@acme.example', { exact: false }).last().waitFor();
  await picture('outcome');
  await say('help');
  await page.getByText('ask for access; account, permission', { exact: false }).last().waitFor();
  await picture('help');
  console.log(`Pictures are in ${OUT}.`);
} catch (failure) {
  failed = true;
  console.error(failure);
  for (const each of browser.contexts().flatMap((context) => context.pages())) {
    await each.screenshot({ path: join(OUT, 'failed.png') });
  }
} finally {
  await browser.close();
  processes.forEach((each) => each.kill());
}
process.exit(failed ? 1 : 0);
