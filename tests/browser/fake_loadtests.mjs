// SPDX-License-Identifier: Apache-2.0
// Load tests of the made-up server, in the shape of docs/load-tests.md: some that ended (open, closed, sweep, search, invalid,
// cut short, interrupted), one that runs, and those that a page starts, which pass through their phases in real time.
import { checkPolicies, policiesOf } from './fake_prices.mjs';

const SECOND = 1000;
const FINAL = ['completed', 'failed', 'cancelled', 'timed_out', 'interrupted'];
const round = (v, d = 3) => Math.round(v * 10 ** d) / 10 ** d;
const iso = (ms) => new Date(ms).toISOString().replace('Z', '000Z');

/** A number from 0 to 1 that is always the same for the same two numbers. */
function noise(a, b) {
  let x = (Math.imul(a, 374761393) + Math.imul(b, 668265263)) >>> 0;
  x = Math.imul(x ^ (x >>> 13), 1274126177) >>> 0;
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
}

/** The target: latency grows as the rate nears 90 a second, and beyond it less is done, not more. */
const TARGET = 90;
const done = (rate) => (rate < TARGET ? rate * 0.998 : TARGET * (1 - 0.25 * Math.min(1, (rate - TARGET) / TARGET)));
const p50 = (rate) => 180 * (1 + 2.2 * (Math.min(rate, TARGET * 1.6) / TARGET) ** 4);

const hasSteps = (type) => ['ramp', 'sweep', 'capacity'].includes(type);

/** The loads of a plan, one after another: value and seconds. */
function stepsOf(plan) {
  const m = plan.load_model;
  if (m.type === 'ramp') return m.stages.map((s) => ({ of: s.rate === undefined ? 'concurrency' : 'rate', value: s.rate ?? s.concurrency, seconds: s.duration_seconds }));
  if (m.type === 'capacity') return [m.start_rate, m.start_rate * 2, m.start_rate * 4, m.start_rate * 3, m.start_rate * 3.5].filter((v) => v <= m.max_rate).map((value) => ({ of: 'rate', value, seconds: m.step_seconds }));
  if (m.type !== 'sweep') return [];
  const n = m.steps ?? 0;
  const values = m.values ?? Array.from({ length: n }, (_, i) => (m.scale === 'geometric' ? m.from * (m.to / m.from) ** (i / (n - 1)) : m.from + ((m.to - m.from) * i) / (n - 1)));
  return values.map((value) => ({ of: m.of, value: round(value, 1), seconds: m.step_seconds }));
}

const rateOf = (plan) => {
  const m = plan.load_model;
  return m.type === 'closed' ? Math.min(TARGET, (m.concurrency * 1000) / (p50(30) * 2 + (m.think_time_ms ?? 0))) : (m.rate ?? 0) * (m.turns ?? 1);
};
const rateOfStep = (s) => (s.of === 'rate' ? s.value : Math.min(TARGET, s.value * 2.4));

/** When which phase begins, in seconds since the start. */
function timetable(plan) {
  const parts = [];
  let at = 0;
  const add = (phase, seconds, step = 0, rate = 0) => { if (seconds > 0) { parts.push({ phase, from: at, to: at + seconds, step, rate }); at += seconds; } };
  add('certificate', plan.certificate === false ? 0 : 1);
  if (hasSteps(plan.load_model.type)) stepsOf(plan).forEach((s, i) => { add('warmup', plan.load_model.type === 'ramp' && i > 0 ? 0 : plan.warmup_seconds, i, rateOfStep(s)); add('window', s.seconds, i, rateOfStep(s)); });
  else { add('warmup', plan.warmup_seconds, 0, rateOf(plan)); add('window', plan.duration_seconds ?? Math.max(1, Math.ceil(plan.requests / Math.max(1, rateOf(plan)))), 0, rateOf(plan)); }
  add('drain', 1);
  return { parts, total: at };
}

/** One second as the series has it. */
function secondOf(t, second) {
  const part = timetable(t.plan).parts.find((p) => second >= p.from && second < p.to);
  const rate = part && part.phase !== 'certificate' && part.phase !== 'drain' ? part.rate : 0;
  const wave = 0.85 + 0.3 * noise(t.id, second);
  const planned = Math.round(rate * (t.plan.load_model.type === 'constant' ? 1 : wave));
  const failed = planned > 0 && noise(t.id + 7, second) < 0.06 ? 1 + Math.floor(noise(t.id + 9, second) * 3) : 0;
  const completed = part?.phase === 'drain' ? 3 : Math.max(0, Math.round(done(planned)) - failed);
  const middle = p50(rate) * (0.9 + 0.25 * noise(t.id + 1, second));
  const stats = (k) => (completed > 0 ? { p50: round(middle * k), p95: round(middle * k * (1.5 + 0.6 * noise(t.id + 2, second))), p99: round(middle * k * 2.4) } : { p50: null, p95: null, p99: null });
  return { second, step: part?.step ?? 0, phase: part?.phase ?? 'drain', planned, completed, failed, in_flight: Math.round((planned * middle * 4) / 1000), tokens: completed * 61, ttft_ms: stats(1), e2e_ms: stats(4.4), cpu_usage: round(6 + 0.3 * planned * noise(t.id + 5, second), 1), memory_usage: round(58 + 4 * noise(t.id + 6, second), 2), ...(t.tells ? { target_cpu_usage: round(45 + 3 * planned * noise(t.id + 8, second), 1), target_memory_usage: round(2210 + 60 * noise(t.id + 10, second), 1) } : { target_cpu_usage: null, target_memory_usage: null }) };
}

/** Gaps of one answer depend on each other: there is no interval. */
const pooled = { basis: undefined, intervals: undefined, certified: undefined, n_effective: undefined };

function metric(n, middle, more = {}) {
  const certified = (need, factor) => (n >= need ? round(middle * factor) : null);
  const has = (need, low, high) => (n >= need ? [round(middle * low), round(middle * high)] : null);
  return {
    basis: 'service', provenance: 'stamps', n, mean: round(middle * 1.06), min: round(middle * 0.44), max: round(middle * 5.98), p50: round(middle), p90: round(middle * 1.5), p95: round(middle * 1.69), p99: round(middle * 2.54), p999: n > 1000 ? round(middle * 4.47) : null,
    intervals: { p50: has(10, 0.985, 1.014), p90: has(40, 1.46, 1.55), p95: has(80, 1.646, 1.754), p99: has(400, 2.39, 2.79) }, n_effective: Math.round(n * 0.8),
    certified: { p90: certified(64, 1.54), p95: certified(130, 1.77), p99: certified(662, 2.86), p999: certified(6636, 5.2) }, ...more,
  };
}

function wilson(k, n) {
  if (n === 0) return { rate: null, low: 0, high: 100 };
  const z = 1.96;
  const p = k / n;
  const mid = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return { rate: round(p * 100, 2), low: round((mid - half) * 100, 2), high: round((mid + half) * 100, 2) };
}

function stepResults(t) {
  const slo = t.plan.slos[0];
  return stepsOf(t.plan).map((s, i) => {
    const offered = rateOfStep(s);
    const completed = done(offered) * (0.99 + 0.02 * noise(t.id, i));
    const attempted = Math.round(offered * s.seconds);
    const failed = offered > TARGET ? Math.round(attempted * 0.04) : 0;
    const middle = p50(offered) * (0.97 + 0.06 * noise(t.id + 3, i));
    const saturated = completed < 0.95 * offered;
    const met = slo ? middle * 1.69 <= slo.max : null;
    return {
      ...s, attempted, completed: attempted - failed, failed, offered_rate: round(offered, 2), achieved_rate: round(offered * 0.999, 2), completed_rate: round(completed, 2), goodput_rate: round(completed * (met === false ? 0.7 : 0.99), 2), attainment: met === false ? 70.4 : 98.9,
      ttft_ms: { p50: round(middle), p95: round(middle * 1.69), p99: round(middle * 2.54) }, e2e_ms: { p50: round(middle * 4.4), p95: round(middle * 6.1), p99: round(middle * 8) },
      in_flight_mean: round((offered * middle * 4.4) / 1000, 1), in_flight_slope_per_s: saturated ? round(0.4 * (offered - completed), 2) : round(0.02 * (noise(t.id + 4, i) - 0.5), 3), saturated, slo_met: met,
    };
  });
}

/** The figures of a load test that ended after `seconds` of its window. */
function results(t, seconds, price) {
  const { plan } = t;
  const closed = plan.load_model.type === 'closed';
  const steps = hasSteps(plan.load_model.type) ? stepResults(t) : [];
  const rate = steps.length ? steps.reduce((sum, s) => sum + s.offered_rate, 0) / steps.length : rateOf(plan);
  const attempted = Math.round(rate * seconds);
  const failed = Math.round(attempted * 0.0017) + (t.odd ? Math.round(attempted * 0.02) : 0);
  const n = attempted - failed;
  const middle = steps.length ? p50(40) : p50(rate);
  const scheduled = closed ? {} : { basis: 'scheduled' };
  const slos = plan.slos.map((s) => { const value = round(middle * 1.01 * (s.quantile === 0.99 ? 2.54 : 1.69) * (s.metric.startsWith('e2e') ? 4.366 : s.metric.startsWith('itl') ? 0.08 : 1)); return { quantile: 0.95, ...s, value, met: value <= s.max }; });
  const good = slos.length ? Math.round(n * (slos.every((s) => s.met) ? 0.978 : 0.71)) : n;
  const held = steps.filter((s) => !s.saturated && s.slo_met !== false);
  const of = wilson(good, attempted);
  return {
    loop: closed || stepsOf(plan).some((s) => s.of === 'concurrency') ? 'closed' : 'open', window_seconds: seconds, truncated: t.cut ?? (t.stopAt ? 'Stopped by a user.' : null), warmup: { seconds: plan.warmup_seconds, attempted: Math.round(rate * plan.warmup_seconds), failed: 0 },
    attempted, completed: n, failed, cancelled: 0, errors: failed ? { stall_timeout: Math.ceil(failed * 0.7), ...(failed > 3 ? { target_refused: failed - Math.ceil(failed * 0.7) } : {}) } : {},
    success: wilson(n, attempted), rates: { planned: round(rate, 2), offered: round(rate, 2), completed: round((done(rate) * n) / Math.max(1, attempted), 2) },
    metrics: {
      ttft_ms: metric(n, middle * 1.01, scheduled), ttft_service_ms: metric(n, middle), e2e_service_ms: metric(n, middle * 4.4), e2e_ms: metric(n, middle * 4.41, scheduled), ttfo_ms: metric(n, middle * 1.01), ttst_ms: metric(n, 14.1),
      icl_ms: metric(n * 58, 13.8, pooled), itl_ms: metric(n * 61, 13.1, { ...pooled, provenance: 'usage' }), tpot_ms: metric(n, 13.3, { provenance: 'usage' }), total_ms: metric(n, middle * 4.42), connect_ms: metric(Math.min(n, 96), 0.9, { certified: { p90: 1.4, p95: null, p99: null, p999: null } }),
    },
    send_lag: { mean: 0.05, p50: 0.04, p99: t.odd ? 6.4 : 0.2, max: t.odd ? 48.1 : 0.9, n: attempted },
    throughput: { requests_per_second: round(done(rate), 2), input_tokens_per_second: round(rate * 24, 1), output_tokens_per_second: round(done(rate) * 61, 1), tokens_per_second_per_user: { p50: 61, p5: 44.1 }, provenance: 'usage' },
    goodput: { requests_per_second: round((good / attempted) * rate, 2), good, attainment: of.rate, low: of.low, high: of.high, slos },
    client_lag: { mean_us: t.odd ? 1210 : 9, p99_us: t.odd ? 5120 : 28, max_us: t.odd ? 21_400 : 410, batched_events: t.odd ? 4021 : 12, events: n * 61, kernel_stamped: 0.999 },
    steps, saturation: plan.load_model.type === 'sweep' ? { knee: held.at(-1)?.value ?? null } : null,
    capacity: plan.load_model.type === 'capacity' ? { rate: 67.5, passed: 67.5, failed: 75, confidence: 0.95, statement: 'At 67.5 requests per second every SLO is met, with 95 % confidence; at 75 TTFT p95 is more than 500 ms.', limited_by: 'ttft_ms' } : null,
    ...(t.capped ? { truncated_by: t.capped } : {}), used: usedBy(plan, attempted + Math.round(rate * plan.warmup_seconds)), ...spreadOf(t, attempted, middle),
    ...policiesOf(plan, attempted, slos.length ? good : 0, price, t.busy),
  };
}

const usedBy = (plan, requests) => ({ requests: Math.min(requests, plan.max_requests ?? Infinity), tokens: Math.min(requests * 85, plan.max_total_tokens ?? Infinity), cost: 0 });

/** What a load was spread over, and what was done on our side, where the plan asks for it. */
function spreadOf(t, attempted, middle) {
  const { classes: c, endpoints: e, faults: f, hedge: h, dataset: d } = t.plan;
  const parts = {};
  if (c) {
    const top = Math.max(...c.list.map((k) => k.priority ?? 0));
    const list = c.list.map((k, i) => {
      const last = c.policy === 'priority' && (k.priority ?? 0) < top;
      const wait = last ? 2400 : 18 * (i + 1);
      return { name: k.name, priority: k.priority ?? 0, requests: Math.round(attempted * k.share), not_sent: last ? 12 : 0, success: last ? 91.4 : 100, budget_share: round(last ? 0.09 : 0.9 / c.list.length + 0.2, 3), wait_ms: { p50: wait / 4, p99: wait, max: wait * 1.6 }, p95_ms: round(middle * 4 + wait), starved: last ? 31 : 0 };
    });
    parts.classes = { policy: c.policy ?? 'fair', budget: c.budget, used: 0.98, starved: list.filter((k) => k.starved).map((k) => k.name), list };
  }
  if (e) parts.endpoints = { imbalance: 1.31, list: e.urls.map((url, i) => ({ url, attempts: Math.round((attempted * (i === 0 ? 1.31 : 0.845)) / e.urls.length), share: round((i === 0 ? 1.31 : 0.845) / e.urls.length, 4), success: i === 1 ? 97.2 : 99.9, p95_ms: round(middle * (5 + 1.4 * i)) })) };
  if (f) parts.faults = { delayed: f.delay_ms ? attempted : 0, delay_ms: { p50: f.delay_ms ?? null, p99: f.delay_ms ? f.delay_ms * 1.6 : null, max: f.delay_ms ? f.delay_ms * 3.4 : null }, lost: 9, aborted: 96, timed_out: 0, dead: 51, recovered: 120 };
  if (h) parts.hedge = { sent: 31, won: 24 };
  if (d && (e || f)) parts.cache = { hit_rate: 0.61, from: 'usage', repeated_share: 0.78 };
  return parts;
}

function certificate(t) {
  if (t.plan.certificate === false) return null;
  const side = (k) => ({ seconds: 2.1, streams_failed: 0, streams_completed: 1500, streams_kernel_stamped: 1500, early_stamps: 0, truth_lost: 0, tls: false, errors: { send_lag_us: { mean: 14, p50: 11, p99: 58 * k, max: 301, n: 1500 }, ttft_us: { mean: 19, p50: 15, p99: 92 * k, max: 488, n: 1500 }, gap_us: { mean: 4, p50: 2, p99: 71 * k, max: 720, n: 91_000 } }, priority: { policy: 'other', nice: -10, rt_priority: 0 }, host: { cpus: 8, cpu_model: 'AMD EPYC 9354', kernel: '6.1.0', clock_source: 'tsc', busy: 0.21, steal: t.odd ? 0.0721 : 0.0004 } });
  return { before: side(1), after: side(t.odd ? 14 : 1.1), extrapolated: t.plan.load_model.type === 'capacity', streams: 1500, reason: null };
}

const RANGES = {
  rate: [0.001, 50000], shape: [0.01, 1000], turns: [1, 1000, 1], concurrency: [1, 20000, 1], think_time_ms: [0, 3600000], start: [0, 50000], from: [0.001, 50000], to: [0.001, 50000], steps: [2, 100, 1],
  step_seconds: [1, 86400], start_rate: [0.001, 50000], max_rate: [0.001, 50000], precision: [0.01, 1],
};
const TYPES = {
  closed: [['concurrency'], ['think_time_ms']], constant: [['rate'], []], poisson: [['rate'], []], gamma: [['rate', 'shape'], []], semi_open: [['rate', 'turns'], ['think_time_ms']],
  ramp: [['stages'], ['start', 'arrivals']], sweep: [['of', 'step_seconds'], ['values', 'from', 'to', 'steps', 'scale', 'arrivals']], capacity: [['start_rate', 'max_rate', 'step_seconds'], ['precision', 'arrivals']],
};

/** The violations of a plan by JSON pointer, as the server words them. */
function violations(plan, scenarios, sets, price) {
  const errors = [];
  const say = (pointer, detail) => errors.push({ pointer, detail });
  const range = (value, pointer, [min, max, whole]) => { if (typeof value !== 'number' || value < min || value > max || (whole && !Number.isInteger(value))) say(pointer, `Must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}.`); };
  const m = plan.load_model ?? {};
  const type = TYPES[m.type];
  if (!scenarios.some((s) => s.id === plan.scenario_id)) say('/scenario_id', `There is no scenario ${plan.scenario_id}.`);
  if (!type) { say('/load_model/type', 'Must be one of the types.'); return errors; }
  for (const member of type[0]) if (m[member] === undefined) say(`/load_model/${member}`, 'Is missing.');
  for (const member of Object.keys(m)) {
    if (member !== 'type' && !type[0].includes(member) && !type[1].includes(member)) say(`/load_model/${member}`, `Does not go with type ${m.type}.`);
    else if (RANGES[member]) range(m[member], `/load_model/${member}`, RANGES[member]);
  }
  (m.stages ?? []).forEach((s, i) => { range(s.duration_seconds, `/load_model/stages/${i}/duration_seconds`, [0.1, 86400]); range(s.rate ?? s.concurrency, `/load_model/stages/${i}/${s.concurrency === undefined ? 'rate' : 'concurrency'}`, [0, 50000]); });
  (m.values ?? []).forEach((v, i) => range(v, `/load_model/values/${i}`, RANGES.rate));
  if (m.type === 'sweep' && m.from >= m.to) say('/load_model/to', 'Must be more than from.');
  if (hasSteps(m.type)) { for (const name of ['duration_seconds', 'requests']) if (plan[name] !== undefined) say(`/${name}`, `Does not go with type ${m.type}: its steps say how long it is.`); }
  else if (plan.duration_seconds === undefined && plan.requests === undefined) say('/duration_seconds', 'Is missing: give duration_seconds or requests.');
  if (plan.duration_seconds !== undefined) range(plan.duration_seconds, '/duration_seconds', [1, 86400]);
  if (plan.requests !== undefined) range(plan.requests, '/requests', [1, 10000000, 1]);
  if (plan.warmup_seconds !== undefined) range(plan.warmup_seconds, '/warmup_seconds', [0, 3600]);
  if (plan.max_in_flight !== undefined) range(plan.max_in_flight, '/max_in_flight', [1, 20000, 1]);
  (plan.slos ?? []).forEach((s, i) => { range(s.max, `/slos/${i}/max`, [0.001, 86400000]); if (s.quantile !== undefined) range(s.quantile, `/slos/${i}/quantile`, [0.01, 0.9999]); });
  if (plan.max_requests !== undefined) range(plan.max_requests, '/max_requests', [1, 1000000000, 1]);
  if (plan.max_total_tokens !== undefined) range(plan.max_total_tokens, '/max_total_tokens', [1, 1e15, 1]);
  if (plan.keep_rows !== undefined) range(plan.keep_rows, '/keep_rows', [0, 1]);
  (plan.endpoints?.urls ?? []).forEach((url, i) => { if (!/^https?:\/\/[^/]/.test(url)) say(`/endpoints/urls/${i}`, 'Must be an http or https URL.'); });
  if (plan.classes) {
    range(plan.classes.budget, '/classes/budget', [1, 20000, 1]);
    (plan.classes.list ?? []).forEach((c, i) => { if (!c.name) say(`/classes/list/${i}/name`, 'Must have 1 to 50 bytes.'); range(c.share, `/classes/list/${i}/share`, [0.001, 1]); });
    if (Math.abs((plan.classes.list ?? []).reduce((sum, c) => sum + Number(c.share), 0) - 1) > 0.001) say('/classes/list', 'The shares must add up to 1.');
    if (['closed', 'semi_open'].includes(m.type)) say('/classes', 'Goes with rates only: a closed loop and a session send when an answer is there.');
  }
  if (m.type === 'capacity' && !plan.slos?.length) say('/slos', 'Is missing: a search for capacity needs at least one.');
  sets.check(plan.dataset, say);
  checkPolicies(plan, price, say);
  return errors;
}

const complete = (plan, name) => ({ warmup_seconds: 0, seed: 1, slos: [], max_in_flight: 2000, certificate: true, drain_seconds: 60, labels: [], keep_rows: 1, target_limits: 'obey', ...plan, ...(plan.retry ? { retry: { on: ['connection', 'rate_limited', 'overloaded'], base_ms: 1000, max_ms: 60_000, ...plan.retry } } : {}), ...(plan.dataset ? { dataset: { order: 'sequential', ...plan.dataset } } : {}), ...(plan.endpoints ? { endpoints: { strategy: 'round_robin', ...plan.endpoints } } : {}), ...(plan.classes ? { classes: { policy: 'fair', ...plan.classes, list: plan.classes.list.map((c) => ({ priority: 0, inputs: {}, ...c })) } } : {}), name: plan.name ?? name });

export class LoadTests {
  constructor(scenarios, Problem, sets, priceOf) {
    this.scenarios = scenarios;
    this.sets = sets;
    this.priceOf = priceOf;
    this.Problem = Problem;
    this.list = [];
  }

  add(plan, more = {}) {
    const scenario = this.scenarios().find((s) => s.id === plan.scenario_id);
    const t = {
      id: (this.list.at(-1)?.id ?? 20_000) + 1, status: 'pending', kind: 'loadtest', control: 'run', cancel_requested: false, scenario_id: plan.scenario_id, automation_id: scenario?.automation_id ?? 1, project_id: 1, plan: complete(plan, scenario?.name), labels: [], created_by: 'alice',
      created_at: iso(Date.now()), started_at: null, finished_at: null, engine: null, progress: null, error: null, error_code: null, validity: null, certificate: null, results: null, began: null, held: 0, heldAt: null, ...more,
    };
    t.name = t.plan.name;
    this.list.push(t);
    return t;
  }

  /** One that ended `back` ms ago. */
  past(plan, back, { status = 'completed', part = 1, ...more } = {}) {
    const t = this.add(plan, more);
    const { total, parts } = timetable(t.plan);
    const window = parts.filter((p) => p.phase === 'window').reduce((sum, p) => sum + p.to - p.from, 0);
    t.began = Date.now() - back - total * SECOND;
    Object.assign(t, { status, created_at: iso(t.began - 300), started_at: iso(t.began), finished_at: iso(t.began + total * part * SECOND), ran: Math.floor(total * part) });
    if (part > 0) this.judge(t, window * part);
    return t;
  }

  judge(t, seconds) {
    t.results = results(t, seconds, this.priceOf(t.scenario_id));
    t.certificate = certificate(t);
    const reasons = t.odd ? ['The client saw answers late: p99 5.120 ms behind the kernel, the limit is 3.200 ms.'] : t.held_back ? ['Only 1803 of 3012 planned requests were sent.'] : [];
    t.validity = t.status === 'interrupted' ? { status: 'unknown', reasons: ['There is no certificate after the load.'] } : { status: reasons.length ? 'invalid' : 'valid', reasons };
    if (t.status === 'interrupted' && t.certificate) t.certificate.after = null;
  }

  fill() {
    this.list = [];
    const hour = 3_600_000;
    const slo = [{ metric: 'ttft_ms', quantile: 0.95, max: 500 }];
    for (let i = 0; i < 60; i++) this.past({ scenario_id: 1 + (i % 3), name: `nightly ${String(60 - i)}`, load_model: { type: 'poisson', rate: 20 + (i % 5) * 8 }, duration_seconds: 60, slos: slo }, (70 - i) * 24 * hour);
    this.past({ scenario_id: 3, name: 'ticket model, open and closed', load_model: { type: 'ramp', start: 0, stages: [{ duration_seconds: 30, rate: 60 }, { duration_seconds: 30, rate: 60 }, { duration_seconds: 30, rate: 120 }], arrivals: 'poisson' } }, 70 * hour);
    this.past({ scenario_id: 3, load_model: { type: 'gamma', rate: 12, shape: 0.4 }, requests: 60, warmup_seconds: 2 }, 60 * hour);
    this.past({ scenario_id: 2, name: 'before the kernel update', load_model: { type: 'semi_open', rate: 4, turns: 5, think_time_ms: 800 }, duration_seconds: 120 }, 50 * hour, { status: 'cancelled', part: 0, error: 'Cancelled by alice.', error_code: 'cancelled' });
    this.past({ scenario_id: 2, name: 'long answers, night', load_model: { type: 'constant', rate: 30 }, duration_seconds: 300, slos: slo }, 30 * hour, { status: 'interrupted', part: 0.4, error: 'The engine that ran it died.', error_code: 'interrupted' });
    this.past({ scenario_id: 4, name: 'wrong address', load_model: { type: 'closed', concurrency: 4 }, duration_seconds: 30 }, 28 * hour, { status: 'failed', part: 0, error: 'The name gpu-04.internal could not be resolved.', error_code: 'dns' });
    this.past({ scenario_id: 1, name: 'forty at a time on the busy host', load_model: { type: 'closed', concurrency: 40, think_time_ms: 0 }, duration_seconds: 60, warmup_seconds: 5 }, 20 * hour, { odd: true });
    const retry = { max_attempts: 3, on: ['connection', 'rate_limited', 'overloaded'], base_ms: 1000, max_ms: 60000 };
    this.past({ scenario_id: 1, name: 'more than the target allows', load_model: { type: 'poisson', rate: 50 }, duration_seconds: 60, slos: slo, retry }, 8 * hour, { busy: true, held_back: true });
    this.past({ scenario_id: 1, name: 'until the money is spent', load_model: { type: 'poisson', rate: 50 }, duration_seconds: 600, slos: slo, max_cost: 1.4 }, 7 * hour, { part: 0.41, cut: 'The spend cap of 1.4 USD: 1.37 were spent, 0.031 may be by what was under way.' });
    this.past({ scenario_id: 1, name: 'chat before batch', load_model: { type: 'poisson', rate: 40 }, duration_seconds: 60, classes: { budget: 12, policy: 'priority', list: [{ name: 'interactive', share: 0.3, priority: 2, inputs: {} }, { name: 'batch with a name that is rather long', share: 0.7, priority: 0, inputs: { max_tokens: 600 } }] }, keep_rows: 0.01 }, 6.6 * hour, { tells: true });
    this.past({ scenario_id: 1, name: 'three replicas', load_model: { type: 'poisson', rate: 45 }, duration_seconds: 60, dataset: { dataset_id: 1, order: 'zipf', zipf: 1 }, endpoints: { urls: ['http://gpu-01.internal:8000/v1', 'http://gpu-02.internal:8000/v1', 'http://a-host-with-a-rather-long-name.cluster.internal:8000/v1'], strategy: 'least_connections' }, faults: { delay_ms: 80, jitter_ms: 20, loss_rate: 0.01, dead_rate: 0.05, abort_rate: 0.1, abort_after_ms: 300, timeout_rate: 0 }, hedge: { copies: 1, after_ms: 200 } }, 6.4 * hour);
    this.past({ scenario_id: 1, name: 'five thousand requests', load_model: { type: 'poisson', rate: 50 }, duration_seconds: 300, max_requests: 5000, max_total_tokens: 2_000_000 }, 6.2 * hour, { part: 0.33, capped: 'max_requests', cut: 'The limit of 5000 requests: so many were sent.' });
    this.ids = {
      sweep: this.past({ scenario_id: 1, name: 'where does it saturate', load_model: { type: 'sweep', of: 'rate', from: 10, to: 140, steps: 8, scale: 'linear', step_seconds: 20, arrivals: 'poisson' }, warmup_seconds: 5, slos: slo }, 5 * hour).id,
      capacity: this.past({ scenario_id: 1, name: 'capacity of one GPU', load_model: { type: 'capacity', start_rate: 20, max_rate: 400, step_seconds: 20, precision: 0.1, arrivals: 'poisson' }, slos: slo }, 3 * hour).id,
      open: this.past({ scenario_id: 1, name: 'checkout model, 50/s', dataset: { dataset_id: 1, order: 'random' }, load_model: { type: 'poisson', rate: 50 }, duration_seconds: 60, warmup_seconds: 5, slos: [...slo, { metric: 'e2e_ms', quantile: 0.99, max: 1200 }] }, hour).id,
      running: this.add({ scenario_id: 2, name: 'long answers, 60/s', dataset: { generate: { count: 1000, seed: 1, input_tokens: { dist: 'normal', mean: 800, stddev: 200, min: 50, max: 4000 }, output_tokens: { dist: 'uniform', min: 50, max: 400 }, shared_prefixes: { count: 10, tokens: 500, zipf: 1.1 }, provenance: 'estimated' }, order: 'sequential' }, load_model: { type: 'poisson', rate: 60 }, duration_seconds: 600, warmup_seconds: 10, slos: slo }, { status: 'running', began: Date.now() - 95 * SECOND, created_at: iso(Date.now() - 96 * SECOND), started_at: iso(Date.now() - 95 * SECOND) }).id,
    };
  }

  /** Those that wait or run and ask a dataset. */
  using(id) {
    return this.list.filter((t) => t.plan.dataset?.dataset_id === id && !FINAL.includes(this.advance(t).status));
  }

  elapsed(t) {
    return Math.max(0, ((t.heldAt ?? Date.now()) - t.began - t.held) / SECOND);
  }

  /** What the engine would have done by now. */
  advance(t) {
    if (FINAL.includes(t.status)) return t;
    if (t.status === 'pending') {
      if (Date.now() - Date.parse(t.created_at) < 400) return t;
      Object.assign(t, { status: 'running', began: Date.now(), started_at: iso(Date.now()), engine: 'n1-4711' });
    }
    const { parts, total } = timetable(t.plan);
    const at = this.elapsed(t);
    if (at >= total || (t.control === 'drain' && Date.now() - t.stopAt > 1500)) return this.end(t, 'completed', Math.min(at, total));
    const part = parts.find((p) => at < p.to);
    const seconds = Array.from({ length: Math.floor(at) }, (_, i) => secondOf(t, i));
    const sum = (key) => seconds.reduce((n, s) => n + s[key], 0);
    const now = secondOf(t, Math.floor(at));
    const quiet = t.control !== 'run';
    const flying = quiet ? 0 : now.in_flight;
    t.progress = {
      phase: t.control === 'drain' ? 'drain' : t.control === 'pause' ? 'paused' : part.phase, step: part.step + 1, steps: Math.max(1, stepsOf(t.plan).length), elapsed_seconds: round(at, 1), total_seconds: total, planned: sum('planned') + flying, sent: sum('completed') + sum('failed') + flying, completed: sum('completed'), failed: sum('failed'), in_flight: flying,
      offered_rate: quiet ? 0 : now.planned, achieved_rate: quiet ? 0 : round(now.planned * 0.998, 1), used: usedBy(t.plan, sum('completed') + sum('failed') + flying),
    };
    return t;
  }

  end(t, status, seconds) {
    const window = timetable(t.plan).parts.filter((p) => p.phase === 'window').reduce((sum, p) => sum + Math.max(0, Math.min(p.to, seconds) - p.from), 0);
    Object.assign(t, { status, finished_at: iso(Date.now()), ran: Math.floor(seconds), progress: t.progress && { ...t.progress, phase: 'done', in_flight: 0 } });
    if (window > 0) this.judge(t, window);
    return t;
  }

  /** As the API shows it; lists leave the results out. */
  shown(t, listed) {
    this.advance(t);
    const { began, held, heldAt, stopAt, odd, ran, cut, busy, held_back, capped, tells, results: r, ...rest } = t;
    const m = r?.metrics.ttft_ms;
    return listed ? { ...rest, headline: r ? { metric: 'ttft_ms', basis: m.basis, p95: m.p95, n: m.n, success: r.success.rate } : null } : { ...rest, results: r };
  }

  read(plan) {
    const errors = violations(plan, this.scenarios(), this.sets, this.priceOf(plan.scenario_id));
    if (errors.length) throw new this.Problem(422, `${errors.length} member${errors.length > 1 ? 's are' : ' is'} not valid.`, { errors });
  }

  estimate(plan) {
    this.read(plan);
    const { parts } = timetable({ ...complete(plan), certificate: false });
    const closed = plan.load_model.type === 'closed' || stepsOf(plan).some((s) => s.of === 'concurrency');
    const seconds = parts.filter((p) => p.phase !== 'drain').reduce((sum, p) => sum + p.to - p.from, 0);
    const requests = plan.requests ?? (closed ? null : Math.round(parts.filter((p) => p.phase !== 'drain').reduce((sum, p) => sum + p.rate * (p.to - p.from), 0)));
    const own = this.scenarios().find((s) => s.id === plan.scenario_id)?.inputs_template.max_tokens;
    const price = this.priceOf(plan.scenario_id);
    const tokens = this.sets.mostTokens(plan.dataset) ?? own;
    return { requests, seconds: closed && plan.requests ? null : round(seconds), peak_in_flight: closed ? plan.load_model.concurrency ?? null : null, output_tokens: requests === null || !tokens ? null : requests * tokens, money: requests === null || !tokens || !price ? null : round((requests * (24 * price.input_per_million + tokens * price.output_per_million)) / 1e6, 6) };
  }

  control(t, what, body) {
    this.advance(t);
    if (FINAL.includes(t.status)) throw new this.Problem(409, `Load test ${t.id} has already ended: ${t.status}.`, { code: 'already_finished' });
    if (what === 'pause') { t.control = 'pause'; t.heldAt ??= Date.now(); }
    if (what === 'resume') { t.control = 'run'; if (t.heldAt) t.held += Date.now() - t.heldAt; t.heldAt = null; }
    if (what === 'stop' && body.mode === 'cancel') { Object.assign(t, { error: 'Cancelled by alice.', error_code: 'cancelled' }); this.end(t, 'cancelled', t.began ? this.elapsed(t) : 0); }
    if (what === 'stop' && body.mode !== 'cancel') Object.assign(t, { control: 'drain', stopAt: Date.now(), heldAt: t.heldAt ?? Date.now() });
    return t;
  }

  /** An answer to `/loadtests/...`: `{data, status}`. */
  route(method, id, part, q, body, page) {
    if (id === undefined && method === 'GET') {
      for (const t of this.list) this.advance(t);
      const text = q.get('q')?.toLowerCase();
      const status = q.get('status')?.split(',');
      const is = (t, name) => !q.get(name) || String(t[name]) === q.get(name);
      const match = this.list.filter((t) => t.kind === (q.get('kind') ?? 'loadtest') && is(t, 'scenario_id') && is(t, 'automation_id') && (!status || status.includes(t.status)) && (!text || t.name.toLowerCase().includes(text)));
      const answer = page(match, q, q.get('order') !== 'asc');
      return { ...answer, data: answer.data.map((t) => this.shown(t, true)) };
    }
    if (id === 'estimate') return { data: this.estimate(body) };
    if (id === undefined) { this.read(body); return { status: 202, data: this.shown(this.add(body), false) }; }
    const t = this.list.find((o) => o.id === Number(id));
    if (!t) throw new this.Problem(404, `There is no load test ${id}.`);
    this.advance(t);
    if (part === 'series') {
      const after = Number(q.get('after') ?? -1);
      if (q.has('after') && !(after >= 0)) throw new this.Problem(422, 'The request breaks the rules listed in errors.', { errors: [{ pointer: '/after', detail: 'Must be at least 0.' }] });
      const end = t.ran ?? (t.began ? Math.floor(this.elapsed(t)) : 0);
      return { data: Array.from({ length: Math.max(0, end - after - 1) }, (_, i) => secondOf(t, after + 1 + i)) };
    }
    if (part === 'requests') return { data: [] };
    if (part === 'evidence') return { data: { id: t.id, plan: t.plan, results: t.results } };
    if (['pause', 'resume', 'stop'].includes(part)) return { data: this.shown(this.control(t, part, body), false) };
    if (method === 'PATCH') { t.name = t.plan.name = body.name; return { data: this.shown(t, false) }; }
    if (method === 'DELETE') {
      if (!FINAL.includes(t.status)) throw new this.Problem(409, `Load test ${id} is ${t.status}; this can be done when it has ended.`, { code: 'not_finished' });
      this.list.splice(this.list.indexOf(t), 1);
      return { data: { message: `Load test ${id} was deleted.` } };
    }
    return { data: this.shown(t, false) };
  }
}
