// SPDX-License-Identifier: Apache-2.0
// That the pages tell the truth: figures read off Overview, KPIs, Compare and a scenario's page, held against `exact=true` and the
// rows of runs. Sketches are within 0.5 % of percentile_cont; what a page writes has three significant digits. Real server only.
import { api, at, check, open, send, settled, target, test } from './driver.mjs';

const BOUND = 0.005; // relative error of a sketch
const ROUNDED = 0.005; // three significant digits, at worst of 1.00
const UNITS = { 'µs': 0.001, ms: 1, s: 1000, min: 60_000 };

/** Milliseconds that a text such as "312 ms", "1.81 s" or "2 min 05 s" says; NaN if it is none. */
function ms(text) {
  const parts = [...String(text).matchAll(/([\d.,]+)\s*(µs|ms|min|s)\b/g)];
  return parts.length ? parts.reduce((sum, [, n, unit]) => sum + Number(n.replaceAll(',', '')) * UNITS[unit], 0) : NaN;
}
const number = (text) => Number(String(text).replaceAll(/[^\d.]/g, ''));
const near = (shown, exact, what, bound = BOUND) => check(Math.abs(shown - exact) <= exact * (bound + ROUNDED) + 1e-9, `${what}: the page says ${shown}, the rows ${exact}`);

/** percentile_cont over values. */
function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  const place = q * (sorted.length - 1), low = Math.floor(place);
  return sorted[low] + ((sorted[low + 1] ?? sorted[low]) - sorted[low]) * (place - low);
}

const RUNS = 60, SLOW = 25, REFUSED = 3;
const stamp = `${Date.now()}`.slice(-8);
const remove = (path) => fetch(at(`/api/v1${path}`), { method: 'DELETE', headers: { 'content-type': 'application/json' } });
const made = { automations: [], scenarios: [] };

async function scenario(name, url, answer, count) {
  const automation = await send('/automations', { name: `${name} ${stamp}`, provider: 'openai', connection: { url, model: 'reference-1' }, max_in_flight: 8 });
  const its = await send('/scenarios', { name: `${name} ${stamp}`, automation_id: automation.id, inputs_template: { prompt: 'x', x_target: answer }, slos: [{ metric: 'ttft_ms', attainment: 50, max: 30, window: '24h' }], run_settings: { apdex: { metric: 'ttft_ms', t_ms: 30 } } });
  made.automations.push(automation.id);
  made.scenarios.push(its.id);
  await send('/runs', { scenario_id: its.id, count });
  return its.id;
}

/** Until none of the scenario's runs is under way; its rows. */
async function ended(id, count) {
  for (let i = 0; i < 600; i++) {
    const rows = await api(`/runs?scenario_id=${id}&limit=200&view=summary`);
    if (rows.length >= count && rows.every((r) => ['completed', 'failed', 'timed_out'].includes(r.status))) return rows;
    await new Promise((go) => setTimeout(go, 100));
  }
  throw new Error(`the runs of scenario ${id} do not end`);
}

/** The cells of the row that begins with `name`, by the heads of the table; without the lines below a figure. */
const row = (page, table, name) => page.$eval(table, (t, wanted) => {
  const heads = [...t.querySelectorAll('thead th')].map((h) => h.textContent.trim().replaceAll('\u00a0', ' '));
  const found = [...t.querySelectorAll('tbody tr')].find((r) => [...r.children].some((c) => c.textContent.trim().startsWith(wanted)));
  return found ? Object.fromEntries([...found.children].map((c, i) => [heads[i], [...c.querySelectorAll('.line')].reduce((text, l) => text.replace(l.textContent, ''), c.textContent).trim()])) : null;
}, name);
// at the turn of the hour "the last 24 h" of a page and of a question behind it are different ones
async function withinTheHour(seconds) {
  const left = 3600 - (Date.now() / 1000) % 3600;
  if (left < seconds) await new Promise((go) => setTimeout(go, (left + 1) * 1000));
}

let quick, slow, refused, rows, prepared;
/** Runs to read figures of, made once, by whichever test comes first. */
const runs = () => (prepared ??= (async () => {
  await withinTheHour(60);
  quick = await scenario('true quick', target, { tokens: 8, ttft_ms: 20, ttft_dist: 'uniform', gap_ms: 1 }, RUNS);
  slow = await scenario('true slow', target, { tokens: 8, ttft_ms: 60, ttft_dist: 'fixed', gap_ms: 3 }, SLOW);
  refused = await scenario('true refused', 'http://127.0.0.1:9/v1', {}, REFUSED);
  rows = { quick: await ended(quick, RUNS), slow: await ended(slow, SLOW), refused: await ended(refused, REFUSED) };
  check(rows.quick.filter((r) => r.status === 'completed').length === RUNS, `${RUNS} runs do not all complete`);
})());

await test('truth: Overview says what exact=true says', async () => {
  await runs();
  const { page, done } = await open('/');
  await settled(page);
  const tiles = await page.$$eval('.kpi', (l) => Object.fromEntries(l.map((k) => [k.querySelector('dt').textContent, k.querySelector('.value').textContent])));
  const exact = await api('/kpis?metric=total_ms,ttft_ms&quantiles=0.5,0.95,0.99&from=now-24h&exact=true');
  const total = exact.total;
  check(tiles.Runs.replaceAll(',', '') === String(total.runs) || /k$/.test(tiles.Runs), `runs: ${tiles.Runs}, ${total.runs}`);
  near(number(tiles.Success), total.success_rate, 'success', 0);
  for (const [label, at_] of [['p50', 0], ['p95', 1], ['p99', 2]]) near(ms(tiles[`Total ${label}`]), total.metrics.total_ms.quantiles[at_].value, `total ${label}`);
  near(ms(tiles['TTFT p95']), total.metrics.ttft_ms.quantiles[1].value, 'TTFT p95');
  await done();
});

await test('truth: the KPIs page says what exact=true and the rows say', async () => {
  await runs();
  for (const exactly of [false, true]) {
    const { page, done } = await open(`/kpis?from=now-24h&metric=ttft_ms&group_by=scenario&apdex_t=30${exactly ? '&exact=true' : ''}`);
    await settled(page);
    for (const [name, its] of [['true quick', rows.quick], ['true slow', rows.slow]]) {
      const shown = await row(page, '.kpi-figures table', `${name} ${stamp}`);
      check(shown, `${name} is not in the table`);
      const values = its.filter((r) => r.status === 'completed').map((r) => r.ttft_ms);
      check(number(shown.n) === values.length && number(shown.Runs) === its.length, `n of ${name}: ${JSON.stringify(shown)}`);
      for (const [head, q] of [['p50', 0.5], ['p95', 0.95], ['p99', 0.99]]) near(ms(shown[head]), quantile(values, q), `${name} ${head}`, exactly ? 0 : BOUND);
      near(ms(shown.Mean), values.reduce((a, b) => a + b, 0) / values.length, `${name} mean`, 0);
      near(ms(shown.Max), Math.max(...values), `${name} max`, 0);
      // values that are nearer to T than the sketch can tell may count on either side
      const apdex = (t, loose_) => { const loose = exactly ? loose_ / 100 : loose_; return values.reduce((sum, v) => sum + (v <= t * (1 + loose) ? 1 : v <= 4 * t * (1 + loose) ? 0.5 : 0), 0) / its.length; };
      const said = number(shown['Apdex, T 30.0 ms']);
      check(said >= apdex(30, -0.01) - 0.006 && said <= apdex(30, 0.01) + 0.006, `Apdex of ${name}: ${said}, by rows ${apdex(30, 0)}`);
    }
    const none = await row(page, '.kpi-figures table', `true refused ${stamp}`);
    check(number(none.Runs) === REFUSED && number(none.Success) === 0 && none.p50 === '–', `what never answered: ${JSON.stringify(none)}`);
    await done();
  }
});

await test('truth: Compare says what the rows say', async () => {
  await runs();
  const { page, done } = await open(`/compare?a=scenario:${quick}&b=scenario:${slow}`);
  await page.waitForSelector('section[aria-label="Verdict"]');
  for (const [name, member] of [['TTFT', 'ttft_ms'], ['Total', 'total_duration_ms']]) {
    const shown = await row(page, 'section[aria-label="Metrics"] table', name);
    const [a, b] = [rows.quick, rows.slow].map((list) => list.filter((r) => r.status === 'completed').map((r) => r[member]));
    near(ms(shown.A), quantile(a, 0.5), `${name} of A`, 0);
    near(ms(shown.B), quantile(b, 0.5), `${name} of B`, 0);
    near(ms(shown['p95 B']), quantile(b, 0.95), `p95 of ${name} of B`, 0);
    const change = 100 * (quantile(b, 0.5) / quantile(a, 0.5) - 1);
    const said = number(shown.Change.split('%')[0]);
    check(Math.abs(said - Math.abs(change)) <= Math.max(0.5, Math.abs(change) * 0.01), `change of ${name}: ${shown.Change}, by rows ${change}`);
  }
  const report = await page.getAttribute('.top a:text-is("Report")', 'href');
  const text = await (await fetch(new URL(report, at('/')))).text();
  check(text.includes('<html') && text.includes(`scenario:${quick}`), 'the report is not one of this comparison');
  await done();
});

await test('truth: a scenario in the list and on its own page says what the rows say', async () => {
  await runs();
  const { page, done } = await open(`/scenarios?q=${encodeURIComponent(`true quick ${stamp}`)}`);
  await settled(page);
  const shown = await row(page, '.panel.list table', `true quick ${stamp}`);
  const totals = rows.quick.map((r) => r.total_duration_ms);
  check(number(shown.Runs) === RUNS && number(shown.Success) === 100, JSON.stringify(shown));
  near(ms(shown.p50), quantile(totals, 0.5), 'p50 in the list');
  near(ms(shown.p95), quantile(totals, 0.95), 'p95 in the list');
  await page.goto(at(`/scenarios/${quick}`));
  await page.waitForSelector('.standing li');
  const within = rows.quick.filter((r) => r.ttft_ms <= 30).length;
  const edge = rows.quick.filter((r) => Math.abs(r.ttft_ms - 30) <= 0.3).length; // a sketch may put these on either side
  const standing = await page.textContent('.standing');
  const said = number(/([\d.]+)\s*% of \d+ within/.exec(standing)?.[1]);
  check(Math.abs(said - (100 * within) / RUNS) <= (100 * edge) / RUNS + 0.5, `attained: ${said} %, by rows ${within} of ${RUNS}`);
  check(new RegExp(`of ${RUNS}.attempts`).test(standing), standing);
  await done();
});

for (const id of made.scenarios) await remove(`/scenarios/${id}?cascade=true`);
for (const id of made.automations) await remove(`/automations/${id}`);
