// SPDX-License-Identifier: Apache-2.0
// What a group of KPIs is called, and what can be asked of them.
import type { KpiKey } from '../../api/types';

export const METRICS: readonly (readonly [name: string, word: string])[] = [
  ['e2e_ms', 'End to end'], ['ttft_ms', 'Time to first token'], ['itl_ms', 'Inter-token latency'], ['tpot_ms', 'Time per output token'], ['total_ms', 'Total with connecting'], ['ttfb_ms', 'Time to first byte'], ['ntpot_ms', 'End to end per output token'],
  ['ttfo_ms', 'First output, reasoning left out'], ['ttst_ms', 'First to second chunk'], ['icl_ms', 'Gap between chunks'],
  ['e2e_scheduled_ms', 'End to end, from plan'], ['ttft_scheduled_ms', 'First token, from plan'], ['queue_ms', 'Wait in our queue'], ['send_lag_ms', 'Send lag'], ['connect_ms', 'Connecting'],
];

/** Rows have so many values of these that none is kept of each: no exact figures. */
export const POOLED = new Set(['itl_ms', 'icl_ms']);

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
