// SPDX-License-Identifier: Apache-2.0
// Durations: `312 ms`, `1.81 s`, `2 min 05 s`. Input is milliseconds unless the name says otherwise.
import { DASH, grouped, significant } from './number';

const NBSP = '\u00a0';
const two = (value: number) => String(value).padStart(2, '0');

/** Three significant digits, for cards and tables. */
export function duration(ms: number | null | undefined): string {
  if (typeof ms !== 'number' || !Number.isFinite(ms)) return DASH;
  const size = Math.abs(ms);
  if (size === 0) return `0${NBSP}ms`;
  if (size < 0.9995) return `${significant(ms * 1000)}${NBSP}µs`;
  if (size < 999.5) return `${significant(ms)}${NBSP}ms`;
  if (size < 59_995) return `${significant(ms / 1000)}${NBSP}s`;
  const seconds = Math.round(size / 1000);
  const sign = ms < 0 ? '-' : '';
  if (seconds < 3600) return `${sign}${Math.floor(seconds / 60)}${NBSP}min${NBSP}${two(seconds % 60)}${NBSP}s`;
  if (seconds < 86_400) return `${sign}${Math.floor(seconds / 3600)}${NBSP}h${NBSP}${two(Math.floor((seconds % 3600) / 60))}${NBSP}min`;
  return `${sign}${Math.floor(seconds / 86_400)}${NBSP}d${NBSP}${two(Math.floor((seconds % 86_400) / 3600))}${NBSP}h`;
}

/** All the digits the server gave, for tooltips and copying. */
export function durationExact(ms: number | null | undefined): string {
  return typeof ms === 'number' && Number.isFinite(ms) ? `${grouped(ms, 3)}${NBSP}ms` : DASH;
}

/** Microseconds in, the same words out. */
export function durationMicros(us: number | null | undefined): string {
  return duration(typeof us === 'number' ? us / 1000 : null);
}

/** The unit an axis up to `maxMs` is labelled in, and how many ms one of it is. */
export function axisUnit(maxMs: number): { unit: string; ms: number } {
  if (maxMs < 1) return { unit: 'µs', ms: 0.001 };
  if (maxMs < 2000) return { unit: 'ms', ms: 1 };
  if (maxMs < 180_000) return { unit: 's', ms: 1000 };
  return { unit: 'min', ms: 60_000 };
}

/** A round span of seconds, such as the width of a bucket: "30 s", "15 min", "1 h", "1 d". Odd ones as a duration. */
export function span(seconds: number): string {
  for (const [unit, size] of [['d', 86_400], ['h', 3600], ['min', 60]] as const) {
    if (seconds >= size && seconds % size === 0) return `${seconds / size}${NBSP}${unit}`;
  }
  return seconds < 60 ? `${seconds}${NBSP}s` : duration(seconds * 1000);
}
