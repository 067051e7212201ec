// SPDX-License-Identifier: Apache-2.0
// Journeys that bend the made-up server or stop it: failures, refusals, an empty server, a viewer.
import { spawn } from 'node:child_process';
import { api, at, axe, bend, browser, check, here, loads, open, settled, shots, test } from './driver.mjs';

await test('bulk cancel names the count and asks', async () => {
  const { page, done } = await open('/engine');
  await settled(page);
  await page.click('button:has-text("Emergency stop")');
  await page.waitForSelector('dialog[open]');
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/stop-light-1440.png` });
  await page.click('dialog button:has-text("Stop everything")');
  await page.waitForSelector('.banner');
  await api('/runs', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ scenario_id: 1, count: 3 }) });
  await page.goto(at('/runs?status=pending'));
  await settled(page);
  await page.click('input[aria-label="Select all rows shown"]');
  await page.click('button:has-text("Cancel 3 unfinished")');
  await page.waitForSelector('dialog[open] h2:has-text("Cancel 3 runs?")');
  await page.click('dialog button.bad');
  await page.waitForSelector('.toast:has-text("Cancelled 3 runs")');
  await page.goto(at('/engine'));
  await page.click('button:has-text("Start again")');
  await page.waitForSelector('.toast');
  await done();
});

await test('requeue a dead run', async () => {
  const { page, done } = await open('/engine');
  await settled(page);
  await page.click('button[aria-label^="Requeue run"]');
  await page.waitForSelector('.toast:has-text("Requeued 1 run")');
  await done();
});

await test('delete that is refused asks again and names what refers to it', async () => {
  const { page, done } = await open('/automations/5', { allow: /409/ });
  await page.waitForSelector('dialog[open] input');
  await page.click('dialog button:has-text("Delete")');
  await page.click('dialog dialog button.bad, dialog[open] ~ dialog button.bad, dialog .dialog button.bad');
  await page.waitForSelector('h2:has-text("and all that needs it")');
  await axe(page);
  await done();
});

await test('new rows wait while the pointer is on the table', async () => {
  const { page, done } = await open('/runs');
  await settled(page);
  const before = await page.textContent('tbody tr:first-child td:nth-child(2)');
  await page.hover('tbody tr:nth-child(5)');
  await api('/runs', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ scenario_id: 1, count: 2 }) });
  await page.waitForSelector('.waiting:has-text("2 new runs")', { timeout: 15_000 });
  check((await page.textContent('tbody tr:first-child td:nth-child(2)')) === before, 'a row moved under the pointer');
  await page.click('.waiting');
  check((await page.textContent('tbody tr:first-child td:nth-child(2)')) !== before, 'the new rows did not come');
  await done();
});


await test('a viewer is offered nothing that writes', async () => {
  const other = spawn(process.execPath, [`${here}fake_api.mjs`, '--port', '0', '--role', 'viewer'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const otherUrl = String(await new Promise((resolve) => other.stdout.once('data', resolve))).trim().replace(/\/$/, '');
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    for (const path of ['/', '/runs', '/loadtests', '/scenarios', '/automations', '/engine', '/scenarios/1', '/datasets', '/datasets/1', '/datasets/new', `/loadtests/${loads.running}`, `/loadtests/${loads.ended}`, '/loadtests/new']) {
      await page.goto(otherUrl + path);
      await settled(page);
      await page.waitForFunction(() => document.querySelector('.foot-row .note')?.textContent === 'alice');
      const writes = await page.$$eval('button', (l) => l.map((b) => b.textContent.trim()).filter((t) => /^(Trigger|Add|Save|Delete|Run|Requeue|Emergency|Calibrate|Cancel|New load|Start|Pause|Stop|Resume|Upload|Rename)/.test(t)));
      check(writes.length === 0, `${path}: ${writes.join(', ')}`);
    }
    await context.close();
  } finally {
    other.kill();
  }
});

await test('a viewer reads and copies a scenario, chooses the trend, and changes nothing', async () => {
  const other = spawn(process.execPath, [`${here}fake_api.mjs`, '--port', '0', '--role', 'viewer'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const otherUrl = String(await new Promise((resolve) => other.stdout.once('data', resolve))).trim().replace(/\/$/, '');
  try {
    await fetch(`${otherUrl}/api/v1/scenarios/1`, { method: 'PATCH', headers: { 'content-type': 'application/json', 'x-fake-admin': '1' }, body: JSON.stringify({ slos: [{ metric: 'ttft_ms', max: 500, quantile: 0.95, window: '7d' }] }) });
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, permissions: ['clipboard-read', 'clipboard-write'] });
    const page = await context.newPage();
    await page.goto(`${otherUrl}/scenarios/1`);
    await page.waitForSelector('.standing li');
    await settled(page);
    await page.click('button:text-is("Copy the gate as curl")');
    await page.waitForSelector('.standing button:text-is("Copied")');
    check(/gates\/1/.test(await page.evaluate(() => navigator.clipboard.readText())), 'the gate is not in the clipboard');
    await page.selectOption('section.trend >> .field:has(> label:text-is("Figure")) >> select', 'success_rate/');
    const open_ = await page.$$eval('dialog .dialog-body > .field, dialog .slos .field', (l) => l.flatMap((f) => [...f.querySelectorAll('input, textarea, select')]).filter((f) => !(f.readOnly || f.disabled)).length);
    check(open_ === 0, `${open_} fields can be changed`);
    await page.focus('dialog textarea.json'); // read by keyboard, too
    const before = await page.inputValue('dialog textarea.json');
    await page.keyboard.type('x');
    check((await page.inputValue('dialog textarea.json')) === before, 'what was typed was taken');
    await axe(page);
    await context.close();
  } finally {
    other.kill();
  }
});

await test('503 counts down and recovers by itself', async () => {
  await bend('503');
  const { page, done } = await open('/', { allow: /503/ });
  await page.waitForSelector('.failure:has-text("Trying again in")');
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/error-light-1440.png` });
  await bend('ok');
  await page.waitForSelector('.kpis', { timeout: 15_000 });
  await done();
});

await test('empty: every page says what will be there', async () => {
  await bend('empty');
  try {
    for (const [width, theme] of [[1440, 'dark'], [390, 'light']]) {
      const { page, done } = await open('/', { width, theme });
      await page.waitForSelector('.first-run');
      await axe(page);
      if (shots) await page.screenshot({ path: `${shots}/first-run-${theme}-${width}.png` });
      await done();
    }
    for (const path of ['/runs', '/loadtests', '/loadtests/new', '/scenarios', '/automations', '/engine']) {
      const { page, done } = await open(path);
      await settled(page);
      await page.waitForSelector('.empty');
      await axe(page);
      if (shots) await page.screenshot({ path: `${shots}/empty${path.replaceAll('/', '-')}.png` });
      await done();
    }
  } finally {
    await bend('full');
  }
});
