// SPDX-License-Identifier: Apache-2.0
// One Resource per kind of object, and what must be refreshed after which change.
import { type Answer, api, type Query } from '../api/client';
import { type Automation, type Calibration, type Dataset, type DatasetEntry, isActive, type LoadSecond, type LoadTest, type Price, type RunSummary, type Scenario } from '../api/types';
import { Resource, Store } from './store';

const anyActive = (list: { status: RunSummary['status'] }[]) => list.some((r) => isActive(r.status));

/** How many names a select or a look-up holds; beyond that one searches. */
const NAMES_LIMIT = 1000;

/** A load test that runs is asked for once a second: that is how often it says something new. */
const SECOND_MS = 1000;

export const kpis = new Resource((query: Query, o) => api.kpis(query, o),
  (d) => (d.by_status?.pending ?? 0) + (d.by_status?.running ?? 0) > 0 || anyActive(d.recent_runs));
export const kpiFigures = new Resource((query: Query, o) => api.kpiFigures(query, o));
export const kpiSeries = new Resource((query: Query, o) => api.kpiSeries(query, o));
export const kpiDistribution = new Resource((query: Query, o) => api.kpiDistribution(query, o));
export const kpiHeatmap = new Resource((query: Query, o) => api.kpiHeatmap(query, o));
export const runs = new Resource((query: Query, o) => api.runs(query, o), anyActive);
export const run = new Resource((id: number, o) => api.run(id, o), (r) => isActive(r.status));
export const timeline = new Resource((id: number, o) => api.timeline(id, o));
export const automations = new Resource<Query, Automation[]>((query, o) => api.automations(query, o));
export const automation = new Resource((id: number, o) => api.automation(id, o));
export const scenarios = new Resource<Query, Scenario[]>((query, o) => api.scenarios(query, o));
export const scenario = new Resource((id: number, o) => api.scenario(id, o));
export const scenarioSlos = new Resource((id: number, o) => api.scenarioSlos(id, o));
export const scenarioTrend = new Resource(({ id, ...query }: Query & { id: number }, o) => api.scenarioTrend(id, query, o));
export const comparison = new Resource((query: Query, o) => api.compare(query, o));
export const engine = new Store((o) => api.engine(o), (e) => e.queue.pending + e.queue.running > 0);
export const dead = new Resource((query: Query, o) => api.dead(query, o));
export const calibrations = new Resource<Query, Calibration[]>((query, o) => api.calibrations(query, o), anyActive);
export const loadtests = new Resource<Query, LoadTest[]>((query, o) => api.loadtests(query, o), anyActive);
export const loadtest = new Resource((id: number, o) => api.loadtest(id, o), (t) => isActive(t.status), SECOND_MS);
export const datasets = new Resource<Query, Dataset[]>((query, o) => api.datasets(query, o));
export const dataset = new Resource((id: number, o) => api.dataset(id, o));
export const datasetEntries = new Resource<Query & { id: number }, DatasetEntry[]>(({ id, ...query }, o) => api.datasetEntries(id, query, o));
export const prices = new Resource<Query, Price[]>((query, o) => api.prices(query, o));
export const price = new Resource((id: number, o) => api.price(id, o));
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
}, (s) => !s.ended, SECOND_MS);

/** All automations, scenarios, datasets and prices, for names and selects. */
export const allAutomations = () => automations.of({ limit: NAMES_LIMIT });
export const allScenarios = () => scenarios.of({ limit: NAMES_LIMIT });
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
