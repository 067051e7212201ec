// SPDX-License-Identifier: Apache-2.0
// One agent: its figures, how long its executions took and how many there were hour by hour, and the executions themselves.
import { useMemo } from 'preact/hooks';
import type { Agent, Observation } from '../../api/types';
import { Chart } from '../../charts/chart';
import { PERCENTILES } from '../../charts/theme';
import { COUNT } from '../../charts/units';
import { duration, durationExact, span } from '../../format/duration';
import { fewSamples } from '../../format/metrics';
import { money } from '../../format/money';
import { compact, count, percent, plural, wilson } from '../../format/number';
import { moment, type Range, rangeKey, rangeWords } from '../../format/time';
import { costExact, each, tokensExact } from '../../format/traces';
import { href, navigate, paramsNamed, type Place, usePlace } from '../../router';
import { rangeAt, useNow, useRange, useZone } from '../../state/settings';
import { useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { leads } from '../../ui/leads';
import { Link } from '../../ui/link';
import { PAGE, When } from '../../ui/listing';
import { Empty, Grid, Loaded, Panel, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { Pill, Value } from '../../ui/state';
import { Strip } from '../../ui/strip';
import { type Column, Table } from '../../ui/table';
import { Steps } from '../traces/parts';
import { agents, observations } from '../traces/stores';
import { hoursOf, rank } from './hours';
import { agentParams, ordered, sortAt } from './order';

const FALLBACK = '30d';
const DAY_MS = 86_400_000;
const DAYS_MOST = 3650;
/** Executions that the charts are of, the last ones. */
const CHARTED = 1000;

/** The days that the figures are of: those since the range began. They are kept by day. */
function daysSince(range: Range): number {
  const from = range.from === 'all' ? null : moment(range.from, Date.now());
  return from === null ? DAYS_MOST : Math.min(DAYS_MOST, Math.max(1, Math.round((Date.now() - from) / DAY_MS)));
}

const nameAt = ({ params }: Place) => params.get('agent') ?? '';
function storesAt(at: Place) {
  const range = rangeAt(at, FALLBACK);
  const of = { type: 'AGENT', name: nameAt(at), ...rangeKey(range), view: 'summary' };
  return { figures: agents.of({ days: daysSince(range) }), charted: observations.of({ ...of, limit: CHARTED }), page: observations.of({ ...of, limit: PAGE, after: at.params.get('after') }) };
}

export async function shows(at: Place): Promise<void> {
  const { figures, charted, page } = storesAt(at);
  void charted.prime();
  await Promise.all([figures.prime(), page.prime()]);
}

function Figures({ of: a, days }: { of: Agent; days: number }) {
  const interval = wilson(a.success_rate, a.execution_count);
  return <Strip cells={[
    { label: 'Executions', text: compact(a.execution_count), exact: count(a.execution_count), note: days >= DAYS_MOST ? 'all that is mirrored' : `in the last ${plural(days, 'day')}, UTC` },
    { label: 'Success', text: percent(a.success_rate), exact: interval ? `95 % interval ${interval[0].toFixed(1)} to ${interval[1].toFixed(1)} %` : undefined, note: `n ${compact(a.execution_count)}, ${compact(a.errors)} failed` },
    { label: 'Mean latency', text: duration(a.avg_latency_ms), exact: durationExact(a.avg_latency_ms), note: a.avg_latency_ms === null ? 'none has ended' : 'begin to end' },
    { label: 'Tokens', text: compact(a.total_tokens), exact: tokensExact(a), note: `${compact(each(a.total_tokens, a.execution_count))} an execution` },
    { label: 'Cost, USD', text: money(a.total_cost, null), exact: costExact(a.total_cost), note: 'of its generations' },
    { label: 'Cost of one, USD', text: money(each(a.total_cost, a.execution_count), null), exact: costExact(each(a.total_cost, a.execution_count)), note: 'mean' },
  ]} />;
}

function Charts({ list, more, range }: { list: readonly Observation[]; more: boolean; range: Range }) {
  const zone = useZone();
  const now = useNow(60_000);
  const begins = list.map((o) => Date.parse(o.start_time));
  // where more executions are in the range than are charted, the charts begin with the first of these
  const earliest = begins.length ? begins.reduce((a, b) => Math.min(a, b)) : now;
  const from = more || range.from === 'all' ? earliest : moment(range.from, now) ?? earliest;
  const to = moment(range.to, now) ?? now;
  const { step, buckets } = useMemo(() => hoursOf(list, from, to), [list, Math.floor(from / 60_000), Math.floor(to / 60_000)]);
  const columns = useMemo(() => {
    const at = buckets.map((b) => b.at);
    return { latency: [at, buckets.map((b) => b.p50), buckets.map((b) => b.p95)], executions: [at, buckets.map((b) => b.n), buckets.map((b) => (b.failed > 0 ? b.failed : null))] };
  }, [buckets]);
  const took = useMemo(() => list.flatMap((o) => (o.latency_ms === null ? [] : [o.latency_ms])).sort((a, b) => a - b), [list]);
  const which = more ? `the last ${count(list.length)} executions of this range` : rangeWords(range, zone);
  const latency = `p50 ${duration(rank(took, 0.5))}, p95 ${duration(rank(took, 0.95))}, ${which}, n ${count(took.length)}${fewSamples('p95', took.length).replace(' ·', ',')}. One point is ${span(step)}.`;
  const failed = list.filter((o) => o.level === 'ERROR').length;
  const executions = `${plural(list.length, 'execution')}, ${failed === 0 ? 'none failed' : `${count(failed)} failed`}, ${which}. One stem is ${span(step)}.`;
  const shared = { x: 'time' as const, step, xName: 'From', height: 240, sync: 'agent' };
  if (list.length === 0) return <Panel title="Latency and executions" class="full"><Empty title="No execution in this range"><p>Another range may have some.</p></Empty></Panel>;
  return (
    <>
      <Panel title="Latency over time" sentence={latency} class="half"><Chart title="Latency over time" sentence={latency} columns={columns.latency} {...shared} room={40} series={PERCENTILES.slice(0, 2).map((p) => ({ ...p, kind: 'line' as const }))} note={(i) => `n ${count(buckets[i]?.ended)}`} /></Panel>
      <Panel title="Executions over time" sentence={executions} class="half"><Chart title="Executions over time" sentence={executions} columns={columns.executions} {...shared} unit={COUNT} series={[{ label: 'executions', token: 'chart-1', kind: 'stem' }, ...(failed > 0 ? [{ label: 'failed', token: 'bad', kind: 'mark' as const }] : [])]} /></Panel>
    </>
  );
}

/** The trace of an execution, with it selected. */
const whereIs = (o: Observation) => ({ source: o.source_id, trace: o.trace_id, o: o.id });

function columns(zone: string, now: number): Column<Observation>[] {
  return [
    { head: 'Trace', class: 'name mono', cell: (o) => <Link to="/traces/trace" params={whereIs(o)}>{o.trace_id}</Link> },
    { head: 'State', cell: (o) => <>{o.level === 'ERROR' ? <Pill tone="bad" sign="✕">failed</Pill> : o.end_time === null ? <Pill tone="info" sign="▸">no end yet</Pill> : <Pill tone="ok" sign="✓">done</Pill>}</> },
    { head: 'What it said', class: 'clip mid', cell: (o) => o.status_message ?? <span class="none" title="nothing">–</span> },
    { head: 'Session', class: 'mono clip mid', cell: (o) => (o.session_id === null ? <span class="none" title="none was named">–</span> : <Link to="/traces/session" params={{ source: o.source_id, session: o.session_id }}>{o.session_id}</Link>) },
    { head: 'User', class: 'clip mid', cell: (o) => o.user_id ?? <span class="none" title="none was named">–</span> },
    { head: 'Latency', right: true, cell: (o) => <Value text={duration(o.latency_ms)} exact={durationExact(o.latency_ms)} why="it has not ended, or did not say" /> },
    { head: 'Began', right: true, class: 'time', cell: (o) => <When at={o.start_time} zone={zone} now={now} /> },
  ];
}

function Executions({ at }: { at: Place }) {
  const zone = useZone();
  const now = useNow(60_000);
  const { page } = storesAt(at);
  const state = useStore(page);
  const shape = useMemo(() => columns(zone, now), [zone, now]);
  const after = at.params.get('after');
  const path = `/observations?${new URLSearchParams({ type: 'AGENT', name: nameAt(at) })}`;
  return (
    <section class="panel list full" aria-label="Executions">
      <header class="panel-head"><div><h2>Executions</h2></div></header>
      <Loaded from={state} retry={() => void page.refresh()} skeleton={<Skeleton rows={8} />}>
        {(list) => (list.length === 0 ? <Empty title="No execution in this range" /> : <Table rows={list} columns={shape} id={(o) => `${o.source_id}/${o.id}`} caption="Executions, newest first" open={(o) => navigate(href('/traces/trace', whereIs(o)))} />)}
      </Loaded>
      {state.data && state.data.length > 0 && <footer class="pager"><span class="note">{plural(state.data.length, 'execution')}{state.next || after ? ' on this page' : ''}</span><Copy class="ghost" text={() => curl('GET', path)}>Copy as curl</Copy>
        {(state.next || after) && <><button type="button" disabled={!after} {...leads({ after: null })}>Newest</button><button type="button" disabled={!state.after} {...leads({ after: state.after })}>Older</button></>}</footer>}
    </section>
  );
}

export default function AgentPage() {
  const at = usePlace();
  const name = nameAt(at);
  const range = useRange(FALLBACK);
  const days = daysSince(range);
  const stores = storesAt(at);
  const figures = useStore(stores.figures);
  const charted = useStore(stores.charted);
  const carried = paramsNamed(at.params, ['days', 'sort', 'q']);
  const list = useMemo(() => ordered(figures.data?.data ?? [], sortAt(at.params), at.params.get('q') ?? ''), [figures.data, at.params]);
  const here = list.findIndex((a) => a.name === name);
  const go = (a: Agent | undefined) => (a ? () => navigate(href('/agents/agent', agentParams(a.name, { ...carried, ...paramsNamed(at.params, ['from', 'to']) })), { together: true }) : undefined);
  const agent = figures.data?.data.find((a) => a.name === name);
  return (
    <>
      <Top title={<><Link to="/agents" params={carried} class="crumb">Agents</Link><span class="crumb-mark" aria-hidden="true">/</span><span class="cut">{name}</span></>} range={range}>
        <Steps noun="agent" older={here >= 0 ? go(list[here + 1]) : undefined} newer={here > 0 ? go(list[here - 1]) : undefined} words={['Previous', 'Next']} />
      </Top>
      <Loaded from={figures} retry={() => void stores.figures.refresh()} skeleton={<Skeleton height={104} />}>
        {() => (
          <Grid>
            {agent ? <Figures of={agent} days={days} /> : <section class="panel full"><Empty title={`No execution of ${name || 'this agent'} in the last ${plural(days, 'day')}`}><Link to="/agents" params={carried} class="button">All agents</Link></Empty></section>}
            <Loaded from={charted} retry={() => void stores.charted.refresh()} skeleton={<><section class="panel half"><Skeleton height={340} /></section><section class="panel half"><Skeleton height={340} /></section></>}>{(l) => <Charts list={l} more={charted.next} range={range} />}</Loaded>
            <Executions at={at} />
          </Grid>
        )}
      </Loaded>
    </>
  );
}
