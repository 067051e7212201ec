// SPDX-License-Identifier: Apache-2.0
// One quantity of a comparison: both distributions over each other, and its figures with their differences.
import { useMemo } from 'preact/hooks';
import type { ComparisonMetric, Interval } from '../../api/types';
import { Chart, type Series } from '../../charts/chart';
import { PERCENT } from '../../charts/units';
import { capitalised, inWords, metricMeaning, metricName } from '../../format/metrics';
import { between, count, plural } from '../../format/number';
import { Panel } from '../../ui/panel';
import { Value } from '../../ui/state';
import { changeText, signed, unitOf } from './words';
import { cumulative, histogram } from './sides';

const SIDES: readonly Series[] = [{ label: 'A', token: 'chart-1', kind: 'line' }, { label: 'B', token: 'chart-2', kind: 'line', dash: [6, 4] }];
const LEVELS = [['p50', 'Median'], ['p95', 'p95'], ['p99', 'p99'], ['mean', 'Mean']] as const;

const range = (i: Interval | null, text: (v: number | null) => string) => (i && i.low !== null && i.high !== null ? `${text(i.low)} to ${text(i.high)}` : '');

/** `signed`: a difference, whose ends have their signs; other ends share their unit. */
function Cell({ of, text, why, signed: difference }: { of: Interval | null; text: (v: number | null) => string; why: string; signed?: boolean }) {
  return <><Value text={text(of?.value ?? null)} why={why} /><span class="note line">{difference ? range(of, text) : between(of && [of.low, of.high], text)}</span></>;
}

function Figures({ m }: { m: ComparisonMetric }) {
  const unit = unitOf(m);
  const levels = m.unit === '%' ? [['mean', 'Rate'] as const] : LEVELS;
  const few = (k: string) => (k === 'p99' && (m.a.few_samples || m.b.few_samples) ? <span class="note line">few samples</span> : null);
  return (
    <div class="table-frame" role="group" aria-label={`Figures of ${metricName(m.metric)}`} tabIndex={0}>
      <table class="figures">
        <thead><tr><th scope="col">{' '}<span class="sr">Figure</span></th><th scope="col" class="right">A</th><th scope="col" class="right">B</th><th scope="col" class="right spare">Difference</th><th scope="col" class="right">Change</th></tr></thead>
        <tbody>
          {levels.map(([k, word]) => (
            <tr key={k}><th scope="row">{word}{few(k)}</th>
              <td class="right"><Cell of={m.a[k]} text={unit.text} why="not known" /></td><td class="right"><Cell of={m.b[k]} text={unit.text} why="not known" /></td>
              <td class="right spare"><Cell signed of={m.difference[k]} text={(v) => signed(v, m)} why="not known" /></td>
              <td class="right"><Cell signed of={m.ratio[k]} text={changeText} why="A is zero" /></td></tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The same as counts: what is seen of it is where each side has its humps. */
function Histogram({ m }: { m: ComparisonMetric }) {
  const h = useMemo(() => histogram(m.a.curve ?? [], m.b.curve ?? []), [m]);
  const columns = useMemo(() => [h.a.map((_, i) => h.from + (i + 0.5) * h.step), h.a, h.b], [h]);
  return <Chart title={`Shares of ${metricName(m.metric)}`} sentence="How many of a hundred are in each of thirty equal steps." columns={columns} series={SIDES} x="ms" xName={metricName(m.metric)} unit={PERCENT} height={220} xEnd={h.from + h.a.length * h.step} />;
}

export function MetricPanel({ m }: { m: ComparisonMetric }) {
  const columns = useMemo(() => cumulative(m.a.curve ?? [], m.b.curve ?? []), [m]);
  const drawn = m.unit === 'ms' && (m.a.curve?.length ?? 0) > 0 && (m.b.curve?.length ?? 0) > 0;
  const pooled = m.a.n !== m.a.runs || m.b.n !== m.b.runs;
  return (
    <Panel title={`${metricName(m.metric)} of A and B`} sentence={inWords(m.sentence)} class="metric">
      <div class="metric-body">
        {drawn && <div class="metric-charts">
          <div><h3>Share of {pooled ? 'gaps' : 'runs'} that took at most so long</h3>
          <Chart title={`Cumulative share of ${metricName(m.metric)}`} sentence={inWords(m.sentence)} columns={columns} series={SIDES} x="ms" xName={metricName(m.metric)} unit={PERCENT} height={220} xEnd={columns[0].at(-1) ?? 1} /></div>
          <div><h3>Histogram</h3>
          <Histogram m={m} /></div>
        </div>}
        <div>
          <Figures m={m} />
          <p class="note metric-foot">{capitalised(metricMeaning(m.metric))}. n {count(m.a.n)} and {count(m.b.n)}{pooled ? `, of ${plural(m.a.runs, 'answer')} and ${count(m.b.runs)}` : ''}. Intervals are 95 % ones; where there is none, there are too few samples for one.
            {m.own_side ? ' It tells of the measuring side, so it has no part in the verdict.' : ''}</p>
        </div>
      </div>
    </Panel>
  );
}
