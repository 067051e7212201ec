// SPDX-License-Identifier: Apache-2.0
// Short names for the objects of schema.d.ts. Nothing else in src/ reaches into `components`.
import type { components } from './schema';

type S = components['schemas'];
export type Automation = S['Automation'];
export type Connection = S['Connection'];
export type Provider = S['Provider'];
export type Scenario = S['Scenario'];
export type Run = S['Run'];
export type RunSummary = S['RunSummary'];
export type RunStatus = S['RunStatus'];
export type Phases = S['Phases'];
export type Timeline = S['Timeline'];
export type DashboardKpis = S['DashboardKpis'];
export type Engine = S['Engine'];
export type EngineNode = S['EngineNode'];
export type Calibration = S['Calibration'];
export type About = S['About'];
export type Me = S['Me'];
export type Problem = S['Problem'];

/** What a form sends: the writable members of an automation. */
export type AutomationInput = Partial<Omit<Automation, 'id' | 'created_by' | 'created_at' | 'updated_at'>>;
/** What a form sends: the writable members of a scenario. */
export type ScenarioInput = Partial<Omit<Scenario, 'id' | 'version' | 'created_by' | 'created_at' | 'updated_at'>>;

export const RUN_STATUSES: readonly RunStatus[] = ['pending', 'running', 'completed', 'failed', 'timed_out', 'cancelled'];

/** True while the run may still change by itself. */
export const isActive = (status: RunStatus): boolean => status === 'pending' || status === 'running';
