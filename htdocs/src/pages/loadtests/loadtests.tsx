// SPDX-License-Identifier: Apache-2.0
// Load tests: filter chips, table paged by cursor, what came of each in one line.
import { useMemo } from 'preact/hooks';
import { isActive, LOADTEST_STATUSES, type LoadTest } from '../../api/types';
import { duration, durationExact } from '../../format/duration';
import { modelWords } from '../../format/load';
import { count, percent, plural } from '../../format/number';
import { dateTime, shortTime } from '../../format/time';
import { href, navigate, type Place, setParams, usePlace } from '../../router';
import { useMay } from '../../state/access';
import { primeNames, useNames } from '../../state/names';
import { loadtests, scenarios } from '../../state/resources';
import { useNow, useZone } from '../../state/settings';
import { useListing, useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { useKeys } from '../../ui/keys';
import { ComparePicked } from '../../ui/compare_picked';
import { leads } from '../../ui/leads';
import { Link } from '../../ui/link';
import { Empty, Loaded, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { Pick } from '../../ui/pick';
import { SearchBox } from '../../ui/search_box';
import { statusWord, Value } from '../../ui/state';
import { StateChips } from '../../ui/state_chips';
import { useSelection } from '../../ui/selection';
import { type Column, Table } from '../../ui/table';
import { useHeld } from '../../ui/hold';
import { SavedViews } from '../../views/saved_views';
import { headlineOf, LoadState, nameOf, Validity, whyNoFigure } from './headline';
import { FILTERS, filtersAt } from './filters';

const PAGE = 50;

function Filters({ params, some }: { params: URLSearchParams; some: boolean }) {
  return (
    <div class="filters" role="search" aria-label="Filter load tests">
      <StateChips states={LOADTEST_STATUSES} word={statusWord} />
      <Pick kind="scenario" none="Any scenario" value={params.get('scenario_id') ?? ''} onPick={(id) => setParams({ scenario_id: id, after: null })} control={{ 'aria-label': 'Scenario' }} />
      <Pick kind="automation" none="Any automation" value={params.get('automation_id') ?? ''} onPick={(id) => setParams({ automation_id: id, after: null })} control={{ 'aria-label': 'Automation' }} />
      <SearchBox label="Search load tests by name" />
      {some && <button type="button" class="ghost" onClick={() => setParams(Object.fromEntries([...FILTERS, 'after'].map((f) => [f, null])))}>Clear</button>}
    </div>
  );
}

/** The figures again, for where their columns have no room. */
function line(t: LoadTest): string {
  const h = headlineOf(t);
  return h?.p95 == null ? '' : `${h.name} p95 ${duration(h.p95)}`;
}

function columns(scenarioName: (id: number | null) => string, zone: string, now: number, filters: Record<string, string>): Column<LoadTest>[] {
  return [
    { head: 'Name', class: 'name', cell: (t) => <><Link to={`/loadtests/${t.id}`} params={filters}>{nameOf(t)}</Link><span class="note line">{modelWords(t.plan)}{t.location ? ` at ${t.location}` : ''}</span></> },
    { head: 'Scenario', class: 'scenario clip loads', cell: (t) => scenarioName(t.scenario_id) },
    { head: 'State', cell: (t) => <><LoadState of={t} /><span class="note line narrow-only">{line(t)}</span></> },
    { head: 'p95', right: true, class: 'mid', cell: (t) => { const h = headlineOf(t); return <><Value text={duration(h?.p95)} exact={`${durationExact(h?.p95)}${h?.n === undefined ? '' : `, n ${count(h.n)}`}${h?.basis ? `, ${h.basis}` : ''}`} why={whyNoFigure(t)} />{h?.p95 != null && <span class="note"> {h.name}</span>}</>; } },
    { head: 'Success', right: true, class: 'mid', cell: (t) => <Value text={percent(headlineOf(t)?.success)} why={whyNoFigure(t)} /> },
    { head: 'Validity', class: 'mid', cell: (t) => <Validity of={t} /> },
    { head: 'When', class: 'time', cell: (t) => <time dateTime={t.created_at} title={dateTime(t.created_at, zone)}>{shortTime(t.created_at, zone, now)}</time> },
  ];
}

const queryAt = (params: URLSearchParams) => ({ ...filtersAt(params), limit: PAGE, after: params.get('after') });

export async function shows({ params }: Place): Promise<void> {
  const store = loadtests.of(queryAt(params));
  await store.prime();
  await primeNames('scenario', (store.get().data ?? []).map((t) => t.scenario_id));
}

export default function LoadTests() {
  const { params } = usePlace();
  const zone = useZone();
  const now = useNow(10_000);
  const may = useMay('operator');
  const after = params.get('after');
  const filters = filtersAt(params);
  const store = loadtests.of(queryAt(params));
  const some = Object.keys(filters).length > 0;
  const view = JSON.stringify([filters, after]);
  const state = useListing(store, view);
  const [selected, setSelected] = useSelection(view);
  const held = useHeld(state.data, state.view, !after);
  const add = () => navigate(href('/loadtests/new', { scenario_id: params.get('scenario_id') }));
  useKeys({ n: may ? add : undefined });
  const names = useNames('scenario', held.rows.map((t) => t.scenario_id));
  const filtered = JSON.stringify(filters);
  const shape = useMemo(() => columns(names, zone, now, JSON.parse(filtered) as typeof filters), [names, zone, now, filtered]);
  const anyScenario = useStore(scenarios.of({ limit: 1 })).data?.length !== 0;
  const running = held.rows.filter((t) => isActive(t.status)).length;
  return (
    <>
      <Top title="Load tests" beside={<SavedViews page="loadtests" />}><Link to="/datasets" class="button">Datasets</Link>{may && <button type="button" class="primary" onClick={add}>New load test</button>}</Top>
      <Filters params={params} some={some} />
      <section class="panel list" aria-label="Load tests" aria-busy={state.waiting} {...held.pointer}>
        <ComparePicked ids={selected} kind="loadtest" clear={() => setSelected(new Set())} />
        {held.waiting > 0 && <button type="button" class="waiting" onClick={held.release}>{plural(held.waiting, 'new load test')}: show</button>}
        <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={10} />}>
          {() => held.rows.length === 0 ? (
            <Empty title={some || after ? 'No load test matches' : 'No load test yet'}>
              {some || after ? <button type="button" onClick={() => navigate(href('/loadtests'))}>Clear the filter</button> : (
                <>
                  <p>A load test sends many requests of one scenario by a plan, and says what came of them, with the error of its own measuring.</p>
                  {!anyScenario ? may && <p class="then"><Link to="/scenarios/new" class="button">Add a scenario first</Link></p> : may && <button type="button" class="primary" onClick={add}>New load test</button>}
                </>
              )}
            </Empty>
          ) : (
            <Table keys rows={held.rows} columns={shape} id={(t) => t.id} caption="Load tests, newest first" open={(t) => navigate(href(`/loadtests/${t.id}`, filters))} selected={selected} select={setSelected} name={(t) => nameOf(t)} />
          )}
        </Loaded>
        {state.data && <footer class="pager">
          <span class="note">{state.total === null ? `${plural(held.rows.length, 'load test')} on this page` : plural(state.total, 'load test')}{running > 0 ? `, ${count(running)} not ended` : ''}</span>
          <Copy class="ghost" text={() => curl('GET', `/loadtests?${new URLSearchParams({ limit: String(PAGE), ...filters, ...(after ? { after } : {}) })}`)}>Copy as curl</Copy>
          <button type="button" disabled={!after} {...leads({ after: null })}>Newest</button>
          <button type="button" disabled={!state.next || held.rows.length === 0} {...leads({ after: held.rows.at(-1)?.id })}>Older</button>
        </footer>}
      </section>
    </>
  );
}
