// SPDX-License-Identifier: Apache-2.0
// Agents as traces have them: how often each was executed, how well, how fast, and for how much.
import { useMemo } from 'preact/hooks';
import type { Agent } from '../../api/types';
import { duration, durationExact } from '../../format/duration';
import { compact, count, percent, plural, wilson } from '../../format/number';
import { cost, costExact, each, tokensExact } from '../../format/traces';
import { href, navigate, type Place, setParams, usePlace } from '../../router';
import { useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { Link } from '../../ui/link';
import { Empty, Loaded, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { SearchBox } from '../../ui/search_box';
import { Value } from '../../ui/state';
import { type Column, Table } from '../../ui/table';
import { Errors, NothingYet } from '../traces/parts';
import { agents as store, allSources } from '../traces/stores';
import { DaysPicker, daysAt, USUAL_DAYS } from '../traces/window';
import { agentParams, ordered, sortAt } from './order';

const storeAt = ({ params }: Place) => store.of({ days: daysAt(params) });

export async function shows(at: Place): Promise<void> {
  await storeAt(at).prime();
}

const rated = (a: Agent) => { const i = wilson(a.success_rate, a.execution_count); return i ? `95 % interval ${i[0].toFixed(1)} to ${i[1].toFixed(1)} %` : undefined; };

function columns(by: string, categories: boolean, carried: Record<string, string>): Column<Agent>[] {
  const sort = (name: string) => ({ active: by === name ? (name === 'success' ? 'ascending' as const : 'descending' as const) : null, toggle: () => setParams({ sort: name === 'executions' ? null : name }) });
  return [
    { head: 'Agent', class: 'name', cell: (a) => <><Link to="/agents/agent" params={agentParams(a.name, { ...carried, from: `now-${carried.days ?? USUAL_DAYS}d` })}>{a.name}</Link><span class="note line narrow-only">{percent(a.success_rate)} of {compact(a.execution_count)}</span></> },
    ...(categories ? [{ head: 'Category', class: 'mid clip', cell: (a: Agent) => a.category }] : []),
    { head: 'Executions', right: true, class: 'spare', sort: sort('executions'), cell: (a) => <span title={count(a.execution_count)}>{compact(a.execution_count)}</span> },
    { head: 'Success', right: true, class: 'mid', sort: sort('success'), cell: (a) => <span title={rated(a)}>{percent(a.success_rate)} <span class="note">n {compact(a.execution_count)}</span></span> },
    { head: 'Errors', right: true, class: 'mid', cell: (a) => <Errors n={a.errors} /> },
    { head: 'Mean latency', right: true, sort: sort('latency'), cell: (a) => <Value text={duration(a.avg_latency_ms)} exact={durationExact(a.avg_latency_ms)} why="none of its executions has ended" /> },
    { head: 'Tokens', right: true, class: 'mid', sort: sort('tokens'), cell: (a) => <span title={tokensExact(a)}>{compact(a.total_tokens)}</span> },
    { head: 'Cost', right: true, sort: sort('cost'), cell: (a) => <span title={costExact(a.total_cost)}>{cost(a.total_cost)}</span> },
    { head: 'Cost of one', right: true, class: 'mid', cell: (a) => <span title={costExact(each(a.total_cost, a.execution_count))}>{cost(each(a.total_cost, a.execution_count))}</span> },
  ];
}

export default function Agents() {
  const at = usePlace();
  const { params } = at;
  const days = daysAt(params);
  const from = storeAt(at);
  const state = useStore(from);
  const any = useStore(allSources()).data?.length;
  const text = params.get('q') ?? '';
  const by = sortAt(params);
  const all = state.data?.data;
  const categories = all?.some((a) => a.category !== 'other') ?? false;
  const rows = useMemo(() => ordered(all ?? [], by, text), [all, by, text]);
  const carried = JSON.stringify(Object.fromEntries(['days', 'sort', 'q'].flatMap((n) => { const v = params.get(n); return v ? [[n, v]] : []; })));
  const shape = useMemo(() => columns(by, categories, JSON.parse(carried) as Record<string, string>), [by, categories, carried]);
  return (
    <>
      <Top title="Agents"><DaysPicker /><Copy text={() => curl('GET', `/agents?days=${days}`)}>Copy as curl</Copy></Top>
      <div class="filters" role="search" aria-label="Filter agents"><SearchBox label="Search agents by name" /></div>
      <section class="panel list" aria-label="Agents">
        <Loaded from={state} retry={() => void from.refresh()} skeleton={<Skeleton rows={8} />}>
          {({ data }) => (rows.length > 0 ? (
            <Table keys rows={rows} columns={shape} id={(a) => a.name} caption={`Agents of the last ${plural(days, 'day')}`} open={(a) => navigate(href('/agents/agent', agentParams(a.name, { ...(JSON.parse(carried) as Record<string, string>), from: `now-${days}d` })))} />
          ) : data.length > 0 ? <Empty title="No agent matches"><button type="button" onClick={() => setParams({ q: null })}>Clear the filter</button></Empty>
            : any ? <Empty title={`No agent in the last ${plural(days, 'day')}`}><p>An agent is an observation of type AGENT. Sources that send none have traces without agents.</p>{days < 365 && <button type="button" onClick={() => setParams({ days: 365 })}>Show a year</button>}</Empty> : <NothingYet what="agent" />)}
        </Loaded>
        {rows.length > 0 && <footer class="pager"><span class="note">{plural(rows.length, 'agent')}{all && rows.length < all.length ? ` of ${count(all.length)}` : ''}; cost and tokens are those of the generations right below each execution</span></footer>}
      </section>
    </>
  );
}
