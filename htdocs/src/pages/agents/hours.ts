// SPDX-License-Identifier: Apache-2.0
// Executions of an agent by the hour, or by the day, for its charts.
import type { Observation } from '../../api/types';

export interface Bucket { /** seconds since the epoch */ at: number; n: number; failed: number; p50: number | null; p95: number | null; /** latencies that the quantiles are of */ ended: number }

/** Widths of a bucket, seconds: hours as long as they can be told apart and have something in them. */
const WIDTHS = [3600, 6 * 3600, 86_400];
const MOST = 168;
const FEW = 12;
const EACH = 2;

/** The value at a quantile of sorted numbers, by nearest rank. */
export const rank = (sorted: readonly number[], q: number): number | null => (sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? null);

/** From `from` to `to` (ms); hours in which it was not executed have no latency and count none. */
export function hoursOf(list: readonly Observation[], from: number, to: number): { step: number; buckets: Bucket[] } {
  const fits = (width: number) => { const n = (to - from) / 1000 / width; return n <= FEW || (n <= MOST && list.length >= EACH * n); };
  const step = WIDTHS.find(fits) ?? 86_400;
  const first = Math.floor(from / 1000 / step);
  const last = Math.max(first, Math.ceil(to / 1000 / step) - 1);
  const found = new Map<number, Observation[]>();
  for (const o of list) {
    const at = Math.floor(Date.parse(o.start_time) / 1000 / step);
    found.set(at, [...(found.get(at) ?? []), o]);
  }
  const buckets = Array.from({ length: last - first + 1 }, (_, i) => {
    const its = found.get(first + i) ?? [];
    const took = its.flatMap((o) => (o.latency_ms === null ? [] : [o.latency_ms])).sort((a, b) => a - b);
    return { at: (first + i) * step, n: its.length, failed: its.filter((o) => o.level === 'ERROR').length, p50: rank(took, 0.5), p95: rank(took, 0.95), ended: took.length };
  });
  return { step, buckets };
}
