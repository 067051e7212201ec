// SPDX-License-Identifier: Apache-2.0
// Problems that were made without a session: drawn or composed, kept, executed. A copy of each execution stands here, too.
import type { TrainingProblem } from '../../api/types';
import { plural } from '../../format/number';
import { dateTime, shortTime } from '../../format/time';
import { DIFFICULTIES, TYPES } from '../../format/training';
import { href, navigate, type Place, setParams, usePlace } from '../../router';
import { useMay } from '../../state/access';
import { problems } from '../../state/resources';
import { useNow, useZone } from '../../state/settings';
import { useListing } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { useKeys } from '../../ui/keys';
import { leads } from '../../ui/leads';
import { Link } from '../../ui/link';
import { Top } from '../../ui/page';
import { Empty, Loaded, Skeleton } from '../../ui/panel';
import { type Column, Table } from '../../ui/table';
import { PROBLEM_FILTERS, problemFiltersAt } from './filters';
import { ProblemEditor } from './problem_editor';
import { problemColumns } from './problem_list';

const PAGE = 50;
const STATUSES = [['generated', 'not executed'], ['running', 'running'], ['completed', 'judged'], ['failed', 'failed'], ['cancelled', 'cancelled']] as const;

function Filters({ params, some }: { params: URLSearchParams; some: boolean }) {
  const pick = (name: string, none: string, options: readonly (readonly [string, string, ...unknown[]])[]) => (
    <select aria-label={none.replace('Any ', '').replace(/^./, (c) => c.toUpperCase())} value={params.get(name) ?? ''} onChange={(e) => setParams({ [name]: e.currentTarget.value, after: null })}>
      <option value="">{none}</option>
      {options.map(([key, word]) => <option key={key} value={key} selected={key === params.get(name)}>{word}</option>)}
    </select>
  );
  return (
    <div class="filters" role="search" aria-label="Filter problems">
      {pick('type', 'Any type', TYPES)}{pick('difficulty', 'Any difficulty', DIFFICULTIES.map((d) => [d, d]))}{pick('status', 'Any state', STATUSES)}
      {some && <button type="button" class="ghost" onClick={() => setParams(Object.fromEntries([...PROBLEM_FILTERS, 'after'].map((f) => [f, null])))}>Clear</button>}
    </div>
  );
}

const queryAt = (params: URLSearchParams) => ({ ...problemFiltersAt(params), limit: PAGE, after: params.get('after') });

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
  const columns: Column<TrainingProblem>[] = [...problemColumns, { head: 'Made', class: 'time', cell: (p) => <time dateTime={p.created_at} title={dateTime(p.created_at, zone)}>{shortTime(p.created_at, zone, now)}</time> }];
  return (
    <>
      <Top title={<><Link to="/training" class="crumb">Training</Link><span class="crumb-mark" aria-hidden="true">/</span>Problems</>}>{may && <button type="button" class="primary" onClick={add}>Make a problem</button>}</Top>
      <Filters params={params} some={some} />
      <section class="panel list" aria-label="Problems" aria-busy={state.waiting}>
        <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={10} />}>
          {(rows) => rows.length > 0 ? (
            <Table keys rows={rows} columns={columns} id={(p) => p.id} caption="Problems, newest first" open={(p) => navigate(href(`/training/problems/${p.id}`, filters))} />
          ) : some || after ? <Empty title="No problem matches"><button type="button" onClick={() => navigate(href('/training/problems'))}>Clear the filter</button></Empty> : (
            <Empty title="No problem is kept"><p>A problem is one load with what is to come of it: drawn by type, difficulty and seed, or composed by hand. It is executed as often as you like: the same seed, the same requests.</p>
              {may && <button type="button" class="primary" onClick={add}>Make a problem</button>}</Empty>
          )}
        </Loaded>
        {state.data && <footer class="pager">
          <span class="note">{plural(state.data.length, 'problem')} on this page; those of sessions stand with their session</span>
          <Copy class="ghost" text={() => curl('GET', `/training/problems?${new URLSearchParams({ limit: String(PAGE), ...filters, ...(after ? { after } : {}) })}`)}>Copy as curl</Copy>
          <button type="button" disabled={!after} {...leads({ after: null })}>Newest</button>
          <button type="button" disabled={!state.next || state.data.length === 0} {...leads({ after: state.data?.at(-1)?.id })}>Older</button>
        </footer>}
      </section>
      {id === 'new' && <ProblemEditor />}
    </>
  );
}
