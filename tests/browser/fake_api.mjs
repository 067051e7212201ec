// SPDX-License-Identifier: Apache-2.0
// A small server for work on the dashboard without httpd: serves htdocs/dist below a mount path as the module does
// (mount path written into index.html, strict CSP) and an in-memory API of the documented shape (load tests, datasets and prices: files of their own).
//   node fake_api.mjs [--port 8099] [--mount /bench/] [--empty] [--runs 10000] [--role admin] [--auth session|basic]
// POST /__fake {"mode":"503"|"ok"|"empty"|"full"} changes its behaviour while it runs, {"events":"…"} that of its events (fake_events.mjs),
// {"fail":…} that of single answers and files (fake_faults.mjs), {"sync":…} that of the mirror of traces (fake_traces.mjs).
// Data are drawn from a fixed seed.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Access } from './fake_access.mjs';
import { Datasets } from './fake_datasets.mjs';
import { definitions } from './fake_definitions.mjs';
import { Discoveries } from './fake_discoveries.mjs';
import { Events } from './fake_events.mjs';
import { Faults } from './fake_faults.mjs';
import { LoadTests } from './fake_loadtests.mjs';
import { Kpis } from './fake_kpis.mjs';
import { Prices } from './fake_prices.mjs';
import { Views } from './fake_views.mjs';
import { complaints, hold } from './reference.mjs';
import { slosOf, wrongSlos } from './fake_slos.mjs';
import { Training } from './fake_training.mjs';
import { Traces } from './fake_traces.mjs';
import { trendOf } from './fake_trend.mjs';

const args = process.argv.slice(2);
const option = (name, fallback) => { const i = args.indexOf(`--${name}`); return i < 0 ? fallback : args[i + 1]; };
let PORT = Number(option('port', 8099)); // 0: any free one, printed
const MOUNT = option('mount', '/');
const RUNS = Number(option('runs', 10_000));
const ROLE = option('role', 'admin');
const DIST = fileURLToPath(new URL('../../htdocs/dist/', import.meta.url));
/** The module's own policy, read where it stands: its string literals behind PAGE_POLICY. */
const CSP = (() => {
  const source = readFileSync(new URL('../../mod_benchmark/glue/security_headers.c', import.meta.url), 'utf8');
  const literals = /#define PAGE_POLICY((?:[^\n]*\\\n)*[^\n]*)/.exec(source)?.[1].match(/"[^"]*"/g);
  if (!literals) throw new Error('PAGE_POLICY was not found');
  return literals.map((l) => l.slice(1, -1)).join('');
})();

const faults = new Faults({ auth: option('auth', 'off'), role: ROLE, mount: MOUNT });

let seed = 20260131;
const random = () => { seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; return seed / 2 ** 32; };
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const round = (v, d = 3) => Math.round(v * 10 ** d) / 10 ** d;
const iso = (ms) => new Date(ms).toISOString().replace('Z', '000Z');
const CANARY = '<img src=x onerror="document.title=\'XSS\'">';

const db = { automations: [], scenarios: [], runs: [], calibrations: [], stopped: false, mode: 'ok', calls: {} };

function fill() {
  const t = Date.now() - 40 * 86_400_000;
  const common = { project_id: 1, labels: [], created_by: 'quickstart', created_at: iso(t), updated_at: iso(t + 9e8) };
  const automation = (id, name, provider, connection, more = {}) => ({ id, name, provider, tinyfish_automation_id: null, description: '', default_inputs: {}, connection, max_in_flight: 16, ...common, ...more });
  db.automations = [
    automation(1, 'reference target', 'openai', { url: 'http://127.0.0.1:18181/v1', model: 'reference-1', api: 'chat', timeout_seconds: 60, rate_limit: { requests_per_second: 60, burst: 20 }, circuit_breaker: { failures: 20, open_seconds: 30 }, metrics_url: 'http://127.0.0.1:18181/metrics' }, { confirmed_rate: 200, description: 'The built-in stream with a schedule known in advance', default_inputs: { max_tokens: 128, temperature: 0 } }),
    automation(2, 'llama on gpu-04', 'openai', { url: 'http://gpu-04.internal:8000/v1', model: 'llama-3.3-70b-instruct', secret: 'vllm', headers: { 'X-Team': 'bench' } }, { description: 'vLLM 0.11, tensor parallel 4', labels: ['gpu', 'nightly'] }),
    automation(3, 'claude', 'anthropic', { url: 'https://api.anthropic.com', model: 'claude-sonnet-4-5', secret: 'anthropic' }),
    automation(4, 'price lookup', 'tinyfish', { mode: 'run-sse', goal: 'Find the price', target_url: 'https://shop.example.com' }, { tinyfish_automation_id: 'tf_8c1d20' }),
    automation(5, 'checkout health', 'http', { url: 'https://shop.example.com/api/health', method: 'GET', expect_status: [200] }, { description: CANARY }),
  ];
  const scenario = (id, name, automation_id, inputs_template, more = {}) => ({ id, name, automation_id, description: '', inputs_template, run_settings: { interval_seconds: 300, concurrency: 1 }, slos: [], version: 1 + (id % 3), ...common, ...more });
  db.scenarios = [
    scenario(1, 'short answer', 1, { prompt: 'Say hello in five words.', max_tokens: 32 }),
    scenario(2, 'long stream', 1, { prompt: 'Write {{words}} words about stopwatches.', words: 400, max_tokens: 600 }, { description: 'Many tokens with injected stalls' }),
    scenario(3, 'summarise ticket', 2, { messages: [{ role: 'user', content: 'Summarise: {{ticket}}' }], max_tokens: 256 }),
    scenario(4, 'extract fields as JSON', 2, { prompt: 'Extract name and date from: {{text}}', response_format: { type: 'json_object' } }),
    scenario(5, 'reasoning puzzle', 3, { prompt: 'Three boxes, one label is right …', max_tokens: 2048 }),
    scenario(6, 'find the price of an article with a rather long name that has to be cut somewhere', 4, { sku: 'A-1022' }),
    scenario(7, 'health endpoint', 5, {}),
    scenario(8, CANARY, 5, {}),
  ];
  const weight = [0.24, 0.18, 0.18, 0.14, 0.12, 0.06, 0.07, 0.01];
  for (let i = 1; i <= RUNS; i++) {
    // two thirds within the last day, the rest over the month
    const back = i > RUNS / 3 ? (1 - (i - RUNS / 3) / (RUNS * 2 / 3)) * 86_400_000 : 86_400_000 + (1 - i / (RUNS / 3)) * 29 * 86_400_000;
    let r = random();
    let s = 0;
    while (s < weight.length - 1 && r > weight[s]) r -= weight[s++];
    db.runs.push(makeRun(i, s + 1, Date.now() - back - 4000));
  }
  db.calibrations = [1, 2, 3].map((id) => ({ id, status: 'completed', streams: 200, concurrency: [1, 50, 200][id - 1], created_at: iso(Date.now() - (4 - id) * 7.2e6), finished_at: iso(Date.now() - (4 - id) * 7.2e6 + 9000), errors: { send_lag_us: { mean: 12.1, p50: 9, p99: 61 * id, max: 240, n: 200 }, ttft_us: { mean: 21, p50: 17, p99: 118 * id, max: 511, n: 200 }, gap_us: { mean: 4, p50: 2, p99: 84 * id, max: 930, n: 25_400 } }, batched_events: 3 * id, priority: { policy: 'other', nice: 0, rt_priority: 0 }, engine: 'n1-4711', error: null })).reverse();
}

const FAILS = [
  ['target_refused', 'The target refused the connection: 10.2.0.4:8000.', null], ['attempts_exhausted', 'Three engines ended while it ran.', null], ['http_status', 'The target answered 429 Too Many Requests.', 429],
  ['stream_cut', 'The stream ended after 41 chunks without a finish reason.', 200], ['dns', 'The name gpu-04.internal could not be resolved.', null],
  ['placeholder_missing', 'The placeholder {{ticket}} has no value.', null],
];

function makeRun(id, scenarioId, created, forced) {
  const scenario = db.scenarios.find((s) => s.id === scenarioId) ?? db.scenarios[0];
  const automation = db.automations.find((a) => a.id === scenario.automation_id);
  const stream = automation.provider !== 'http';
  const base = [180, 900, 1400, 1100, 4200, 1600, 60, 60][(scenarioId - 1) % 8];
  const wave = 1 + 0.25 * Math.sin(created / 7.2e6);
  const total = base * wave * Math.exp(0.28 * normal()) * (random() < 0.015 ? 4 : 1);
  const u = random();
  const status = forced ?? (u < 0.945 - (scenarioId === 3 ? 0.05 : 0) ? 'completed' : u < 0.985 ? 'failed' : u < 0.994 ? 'timed_out' : 'cancelled');
  const ok = status === 'completed';
  const n = stream ? Math.max(8, Math.round(total / 14)) : 0;
  const ttft = stream ? total * (0.16 + 0.08 * random()) : null;
  const queue = 1 + random() * 12;
  const reused = random() < 0.6;
  const [code, sentence, http] = status === 'failed' ? FAILS[Math.floor(random() * FAILS.length)] : status === 'timed_out' ? ['timeout', 'No answer within 60 s.', null] : status === 'cancelled' ? ['cancelled', 'Cancelled by alice.', null] : [null, null, 200];
  const itl = stream ? (total - ttft) / n : null;
  return {
    id, scenario_id: scenarioId, automation_id: automation.id, kind: 'run', project_id: 1, scenario_version: scenario.version, provider: automation.provider,
    model: automation.connection.model ?? null, status, attempt: status === 'failed' ? 3 : 1, max_attempts: 3, priority: 0, labels: [], created_by: 'alice', cancel_requested: false,
    created_at: iso(created), run_at: iso(created), pinned: id % 997 === 0, started_at: iso(created + queue), finished_at: iso(created + queue + total), total_duration_ms: ok ? round(total) : null, ttft_ms: ok ? ttft && round(ttft) : null,
    inter_token_stats: ok && stream ? { mean_ms: round(itl), p50_ms: round(itl * 0.92), p95_ms: round(itl * 1.9), p99_ms: round(itl * 4.1), n, provenance: automation.provider === 'tinyfish' ? 'progress' : 'usage' } : null,
    error: sentence, error_code: code, http_status: http, tinyfish_run_id: null,
    tokens: ok && stream ? { prompt: 21 + (id % 50), completion: n + 1, reasoning: null, cached: null, provenance: 'usage' } : null,
    cost: ok && automation.id === 1 ? round(((21 + (id % 50)) * 0.5 + (n + 1) * 1.5) / 1e6, 9) : null, held_ms: ok && automation.id === 1 && id % 3 === 0 ? (id * 7) % 40 + 0.5 : null,
    e2e_ms: ok ? round(total * 0.99) : null, ttfb_ms: ok ? round((ttft ?? total) * 0.93) : null, ttfo_ms: ok && ttft ? round(ttft) : null, ttst_ms: ok && itl ? round(itl) : null, tpot_ms: ok && itl ? round(itl) : null,
    output_tokens_per_second: ok && itl ? round(1000 / itl, 1) : null, chunks: ok ? n + 2 : 0, finish_reason: ok && stream ? 'stop' : null,
    phases: ok ? { queue_ms: round(queue), dns_ms: reused ? null : 1.2, connect_ms: reused ? null : 3.4, tls_ms: reused ? null : 11.8, send_ms: 0.21, wait_ms: round((ttft ?? total) * 0.93), stream_ms: round(total - (ttft ?? total) * 0.93) } : null,
    connection_reused: ok ? reused : null, client_lag_us: ok ? { p50: 14, p99: 88, max: 241 } : null, batched_events: ok ? id % 4 : null, kernel_stamped: ok ? true : null, engine: 'n1-4711',
  };
}

function fullRun(r) {
  const scenario = db.scenarios.find((s) => s.id === r.scenario_id);
  const automation = db.automations.find((a) => a.id === r.automation_id);
  const inputs = { ...automation?.default_inputs, ...scenario?.inputs_template };
  return { ...r, inputs, note: null,
    request: r.status === 'pending' ? null : { method: 'POST', url: `${automation?.connection.url ?? 'https://agent.tinyfish.ai'}/chat/completions`, headers: { 'Content-Type': 'application/json', Authorization: 'Bearer ****' }, body: { model: r.model, stream: true, ...inputs } },
    response_json: r.status === 'completed' ? { id: `cmpl-${r.id}`, object: 'chat.completion', model: r.model, choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: `A stopwatch measures the time between two events. ${CANARY}\n\nIt is used in sport, in laboratories, and by people who wait for tokens. `.repeat(2) } }], usage: { prompt_tokens: r.tokens?.prompt, completion_tokens: r.tokens?.completion } } : null };
}

function timelineOf(r) {
  if (r.status !== 'completed' || !r.inter_token_stats) return { chunks: [], stalls: [], truncated: false, total: 0, kernel_stamped: false };
  seed = r.id;
  let t = r.ttft_ms * 1000;
  const chunks = [{ t_us: Math.round(t * 0.94), kind: 'role', tokens: null, bytes: 74, wake: 0 }];
  const stalls = [];
  const n = r.inter_token_stats.n;
  for (let i = 0; i <= n; i++) {
    if (i > 0) {
      const stall = random() < 0.008;
      t += r.inter_token_stats.mean_ms * 1000 * (stall ? 14 + 8 * random() : 0.3 + 1.2 * random());
      if (stall) stalls.push(chunks.length);
    }
    chunks.push({ t_us: Math.round(t), kind: i < n / 6 && r.scenario_id === 5 ? 'reasoning' : 'content', tokens: 1, bytes: 180 + Math.floor(random() * 20), wake: i });
  }
  chunks.push({ t_us: Math.round(t + 300), kind: 'finish', tokens: null, bytes: 160, wake: n }, { t_us: Math.round(t + 420), kind: 'usage', tokens: null, bytes: 210, wake: n });
  return { chunks, stalls, truncated: false, total: chunks.length, kernel_stamped: true };
}

const quantile = (sorted, q) => { if (!sorted.length) return null; const at = (sorted.length - 1) * q; const lo = Math.floor(at); return round(sorted[lo] + (sorted[Math.min(lo + 1, sorted.length - 1)] - sorted[lo]) * (at - lo)); };
const stats = (values) => { const s = values.filter((v) => v !== null).sort((a, b) => a - b); return s.length ? { p50: quantile(s, 0.5), p95: quantile(s, 0.95), p99: quantile(s, 0.99), n: s.length, intervals: { p50: null, p95: null, p99: null }, few_samples: s.length < 662 ? ['p99'] : [] } : null; };
const DONE = ['completed', 'failed', 'timed_out'];
const rateOf = (runs) => { const done = runs.filter((r) => DONE.includes(r.status)); return done.length ? round((100 * done.filter((r) => r.status === 'completed').length) / done.length, 2) : null; };

function kpis(q) {
  const match = db.runs.filter((r) => filterRun(r, q));
  const from = q.get('from') ? Date.parse(q.get('from')) : null;
  const to = q.get('to') ? Date.parse(q.get('to')) : Date.now();
  const total = stats(match.map((r) => r.total_duration_ms));
  const start = from ?? Date.parse(db.runs[0]?.created_at ?? new Date().toISOString());
  const bucket = [10, 30, 60, 300, 900, 1800, 3600, 21600, 86400].find((b) => (to - start) / 1000 / b <= 120) ?? 86400;
  const groups = new Map();
  for (const r of match) { const k = Math.floor(Date.parse(r.created_at) / 1000 / bucket); if (!groups.has(k)) groups.set(k, []); groups.get(k).push(r); }
  const buckets = [];
  if (match.length) for (let k = Math.floor(start / 1000 / bucket); k <= Math.floor(Math.min(to, Date.now()) / 1000 / bucket); k++) {
    const g = groups.get(k) ?? [];
    const s = stats(g.map((r) => r.total_duration_ms));
    buckets.push({ at: iso(k * bucket * 1000), n: g.length, ok: g.filter((r) => r.status === 'completed').length, p50_ms: s?.p50 ?? null, p95_ms: s?.p95 ?? null, p99_ms: s?.p99 ?? null, ttft_p95_ms: stats(g.map((r) => r.ttft_ms))?.p95 ?? null });
  }
  let previous = null;
  if (from) {
    const p = db.runs.filter((r) => { const t = Date.parse(r.created_at); return t < from && t >= from - (to - from); });
    const s = stats(p.map((r) => r.total_duration_ms));
    previous = { total_runs: p.length, success_rate: rateOf(p), p50: s?.p50 ?? null, p95: s?.p95 ?? null, p99: s?.p99 ?? null, ttft_p95: stats(p.map((r) => r.ttft_ms))?.p95 ?? null };
  }
  const by_status = {};
  for (const r of match) by_status[r.status] = (by_status[r.status] ?? 0) + 1;
  return {
    total_runs: match.length, success_rate: rateOf(match) ?? 0, total_time_stats: total ?? { p50: 0, p95: 0, p99: 0, n: 0, intervals: { p50: null, p95: null, p99: null }, few_samples: ['p50', 'p95', 'p99'] }, ttft_stats: stats(match.map((r) => r.ttft_ms)), avg_inter_token_latency: null, recent_runs: db.runs.slice(-10).reverse(), by_status,
    scenarios: db.scenarios.map((s) => { const m = match.filter((r) => r.scenario_id === s.id); const t = stats(m.map((r) => r.total_duration_ms)); return { scenario_id: s.id, name: s.name, runs: m.length, success_rate: rateOf(m), p50_ms: t?.p50 ?? null, p95_ms: t?.p95 ?? null, ttft_p95_ms: stats(m.map((r) => r.ttft_ms))?.p95 ?? null }; }).filter((s) => s.runs),
    series: { bucket_seconds: bucket, buckets }, previous, range: { from: from ? iso(from) : null, to: q.get('to') ? iso(to) : null, resolution: 'hour', kept_from: null }, locations: [],
    attempts: match.length, relative_error: 0.005, good: by_status.completed ?? 0, pass_k: { k: 5, value: null, tasks: 0 },
  };
}

function filterRun(r, q) {
  const is = (name) => !q.get(name) || String(r[name]) === q.get(name);
  const status = q.get('status');
  const text = q.get('q')?.toLowerCase();
  return is('scenario_id') && is('automation_id') && (!status || status.split(',').includes(r.status)) && (!q.get('from') || r.created_at >= q.get('from')) && (!q.get('to') || r.created_at < q.get('to'))
    && (!text || `${r.error} ${r.error_code} ${r.model} ${r.labels}`.toLowerCase().includes(text));
}

class Problem extends Error { constructor(status, detail, more = {}) { super(detail); this.body = { type: 'about:blank', title: { 400: 'Bad request', 404: 'Not found', 409: 'Conflict', 412: 'Changed meanwhile', 422: 'Not valid', 503: 'Service unavailable' }[status] ?? 'Error', status, detail, ...more }; } }

const sets = new Datasets(Problem, (id) => loads.using(id));
const prices = new Prices(Problem);
const views = new Views(Problem);
const mirror = new Traces(Problem);
const access = new Access(Problem, db);
const figures = new Kpis(db, Problem);
/** The price of what a scenario asks. */
const priceOf = (scenarioId) => prices.of(db.automations.find((a) => a.id === db.scenarios.find((s) => s.id === scenarioId)?.automation_id)?.connection.model);
const loads = new LoadTests(() => db.scenarios, Problem, sets, priceOf);

const training = new Training({ scenarios: () => db.scenarios, automations: () => db.automations, Problem, tell: (...event) => events.tell(...event), load: (plan) => loads.add(plan, { kind: 'training' }).id, ended: () => loads.ids?.open ?? null });

const found = (list, id, what) => { const x = list.find((o) => o.id === Number(id)); if (!x) throw new Problem(404, `There is no ${what} ${id}.`); return x; };

const events = new Events();
const discoveries = new Discoveries(Problem, (d) => events.tell('run', 'finished', { runs: [{ id: d.id, kind: 'discovery', status: d.status }] }));
/** What an event says of a run. */
const newsOf = ({ id, scenario_id, automation_id, status, ttft_ms, total_duration_ms, started_at, finished_at, error_code }) => ({ id, scenario_id, automation_id, status, ttft_ms, total_duration_ms, started_at, finished_at, error_code });

const FINAL = ['completed', 'failed', 'cancelled', 'timed_out', 'interrupted'];
const overAlready = new Set();
setInterval(() => {
  for (const t of loads.list) {
    if (overAlready.has(t)) continue;
    const unseen = t.seen === undefined;
    Object.defineProperty(t, 'seen', { value: true, configurable: true });
    const { status } = loads.advance(t);
    if (FINAL.includes(status)) overAlready.add(t);
    if (!FINAL.includes(status) || !unseen) events.tell('loadtest', FINAL.includes(status) ? 'ended' : 'progress', { id: t.id, status, control: t.control, progress: t.progress });
  }
}, 500).unref();

/** What a write to the API is told as. */
function tellOf(method, path, data) {
  const [, head, a, b] = path.split('/');
  const topic = { automations: 'automation', scenarios: 'scenario', datasets: 'dataset', projects: 'project' }[head];
  if (topic) events.tell(topic, 'changed', { id: Number(a ?? data?.id), change: method === 'POST' ? 'created' : method === 'DELETE' ? 'deleted' : 'updated' });
  else if (head === 'engine') events.tell('engine', 'changed', { id: 'n1-4711' });
  else if (head === 'runs' && (a === 'cancel' || b === 'cancel')) events.tell('run', 'finished', { runs: db.runs.filter((r) => r.status === 'cancelled').slice(-20).map(newsOf) });
}

/** A click is seen finishing: pending, then running, then an end. */
function follow(run) {
  if (db.stopped) return;
  setTimeout(() => { if (run.status === 'pending' && db.runs.includes(run)) { Object.assign(run, { status: 'running', started_at: iso(Date.now()) }); events.tell('run', 'started', { runs: [newsOf(run)] }); } }, 900);
  setTimeout(() => { if (run.status === 'running' && db.runs.includes(run)) { Object.assign(run, makeRun(run.id, run.scenario_id, Date.parse(run.created_at), 'completed')); events.tell('run', 'finished', { runs: [newsOf(run)] }); } }, 2600);
}

function addRun(scenarioId) {
  const made = makeRun((db.runs.at(-1)?.id ?? 0) + 1, scenarioId, Date.now(), 'completed');
  const none = Object.fromEntries(['started_at', 'finished_at', 'total_duration_ms', 'ttft_ms', 'inter_token_stats', 'tokens', 'phases', 'client_lag_us', 'output_tokens_per_second', 'e2e_ms', 'ttfb_ms', 'tpot_ms', 'chunks', 'http_status', 'connection_reused', 'kernel_stamped', 'finish_reason'].map((k) => [k, null]));
  const run = { ...made, ...none, status: 'pending' };
  db.runs.push(run);
  follow(run);
  return run;
}

function validate(body, kind) {
  const errors = [];
  if ('name' in body && !String(body.name ?? '').trim()) errors.push({ pointer: '/name', detail: 'A name is needed.' });
  if (kind === 'automation' && body.connection?.url && !/^https?:\/\//.test(body.connection.url)) errors.push({ pointer: '/connection/url', detail: 'The URL must begin with http:// or https://.' });
  if (kind === 'automation' && body.connection?.metrics_url && !/^https?:\/\//.test(body.connection.metrics_url)) errors.push({ pointer: '/connection/metrics_url', detail: 'The URL must begin with http:// or https://.' });
  if (kind === 'automation' && body.confirmed_rate != null && !(body.confirmed_rate >= 0)) errors.push({ pointer: '/confirmed_rate', detail: 'Must be from 0 to 50000.' });
  const rate = body.connection?.rate_limit;
  if (rate && !(rate.requests_per_second > 0)) errors.push({ pointer: '/connection/rate_limit/requests_per_second', detail: rate.requests_per_second === undefined ? 'Is missing.' : 'Must be from 0.001 to 50000.' });
  if (kind === 'automation' && body.max_in_flight !== undefined && !(body.max_in_flight >= 1)) errors.push({ pointer: '/max_in_flight', detail: 'At least 1.' });
  if (kind === 'scenario') errors.push(...wrongSlos(body.slos));
  if (kind === 'scenario' && body.automation_id !== undefined && !db.automations.some((a) => a.id === body.automation_id)) errors.push({ pointer: '/automation_id', detail: `There is no automation ${body.automation_id}.` });
  if (errors.length) throw new Problem(422, `${errors.length} member${errors.length > 1 ? 's are' : ' is'} not valid.`, { errors });
}

function page(list, q, down) {
  const after = Number(q.get('after')) || null;
  const limit = Math.min(1000, Number(q.get('limit')) || 100);
  const some = after === null ? list : list.filter((o) => (down ? o.id < after : o.id > after));
  const sorted = down ? [...some].reverse() : some;
  return { data: sorted.slice(0, limit), next: sorted.length > limit };
}

/** What ?ids=3,7,10-12 names. */
function named(q) {
  const ranges = q.get('ids')?.split(',').map((part) => part.split('-').map(Number));
  return (o) => !ranges || ranges.some(([first, last = first]) => o.id >= first && o.id <= last);
}

function crud(method, id, body, q, list, kind, referrers) {
  const text = q.get('q')?.toLowerCase();
  if (method === 'GET' && id === undefined) return page(list.filter((o) => named(q)(o) && (!q.get('label') || o.labels.includes(q.get('label'))) && (!text || o.name.toLowerCase().includes(text)) && (!q.get('provider') || o.provider === q.get('provider')) && (!q.get('automation_id') || String(o.automation_id) === q.get('automation_id'))), q, false);
  const now = iso(Date.now());
  if (method === 'POST') {
    validate({ name: '', ...body }, kind);
    const made = { description: null, labels: [], ...(kind === 'automation' ? { default_inputs: {}, connection: {}, tinyfish_automation_id: null, max_in_flight: 16, provider: 'openai' } : { inputs_template: {}, run_settings: {}, slos: [], version: 1 }), ...body, id: (list.at(-1)?.id ?? 0) + 1, project_id: 1, created_by: 'alice', created_at: now, updated_at: now };
    list.push(made);
    return { data: made };
  }
  const object = found(list, id, kind);
  if (method === 'GET') return { data: object };
  if (method === 'DELETE') {
    const n = referrers(object);
    if (n && q.get('cascade') !== 'true') throw new Problem(409, `${n} still refer to it.`, { code: 'in_use' });
    list.splice(list.indexOf(object), 1);
    if (kind === 'automation') db.scenarios = db.scenarios.filter((s) => s.automation_id !== object.id);
    // numbers are given again, so nothing may stay behind that has one
    db.runs = db.runs.filter((r) => db.scenarios.some((s) => s.id === r.scenario_id));
    return { data: { message: `${kind} deleted` } };
  }
  validate(body, kind);
  Object.assign(object, body, { updated_at: now }, kind === 'scenario' ? { version: object.version + 1 } : {});
  return { data: object };
}

function route(method, path, q, body) {
  const [, head, a, b] = path.split('/');
  if (db.mode === '503') throw new Problem(503, 'The database does not answer.', { code: 'database_down' });
  const trained = training.route(method, path.split('/'), q, body, page);
  if (trained) return trained;
  const traced = mirror.route(method, path.split('/'), q, body, page);
  if (traced) return traced;
  if (head === 'automations') return crud(method, a, body, q, db.automations, 'automation', (o) => { const n = db.scenarios.filter((s) => s.automation_id === o.id).length; return n ? `${n} scenarios` : ''; });
  if (head === 'scenarios' && b === 'trend') return { data: trendOf(found(db.scenarios, a, 'scenario'), q) };
  if (head === 'scenarios' && b === 'slos') return { data: slosOf(found(db.scenarios, a, 'scenario'), db.runs) };
  if (head === 'scenarios') return crud(method, a, body, q, db.scenarios, 'scenario', (o) => { const n = db.runs.filter((r) => r.scenario_id === o.id).length; return n ? `${n} runs` : ''; });
  if (head === 'runs') {
    if (a === 'kpis') return { data: kpis(q) };
    if (a === 'trigger') return { data: addRun(found(db.scenarios, body.scenario_id, 'scenario').id) };
    if (a === 'cancel') { const hit = db.runs.filter((r) => body.run_ids.includes(r.id)); const open = hit.filter((r) => ['pending', 'running'].includes(r.status)); for (const r of open) Object.assign(r, { status: 'cancelled', error: 'Cancelled by alice.', error_code: 'cancelled', finished_at: iso(Date.now()) }); return { data: { cancelled: open.length, already_finished: hit.length - open.length, not_found: [] } }; }
    if (a === undefined && method === 'POST') { const ids = Array.from({ length: body.count ?? 1 }, () => addRun(body.scenario_id).id); return { status: 202, data: { run_ids: ids, count: ids.length } }; }
    if (a === undefined) return page(db.runs.filter((r) => filterRun(r, q)), q, q.get('order') !== 'asc');
    const run = found(db.runs, a, 'run');
    if (b === 'timeline') return { data: timelineOf(run) };
    if (b === 'cancel') { Object.assign(run, { status: 'cancelled', error: 'Cancelled by alice.', error_code: 'cancelled', finished_at: iso(Date.now()) }); return { data: run }; }
    if (b === 'requeue') { run.requeued = true; return { status: 202, data: addRun(run.scenario_id) }; }
    return { data: fullRun(run) };
  }
  if (head === 'kpis') return figures.route(a, q);
  if (head === 'datasets') return sets.route(method, a, b, q, body, page);
  if (head === 'discoveries') return discoveries.route(method, a, body);
  if (head === 'definitions') return definitions(method, q, body, db, prices, Problem);
  if (head === 'views') return views.route(method, a, q, body, page);
  if (head === 'prices') return prices.route(method, a, q, body, page);
  if (head === 'loadtests') return loads.route(method, a, b, q, body, page);
  if (head === 'engine') {
    if (a === 'stop' || a === 'start') { db.stopped = a === 'stop'; if (!db.stopped) db.runs.filter((r) => r.status === 'pending').forEach(follow); return { status: 202, data: { stopped: db.stopped, message: db.stopped ? 'The engine stops.' : 'The engine starts again.' } }; }
    const dead = db.runs.filter((r) => r.status === 'failed' && r.error_code === 'attempts_exhausted' && !r.requeued);
    if (a === 'dead') return page(dead, q, true);
    const open = (s) => db.runs.filter((r) => r.status === s);
    const oldest = open('pending')[0];
    const node = (id, host, state, beat, more) => ({ id, host, pid: 4711, state, started_at: iso(Date.now() - 5e6), beat_at: iso(Date.now() - beat), version: '0.1.0', loops: 2, in_flight: open('running').length, capacity: 2000, priority: 0, location: null, ...more });
    return { data: { engines: db.scenarios.length ? [node('n1-4711', 'bench-01', db.stopped ? 'stopped' : 'running', 700), node('n2-812', 'bench-02', 'draining', 1900, { pid: 812, in_flight: 0 }), node('n0-99', 'bench-01', 'stale', 214_000, { pid: 99, in_flight: 0 })] : [node('n1-4711', 'bench-01', 'running', 700)], queue: { pending: open('pending').length, running: open('running').length, oldest_pending_seconds: oldest ? (Date.now() - Date.parse(oldest.created_at)) / 1000 : null, by_kind: { run: { pending: open('pending').length, running: open('running').length } } }, locations: db.mode === 'places' ? [{ name: 'eu1', engines: 1, pending: 0, running: 2 }, { name: 'us-1', engines: 0, pending: 3, running: 0 }] : [], stopped: db.stopped, stopped_by: db.stopped ? 'alice' : null, stopped_at: db.stopped ? iso(Date.now()) : null, dead: { count: dead.length }, kpi_board: null, kpi_check: { checked_at: iso(Date.now() - 3.6e6), hours: 24, figures: 1900, drifted: 0, worst: null, worst_at: null, checks_total: 3, hours_total: 72, drifted_total: 0 } } };
  }
  if (head === 'calibrations') {
    if (method === 'POST') { if (body.concurrency > body.streams) throw new Problem(422, '1 member is not valid.', { errors: [{ pointer: '/concurrency', detail: 'At most as many as there are streams.' }] }); const c = { id: db.calibrations.length + 1, status: 'running', ...body, created_at: iso(Date.now()), finished_at: null, errors: null, error: null }; db.calibrations.unshift(c); return { status: 202, data: c }; }
    return { data: db.calibrations };
  }
  const own = access.route(method, path.split('/'), q, body, page);
  if (own) return own;
  if (head === 'configuration') {
    const directive = (name, description, standard, more = {}) => ({ directive: name, value: null, hidden: false, default: standard, description, file: null, line: null, section: null, ...more });
    const file = '/etc/apache2/conf-enabled/benchmark.conf';
    return { data: [
      directive('BenchmarkMount', 'URL path below which dashboard, API and metrics are served; Off: nowhere in this server', null, { value: '/benchmark', file, line: 12 }),
      directive('BenchmarkSeedPaths', 'On: also serve the root paths of the seed systems (/api, /health, ...)', 'Off', { value: 'On', file: '/etc/apache2/sites-enabled/bench.conf', line: 7, section: '<VirtualHost *:443>' }),
      directive('BenchmarkRole', 'A role (viewer, operator, admin) and the users who have it', null, { value: 'admin alice', file, line: 14 }),
      directive('BenchmarkDSN', 'libpq connection string of the engine (default: what DBDParams says)', null, { hidden: true, file, line: 16 }),
      directive('BenchmarkStallTimeout', 'A stream that says nothing for so long has stalled', '30s'),
    ] };
  }
  if (head === 'about') return { data: { name: 'mod_benchmark', version: '0.1.0', schema: { version: 7, expected: 7 }, database: { version: '15.14', schema_name: 'public', tls: false, tls_version: null, tls_cipher: null, replica: false }, nodes: 2, engine_here: true, engines_alive: 1, providers: ['openai', 'anthropic', 'tinyfish', 'http', 'mock'], server: 'Apache/2.4.66', features: { libsodium: true, brotli: true, websocket: true, events: events.mode !== 'off' }, mock_mode: false, project: 'Demo project', base_url: `http://127.0.0.1:${PORT}${MOUNT}`, limits: { max_body_bytes: 1048576, max_page: 1000, max_bulk_runs: 10_000, max_stored_response_bytes: 262_144, max_json_depth: 32 } } };
  if (head === 'me') return { data: { user: ROLE === 'none' ? null : 'alice', role: ROLE, anonymous: ROLE === 'none', id: ROLE === 'none' ? null : 1, credential: faults.credential(), scopes: ['read', 'run', 'write', 'admin'] } };
  if (head === 'openapi.json') return { data: JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8')) };
  if (head === 'health') return { data: { status: 'healthy', timestamp: iso(Date.now()), mock_mode: false, project: 'Demo project' } };
  throw new Problem(404, `There is nothing at ${path}.`);
}

const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.html': 'text/html; charset=utf-8' };

function serveFile(path, request, response) {
  const file = join(DIST, path);
  if (path !== 'index.html' && file.startsWith(DIST) && existsSync(file) && extname(file)) {
    const zip = existsSync(`${file}.gz`) && /gzip/.test(request.headers['accept-encoding'] ?? '');
    response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream', 'Cache-Control': path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache', ...(zip ? { 'Content-Encoding': 'gzip' } : {}), 'X-Content-Type-Options': 'nosniff' });
    return response.end(readFileSync(zip ? `${file}.gz` : file));
  }
  if (path.startsWith('assets/')) { response.writeHead(404); return response.end(); }
  response.writeHead(200, { 'Content-Type': TYPES['.html'], 'Cache-Control': 'no-cache', 'Content-Security-Policy': CSP });
  return response.end(faults.page(readFileSync(join(DIST, 'index.html'), 'utf8').replace(/<!--bm-pages[^]*?-->/, '').replaceAll('/__bm_base__/', MOUNT).replaceAll('__bm_title__', 'Page').replace('<html lang="en">', path === 'login' || path === 'setup' ? '<html lang="en" data-alone>' : '$&')));
}

async function handle(request, response) {
  const url = new URL(request.url, 'http://x');
  let text = '';
  for await (const part of request) text += part;
  if (url.pathname === '/__fake') {
    if (request.method === 'GET') return response.end(JSON.stringify(complaints()));
    const { mode, events: bent, fail, sync } = JSON.parse(text);
    if (sync) { mirror.bent = sync; return response.end('{}'); }
    if (fail) { faults.bend(fail); return response.end('{}'); }
    if (bent) { events.bend(bent); return response.end(JSON.stringify(events.opened)); }
    if (mode === 'empty') { Object.assign(db, { automations: [], scenarios: [], runs: [], calibrations: [] }); loads.list = []; sets.list = []; prices.list = []; Object.assign(mirror, { sources: [], list: [], asked: {} }); Object.assign(training, { sessions: [], problems: [] }); Object.assign(access, { users: [], sessions: [], keys: [], secrets: [], entries: [], projects: access.projects.slice(0, 1) }); }
    else if (mode === 'full') { seed = 20260131; db.runs = []; fill(); access.fill(); sets.fill(); prices.fill(); loads.fill(); training.fill(); mirror.fill(); }
    else db.mode = mode;
    return response.end('{}');
  }
  if (!url.pathname.startsWith(MOUNT)) { response.writeHead(404); return response.end(); }
  const below = url.pathname.slice(MOUNT.length);
  if (!below.startsWith('api/v1')) return faults.file(below, response) || serveFile(below, request, response);
  if (request.method === 'GET' && below.replace(/\/$/, '') === 'api/v1/events' && faults.lets(request)) return events.get(url.searchParams, request, response);
  const headers = { 'X-Request-Id': createHash('md5').update(String(Math.random())).digest('hex').slice(0, 16), 'Cache-Control': 'no-store' };
  try {
    const own = faults.answer(request, below.slice('api/v1'.length).replace(/\/$/, ''), text, headers);
    if (own?.data && !own.bent) hold(request.method, below.slice('api/v1'.length).replace(/\/$/, ''), own.status, own.status >= 400 ? 'application/problem+json' : 'application/json', own.data);
    if (own) { response.writeHead(own.status, { ...headers, 'Content-Type': own.status >= 400 ? 'application/problem+json' : 'application/json', ...own.headers }); return response.end(own.data === undefined ? undefined : JSON.stringify(own.data)); }
    const answer = route(request.method, below.slice('api/v1'.length).replace(/\/$/, ''), url.searchParams, text ? JSON.parse(text) : {});
    if (request.method !== 'GET') tellOf(request.method, below.slice('api/v1'.length).replace(/\/$/, ''), answer.data);
    // a copy: what it is made of stays as it is
    const body = JSON.stringify(hold(request.method, below.slice('api/v1'.length).replace(/\/$/, ''), answer.status ?? 200, 'application/json', JSON.parse(JSON.stringify(answer.data))));
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    if (request.method === 'GET' && request.headers['if-none-match'] === etag) { response.writeHead(304, { ETag: etag }); return response.end(); }
    response.writeHead(answer.status ?? 200, { ...headers, 'Content-Type': 'application/json', ETag: etag, ...(answer.next ? { Link: `<${below}${typeof answer.next === 'string' ? `?after=${answer.next}` : ''}>; rel="next"` } : {}), ...(answer.made ? { Location: `${MOUNT}api/v1/${answer.made}` } : {}) });
    return response.end(body);
  } catch (error) {
    const problem = error instanceof Problem ? error.body : { status: 500, title: 'Error', detail: String(error.stack) };
    hold(request.method, below.slice('api/v1'.length).replace(/\/$/, ''), problem.status, 'application/problem+json', { ...problem, request_id: headers['X-Request-Id'] });
    response.writeHead(problem.status, { ...headers, 'Content-Type': 'application/problem+json', ...(problem.status === 503 ? { 'Retry-After': '5' } : {}) });
    return response.end(JSON.stringify({ ...problem, request_id: headers['X-Request-Id'] }));
  }
}

if (!args.includes('--empty')) { fill(); sets.fill(); prices.fill(); loads.fill(); training.fill(); mirror.fill(); }
const server = createServer((q, r) => void handle(q, r));
server.on('upgrade', (q, socket) => (faults.lets(q) ? events.upgrade(q, socket) : socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')));
server.listen(PORT, '127.0.0.1', () => {
  PORT = server.address().port;
  db.home = `http://127.0.0.1:${PORT}${MOUNT}`;
  console.log(`http://127.0.0.1:${PORT}${MOUNT}`);
});
