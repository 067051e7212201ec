// SPDX-License-Identifier: Apache-2.0
// The problems of a session, the last first, with their verdicts; what the last of them advises.
import type { TrainingProblem, TrainingSession } from '../../api/types';
import { isTraining } from '../../api/types';
import { duration } from '../../format/duration';
import { count, plural } from '../../format/number';
import { resultsOf, successInterval, successText, verdictNote } from '../../format/training';
import { href, navigate, setParams } from '../../router';
import type { Snapshot } from '../../state/store';
import { Link } from '../../ui/link';
import { Empty, Loaded, Panel, Skeleton } from '../../ui/panel';
import { Value } from '../../ui/state';
import { type Column, Table } from '../../ui/table';
import { problemName, Verdict } from './parts';

export const LISTED = 20;

export const problemColumns: Column<TrainingProblem>[] = [
  { head: 'Problem', class: 'name', cell: (p) => <><Link to={`/training/problems/${p.id}`}>{problemName(p)}</Link><span class="note line">{p.difficulty}, seed {p.seed}</span></> },
  { head: 'Verdict', class: 'verdict', cell: (p) => <><Verdict of={p} /><span class="note line">{verdictNote(p)}</span><span class="note line narrow-only">{p.success_rate === null ? '' : `${successText(p)} in time`}</span></> },
  { head: 'In time', right: true, class: 'mid', cell: (p) => <><Value text={successText(p)} why={p.status === 'running' ? 'still running' : 'nothing was answered'} /><span class="note line">{successInterval(p)}</span></> },
  { head: 'What it does', class: 'wide clip', cell: (p) => <span title={p.description}>{p.description}</span> },
  { head: 'Took', right: true, class: 'spare', cell: (p) => <Value text={duration(p.execution_time === null ? null : 1000 * p.execution_time)} why={p.status === 'running' ? 'still running' : 'not measured'} /> },
];

interface Props { of: TrainingSession; from: Snapshot<TrainingProblem[]>; retry: () => void; older: boolean }

export function Problems({ of: s, from, retry, older }: Props) {
  const rows = from.data ?? [];
  return (
    <Panel title="Problems" class="list full" sentence={`${plural(s.total_scenarios, 'problem')} judged, ${count(s.successful_scenarios)} met; the last first. “In time” is the share of the requests answered within the response time; a problem is met if all that was expected of it was.`}>
      <Loaded from={from} retry={retry} skeleton={<Skeleton rows={6} />}>
        {() => rows.length === 0 ? <Empty title={isTraining(s.status) ? 'The first problem is being made' : 'It ended before its first problem'} /> : (
          <Table rows={rows} columns={problemColumns} id={(p) => p.id} caption="Problems, the last first" open={(p) => navigate(href(`/training/problems/${p.id}`))} />
        )}
      </Loaded>
      {(older || from.next) && <footer class="pager">
        <span class="note">{plural(rows.length, 'problem')} on this page; the charts show their seconds</span>
        <button type="button" disabled={!older} onClick={() => setParams({ after: null })}>Last</button>
        <button type="button" disabled={!from.next || rows.length === 0} onClick={() => setParams({ after: rows.at(-1)?.id })}>Older</button>
      </footer>}
    </Panel>
  );
}

const ADVICE = 6;

/** What the figures of these problems advise: each sentence once, with how often, and the figure that it rests on. */
export function Advice({ problems }: { problems: readonly TrainingProblem[] }) {
  const all = problems.flatMap((p) => resultsOf(p).advice.map((a) => ({ ...a, p })));
  const byFigure = new Map<string, typeof all>();
  for (const a of all) byFigure.set(a.figure, [...(byFigure.get(a.figure) ?? []), a]);
  const list = [...byFigure].sort((x, y) => y[1].length - x[1].length).slice(0, ADVICE);
  if (list.length === 0) return null;
  return (
    <Panel title="What the figures advise" class="full" sentence="Of the problems listed here: the latest of its kind, and the figure that it rests on.">
      <ul class="advice-list">
        {list.map(([figure, its]) => {
          const last = its[0];
          return last && <li key={figure}><p>{last.text}</p><p class="note"><code>{figure}</code> of <Link to={`/training/problems/${last.p.id}`}>{problemName(last.p)}, {last.p.difficulty}</Link>{its.length > 1 ? `; ${count(its.length)} problems say the like` : ''}</p></li>;
        })}
      </ul>
    </Panel>
  );
}
