// SPDX-License-Identifier: Apache-2.0
// Problems that were made without a session: drawn or composed, kept, executed. A copy of each execution stands here, too.
import type { TrainingProblem } from '../../api/types';
import { plural } from '../../format/number';
import { DIFFICULTIES, TYPES } from '../../format/training';
import { href, navigate, type Place, setParams, usePlace } from '../../router';
import { useMay } from '../../state/access';
import { problems } from '../../state/resources';
import { useNow, useZone } from '../../state/settings';
import { useListing } from '../../state/store';
import { useKeys } from '../../ui/keys';
import { Link } from '../../ui/link';
import { ClearFilters, pageOf, Pager, When } from '../../ui/listing';
import { Top } from '../../ui/page';
import { Empty, Loaded, Skeleton } from '../../ui/panel';
import { type Column, Table } from '../../ui/table';
import { PROBLEM_FILTERS, problemFiltersAt } from './filters';
import { ProblemEditor } from './problem_editor';
import { problemColumns } from './problem_list';

const STATUSES = [['generated', 'not executed'], ['running', 'running'], ['completed', 'judged'], ['failed', 'failed'], ['cancelled', 'cancelled']] as const;

function Filters({ params }: { params: URLSearchParams }) {
  const pick = (name: string, none: string, options: readonly (readonly [string, string, ...unknown[]])[]) => (
    <select aria-label={none.replace('Any ', '').replace(/^./, (c) => c.toUpperCase())} value={params.get(name) ?? ''} onChange={(e) => setParams({ [name]: e.currentTarget.value, after: null })}>
      <option value="">{none}</option>
      {options.map(([key, word]) => <option key={key} value={key} selected={key === params.get(name)}>{word}</option>)}
    </select>
  );
  return (
    <div class="filters" role="search" aria-label="Filter problems">
      {pick('type', 'Any type', TYPES)}{pick('difficulty', 'Any difficulty', DIFFICULTIES.map((d) => [d, d]))}{pick('status', 'Any state', STATUSES)}
      <ClearFilters names={PROBLEM_FILTERS} />
    </div>
  );
}

const queryAt = (params: URLSearchParams) => pageOf(problemFiltersAt(params), params);

export const shows = ({ params }: Place): Promise<unknown> => problems.of(queryAt(params)).prime();

export default function ProblemsPage({ id }: { id: string | null }) {
  const { params } = usePlace();
  const zone = useZone();
  const now = useNow(10_000);
  const may = useMay('operator');
  const after = params.get('after');
  const filters = problemFiltersAt(params);
  const some = Object.keys(filters).length > 0;
  const store = problems.of(queryAt(params));
  const state = useListing(store);
  const add = () => navigate(href('/training/problems/new', filters));
  useKeys({ n: may ? add : undefined });
  const columns: Column<TrainingProblem>[] = [...problemColumns, { head: 'Made', class: 'time', cell: (p) => <When at={p.created_at} zone={zone} now={now} /> }];
  return (
    <>
      <Top title={<><Link to="/training" class="crumb">Training</Link><span class="crumb-mark" aria-hidden="true">/</span>Problems</>}>{may && <button type="button" class="primary" onClick={add}>Make a problem</button>}</Top>
      <Filters params={params} />
      <section class="panel list" aria-label="Problems" aria-busy={state.waiting}>
        <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={10} />}>
          {(rows) => rows.length > 0 ? (
            <Table keys rows={rows} columns={columns} id={(p) => p.id} caption="Problems, newest first" open={(p) => navigate(href(`/training/problems/${p.id}`, filters))} />
          ) : some || after ? <Empty title="No problem matches"><button type="button" onClick={() => navigate(href('/training/problems'))}>Clear the filter</button></Empty> : (
            <Empty title="No problem is kept"><p>A problem is one load with what is to come of it: drawn by type, difficulty and seed, or composed by hand. It is executed as often as you like: the same seed, the same requests.</p>
              {may && <button type="button" class="primary" onClick={add}>Make a problem</button>}</Empty>
          )}
        </Loaded>
        {state.data && <Pager rows={state.data} words={`${plural(state.data.length, 'problem')} on this page; those of sessions stand with their session`} next={state.next} filters={filters} path="/training/problems" />}
      </section>
      {id === 'new' && <ProblemEditor />}
    </>
  );
}
