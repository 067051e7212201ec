// SPDX-License-Identifier: Apache-2.0
// What a group of KPIs is called, and what can be asked of them.
import type { KpiKey } from '../../api/types';

export const GROUPS: readonly (readonly [name: string, word: string])[] = [
  ['', 'All together'], ['scenario', 'By scenario'], ['automation', 'By automation'], ['model', 'By model'], ['provider', 'By provider'], ['location', 'By location'], ['label', 'By label'],
];

export function keyName(key: KpiKey): string {
  if (key.scenario_id !== undefined) return key.scenario_name ?? `scenario ${key.scenario_id}, deleted`;
  if (key.automation_id !== undefined) return key.automation_name ?? (key.automation_id ? `automation ${key.automation_id}` : 'deleted scenarios');
  if ('model' in key) return key.model ?? 'no model named';
  if ('provider' in key) return key.provider ?? 'unknown provider';
  if ('location' in key) return key.location ?? 'no location';
  if ('label' in key) return key.label ?? 'other labels';
  return 'all';
}

export const quantileName = (q: number): string => `p${Number((q * 100).toPrecision(6))}`;
