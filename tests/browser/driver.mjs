// SPDX-License-Identifier: Apache-2.0
// What the tests share: the server under test, the browser, a page that collects complaints, axe, and the count of what passed.
// Options are those of run.mjs.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { launch } from './chromium.mjs';

export const here = fileURLToPath(new URL('.', import.meta.url));
const require = createRequire(new URL('../../htdocs/package.json', import.meta.url));
const AXE = require.resolve('axe-core/axe.min.js');

export const args = process.argv.slice(2);
const option = (name) => { const i = args.indexOf(`--${name}`); return i < 0 ? null : args[i + 1]; };
export const shots = option('shots');
const only = option('only');
/** `--part 1/2`: of what is dealt out (files of journeys, pages) the first, the third, …; without it all. */
const [part, parts] = (option('part') ?? '1/1').split('/').map(Number);
export const dealer = () => { let dealt = 0; return () => dealt++ % parts === part - 1; };
export const target = option('target') ?? 'http://127.0.0.1:18181/v1'; // what the journey's automation points at
if (shots) mkdirSync(shots, { recursive: true });

const counts = { passed: 0, failed: 0 };
const took = [];
/** A test may hang for what the browser never tells: then it has failed, says what it asked the browser for last, and the others go on. */
const LIMIT_MS = 120_000;
const calls = [];
const logger = { isEnabled: (name) => name === 'api', log: (_, __, message) => { if (!/^(=>|<=)/.test(message)) return; calls.push(String(message).split('\n')[0].slice(0, 160)); if (calls.length > 8) calls.shift(); } };
const limited = (work) => { let timer; return Promise.race([work(), new Promise((_, no) => { timer = setTimeout(() => no(new Error(`not ended after ${LIMIT_MS / 1000} s; the last calls:\n${calls.join('\n')}`)), LIMIT_MS); })]).finally(() => clearTimeout(timer)); };
/** As the other tests of ./check: up to three that fail beside others are tried once more, and named; three in all parts together. */
let spare = Math.floor((3 + parts - part) / parts);
const told = (error) => String(error.message ?? error).split('\n').slice(0, 12).join('\n     ');
export async function test(name, work) {
  if (only && !name.includes(only)) return;
  const began = Date.now();
  const fails = async () => { try { await limited(work); return null; } catch (error) { return error; } };
  let error = await fails();
  if (error && spare > 0) {
    spare--;
    console.log(`once more: ${name}\n     ${told(error)}`);
    error = await fails();
  }
  if (error) console.log(`FAIL ${name}\n     ${told(error)}`);
  counts[error ? 'failed' : 'passed']++;
  took.push([Date.now() - began, name]);
}
export const check = (truth, sentence) => { if (!truth) throw new Error(sentence); };

export let fake = null;
export let url = option('url');
if (!url) {
  fake = spawn(process.execPath, [`${here}fake_api.mjs`, '--port', '0', '--mount', '/bench/'], { stdio: ['ignore', 'pipe', 'inherit'] });
  url = (await new Promise((resolve) => fake.stdout.once('data', (d) => resolve(String(d))))).trim();
}
export const at = (path) => url.replace(/\/$/, '') + path;
const others = []; // what they said wrongly
/** Another made-up server with options of its own; its address, and kill(). */
export async function another(...options) {
  const child = spawn(process.execPath, [`${here}fake_api.mjs`, '--port', '0', '--mount', '/bench/', '--runs', '300', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const its = String(await new Promise((resolve) => child.stdout.once('data', resolve))).trim();
  return { url: its, at: (path) => its.replace(/\/$/, '') + path, fail: (fail) => fetch(new URL('/__fake', its), { method: 'POST', body: JSON.stringify({ fail }) }), bendEvents: (events) => fetch(new URL('/__fake', its), { method: 'POST', body: JSON.stringify({ events }) }), kill: async () => { others.push(...await (await fetch(new URL('/__fake', its))).json()); child.kill(); } };
}
/** Bends single answers and files of the made-up server (fake_faults.mjs). */
export const fail = (what) => fetch(new URL('/__fake', url), { method: 'POST', body: JSON.stringify({ fail: what }) });
export const bend = (mode) => fetch(new URL('/__fake', url), { method: 'POST', body: JSON.stringify({ mode }) });
/** Bends the events of the made-up server (fake_events.mjs); answers how often it was connected to, and how. */
export const bendEvents = async (events) => (await fetch(new URL('/__fake', url), { method: 'POST', body: JSON.stringify({ events }) })).json();

export const browser = await launch({ logger });

/** A page whose console and CSP complaints are collected; `allow` names those a journey provokes. */
export async function open(path, { width = 1440, theme = 'light', allow = null, touch = false, address = at, ...more } = {}) {
  const context = await browser.newContext({ viewport: { width, height: width < 600 ? 844 : 900 }, colorScheme: theme, reducedMotion: 'reduce', hasTouch: touch, isMobile: touch, timezoneId: 'Europe/Berlin', locale: 'en-GB', bypassCSP: false, ...more });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']).catch(() => {});
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (m) => { if (m.type() === 'error' && !allow?.test(m.text())) complaints.push(`console: ${m.text()} ${m.location().url}`); });
  page.on('pageerror', (e) => complaints.push(`page error: ${e.message}`));
  // nobody else is asked for anything, by any page
  context.on('request', (r) => { if (!r.url().startsWith(new URL(address('/')).origin) && !r.url().startsWith('blob:')) complaints.push(`third party: ${r.url().slice(0, 200)}`); });
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (e) => console.error(`CSP ${e.effectiveDirective} ${e.blockedURI} ${e.sample}`));
    window.__cls = 0;
    window.__moved = [];
    new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) { window.__cls += e.value; for (const s of e.sources) window.__moved.push(`${s.node?.nodeName} ${s.node?.className ?? ''} "${s.node?.textContent?.slice(0, 30)}" ${s.previousRect.x},${s.previousRect.y} ${s.previousRect.width}x${s.previousRect.height} to ${s.currentRect.x},${s.currentRect.y} ${s.currentRect.width}x${s.currentRect.height}`); } }).observe({ type: 'layout-shift', buffered: true });
  });
  page.setDefaultTimeout(15000);
  await page.goto(address(path));
  return { page, complaints, done: async () => { const said = complaints.join('\n'); await context.close(); check(said === '', said); } };
}

export const settled = async (page) => {
  await page.waitForSelector('main h1');
  await page.waitForFunction(() => !document.querySelector('.skeleton, .page-wait, [aria-busy="true"]'));
  await page.waitForTimeout(150);
};

export async function axe(page) {
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

export const api = async (path, init) => (await fetch(at(`/api/v1${path}`), init)).json();
export const firstRun = (await api('/runs?limit=1&status=completed&view=summary'))[0]?.id;
export const failedRun = (await api('/runs?limit=1&status=failed&view=summary'))[0]?.id;
export const scenarioId = (await api('/scenarios?limit=1'))[0]?.id;
export const automationId = (await api('/automations?limit=1'))[0]?.id;

/** A load test of the made-up server by its name. */
const loadId = async (name) => (await api(`/loadtests?q=${encodeURIComponent(name)}`))[0]?.id;
export const loads = fake ? Object.fromEntries(await Promise.all(Object.entries({
  running: 'long answers, 60/s', ended: 'checkout model, 50/s', sweep: 'where does it saturate', capacity: 'capacity of one GPU', invalid: 'forty at a time', interrupted: 'long answers, night', cancelled: 'before the kernel update', ramp: 'ticket model', held: 'more than the target allows', cut: 'until the money is spent', classes: 'chat before batch', endpoints: 'three replicas', capped: 'five thousand requests',
}).map(async ([key, name]) => [key, await loadId(name)]))) : {};

/** A session of training of the made-up server by what became of it. */
const sessions = fake ? await api('/training/sessions?limit=1000') : [];
export const trained = Object.fromEntries(Object.entries({
  running: 'under way now', ladder: 'how far up the ladder', ability: 'capacity, quickly', search: 'capacity, by bisection', stopped: 'stopped in the middle', failed: 'nobody listened', climbs: 'up, and none met',
}).flatMap(([key, name]) => { const found = sessions.find((s) => s.name === name); return found ? [[key, found.id]] : []; }));

/** POST of JSON past the page, as another client. */
export const send = (path, body) => api(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** Ends what was started; prints the count. True if all passed. */
export async function finish() {
  await browser.close();
  if (fake) {
    const wrong = [...new Set([...others, ...await (await fetch(new URL('/__fake', url))).json()])];
    counts[wrong.length ? 'failed' : 'passed']++;
    for (const sentence of wrong) console.log(`FAIL the made-up server answers what docs/openapi.json does not say: ${sentence}`);
  }
  fake?.kill();
  if (args.includes('--slow')) for (const [ms, name] of took.sort((a, b) => b[0] - a[0]).slice(0, 40)) console.log(`${(ms / 1000).toFixed(1).padStart(6)} s ${name}`);
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  return counts.failed === 0;
}
