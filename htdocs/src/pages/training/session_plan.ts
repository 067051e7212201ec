// SPDX-License-Identifier: Apache-2.0
// What a session is begun with: the form, and the body that the API takes.
import type { Difficulty, ProblemType, TrainingPlanInput, TrainingSession } from '../../api/types';
import { some, typed } from '../loadtests/typed';

export interface SessionForm {
  scenario: string; name: string; policy: TrainingSession['policy'];
  /** none: what the policy takes */
  types: ProblemType[];
  difficulty: Difficulty; seed: string; scale: string; keepRows: string;
  seconds: string; requests: string; problems: string; tokens: string; cost: string;
}

/** Half an hour at most, so that a first try comes to its end while somebody looks. */
export const EMPTY: SessionForm = { scenario: '', name: '', policy: 'ladder', types: [], difficulty: 'easy', seed: '1', scale: '1', keepRows: '', seconds: '1800', requests: '50000', problems: '', tokens: '', cost: '' };

const full = <T extends object>(o: T): T | undefined => (Object.keys(o).length ? o : undefined);

/** The part of the body that the form has fields for. */
export function bodyOf(f: SessionForm): TrainingPlanInput {
  const ladder = f.policy === 'ladder';
  return some({
    scenario_id: typed(f.scenario) ?? 0,
    name: f.name.trim() || undefined,
    policy: f.policy,
    types: f.types.length ? (ladder ? f.types : f.types.slice(0, 1)) : undefined,
    difficulty: ladder ? f.difficulty : undefined,
    // those that look for a rate have it among their settings: it is that of all but the rate
    settings: ladder ? undefined : { difficulty: f.difficulty },
    seed: typed(f.seed),
    duration_scale: typed(f.scale),
    keep_rows: typed(f.keepRows),
    budget: full(some({ seconds: typed(f.seconds), requests: typed(f.requests), problems: typed(f.problems), tokens: typed(f.tokens), cost: typed(f.cost) })),
  }) as TrainingPlanInput;
}

const text = (v: unknown): string => (v === undefined || v === null ? '' : String(v));

export function formOf(b: TrainingPlanInput): SessionForm {
  const policy = b.policy ?? 'ladder';
  const budget = b.budget ?? {};
  const set = (b.settings ?? {})['difficulty'] as Difficulty | undefined;
  return {
    scenario: b.scenario_id > 0 ? text(b.scenario_id) : '', name: text(b.name), policy, types: [...(b.types ?? [])], difficulty: policy === 'ladder' ? b.difficulty ?? 'easy' : set ?? 'medium', seed: text(b.seed), scale: text(b.duration_scale), keepRows: text(b.keep_rows),
    seconds: text(budget.seconds), requests: text(budget.requests), problems: text(budget.problems), tokens: text(budget.tokens), cost: text(budget.cost),
  };
}

/** The body of a session that was, to be begun again: without what the server filled in of its own. */
export function bodyOfSession(s: TrainingSession): TrainingPlanInput {
  const { limits: _limits, ...plan } = (s.plan ?? {}) as TrainingPlanInput & { limits?: unknown };
  const filled = Object.fromEntries(Object.entries(plan).filter(([, v]) => !(typeof v === 'object' && v !== null && !Array.isArray(v) && Object.keys(v).length === 0)));
  return filled as TrainingPlanInput;
}
