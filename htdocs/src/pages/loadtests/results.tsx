// SPDX-License-Identifier: Apache-2.0
// What came of a load test: headline with basis and interval, every metric, goodput and SLOs, errors by class.
import type { ComponentChildren } from 'preact';
import type { LoadMetric, LoadResults } from '../../api/types';
import { duration, durationExact } from '../../format/duration';
import { METRICS, metricMeaning, metricName } from '../../format/metrics';
import { between, count, DASH, percent, plural, rate } from '../../format/number';
import { PER_SECOND } from '../../charts/units';
import { Empty, Panel } from '../../ui/panel';
import { Pill } from '../../ui/state';
import { headMetric } from './headline';
import { type Cell, Strip } from '../../ui/strip';

const FEW = 100;

/** Where a figure comes from, unless from our own stamps. */
const PROVENANCE: Record<string, string> = { stamps: '', none: 'one token a chunk', counted: 'tokens counted by us', mixed: 'token counts of several kinds' };

/** "scheduled": from the planned send; "service": from the send. */
const BASIS: Record<string, string> = { scheduled: 'counted from the planned send', service: 'counted from the send' };

function quantileCell(member: string, m: LoadMetric): Cell {
  const interval = between(m.intervals?.p95, duration);
  return {
    label: `${metricName(member)} p95`, text: duration(m.p95), exact: durationExact(m.p95),
    note: [interval ? `${interval} (95 %)` : '', m.basis ?? '', interval ? '' : `n\u00a0${count(m.n)}`].filter(Boolean).join(' · '),
  };
}

export function Headline({ r }: { r: LoadResults }) {
  const head = headMetric(r);
  const e2e = r.metrics.e2e_ms;
  const cells: Cell[] = [];
  if (head) cells.push(quantileCell(head.member, head.metric));
  else cells.push({ label: 'p95', text: DASH, note: 'nothing was completed' });
  if (head?.member !== 'e2e_ms') cells.push(e2e?.p95 != null ? quantileCell('e2e_ms', e2e) : { label: 'E2E p95', text: DASH, note: 'no stream' });
  else cells.push({ label: `${metricName(head.member)} p50`, text: duration(head.metric.p50), exact: durationExact(head.metric.p50), note: between(head.metric.intervals?.p50, duration) });
  const s = r.success;
  cells.push({ label: 'Success', text: percent(s?.rate), exact: s?.rate == null ? undefined : `${s.rate} %`, note: s?.rate == null || s.low == null || s.high == null ? '' : `${between([s.low, s.high], percent)} (95 %) · n\u00a0${count(r.attempted)}` });
  cells.push({ label: 'Completed', text: PER_SECOND.text(r.rates.completed), exact: PER_SECOND.exact(r.rates.completed), note: r.loop === 'closed' ? 'closed loop: the target sets the pace' : `offered ${PER_SECOND.text(r.rates.offered)}, planned ${PER_SECOND.text(r.rates.planned)}` });
  const g = r.goodput;
  cells.push(g && g.slos.length ? { label: 'Goodput', text: PER_SECOND.text(g.requests_per_second), exact: PER_SECOND.exact(g.requests_per_second), note: `${percent(g.attainment)} good` }
    : { label: 'Goodput', text: DASH, note: 'the plan has no SLO' });
  const t = r.throughput;
  cells.push({ label: 'Output', text: rate(t?.output_tokens_per_second, 'tok/s'), note: t?.tokens_per_second_per_user?.p50 == null ? (t?.output_tokens_per_second == null ? 'no token count' : '') : `${rate(t.tokens_per_second_per_user.p50, 'tok/s')} a user${t.provenance && t.provenance !== 'none' ? ` · from ${t.provenance}` : ''}` });
  return <Strip cells={cells} />;
}

const NEEDS: Record<string, string> = { p90: '64', p95: '130', p99: '662', p999: '6,636' };

/** The value that bounds a quantile with 99 % confidence, or that there are too few samples for one. */
function Certified({ m, q }: { m: LoadMetric; q: string }) {
  const value = m.certified?.[q];
  if (value != null) return <span title={durationExact(value)}>≤ {duration(value)}</span>;
  if (!m.certified) return <span class="none" title="the gaps of one answer depend on each other">–<span class="sr"> (the gaps of one answer depend on each other)</span></span>;
  return <span class="note" title={`needs ${NEEDS[q]} samples`}>too few samples</span>;
}

function Quantile({ m, q }: { m: LoadMetric; q: 'p50' | 'p90' | 'p95' | 'p99' }) {
  const interval = between(m.intervals?.[q], duration);
  return <><span title={durationExact(m[q])}>{duration(m[q])}</span>{interval && <span class="note line">{interval}</span>}</>;
}

export function Metrics({ r, actions }: { r: LoadResults; actions?: ComponentChildren }) {
  const scheduled = Object.values(r.metrics).some((m) => m?.basis === 'scheduled');
  // where nothing is scheduled the figures from the send are the same again
  const known = METRICS.map(({ member }) => member).filter((m) => (r.metrics[m]?.n ?? 0) > 0 && (scheduled || !m.includes('_service_')));
  const others = Object.keys(r.metrics).filter((m) => (r.metrics[m]?.n ?? 0) > 0 && !METRICS.some(({ member }) => member === m));
  const rows = [...known, ...others].map((member) => [member, r.metrics[member] as LoadMetric] as const);
  if (rows.length === 0) return <Panel title="Latency" class="full"><Empty title="Nothing was measured"><p>No request completed, and a failed one has no latency.</p></Empty></Panel>;
  return (
    <Panel title="Latency" class="full" actions={actions} sentence={`${scheduled ? '"Scheduled" counts from the planned send, so that a wait before it is in the figure.' : 'There is no plan to be late for: all counts from the send.'} Below a quantile: its 95 % interval. Certified: with 99 % confidence no more than this.`}>
      <div class="table-frame" tabIndex={0} role="group" aria-label="Latency by metric">
        <table class="metrics">
          <thead><tr><th scope="col">Metric</th><th scope="col" class="right spare">n</th><th scope="col" class="right">p50</th><th scope="col" class="right spare">p90</th><th scope="col" class="right">p95</th><th scope="col" class="right">p99</th><th scope="col" class="right">Certified p95</th><th scope="col" class="right">Certified p99</th><th scope="col" class="right">Certified p99.9</th></tr></thead>
          <tbody>
            {rows.map(([member, m]) => (
              <tr key={member}>
                <th scope="row" title={metricMeaning(member, m.basis)}>{metricName(member)}<span class="note line" title={m.basis ? BASIS[m.basis] : undefined}>{[m.basis, m.provenance ? PROVENANCE[m.provenance] ?? `from ${m.provenance}` : ''].filter(Boolean).join(' · ')}</span><span class="note phone-only">n {count(m.n)}</span></th>
                <td class="right spare" title={m.n_effective === undefined ? undefined : `worth ${count(m.n_effective)} independent ones`}>{count(m.n)}{m.n_effective !== undefined && m.n_effective < (m.n ?? 0) && <span class="note line">eff. {count(m.n_effective)}</span>}</td>
                <td class="right"><Quantile m={m} q="p50" /></td><td class="right spare"><Quantile m={m} q="p90" /></td><td class="right"><Quantile m={m} q="p95" /></td>
                <td class="right"><Quantile m={m} q="p99" />{(m.n ?? 0) < FEW && <span class="note line">few samples</span>}</td>
                <td class="right"><Certified m={m} q="p95" /></td><td class="right"><Certified m={m} q="p99" /></td><td class="right"><Certified m={m} q="p999" /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

export function Goodput({ r }: { r: LoadResults }) {
  const g = r.goodput;
  if (!g || g.slos.length === 0) return <Panel title="SLOs" class="half"><Empty title="The plan has no SLO"><p>With one, this says how many requests were good, and how many a second.</p></Empty></Panel>;
  return (
    <Panel title="SLOs" class="half" sentence={`${count(g.good)} of ${plural(r.attempted, 'request')} met every limit: ${percent(g.attainment)}${g.low == null || g.high == null ? '' : ` (95 %: ${between([g.low, g.high], percent)})`}.`}>
      <div class="table-frame" tabIndex={0} role="group" aria-label="SLOs">
        <table>
          <thead><tr><th scope="col">SLO</th><th scope="col" class="right">Limit</th><th scope="col" class="right">Measured</th><th scope="col">Met</th></tr></thead>
          <tbody>
            {g.slos.map((s, i) => (
              <tr key={i}>
                <th scope="row">{metricName(s.metric)} {quantileName(s.quantile ?? 0.95)}</th>
                <td class="right">{duration(s.max)}</td><td class="right" title={durationExact(s.value)}>{duration(s.value)}</td>
                <td>{s.met == null || s.value == null ? <span class="none" title="no such figure was measured">–</span> : s.met ? <Pill tone="ok" sign="✓">met</Pill> : <Pill tone="bad" sign="✕">missed</Pill>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

/** 0.95 is p95, 0.999 is p99.9. */
export const quantileName = (q: number): string => `p${Number((q * 100).toPrecision(6))}`;

export function Errors({ r }: { r: LoadResults }) {
  const list = Object.entries(r.errors).sort((a, b) => b[1] - a[1]);
  const most = list[0]?.[1] ?? 1;
  const gone = r.warmup && r.warmup.attempted > 0 ? ` Warm-up, not counted: ${plural(r.warmup.attempted, 'request')}, ${count(r.warmup.failed)} failed.` : '';
  return (
    <Panel title="Errors" class="half" sentence={`${count(r.failed)} of ${plural(r.attempted, 'request')} failed${r.cancelled ? `, ${count(r.cancelled)} were cancelled` : ''}.${gone}`}>
      {list.length === 0 ? <Empty title="No request failed" /> : (
        <ul class="success errors">
          {list.map(([code, n]) => (
            <li key={code}><code class="success-name">{code}</code><span class="success-rate">{count(n)} <span class="note">{percent(r.attempted ? (100 * n) / r.attempted : null)}</span></span>
              <span class="bar" aria-hidden="true"><i style={{ width: `${(100 * n) / most}%` }} /></span></li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
