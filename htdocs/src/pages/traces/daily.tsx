// SPDX-License-Identifier: Apache-2.0
// Traces, cost and tokens day by day, and what each model did.
import { useMemo } from 'preact/hooks';
import type { TraceDay, TraceModel } from '../../api/types';
import { Chart } from '../../charts/chart';
import { COUNT, type Unit } from '../../charts/units';
import { duration, durationExact } from '../../format/duration';
import { compact, count, percent, plural, significant, wilson } from '../../format/number';
import { cost, costExact, each, tokensExact } from '../../format/traces';
import { type Place, setParams, usePlace } from '../../router';
import { syncStatus } from '../../state/resources';
import { useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { Empty, Grid, Loaded, Panel, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { Value } from '../../ui/state';
import { Strip } from '../../ui/strip';
import { type Column, Table } from '../../ui/table';
import { counted, type DayPoint, daysOf, mirroredSince, sumOf } from './days';
import { NothingYet, Sections } from './parts';
import { allSources, days as dayStore, models as modelStore } from './stores';
import { DaysPicker, daysAt } from './window';

/** US dollars. */
const MONEY: Unit = { text: cost, exact: costExact, axis: () => ({ unit: '', size: 1 }) };
const TOKENS: Unit = { ...COUNT, axis: (max) => (max >= 1e6 ? { unit: ' M', size: 1e6 } : max >= 2e3 ? { unit: ' k', size: 1e3 } : { unit: '', size: 1 }) };

const storesAt = ({ params }: Place) => { const query = { days: daysAt(params) }; return { days: dayStore.of(query), models: modelStore.of(query) }; };

export async function shows(at: Place): Promise<void> {
  const { days, models } = storesAt(at);
  await Promise.all([days.prime(), models.prime(), syncStatus.prime()]);
}

function Figures({ list, asked }: { list: readonly TraceDay[]; asked: number }) {
  const s = sumOf(list);
  const good = s.traces > 0 ? (100 * (s.traces - s.errors)) / s.traces : null;
  const interval = wilson(good, s.traces);
  return <Strip cells={[
    { label: 'Traces', text: compact(s.traces), exact: count(s.traces), note: `on ${plural(s.days, 'day')} of ${count(asked)}` },
    { label: 'Without an error', text: percent(good), exact: interval ? `95 % interval ${interval[0].toFixed(1)} to ${interval[1].toFixed(1)} %` : undefined, note: `n ${compact(s.traces)}, ${compact(s.errors)} with errors` },
    { label: 'Tokens', text: compact(s.tokens), exact: `${count(s.input)} in, ${count(s.output)} out`, note: `${compact(s.input)} in, ${compact(s.output)} out` },
    { label: 'Cost', text: cost(s.cost), exact: costExact(s.cost), note: `${cost(each(s.cost, s.traces))} a trace` },
  ]} />;
}

const POINT = { x: 'time' as const, step: 86_400, xName: 'Day, UTC', height: 220 };

function Charts({ points }: { points: readonly DayPoint[] }) {
  const columns = useMemo(() => {
    const at = points.map((p) => p.at);
    const of = (what: (d: TraceDay) => number) => points.map((p) => counted(p, what));
    return {
      traces: [at, of((d) => d.execution_count), of((d) => d.errors)], cost: [at, of((d) => d.total_cost)],
      tokens: [at, of((d) => d.input_tokens), of((d) => d.output_tokens)], latency: [at, points.map((p) => p.day?.avg_latency_ms ?? null)],
    };
  }, [points]);
  const unknown = points.filter((p) => !p.known).length;
  const gap = unknown > 0 ? ` ${plural(unknown, 'day')} without a point ${unknown === 1 ? 'is' : 'are'} not mirrored.` : '';
  const n = (i: number) => (points[i]?.day ? `n ${count(points[i]?.day?.execution_count)}` : points[i]?.known ? 'no trace' : 'not mirrored');
  const traced = `Traces by the day on which they began, UTC; today is not over.${gap}`;
  return (
    <>
      <Panel title="Traces" sentence={traced} class="half"><Chart title="Traces" sentence={traced} columns={columns.traces} unit={COUNT} {...POINT} room={96} series={[{ label: 'traces', token: 'chart-1', kind: 'line' }, { label: 'with errors', token: 'bad', kind: 'line', dash: [6, 4] }]} note={n} /></Panel>
      <Panel title="Cost" sentence="US dollars a day, as the sources reckon." class="half"><Chart title="Cost" sentence="US dollars a day, as the sources reckon." columns={columns.cost} unit={MONEY} {...POINT} room={40} series={[{ label: 'cost', token: 'chart-2', kind: 'line' }]} note={n} /></Panel>
      <Panel title="Tokens" sentence="Tokens a day, in and out." class="half"><Chart title="Tokens" sentence="Tokens a day, in and out." columns={columns.tokens} unit={TOKENS} {...POINT} room={40} series={[{ label: 'in', token: 'chart-1', kind: 'line' }, { label: 'out', token: 'chart-2', kind: 'line', dash: [6, 4] }]} note={n} /></Panel>
      <Panel title="Mean latency" sentence="Mean latency of the traces of a day." class="half"><Chart title="Mean latency" sentence="Mean latency of the traces of a day." columns={columns.latency} {...POINT} room={56} series={[{ label: 'mean', token: 'chart-3', kind: 'line' }]} note={n} /></Panel>
    </>
  );
}

/** What a table is ordered by: head of its column, and the figure. */
const SORTS: Record<string, (m: TraceModel) => number> = { calls: (m) => m.execution_count, latency: (m) => m.avg_latency_ms ?? -1, tokens: (m) => m.total_tokens, cost: (m) => m.total_cost };

function Models({ list, days }: { list: readonly TraceModel[]; days: number }) {
  const { params } = usePlace();
  const by = params.get('sort') ?? 'calls';
  const figure = SORTS[by] ?? SORTS.calls;
  const rows = useMemo(() => [...list].sort((a, b) => (figure?.(b) ?? 0) - (figure?.(a) ?? 0) || (a.name < b.name ? -1 : 1)), [list, figure]);
  const total = list.reduce((sum, m) => sum + m.total_cost, 0);
  const sort = (name: string) => ({ active: by === name ? 'descending' as const : null, toggle: () => setParams({ sort: name === 'calls' ? null : name }) });
  const columns: Column<TraceModel>[] = [
    { head: 'Model', class: 'name mono', cell: (m) => m.name },
    { head: 'Calls', right: true, sort: sort('calls'), cell: (m) => <span title={count(m.execution_count)}>{compact(m.execution_count)}</span> },
    { head: 'Success', right: true, class: 'mid', cell: (m) => <>{percent(m.success_rate)} <span class="note">n {compact(m.execution_count)}</span></> },
    { head: 'Mean latency', right: true, class: 'spare', sort: sort('latency'), cell: (m) => <Value text={duration(m.avg_latency_ms)} exact={durationExact(m.avg_latency_ms)} why="no call has ended" /> },
    { head: 'Tokens in', right: true, class: 'mid', cell: (m) => <span title={tokensExact(m)}>{compact(m.input_tokens)}</span> },
    { head: 'Tokens out', right: true, class: 'mid', cell: (m) => <span title={tokensExact(m)}>{compact(m.output_tokens)}</span> },
    { head: 'Tokens', right: true, class: 'mid', sort: sort('tokens'), cell: (m) => <span title={tokensExact(m)}>{compact(m.total_tokens)}</span> },
    { head: 'Cost', right: true, sort: sort('cost'), cell: (m) => <span title={costExact(m.total_cost)}>{cost(m.total_cost)}</span> },
    { head: 'Share of cost', class: 'mid share', cell: (m) => (total > 0 ? <span class="share-of"><span class="bar" aria-hidden="true"><i style={{ width: `${(100 * m.total_cost) / total}%` }} /></span>{percent((100 * m.total_cost) / total)}</span> : <span class="none" title="nothing of it cost anything">–</span>) },
  ];
  return (
    <Panel title="Models" class="full" sentence={`Calls of each model in the last ${plural(days, 'day')}, as observations name it.`} actions={<Copy class="ghost small" text={() => curl('GET', `/traces/models?days=${days}`)}>Copy as curl</Copy>}>
      {rows.length === 0 ? <Empty title="No observation names a model" /> : <Table keys rows={rows} columns={columns} id={(m) => m.name} caption={`Models, ${significant(rows.length)} of them`} />}
    </Panel>
  );
}

export default function Daily() {
  const at = usePlace();
  const asked = daysAt(at.params);
  const stores = storesAt(at);
  const days = useStore(stores.days);
  const models = useStore(stores.models);
  const sync = useStore(syncStatus).data;
  const any = (useStore(allSources()).data?.length ?? 0) > 0;
  const since = sync ? mirroredSince(sync.sources) : null;
  const today = new Date().toISOString().slice(0, 10);
  const points = useMemo(() => daysOf(days.data ?? [], asked, Date.parse(today), since), [days.data, asked, today, since]);
  return (
    <>
      <Top title="Traces"><DaysPicker /><Copy text={() => curl('GET', `/traces/daily?days=${asked}`)}>Copy as curl</Copy></Top>
      <Sections />
      <Loaded from={days} retry={() => void stores.days.refresh()} skeleton={<><Skeleton height={104} /><Skeleton height={320} /></>}>
        {(list) => (list.length === 0 ? (any ? <section class="panel"><Empty title={`No trace in the last ${plural(asked, 'day')}`}>{asked < 365 && <button type="button" onClick={() => setParams({ days: 365 })}>Show a year</button>}</Empty></section> : <section class="panel"><NothingYet what="trace" /></section>) : (
          <Grid>
            <Figures list={list} asked={asked} />
            <Charts points={points} />
            <Loaded from={models} retry={() => void stores.models.refresh()} skeleton={<Skeleton rows={5} />}>{(l) => <Models list={l} days={asked} />}</Loaded>
          </Grid>
        ))}
      </Loaded>
    </>
  );
}
