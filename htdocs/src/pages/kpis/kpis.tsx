// SPDX-License-Identifier: Apache-2.0
// KPIs: one metric of any runs: over time, how it is spread, and group by group with how sure each figure is.
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Query } from '../../api/client';
import type { KpiDistribution, KpiGroup, KpiHeatmap, Kpis as KpiAnswer, KpiSeries } from '../../api/types';
import { Chart } from '../../charts/chart';
import { Heatmap } from '../../charts/heatmap';
import { Histogram } from '../../charts/histogram';
import { PERCENTILES } from '../../charts/theme';
import { duration, durationExact, span } from '../../format/duration';
import { inSentence, KPI_METRICS, metricLongName, metricMeaning, OWN_SIDE, POOLED } from '../../format/metrics';
import { between, compact, count, DASH, percent, plural } from '../../format/number';
import { rangeKey, rangeWords, type Range } from '../../format/time';
import { type Place, setParams, usePlace } from '../../router';
import { kpiDistribution, kpiFigures, kpiHeatmap, kpiSeries } from '../../state/resources';
import { rangeAt, useZone } from '../../state/settings';
import { useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { Empty, Grid, Loaded, Panel, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { Pick } from '../../ui/pick';
import { Value } from '../../ui/state';
import { Table } from '../../ui/table';
import { SavedViews } from '../../views/saved_views';
import { GROUPS, keyName, quantileName } from './key';

/** "All time" is as much as the server looks at. */
const ALL = 'now-3650d';
const LINES = ['chart-1', 'chart-2', 'chart-3', 'chart-4', 'chart-5', 'chart-6'];
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [10, 3, 2, 3], [4, 4], [1, 2]];
const QUANTILES = '0.5,0.95,0.99';

/** T of Apdex where none is asked for, and the most that the server takes; ms. */
const APDEX_T = 500;
const APDEX_MOST = 86_400_000;

const HALF = <div class="half"><Skeleton height={380} /></div>;

function Filters({ metric, by, source, params }: { metric: string; by: string; source: string; params: URLSearchParams }) {
  const choose = (name: string, label: string, value: string, list: readonly (readonly [string, string])[]) => (
    <select aria-label={label} value={value} onChange={(e) => setParams({ [name]: e.currentTarget.value || null })}>
      {list.map(([key, word]) => <option key={key} value={key} selected={key === value}>{word}</option>)}
    </select>
  );
  return (
    <div class="filters">
      {choose('metric', 'Metric', metric, KPI_METRICS)}
      {choose('group_by', 'Group', by, GROUPS)}
      {choose('source', 'Source', source, [['run', 'Single runs'], ['loadtest', 'Load tests'], ['training', 'Training']])}
      {(['scenario', 'automation'] as const).map((kind) => (
        <Pick key={kind} kind={kind} none={`Any ${kind}`} value={params.get(`${kind}_id`) ?? ''} onPick={(id) => setParams({ [`${kind}_id`]: id })} control={{ 'aria-label': kind === 'scenario' ? 'Scenario' : 'Automation' }} />
      ))}
    </div>
  );
}

function OverTime({ data, metric, range }: { data: KpiSeries; metric: string; range: Range }) {
  const zone = useZone();
  const grouped = data.series.length > 0 && Object.keys(data.series[0]?.key ?? {}).length > 0;
  const shown = data.series.slice(0, LINES.length);
  const columns = useMemo(() => [
    data.at.map((t) => Date.parse(t) / 1000),
    ...(grouped ? shown.map((s) => s.quantiles[1]?.value ?? []) : (shown[0]?.quantiles ?? []).map((q) => q.value)),
  ], [data]);
  const series = grouped
    ? shown.map((s, i) => ({ label: keyName(s.key), token: LINES[i] ?? 'chart-1', dash: DASHES[i] ?? [], kind: 'line' as const }))
    : PERCENTILES.map((p) => ({ ...p, kind: 'line' as const }));
  const left = data.omitted + data.series.length - shown.length;
  const sentence = `${grouped ? `p95 of the ${plural(shown.length, 'group')} with the most runs${left > 0 ? `, ${count(left)} left out` : ''}` : `${metricLongName(metric)} (${metricMeaning(metric)})`}, ${rangeWords(range, zone)}. One point is ${span(data.bucket_seconds)}.`;
  const measured = columns.slice(1).some((c) => c.some((v) => v !== null));
  return (
    <Panel title="Over time" sentence={measured ? sentence : undefined} class="full">
      {measured ? <Chart title="Over time" sentence={sentence} columns={columns} series={series} x="time" step={data.bucket_seconds} xName="From" room={grouped ? 110 : 40} height={280}
        note={(i) => plural(data.series.reduce((sum, s) => sum + (s.runs[i] ?? 0), 0), 'run')} />
        : <Empty title="Nothing was measured in this range"><p>Another range, metric or filter may show more.</p></Empty>}
    </Panel>
  );
}

function Spread({ data, metric }: { data: KpiDistribution; metric: string }) {
  const cumulative = usePlace().params.get('cumulative') === 'true';
  const d = data.distributions[0];
  const sentence = d && d.n > 0 ? `${plural(d.n, 'value')} of ${inSentence(metricLongName(metric))}, ${duration(d.min)} to ${duration(d.max)}, on a logarithmic scale.` : undefined;
  return (
    <Panel title="Distribution" sentence={sentence} class="half"
      actions={<button type="button" class="ghost small" aria-pressed={cumulative} onClick={() => setParams({ cumulative: cumulative ? null : 'true' })}>Cumulative</button>}>
      {d && d.n > 0 && sentence ? <Histogram title="Distribution" sentence={sentence} edges={data.edges} counts={d.counts} cumulative={cumulative} height={260} />
        : <Empty title="No values" />}
    </Panel>
  );
}

function Heat({ data }: { data: KpiHeatmap }) {
  const at = useMemo(() => data.at.map((t) => Date.parse(t) / 1000), [data]);
  const sentence = `Darker: more of that column's values. One column is ${span(data.bucket_seconds)}.`;
  return (
    <Panel title="Spread over time" sentence={data.edges.length ? sentence : undefined} class="half">
      {data.edges.length ? <Heatmap title="Spread over time" sentence={sentence} at={at} step={data.bucket_seconds} edges={data.edges} counts={data.counts} height={260} /> : <Empty title="No values" />}
    </Panel>
  );
}

function Quantile({ group, metric, at }: { group: KpiGroup; metric: string; at: number }) {
  const q = group.metrics?.[metric]?.quantiles[at];
  if (!q || q.value === null) return <span class="note" title="no values">–</span>;
  const interval = q.low === null ? 'too few values for an interval' : `95 % interval ${durationExact(q.low)} to ${durationExact(q.high)}`;
  return (
    <span title={`${durationExact(q.value)}, ${interval}`}>
      {duration(q.value)}<span class="note line">{q.few_samples ? 'few samples' : q.low === null ? '' : between([q.low, q.high], duration)}</span>
    </span>
  );
}

/** T of Apdex: what counts as fast enough, in ms. In the URL; written when the field is left or Enter is pressed. */
function ApdexT({ t }: { t: number }) {
  const [text, set] = useState(String(t));
  useEffect(() => set(String(t)), [t]);
  const asked = Number(text);
  const right = Number.isInteger(asked) && asked >= 1 && asked <= APDEX_MOST;
  const keep = () => { if (right) setParams({ apdex_t: asked === APDEX_T ? null : asked }); };
  return (
    <form class="apdex-t" onSubmit={(e) => { e.preventDefault(); keep(); }}>
      <label>Apdex T <input inputMode="numeric" value={text} aria-invalid={!right} size={6} title={right ? 'Fast enough: up to T. Tolerable: up to four times T.' : 'Whole milliseconds, at least 1'} onInput={(e) => set(e.currentTarget.value)} onBlur={keep} /> ms</label>
    </form>
  );
}

function Figures({ data, metric, by, apdexT }: { data: KpiAnswer; metric: string; by: string; apdexT: number | null }) {
  const groups: KpiGroup[] = [...data.groups].sort((a, b) => b.runs - a.runs);
  const rows = by ? [...groups, { ...data.total, key: 'total' } as KpiGroup] : [{ ...data.total } as KpiGroup];
  // what completes without ever having the figure did not miss it
  const unknown = (g: KpiGroup) => !g.metrics?.[metric]?.n && (g.success_rate ?? 0) > 0;
  const name = (g: KpiGroup) => ('key' in g || !by ? 'All' : keyName(g));
  return (
    <Table rows={rows} id={(g) => name(g)} caption={`Figures of ${metricLongName(metric)}`} columns={[
      { head: by ? by[0]?.toUpperCase() + by.slice(1) : 'Group', class: 'name', cell: (g) => <><span title={name(g)}>{name(g)}</span><span class="note phone-only">n {compact(g.metrics?.[metric]?.n ?? 0)}</span></> },
      { head: 'Runs', right: true, class: 'spare', cell: (g) => <span title={count(g.runs)}>{compact(g.runs)}</span> },
      { head: 'Success', right: true, class: 'spare', cell: (g) => <span title={g.success_interval ? `95 % interval ${g.success_interval[0].toFixed(1)} to ${g.success_interval[1].toFixed(1)} %` : undefined}>{percent(g.success_rate ?? null)}</span> },
      { head: 'n', right: true, class: 'spare', cell: (g) => compact(g.metrics?.[metric]?.n ?? 0) },
      { head: 'Mean', right: true, class: 'spare', cell: (g) => <span title={durationExact(g.metrics?.[metric]?.mean)}>{duration(g.metrics?.[metric]?.mean)}</span> },
      ...(data.total.metrics?.[metric]?.quantiles ?? []).map((q, at) => ({ head: quantileName(q.q), right: true, cell: (g: KpiGroup) => <Quantile group={g} metric={metric} at={at} /> })),
      { head: 'Max', right: true, cell: (g) => <span title={durationExact(g.metrics?.[metric]?.max)}>{duration(g.metrics?.[metric]?.max)}</span> },
      ...(apdexT === null ? [] : [{ head: `Apdex, T ${duration(apdexT)}`, right: true, cell: (g: KpiGroup) => <Value text={unknown(g) ? DASH : g.metrics?.[metric]?.apdex?.toFixed(2) ?? DASH} exact={String(g.metrics?.[metric]?.apdex ?? '')} why={unknown(g) ? 'runs completed, and none of them has this figure' : 'nothing completed'} /> }]),
    ]} />
  );
}

const FALLBACK = '7d';

/** What the address asks for, in words and as questions to the server. */
function askedAt(at: Place) {
  const { params } = at;
  const range = rangeAt(at, FALLBACK);
  const metric = params.get('metric') ?? 'e2e_ms';
  const by = params.get('group_by') ?? '';
  const source = params.get('source') ?? 'run';
  const exact = params.get('exact') === 'true';
  const rated = !POOLED.has(metric) && !OWN_SIDE.has(metric);
  const t = Number(params.get('apdex_t') ?? APDEX_T);
  const apdexT = rated ? (Number.isInteger(t) && t >= 1 && t <= APDEX_MOST ? t : APDEX_T) : null;
  const window: Query = {
    ...(range.from === 'all' ? { from: ALL } : rangeKey(range)), metric, source,
    scenario_id: params.get('scenario_id'), automation_id: params.get('automation_id'), model: params.get('model'), location: params.get('location'), label: params.get('label'),
  };
  const figuresQuery: Query = { ...window, quantiles: QUANTILES, group_by: by || null, exact: exact || null, apdex_t: apdexT };
  return {
    range, metric, by, source, exact, apdexT, figuresQuery,
    figures: kpiFigures.of(figuresQuery),
    series: kpiSeries.of({ ...window, quantiles: QUANTILES, group_by: by || null, max_points: 200 }),
    spread: kpiDistribution.of({ ...window, quantiles: QUANTILES, bins: 60 }),
    heat: kpiHeatmap.of({ ...window, bins: 40 }),
  };
}

export async function shows(at: Place) {
  const { figures, series, spread, heat } = askedAt(at);
  for (const store of [series, figures, spread, heat]) void store.prime(); // each panel has its place, and is drawn when it is there
}

export default function Kpis() {
  const at = usePlace();
  const { params } = at;
  const { range, metric, by, source, exact, apdexT, figuresQuery, ...stores } = askedAt(at);
  const figures = useStore(stores.figures);
  const series = useStore(stores.series);
  const spread = useStore(stores.spread);
  const heat = useStore(stores.heat);
  const tall = innerWidth >= 600 ? (by ? 402 : 380) : by ? 486 : 360;
  const address = () => `/kpis?${new URLSearchParams(Object.entries(figuresQuery).flatMap(([k, v]) => (v === null || v === undefined ? [] : [[k, String(v)]])))}`;
  return (
    <>
      <Top title="KPIs" beside={<SavedViews page="kpis" />} range={range} />
      <Filters metric={metric} by={by} source={source} params={params} />
      <Grid>
        {/* as tall as with a legend of two lines, so that nothing below moves when it comes */}
        <div class="full" style={{ display: 'grid', minHeight: `${tall}px` }}>
          <Loaded from={series} skeleton={<Skeleton height={tall} />}>{(d) => <OverTime data={d} metric={metric} range={range} />}</Loaded>
        </div>
        <Panel title="Figures" class="full kpi-figures" sentence={`${exact ? 'From the rows themselves, exact.' : 'From rollups: quantiles within 0.5 %, all else exact.'} Below a quantile its 95 % interval.${apdexT === null ? '' : ` Apdex: the share up to T = ${duration(apdexT)} and half of that up to ${duration(4 * apdexT)}, of all attempts.`}`}
          actions={<>
            {apdexT !== null && <ApdexT t={apdexT} />}
            <button type="button" class="ghost small" aria-pressed={exact} onClick={() => setParams({ exact: exact ? null : 'true' })}>Exact</button>
            <Copy class="ghost small" text={() => curl('GET', address())}>Copy as curl</Copy>
          </>}>
          <Loaded from={figures} skeleton={<Skeleton rows={4} />}>{(d) => <Figures data={d} metric={metric} by={by} apdexT={apdexT} />}</Loaded>
        </Panel>
        {/* how tall the table above is, only its rows tell: what is below waits, or it would be pushed down */}
        {(figures.data || figures.error) && <>
          <Loaded from={spread} skeleton={HALF}>{(d) => <Spread data={d} metric={metric} />}</Loaded>
          <Loaded from={heat} skeleton={HALF}>{(d) => <Heat data={d} />}</Loaded>
        </>}
      </Grid>
    </>
  );
}
