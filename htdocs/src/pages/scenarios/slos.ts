// SPDX-License-Identifier: Apache-2.0
// SLOs between the scenario's JSON and the fields of its editor. A value that is no number is sent as it was typed: the server says
// what is wrong with it, at its field.
import type { SloInput } from '../../api/types';
import { SLO_RATES } from '../../format/metrics';

export const SLOS_MAX = 16;

export const isRate = (metric: string): boolean => SLO_RATES.some(([m]) => m === metric);

/** How a latency is judged. */
export type By = 'quantile' | 'attainment';

export interface SloForm { name: string; metric: string; limit: string; by: By; level: string; window: string }

export const NEW_SLO: SloForm = { name: '', metric: 'ttft_ms', limit: '500', by: 'quantile', level: '0.95', window: '28d' };

const text = (value: unknown): string => (value === undefined || value === null ? '' : String(value));

/** The value, or as it was typed if that is no number; nothing for nothing. */
function typed(value: string): number | undefined {
  const trimmed = value.trim();
  if (trimmed === '') return undefined;
  const number = Number(trimmed);
  return (Number.isFinite(number) ? number : trimmed) as number;
}

export const sloForm = (slo: SloInput): SloForm => ({
  name: text(slo.name), metric: slo.metric, limit: text(isRate(slo.metric) ? slo.min : slo.max),
  by: slo.attainment !== undefined ? 'attainment' : 'quantile', level: text(slo.attainment ?? slo.quantile), window: text(slo.window),
});

export function sloOf(f: SloForm): SloInput {
  const slo: SloInput = { metric: f.metric as SloInput['metric'] };
  if (f.name.trim()) slo.name = f.name.trim();
  const limit = typed(f.limit);
  const level = typed(f.level);
  if (limit !== undefined) slo[isRate(f.metric) ? 'min' : 'max'] = limit;
  if (!isRate(f.metric) && level !== undefined) slo[f.by] = level;
  if (f.window.trim()) slo.window = f.window.trim();
  return slo;
}
