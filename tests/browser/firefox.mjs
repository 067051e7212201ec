// SPDX-License-Identifier: Apache-2.0
// A smoke run in Firefox: each page shows itself without a complaint, a palette opens by keyboard, a run and a session of training are
// followed by events. It speaks WebDriver BiDi, so it needs no driver but Firefox itself. Prints "N passed, N failed".
//   node --experimental-websocket firefox.mjs [--url http://127.0.0.1:8080/ [--target http://127.0.0.1:18181/v1]] [--shots DIR]
// Without --url it starts the made-up server, and looks at what only that has ready: training and load tests in all their states.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const option = (name) => { const i = process.argv.indexOf(`--${name}`); return i < 0 ? null : process.argv[i + 1]; };
let url = option('url');
const target = option('target');
let fake = null;
const shots = option('shots');
const PATIENCE_MS = 30_000;
if (shots) mkdirSync(shots, { recursive: true });
if (!url) {
  fake = spawn(process.execPath, [new URL('fake_api.mjs', import.meta.url).pathname, '--port', '0', '--mount', '/bench/', '--runs', '300'], { stdio: ['ignore', 'pipe', 'inherit'] });
  url = String(await new Promise((resolve) => fake.stdout.once('data', resolve))).trim();
}

const profile = mkdtempSync(join(tmpdir(), 'benchmark-firefox-'));
writeFileSync(join(profile, 'user.js'), [
  ['browser.shell.checkDefaultBrowser', false], ['datareporting.policy.dataSubmissionEnabled', false], ['app.update.enabled', false],
  ['toolkit.telemetry.enabled', false], ['network.captive-portal-service.enabled', false], ['network.connectivity-service.enabled', false],
  ['browser.startup.page', 0], ['ui.prefersReducedMotion', 1],
].map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`).join('\n'));
const firefox = spawn(process.env.BENCHMARK_FIREFOX ?? '/usr/bin/firefox-esr', ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'],
  { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: profile } });

const endpoint = await new Promise((resolve, reject) => {
  let said = '';
  const timer = setTimeout(() => reject(new Error(`Firefox does not start: ${said}`)), 2 * PATIENCE_MS);
  firefox.stderr.on('data', (bytes) => {
    said += bytes;
    const found = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(said);
    if (found) { clearTimeout(timer); resolve(`${found[1]}/session`); }
  });
  firefox.on('exit', () => reject(new Error(`Firefox ended: ${said}`)));
});

const socket = new WebSocket(endpoint);
const waiting = new Map();
const complaints = [];
let last = 0;
socket.onmessage = ({ data }) => {
  const message = JSON.parse(data);
  if (message.id) {
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  } else if (message.method === 'log.entryAdded' && message.params.level === 'error') {
    complaints.push(message.params.text);
  }
};
await new Promise((resolve, reject) => { socket.onopen = resolve; socket.onerror = () => reject(new Error('no session with Firefox')); });

async function command(method, params) {
  const id = ++last;
  const answer = await new Promise((resolve) => { waiting.set(id, resolve); socket.send(JSON.stringify({ id, method, params })); });
  if (answer.type === 'error') throw new Error(`${method}: ${answer.error}: ${answer.message}`);
  return answer.result;
}

await command('session.new', { capabilities: {} });
await command('session.subscribe', { events: ['log.entryAdded'] });
const { contexts: [{ context }] } = await command('browsingContext.getTree', {});
await command('browsingContext.setViewport', { context, viewport: { width: 1440, height: 900 } });

/** The value of an expression in the page; a promise is awaited. */
async function look(expression) {
  const answer = await command('script.evaluate', { expression, target: { context }, awaitPromise: true });
  if (answer.type === 'exception') throw new Error(answer.exceptionDetails.text);
  return answer.result.value;
}

async function until(expression, sentence) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await new Promise((r) => setTimeout(r, 100))) {
    if (await look(expression)) return;
  }
  throw new Error(`${sentence}: ${(await look('document.querySelector("main")?.innerText.slice(0, 300)')) ?? 'no page'}`);
}

async function press(...keys) {
  const actions = keys.flatMap((k) => [{ type: 'keyDown', value: k }, { type: 'keyUp', value: k }]);
  await command('input.performActions', { context, actions: [{ type: 'key', id: 'keys', actions }] });
}

const counts = { passed: 0, failed: 0 };
async function test(name, work) {
  complaints.length = 0;
  try {
    await work();
    if (complaints.length) throw new Error(complaints.join('\n'));
    counts.passed++;
  } catch (error) {
    counts.failed++;
    console.log(`FAIL firefox ${name}\n     ${error.message}`);
  }
}

const SETTLED = "document.querySelector('main h1') && !document.querySelector('.skeleton, .page-wait, [aria-busy=\"true\"]')";
const api = async (path, body) => (await fetch(new URL(`api/v1${path}`, url), body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).json();
const go = async (path) => {
  await command('browsingContext.navigate', { context, url: new URL(path, url).href, wait: 'complete' });
  await until(SETTLED, `${path} does not settle`);
};

/** What a server has ready, by the names that were given: a page of each. */
async function madeUp() {
  const byName = async (path, names, to) => { const all = await api(`${path}?limit=1000`); return names.map((name) => `${to}/${all.find((o) => o.name === name).id}`); };
  const sessions = await byName('/training/sessions', ['under way now', 'how far up the ladder', 'capacity, quickly', 'stopped in the middle', 'nobody listened', 'up, and none met'], 'training');
  const tests = await byName('/loadtests', ['chat before batch', 'three replicas', 'five thousand requests'], 'loadtests');
  const [climbs] = sessions.slice(-1);
  const [problem] = await api(`/${climbs.replace('training', 'training/sessions')}/problems`);
  return ['training', ...sessions, 'training/new', `training/new?from=${sessions[2].split('/')[1]}`, `training/compare?a=${sessions[1].split('/')[1]}&b=${sessions[2].split('/')[1]}`, 'training/problems', 'training/problems/new', `training/problems/${problem.id}`, 'loadtests', 'loadtests/new', ...tests,
    'traces', 'traces/list', 'traces/daily', 'traces/session?source=1&session=chat-0', 'traces/trace?source=1&trace=broken&o=failed', 'traces/trace?source=1&trace=large&o=large-7777', 'traces/sources', 'traces/sources/1', 'agents', 'agents/agent?agent=writer'];
}

/** A target that may be trained on, a session on it that takes some seconds, a problem that is kept. */
async function trained() {
  if (fake) return {};
  const stamp = Date.now();
  const like = target ? { provider: 'openai', connection: { url: target, model: 'reference-1' } } : await api('/automations?limit=1').then(([a]) => ({ provider: a.provider, connection: a.connection }));
  const { id: automation_id } = await api('/automations', { name: `firefox ${stamp}`, ...like, confirmed_rate: 20 });
  const { id: scenario_id } = await api('/scenarios', { name: `firefox ${stamp}`, automation_id, inputs_template: { prompt: 'Hello?', max_tokens: 4 } });
  await api('/scenarios/generate', { scenario_type: 'resource_allocation', seed: 7, name: `firefox ${stamp}` });
  return { scenario_id, problem: (await api('/training/problems?limit=1'))[0].id };
}
const training = await trained();

const run = fake ? null : (await api('/runs?limit=1&status=completed&view=summary'))[0].id;
const scenario = (await api('/scenarios?limit=1'))[0].id;
const { id: set } = fake ? { id: 1 } : await api('/datasets', { name: `firefox ${Date.now()}`, format: 'jsonl', content: '{"prompt": "Hello?"}' });
const pages = fake ? await madeUp() : ['', 'runs', `runs/${run}`, 'scenarios', `scenarios/${scenario}`, 'automations', 'automations/new', 'kpis?from=now-30d&metric=ttft_ms',
  'compare', 'loadtests', 'loadtests/new', 'training', 'training/new', 'training/problems', 'training/problems/new', `training/problems/${training.problem}`, 'datasets', 'datasets/new', `datasets/${set}?entry=1`, 'traces', 'traces/list', 'traces/daily', 'traces/sources', 'traces/sources/new', 'agents', 'engine', 'engine?dialog=calibrate', 'settings', 'api-docs',
  'settings/prices/new', 'settings/account', 'settings/api-keys', 'settings/api-keys/new', 'settings/users', 'settings/users/new', 'settings/projects', 'settings/secrets',
  'settings/secrets/new', 'settings/audit'];
for (const path of pages) {
  await test(`page /${path}`, async () => {
    await go(path);
    if (await look('document.documentElement.scrollWidth > document.documentElement.clientWidth')) throw new Error('the page scrolls sideways');
    if (!shots) return;
    const { data } = await command('browsingContext.captureScreenshot', { context });
    writeFileSync(join(shots, `firefox-${path.replace(/\W+/g, '-') || 'overview'}.png`), Buffer.from(data, 'base64'));
  });
}

if (fake) {
  await test('training: charts are drawn, moves tell the verdict beside their reason', async () => {
    await go(pages.find((path) => /^training\/\d+$/.test(path)));
    await until("[...document.querySelectorAll('canvas')].some((c) => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; return d.some((v, i) => i % 4 === 3 && v > 0); })", 'no chart has a mark');
    await until("document.querySelector('.moves .move-met .state')", 'no move tells what became of its problem');
  });
  await end();
}

await test('charts are drawn', async () => {
  await go('');
  await until("[...document.querySelectorAll('canvas')].some((c) => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; return d.some((v, i) => i % 4 === 3 && v > 0); })", 'no chart has a mark');
});

await test('keyboard: the palette opens a page', async () => {
  await go('');
  await command('input.performActions', { context, actions: [{ type: 'key', id: 'keys', actions: [
    { type: 'keyDown', value: '\uE009' }, { type: 'keyDown', value: 'k' }, { type: 'keyUp', value: 'k' }, { type: 'keyUp', value: '\uE009' }] }] });
  await until("document.querySelector('dialog[open]')", 'no palette');
  await press(...'engine', '\uE007');
  await until("location.pathname.endsWith('/engine')", 'the palette led nowhere');
});

await test('live: a run is followed to its end by events', async () => {
  await go('runs');
  await until("document.querySelector('.top .live')?.dataset.by === 'WebSocket'", 'no WebSocket');
  const { id } = await api('/runs/trigger', { scenario_id: scenario });
  await until(`[...document.querySelectorAll('.panel.list tbody tr')].some((row) => row.querySelector('td a')?.textContent.trim() === '${id}'
    && row.querySelector('.state')?.textContent.includes('completed'))`, `run ${id} is not told`);
});

await test('training: a session is followed to its end by events, and says what it found out', async () => {
  const session = await api('/training/sessions', { scenario_id: training.scenario_id, name: 'firefox', types: ['concurrent_requests'], duration_scale: 0.1, budget: { seconds: 60, problems: 1, requests: 500 } });
  await go(`training/${session.id}`);
  await until("document.querySelector('.top .state')?.textContent.includes('completed')", `session ${session.id} is not told to have ended`);
  await until("document.querySelector('.capacity') && document.querySelectorAll('section[aria-label=\"Problems\"] tbody tr').length === 1", 'it does not say what it found out');
  await until("document.querySelector('section[aria-label=\"Two measures\"]')", 'it does not tell its two measures');
});

await end();

async function end() {
  await command('session.end', {}).catch(() => undefined);
  firefox.removeAllListeners('exit');
  firefox.kill();
  await new Promise((resolve) => { firefox.on('exit', resolve); setTimeout(resolve, 5000); });
  rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  fake?.kill();
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  process.exit(counts.failed ? 1 : 0);
}
