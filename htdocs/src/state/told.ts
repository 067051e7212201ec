// SPDX-License-Identifier: Apache-2.0
// What events mean for what is known. Pure functions. An event may come twice, late, or after an answer that knew more already, so
// each only says how things are (never "one more"), and nothing goes back from an end to a state before.
import type { Query } from '../api/client';
import { isActive, type DashboardKpis, type LoadTest, type Run, type RunSummary, type TrainingProblem, type TrainingSecond, type TrainingSession } from '../api/types';
import type { LiveEvent } from './stream';

/** What is known after an event, and whether the server has to be asked for more. Null: the event means nothing here. */
export type Heard<T> = { data?: T; ask?: boolean } | null;
export type Told<T> = (event: LiveEvent, data: T) => Heard<T>;

type RunNews = Partial<RunSummary> & { id: number };

const RANKS: Record<string, number> = { pending: 0, running: 1, stopping: 2 };
const rank = (status: string | undefined): number => (status === undefined ? -1 : RANKS[status] ?? 3);

/** The runs that an event is about; null where it does not name them: all of a scenario were deleted. */
function runsOf(event: LiveEvent): readonly RunNews[] | null {
  const runs = event.data?.runs;
  return Array.isArray(runs) ? runs.filter((r): r is RunNews => typeof r?.id === 'number') : null;
}

const about = (topic: string, event: LiveEvent) => event.topic === topic;
const idOf = (event: LiveEvent): number | null => (typeof event.data?.id === 'number' ? event.data.id : null);

/** What an event says, laid over what is known; the same object where it says nothing new. */
function merged<T extends { status: string }>(known: T, news: Partial<T>): T {
  if (news.status !== undefined && rank(news.status) < rank(known.status)) return known;
  const said = Object.entries(news).filter(([name, value]) => value !== undefined && JSON.stringify(known[name as keyof T]) !== JSON.stringify(value));
  return said.length === 0 ? known : { ...known, ...Object.fromEntries(said) };
}

/** Rows with what is said of them; the same array where nothing changed. */
function mergedRows<T extends { id: number; status: string }>(rows: readonly T[], news: readonly (Partial<T> & { id: number })[]): readonly T[] {
  const byId = new Map(news.map((n) => [n.id, n]));
  let changed = false;
  const next = rows.map((row) => {
    const n = byId.get(row.id);
    const is = n ? merged(row, n as Partial<T>) : row;
    changed ||= is !== row;
    return is;
  });
  return changed ? next : rows;
}

/** Whether a run that is not among the rows may belong there. What the event does not say may be anything. */
function mayMatch(run: RunNews, key: Query): boolean {
  const is = (name: 'scenario_id' | 'automation_id') => !key[name] || run[name] === undefined || String(run[name]) === String(key[name]);
  const states = String(key.status ?? '').split(',').filter(Boolean);
  return is('scenario_id') && is('automation_id') && (states.length === 0 || run.status === undefined || states.includes(run.status));
}

/** A page of runs: rows change in place; new ones are asked for, on the first page only. */
export const ofRuns = (key: Query): Told<RunSummary[]> => (event, rows) => {
  if (!about('run', event)) return null;
  const news = runsOf(event);
  if (!news) return { ask: true };
  const data = mergedRows(rows, news) as RunSummary[];
  const known = new Map(rows.map((r) => [r.id, r]));
  const ask = news.some((n) => (known.has(n.id) ? !mayMatch(n, key) : !key.after && mayMatch(n, key)));
  return data === rows && !ask ? null : { data, ask };
};

/** One run: its state at once, all of it from the server. */
export const ofRun = (id: number): Told<Run> => (event, run) => {
  if (!about('run', event)) return null;
  const news = runsOf(event);
  const mine = news?.find((n) => n.id === id);
  if (news && !mine) return null;
  return { data: mine ? merged(run, mine as Partial<Run>) : run, ask: true };
};

/** What is counted over runs: asked for again when one ended, or began, if that is shown. */
export const whenRuns = <T>(matches: (run: RunNews, data: T) => boolean = () => true, begun = false): Told<T> => (event, data) => {
  if (!about('run', event) || (event.event === 'started' && !begun)) return null;
  const news = runsOf(event);
  return !news || news.some((n) => matches(n, data)) ? { ask: true } : null;
};

/** The overview: its last runs change in place, its figures are asked for. */
export const ofDashboard = (key: Query): Told<DashboardKpis> => (event, d) => {
  if (!about('run', event)) return null;
  const news = runsOf(event);
  const recent_runs = news ? mergedRows(d.recent_runs, news) as RunSummary[] : d.recent_runs;
  const ask = !news || news.some((n) => mayMatch(n, key));
  return { data: recent_runs === d.recent_runs ? d : { ...d, recent_runs }, ask };
};

/** A list of objects: any change may be one of what is listed, or of its order. */
export const whenChanged = <T>(...topics: readonly string[]): Told<T> => (event) => (topics.includes(event.topic) ? { ask: true } : null);

/** One object. */
export const ofObject = <T>(topic: string, id: number): Told<T> => (event) => (about(topic, event) && (idOf(event) ?? id) === id ? { ask: true } : null);

/** One story for a list of load tests and for one: state and progress at once; results, and what is not known, from the server. */
const newsOf = (event: LiveEvent): (Partial<LoadTest> & { id: number }) | null => {
  const id = idOf(event);
  return id === null ? null : { ...(event.data as Partial<LoadTest>), id };
};
const ended = (event: LiveEvent, news: Partial<LoadTest>) => event.event !== 'progress' || (news.status !== undefined && !isActive(news.status));

export const ofLoadTests: Told<LoadTest[]> = (event, list) => {
  if (!about('loadtest', event)) return null;
  const news = newsOf(event);
  if (!news) return { ask: true };
  return { data: mergedRows(list, [news]) as LoadTest[], ask: ended(event, news) || !list.some((t) => t.id === news.id) };
};

export const ofLoadTest = (id: number): Told<LoadTest> => (event, test) => {
  if (!about('loadtest', event)) return null;
  const news = newsOf(event);
  if (!news) return { ask: true };
  return news.id === id ? { data: merged(test, news), ask: ended(event, news) } : null;
};

/** What an event says of a session of training. Its members are picked: `scenario_id` is the number of a scenario in some events and the
 *  key of a problem in others. Null: it is of none, or of a second only. */
function trainingOf(event: LiveEvent): (Partial<TrainingSession> & { id: number }) | null {
  const id = idOf(event);
  if (!about('training', event) || event.event === 'metric' || id === null) return null;
  const { status, difficulty, problem_id, ended_by, reason, scenarios_completed } = event.data ?? {};
  const of = event.event === 'changed' ? { status, difficulty, problem_id, ended_by, reason } : event.event === 'update' ? { difficulty, total_scenarios: scenarios_completed } : {};
  return { id, ...of } as Partial<TrainingSession> & { id: number };
}

/** A page of sessions: what is said of one stands there at once; its counts are asked for. */
export const ofTrainings: Told<TrainingSession[]> = (event, list) => {
  const news = trainingOf(event);
  return news && { data: mergedRows(list, [news]) as TrainingSession[], ask: true };
};

export const ofTraining = (id: number): Told<TrainingSession> => (event, session) => {
  const news = trainingOf(event);
  return news?.id === id ? { data: merged(session, news), ask: true } : null;
};

/** What belongs to a session and changes with its problems. */
export const whenTraining = <T>(id: number): Told<T> => (event) => (trainingOf(event)?.id === id ? { ask: true } : null);

/** Problems without a session: one of them was judged. */
export const whenProblems: Told<TrainingProblem[]> = (event) => (about('training', event) && event.event === 'scenario_completed' && idOf(event) === null ? { ask: true } : null);

/** A problem, of a session or not: it is judged when its event says so. */
export const ofProblem = <T>(id: number): Told<T> => (event) => (about('training', event) && event.event !== 'metric' && event.data?.problem_id === id ? { ask: true } : null);

const share = (part: unknown, all: number): number | null => (typeof part === 'number' && all > 0 ? part / all : null);
const numberOr = <T>(value: unknown, none: T): number | T => (typeof value === 'number' ? value : none);

/** A second as an event tells it, as the API lists it. `at` is when it was told: the event does not say when the load began. */
function secondOf(event: LiveEvent): TrainingSecond | null {
  const { problem_id, second, metrics } = event.data ?? {};
  if (typeof problem_id !== 'number' || typeof second !== 'number' || typeof metrics !== 'object' || metrics === null) return null;
  const m = metrics as Record<string, unknown>;
  const ended = numberOr(m.completed, 0) + numberOr(m.failed, 0);
  return {
    at: event.at, problem_id, second, response_time: numberOr((m.e2e_ms as Record<string, unknown> | undefined)?.p50, null), throughput: numberOr(m.completed, 0),
    error_rate: share(m.failed, ended), success_rate: share(m.completed, ended), cpu_usage: numberOr(m.cpu_usage, null), memory_usage: numberOr(m.memory_usage, null),
    target_cpu_usage: numberOr(m.target_cpu_usage, null), target_memory_usage: numberOr(m.target_memory_usage, null),
  } as TrainingSecond;
}

/** The seconds of a session: one that follows on what is known is laid behind it; where one is missing, the server is asked. */
export const ofTrainingSeconds = <T extends { seconds: readonly TrainingSecond[] }>(id: number): Told<T> => (event, data) => {
  if (!about('training', event) || idOf(event) !== id) return null;
  if (event.event !== 'metric') return { ask: true };
  const next = secondOf(event);
  const last = data.seconds.at(-1);
  if (!next || (last && (next.problem_id < last.problem_id || (next.problem_id === last.problem_id && next.second <= last.second)))) return null; // known
  const follows = !last || last.problem_id !== next.problem_id ? next.second === 0 : next.second === last.second + 1;
  if (!follows) return { ask: true };
  const at = last?.problem_id === next.problem_id ? new Date(Date.parse(last.at) + 1000).toISOString() : next.at;
  return { data: { ...data, seconds: [...data.seconds, { ...next, at }] } };
};
