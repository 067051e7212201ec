// SPDX-License-Identifier: Apache-2.0
// Sessions of training: filter chips, table paged by cursor, what each found out. The first one is begun from here.
import { useMemo } from 'preact/hooks';
import { isTraining, TRAINING_STATUSES, type TrainingSession } from '../../api/types';
import { count, plural } from '../../format/number';
import { dateTime, shortTime } from '../../format/time';
import { policyWord } from '../../format/training';
import { href, navigate, type Place, setParams, usePlace } from '../../router';
import { useMay } from '../../state/access';
import { primeNames, useNames } from '../../state/names';
import { scenarios, trainings } from '../../state/resources';
import { useNow, useZone } from '../../state/settings';
import { useListing, useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { useHeld } from '../../ui/hold';
import { useKeys } from '../../ui/keys';
import { leads } from '../../ui/leads';
import { Link } from '../../ui/link';
import { Top } from '../../ui/page';
import { Empty, Loaded, Skeleton } from '../../ui/panel';
import { Pick } from '../../ui/pick';
import { useSelection } from '../../ui/selection';
import { StateChips } from '../../ui/state_chips';
import { type Column, Table } from '../../ui/table';
import { FILTERS, filtersAt } from './filters';
import { CameOf, SessionState } from './parts';

const PAGE = 50;

function Filters({ params, some }: { params: URLSearchParams; some: boolean }) {
  return (
    <div class="filters" role="search" aria-label="Filter sessions">
      <StateChips states={TRAINING_STATUSES} />
      <Pick kind="automation" none="Any automation" value={params.get('automation_id') ?? ''} onPick={(id) => setParams({ automation_id: id, after: null })} control={{ 'aria-label': 'Automation' }} />
      {some && <button type="button" class="ghost" onClick={() => setParams(Object.fromEntries([...FILTERS, 'after'].map((f) => [f, null])))}>Clear</button>}
    </div>
  );
}

function columns(automationName: (id: number | null) => string, zone: string, now: number, filters: Record<string, string>): Column<TrainingSession>[] {
  return [
    { head: 'Session', class: 'name', cell: (s) => <><Link to={`/training/${s.id}`} params={filters}>{s.name}</Link><span class="note line">{policyWord(s.policy)}{s.policy === 'ladder' && `, ${s.difficulty}`}</span></> },
    { head: 'Target', class: 'scenario clip loads', cell: (s) => automationName(s.automation_id) },
    { head: 'State', cell: (s) => <><SessionState status={s.status} /><span class="note line narrow-only"><CameOf of={s} short /></span></> },
    { head: 'Takes', right: true, class: 'mid', cell: (s) => <CameOf of={s} /> },
    { head: 'Problems met', right: true, class: 'mid', cell: (s) => <>{count(s.successful_scenarios)} of {count(s.total_scenarios)}{s.unclear_scenarios > 0 && <span class="note line">{count(s.unclear_scenarios)} not clear</span>}</> },
    { head: 'When', class: 'time', cell: (s) => <time dateTime={s.started_at} title={dateTime(s.started_at, zone)}>{shortTime(s.started_at, zone, now)}</time> },
  ];
}

const queryAt = (params: URLSearchParams) => ({ ...filtersAt(params), limit: PAGE, after: params.get('after') });

export async function shows({ params }: Place): Promise<void> {
  const store = trainings.of(queryAt(params));
  await store.prime();
  await primeNames('automation', (store.get().data ?? []).map((s) => s.automation_id));
}

function First({ may }: { may: boolean }) {
  const anyScenario = useStore(scenarios.of({ limit: 1 })).data?.length !== 0;
  return (
    <Empty title="No session yet">
      <p>A session sets a target problem after problem, each a real load, sometimes with faults, and adapts to what comes of it. It ends with a statement: this is what the target can take, with this certainty.</p>
      {may && (anyScenario ? <p class="then"><Link to="/training/new" class="button primary">Train a target</Link></p> : <p class="then"><Link to="/scenarios/new" class="button">Add a scenario first</Link></p>)}
    </Empty>
  );
}

/** Two that are picked are compared; the older is A. */
function Picked({ ids, clear }: { ids: ReadonlySet<number | string>; clear: () => void }) {
  if (ids.size === 0) return null;
  const [a, b] = [...ids].map(Number).sort((p, q) => p - q);
  return (
    <div class="bulk" role="status">
      <span>{plural(ids.size, 'session')} selected</span>
      {ids.size === 2 ? <Link class="button" to="/training/compare" params={{ a, b }}>Compare the two</Link> : <span class="note">Pick two to compare them.</span>}
      <button type="button" class="ghost" onClick={clear}>Clear selection</button>
    </div>
  );
}

export default function Trainings() {
  const { params } = usePlace();
  const zone = useZone();
  const now = useNow(10_000);
  const may = useMay('operator');
  const after = params.get('after');
  const filters = filtersAt(params);
  const store = trainings.of(queryAt(params));
  const some = Object.keys(filters).length > 0;
  const view = JSON.stringify([filters, after]);
  const state = useListing(store, view);
  const [selected, setSelected] = useSelection(view);
  const held = useHeld(state.data, state.view, !after);
  const add = () => navigate(href('/training/new'));
  useKeys({ n: may ? add : undefined });
  const names = useNames('automation', held.rows.map((s) => s.automation_id));
  const filtered = JSON.stringify(filters);
  const shape = useMemo(() => columns(names, zone, now, JSON.parse(filtered) as typeof filters), [names, zone, now, filtered]);
  const running = held.rows.filter((s) => isTraining(s.status)).length;
  return (
    <>
      <Top title="Training"><Link to="/training/problems" class="button">Problems</Link>{may && <button type="button" class="primary" onClick={add}>Train a target</button>}</Top>
      <Filters params={params} some={some} />
      <section class="panel list" aria-label="Sessions" aria-busy={state.waiting} {...held.pointer}>
        <Picked ids={selected} clear={() => setSelected(new Set())} />
        {held.waiting > 0 && <button type="button" class="waiting" onClick={held.release}>{plural(held.waiting, 'new session')}: show</button>}
        <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={10} />}>
          {() => held.rows.length > 0 ? (
            <Table keys rows={held.rows} columns={shape} id={(s) => s.id} caption="Sessions of training, newest first" open={(s) => navigate(href(`/training/${s.id}`, filters))} selected={selected} select={setSelected} name={(s) => s.name} />
          ) : some || after ? <Empty title="No session matches"><button type="button" onClick={() => navigate(href('/training'))}>Clear the filter</button></Empty> : <First may={may} />}
        </Loaded>
        {state.data && <footer class="pager">
          <span class="note">{plural(held.rows.length, 'session')} on this page{running > 0 ? `, ${count(running)} under way` : ''}</span>
          <Copy class="ghost" text={() => curl('GET', `/training/sessions?${new URLSearchParams({ limit: String(PAGE), ...filters, ...(after ? { after } : {}) })}`)}>Copy as curl</Copy>
          <button type="button" disabled={!after} {...leads({ after: null })}>Newest</button>
          <button type="button" disabled={!state.next || held.rows.length === 0} {...leads({ after: held.rows.at(-1)?.id })}>Older</button>
        </footer>}
      </section>
    </>
  );
}
