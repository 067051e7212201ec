// SPDX-License-Identifier: Apache-2.0
// What a load is spread over: endpoints, and classes of requests under one budget. The fields of the form, and the members of a plan.
import type { LoadClasses, LoadPlanInput } from '../../api/types';
import { readObject } from '../../editor/json_text';
import { some, typed } from './typed';

type Strategy = NonNullable<LoadPlanInput['endpoints']>['strategy'] & string;

/** One class, as typed; `inputs` is JSON, and empty where it has none of its own. */
export interface ClassForm { name: string; share: string; priority: string; inputs: string }

export interface SpreadForm {
  spreads: boolean; urls: string[]; strategy: Strategy;
  shares: boolean; places: string; sharing: LoadClasses['policy']; classes: ClassForm[];
}

export const SPREAD: SpreadForm = {
  spreads: false, urls: ['', ''], strategy: 'round_robin',
  shares: false, places: '20', sharing: 'fair', classes: [{ name: 'interactive', share: '0.3', priority: '1', inputs: '' }, { name: 'batch', share: '0.7', priority: '0', inputs: '' }],
};

export const STRATEGIES: readonly (readonly [Strategy, string, string])[] = [
  ['round_robin', 'In turn', 'The next one each time.'],
  ['least_connections', 'The least busy', 'The one with the fewest attempts under way.'],
  ['hash', 'By what is asked', 'Always the same for a session or an entry of the dataset, as caches like it.'],
];

/** So many of each, as the server takes them. */
export const MOST_ENDPOINTS = 50;
export const MOST_CLASSES = 16;

/** The sum of shares as a text; null while one of them is no number. */
export function sumOfShares(classes: readonly ClassForm[]): string | null {
  const all = classes.map((c) => typed(c.share));
  return all.every((v) => typeof v === 'number') ? String(Number(all.reduce((a: number, b) => a + (b ?? 0), 0).toPrecision(6))) : null;
}

/** Members of a class; null while its inputs cannot be read. */
export function classOf(c: ClassForm): { name: string; share: number; priority?: number; inputs?: Record<string, unknown> } | null {
  const inputs = readObject(c.inputs);
  if (!('value' in inputs)) return null;
  return some({ name: c.name.trim(), share: typed(c.share), priority: typed(c.priority), inputs: c.inputs.trim() === '' ? undefined : inputs.value }) as { name: string; share: number };
}

const text = (value: unknown): string => (value === undefined || value === null ? '' : String(value));

export const classForm = (c: { name?: unknown; share?: unknown; priority?: unknown; inputs?: unknown }): ClassForm => ({
  name: text(c.name), share: text(c.share), priority: text(c.priority), inputs: c.inputs && Object.keys(c.inputs).length > 0 ? JSON.stringify(c.inputs, null, 2) : '',
});

/** The members of a plan; null while inputs of a class cannot be read. */
export function spreadMembers(f: SpreadForm): Partial<LoadPlanInput> | null {
  const list = f.shares ? f.classes.map(classOf) : [];
  if (list.includes(null)) return null;
  return some({
    endpoints: f.spreads ? { urls: f.urls.map((u) => u.trim()), strategy: f.strategy } : undefined,
    classes: f.shares ? some({ budget: typed(f.places), policy: f.sharing, list }) : undefined,
  }) as Partial<LoadPlanInput>;
}

export const SPREAD_MEMBERS = ['endpoints', 'classes'] as const;

/** The fields of a plan that was sent before. */
export const spreadOf = ({ endpoints: e, classes: c }: LoadPlanInput): SpreadForm => ({
  spreads: e != null, urls: e?.urls ? [...e.urls] : SPREAD.urls, strategy: e?.strategy ?? SPREAD.strategy,
  shares: c != null, places: c ? text(c.budget) : SPREAD.places, sharing: c?.policy ?? SPREAD.sharing, classes: c?.list ? c.list.map(classForm) : SPREAD.classes,
});
