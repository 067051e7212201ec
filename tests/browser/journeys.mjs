// SPDX-License-Identifier: Apache-2.0
// Journeys that hold on any server: keyboard, filters, forms, copying, printing.
import { at, axe, check, fake, firstRun, open, scenarioId, send, settled, shots, target, test } from './driver.mjs';

await test('keyboard: palette opens a page and a run', async () => {
  const { page, done } = await open('/');
  await settled(page);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('engine');
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/palette-light-1440.png` });
  await page.keyboard.press('Enter');
  await page.waitForURL(at('/engine'));
  await page.keyboard.press('Control+k');
  await page.keyboard.type(String(firstRun));
  await page.keyboard.press('Enter');
  await page.waitForURL(at(`/runs/${firstRun}`));
  await page.keyboard.press('Control+k');
  await page.keyboard.type(`scenario ${scenarioId}`);
  await page.keyboard.press('Enter');
  await page.waitForURL(at(`/scenarios/${scenarioId}`));
  await page.goBack();
  await page.waitForURL(at(`/runs/${firstRun}`));
  await page.goBack();
  await page.waitForURL(at('/engine'));
  await done();
});

await test('palette: opens a kept view', async () => {
  const name = `Waiting ${Date.now()}`;
  const view = await send('/views', { name, page: 'runs', query: 'status=pending' });
  const { page, done } = await open('/');
  await settled(page);
  await page.keyboard.press('Control+k');
  await page.keyboard.type(name.toLowerCase());
  await page.waitForSelector(`#palette-list li:has-text("${name}")`);
  await page.keyboard.press('Enter');
  await page.waitForURL(at('/runs?status=pending'));
  await fetch(at(`/api/v1/views/${view.id}`), { method: 'DELETE', headers: { 'content-type': 'application/json' } });
  await done();
});

await test('settings: what the configuration says, and where it stands; the rest by default', async () => {
  const { page, done } = await open('/settings');
  await settled(page);
  const frame = page.locator('.table-frame[aria-label="Configuration"]');
  await frame.locator('tr:has-text("BenchmarkMount")').waitFor();
  check(/\.conf:\d+/.test(await frame.textContent()), 'no place is named');
  check(!/BenchmarkStallTimeout/.test(await frame.textContent()), 'a directive is shown that stands nowhere');
  await page.click('button:text-is("All directives")');
  await page.waitForURL(at('/settings?configuration=all'));
  check(/default/.test(await frame.locator('tr:has-text("BenchmarkStallTimeout")').textContent()), 'the default is not told');
  await axe(page);
  await page.goBack();
  await page.waitForFunction(() => !/BenchmarkStallTimeout/.test(document.querySelector('.table-frame[aria-label="Configuration"]').textContent));
  await done();
});

await test('editor: closed, it leads back to the list as it was filtered', async () => {
  const { page, done } = await open('/automations?q=a');
  await settled(page);
  await page.click('tbody tr .name a');
  await page.waitForURL(/\/automations\/\d+\?q=a/);
  await page.waitForSelector('dialog[open] form.editor');
  await page.keyboard.press('Escape');
  await page.waitForURL(at('/automations?q=a'));
  await done();
});

await test('keyboard: g r, j, Enter, j walks the list; back returns', async () => {
  const { page, done } = await open('/');
  await settled(page);
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await page.waitForURL(at('/runs'));
  await settled(page);
  const ids = await page.$$eval('tbody tr td:nth-child(2) a', (l) => l.slice(0, 3).map((a) => a.textContent));
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL(at(`/runs/${ids[1]}`));
  await page.waitForFunction(() => [...document.querySelectorAll('button')].some((b) => b.textContent === 'Older' && !b.disabled));
  await page.keyboard.press('j');
  await page.waitForURL(at(`/runs/${ids[2]}`));
  await page.waitForFunction(() => [...document.querySelectorAll('button')].some((b) => b.textContent === 'Newer' && !b.disabled));
  await page.keyboard.press('k');
  await page.waitForURL(at(`/runs/${ids[1]}`));
  await done();
});

await test('keyboard: ? lists the shortcuts, Escape closes and gives the focus back', async () => {
  const { page, done } = await open('/runs');
  await settled(page);
  await page.focus('#runs-q');
  await page.keyboard.type('?j');
  check(!(await page.$('dialog[open]')), 'a shortcut fired in a field');
  await page.fill('#runs-q', '');
  await page.focus('#main');
  await page.keyboard.press('?');
  await page.waitForSelector('dialog[open]');
  await axe(page);
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !document.querySelector('dialog[open]'));
  check(await page.evaluate(() => document.activeElement?.id === 'main'), 'the focus did not come back');
  await done();
});

await test('filters are in the URL: chip, reload, back', async () => {
  const { page, done } = await open('/runs');
  await settled(page);
  await page.click('.chip:has-text("failed")');
  await page.waitForURL(/status=failed/);
  await settled(page);
  await page.reload();
  await settled(page);
  check((await page.getAttribute('.chip:has-text("failed")', 'aria-pressed')) === 'true', 'the filter did not survive a reload');
  const exports = await page.$$eval('.pager a[download]', (l) => l.map((a) => new URL(a.href)));
  check(exports.length === 2 && exports.every((u) => u.pathname.endsWith('/api/v1/runs/export') && u.searchParams.get('status') === 'failed'),
    'the exports do not have the filter');
  await page.goBack();
  await page.waitForURL(at('/runs'));
  await page.click('button:has-text("Older")');
  await page.waitForURL(/after=\d+/);
  await settled(page);
  await page.goBack();
  await page.waitForURL(at('/runs'));
  await done();
});

await test('range: typed, frozen, wrong', async () => {
  const { page, done } = await open('/');
  await settled(page);
  await page.click('.anchor-range');
  await page.fill('#range-text', 'yesterday');
  await page.keyboard.press('Enter');
  check((await page.textContent('#range-wrong')) !== '', 'a senseless range was taken');
  if (shots) await page.screenshot({ path: `${shots}/range-light-1440.png` });
  await page.fill('#range-text', '6h');
  await page.keyboard.press('Enter');
  await page.waitForURL(/from=now-6h/);
  await page.click('.anchor-range');
  await page.click('button:has-text("Freeze")');
  await page.waitForURL(/from=\d{4}-.*to=\d{4}-/);
  await done();
});

await test('chart: arrow keys speak, table shows the same', async () => {
  const { page, done } = await open('/');
  await settled(page);
  await page.focus('.plot');
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowLeft');
  await page.waitForFunction(() => /p50 .*p95 .*p99/.test(document.querySelector('.chart [aria-live]')?.textContent ?? ''));
  await page.click('button:has-text("Show as table")');
  await page.waitForSelector('.chart-table tbody tr');
  await axe(page);
  await done();
});

await test('create automation and scenario by keyboard, run it, see it finish without reload', async () => {
  const { page, done } = await open('/automations', { allow: /422/ });
  await settled(page);
  await page.keyboard.press('n');
  await page.waitForSelector('dialog[open] input');
  const name = `journey ${Date.now()}`;
  await page.keyboard.type(name);
  await page.fill('label:has-text("Base URL") + input', 'ftp://nowhere');
  await page.keyboard.press('Control+s');
  await page.waitForSelector('.field.wrong .error');
  check((await page.inputValue('label:has-text("Name") + input')) === name, 'the input did not survive the error');
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/form-error-light-1440.png` });
  await page.fill('label:has-text("Base URL") + input', target);
  await page.keyboard.press('Control+s');
  await page.waitForFunction(() => !document.querySelector('dialog[open]'));
  await page.waitForSelector(`td a:has-text("${name}")`);
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await page.waitForURL(at('/scenarios'));
  await settled(page);
  await page.keyboard.press('n');
  await page.waitForSelector('dialog[open] input');
  await page.keyboard.type(`ask ${name}`);
  await page.selectOption('dialog label:has-text("Automation") + select', { label: name });
  await page.keyboard.press('Control+s');
  await page.waitForSelector(`td a:has-text("ask ${name}")`);
  await page.click(`button[aria-label="Run ask ${name}"]`);
  await page.waitForSelector('dialog[open]');
  await page.click('dialog button:has-text("Run it")');
  await page.waitForURL(/runs\/\d+$/);
  if (fake) {
    await page.waitForSelector('.top .state:has-text("completed")', { timeout: 15_000 });
    await page.waitForSelector('.waterfall');
  } else {
    await page.waitForFunction(() => /completed|failed|timed out/.test(document.querySelector('.top .state')?.textContent ?? ''), null, { timeout: 60_000 });
  }
  await done();
});

await test('load test: from the form to its figures in the list', async () => {
  const { page, done } = await open(`/loadtests/new?scenario_id=${scenarioId}`, { allow: /422/ });
  await settled(page);
  const name = `figures ${Date.now()}`;
  const fill = (label, text) => page.fill(`label:text-is("${label}") + input`, text);
  await fill('Name', name);
  await fill('Requests per second', 'many');
  await page.waitForSelector('.field.wrong:has-text("Requests per second") .error');
  await fill('Requests per second', '20');
  await fill('Seconds', '4');
  await fill('Warm-up (s)', '1');
  await page.click('button:has-text("Add an SLO")');
  await page.click('button:has-text("Start the load test")');
  await page.waitForURL(/loadtests\/\d+$/);
  await page.waitForSelector('.plot canvas', { timeout: 30_000 });
  await page.waitForSelector('.top .state:has-text("completed")', { timeout: 60_000 });
  await page.waitForSelector('.metrics tbody tr:has-text("TTFT")');
  check(/TTFT p95\s*\d/.test(await page.textContent('.kpis')), await page.textContent('.kpis'));
  check((await page.$$('.plot canvas')).length === 6, 'not every chart is there');
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/loadtest-journey.png`, fullPage: true });
  await page.click('.crumb:has-text("Load tests")');
  await page.waitForURL(at('/loadtests'));
  const row = await page.textContent(`tr:has-text("${name}")`);
  check(/\d\sms\sTTFT/.test(row) && /100\s%/.test(row) && /Poisson 20\/s for 4\ss/.test(row), row);
  await done();
});

await test('unsaved changes are guarded', async () => {
  const { page, done } = await open(`/scenarios/${scenarioId}`);
  await page.waitForSelector('dialog[open] input');
  await page.fill('dialog label:has-text("Description") + input', 'changed');
  let asked = '';
  page.once('dialog', (d) => { asked = d.message(); void d.dismiss(); });
  await page.keyboard.press('Escape');
  await page.waitForTimeout(100);
  check(/without saving/.test(asked), 'nothing was asked');
  check(await page.$('dialog[open]'), 'the form closed all the same');
  page.once('dialog', (d) => void d.accept());
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !document.querySelector('dialog[open]'));
  await done();
});

await test('copy as curl names the object and no secret', async () => {
  const { page, done } = await open(`/runs/${firstRun}`);
  await settled(page);
  await page.click('.top button:has-text("Copy as curl")');
  await page.waitForSelector('.top button:has-text("Copied")');
  const text = await page.evaluate(() => navigator.clipboard.readText());
  check(/runs\/trigger/.test(text) && /-u alice/.test(text) === Boolean(fake) && !/Authorization|password/i.test(text), text);
  await done();
});

await test('API: an operation is found, described and tried', async () => {
  const { page, done } = await open('/api-docs');
  await settled(page);
  await page.fill('#list-q', 'getabout');
  await page.press('#list-q', 'Enter');
  await page.waitForURL(/q=getabout/);
  const operation = page.locator('.operation');
  check((await operation.count()) === 1, 'the search did not leave one operation');
  await operation.locator('summary').first().press('Enter');
  await page.waitForURL(/op=getAbout/);
  await page.waitForSelector('.members code:has-text("engines_alive")');
  await page.click('.try button[type=submit]');
  await page.waitForSelector('.try [role=status]:has-text("200 in")');
  await page.waitForSelector('.try .j-key:has-text("version")');
  await axe(page);
  await page.reload();
  await page.waitForSelector('.operation[open] .members code:has-text("engines_alive")');
  await done();
});

await test('print: to PDF without the frame', async () => {
  const { page, done } = await open(`/runs/${firstRun}`);
  await settled(page);
  await page.emulateMedia({ media: 'print' });
  check(!(await page.isVisible('aside')), 'the sidebar prints');
  check((await page.$$eval('button', (l) => l.filter((b) => b.checkVisibility() && b.getAttribute('role') !== 'tab').map((b) => b.textContent))).length === 0, 'buttons print');
  await page.evaluate(() => { document.documentElement.dataset.theme = 'dark'; });
  check((await page.evaluate(() => getComputedStyle(document.documentElement).color)) === 'rgb(20, 26, 36)', 'a dark page prints light letters');
  // charts too, redrawn for the paper and as wide as it; then as they were
  const drawn = () => page.evaluate(() => {
    const canvas = document.querySelector('.plot canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let light = false;
    for (let i = 0; i < data.length && !light; i += 4) light = data[i] === 0x2c && data[i + 1] === 0x71 && data[i + 2] === 0xb7 && data[i + 3] === 255;
    return { light, inside: canvas.getBoundingClientRect().right <= canvas.closest('.panel').getBoundingClientRect().right };
  });
  await page.emulateMedia({ media: 'screen' });
  const on = async (event) => { await page.evaluate((name) => { dispatchEvent(new Event(name)); }, event); return drawn(); };
  const paper = await on('beforeprint');
  check(paper.light && paper.inside, `a chart on paper is ${JSON.stringify(paper)}`);
  const screen = await on('afterprint');
  check(!screen.light, 'after printing a dark page has a light chart');
  if (shots) await page.pdf({ path: `${shots}/run.pdf`, format: 'A4' });
  await done();
});

await test('narrow: the menu opens and leads on', async () => {
  const { page, done } = await open('/', { width: 390, touch: true });
  await settled(page);
  await page.click('.menu-bar button:has-text("Menu")');
  if (shots) await page.screenshot({ path: `${shots}/menu-light-390.png` });
  await axe(page);
  await page.click('nav a:has-text("Engine")');
  await page.waitForURL(at('/engine'));
  await page.waitForSelector('aside', { state: 'hidden' });
  await done();
});

await test('ultra-wide', async () => {
  const { page, done } = await open('/', { width: 2560 });
  await settled(page);
  if (shots) await page.screenshot({ path: `${shots}/overview-light-2560.png` });
  await done();
});
