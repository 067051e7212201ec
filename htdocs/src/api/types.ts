// SPDX-License-Identifier: Apache-2.0
// Short names for the objects of schema.d.ts. Nothing else in src/ reaches into `components`.
import type { components } from './schema';

type S = components['schemas'];
export type Automation = S['Automation'];
export type Connection = S['Connection'];
export type Provider = S['Provider'];
export type Scenario = S['Scenario'];
export type Slo = S['ScenarioSlo'];
export type SloStanding = S['SloStanding'];
export type ScenarioSlos = S['ScenarioSlos'];
export type Comparison = S['Comparison'];
export type ComparisonMetric = S['ComparisonMetric'];
export type ComparisonPart = S['ComparisonPart'];
export type ComparisonSide = S['ComparisonSide'];
export type Interval = S['Interval'];
export type ScenarioTrend = S['ScenarioTrend'];
export type Run = S['Run'];
export type RunSummary = S['RunSummary'];
export type RunStatus = S['RunStatus'];
export type Phases = S['Phases'];
export type Timeline = S['Timeline'];
export type DashboardKpis = S['DashboardKpis'];
export type KpiKey = S['KpiKey'];
export type KpiFigure = S['KpiFigure'];
export type Kpis = S['Kpis'];
export type KpiGroup = Kpis['groups'][number];
export type KpiSeries = S['KpiSeries'];
export type KpiDistribution = S['KpiDistribution'];
export type KpiHeatmap = S['KpiHeatmap'];
export type Engine = S['Engine'];
export type EngineNode = S['EngineNode'];
export type Calibration = S['Calibration'];
export type LoadModel = S['LoadModel'];
export type LoadModelType = S['LoadModelType'];
export type LoadPlan = S['LoadPlan'];
export type LoadProgress = S['LoadProgress'];
export type LoadMetric = S['LoadMetric'];
export type LoadResults = S['LoadResults'];
export type LoadStep = S['LoadStep'];
export type LoadTest = S['LoadTest'];
export type LoadSecond = S['LoadSecond'];
export type LoadEstimate = S['LoadEstimate'];
export type LoadDataset = S['LoadDataset'];
export type LoadPolicies = S['LoadPolicies'];
export type LoadCost = S['LoadCost'];
export type TokenLength = S['TokenLength'];
export type RetryCause = S['RetryCause'];
export type Dataset = S['Dataset'];
export type DatasetEntry = S['DatasetEntry'];
export type Price = S['Price'];
export type About = S['About'];
export type Me = S['Me'];
export type Problem = S['Problem'];

/** What a form sends: the writable members of an automation. */
export type AutomationInput = Partial<Omit<Automation, 'id' | 'created_by' | 'created_at' | 'updated_at'>>;
/** What a form sends: the writable members of a scenario. */
export type ScenarioInput = Partial<Omit<Scenario, 'id' | 'version' | 'created_by' | 'created_at' | 'updated_at'>>;
/** What the upload of a dataset sends. */
export interface DatasetUpload { name: string; format: Dataset['format']; content: string }
/** What a form sends: the writable members of a price. */
export type PriceInput = Partial<Omit<Price, 'id' | 'created_by' | 'created_at' | 'updated_at'>>;

export const RUN_STATUSES: readonly RunStatus[] = ['pending', 'running', 'completed', 'failed', 'timed_out', 'cancelled'];
export const LOADTEST_STATUSES: readonly RunStatus[] = [...RUN_STATUSES, 'interrupted'];

/** True while the run may still change by itself. */
export const isActive = (status: RunStatus): boolean => status === 'pending' || status === 'running';
