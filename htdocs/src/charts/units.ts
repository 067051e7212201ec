// SPDX-License-Identifier: Apache-2.0
// What the values of an axis are, and how they are written.
import { axisUnit, duration, durationExact } from '../format/duration';
import { DASH, grouped, percent, rate, significant } from '../format/number';

export interface Unit {
  /** three significant digits, for legend, table and speech */
  text: (value: number | null | undefined) => string;
  exact: (value: number | null | undefined) => string;
  /** the unit of an axis that ends at `max`, and how many base units one of it is */
  axis: (max: number) => { unit: string; size: number };
  /** names of whole values, where these stand on the axis instead of numbers: from the first to the last */
  names?: readonly string[];
}

const digits = (value: number | null | undefined, unit: string) =>
  (typeof value === 'number' && Number.isFinite(value) ? `${grouped(value, 3)}${unit}` : DASH);

const plainly = (unit: string): Unit => ({
  text: (v) => (unit === '' ? (typeof v === 'number' ? significant(v) : DASH) : rate(v, unit).replace('\u00a0/', '/')),
  exact: (v) => digits(v, unit),
  axis: (max) => (max >= 10_000 ? { unit: ` k${unit}`, size: 1000 } : { unit, size: 1 }),
});

/** milliseconds */
export const DURATION: Unit = { text: duration, exact: durationExact, axis: (max) => { const a = axisUnit(max); return { unit: ` ${a.unit}`, size: a.ms }; } };
export const PER_SECOND: Unit = plainly('/s');
export const COUNT: Unit = plainly('');
/** megabytes */
export const MEGABYTES: Unit = { text: (v) => rate(v, 'MB'), exact: (v) => digits(v, '\u00a0MB'), axis: () => ({ unit: ' MB', size: 1 }) };

/** Steps by their names, the first is 1. */
export const steps = (names: readonly string[]): Unit => { const text = (v: number | null | undefined) => (typeof v === 'number' ? names[v - 1] ?? DASH : DASH); return { text, exact: text, axis: () => ({ unit: '', size: 1 }), names }; };

/** 0 to 100 */
export const PERCENT: Unit = { text: percent, exact: (v) => digits(v, '\u00a0%'), axis: () => ({ unit: ' %', size: 1 }) };
