// SPDX-License-Identifier: Apache-2.0
// Numbers as people read them. Pure functions; a value that is not there is a dash, never a zero.

export const DASH = '–';
const NBSP = '\u00a0';

const known = (value: number | null | undefined): value is number => typeof value === 'number' && Number.isFinite(value);

/** `digits` significant digits without exponent: 312, 1.81, 0.0421. Whole numbers above that keep all their digits. */
export function significant(value: number, digits = 3): string {
  if (value === 0) return '0';
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  const rounded = Number(value.toPrecision(digits));
  // rounding may reach the next power of ten: 9.996 is 10.0
  const shown = Math.floor(Math.log10(Math.abs(rounded)));
  const decimals = Math.max(0, digits - 1 - Math.max(shown, magnitude));
  return decimals > 0 ? rounded.toFixed(decimals) : String(Math.round(value));
}

/** With commas between thousands, and `least` to `most` decimals; what toLocaleString('en-US') says, without waiting for its tables. */
export function grouped(value: number, most = 0, least = 0): string {
  const [whole = '', fraction = ''] = Math.abs(value).toFixed(most).split('.');
  const kept = fraction.replace(/0+$/, '').padEnd(least, '0');
  const sign = value < 0 && Number(`${whole}.${fraction}`) !== 0 ? '-' : '';
  return `${sign}${whole.replace(/\B(?=(?:\d{3})+$)/g, ',')}${kept && `.${kept}`}`;
}

/** A count with thin grouping: 1,204. */
export function count(value: number | null | undefined): string {
  return known(value) ? grouped(value) : DASH;
}

/** A count in a narrow place: 1,204 · 12.3 k · 1.20 M. */
export function compact(value: number | null | undefined): string {
  if (!known(value)) return DASH;
  if (Math.abs(value) < 10_000) return count(value);
  if (Math.abs(value) < 999_500) return `${significant(value / 1e3)}${NBSP}k`;
  return `${significant(value / 1e6)}${NBSP}M`;
}

/** A percentage given as 0 to 100. Never rounds up to 100 or down to 0 what is not. */
export function percent(value: number | null | undefined): string {
  if (!known(value)) return DASH;
  if (value === 100 || value === 0) return `${value}${NBSP}%`;
  const text = value.toFixed(1);
  if (text === '100.0') return `>${NBSP}99.9${NBSP}%`;
  if (text === '0.0') return `<${NBSP}0.1${NBSP}%`;
  return `${text}${NBSP}%`;
}

/** Bytes with binary steps: 312 B · 1.81 KiB. */
export function bytes(value: number | null | undefined): string {
  if (!known(value)) return DASH;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let scaled = value;
  while (Math.abs(scaled) >= 1024 && unit < units.length - 1) { scaled /= 1024; unit++; }
  return `${unit === 0 ? Math.round(scaled) : significant(scaled)}${NBSP}${units[unit]}`;
}

/** Tokens per second and other rates. */
export function rate(value: number | null | undefined, unit: string): string {
  return known(value) ? `${Math.abs(value) < 999.5 ? significant(value) : count(value)}${NBSP}${unit}` : DASH;
}

/** "1 run", "1,204 runs". */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)}${NBSP}${value === 1 ? one : many}`;
}

/** Relative change in percent, or null where there is nothing to compare with. */
export function change(now: number | null | undefined, before: number | null | undefined): number | null {
  return known(now) && known(before) && before !== 0 ? ((now - before) / before) * 100 : null;
}

/** Wilson interval of a success rate, both ends 0 to 100, at 95 %. Null without samples. */
export function wilson(ratePercent: number | null | undefined, n: number): [number, number] | null {
  if (!known(ratePercent) || n <= 0) return null;
  const z = 1.959964;
  const p = ratePercent / 100;
  const mid = p + (z * z) / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return [Math.max(0, ((mid - half) / scale) * 100), Math.min(100, ((mid + half) / scale) * 100)];
}

/** Both ends of an interval: "331 – 353 ms". */
export function between(ends: readonly [number | null, number | null] | null | undefined, text: (v: number | null) => string): string {
  if (!ends || ends[0] == null || ends[1] == null) return '';
  const [low, high] = [text(ends[0]), text(ends[1])];
  const unit = /\u00a0\D+$/.exec(high)?.[0] ?? '';
  return `${unit && low.endsWith(unit) ? low.slice(0, -unit.length) : low}–${high}`;
}
