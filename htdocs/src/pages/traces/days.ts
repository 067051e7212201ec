// SPDX-License-Identifier: Apache-2.0
// Days of traces for charts: a day on which there was none is a zero only where traces of that day would be here.
import type { TraceDay } from '../../api/types';

const DAY_MS = 86_400_000;

export interface DayPoint { /** seconds since the epoch, midnight UTC */ at: number; day: TraceDay | null; /** traces of it would be here */ known: boolean }

const midnight = (ms: number) => Math.floor(ms / DAY_MS) * DAY_MS;

/** The last `count` days up to today. `mirroredFrom`: since when all sources are here, ms; null where that is not known. */
export function daysOf(list: readonly TraceDay[], count: number, now: number, mirroredFrom: number | null): DayPoint[] {
  const byDay = new Map(list.map((d) => [Date.parse(`${d.date}T00:00:00Z`), d]));
  const today = midnight(now);
  return Array.from({ length: count }, (_, i) => {
    const ms = today - (count - 1 - i) * DAY_MS;
    const day = byDay.get(ms) ?? null;
    return { at: ms / 1000, day, known: day !== null || (mirroredFrom !== null && ms >= mirroredFrom) };
  });
}

/** Since when all that is mirrored is here: as late as the source that begins last. */
export function mirroredSince(sources: readonly { mirrored_from: string | null }[]): number | null {
  if (sources.length === 0 || sources.some((s) => s.mirrored_from === null)) return null;
  return Math.max(...sources.map((s) => Date.parse(s.mirrored_from ?? '')));
}

/** What is counted: null where nobody knows. */
export const counted = (p: DayPoint, of: (d: TraceDay) => number): number | null => (p.day ? of(p.day) : p.known ? 0 : null);

export interface Sum { traces: number; errors: number; input: number; output: number; tokens: number; cost: number; days: number }

export function sumOf(list: readonly TraceDay[]): Sum {
  const sum: Sum = { traces: 0, errors: 0, input: 0, output: 0, tokens: 0, cost: 0, days: list.length };
  for (const d of list) {
    sum.traces += d.execution_count;
    sum.errors += d.errors;
    sum.input += d.input_tokens;
    sum.output += d.output_tokens;
    sum.tokens += d.total_tokens;
    sum.cost += d.total_cost;
  }
  return sum;
}
