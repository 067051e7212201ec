// SPDX-License-Identifier: Apache-2.0
// Short names for the objects of schema.d.ts. Nothing else in src/ but paths.ts reaches into it.
import type { components } from './schema';

type S = components['schemas'];
export type Automation = S['Automation'];
export type Provider = Automation['provider'];
export type Scenario = S['Scenario'];
export type Slo = S['Slo'];
export type SloStanding = S['SloStanding'];
export type ScenarioSlos = S['ScenarioSlos'];
export type Comparison = S['Comparison'];
export type ComparisonMetric = S['ComparisonMetric'];
export type ComparisonPart = S['ComparisonPart'];
export type ComparisonSide = S['ComparisonSide'];
export type Interval = S['Interval'];
export type ScenarioTrend = S['ScenarioTrend'];
export type Run = S['Run'];
/** One run as lists carry it (`view=summary`). */
export type RunSummary = Omit<Run, 'inputs' | 'request' | 'response_json'>;
export type Queued = S['RunBulkAnswer'];
export type Phases = NonNullable<Run['phases']>;
export type Timeline = S['Timeline'];
export type DashboardKpis = S['DashboardKpis'];
export type KpiKey = S['KpiKey'];
export type KpiFigure = S['KpiFigure'];
export type Kpis = S['Kpis'];
export type KpiGroup = S['KpiGroup'];
export type KpiSeries = S['KpiSeries'];
export type KpiDistribution = S['KpiDistribution'];
export type KpiHeatmap = S['KpiHeatmap'];
export type Engine = S['Engine'];
export type EngineNode = S['EngineNode'];
export type Calibration = S['Calibration'];
export type LoadPlan = S['LoadTestPlan'];
export type LoadModel = LoadPlan['load_model'];
export type LoadModelType = LoadModel['type'];
export type LoadDataset = NonNullable<S['LoadTestPlanInput']['dataset']>;
export type LoadProgress = S['LoadTestProgress'];
export type LoadMetric = S['LoadTestMetric'];
export type LoadResults = S['LoadTestResults'];
export type LoadStep = S['LoadTestStep'];
export type LoadPolicies = LoadResults['policies'];
export type LoadClasses = NonNullable<LoadResults['classes']>;
export type LoadEndpoints = NonNullable<LoadResults['endpoints']>;
export type LoadCost = NonNullable<LoadResults['cost']>;
export type LoadTest = S['LoadTest'];
export type LoadSecond = S['LoadTestSecond'];
export type LoadEstimate = S['LoadTestEstimate'];
export type TokenLength = NonNullable<LoadDataset['generate']>['input_tokens'];
export type RetryCause = NonNullable<LoadPlan['retry']>['on'][number];
export type TrainingSession = S['TrainingSession'];
export type TrainingProblem = S['TrainingProblem'];
export type TrainingSecond = S['TrainingSecond'];
export type TrainingComparison = S['TrainingComparison'];
export type ComparedSession = S['ComparedSession'];
export type TrainingStatus = TrainingSession['status'];
export type ProblemType = TrainingProblem['type'];
export type Difficulty = TrainingProblem['difficulty'];
export type Dataset = S['Dataset'];
export type DatasetEntry = S['DatasetEntry'];
export type Price = S['Price'];
export type Discovery = S['Discovery'];
export type DiscoveryInput = S['DiscoveryRequest'];
export type DefinitionsInput = S['DefinitionsInput'];
export type DefinitionsReport = S['DefinitionsReport'];
export type User = S['User'];
export type PasswordLink = S['PasswordLink'];
export type Role = User['role'];
export type AuthUser = S['AuthUser'];
export type Session = S['Session'];
export type ApiKey = S['ApiKey'];
export type ApiKeyInput = S['ApiKeyInput'];
export type Scope = NonNullable<ApiKey['scopes']>[number];
export type Project = S['Project'];
export type Secret = S['Secret'];
export type SecretKeys = S['SecretKeys'];
export type AuditEntry = S['AuditEntry'];
export type AuditVerdict = S['AuditVerdict'];
export type TraceSource = S['TraceSource'];
export type TraceSourceInput = S['TraceSourceInput'];
export type TraceSync = S['TraceSync'];
export type TracePass = S['TracePass'];
export type SyncStatus = S['SyncStatus'];
export type Trace = S['Trace'];
export type TraceSession = S['TraceSession'];
export type TraceDay = S['TraceDay'];
export type TraceModel = S['TraceModel'];
export type Observation = S['Observation'];
export type ObservationDetail = S['ObservationDetail'];
export type TraceScore = S['TraceScore'];
export type Agent = S['Agent'];
export type About = S['About'];
export type ConfiguredDirective = S['ConfiguredDirective'];
export type Me = S['Me'];
/** Also one that the page makes itself, where nothing answered. */
export type Problem = Partial<S['Problem']>;

/** How to reach a target: members of all providers. Which of them count depends on the provider. */
export type Connection = Partial<S['Connection_openai'] & Omit<S['Connection_http'], keyof S['Connection_openai']> & Omit<S['Connection_tinyfish'], keyof S['Connection_openai']>>;

/** What forms send. */
export type AutomationInput = S['AutomationInput'];
export type ScenarioInput = S['ScenarioInput'];
export type SloInput = NonNullable<ScenarioInput['slos']>[number];
export type LoadPlanInput = S['LoadTestPlanInput'];
export type TrainingPlanInput = S['TrainingPlanInput'];
export type ProblemInput = S['ProblemRequest'];
export type DatasetUpload = S['DatasetUpload'];
export type PriceInput = S['PriceInput'];
export type View = S['View'];

/** `interrupted`: the engine of a load test died; what it had measured is kept. */
export type RunStatus = Run['status'] | LoadTest['status'];

export const RUN_STATUSES: readonly RunStatus[] = ['pending', 'running', 'completed', 'failed', 'timed_out', 'cancelled'];
export const LOADTEST_STATUSES: readonly RunStatus[] = [...RUN_STATUSES, 'interrupted'];

export const TRAINING_STATUSES: readonly TrainingStatus[] = ['running', 'stopping', 'completed', 'stopped', 'failed'];

/** True while the session goes on by itself. */
export const isTraining = (status: TrainingStatus): boolean => status === 'running' || status === 'stopping';

/** True while the run may still change by itself. */
export const isActive = (status: RunStatus): boolean => status === 'pending' || status === 'running';
