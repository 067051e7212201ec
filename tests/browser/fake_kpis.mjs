// SPDX-License-Identifier: Apache-2.0
// /kpis of the made-up server: figures of its own runs, exact ones whatever is asked.

const HOUR = 3600000;
const iso = (ms) => new Date(ms).toISOString().replace('Z', '000Z');
const column = { total_ms: 'total_duration_ms', e2e_ms: 'total_duration_ms', ttft_ms: 'ttft_ms' };
const FEW = { 0.5: 6, 0.95: 130, 0.99: 662 };

const time = (text, otherwise) => {
  const relative = /^now-(\d+)([hd])$/.exec(text ?? '');
  if (relative) return Date.now() - Number(relative[1]) * (relative[2] === 'h' ? HOUR : 24 * HOUR);
  return text ? Date.parse(text) : otherwise;
};

export class Kpis {
  constructor(db, Problem) {
    this.db = db;
    this.Problem = Problem;
  }

  figure(runs, metric, qs) {
    const values = runs.filter((r) => r.status === 'completed').map((r) => r[column[metric]]).filter((v) => typeof v === 'number').sort((a, b) => a - b);
    const n = values.length;
    const at = (rank) => values[Math.min(n, Math.max(1, rank)) - 1];
    const quantile = (q) => {
      if (n === 0) return { q, value: null, low: null, high: null, few_samples: true };
      const half = 1.96 * Math.sqrt(n * q * (1 - q));
      const [low, high] = [Math.floor(n * q - half), Math.ceil(n * q + half) + 1];
      const known = low >= 1 && high <= n;
      return { q, value: at(Math.round(q * (n - 1)) + 1), low: known ? at(low) : null, high: known ? at(high) : null, few_samples: n < (FEW[q] ?? 0) };
    };
    return { n, mean: n ? values.reduce((a, b) => a + b, 0) / n : null, min: n ? values[0] : null, max: n ? values[n - 1] : null, quantiles: qs.map(quantile), values };
  }

  groups(runs, by) {
    const map = new Map();
    for (const r of runs) {
      const scenario = this.db.scenarios.find((s) => s.id === r.scenario_id);
      const key = by === 'scenario' ? { scenario_id: r.scenario_id, scenario_name: scenario?.name ?? null }
        : by === 'automation' ? { automation_id: scenario?.automation_id ?? 0, automation_name: this.db.automations.find((a) => a.id === scenario?.automation_id)?.name ?? null }
          : by ? { [by]: r[by] ?? null } : {};
      const name = JSON.stringify(key);
      if (!map.has(name)) map.set(name, { key, runs: [] });
      map.get(name).runs.push(r);
    }
    return [...map.values()].sort((a, b) => b.runs.length - a.runs.length);
  }

  counts(runs, metric, qs, t) {
    const { values, ...figure } = this.figure(runs, metric, qs);
    const done = runs.filter((r) => ['completed', 'failed', 'timed_out'].includes(r.status));
    const rate = done.length ? (100 * done.filter((r) => r.status === 'completed').length) / done.length : null;
    return { runs: runs.length, by_status: {}, success_rate: rate, success_interval: rate === null ? null : [Math.max(0, rate - 2), Math.min(100, rate + 2)], prompt_tokens: 0, completion_tokens: 0, cost: 0, good: done.filter((r) => r.status === 'completed').length, errors: {}, metrics: { [metric]: t && done.length ? { ...figure, apdex: values.reduce((sum, v) => sum + (v <= t ? 1 : v <= 4 * t ? 0.5 : 0), 0) / done.length } : figure } };
  }

  bins(values, most) {
    const logs = values.filter((v) => v > 0).map(Math.log10);
    if (logs.length === 0) return { edges: [], count: () => [] };
    const low = Math.min(...logs) - 0.001, high = Math.max(...logs) + 0.001, width = (high - low) / most;
    const edges = Array.from({ length: most + 1 }, (_, i) => 10 ** (low + i * width));
    return { edges, count: (list) => { const n = Array(most).fill(0); for (const v of list) if (v > 0) n[Math.min(most - 1, Math.floor((Math.log10(v) - low) / width))]++; return n; } };
  }

  route(kind, q) {
    const to = time(q.get('to'), Date.now());
    const from = time(q.get('from'), to - 24 * HOUR);
    if (to <= from) throw new this.Problem(422, 'The request breaks the rules listed in errors.', { errors: [{ pointer: '?to', detail: 'Must be later than from.' }] });
    const metric = q.get('metric') ?? 'e2e_ms', by = q.get('group_by'), qs = (q.get('quantiles') ?? '0.5,0.95,0.99').split(',').map(Number);
    const match = this.db.runs.filter((r) => r.finished_at && Date.parse(r.created_at) >= from && Date.parse(r.created_at) < to && (!q.get('scenario_id') || r.scenario_id === Number(q.get('scenario_id'))));
    const head = { range: { from: iso(from), to: iso(to), resolution: 'hour' }, source: q.get('source') ?? 'run', estimator: q.get('exact') === 'true' ? 'exact' : 'sketch', relative_error: q.get('exact') === 'true' ? 0 : 0.005 };
    if (!kind) return { data: { ...head, kept_rows_only: false, total: this.counts(match, metric, qs, Number(q.get('apdex_t'))), groups: by ? this.groups(match, by).map((g) => ({ ...g.key, ...this.counts(g.runs, metric, qs, Number(q.get('apdex_t'))) })) : [] } };
    const width = [1, 2, 3, 4, 6, 8, 12, 24, 48, 24 * 30, 24 * 365].find((h) => (to - from) / HOUR / h <= 200) * HOUR;
    const first = Math.floor(from / width) * width;
    const at = Array.from({ length: Math.ceil((to - first) / width) }, (_, i) => first + i * width);
    const buckets = (runs) => {
      const parts = at.map(() => []);
      for (const r of runs) parts[Math.floor((Date.parse(r.created_at) - first) / width)]?.push(r);
      return parts;
    };
    const times = { bucket_seconds: width / 1000, at: at.map(iso), metric };
    const all = this.figure(match, metric, qs);
    if (kind === 'series') {
      const line = (g) => {
        const runs = buckets(g.runs), parts = runs.map((list) => this.figure(list, metric, qs));
        return { key: g.key, runs: runs.map((list) => list.length), completed: parts.map((p) => p.n), n: parts.map((p) => p.n), mean: parts.map((p) => p.mean), quantiles: qs.map((x, i) => ({ q: x, value: parts.map((p) => p.quantiles[i].value), low: parts.map((p) => p.quantiles[i].low), high: parts.map((p) => p.quantiles[i].high) })) };
      };
      return { data: { ...head, ...times, series: (by ? this.groups(match, by) : [{ key: {}, runs: match }]).slice(0, 10).map(line), omitted: 0 } };
    }
    const bins = this.bins(all.values, Number(q.get('bins') ?? 50));
    if (kind === 'heatmap') return { data: { ...head, ...times, edges: bins.edges, counts: buckets(match).map((list) => { const { values } = this.figure(list, metric, qs); return values.length ? bins.count(values) : null; }) } };
    const { values, ...figure } = all;
    return { data: { ...head, metric, edges: bins.edges, distributions: [{ key: {}, ...figure, counts: bins.count(values), cdf: [] }], omitted: 0 } };
  }
}
