// SPDX-License-Identifier: Apache-2.0
// Quantities of a comparison and their values in words.
import type { ComparisonMetric } from '../../api/types';
import { DURATION, PERCENT, type Unit } from '../../charts/units';
import { DASH, significant } from '../../format/number';

const NAMES: Record<string, [name: string, meaning: string]> = {
  success_rate: ['Success', 'completed of the attempts'],
  e2e_ms: ['E2E', 'from the send to the last content'],
  e2e_scheduled_ms: ['E2E, scheduled', 'from when it was planned to the last content'],
  total_ms: ['Total', 'from the send to the end, connecting included'],
  ttft_ms: ['TTFT', 'from the send to the first content'],
  ttft_scheduled_ms: ['TTFT, scheduled', 'from when it was planned to the first content'],
  ttfo_ms: ['TTFO', 'to the first content that is not reasoning'],
  ttst_ms: ['TTST', 'from the first content to the second'],
  itl_ms: ['ITL', 'gap per token'],
  icl_ms: ['ICL', 'gap between chunks'],
  tpot_ms: ['TPOT', 'mean time per token after the first, of each answer'],
  send_lag_ms: ['Send lag', 'how late we sent'],
  queue_ms: ['Queue', 'from due to started'],
  connect_ms: ['Connect', 'time to connect, where it was new'],
  tokens_prompt: ['Tokens in', 'of the prompt'],
  tokens_completion: ['Tokens out', 'of the answer'],
  cost: ['Cost', 'of a run'],
};

export const quantityName = (metric: string): string => NAMES[metric]?.[0] ?? metric;
export const quantityMeaning = (metric: string): string => NAMES[metric]?.[1] ?? '';

const PLAIN: Unit = { text: (v) => (typeof v === 'number' ? significant(v) : DASH), exact: (v) => (typeof v === 'number' ? String(v) : DASH), axis: () => ({ unit: '', size: 1 }) };

export const unitOf = (m: Pick<ComparisonMetric, 'unit'>): Unit => (m.unit === 'ms' ? DURATION : m.unit === '%' ? PERCENT : PLAIN);

/** "+12.3 ms"; a difference of rates is in points, not in per cent. */
export function signed(value: number | null | undefined, m: Pick<ComparisonMetric, 'unit'>): string {
  if (typeof value !== 'number') return DASH;
  const text = m.unit === '%' ? `${significant(Math.abs(value))}\u00a0points` : unitOf(m).text(Math.abs(value));
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** A ratio as a change: 1.27 is "+27.0 %". */
export function changeText(ratio: number | null | undefined): string {
  if (typeof ratio !== 'number') return DASH;
  const percent = (ratio - 1) * 100;
  if (percent === 0) return '0\u00a0%';
  return `${percent < 0 ? '−' : '+'}${significant(Math.abs(percent))}\u00a0%`;
}

/** "p < 0.001" or "p = 0.023". */
export const pText = (p: number | null): string => (p === null ? DASH : p < 0.001 ? '< 0.001' : p.toFixed(3));
