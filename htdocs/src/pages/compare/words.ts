// SPDX-License-Identifier: Apache-2.0
// Values of a comparison in words.
import type { ComparisonMetric } from '../../api/types';
import { DURATION, PERCENT, type Unit } from '../../charts/units';
import { count, DASH, significant } from '../../format/number';

/** With the sign that people write. */
export const minus = (text: string): string => text.replace(/^-/, '−');

const PLAIN: Unit = { text: (v) => (typeof v !== 'number' ? DASH : Number.isInteger(v) ? count(v) : significant(v)), exact: (v) => (typeof v === 'number' ? String(v) : DASH), axis: () => ({ unit: '', size: 1 }) };

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
