// SPDX-License-Identifier: Apache-2.0
// One problem: what it did, what was expected of it and what came, what the figures advise. Executed again it sends the same requests.
import { useState } from 'preact/hooks';
import { ApiError, api } from '../../api/client';
import { isActive, type TrainingProblem } from '../../api/types';
import { duration } from '../../format/duration';
import { count, percent, significant } from '../../format/number';
import { dateTime } from '../../format/time';
import { perSecond, resultsOf, successInterval, successText, typeWord, verdictOf } from '../../format/training';
import { href, navigate, type Place, usePlace } from '../../router';
import { idOf } from '../../routes';
import { useMay } from '../../state/access';
import { loadtest, problem, problems, scenario, training, trainingChanged, trainingProblems } from '../../state/resources';
import { useZone } from '../../state/settings';
import { useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { Confirm, Dialog } from '../../ui/dialog';
import { fieldError, FormError, PickField } from '../../ui/form';
import { useKeys } from '../../ui/keys';
import { Link } from '../../ui/link';
import { Top } from '../../ui/page';
import { Grid, Loaded, Panel, Skeleton } from '../../ui/panel';
import { Strip } from '../../ui/strip';
import { toast, toastError } from '../../ui/toast';
import { Progress, Seconds } from '../loadtests/progress';
import { Classes, Endpoints, OurSide } from '../loadtests/shares';
import { CutShort } from '../loadtests/trust';
import { Used } from '../loadtests/used';
import { problemFiltersAt } from './filters';
import { Outcomes, problemName, Verdict } from './parts';

/** On which scenario, and that this is real load. */
function Execute({ of: p, onClose }: { of: TrainingProblem; onClose: () => void }) {
  const [picked, pick] = useState(p.scenario_id === null ? '' : String(p.scenario_id));
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const again = p.status !== 'generated';
  const run = async () => {
    setBusy(true);
    try {
      const made = await api.problemExecute(p.id, Number(picked));
      toast(again ? 'The same problem is executed again' : 'It is executed');
      trainingChanged();
      onClose();
      navigate(href(`/training/problems/${made.id}`));
    } catch (e) {
      setError(e instanceof ApiError ? e : new ApiError('version', 0, { detail: String(e) }, null, null));
      setBusy(false);
    }
  };
  return (
    <Dialog title={again ? 'Run this problem again?' : 'Execute this problem?'} onClose={onClose}>
      <form onSubmit={(e) => { e.preventDefault(); void run(); }}>
        <div class="dialog-body">
          <FormError error={error} known={['/scenario_id']} word="Not executed." />
          <p>{p.description} {again ? `Drawn from seed ${p.seed}: the same requests as before, as a problem of its own.` : ''} This is real load on the target.</p>
          <PickField label="Scenario whose requests are sent" kind="scenario" value={picked} onPick={pick} error={fieldError(error, '/scenario_id')} />
        </div>
        <footer class="dialog-foot"><button type="button" onClick={onClose}>Close</button><button type="submit" class="primary" disabled={busy || picked === ''}>{again ? 'Run it again' : 'Execute it'}</button></footer>
      </form>
    </Dialog>
  );
}

function About({ of: p }: { of: TrainingProblem }) {
  const zone = useZone();
  const asked = useStore(p.scenario_id === null ? null : scenario.of(p.scenario_id));
  const within = useStore(p.session_id === null ? null : training.of(p.session_id));
  const ready = (p.scenario_id === null || asked.data || asked.error) && (p.session_id === null || within.data || within.error);
  return (
    <p class={`sub ${ready ? '' : 'not-yet'}`}>
      {typeWord(p.type)}, {p.difficulty}, seed {p.seed}{p.scenario_id !== null && <>, with <Link to={`/scenarios/${p.scenario_id}`}>{asked.data?.name ?? `scenario ${p.scenario_id}`}</Link></>}
      {p.session_id !== null && <>, of <Link to={`/training/${p.session_id}`}>{within.data?.name ?? `session ${p.session_id}`}</Link></>}
      <span class="note"> · {dateTime(p.created_at, zone)}</span>
    </p>
  );
}

const BOX = { ok: 'ok', warn: 'warn', bad: 'bad', info: '', quiet: '' } as const;

/** The load that was planned: a rate, or how many at a time. */
function loadOf(p: TrainingProblem): { text: string; note: string } {
  const { rate, users, workers, duration_seconds: seconds } = (p.parameters ?? {}) as Record<string, unknown>;
  const at = users ?? workers;
  return { text: typeof rate === 'number' ? perSecond(rate) : typeof at === 'number' ? `${count(at)} at once` : '–', note: typeof seconds === 'number' ? `for ${duration(1000 * seconds)}` : '' };
}

function Judgement({ of: p }: { of: TrainingProblem }) {
  const v = verdictOf(p);
  const { errors, advice } = resultsOf(p);
  const judged = p.results !== null;
  return (
    <>
      <div class={`validity ${BOX[v.tone]}`} role="note">
        <p><span aria-hidden="true" class="validity-sign">{v.sign}</span>{v.sentence}</p>
        {p.why && <p class="advice">Why it was chosen: {p.why}</p>}
      </div>
      {judged && <Strip cells={[
        { label: 'Answered in time', text: successText(p), note: successInterval(p) ? `${successInterval(p)} (95\u00a0%)` : 'of its requests' },
        { label: 'Took', text: duration(p.execution_time === null ? null : 1000 * p.execution_time), note: '' },
        { label: 'Outcomes met', text: `${count(resultsOf(p).checks.filter((c) => c.met).length)} of ${count(resultsOf(p).checks.length)}`, note: '' },
        { label: 'Load', ...loadOf(p) },
      ]} />}
      <Panel title="Expected outcomes" class={`list ${advice.length || errors.length ? 'two-thirds' : 'full'}`} sentence={judged ? 'Met or missed where the whole interval lies on one side; between, it cannot be said.' : 'It will be judged by these.'}><Outcomes of={p} /></Panel>
      {(advice.length > 0 || errors.length > 0) && (
        <Panel title={advice.length ? 'What the figures advise' : 'What went wrong'} class="third">
          <ul class="advice-list">
            {advice.map((a) => <li key={a.figure}><p>{a.text}</p><p class="note"><code>{a.figure}</code>{a.value === null ? '' : ` = ${significant(a.value)}`}</p></li>)}
            {errors.map((e) => <li key={e}><p>{e}</p></li>)}
          </ul>
        </Panel>
      )}
    </>
  );
}

/** "interactive 30 %, priority 2" */
const classWords = (c: { name?: unknown; share?: unknown; priority?: unknown }): string => `${String(c.name)} ${typeof c.share === 'number' ? percent(100 * c.share) : '?'}${typeof c.priority === 'number' ? `, priority ${count(c.priority)}` : ''}`;

const shown = (value: unknown): string => (typeof value === 'number' ? count(value) === String(value) || Number.isInteger(value) ? count(value) : significant(value) : Array.isArray(value) ? value.map(shown).join(', ') || 'none' : typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value));

function Made({ of: p }: { of: TrainingProblem }) {
  const pairs = [...Object.entries(p.parameters ?? {}), ...Object.entries(p.perturbations ?? {})];
  return (
    <Panel title="What it does" class="full" sentence={p.description}>
      <dl class="pairs problem-pairs">{pairs.map(([name, value]) => <div key={name}><dt>{name.replaceAll('_', ' ')}</dt><dd>{name === 'classes' && Array.isArray(value) ? value.map((c: object, i) => <span key={i} class="line">{classWords(c)}</span>) : name === 'endpoints' && Array.isArray(value) ? value.length === 0 ? 'that of the target' : value.map((url, i) => <span key={i} class="line mono">{String(url)}</span>) : shown(value)}</dd></div>)}</dl>
      {p.loadtest_id !== null && <p class="more underlined">Executed as <Link to={`/loadtests/${p.loadtest_id}`}>load test {p.loadtest_id}</Link>, which has all figures.</p>}
    </Panel>
  );
}

/** What its load test is doing, or did: what it was shared out over, and second by second. */
function Load({ id }: { id: number }) {
  const store = loadtest.of(id);
  const t = useStore(store).data;
  if (!t) return null;
  const r = t.results;
  return <>{isActive(t.status) && <Progress of={t} />}<Used of={t} />{r && <><CutShort of={t} r={r} /><Classes of={r.classes} /><Endpoints of={r.endpoints} strategy={t.plan.endpoints?.strategy} /><OurSide r={r} /></>}<Seconds of={t} /></>;
}

/** Its neighbours: in its session, or among those that are kept, as they were filtered. */
function neighbours(id: number, session: number | null | undefined, { params }: Place) {
  if (session === undefined) return { older: null, newer: null };
  if (session !== null) return { older: trainingProblems.of({ id: session, after: id, limit: 1, order: 'desc' }), newer: trainingProblems.of({ id: session, after: id, limit: 1 }) };
  const filters = problemFiltersAt(params);
  return { older: problems.of({ ...filters, after: id, limit: 1 }), newer: problems.of({ ...filters, after: id, limit: 1, order: 'asc' }) };
}

export const shows = ({ path }: Place): Promise<unknown> => problem.of(Number(idOf(path))).prime();

export default function ProblemPage({ id: text }: { id: string | null }) {
  const id = Number(text);
  const at = usePlace();
  const store = problem.of(id);
  const state = useStore(store);
  const p = state.data;
  const near = neighbours(id, p?.session_id, at);
  const older = useStore(near.older).data?.[0];
  const newer = useStore(near.newer).data?.[0];
  const open = (other: { id: number } | undefined) => (other ? () => navigate(href(`/training/problems/${other.id}`, problemFiltersAt(at.params))) : undefined);
  const may = useMay('operator');
  const mayDelete = useMay('admin');
  const [asking, ask] = useState<'execute' | 'delete' | null>(null);
  const word = p?.status === 'generated' ? 'Execute' : 'Run it again';
  useKeys({ j: open(older), k: open(newer), n: may && p ? () => ask('execute') : undefined });
  const remove = async () => {
    try {
      await api.problemDelete(id);
      toast('Deleted');
      navigate(href('/training/problems', problemFiltersAt(at.params)));
      problems.refresh();
    } catch (error) {
      toastError('Not deleted', error);
      ask(null);
    }
  };
  const session = p?.session_id;
  return (
    <>
      <Top title={<><Link to={session ? `/training/${session}` : '/training/problems'} params={session ? undefined : problemFiltersAt(at.params)} class="crumb">{session ? `Session ${session}` : 'Problems'}</Link><span class="crumb-mark" aria-hidden="true">/</span>{p ? problemName(p) : id}</>} beside={p && <Verdict of={p} />}>
        <span class="pair-buttons">
          <button type="button" disabled={!newer} onClick={open(newer)} aria-label="Newer problem (k)" title="Newer problem (k)">Newer</button>
          <button type="button" disabled={!older} onClick={open(older)} aria-label="Older problem (j)" title="Older problem (j)">Older</button>
        </span>
        <Copy text={() => curl('POST', `/training/problems/${id}/execute`, {})}>Copy as curl</Copy>
        {p && p.session_id === null && p.status !== 'running' && mayDelete && <button type="button" class="bad" onClick={() => ask('delete')}>Delete</button>}
        {p && p.status !== 'running' && may && <button type="button" class="primary" onClick={() => ask('execute')}>{word}</button>}
      </Top>
      <Loaded from={state} retry={() => void store.refresh()} skeleton={<><Skeleton height={104} /><Skeleton height={320} /></>}>
        {(d) => <><About of={d} /><Grid><Judgement of={d} /><Made of={d} />{d.loadtest_id !== null && <Load id={d.loadtest_id} />}</Grid></>}
      </Loaded>
      {asking === 'execute' && p && <Execute of={p} onClose={() => ask(null)} />}
      {asking === 'delete' && p && (
        <Confirm title={`Delete ${problemName(p)}?`} action="Delete it" onClose={() => ask(null)} onConfirm={remove}><p>The problem and its verdict are gone for good. Its load test stays.</p></Confirm>
      )}
    </>
  );
}
