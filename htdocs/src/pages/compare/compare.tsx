// SPDX-License-Identifier: Apache-2.0
// Two groups of runs against each other: pick them, read the verdict, see in what they differ and what was set up differently.
import { useEffect, useState } from 'preact/hooks';
import type { Comparison, ComparisonMetric, ComparisonSide } from '../../api/types';
import { inWords, metricMeaning, metricName } from '../../format/metrics';
import { count, plural, significant } from '../../format/number';
import { dateTime } from '../../format/time';
import { setParams, usePlace } from '../../router';
import { comparison } from '../../state/resources';
import { useZone } from '../../state/settings';
import { useStore } from '../../state/store';
import { apiAddress } from '../../api/client';
import { Copy, curl } from '../../ui/copy';
import { SelectField } from '../../ui/form';
import { Top } from '../../ui/page';
import { Empty, Failure, Panel, Skeleton } from '../../ui/panel';
import { Pill, Value } from '../../ui/state';
import { Table } from '../../ui/table';
import { MetricPanel } from './metric_panel';
import { changeText, minus, pText, unitOf } from './words';
import { SidePicker } from './side_picker';
import { sideForm, sideText } from './sides';

const VERDICTS = {
  better: <Pill tone="ok" sign="▲">better</Pill>,
  worse: <Pill tone="bad" sign="▼">worse</Pill>,
  mixed: <Pill tone="warn" sign="±">mixed</Pill>,
  differs: <Pill tone="info" sign="≠">differs</Pill>,
  no_difference: <Pill tone="quiet" sign="=">no difference shown</Pill>,
  too_few_samples: <Pill tone="quiet" sign="…">too few samples</Pill>,
};

const LEVELS = [['0.1', '0.1'], ['0.05', '0.05'], ['0.01', '0.01'], ['0.001', '0.001']] as const;
const KINDS: Record<ComparisonSide['kind'], [string, string]> = { runs: ['run', 'runs'], scenario: ['run', 'runs'], loadtest: ['request', 'requests'], window: ['run', 'runs'] };

function SideFacts({ name, of }: { name: string; of: ComparisonSide }) {
  const zone = useZone();
  const [one, many] = KINDS[of.kind];
  const basis = of.basis === 'rows' ? '' : of.basis === 'sample' ? `, a sample of ${count(of.looked_at)} looked at` : ', from KPI cells';
  return (
    <div class="side-facts">
      <dt><b class={`side-mark ${name.toLowerCase()}`}>{name}</b></dt>
      <dd><code>{of.side}</code><span class="note line">{plural(of.runs, one, many)}{basis}{of.first_ended_at && of.last_ended_at ? `, ${dateTime(of.first_ended_at, zone).slice(0, 16)} to ${dateTime(of.last_ended_at, zone).slice(0, 16)}` : ''}</span></dd>
    </div>
  );
}

function Verdict({ c }: { c: Comparison }) {
  return (
    <Panel title={<>B is {VERDICTS[c.verdict]}</>} label="Verdict">
      <p class="verdict-words" role="status">{inWords(c.sentence)}</p>
      {c.notes.map((n) => <p key={n} class="verdict-words tone-warn">{inWords(n)}</p>)}
      <dl class="sides-facts"><SideFacts name="A" of={c.a} /><SideFacts name="B" of={c.b} /></dl>
    </Panel>
  );
}

const MAIN = (m: ComparisonMetric) => (m.unit === '%' ? 'mean' : 'p50');

function Metrics({ c, chosen, choose }: { c: Comparison; chosen: string | undefined; choose: (metric: string) => void }) {
  const interval = (m: ComparisonMetric) => { const r = m.ratio[MAIN(m)]; return r && r.low !== null && r.high !== null ? `${changeText(r.low)} to ${changeText(r.high)}` : ''; };
  const points = (m: ComparisonMetric) => { const d = m.difference.mean; return d && d.low !== null && d.high !== null ? `${minus(significant(d.low))} to ${minus(significant(d.high))} points` : ''; };
  return (
    <Panel title="Metrics" sentence={`${c.tests === 0 ? 'Too few samples for a test' : `p-values are corrected for ${plural(c.tests, 'test')} (Holm)`}; choose one for its distribution.`} class="list">
      <Table keys rows={c.metrics} id={(m) => m.metric} caption="Metrics" open={(m) => choose(m.metric)} columns={[
        { head: 'Metric', class: 'name', cell: (m) => <><button type="button" class="link" aria-pressed={m.metric === chosen} title={metricMeaning(m.metric)} onClick={() => choose(m.metric)}>{metricName(m.metric)}</button>{m.own_side && <span class="note"> our side</span>}<span class="line narrow-only">{VERDICTS[m.verdict]}</span></> },
        { head: 'B is', class: 'mid', cell: (m) => VERDICTS[m.verdict] },
        { head: 'A', right: true, class: 'spare', cell: (m) => <Value text={unitOf(m).text(m.a[MAIN(m)]?.value)} exact={unitOf(m).exact(m.a[MAIN(m)]?.value)} why="not known" /> },
        { head: 'B', right: true, class: 'spare', cell: (m) => <Value text={unitOf(m).text(m.b[MAIN(m)]?.value)} exact={unitOf(m).exact(m.b[MAIN(m)]?.value)} why="not known" /> },
        { head: 'Change', right: true, cell: (m) => <><Value text={changeText(m.ratio[MAIN(m)]?.value)} why="A is zero" /><span class="note line">{m.unit === '%' ? points(m) : interval(m)}</span><span class="note phone-only">{unitOf(m).text(m.a[MAIN(m)]?.value)} → {unitOf(m).text(m.b[MAIN(m)]?.value)}</span></> },
        { head: 'p95 A', right: true, class: 'wide', cell: (m) => <Value text={unitOf(m).text(m.a.p95?.value)} why="a rate has none" /> },
        { head: 'p95 B', right: true, class: 'wide', cell: (m) => <Value text={unitOf(m).text(m.b.p95?.value)} why="a rate has none" /> },
        { head: 'Effect', right: true, class: 'mid', cell: (m) => (m.verdict === 'too_few_samples' ? <Value text="–" why="too few samples" /> : <><Value text={m.effect ? minus(m.effect.value.toFixed(2)) : '–'} why="not known from cells" /><span class="note line">{m.effect?.magnitude}</span></>) },
        { head: 'p', right: true, class: 'mid', cell: (m) => <Value text={pText(m.p_corrected)} why="too few samples for a test" /> },
      ]} />
      <p class="note list-foot">A and B are medians{c.metrics.some((m) => m.unit === '%') ? ', of success rates' : ''}. Effect: Cliff’s delta, or the difference of rates.{c.not_measured.length > 0 ? ` Not measured on both sides: ${c.not_measured.map(metricName).join(', ')}.` : ''}</p>
    </Panel>
  );
}

const shown = (value: unknown): string => (value === null || value === undefined ? '–' : Array.isArray(value) && value.every((v) => typeof v !== 'object') ? value.join(', ') || '–' : typeof value === 'string' ? value : JSON.stringify(value));

function Configuration({ c }: { c: Comparison }) {
  return (
    <Panel title="What was set up differently" class="list">
      {c.configuration.length === 0 ? <p class="list-foot note">Nothing that is known{c.intervals === 'cells' ? ': cells do not tell' : ''}.</p> : (
        <div class="table-frame" role="group" aria-label="What was set up differently" tabIndex={0}>
          <table class="differences"><thead><tr><th scope="col">What</th><th scope="col">A</th><th scope="col">B</th></tr></thead>
            <tbody>{c.configuration.map((d) => <tr key={d.what}><th scope="row" class="mono">{d.what}</th><td class="mono">{shown(d.a)}</td><td class="mono">{shown(d.b)}</td></tr>)}</tbody></table>
        </div>
      )}
    </Panel>
  );
}

function Result({ a, b, significance, metric }: { a: string; b: string; significance: string; metric: string | null }) {
  const store = comparison.of({ a, b, significance, curves: true });
  const { data, error } = useStore(store);
  if (data === undefined) return error ? (error.fields.has('?a') || error.fields.has('?b') ? null : <Failure error={error} retry={() => void store.refresh()} />) : <section class="panel" aria-busy="true"><Skeleton rows={12} /></section>;
  const chosen = data.metrics.find((m) => m.metric === metric) ?? data.metrics.find((m) => m.unit === 'ms' && !m.own_side && (m.verdict === 'worse' || m.verdict === 'better')) ?? data.metrics.find((m) => m.unit === 'ms') ?? data.metrics[0];
  return (
    <div class="stack">
      <Verdict c={data} />
      <Metrics c={data} chosen={chosen?.metric} choose={(m) => setParams({ metric: m })} />
      {chosen && <MetricPanel key={chosen.metric} m={chosen} />}
      <Configuration c={data} />
    </div>
  );
}

export default function Compare() {
  const { params } = usePlace();
  const a = params.get('a') ?? '';
  const b = params.get('b') ?? '';
  const significance = params.get('significance') ?? '0.05';
  const [of, set] = useState({ a: sideForm(a), b: sideForm(b) });
  useEffect(() => set({ a: sideForm(a), b: sideForm(b) }), [a, b]);
  const both = a !== '' && b !== '';
  const error = useStore(both ? comparison.of({ a, b, significance, curves: true }) : null).error;
  const next = { a: sideText(of.a), b: sideText(of.b) };
  const ready = next.a !== '' && next.b !== '';
  return (
    <>
      <Top title="Compare">{both && !error && <>
        <a class="button" href={apiAddress('/compare/report', { query: { a, b, significance } })} target="_blank" rel="noopener" title="This comparison on one page that can be kept and printed">Report</a>
        <Copy text={() => curl('GET', `/compare?${new URLSearchParams({ a, b, significance })}`)}>Copy as curl</Copy>
      </>}</Top>
      <form class="panel compare-form" aria-label="What to compare" onSubmit={(e) => { e.preventDefault(); if (ready) setParams({ ...next, metric: null }); }}>
        <div class="compare-sides">
          <SidePicker name="A" role="is what is compared with" f={of.a} set={(f) => set({ ...of, a: f })} error={error?.fields.get('?a')} />
          <SidePicker name="B" role="is what the verdict is about" f={of.b} set={(f) => set({ ...of, b: f })} error={error?.fields.get('?b')} />
        </div>
        <div class="compare-foot">
          <SelectField label="Significance" value={significance} onValue={(v) => setParams({ significance: v === '0.05' ? null : v })} options={LEVELS} />
          <button type="button" onClick={() => { set({ a: of.b, b: of.a }); if (both) setParams({ a: b, b: a }); }}>Swap</button>
          <button type="submit" class="primary" disabled={!ready}>Compare</button>
        </div>
      </form>
      {both ? <Result a={a} b={b} significance={significance} metric={params.get('metric')} />
        : <Empty title="Nothing is compared yet"><p>Choose two sides: versions of a scenario, load tests, runs, or times. The verdict says in what B is better or worse, and how sure that is.</p></Empty>}
    </>
  );
}
