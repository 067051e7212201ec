// SPDX-License-Identifier: Apache-2.0
// Drives the dashboard in a real browser: every page in both themes at 390 and 1440 px with axe-core, then keyboard
// journeys. A console error, a page error or a CSP violation is a failure. Prints "N passed, N failed".
//   node run.mjs [--url http://127.0.0.1:8080/ [--all]] [--shots DIR] [--only TEXT] [--target http://127.0.0.1:18181/v1]
// Without --url it starts fake_api.mjs; journeys that bend the server (503, empty) run only then.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const require = createRequire(new URL('../../htdocs/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const AXE = require.resolve('axe-core/axe.min.js');

const args = process.argv.slice(2);
const option = (name) => { const i = args.indexOf(`--${name}`); return i < 0 ? null : args[i + 1]; };
const shots = option('shots');
const only = option('only');
const target = option('target') ?? 'http://127.0.0.1:18181/v1'; // what the journey's automation points at
if (shots) mkdirSync(shots, { recursive: true });

let passed = 0;
let failed = 0;
async function test(name, work) {
  if (only && !name.includes(only)) return;
  try {
    await work();
    passed++;
  } catch (error) {
    failed++;
    console.log(`FAIL ${name}\n     ${String(error.message ?? error).split('\n').slice(0, 12).join('\n     ')}`);
  }
}
const check = (truth, sentence) => { if (!truth) throw new Error(sentence); };

let fake = null;
let url = option('url');
if (!url) {
  fake = spawn(process.execPath, [`${here}fake_api.mjs`, '--port', '0', '--mount', '/bench/'], { stdio: ['ignore', 'pipe', 'inherit'] });
  url = (await new Promise((resolve) => fake.stdout.once('data', (d) => resolve(String(d))))).trim();
}
const at = (path) => url.replace(/\/$/, '') + path;
const bend = (mode) => fetch(new URL('/__fake', url), { method: 'POST', body: JSON.stringify({ mode }) });

const browser = await chromium.launch({
  executablePath: process.env.BENCHMARK_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

/** A page whose console and CSP complaints are collected; `allow` names those a journey provokes. */
async function open(path, { width = 1440, theme = 'light', allow = null, touch = false } = {}) {
  const context = await browser.newContext({ viewport: { width, height: width < 600 ? 844 : 900 }, colorScheme: theme, reducedMotion: 'reduce', hasTouch: touch, isMobile: touch, timezoneId: 'Europe/Berlin', locale: 'en-GB', bypassCSP: false });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']).catch(() => {});
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (m) => { if (m.type() === 'error' && !allow?.test(m.text())) complaints.push(`console: ${m.text()} ${m.location().url}`); });
  page.on('pageerror', (e) => complaints.push(`page error: ${e.message}`));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (e) => console.error(`CSP ${e.effectiveDirective} ${e.blockedURI} ${e.sample}`));
    window.__cls = 0;
    window.__moved = [];
    new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) { window.__cls += e.value; for (const s of e.sources) window.__moved.push(`${s.node?.nodeName} ${s.node?.className ?? ''} "${s.node?.textContent?.slice(0, 30)}" ${s.previousRect.x},${s.previousRect.y} ${s.previousRect.width}x${s.previousRect.height} to ${s.currentRect.x},${s.currentRect.y} ${s.currentRect.width}x${s.currentRect.height}`); } }).observe({ type: 'layout-shift', buffered: true });
  });
  page.setDefaultTimeout(8000);
  await page.goto(at(path));
  return { page, complaints, done: async () => { const said = complaints.join('\n'); await context.close(); check(said === '', said); } };
}

const settled = async (page) => {
  await page.waitForSelector('main h1');
  await page.waitForFunction(() => !document.querySelector('.skeleton, .page-wait, [aria-busy="true"]'));
  await page.waitForTimeout(150);
};

async function axe(page) {
  // through CDP, since the page's own CSP lets no script be added
  const session = await page.context().newCDPSession(page);
  const { readFileSync } = await import('node:fs');
  await session.send('Runtime.evaluate', { expression: readFileSync(AXE, 'utf8') });
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then(r => JSON.stringify(r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' | ' + n.failureSummary.split('\\n').slice(1, 2)).join(' ; '))))`,
    awaitPromise: true, returnByValue: true,
  });
  check(!exceptionDetails, `axe did not run: ${exceptionDetails?.text}`);
  const violations = JSON.parse(result.value);
  check(violations.length === 0, `axe:\n${violations.join('\n')}`);
}

const api = async (path, init) => (await fetch(at(`/api/v1${path}`), init)).json();
const firstRun = (await api('/runs?limit=1&status=completed&view=summary'))[0]?.id;
const failedRun = (await api('/runs?limit=1&status=failed&view=summary'))[0]?.id;
const scenarioId = (await api('/scenarios?limit=1'))[0]?.id;
const automationId = (await api('/automations?limit=1'))[0]?.id;

/** A load test of the made-up server by its name. */
const loadId = async (name) => (await api(`/loadtests?q=${encodeURIComponent(name)}`))[0]?.id;
const loads = fake ? Object.fromEntries(await Promise.all(Object.entries({
  running: 'long answers, 60/s', ended: 'checkout model, 50/s', sweep: 'where does it saturate', capacity: 'capacity of one GPU', invalid: 'forty at a time', interrupted: 'long answers, night', cancelled: 'before the kernel update', ramp: 'ticket model',
}).map(async ([key, name]) => [key, await loadId(name)]))) : {};

const PAGES = [
  ['overview', '/'], ['overview-all', '/?from=all'], ['runs', '/runs'], ['runs-filtered', '/runs?status=failed,timed_out'],
  ...(firstRun ? [['run', `/runs/${firstRun}`], ['run-request', `/runs/${firstRun}?tab=request`], ['run-events', `/runs/${firstRun}?tab=events`]] : []), ...(failedRun ? [['run-failed', `/runs/${failedRun}`]] : []),
  ['scenarios', '/scenarios'], ['scenario', `/scenarios/${scenarioId}`], ['automations', '/automations'], ['automation', `/automations/${automationId}`], ['automation-new', '/automations/new'],
  ['loadtests', '/loadtests'], ['loadtests-filtered', '/loadtests?status=cancelled,interrupted&scenario_id=2'], ['loadtest-new', '/loadtests/new'],
  ...Object.entries(loads).map(([key, id]) => [`loadtest-${key}`, `/loadtests/${id}`]), ...(fake ? [['loadtest-again', `/loadtests/new?from=${loads.sweep}`], ['loadtest-again-ramp', `/loadtests/new?from=${loads.ramp}`], ['loadtest-again-capacity', `/loadtests/new?from=${loads.capacity}`]] : []),
  ['trigger', '/runs?dialog=trigger'], ['engine', '/engine'], ['api', '/api-docs'], ['settings', '/settings'], ['missing', '/nothing/here'],
];

let worstShift = 0;
// the module's own pages differ from the made-up ones in what they show, not in how: there every second picture will do
const wanted = (theme, width) => fake || args.includes('--all') || (theme === 'dark') === (width === 390);
for (const [name, path] of PAGES) {
  for (const theme of ['light', 'dark']) {
    for (const width of [390, 1440].filter((w) => wanted(theme, w))) {
      await test(`page ${name} ${theme} ${width}`, async () => {
        const { page, done } = await open(path, { width, theme, touch: width < 600 });
        await settled(page);
        if (shots) await page.screenshot({ path: `${shots}/${name}-${theme}-${width}.png`, fullPage: !/trigger|automation-new|scenario$|automation$/.test(name) });
        check(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page scrolls sideways');
        check(!/XSS/.test(await page.title()), 'a stored text became a script');
        const shift = await page.evaluate(() => window.__cls);
        worstShift = Math.max(worstShift, shift);
        check(shift <= 0.02, `layout shift ${shift.toFixed(3)}\n${(await page.evaluate(() => window.__moved)).join('\n')}`);
        await axe(page);
        await done();
      });
    }
  }
}

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
  await page.goBack();
  await page.waitForURL(at('/engine'));
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
  check((await page.$$('.plot canvas')).length === 4, 'not every chart is there');
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

await test('print: to PDF without the frame', async () => {
  const { page, done } = await open(`/runs/${firstRun}`);
  await settled(page);
  await page.emulateMedia({ media: 'print' });
  check(!(await page.isVisible('aside')), 'the sidebar prints');
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

if (fake) {
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

  const send = (path, body) => api(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

  await test('load tests: filters are in the URL, older and newest, a row opens', async () => {
    const { page, done } = await open('/');
    await settled(page);
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await page.waitForURL(at('/loadtests'));
    await settled(page);
    const row = await page.textContent(`tr:has(a[href$="/loadtests/${loads.ended}"])`);
    for (const part of [/checkout model/, /Poisson 50\/s for 60\ss/, /short answer/, /completed/, /\d+\sms\sTTFT/, /99\.\d\s%/, /valid/]) check(part.test(row), `${part} is not in "${row}"`);
    await page.click('button:has-text("Older")');
    await page.waitForURL(/after=\d+/);
    await settled(page);
    await page.goBack();
    await page.waitForURL(at('/loadtests'));
    await page.click('.chip:has-text("interrupted")');
    await page.waitForURL(/status=interrupted/);
    await page.reload();
    await settled(page);
    check((await page.$$('tbody tr')).length === 1, 'the filter did not survive a reload');
    await page.fill('#list-q', 'no such');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.empty:has-text("No load test matches")');
    await page.click('button:has-text("Clear the filter")');
    await page.waitForURL(at('/loadtests'));
    await settled(page);
    const first = await page.getAttribute('tbody tr:first-child a', 'href');
    await page.focus('#main');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(new URL(first, url).href);
    await done();
  });

  await test('load test: only the members of the type, estimate, violations at their fields, curl', async () => {
    const { page, done } = await open('/loadtests/new?scenario_id=1', { allow: /422/ });
    await settled(page);
    const labels = () => page.$$eval('.plan-fields label', (l) => l.map((x) => x.textContent));
    check((await labels()).includes('Requests per second'), 'no rate');
    check(/Poisson 10\/s for 60\ss, after 5 s of warm-up, of short answer/.test(await page.textContent('.estimate-words')), await page.textContent('.estimate-words'));
    await page.waitForSelector('.estimate dd:has-text("650")');
    await page.selectOption('label:has-text("Kind of load") + select', 'closed');
    check(!(await labels()).includes('Requests per second') && (await labels()).includes('Think time (ms)'), (await labels()).join());
    await page.selectOption('label:has-text("Kind of load") + select', 'capacity');
    check(!(await labels()).includes('Ends after'), 'a search says itself how long it is');
    await page.waitForSelector('.error:has-text("needs at least one")'); // said by the estimate, before the button
    await page.click('button:has-text("Add an SLO")');
    await page.fill('label:has-text("at most (ms)") + input', 'soon');
    await page.fill('label:has-text("Highest rate") + input', '99999999');
    await page.waitForSelector('.field.wrong:has-text("Highest rate") .error:has-text("50000")');
    await page.waitForSelector('.field.wrong:has-text("at most (ms)") .error');
    await page.click('button:has-text("Start the load test")');
    await page.waitForSelector('.failure:has-text("Not started.")');
    await page.waitForFunction(() => document.activeElement === document.querySelector('.plan [aria-invalid="true"]'));
    await axe(page);
    if (shots) await page.screenshot({ path: `${shots}/loadtest-violations-light-1440.png`, fullPage: true });
    await page.fill('label:has-text("at most (ms)") + input', '500');
    await page.fill('label:has-text("Highest rate") + input', '200');
    await page.waitForFunction(() => !document.querySelector('.field.wrong'));
    await page.click('button:has-text("Remove")');
    await page.waitForSelector('.error:has-text("needs at least one")');
    await page.selectOption('label:has-text("Kind of load") + select', 'ramp');
    await page.click('button:has-text("Add a stage")');
    await page.fill('label:has-text("Stage 3") + input', '0');
    await page.waitForSelector('.field.wrong:has-text("Stage 3") .error');
    await page.click('button:has-text("Copy as curl")');
    await page.waitForSelector('button:has-text("Copied")');
    const text = await page.evaluate(() => navigator.clipboard.readText());
    check(/-X POST .*\/api\/v1\/loadtests /.test(text) && /"stages":\[/.test(text) && !/duration_seconds":60,/.test(text), text);
    let asked = false;
    page.once('dialog', (d) => { asked = true; void d.accept(); });
    await page.click('nav a:has-text("Engine")');
    await page.waitForURL(at('/engine'));
    check(asked, 'the plan was left without a question');
    await done();
  });

  await test('load test: started, paused, resumed, runs to its end without reload', async () => {
    const { page, done } = await open('/loadtests/new?scenario_id=1');
    await settled(page);
    await page.fill('label:has-text("Name") + input', 'journey');
    await page.fill('label:has-text("Requests per second") + input', '40');
    await page.fill('label:has-text("Seconds") + input', '5');
    await page.fill('label:has-text("Warm-up") + input', '1');
    await page.click('button:has-text("Start the load test")');
    await page.waitForURL(/loadtests\/\d+$/);
    await page.waitForSelector('.progress:has-text("Warm-up")', { timeout: 15_000 });
    await page.waitForSelector('.kpi:has-text("Offered") .value:has-text("/s")');
    await page.click('.top button:text-is("Pause")');
    await page.waitForSelector('.top .state:has-text("paused")');
    await page.click('.top button:text-is("Resume")');
    await page.waitForSelector('.progress:has-text("Measuring")');
    const before = await page.$$eval('.plot canvas', (l) => l.length);
    check(before === 4, `${before} charts`);
    await page.waitForSelector('.top .state:has-text("completed")', { timeout: 20_000 });
    await page.waitForSelector('.metrics tbody tr');
    await done();
  });

  await test('load test: charts speak and keep the cursor while seconds come', async () => {
    const { page, done } = await open(`/loadtests/${loads.running}`);
    await settled(page);
    await page.waitForSelector('.plot canvas');
    await page.focus('section[aria-label="Rate"] .plot');
    await page.keyboard.press('Home');
    for (let i = 0; i < 30; i++) await page.keyboard.press('ArrowRight');
    const spoken = () => page.textContent('section[aria-label="Rate"] .chart [aria-live]');
    check(/^30\.0\ss: planned \d.*completed/.test(await spoken()), await spoken());
    const said = await spoken();
    const achieved = await page.textContent('.kpi:has-text("Sent") .value');
    await page.waitForFunction((was) => [...document.querySelectorAll('.kpi')].find((k) => k.textContent.startsWith('Sent'))?.querySelector('.value')?.textContent !== was, achieved);
    await page.waitForTimeout(1200);
    check((await spoken()) === said, 'the cursor moved with new data');
    await page.click('section[aria-label="Errors per second"] button:has-text("Show as table")');
    check((await page.$$('section[aria-label="Errors per second"] tbody tr')).length > 90, 'the table is not as long as the series');
    await done();
  });

  await test('load test: stop asks how, drains, and the figures stand', async () => {
    const made = await send('/loadtests', { scenario_id: 1, name: 'to be stopped', load_model: { type: 'constant', rate: 30 }, duration_seconds: 500, certificate: false });
    const { page, done } = await open(`/loadtests/${made.id}`);
    await page.waitForSelector('.progress:has-text("Measuring")', { timeout: 15_000 });
    await page.waitForTimeout(2500);
    await page.click('.top button:has-text("Stop")');
    await page.waitForSelector('dialog[open] h2:has-text("Stop to be stopped?")');
    await axe(page);
    if (shots) await page.screenshot({ path: `${shots}/loadtest-stop-light-1440.png` });
    await page.click('dialog button:has-text("Stop sending")');
    await page.waitForSelector('.top .state:has-text("stopping")');
    await page.waitForSelector('.top .state:has-text("completed")', { timeout: 15_000 });
    await page.waitForSelector('.metrics tbody tr');
    const second = await send('/loadtests', { scenario_id: 1, name: 'to be cancelled', load_model: { type: 'constant', rate: 30 }, duration_seconds: 500, certificate: false });
    await page.goto(at(`/loadtests/${second.id}`));
    await page.waitForSelector('.progress:has-text("Measuring")', { timeout: 15_000 });
    await page.click('.top button:has-text("Stop")');
    await page.click('dialog label:has-text("Cancel")');
    await page.click('dialog button:has-text("Cancel it all")');
    await page.waitForSelector('.top .state:has-text("cancelled")');
    await page.click('.top button:has-text("Delete")');
    await page.click('dialog button:has-text("Delete it")');
    await page.waitForURL(at('/loadtests'));
    await settled(page);
    check(!(await page.$('a:has-text("to be cancelled")')), 'it is still listed');
    await done();
  });

  await test('load test: the end says basis, interval, certified tail, validity; again opens its plan', async () => {
    const { page, done } = await open(`/loadtests/${loads.ended}`);
    await settled(page);
    const head = await page.textContent('.kpi:has-text("TTFT p95")');
    check(/\d+\sms/.test(head) && /–\d+\sms \(95 %\) · scheduled/.test(head), head);
    check(/\(95 %\) · n/.test(await page.textContent('.kpi:has-text("Success")')), 'no Wilson interval');
    const row = await page.textContent('.metrics tr:has-text("Connect")');
    check((row.match(/too few samples/g) ?? []).length === 3, row);
    const slos = await page.textContent('section[aria-label="SLOs"]');
    check(/TTFT p95.*met/.test(slos) && /E2E p99.*missed/.test(slos), slos);
    const link = await page.getAttribute('a:has-text("Evidence")', 'href');
    check((await fetch(new URL(link, url))).ok, `${link} is not there`);
    await page.click('button:has-text("Run this plan again")');
    await page.waitForURL(/new\?from=/);
    await settled(page);
    check((await page.inputValue('label:has-text("Requests per second") + input')) === '50', 'the rate was lost');
    check((await page.$$('label:has-text("at most (ms)")')).length === 2, 'SLOs were lost');
    await page.goto(at(`/loadtests/${loads.invalid}`));
    await settled(page);
    check(/Not valid/.test(await page.textContent('.validity')) && /5\.12 ms/.test(await page.textContent('.validity')), 'no reason');
    await done();
  });

  await test('load test: sweep shows knee and steps, search its statement', async () => {
    const { page, done } = await open(`/loadtests/${loads.sweep}`);
    await settled(page);
    check(/The knee is at [\d.]+\/s/.test(await page.textContent('section[aria-label="Saturation"] .sentence')), 'no knee');
    check((await page.$$('section[aria-label="Steps"] tbody tr')).length === 8, 'not every step is listed');
    await page.hover('section[aria-label="Saturation"] .u-over', { position: { x: 5, y: 5 } });
    await page.focus('section[aria-label="Saturation"] .plot');
    await page.keyboard.press('End');
    const spoken = await page.textContent('section[aria-label="Saturation"] .chart [aria-live]');
    check(/\/s: p50 .*p95 .*p99 .*offered 140\/s, saturated/.test(spoken), spoken);
    await page.goto(at(`/loadtests/${loads.capacity}`));
    await settled(page);
    const answer = await page.textContent('.capacity');
    check(/67\.5\/s/.test(answer) && /95 % confidence/.test(answer) && /limited by TTFT/.test(answer), answer);
    await done();
  });

  await test('a viewer is offered nothing that writes', async () => {
    const other = spawn(process.execPath, [`${here}fake_api.mjs`, '--port', '0', '--role', 'viewer'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const otherUrl = String(await new Promise((resolve) => other.stdout.once('data', resolve))).trim().replace(/\/$/, '');
    try {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      const page = await context.newPage();
      for (const path of ['/', '/runs', '/loadtests', '/scenarios', '/automations', '/engine', '/scenarios/1', `/loadtests/${loads.running}`, `/loadtests/${loads.ended}`, '/loadtests/new']) {
        await page.goto(otherUrl + path);
        await settled(page);
        await page.waitForFunction(() => document.querySelector('.foot-row .note')?.textContent === 'alice');
        const writes = await page.$$eval('button', (l) => l.map((b) => b.textContent.trim()).filter((t) => /^(Trigger|Add|Save|Delete|Run|Requeue|Emergency|Calibrate|Cancel|New load|Start|Pause|Stop|Resume)/.test(t)));
        check(writes.length === 0, `${path}: ${writes.join(', ')}`);
      }
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

  await test('empty: from nothing to a measured run in three clicks', async () => {
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
      const { page, done } = await open('/');
      await page.fill('label:has-text("Address of the target") + input', 'http://127.0.0.1:11434/v1/chat/completions');
      check((await page.inputValue('label:has-text("Provider") + select')) === 'openai', 'the provider was not guessed');
      await page.fill('label:has-text("Model") + input', 'llama3');
      await page.click('button:has-text("Add the target")');
      await page.click('button:has-text("Add the scenario")');
      if (shots) await page.screenshot({ path: `${shots}/first-run-3.png` });
      await page.click('button:has-text("Run it now")');
      await page.waitForURL(/runs\/\d+/);
      await page.waitForSelector('.top .state:has-text("completed")', { timeout: 15_000 });
      await done();
    } finally {
      await bend('full');
    }
  });
}

await browser.close();
fake?.kill();
console.log(`worst layout shift ${worstShift.toFixed(4)}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
