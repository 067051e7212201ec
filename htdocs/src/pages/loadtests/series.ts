// SPDX-License-Identifier: Apache-2.0
// From the seconds of a load test to the columns of its charts.
import type { LoadSecond } from '../../api/types';
import type { Region } from '../../charts/marks';

export interface SeriesColumns {
  /** ms since the load test began */
  x: number[];
  planned: (number | null)[];
  completed: (number | null)[];
  failed: (number | null)[];
  inFlight: (number | null)[];
  /** of the engine, and of the target where it tells: CPU in percent of one processor, memory in MB */
  cpu: (number | null)[];
  memory: (number | null)[];
  targetCpu: (number | null)[];
  targetMemory: (number | null)[];
  p50: (number | null)[];
  p95: (number | null)[];
  /** which latency p50 and p95 are of */
  metric: 'ttft_ms' | 'e2e_ms';
  /** seconds in one point */
  span: number;
  /** what is not the measuring window, and the steps */
  regions: Region[];
}

/** More points than this say no more on a screen. */
const POINTS = 600;
const OTHER: Partial<Record<LoadSecond['phase'], string>> = { certificate: 'certificate', warmup: 'warm-up', paused: 'paused', drain: 'drain' };

const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
const meanKnown = (list: readonly (number | null | undefined)[]) => { const known = list.filter((v): v is number => v != null); return known.length ? mean(known) : null; };
const worst = (list: readonly (number | null | undefined)[]) => list.reduce<number | null>((a, b) => (b == null ? a : a === null ? b : Math.max(a, b)), null);

/** Neighbouring seconds of one phase that is not the window, as stretches of the x axis. */
function regionsOf(seconds: readonly LoadSecond[]): Region[] {
  const regions: (Region & { phase: string })[] = [];
  for (const s of seconds) {
    const label = OTHER[s.phase];
    if (!label) continue;
    const before = regions.at(-1);
    if (before && before.phase === s.phase && before.to === s.second * 1000) before.to += 1000;
    else regions.push({ phase: s.phase, from: s.second * 1000, to: (s.second + 1) * 1000, label });
  }
  return regions.map(({ from, to, label }) => ({ from, to, label }));
}

/** Counts become means per second; of latencies the worst second stands for its point, since quantiles cannot be averaged. */
export function columnsOf(seconds: readonly LoadSecond[]): SeriesColumns {
  const metric = seconds.some((s) => s.ttft_ms?.p95 != null) ? 'ttft_ms' : 'e2e_ms';
  const span = Math.max(1, Math.ceil(seconds.length / POINTS));
  const c: SeriesColumns = { x: [], planned: [], completed: [], failed: [], inFlight: [], cpu: [], memory: [], targetCpu: [], targetMemory: [], p50: [], p95: [], metric, span, regions: regionsOf(seconds) };
  for (let i = 0; i < seconds.length; i += span) {
    const part = seconds.slice(i, i + span);
    c.x.push((part[0]?.second ?? 0) * 1000);
    c.planned.push(mean(part.map((s) => s.planned)));
    c.completed.push(mean(part.map((s) => s.completed)));
    c.failed.push(mean(part.map((s) => s.failed)));
    c.inFlight.push(mean(part.map((s) => s.in_flight)));
    c.cpu.push(meanKnown(part.map((s) => s.cpu_usage)));
    c.memory.push(meanKnown(part.map((s) => s.memory_usage)));
    c.targetCpu.push(meanKnown(part.map((s) => s.target_cpu_usage)));
    c.targetMemory.push(meanKnown(part.map((s) => s.target_memory_usage)));
    c.p50.push(worst(part.map((s) => s[metric]?.p50)));
    c.p95.push(worst(part.map((s) => s[metric]?.p95)));
  }
  return c;
}
