// SPDX-License-Identifier: Apache-2.0
// The form of a plan and the plan itself. The form holds texts, as typed; the server says what is wrong with them.
import type { LoadModel, LoadModelType, LoadPlanInput } from '../../api/types';
import { readObject } from '../../editor/json_text';
import { whereMembers, type Where } from '../../ui/location';
import { ASKED, type AskedForm, askedOf, datasetOf } from './asked';
import { POLICIES, POLICY_MEMBERS, type PolicyForm, policiesOf, policyMembers } from './policies';
import { SPREAD, SPREAD_MEMBERS, type SpreadForm, spreadMembers, spreadOf } from './spread';
import { some, typed } from './typed';

export interface SloForm { metric: string; quantile: string; max: string }
export interface StageForm { seconds: string; target: string }

/** Every field of every model, so that changing the type and back loses nothing. */
export interface PlanForm extends AskedForm, PolicyForm, SpreadForm {
  scenario: string;
  name: string;
  type: LoadModelType;
  concurrency: string; think: string; rate: string; shape: string; turns: string;
  of: 'rate' | 'concurrency'; arrivals: 'poisson' | 'constant';
  start: string; stages: StageForm[];
  list: 'range' | 'values'; values: string; from: string; to: string; steps: string; scale: 'linear' | 'geometric';
  stepSeconds: string; startRate: string; maxRate: string; precision: string;
  ends: 'duration' | 'requests'; duration: string; requests: string;
  warmup: string; seed: string; inFlight: string; certificate: boolean; drain: string; keepRows: string;
  slos: SloForm[];
  where: Where;
  /** members the form has no field for, as JSON */
  other: string;
}

export const EMPTY: PlanForm = {
  scenario: '', name: '', type: 'poisson',
  concurrency: '10', think: '0', rate: '10', shape: '0.5', turns: '4',
  of: 'rate', arrivals: 'poisson',
  start: '0', stages: [{ seconds: '30', target: '20' }, { seconds: '30', target: '20' }],
  list: 'range', values: '5, 10, 20, 40', from: '5', to: '80', steps: '5', scale: 'geometric',
  stepSeconds: '20', startRate: '5', maxRate: '200', precision: '0.1',
  ends: 'duration', duration: '60', requests: '1000',
  warmup: '5', seed: '1', inFlight: '', certificate: true, drain: '60', keepRows: '',
  slos: [], where: '', other: '',
  ...ASKED, ...POLICIES, ...SPREAD,
};

export const TYPES: readonly (readonly [LoadModelType, string, string])[] = [
  ['poisson', 'Poisson arrivals', 'Open loop: independent users, at random times around a mean rate.'],
  ['constant', 'Constant rate', 'Open loop: one request after each equal pause.'],
  ['gamma', 'Gamma arrivals', 'Open loop: bursts with a shape below 1, smoother than Poisson above 1.'],
  ['closed', 'Fixed number at a time', 'Closed loop: each sends again after its answer, so a slow target is asked less.'],
  ['semi_open', 'Sessions', 'Sessions arrive openly; inside each, a turn follows the answer before it.'],
  ['ramp', 'Ramp', 'The load grows or falls in straight lines from stage to stage.'],
  ['sweep', 'Sweep', 'One load after another, each with its own figures: shows where the target saturates.'],
  ['capacity', 'Capacity search', 'Looks for the highest rate at which every SLO is met.'],
];

/** True where the steps of the model say how long it takes. */
export const hasSteps = (type: LoadModelType): boolean => type === 'ramp' || type === 'sweep' || type === 'capacity';

function modelOf(f: PlanForm): LoadModel {
  const arrivals = f.of === 'rate' ? { arrivals: f.arrivals } : {};
  switch (f.type) {
    case 'closed': return some({ type: f.type, concurrency: typed(f.concurrency), think_time_ms: typed(f.think) }) as LoadModel;
    case 'gamma': return some({ type: f.type, rate: typed(f.rate), shape: typed(f.shape) }) as LoadModel;
    case 'semi_open': return some({ type: f.type, rate: typed(f.rate), turns: typed(f.turns), think_time_ms: typed(f.think) }) as LoadModel;
    case 'ramp': return some({ type: f.type, start: typed(f.start), stages: f.stages.map((s) => some({ duration_seconds: typed(s.seconds), [f.of]: typed(s.target) })), ...arrivals }) as LoadModel;
    case 'sweep': return some({
      type: f.type, of: f.of,
      ...(f.list === 'values' ? { values: f.values.split(/[\s,;]+/).filter(Boolean).map((v) => typed(v)) } : { from: typed(f.from), to: typed(f.to), steps: typed(f.steps), scale: f.scale }),
      step_seconds: typed(f.stepSeconds), ...arrivals,
    }) as LoadModel;
    case 'capacity': return some({ type: f.type, start_rate: typed(f.startRate), max_rate: typed(f.maxRate), step_seconds: typed(f.stepSeconds), precision: typed(f.precision), arrivals: f.arrivals }) as LoadModel;
    default: return some({ type: f.type, rate: typed(f.rate) }) as LoadModel;
  }
}

/** The plan as the API takes it, or null while it names no scenario or its JSON cannot be read. */
export function planOf(f: PlanForm): LoadPlanInput | null {
  const other = readObject(f.other);
  const dataset = datasetOf(f);
  const spread = spreadMembers(f);
  if (!('value' in other) || dataset === null || spread === null || f.scenario === '') return null;
  return some({
    ...other.value,
    scenario_id: Number(f.scenario),
    name: f.name.trim() || undefined,
    load_model: modelOf(f),
    dataset,
    ...policyMembers(f),
    ...spread,
    ...(hasSteps(f.type) ? {} : f.ends === 'duration' ? { duration_seconds: typed(f.duration) } : { requests: typed(f.requests) }),
    warmup_seconds: typed(f.warmup),
    seed: typed(f.seed),
    slos: f.slos.map((s) => some({ metric: s.metric, quantile: typed(s.quantile), max: typed(s.max) })),
    max_in_flight: typed(f.inFlight),
    certificate: f.certificate,
    drain_seconds: typed(f.drain),
    keep_rows: typed(f.keepRows),
    ...whereMembers(f.where),
  }) as LoadPlanInput;
}

const FIELDS = new Set<string>(['scenario_id', 'name', 'load_model', 'duration_seconds', 'requests', 'warmup_seconds', 'seed', 'slos', 'max_in_flight', 'certificate', 'drain_seconds', 'dataset', 'location', 'locations', 'keep_rows', ...POLICY_MEMBERS, ...SPREAD_MEMBERS]);

/** The form of a plan that was sent before. */
export function formOf(plan: LoadPlanInput): PlanForm {
  const m = plan.load_model;
  const text = (value: unknown, fallback: string) => (value === undefined || value === null ? fallback : String(value));
  const of = m.of ?? (m.stages?.some((s) => s.concurrency !== undefined) ? 'concurrency' : 'rate');
  const other = Object.fromEntries(Object.entries(plan).filter(([k, v]) => !FIELDS.has(k) && v !== null && !(Array.isArray(v) && v.length === 0)));
  return {
    scenario: String(plan.scenario_id), name: plan.name ?? '', type: m.type,
    concurrency: text(m.concurrency, EMPTY.concurrency), think: text(m.think_time_ms, EMPTY.think), rate: text(m.rate, EMPTY.rate), shape: text(m.shape, EMPTY.shape), turns: text(m.turns, EMPTY.turns),
    of, arrivals: m.arrivals ?? EMPTY.arrivals,
    start: text(m.start, EMPTY.start), stages: m.stages?.map((s) => ({ seconds: text(s.duration_seconds, ''), target: text(s[of], '') })) ?? EMPTY.stages,
    list: m.values ? 'values' : 'range', values: m.values?.join(', ') ?? EMPTY.values,
    from: text(m.from, EMPTY.from), to: text(m.to, EMPTY.to), steps: text(m.steps, EMPTY.steps), scale: m.scale ?? EMPTY.scale,
    stepSeconds: text(m.step_seconds, EMPTY.stepSeconds), startRate: text(m.start_rate, EMPTY.startRate), maxRate: text(m.max_rate, EMPTY.maxRate), precision: text(m.precision, EMPTY.precision),
    ends: plan.requests == null ? 'duration' : 'requests', duration: text(plan.duration_seconds, EMPTY.duration), requests: text(plan.requests, EMPTY.requests),
    warmup: text(plan.warmup_seconds, '0'), seed: text(plan.seed, EMPTY.seed), inFlight: text(plan.max_in_flight, EMPTY.inFlight), certificate: plan.certificate ?? true, drain: text(plan.drain_seconds, EMPTY.drain), keepRows: text(plan.keep_rows, ''),
    slos: (plan.slos ?? []).map((s) => ({ metric: s.metric, quantile: text(s.quantile, '0.95'), max: String(s.max) })),
    where: plan.location ?? '',
    ...askedOf(plan.dataset), ...policiesOf(plan), ...spreadOf(plan),
    other: Object.keys(other).length ? JSON.stringify(other, null, 2) : '',
  };
}
