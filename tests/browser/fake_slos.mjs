// SPDX-License-Identifier: Apache-2.0
// SLOs of scenarios as the server checks and judges them (docs/slos.md), over the runs of the made-up server.
const RATES = ['success_rate', 'good_rate'];
const LATENCIES = { ttft_ms: (r) => r.ttft_ms, e2e_ms: (r) => r.e2e_ms ?? r.total_duration_ms, total_ms: (r) => r.total_duration_ms };

const number = (value, low, high) => typeof value === 'number' && value >= low && value <= high;
const range = (low, high) => `Must be a number from ${low} to ${high}.`;

/** What is wrong with the slos of a scenario: [{pointer, detail}]. */
export function wrongSlos(slos) {
  const errors = [];
  const say = (i, member, detail) => errors.push({ pointer: `/slos/${i}/${member}`, detail });
  (slos ?? []).forEach((s, i) => {
    const rate = RATES.includes(s.metric);
    if (rate && s.min === undefined) say(i, 'min', 'Is missing: a rate needs a minimum in percent.');
    if (!rate && s.max === undefined) say(i, 'max', 'Is missing: a latency needs a maximum in milliseconds.');
    if (s.max !== undefined && !number(s.max, 0.001, 86400000)) say(i, 'max', range(0.001, 86400000));
    if (s.min !== undefined && !number(s.min, 1, 99.99)) say(i, 'min', range(1, 99.99));
    if (s.quantile !== undefined && !number(s.quantile, 0.01, 0.9999)) say(i, 'quantile', range(0.01, 0.9999));
    if (s.attainment !== undefined && !number(s.attainment, 1, 99.99)) say(i, 'attainment', range(1, 99.99));
    if (s.window !== undefined && !/^\d{1,4}[hd]$/.test(s.window)) say(i, 'window', 'Must be like 24h or 28d, from 1h to 90d.');
  });
  return errors;
}

function wilson(k, n) {
  const z = 1.959964, p = k / n, mid = p + (z * z) / (2 * n), half = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n)), scale = 1 + (z * z) / n;
  return [(100 * (mid - half)) / scale, (100 * (mid + half)) / scale];
}

const hours = (window) => Number(window.slice(0, -1)) * (window.endsWith('d') ? 24 : 1);
const enough = (n, target) => n >= Math.ceil(6.64 / (1 - target));       // about what certifies the quantile

function judge(slo, runs) {
  const rate = RATES.includes(slo.metric);
  const value = LATENCIES[slo.metric] ?? LATENCIES.total_ms;
  const target = rate ? slo.min / 100 : slo.attainment !== undefined ? slo.attainment / 100 : slo.quantile;
  const within = runs.filter((r) => r.status === 'completed' && (rate || (value(r) ?? Infinity) <= slo.max)).length;
  const n = runs.length;
  return { target, within, n, attainment: n ? within / n : null, burn: n ? (1 - within / n) / (1 - target) : null };
}

function standing(given, runs, now) {
  const slo = { ...given, ...(given.max !== undefined && given.quantile === undefined && given.attainment === undefined ? { quantile: 0.95 } : {}), window: given.window ?? '28d' };
  const over = (window) => runs.filter((r) => Date.parse(r.finished_at) >= now - hours(window) * 3600e3);
  const j = judge(slo, over(slo.window));
  const percent = Math.round(j.target * 1e4) / 100;
  const demand = RATES.includes(slo.metric) ? `${slo.metric} >= ${percent} % over ${slo.window}` : `${slo.quantile ? `p${percent}` : `${percent} %`} of ${slo.metric} <= ${slo.max} ms over ${slo.window}`;
  const status = !enough(j.n, j.target) ? 'too_few_samples' : j.attainment >= j.target ? 'met' : 'not_met';
  const budget = (1 - j.target) * j.n;
  return {
    slo, demand, status, finding: j.n ? `${Math.round(j.attainment * 1e4) / 100} % of ${j.n} within, ${percent} % demanded.` : 'No attempts.', target: percent, attempted: j.n, within: j.within,
    attainment: j.n ? 100 * j.attainment : null, attainment_interval: j.n ? wilson(j.within, j.n) : null, value: null, value_interval: null, relative_error: 0.005,
    budget: { allowed: j.n ? budget : null, spent: j.n - j.within, left: j.n ? 100 * (1 - (j.n - j.within) / budget) : null }, from: new Date(now - hours(slo.window) * 3600e3).toISOString(),
    burn_rates: Object.fromEntries(['1h', '6h', '24h', '3d'].map((w) => [w, judge(slo, over(w)).burn])),
  };
}

/** GET /scenarios/{id}/slos. */
export function slosOf(scenario, all, now = Date.now()) {
  const runs = all.filter((r) => r.scenario_id === scenario.id && ['completed', 'failed', 'timed_out'].includes(r.status));
  const done = runs.filter((r) => r.status === 'completed').length;
  return {
    scenario_id: scenario.id, version: scenario.version, slos: (scenario.slos ?? []).map((s) => standing(s, runs, now)),
    summary: {
      window: '28d', from: new Date(now - 28 * 86400e3).toISOString(), attempted: runs.length, good: done, attainment: runs.length ? (100 * done) / runs.length : null,
      attainment_interval: runs.length ? wilson(done, runs.length) : null, goodput_per_second: done / (28 * 86400), apdex: { metric: 'ttft_ms', t_ms: 500, value: runs.length ? 0.94 : null },
      pass_k: { k: 4, value: runs.length >= 4 ? (done / runs.length) ** 4 : null, tasks: runs.length >= 4 ? 1 : 0 }, cost_per_good_result: done ? 0.00412 : null,
    },
  };
}
