// SPDX-License-Identifier: Apache-2.0
// One Resource per kind of object, and what must be refreshed after which change.
import { type Answer, api, type Query, queryString } from '../api/client';
import { isEarly } from '../api/early';
import type { QueryOf } from '../api/paths';
import { type Automation, type Calibration, type Dataset, type DatasetEntry, isActive, isTraining, type LoadSecond, type LoadTest, type Price, type RunStatus, type RunSummary, type Scenario, type TrainingComparison, type TrainingProblem, type TrainingSecond, type TrainingSession, View } from '../api/types';
import { rangeQuery } from '../format/time';
import { live } from './live';
import { Resource, Store } from './store';
import type { LiveEvent } from './stream';
import { ofDashboard, ofLoadTest, ofLoadTests, ofObject, ofProblem, ofRun, ofRuns, ofTraining, ofTrainings, ofTrainingSeconds, whenChanged, whenProblems, whenRuns, whenTraining } from './told';

const anyActive = (list: { status: RunStatus }[]) => list.some((r) => isActive(r.status));

/** How many names a select or a look-up holds; beyond that one searches. */
const NAMES_LIMIT = 1000;

/** A load test that runs is asked for once a second: that is how often it says something new. */
const SECOND_MS = 1000;

/** Seconds of training in one answer, as the server gives them where it is not asked for more. */
const SECONDS_PAGE = 1000;

/** What is counted over many runs is asked for less often, however often they end. */
const FIGURES_GAP_MS = 2_000;
const HEAVY_GAP_MS = 10_000;

/** A window that ends now moves: what was in it drops out, and a day ends, without any event. */
const ROLLS_MS = 60_000;
const rolls = (query: Query): number | undefined => ([query.from, query.to].some((end) => String(end ?? '').startsWith('now')) ? ROLLS_MS : undefined);

/** Engines tell by their heartbeats that they live; that one is dead is told by nobody. */
const ENGINE_MS = 10_000;

/** The window of a query as the server is asked, by the clock of now (format/time.ts); as it was asked early, if it was. */
const resolved = <Q extends Query>(path: string, query: Q): Q => (typeof query.from === 'string' && !isEarly(path + queryString(query)) ? { ...query, ...rangeQuery({ from: query.from, to: String(query.to ?? 'now') }, Date.now()) } : query);

const ended = <T>(gapMs: number) => (query: Query) => ({
  gapMs, liveMs: rolls(query),
  told: query.source === 'loadtest' ? whenChanged<T>('loadtest') : whenRuns<T>((r) => !query.scenario_id || r.scenario_id === undefined || String(r.scenario_id) === String(query.scenario_id)),
});

export const kpis = new Resource((query: QueryOf<'/runs/kpis/dashboard'>, o) => api.kpis(resolved('/runs/kpis/dashboard', query), o), (query) => ({
  busy: (d) => (d.by_status?.pending ?? 0) + (d.by_status?.running ?? 0) > 0 || anyActive(d.recent_runs), gapMs: FIGURES_GAP_MS, liveMs: rolls(query), told: ofDashboard(query),
}));
export const kpiFigures = new Resource((query: QueryOf<'/kpis'>, o) => api.kpiFigures(resolved('/kpis', query), o), ended(FIGURES_GAP_MS));
export const kpiSeries = new Resource((query: QueryOf<'/kpis/series'>, o) => api.kpiSeries(resolved('/kpis/series', query), o), ended(FIGURES_GAP_MS));
export const kpiDistribution = new Resource((query: QueryOf<'/kpis/distribution'>, o) => api.kpiDistribution(resolved('/kpis/distribution', query), o), ended(FIGURES_GAP_MS));
export const kpiHeatmap = new Resource((query: QueryOf<'/kpis/heatmap'>, o) => api.kpiHeatmap(resolved('/kpis/heatmap', query), o), ended(FIGURES_GAP_MS));
export const runs = new Resource((query: QueryOf<'/runs'>, o) => api.runs(resolved('/runs', query), o), (query) => ({ busy: anyActive, liveMs: rolls(query), told: ofRuns(query) }));
export const run = new Resource((id: number, o) => api.run(id, o), (id) => ({ busy: (r) => isActive(r.status), told: ofRun(id) }));
/** A run as some list has it. */
export const runListed = (id: number): RunSummary | undefined => runs.find((list) => list.find((r) => r.id === id)) ?? kpis.find((d) => d.recent_runs.find((r) => r.id === id));
export const timeline = new Resource((id: number, o) => api.timeline(id, o), (id) => ({ told: whenRuns((r) => r.id === id) }));
export const automations = new Resource<QueryOf<'/automations'>, Automation[]>((query, o) => api.automations(query, o), { told: whenChanged('automation') });
export const automation = new Resource((id: number, o) => api.automation(id, o), (id) => ({ told: ofObject('automation', id) }));
/** What a target is and offers: short work, so it is looked after often where no event tells its end. */
export const discovery = new Resource((id: number, o) => api.discovery(id, o), (id) => ({ busy: (d) => isActive(d.status), busyMs: 500, told: whenRuns((r) => r.id === id, true) }));
export const scenarios = new Resource<QueryOf<'/scenarios'>, Scenario[]>((query, o) => api.scenarios(query, o), { told: whenChanged('scenario') });
export const scenario = new Resource((id: number, o) => api.scenario(id, o), (id) => ({ told: ofObject('scenario', id) }));
const ofScenario = (id: number) => { const ends = whenRuns<unknown>((r) => r.scenario_id === undefined || r.scenario_id === id); const changes = whenChanged<unknown>('slo', 'scenario'); return { gapMs: HEAVY_GAP_MS, liveMs: ROLLS_MS, told: (event: LiveEvent) => (ends(event, null) ?? changes(event, null))?.ask ? { ask: true } : null }; };
export const scenarioSlos = new Resource((id: number, o) => api.scenarioSlos(id, o), ofScenario);
export const scenarioTrend = new Resource(({ id, ...query }: QueryOf<'/scenarios/{id}/trend'> & { id: number }, o) => api.scenarioTrend(id, query, o), ({ id }) => ofScenario(id));
/** A comparison is of what has ended: only times move on. */
export const comparison = new Resource((query: QueryOf<'/compare'>, o) => api.compare(query, o), { gapMs: HEAVY_GAP_MS, told: whenRuns() });
export const engine = new Store((o) => api.engine(o), { busy: (e) => e.queue.pending + e.queue.running > 0, liveMs: ENGINE_MS, told: (event) => (event.topic === 'engine' || event.topic === 'run' ? { ask: true } : null) });
export const dead = new Resource((query: QueryOf<'/engine/dead'>, o) => api.dead(query, o), { told: whenRuns() });
export const calibrations = new Resource<QueryOf<'/calibrations'>, Calibration[]>((query, o) => api.calibrations(query, o), { busy: anyActive, told: whenRuns((r) => r.kind === undefined || r.kind === 'calibration', true) });
export const loadtests = new Resource<QueryOf<'/loadtests'>, LoadTest[]>((query, o) => api.loadtests(query, o), { busy: anyActive, told: ofLoadTests });
export const loadtest = new Resource((id: number, o) => api.loadtest(id, o), (id) => ({ busy: (t) => isActive(t.status), busyMs: SECOND_MS, told: ofLoadTest(id) }));
export const datasets = new Resource<QueryOf<'/datasets'>, Dataset[]>((query, o) => api.datasets(query, o), { told: whenChanged('dataset') });
export const dataset = new Resource((id: number, o) => api.dataset(id, o), (id) => ({ told: ofObject('dataset', id) }));
export const datasetEntries = new Resource<QueryOf<'/datasets/{id}/entries'> & { id: number }, DatasetEntry[]>(({ id, ...query }, o) => api.datasetEntries(id, query, o), ({ id }) => ({ told: ofObject('dataset', id) }));
export const prices = new Resource<QueryOf<'/prices'>, Price[]>((query, o) => api.prices(query, o), { told: whenChanged('price') });
export const views = new Resource<QueryOf<'/views'>, View[]>((query, o) => api.views(query, o), { told: whenChanged('view') });
export const price = new Resource((id: number, o) => api.price(id, o), (id) => ({ told: ofObject('price', id) }));
/** No event tells of it: it is asked for often while something is about to happen. */
const SYNC_MS = 5_000;
const soon = (at: string | null) => at !== null && Date.parse(at) - Date.now() < 60_000;
export const whileSyncing = { busy: (s: { status: string; next_sync_at: string | null }) => s.status === 'running' || soon(s.next_sync_at), busyMs: SYNC_MS };
export const syncStatus = new Store((o) => api.syncStatus(o), whileSyncing);
export const reference = new Store((o) => api.reference(o));
export const about = new Store((o) => api.about(o));
export const me = new Store((o) => api.me(o));

export interface LoadSeries { seconds: readonly LoadSecond[]; ended: boolean }

/** The seconds of a load test: each time only those above the last one known are asked for. */
export const loadtestSeries = new Resource(async (id: number, o): Promise<Answer<LoadSeries>> => {
  const status = loadtest.of(id).get().data?.status;
  let seconds = loadtestSeries.of(id).get().data?.seconds ?? [];
  for (;;) {
    // the address differs each time: an ETag of the last answer would mean something else
    const answer: Answer<LoadSecond[]> = await api.loadtestSeries(id, seconds.at(-1)?.second, { signal: o.signal });
    if (answer.data.length > 0) seconds = [...seconds, ...answer.data];
    if (!answer.next || answer.data.length === 0) return { ...answer, etag: null, data: { seconds, ended: status !== undefined && !isActive(status) } };
  }
}, (id) => ({ busy: (s) => !s.ended, busyMs: SECOND_MS, told: ofObject('loadtest', id) }));

export const trainings = new Resource<QueryOf<'/training/sessions'>, TrainingSession[]>((query, o) => api.trainings(query, o), { busy: (list) => list.some((s) => isTraining(s.status)), told: ofTrainings });
/** Of what has ended, mostly: only one that goes on makes it another. */
export const trainingComparison = new Resource((query: QueryOf<'/training/sessions/compare'>, o) => api.trainingComparison(query, o), ({ a, b }) => ({ gapMs: HEAVY_GAP_MS, told: (event: LiveEvent) => whenTraining<TrainingComparison>(Number(a))(event, null as never) ?? whenTraining<TrainingComparison>(Number(b))(event, null as never) }));
export const training = new Resource((id: number, o) => api.training(id, o), (id) => ({ busy: (s) => isTraining(s.status), busyMs: SECOND_MS, told: ofTraining(id) }));
export const trainingProblems = new Resource<QueryOf<'/training/sessions/{id}/problems'> & { id: number }, TrainingProblem[]>(({ id, ...query }, o) => api.trainingProblems(id, query, o), ({ id }) => ({ busy: (list) => list.some((p) => p.status === 'running'), told: whenTraining(id) }));
export const problems = new Resource<QueryOf<'/training/problems'>, TrainingProblem[]>((query, o) => api.problems(query, o), { busy: (list) => list.some((p) => p.status === 'running'), told: whenProblems });
export const problem = new Resource((id: number, o) => api.problem(id, o), (id) => ({ busy: (p) => p.status === 'running', told: ofProblem(id) }));

export interface TrainingSeries { seconds: readonly TrainingSecond[]; ended: boolean }

/** So many of its seconds are kept at most: more say no more on a screen. */
const SECONDS_KEPT = 3600;

/** The seconds of a session's problems from the one of `from` on, to that of `to` (null: to the last). Asked again, those of the last two
 *  problems come anew: so an event that was lost is made good when the next problem begins. */
export const trainingSeconds = new Resource(async (key: { id: number; from: number; to: number | null }, o): Promise<Answer<TrainingSeries>> => {
  const status = training.of(key.id).get().data?.status;
  const known = trainingSeconds.of(key).get().data?.seconds ?? [];
  const ids = [...new Set(known.map((s) => s.problem_id))];
  const again = ids.at(-2) ?? key.from;
  let seconds = known.filter((s) => s.problem_id < again);
  let after: { after_problem: number; after_second?: number } = { after_problem: again };
  for (;;) {
    const answer: Answer<TrainingSecond[]> = await api.trainingSeconds(key.id, after, { signal: o.signal });
    const last = answer.data.at(-1);
    seconds = [...seconds, ...answer.data.filter((s) => key.to === null || s.problem_id <= key.to)].slice(-SECONDS_KEPT);
    if (!last || answer.data.length < SECONDS_PAGE || (key.to !== null && last.problem_id > key.to)) return { ...answer, etag: null, data: { seconds, ended: key.to !== null || (status !== undefined && !isTraining(status)) } };
    after = { after_problem: last.problem_id, after_second: last.second };
  }
}, (key) => ({ busy: (s) => !s.ended, busyMs: SECOND_MS, told: key.to === null ? ofTrainingSeconds<TrainingSeries>(key.id) : undefined }));

/** All datasets and prices, of which there are few, for names and selects. */
export const allDatasets = () => datasets.of({ limit: NAMES_LIMIT });
export const allPrices = () => prices.of({ limit: NAMES_LIMIT });

/** After something was done to runs: everything that shows or counts them. */
export function runsChanged(): void {
  for (const resource of [kpis, runs, run, dead]) resource.refresh();
  if (engine.isWatched()) void engine.refresh();
}

/** After something was done to load tests. */
export function loadtestsChanged(): void {
  for (const resource of [loadtests, loadtest]) resource.refresh();
  if (engine.isWatched()) void engine.refresh();
}

/** After something was done to sessions of training or to problems. */
export function trainingChanged(): void {
  for (const resource of [trainings, training, trainingProblems, problems, problem]) resource.refresh();
}

/** After an automation or a scenario was written. */
export function objectsChanged(): void {
  for (const resource of [automations, automation, scenarios, scenario]) resource.refresh();
}

/** After a dataset was uploaded, renamed or deleted. */
export function datasetsChanged(): void {
  for (const resource of [datasets, dataset]) resource.refresh();
}

/** After a price was written. */
export function pricesChanged(): void {
  for (const resource of [prices, price]) resource.refresh();
}

/** The server says in /about whether it has events to listen to. */
about.onData((a) => live.offer(a.features?.events === true, a.features?.websocket !== false));
