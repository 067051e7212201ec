// SPDX-License-Identifier: Apache-2.0
// Load tests: filter chips, table paged by cursor, what came of each in one line.
import { isActive, LOADTEST_STATUSES, type LoadTest } from '../../api/types';
import { duration, durationExact } from '../../format/duration';
import { modelWords } from '../../format/load';
import { count, percent } from '../../format/number';
import { href, navigate, type Place, setParams, usePlace } from '../../router';
import { useMay } from '../../state/access';
import { primeNames, useNames } from '../../state/names';
import { loadtests, scenarios } from '../../state/resources';
import { useStore } from '../../state/store';
import { ComparePicked } from '../../ui/compare_picked';
import { useKeys } from '../../ui/keys';
import { Link } from '../../ui/link';
import { ClearFilters, LiveList, pageOf, useColumns, useLiveList, When } from '../../ui/listing';
import { Top } from '../../ui/page';
import { Empty } from '../../ui/panel';
import { Pick } from '../../ui/pick';
import { SearchBox } from '../../ui/search_box';
import { statusWord, Value } from '../../ui/state';
import { StateChips } from '../../ui/state_chips';
import type { Column } from '../../ui/table';
import { SavedViews } from '../../views/saved_views';
import { FILTERS, filtersAt } from './filters';
import { headlineOf, LoadState, nameOf, Validity, whyNoFigure } from './headline';

function Filters({ params }: { params: URLSearchParams }) {
  return (
    <div class="filters" role="search" aria-label="Filter load tests">
      <StateChips states={LOADTEST_STATUSES} word={statusWord} />
      <Pick kind="scenario" none="Any scenario" value={params.get('scenario_id') ?? ''} onPick={(id) => setParams({ scenario_id: id, after: null })} control={{ 'aria-label': 'Scenario' }} />
      <Pick kind="automation" none="Any automation" value={params.get('automation_id') ?? ''} onPick={(id) => setParams({ automation_id: id, after: null })} control={{ 'aria-label': 'Automation' }} />
      <SearchBox label="Search load tests by name" />
      <ClearFilters names={FILTERS} />
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
    { head: 'When', class: 'time', cell: (t) => <When at={t.created_at} zone={zone} now={now} /> },
  ];
}

const storeAt = (params: URLSearchParams) => loadtests.of(pageOf(filtersAt(params), params));

export async function shows({ params }: Place): Promise<void> {
  const store = storeAt(params);
  await store.prime();
  await primeNames('scenario', (store.get().data ?? []).map((t) => t.scenario_id));
}

function First({ may, add }: { may: boolean; add: () => void }) {
  const anyScenario = useStore(scenarios.of({ limit: 1 })).data?.length !== 0;
  return (
    <Empty title="No load test yet">
      <p>A load test sends many requests of one scenario by a plan, and says what came of them, with the error of its own measuring.</p>
      {may && (anyScenario ? <button type="button" class="primary" onClick={add}>New load test</button> : <p class="then"><Link to="/scenarios/new" class="button">Add a scenario first</Link></p>)}
    </Empty>
  );
}

export default function LoadTests() {
  const { params } = usePlace();
  const may = useMay('operator');
  const list = useLiveList(storeAt(params), filtersAt(params));
  const names = useNames('scenario', list.rows.map((t) => t.scenario_id));
  const shape = useColumns(columns, names, list.filters);
  const add = () => navigate(href('/loadtests/new', { scenario_id: params.get('scenario_id') }));
  useKeys({ n: may ? add : undefined });
  return (
    <>
      <Top title="Load tests" beside={<SavedViews page="loadtests" />}><Link to="/datasets" class="button">Datasets</Link>{may && <button type="button" class="primary" onClick={add}>New load test</button>}</Top>
      <Filters params={params} />
      <LiveList list={list} columns={shape} noun="load test" path="/loadtests" api="/loadtests" name={nameOf} active={(t) => isActive(t.status)} activeWord="not ended"
        picked={<ComparePicked ids={list.selected} kind="loadtest" clear={() => list.setSelected(new Set())} />} first={<First may={may} add={add} />} />
    </>
  );
}
