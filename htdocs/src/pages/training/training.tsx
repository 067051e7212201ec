// SPDX-License-Identifier: Apache-2.0
// One session: while it goes on what it is doing, second by second, and where it goes next; when it has ended what it found out, and how sure that is.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { api, apiAddress } from '../../api/client';
import { isTraining, type TrainingProblem, type TrainingSession } from '../../api/types';
import { duration } from '../../format/duration';
import { money, oneCurrency } from '../../format/money';
import { count, percent, plural } from '../../format/number';
import { dateTime } from '../../format/time';
import { conclusionOf, endWords, GOES_BY, missedMost, movesOf, notMetWords, policyWord, rangeWords } from '../../format/training';
import { href, navigate, type Place, usePlace } from '../../router';
import { idOf } from '../../routes';
import { useMay } from '../../state/access';
import { allPrices, automation, scenario, training, trainingChanged, trainingProblems, trainings, trainingSeconds } from '../../state/resources';
import { useNow, useZone } from '../../state/settings';
import { useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { Confirm } from '../../ui/dialog';
import { Json } from '../../ui/json';
import { useKeys } from '../../ui/keys';
import { Link } from '../../ui/link';
import { Top } from '../../ui/page';
import { Grid, Loaded, Panel, Skeleton } from '../../ui/panel';
import { Strip } from '../../ui/strip';
import { toast, toastError } from '../../ui/toast';
import { OtherFigures, ResponseTime } from './charts';
import { filtersAt } from './filters';
import { Ladder, nowAt } from './ladder';
import { OverSeconds } from './over_seconds';
import { figureOf, problemName, SessionState, sureOf } from './parts';
import { Advice, LISTED, Problems } from './problem_list';
import { bodyOfSession } from './session_plan';

interface Budget { seconds?: number; requests?: number; problems?: number; tokens?: number; cost?: number }
const budgetOf = (s: TrainingSession): Budget => s.plan?.budget ?? {};

/** The line below the title: how, on what, when and by whom. */
function About({ of: s }: { of: TrainingSession }) {
  const zone = useZone();
  const asked = useStore(scenario.of(s.scenario_id));
  const target = useStore(automation.of(s.automation_id));
  const ready = (asked.data || asked.error) && (target.data || target.error);
  return (
    <p class={`sub ${ready ? '' : 'not-yet'}`}>
      {policyWord(s.policy)} with <Link to={`/scenarios/${s.scenario_id}`}>{asked.data?.name ?? `scenario ${s.scenario_id}`}</Link> on <Link to={`/automations/${s.automation_id}`}>{target.data?.name ?? `automation ${s.automation_id}`}</Link>
      <span class="note"> · {dateTime(s.started_at, zone)}{s.created_by ? ` by ${s.created_by}` : ''}</span>
    </p>
  );
}

/** How long it has gone on, in ms, ticking. */
function useAge(s: TrainingSession): number {
  const now = useNow(1000);
  return Math.max(0, (s.ended_at ? Date.parse(s.ended_at) : now) - Date.parse(s.started_at));
}

const of = (most: number | undefined, text: (v: number) => string) => (most === undefined ? '' : `of ${text(most)} at most`);

function Cards({ of: s }: { of: TrainingSession }) {
  const age = useAge(s);
  const b = budgetOf(s);
  const currency = oneCurrency(useStore(allPrices()).data);
  const spent = b.cost !== undefined || s.cost > 0;
  return (
    <Strip cells={[
      { label: s.ended_at ? 'Ran for' : 'Running for', text: duration(Math.floor(age / 1000) * 1000), note: of(b.seconds, (v) => duration(1000 * v)) },
      { label: s.policy === 'ladder' ? 'Difficulty' : 'Rate', text: nowAt(s), note: s.policy === 'ladder' ? `begun at ${s.plan?.difficulty ?? 'easy'}` : s.ended_at ? 'of the last problem' : 'of the next problem' },
      { label: 'Problems met', text: s.total_scenarios > 0 ? `${count(s.successful_scenarios)} of ${count(s.total_scenarios)}` : count(0), note: notMetWords(s) || (s.total_scenarios > 0 ? 'all that was expected' : of(b.problems, count)) },
      { label: 'Answered in time', text: percent(s.average_performance === null ? null : 100 * s.average_performance), note: 'of requests, on average' },
      { label: 'Requests', text: count(s.requests), note: of(b.requests, count) },
      spent ? { label: 'Cost', text: money(s.cost, currency), note: of(b.cost, (v) => money(v, currency)) } : { label: 'Tokens', text: count(s.tokens), note: of(b.tokens, count) || 'that answers told' },
    ]} />
  );
}

/** What is going on, in words, and how much of the budget is used: of that part of it which ends first. */
function Now({ of: s, current }: { of: TrainingSession; current: TrainingProblem | undefined }) {
  const age = useAge(s);
  const b = budgetOf(s);
  const used = ([['time', age / 1000, b.seconds], ['requests', s.requests, b.requests], ['problems', s.total_scenarios, b.problems], ['tokens', s.tokens, b.tokens], ['money', s.cost, b.cost]] as const)
    .map(([what, n, most]) => ({ what, part: most ? n / most : 0 })).sort((x, y) => y.part - x.part)[0] ?? { what: 'time', part: 0 };
  const part = Math.min(100, Math.round(100 * used.part));
  const words = s.status === 'stopping' ? 'Stopping: the problem under way is cancelled' : current?.status === 'running' ? `${problemName(current)}, ${current.difficulty}: ${current.description}` : 'Making the next problem';
  const clock = `${part}\u00a0% of the ${used.what} used`;
  return (
    <section class="panel progress training-now" aria-label="Now">
      <div class="progress-line"><strong role="status">{words}</strong><span class="note">{clock}</span></div>
      <div class={`progress-bar ${s.status === 'stopping' ? 'held' : ''}`} role="progressbar" aria-label="Budget used" aria-valuemin={0} aria-valuemax={100} aria-valuenow={part} aria-valuetext={clock}><i style={{ width: `${part}%` }} /></div>
      <p class="note">{current?.why || '\u00a0'}</p>
    </section>
  );
}

/** What it found out, and how sure that is. */
function Statement({ of: s }: { of: TrainingSession }) {
  const c = conclusionOf(s);
  const figure = c && figureOf(c);
  const failed = s.status === 'failed';
  const sure = !c ? '' : c.confidence !== null ? `${sureOf(c)} confidence` : c.estimate !== null ? `${rangeWords(c)}; no confidence is claimed: problems pass or fail as a whole` : c.difficulty ? 'a difficulty, not a rate: no confidence is claimed' : '';
  return (
    <>
      {failed && <div class="run-error failed" role="note"><strong>{s.ended_by === 'target' || s.ended_by === 'client' ? s.ended_by : 'failed'}</strong> {endWords(s)}</div>}
      {figure ? (
        <section class="panel capacity" aria-label="What the target can take">
          <h2>What the target can take</h2>
          <p class="capacity-rate">{figure}<span class="capacity-sure">{sure}</span></p>
          <p>{c?.sentence}</p>
          {s.policy === 'ladder' && s.successful_scenarios < s.total_scenarios && <p>It climbs by the requests that are answered in time: {count(s.successful_scenarios)} of {plural(s.total_scenarios, 'problem')} met all that was expected.</p>}
          {!failed && !c?.sentence.includes(endWords(s)) && <p class="note">{endWords(s)}</p>}
        </section>
      ) : <p class="hint">{c?.sentence || (failed ? 'Nothing is known of what the target can take.' : endWords(s))}</p>}
    </>
  );
}

/** How many outcomes that were missed are named. */
const NAMED = 3;

/** Where it goes and whether problems are met are two questions: all requests may be answered in time, and yet no problem be met. */
function Measures({ of: s }: { of: TrainingSession }) {
  const missed = useMemo(() => missedMost(movesOf(s)).slice(0, NAMED), [s.moves]);
  if (s.total_scenarios === 0) return null;
  const inTime = percent(s.average_performance === null ? null : 100 * s.average_performance);
  return (
    <Panel title="Two measures" class="full" sentence="Where it goes, and whether problems are met, are two questions.">
      <dl class="measures">
        <div><dt>Where it goes</dt><dd>{s.policy === 'ladder' && <><b>{inTime}</b> of the requests were answered in time, on average. </>}{GOES_BY[s.policy]}</dd></div>
        <div><dt>Whether a problem is met</dt><dd><b>{count(s.successful_scenarios)} of {count(s.total_scenarios)}</b> met every outcome that was expected of them: completed, p95 of the response time, errors, throughput, and what goes with their type.{missed.length > 0 && <> Missed most often: {missed.map(([name, n]) => `${name} (${n})`).join(', ')}.</>}</dd></div>
      </dl>
    </Panel>
  );
}

function Session({ of: s }: { of: TrainingSession }) {
  const after = usePlace().params.get('after');
  const store = trainingProblems.of({ id: s.id, limit: LISTED, order: 'desc', after });
  const list = useStore(store);
  const rows = list.data ?? [];
  // the charts begin where the list did when it was first there: what comes is laid behind it
  const [begun, begin] = useState<{ after: string | null; from: number; to: number | null } | null>(null);
  const here = begun?.after === after ? begun : null;
  useEffect(() => { if (list.data && here === null) begin({ after, from: rows.at(-1)?.id ?? 0, to: after === null ? null : rows[0]?.id ?? 0 }); }, [list.data, after]);
  const seconds = here ? trainingSeconds.of({ id: s.id, from: here.from, to: here.to }) : null;
  const series = useStore(seconds);
  const charts = { of: s, problems: rows, from: series, retry: () => void seconds?.refresh() };
  const active = isTraining(s.status);
  // what goes on stands above all else, and how tall it is only its words tell
  if (list.data === undefined && !list.error) return <><Skeleton height={104} /><Skeleton height={520} /></>;
  return (
    <Grid>
      {active ? <Now of={s} current={rows.find((p) => p.id === s.problem_id) ?? rows.find((p) => p.status === 'running')} /> : <Statement of={s} />}
      <Cards of={s} />
      <ResponseTime {...charts} />
      <Measures of={s} />
      <Ladder of={s} />
      <Problems of={s} from={list} retry={() => void store.refresh()} older={after !== null} />
      <Advice problems={rows} />
      <OtherFigures {...charts} />
      <OverSeconds of={s} />
      <Panel title="Plan" class="full" sentence="With the limits that bind every problem."><Json value={s.plan} name={`training-${s.id}-plan`} /></Panel>
    </Grid>
  );
}

/** The neighbours of a session in the list it was opened from: filters travel in the URL. */
function neighbours(id: number, { params }: Place) {
  const filters = filtersAt(params);
  return { older: trainings.of({ ...filters, after: id, limit: 1 }), newer: trainings.of({ ...filters, after: id, limit: 1, order: 'asc' }) };
}

export async function shows(at: Place): Promise<void> {
  const id = Number(idOf(at.path));
  const near = neighbours(id, at);
  await Promise.all([training.of(id), trainingProblems.of({ id, limit: LISTED, order: 'desc', after: at.params.get('after') }), near.older, near.newer].map((store) => store.prime()));
}

export default function TrainingPage({ id: text }: { id: string | null }) {
  const id = Number(text);
  const at = usePlace();
  const store = training.of(id);
  const state = useStore(store);
  const near = neighbours(id, at);
  const older = useStore(near.older).data?.[0];
  const newer = useStore(near.newer).data?.[0];
  const open = (other: { id: number } | undefined) => (other ? () => navigate(href(`/training/${other.id}`, filtersAt(at.params))) : undefined);
  const s = state.data;
  const may = useMay('operator');
  const mayDelete = useMay('admin');
  const [busy, setBusy] = useState(false);
  const [asking, ask] = useState<'stop' | 'delete' | null>(null);
  const active = s !== undefined && isTraining(s.status);
  const again = () => navigate(href('/training/new', { from: id }));
  useKeys({ j: open(older), k: open(newer), n: may && s && !active ? again : undefined });
  const stop = async () => {
    setBusy(true);
    try { await api.trainingStop(id); toast('It stops'); } catch (error) { toastError('Not stopped', error); }
    ask(null);
    setBusy(false);
    trainingChanged();
  };
  const remove = async () => {
    try {
      await api.trainingDelete(id);
      toast(`Deleted session ${id}`);
      navigate(href('/training', filtersAt(at.params)));
      trainings.refresh();
    } catch (error) {
      toastError('Not deleted', error);
      ask(null);
    }
  };
  return (
    <>
      <Top title={<><Link to="/training" params={filtersAt(at.params)} class="crumb">Training</Link><span class="crumb-mark" aria-hidden="true">/</span>{s ? s.name : id}</>} beside={s && <SessionState status={s.status} />}>
        <span class="pair-buttons">
          <button type="button" disabled={!newer} onClick={open(newer)} aria-label="Newer session (k)" title="Newer session (k)">Newer</button>
          <button type="button" disabled={!older} onClick={open(older)} aria-label="Older session (j)" title="Older session (j)">Older</button>
        </span>
        <a class="button" href={apiAddress('/training/sessions/{id}/report', { at: { id } })} target="_blank" rel="noopener" title="Everything about this session on one page that can be kept and printed">Report</a>
        <Copy text={() => (s ? curl('POST', '/training/sessions', bodyOfSession(s)) : '')}>Copy as curl</Copy>
        {s && !active && mayDelete && <button type="button" class="bad" disabled={busy} onClick={() => ask('delete')}>Delete</button>}
        {s && !active && may && <button type="button" class="primary" onClick={again}>Train again</button>}
        {active && may && <button type="button" class="bad" disabled={busy || s.status === 'stopping'} onClick={() => ask('stop')}>{s.status === 'stopping' ? 'Stopping' : 'Stop'}</button>}
      </Top>
      <Loaded from={state} retry={() => void store.refresh()} skeleton={<><Skeleton height={104} /><Skeleton height={520} /></>}>
        {(d) => <><About of={d} /><Session key={d.id} of={d} /></>}
      </Loaded>
      {asking === 'stop' && active && (
        <Confirm title={`Stop ${s.name}?`} action="Stop it" onClose={() => ask(null)} onConfirm={stop}>
          <p>The problem under way is cancelled and not judged. What {plural(s.total_scenarios, 'problem')} said stands, and the session says what is known from {s.total_scenarios === 1 ? 'it' : 'them'}. It cannot go on afterwards.</p>
        </Confirm>
      )}
      {asking === 'delete' && s && (
        <Confirm title={`Delete ${s.name}?`} action="Delete it" onClose={() => ask(null)} onConfirm={remove}>
          <p>Session {id} with its <strong>{plural(s.total_scenarios, 'problem')}</strong> and their verdicts is gone for good. The load tests of its problems stay.</p>
        </Confirm>
      )}
    </>
  );
}
