// SPDX-License-Identifier: Apache-2.0
// Sessions of training: filter chips, table paged by cursor, what each found out. The first one is begun from here.
import { isTraining, TRAINING_STATUSES, type TrainingSession } from '../../api/types';
import { count, plural } from '../../format/number';
import { policyWord } from '../../format/training';
import { href, navigate, type Place, setParams, usePlace } from '../../router';
import { useMay } from '../../state/access';
import { primeNames, useNames } from '../../state/names';
import { scenarios, trainings } from '../../state/resources';
import { useStore } from '../../state/store';
import { useKeys } from '../../ui/keys';
import { Link } from '../../ui/link';
import { ClearFilters, LiveList, pageOf, useColumns, useLiveList, When } from '../../ui/listing';
import { Top } from '../../ui/page';
import { Empty } from '../../ui/panel';
import { Pick } from '../../ui/pick';
import { StateChips } from '../../ui/state_chips';
import type { Column } from '../../ui/table';
import { FILTERS, filtersAt } from './filters';
import { CameOf, SessionState } from './parts';

function Filters({ params }: { params: URLSearchParams }) {
  return (
    <div class="filters" role="search" aria-label="Filter sessions">
      <StateChips states={TRAINING_STATUSES} />
      <Pick kind="automation" none="Any automation" value={params.get('automation_id') ?? ''} onPick={(id) => setParams({ automation_id: id, after: null })} control={{ 'aria-label': 'Automation' }} />
      <ClearFilters names={FILTERS} />
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
    { head: 'When', class: 'time', cell: (s) => <When at={s.started_at} zone={zone} now={now} /> },
  ];
}

const storeAt = (params: URLSearchParams) => trainings.of(pageOf(filtersAt(params), params));

export async function shows({ params }: Place): Promise<void> {
  const store = storeAt(params);
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
  const may = useMay('operator');
  const list = useLiveList(storeAt(params), filtersAt(params));
  const names = useNames('automation', list.rows.map((s) => s.automation_id));
  const shape = useColumns(columns, names, list.filters);
  const add = () => navigate(href('/training/new'));
  useKeys({ n: may ? add : undefined });
  return (
    <>
      <Top title="Training"><Link to="/training/problems" class="button">Problems</Link>{may && <button type="button" class="primary" onClick={add}>Train a target</button>}</Top>
      <Filters params={params} />
      <LiveList list={list} columns={shape} noun="session" path="/training" api="/training/sessions" name={(s) => s.name} active={(s) => isTraining(s.status)} activeWord="under way"
        picked={<Picked ids={list.selected} clear={() => list.setSelected(new Set())} />} first={<First may={may} />} />
    </>
  );
}
