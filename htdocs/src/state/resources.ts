// SPDX-License-Identifier: Apache-2.0
// One Resource per kind of object, and what must be refreshed after which change.
import { api, type Query } from '../api/client';
import { type Automation, type Calibration, isActive, type RunSummary, type Scenario } from '../api/types';
import { Resource, Store } from './store';

const anyActive = (list: { status: RunSummary['status'] }[]) => list.some((r) => isActive(r.status));

/** How many names a select or a look-up holds; beyond that one searches. */
const NAMES_LIMIT = 1000;

export const kpis = new Resource((query: Query, o) => api.kpis(query, o),
  (d) => (d.by_status?.pending ?? 0) + (d.by_status?.running ?? 0) > 0 || anyActive(d.recent_runs));
export const runs = new Resource((query: Query, o) => api.runs(query, o), anyActive);
export const run = new Resource((id: number, o) => api.run(id, o), (r) => isActive(r.status));
export const timeline = new Resource((id: number, o) => api.timeline(id, o));
export const automations = new Resource<Query, Automation[]>((query, o) => api.automations(query, o));
export const automation = new Resource((id: number, o) => api.automation(id, o));
export const scenarios = new Resource<Query, Scenario[]>((query, o) => api.scenarios(query, o));
export const scenario = new Resource((id: number, o) => api.scenario(id, o));
export const engine = new Store((o) => api.engine(o), (e) => e.queue.pending + e.queue.running > 0);
export const dead = new Resource((query: Query, o) => api.dead(query, o));
export const calibrations = new Resource<Query, Calibration[]>((query, o) => api.calibrations(query, o), anyActive);
export const about = new Store((o) => api.about(o));
export const me = new Store((o) => api.me(o));

/** All automations and scenarios, for names and selects. */
export const allAutomations = () => automations.of({ limit: NAMES_LIMIT });
export const allScenarios = () => scenarios.of({ limit: NAMES_LIMIT });

/** After something was done to runs: everything that shows or counts them. */
export function runsChanged(): void {
  for (const resource of [kpis, runs, run, dead]) resource.refresh();
  if (engine.isWatched()) void engine.refresh();
}

/** After an automation or a scenario was written. */
export function objectsChanged(): void {
  for (const resource of [automations, automation, scenarios, scenario]) resource.refresh();
}
