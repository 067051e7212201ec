// SPDX-License-Identifier: Apache-2.0
// Load models and phases in words.
import type { LoadModel, LoadPlanInput, LoadProgress } from '../api/types';
import { span } from './duration';
import { count, plural } from './number';

/** A plan under way may hold what is no number: it is said as it was typed. */
const number = (value: number | undefined | null): string => {
  if (value === undefined || value === null || Number.isNaN(value)) return '?';
  return typeof value !== 'number' ? String(value) : Number.isInteger(value) ? count(value) : String(Number(value.toPrecision(3)));
};
const seconds = (value: number | undefined) => (typeof value === 'number' && value > 120 ? span(value) : `${number(value)}\u00a0s`);
const several = (value: number | undefined, one: string) => (typeof value === 'number' ? plural(value, one) : `${number(value)}\u00a0${one}s`);
const perSecond = (value: number | undefined) => `${number(value)}/s`;
const target = (of: 'rate' | 'concurrency', value: number | undefined) => (of === 'rate' ? perSecond(value) : number(value));

/** How long, or how many: "for 60 s", "3,000 requests"; nothing where the steps say it. */
function length(plan: LoadPlanInput): string {
  if (plan.requests !== undefined) return `, ${several(plan.requests, 'request')}`;
  return plan.duration_seconds === undefined ? '' : ` for ${seconds(plan.duration_seconds)}`;
}

function ramp(m: LoadModel): string {
  const stages = m.stages ?? [];
  const of = stages.some((s) => s.concurrency !== undefined) ? 'concurrency' : 'rate';
  const total = stages.reduce((sum, s) => sum + Number(s.duration_seconds), 0);
  const values = [m.start ?? 0, ...stages.map((s) => s[of])];
  return `Ramp ${values.map((v) => number(v)).join(' → ')}${of === 'rate' ? '/s' : ' at a time'} in ${seconds(total)}`;
}

function sweep(m: LoadModel): string {
  const of = m.of ?? 'rate';
  const what = m.values?.length
    ? `${m.values.map((v) => number(v)).join(', ')}${of === 'rate' ? '/s' : ' at a time'}`
    : `${number(m.from)} to ${target(of, m.to)}${of === 'rate' ? '' : ' at a time'} in ${several(m.steps, 'step')}`;
  return `Sweep ${what}, ${seconds(m.step_seconds)} each`;
}

/** "Poisson 50/s for 60 s", "20 at a time, 3,000 requests", "Sweep 10 to 200/s in 8 steps, 20 s each". */
export function modelWords(plan: LoadPlanInput): string {
  const m = plan.load_model;
  switch (m.type) {
    case 'closed': return `${number(m.concurrency)} at a time${length(plan)}${m.think_time_ms ? `, ${number(m.think_time_ms)} ms between` : ''}`;
    case 'constant': return `Constant ${perSecond(m.rate)}${length(plan)}`;
    case 'poisson': return `Poisson ${perSecond(m.rate)}${length(plan)}`;
    case 'gamma': return `Gamma ${perSecond(m.rate)}, shape ${number(m.shape)}${length(plan)}`;
    case 'semi_open': return `${perSecond(m.rate)} sessions of ${several(m.turns, 'turn')}${length(plan)}`;
    case 'ramp': return ramp(m);
    case 'sweep': return sweep(m);
    case 'capacity': return `Capacity search ${number(m.start_rate)} to ${perSecond(m.max_rate)}, ${seconds(m.step_seconds)} each`;
    default: return String((m as LoadModel).type);
  }
}

const PHASES: Record<LoadProgress['phase'], string> = {
  certificate: 'Certificate: measuring our own error', warmup: 'Warm-up: not in the figures', window: 'Measuring', paused: 'Paused', drain: 'Awaiting the last answers', done: 'Done',
};

/** "Measuring, step 2 of 5". */
export function phaseWords(p: LoadProgress): string {
  return `${PHASES[p.phase] ?? p.phase}${p.steps && p.steps > 1 && p.step ? `, step ${p.step} of ${p.steps}` : ''}`;
}
