// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { LoadDataset, LoadPlanInput } from '../../api/types';
import { modelWords, phaseWords } from '../../format/load';
import { askedWords, readLines } from './asked';
import { EMPTY, formOf, type PlanForm, planOf, TYPES } from './plan';
import { sumOfShares } from './spread';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');
const PLANS: readonly (readonly [string, LoadPlanInput])[] = [
  ['Poisson 50/s for 60 s', { scenario_id: 1, load_model: { type: 'poisson', rate: 50 }, duration_seconds: 60 }],
  ['Constant 0.5/s, 3,000 requests', { scenario_id: 1, load_model: { type: 'constant', rate: 0.5 }, requests: 3000 }],
  ['Gamma 20/s, shape 0.5 for 45 s', { scenario_id: 1, load_model: { type: 'gamma', rate: 20, shape: 0.5 }, duration_seconds: 45 }],
  ['20 at a time for 45 s, 250 ms between', { scenario_id: 1, load_model: { type: 'closed', concurrency: 20, think_time_ms: 250 }, duration_seconds: 45 }],
  ['5/s sessions of 4 turns for 45 s', { scenario_id: 1, load_model: { type: 'semi_open', rate: 5, turns: 4, think_time_ms: 0 }, duration_seconds: 45 }],
  ['Ramp 0 → 100 → 10/s in 45 s', { scenario_id: 1, load_model: { type: 'ramp', start: 0, stages: [{ duration_seconds: 30, rate: 100 }, { duration_seconds: 15, rate: 10 }], arrivals: 'poisson' } }],
  ['Ramp 2 → 64 at a time in 30 s', { scenario_id: 1, load_model: { type: 'ramp', start: 2, stages: [{ duration_seconds: 30, concurrency: 64 }] } }],
  ['Sweep 10 to 200/s in 8 steps, 20 s each', { scenario_id: 1, load_model: { type: 'sweep', of: 'rate', from: 10, to: 200, steps: 8, scale: 'geometric', step_seconds: 20, arrivals: 'constant' } }],
  ['Sweep 1, 2, 4 at a time, 20 s each', { scenario_id: 1, load_model: { type: 'sweep', of: 'concurrency', values: [1, 2, 4], step_seconds: 20 } }],
  ['Capacity search 10 to 500/s, 20 s each', { scenario_id: 1, load_model: { type: 'capacity', start_rate: 10, max_rate: 500, step_seconds: 20, precision: 0.1, arrivals: 'poisson' } }],
];

describe('a plan', () => {
  it.each(PLANS)('reads "%s"', (words, plan) => expect(plain(modelWords(plan))).toBe(words));
  it.each(PLANS)('survives the form: %s', (_words, plan) => {
    const full = { ...plan, name: 'n', warmup_seconds: 5, seed: 7, slos: [{ metric: 'ttft_ms' as const, quantile: 0.9, max: 500 }], max_in_flight: 30, certificate: false, drain_seconds: 9, dataset: { inline: [{ a: 1 }], order: 'random' as const }, labels: ['a'], location: 'eu1', 'x-own': { b: 1 } };
    expect(planOf(formOf(full))).toEqual(full);
  });
  it.each([
    [{ dataset_id: 7, order: 'sequential' }, 'the entries of dataset 7'],
    [{ inline: [{ a: 1 }, { b: [2] }], order: 'random' }, '2 inputs of the plan’s own, in random order'],
    [{ inline: [{ a: 1 }, { b: [2] }], order: 'zipf', zipf: 1.3 }, '2 inputs of the plan’s own, the first ones more often'],
    [{ generate: { count: 1000, seed: 3, input_tokens: { dist: 'fixed', value: 800 } }, order: 'sequential' }, '1,000 generated prompts of 800 tokens'],
    [{ generate: { count: 5, seed: 1, input_tokens: { dist: 'normal', mean: 800, stddev: 200, min: 50, max: 4000 }, output_tokens: { dist: 'uniform', min: 50, max: 400 }, shared_prefixes: { count: 10, tokens: 500, zipf: 1.1 } }, order: 'random' },
      '5 generated prompts of about 800 ± 200 tokens after one of 10 shared beginnings of 500, answers of at most 50 to 400, in random order'],
  ] as [LoadDataset, string][])('asks %j', (dataset, words) => {
    const plan = { ...PLANS[0]?.[1] as LoadPlanInput, warmup_seconds: 0, seed: 1, slos: [], max_in_flight: 9, certificate: true, drain_seconds: 60, dataset };
    expect(planOf(formOf(plan))).toEqual(plan);
    expect(plain(askedWords(plan))).toBe(words);
  });
  it('keeps its policies', () => {
    const plan = { ...PLANS[0]?.[1] as LoadPlanInput, warmup_seconds: 0, seed: 1, slos: [], max_in_flight: 9, certificate: true, drain_seconds: 60, retry: { max_attempts: 4, on: ['timeout' as const], base_ms: 5, max_ms: 6 }, target_limits: 'ignore' as const, max_cost: 2.5 };
    expect(planOf(formOf(plan))).toEqual(plan);
    expect(planOf({ ...EMPTY, scenario: '3' })).not.toHaveProperty('retry');
    expect(planOf({ ...EMPTY, scenario: '3' })).not.toHaveProperty('target_limits');
    expect(planOf({ ...EMPTY, scenario: '3' })).not.toHaveProperty('dataset');
  });
  it('keeps its endpoints, its classes, its limits and its rows', () => {
    const plan = {
      ...PLANS[0]?.[1] as LoadPlanInput, warmup_seconds: 0, seed: 1, slos: [], certificate: true, drain_seconds: 60, keep_rows: 0.01, max_requests: 500, max_total_tokens: 90_000,
      endpoints: { urls: ['http://a/v1', 'http://b/v1'], strategy: 'hash' as const }, classes: { budget: 7, policy: 'dynamic' as const, list: [{ name: 'a', share: 0.25, priority: 3, inputs: { max_tokens: 9 } }, { name: 'b', share: 0.75 }] },
    };
    expect(planOf(formOf(plan))).toEqual(plan);
    for (const name of ['endpoints', 'classes', 'keep_rows', 'max_requests', 'max_total_tokens']) expect(planOf({ ...EMPTY, scenario: '3' })).not.toHaveProperty(name);
  });
  it('is none while the inputs of a class cannot be read', () => {
    const one = { name: 'a', share: '1', priority: '', inputs: '{' };
    expect(planOf({ ...EMPTY, scenario: '3', shares: true, classes: [one] })).toBeNull();
    expect(planOf({ ...EMPTY, scenario: '3', classes: [one] })).not.toBeNull();
    expect(planOf({ ...EMPTY, scenario: '3', shares: true, classes: [{ ...one, inputs: ' ', share: 'half' }] })?.classes).toEqual({ budget: 20, policy: 'fair', list: [{ name: 'a', share: 'half' }] });
  });
  it('adds up shares as far as they are numbers', () => {
    const of = (...shares: string[]) => sumOfShares(shares.map((share) => ({ name: '', share, priority: '', inputs: '' })));
    expect([of('0.1', '0.2', '0.7'), of('0.5', ''), of('0.333', '0.333'), of('half')]).toEqual(['1', null, '0.666', null]);
  });
  it('is none while its lines cannot be read', () => {
    expect(readLines('{"a":1}\n\n{"b":2}\r\n')).toEqual({ items: [{ a: 1 }, { b: 2 }], at: [1, 3], wrong: null });
    expect(readLines('{}\n[1]\n{').wrong).toEqual({ line: 2, why: 'is not a JSON object, in { }.' });
    expect(planOf({ ...EMPTY, scenario: '3', asks: 'inline', lines: '{"a":' })).toBeNull();
    expect(planOf({ ...EMPTY, scenario: '3', asks: 'inline', lines: '' })?.dataset).toEqual({ inline: [], order: 'sequential' });
  });
  it('has only the members of its type', () => {
    expect(planOf({ ...EMPTY, scenario: '3' })?.load_model).toEqual({ type: 'poisson', rate: 10 });
    const sweep = planOf({ ...EMPTY, scenario: '3', type: 'sweep' });
    expect(sweep).not.toHaveProperty('duration_seconds');
    expect(sweep).not.toHaveProperty('requests');
  });
  it('leaves what is no number to the server, and what is empty out', () => {
    const plan = planOf({ ...EMPTY, scenario: '3', rate: 'many', seed: ' ' });
    expect(plan?.load_model.rate).toBe('many');
    expect(plan).not.toHaveProperty('seed');
  });
  it.each(TYPES.map(([type]) => type))('of type %s is said also while it cannot be read', (type) => {
    const texts = Object.fromEntries(Object.entries(EMPTY).map(([k, v]) => [k, typeof v === 'string' && k !== 'asks' ? 'many' : v])) as unknown as PlanForm;
    for (const typed of [texts, Object.fromEntries(Object.entries(texts).map(([k, v]) => [k, v === 'many' ? '' : v])) as unknown as PlanForm]) {
      const plan = planOf({ ...typed, scenario: '3', type, of: 'rate', list: 'range', other: '', stages: [{ seconds: typed.rate, target: typed.rate }] });
      expect(modelWords(plan as LoadPlanInput)).not.toBe('');
    }
  });
  it('is none without a scenario or with wrong JSON', () => {
    expect(planOf(EMPTY)).toBeNull();
    expect(planOf({ ...EMPTY, scenario: '3', other: '{' })).toBeNull();
  });
});

it('names the phase and the step', () => {
  const p = { phase: 'window', step: 2, steps: 5, elapsed_seconds: 1, total_seconds: 2, planned: 0, sent: 0, completed: 0, failed: 0, in_flight: 0, offered_rate: 0, achieved_rate: 0 } as const;
  expect(phaseWords(p)).toBe('Measuring, step 2 of 5');
  expect(phaseWords({ ...p, step: 0, steps: 1 })).toBe('Measuring');
});
