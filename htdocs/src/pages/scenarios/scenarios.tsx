// SPDX-License-Identifier: Apache-2.0
// Scenarios: what is asked of a target. Table with the last day's figures; editor with the merged inputs by origin.
import { useMemo, useState } from 'preact/hooks';
import type { Scenario } from '../../api/types';
import { duration, durationExact } from '../../format/duration';
import { compact, percent } from '../../format/number';
import { dateTime, rangeKey, rangeWords, shortTime } from '../../format/time';
import { href, navigate, type Place, setParams, usePlace } from '../../router';
import { useMay } from '../../state/access';
import { primeNames, useNames } from '../../state/names';
import { kpis, scenarios } from '../../state/resources';
import { rangeAt, useNow, useRange, useZone } from '../../state/settings';
import { useListing, useStore } from '../../state/store';
import { useKeys } from '../../ui/keys';
import { ComparePicked } from '../../ui/compare_picked';
import { later } from '../../ui/later';
import { leads } from '../../ui/leads';
import { Link } from '../../ui/link';
import { Empty, Loaded, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { Pick } from '../../ui/pick';
import { SearchBox } from '../../ui/search_box';
import { Value } from '../../ui/state';
import { useSelection } from '../../ui/selection';
import { type Column, Table } from '../../ui/table';
import { SavedViews } from '../../views/saved_views';

const EditScenario = later(async () => (await import('./scenario_editor')).EditScenario);
const Trigger = later(async () => (await import('../../editor/trigger')).Trigger);

const PAGE = 50;
const MOST_USED = 200;

const FALLBACK = '24h';
const queryAt = (params: URLSearchParams) => ({ q: params.get('q'), automation_id: params.get('automation_id'), after: params.get('after'), limit: PAGE });

export async function shows(at: Place): Promise<void> {
  const store = scenarios.of(queryAt(at.params));
  await Promise.all([store.prime(), kpis.of(rangeKey(rangeAt(at, FALLBACK))).prime()]);
  await primeNames('automation', (store.get().data ?? []).map((s) => s.automation_id));
}

export default function Scenarios({ id }: { id: string | null }) {
  const { params } = usePlace();
  const zone = useZone();
  const now = useNow(60_000);
  const range = useRange(FALLBACK);
  const may = useMay('operator');
  const q = params.get('q');
  const automationId = params.get('automation_id');
  const store = scenarios.of(queryAt(params));
  const state = useListing(store);
  const names = useNames('automation', (state.data ?? []).map((s) => s.automation_id));
  const kpiState = useStore(kpis.of(rangeKey(range)));
  const figures = useMemo(() => new Map(kpiState.data?.scenarios?.map((s) => [s.scenario_id, s])), [kpiState.data]);
  // columns take their width from the figures: shown together, so that nothing moves
  const ready = kpiState.data || kpiState.error || state.error ? state : { ...state, data: undefined };
  const [running, setRunning] = useState<number | null>(null);
  const [selected, setSelected] = useSelection(JSON.stringify([q, automationId]));
  // the server names the most used ones only
  const all = figures.size < MOST_USED;
  const none = all ? `no completed run in ${rangeWords(range, zone)}` : `no completed run in ${rangeWords(range, zone)}, or not among the ${MOST_USED} most used scenarios of it: its own page has its figures`;
  const carried = params.toString();
  const columns = useMemo((): Column<Scenario>[] => {
    const carry = new URLSearchParams(carried);
    return [
      { head: 'Name', class: 'name', cell: (s) => <><Link to={`/scenarios/${s.id}`} params={carry}>{s.name}</Link>{s.description && <span class="note line">{s.description}</span>}</> },
      { head: 'Automation', class: 'mid', cell: (s) => <Link to={`/automations/${s.automation_id}`}>{names(s.automation_id)}</Link> },
      { head: 'Version', right: true, class: 'wide', cell: (s) => s.version },
      { head: 'Runs', right: true, class: 'spare', cell: (s) => <Link to="/runs" params={{ scenario_id: s.id }}>{all || figures.has(s.id) ? compact(figures.get(s.id)?.runs ?? 0) : <Value text="–" why={none} />}</Link> },
      { head: 'Success', right: true, cell: (s) => <Value text={percent(figures.get(s.id)?.success_rate)} why={none} /> },
      { head: 'p50', right: true, cell: (s) => <Value text={duration(figures.get(s.id)?.p50_ms)} exact={durationExact(figures.get(s.id)?.p50_ms)} why={none} /> },
      { head: 'p95', right: true, cell: (s) => <Value text={duration(figures.get(s.id)?.p95_ms)} exact={durationExact(figures.get(s.id)?.p95_ms)} why={none} /> },
      { head: 'Changed', class: 'time wide', cell: (s) => <time dateTime={s.updated_at} title={dateTime(s.updated_at, zone)}>{shortTime(s.updated_at, zone, now)}</time> },
      { head: 'Start', class: 'act', cell: (s) => may && <button type="button" class="small" aria-label={`Run ${s.name}`} onClick={() => setRunning(s.id)}>Run</button> },
    ];
  }, [names, figures, all, none, zone, now, may, carried]);
  const add = () => navigate(href('/scenarios/new', params));
  useKeys({ n: may ? add : undefined });
  return (
    <>
      <Top title="Scenarios" beside={<SavedViews page="scenarios" />} range={range}>{may && <button type="button" class="primary" onClick={add}>Add a scenario</button>}</Top>
      <div class="filters" role="search" aria-label="Filter scenarios">
        <SearchBox label="Search scenarios" />
        <Pick kind="automation" none="Any automation" value={automationId ?? ''} onPick={(picked) => setParams({ automation_id: picked, after: null })} control={{ 'aria-label': 'Automation' }} />
      </div>
      <section class="panel list" aria-label="Scenarios" aria-busy={state.waiting}>
        <ComparePicked ids={selected} kind="scenario" clear={() => setSelected(new Set())} />
        <Loaded from={ready} retry={() => void store.refresh()} skeleton={<Skeleton rows={6} />}>
          {(list) => list.length === 0 ? (
            <Empty title={q || automationId ? 'No scenario matches' : 'No scenario yet'}>
              {q || automationId ? <button type="button" onClick={() => navigate(href('/scenarios'))}>Clear the filter</button>
                : <><p>A scenario is what is asked of a target: a prompt, its parameters, and how to run it.</p>{may && <button type="button" class="primary" onClick={add}>Add a scenario</button>}</>}
            </Empty>
          ) : (
            <Table keys rows={list} id={(s) => s.id} caption="Scenarios" open={(s) => navigate(href(`/scenarios/${s.id}`, params))} selected={selected} select={setSelected} name={(s) => s.name} columns={columns} />
          )}
        </Loaded>
        {(state.next || params.get('after')) && <footer class="pager"><button type="button" disabled={!params.get('after')} {...leads({ after: null })}>First</button><button type="button" disabled={!state.next} {...leads({ after: state.data?.at(-1)?.id })}>Next</button></footer>}
      </section>
      {id && <EditScenario key={id} id={id} />}
      {running !== null && <Trigger scenarioId={running} onClose={() => setRunning(null)} />}
    </>
  );
}
