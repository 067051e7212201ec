// SPDX-License-Identifier: Apache-2.0
// Overview: six figures with their change, latency over time, success by scenario, recent runs. An installation without
// anything in it is led to its first run instead.
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { DashboardKpis } from '../../api/types';
import { Chart } from '../../charts/chart';
import { PERCENTILES } from '../../charts/theme';
import { duration, durationExact, span } from '../../format/duration';
import { fewSamples } from '../../format/metrics';
import { change, compact, count, percent, plural, significant, wilson } from '../../format/number';
import { rangeKey, rangeWords, type Range } from '../../format/time';
import { href, navigate, type Place, setParams } from '../../router';
import { useMay } from '../../state/access';
import { primeNames, useNames } from '../../state/names';
import { automations as automationList, kpis, scenarios as scenarioList } from '../../state/resources';
import { rangeAt, useNow, useRange, useZone } from '../../state/settings';
import { useStore } from '../../state/store';
import { useHeld } from '../../ui/hold';
import { useKeys } from '../../ui/keys';
import { later } from '../../ui/later';
import { Link } from '../../ui/link';
import { Empty, Grid, Loaded, Panel, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { runColumns } from '../../ui/run_table';
import { Table } from '../../ui/table';

const FirstRun = later(async () => (await import('./first_run')).FirstRun);

/** percent of change from which it is coloured: less than that is not worth an alarm */
const NOTABLE = 5;

interface Kpi { label: string; text: string; exact?: string; why: string; note: string; now: number | null | undefined; before: number | null | undefined; better: 'up' | 'down' | 'none'; points?: boolean }

function Change({ kpi }: { kpi: Kpi }) {
  const by = kpi.points ? (kpi.now != null && kpi.before != null ? kpi.now - kpi.before : null) : change(kpi.now, kpi.before);
  if (by === null) return kpi.label === 'Runs' || kpi.before != null ? <span class="note">no earlier figure</span> : null;
  if (Math.abs(by) < 0.5 && !kpi.points || Math.abs(by) < 0.05) return <span class="note">unchanged</span>;
  const good = kpi.better === 'none' ? null : (by > 0) === (kpi.better === 'up');
  const huge = !kpi.points && Math.abs(by) >= 1000;
  const notable = kpi.points ? Math.abs(by) >= 0.5 : Math.abs(by) >= NOTABLE;
  if (huge) return <span class="note">before: {compact(kpi.before)}</span>;
  const size = kpi.points ? `${significant(Math.abs(by), 2)} points` : `${significant(Math.abs(by), Math.abs(by) < 10 ? 2 : 3)} %`;
  const word = kpi.better === 'down' ? (by > 0 ? 'slower' : 'faster') : by > 0 ? 'more' : 'fewer';
  return <span class={`note change ${good === null || !notable ? '' : good ? 'tone-ok' : 'tone-bad'}`}><span aria-hidden="true">{by > 0 ? '▲' : '▼'}</span> {size} {kpi.points ? (by > 0 ? 'up' : 'down') : word}</span>;
}

function kpiList(d: DashboardKpis): Kpi[] {
  const n = d.total_time_stats?.n;
  const ttftN = d.ttft_stats?.n;
  const samples = (k: number | undefined) => (k === undefined ? '' : `n ${compact(k)}`);
  const none = 'no completed run in this range';
  const p = d.previous;
  const latency = (label: 'p50' | 'p95' | 'p99'): Kpi => {
    const ms = n === 0 ? null : d.total_time_stats?.[label]; // of no run the server says 0
    return {
      label: `Total ${label}`, text: duration(ms), exact: durationExact(ms), why: none,
      note: samples(n) + fewSamples(label, n), now: ms, before: p?.[label], better: 'down',
    };
  };
  return [
    { label: 'Runs', text: compact(d.total_runs), exact: count(d.total_runs), why: '', note: d.by_status?.running ? `${count(d.by_status.running)} running` : '', now: d.total_runs, before: p?.total_runs, better: 'none' },
    { label: 'Success', text: percent(d.total_runs ? d.success_rate : null), why: 'no run has finished in this range', note: d.by_status ? `${compact((d.by_status.failed ?? 0) + (d.by_status.timed_out ?? 0))} failed` : '', now: d.total_runs ? d.success_rate : null, before: p?.success_rate, better: 'up', points: true },
    latency('p50'), latency('p95'), latency('p99'),
    { label: 'TTFT p95', text: duration(d.ttft_stats?.p95), exact: durationExact(d.ttft_stats?.p95), why: 'no run with a first token in this range', note: samples(ttftN) + fewSamples('p95', ttftN), now: d.ttft_stats?.p95, before: p?.ttft_p95, better: 'down' },
  ];
}

function KpiStrip({ data, range }: { data: DashboardKpis; range: Range }) {
  return (
    <dl class="kpis">
      {kpiList(data).map((k) => (
        <div key={k.label} class="kpi">
          <dt>{k.label}</dt>
          <dd class={`value ${k.text === '–' ? 'none' : ''}`} title={k.text === '–' ? k.why : k.exact}>{k.text}</dd>
          <dd class="below">{k.text === '–' ? <span class="note">{k.why}</span> : <>{range.from !== 'all' && data.previous && <Change kpi={k} />}{k.note && <span class="note">{k.note}</span>}</>}</dd>
        </div>
      ))}
    </dl>
  );
}

function Latency({ data, range }: { data: DashboardKpis; range: Range }) {
  const zone = useZone();
  const buckets = data.series?.buckets;
  const columns = useMemo(() => (buckets ? [
    buckets.map((b) => Date.parse(b.at) / 1000), buckets.map((b) => b.p50_ms), buckets.map((b) => b.p95_ms), buckets.map((b) => b.p99_ms),
  ] : []), [buckets]);
  const n = data.total_time_stats?.n;
  const step = data.series?.bucket_seconds ?? 60;
  const p99 = data.total_time_stats?.p99;
  const by = change(p99, data.previous?.p99);
  const sentence = `p99 ${duration(p99)}${by === null || range.from === 'all' ? '' : `, ${by >= 0 ? 'up' : 'down'} ${significant(Math.abs(by), 2)} %`}, ${rangeWords(range, zone)}${n === undefined ? '' : `, ${plural(n, 'completed run')}`}${fewSamples('p99', n).replace(' ·', ',')}. One point is ${span(step)}.`;
  // the axis is that of the range, not only of the hours with runs in them; not drawn again each time that now moves a little
  const ends = data.range && range.from !== 'all' ? [Date.parse(data.range.from ?? ''), data.range.to ? Date.parse(data.range.to) : Math.ceil(Date.now() / (step * 1000)) * step * 1000] as const : null;
  const spanned = ends && Number.isFinite(ends[0]) ? [ends[0] / 1000, ends[1] / 1000] as const : undefined;
  const measured = buckets?.some((b) => b.p50_ms !== null);
  return (
    <Panel title="Latency over time" sentence={measured ? sentence : undefined} class="two-thirds">
      {measured && buckets
        ? <Chart title="Latency over time" span={spanned} sentence={sentence} columns={columns} x="time" step={step} xName="From" height={innerWidth < 900 ? 240 : 324} sync="overview"
            series={PERCENTILES.map((s) => ({ ...s, kind: 'line' as const }))} note={(i) => plural(buckets[i]?.n ?? 0, 'run')} />
        : <Empty title="No completed run in this range"><p>Latency appears here with the first run that completes.</p></Empty>}
    </Panel>
  );
}

function Success({ data }: { data: DashboardKpis }) {
  const list = [...(data.scenarios ?? [])].sort((a, b) => b.runs - a.runs);
  const shown = list.slice(0, 8);
  return (
    <Panel title="Success by scenario" sentence={shown.length ? 'Bar: rate. Line: 95 % interval for that many runs.' : undefined} class="third">
      {shown.length === 0 ? <Empty title="No scenario has run in this range" /> : (
        <ul class="success">
          {shown.map((s) => {
            const interval = wilson(s.success_rate, s.runs);
            return (
              <li key={s.scenario_id}>
                <Link to="/runs" params={{ scenario_id: s.scenario_id }} class="success-name">{s.name}</Link>
                <span class="success-rate" title={interval ? `95 % interval ${interval[0].toFixed(1)} to ${interval[1].toFixed(1)} %` : undefined}>{percent(s.success_rate)} <span class="note">n {compact(s.runs)}</span></span>
                <span class="bar" aria-hidden="true"><i style={{ width: `${s.success_rate ?? 0}%` }} />{interval && <b style={{ left: `${interval[0]}%`, width: `${Math.max(0.8, interval[1] - interval[0])}%` }} />}</span>
              </li>
            );
          })}
        </ul>
      )}
      {list.length > shown.length && <p class="note more"><Link to="/scenarios">{plural(list.length - shown.length, 'other')}</Link></p>}
    </Panel>
  );
}

/** The scenarios that the figures are of, and so of nearly all recent runs. */
const namesIn = (data: DashboardKpis) => new Map(data.scenarios?.map((s) => [s.scenario_id, s.name]));

function Recent({ data }: { data: DashboardKpis }) {
  const zone = useZone();
  const now = useNow(10_000);
  const held = useHeld(data.recent_runs, '');
  const known = useMemo(() => namesIn(data), [data]);
  const names = useNames('scenario', held.rows.map((r) => r.scenario_id), known);
  const columns = useMemo(() => runColumns(names, zone, now), [names, zone, now]);
  return (
    <Panel title="Recent runs" class="full" actions={<>{held.waiting > 0 && <button type="button" class="small" onClick={held.release}>{plural(held.waiting, 'new run')}: show</button>}<Link to="/runs">All runs</Link></>}>
      <div {...held.pointer}>
      {data.recent_runs.length === 0 ? <Empty title="No run yet"><p>Trigger one from a scenario.</p></Empty>
        : <Table keys rows={held.rows} columns={columns} id={(r) => r.id} caption="Recent runs" open={(r) => navigate(href(`/runs/${r.id}`))} />}
      </div>
    </Panel>
  );
}

const FALLBACK = '24h';
/** targets that the first run may be made with */
const OFFERED = 50;

export async function shows(at: Place): Promise<void> {
  const store = kpis.of(rangeKey(rangeAt(at, FALLBACK)));
  await store.prime();
  const { data } = store.get();
  if (data?.recent_runs.length === 0) await Promise.all([automationList.of({ limit: OFFERED }).prime(), scenarioList.of({ limit: 1 }).prime(), import('./first_run')]);
  if (data) await primeNames('scenario', data.recent_runs.map((r) => r.scenario_id), namesIn(data));
}

export default function Overview() {
  // once led, to the end: adding the scenario must not take the last step away
  const [led, lead] = useState(false);
  const range = useRange(FALLBACK);
  const store = kpis.of(rangeKey(range));
  const state = useStore(store);
  const empty = state.data?.recent_runs.length === 0;
  const automations = useStore(empty || led ? automationList.of({ limit: OFFERED }) : null);
  const scenarios = useStore(empty ? scenarioList.of({ limit: 1 }) : null);
  const may = useMay('operator');
  useKeys({ n: !may ? undefined : () => navigate(href('/runs', { dialog: 'trigger' })) });
  // whether there is nothing at all yet is known a moment later: shown together, so that no page flashes by
  const drawn = empty && ![automations, scenarios].every((s) => s.data || s.error) ? { ...state, data: undefined } : state;
  const fresh = empty && (automations.data?.length === 0 || scenarios.data?.length === 0);
  useEffect(() => { if (fresh) lead(true); }, [fresh]);
  if ((fresh || led) && may) return <><Top title="Overview" /><FirstRun automations={automations.data ?? []} /></>;
  return (
    <>
      <Top title="Overview" range={range}>{may && <button type="button" class="primary" onClick={() => navigate(href('/runs', { dialog: 'trigger' }))}>Trigger a run</button>}</Top>
      <Loaded from={drawn} retry={() => void store.refresh()} skeleton={<><Skeleton height={104} /><Skeleton height={360} /></>}>
        {(d) => (
          <Grid>
            <KpiStrip data={d} range={range} />
            {d.total_runs === 0 && range.from !== 'all' && <p class="hint full">No run in {rangeWords(range, 'UTC')}. <button type="button" class="ghost" onClick={() => setParams({ from: 'all', to: null })}>Show all time</button></p>}
            <Latency data={d} range={range} />
            <Success data={d} />
            <Recent data={d} />
          </Grid>
        )}
      </Loaded>
    </>
  );
}
