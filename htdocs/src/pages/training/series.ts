// SPDX-License-Identifier: Apache-2.0
// From the seconds of a session to the columns of its charts.
import type { TrainingSecond } from '../../api/types';
import type { Region } from '../../charts/marks';

type Column = (number | null)[];

export interface TrainingColumns {
  /** seconds since the epoch */
  x: number[];
  response: Column;
  throughput: Column;
  success: Column;
  errors: Column;
  cpu: Column;
  memory: Column;
  /** of the target, where it tells; else all null */
  targetCpu: Column;
  targetMemory: Column;
  /** seconds in one point */
  span: number;
  /** every second problem, so that one sees where each begins */
  regions: Region[];
}

/** More points than this say no more on a screen. */
const POINTS = 600;
/** From so many seconds between two on, nothing was measured between them: a line would say otherwise. */
const GAP = 3;

const known = (list: readonly (number | null | undefined)[]) => list.filter((v): v is number => v != null);
const mean = (list: readonly (number | null | undefined)[]) => { const k = known(list); return k.length ? k.reduce((a, b) => a + b, 0) / k.length : null; };
const worst = (list: readonly (number | null | undefined)[]) => { const k = known(list); return k.length ? Math.max(...k) : null; };
const percents = (v: number | null) => (v === null ? null : 100 * v);

/** Stretches of problems: the second, the fourth, … of those that there are. `numbers` says which a problem is in its session. */
function regionsOf(seconds: readonly TrainingSecond[], names: (problem: number) => string): Region[] {
  const all: (Region & { id: number })[] = [];
  for (const s of seconds) {
    const to = Date.parse(s.at) / 1000;
    const last = all.at(-1);
    if (last?.id === s.problem_id) last.to = to;
    else all.push({ id: s.problem_id, from: to - 1, to, label: names(s.problem_id) });
  }
  return all.filter((_, i) => i % 2 === 1).map(({ from, to, label }) => ({ from, to, label }));
}

/** Counts and shares become means; of response times the worst second stands for its point, since medians cannot be averaged. */
export function columnsOf(seconds: readonly TrainingSecond[], names: (problem: number) => string): TrainingColumns {
  const span = Math.max(1, Math.ceil(seconds.length / POINTS));
  const c: TrainingColumns = { x: [], response: [], throughput: [], success: [], errors: [], cpu: [], memory: [], targetCpu: [], targetMemory: [], span, regions: regionsOf(seconds, names) };
  const push = (x: number, of: readonly TrainingSecond[]) => {
    c.x.push(x);
    c.response.push(worst(of.map((s) => s.response_time)));
    c.throughput.push(mean(of.map((s) => s.throughput)));
    c.success.push(percents(mean(of.map((s) => s.success_rate))));
    c.errors.push(percents(mean(of.map((s) => s.error_rate))));
    c.cpu.push(mean(of.map((s) => s.cpu_usage)));
    c.memory.push(mean(of.map((s) => s.memory_usage)));
    c.targetCpu.push(mean(of.map((s) => s.target_cpu_usage)));
    c.targetMemory.push(mean(of.map((s) => s.target_memory_usage)));
  };
  for (let i = 0; i < seconds.length; i += span) {
    const part = seconds.slice(i, i + span);
    const x = Date.parse(part[0]?.at ?? '') / 1000;
    const before = c.x.at(-1);
    if (Number.isNaN(x) || (before !== undefined && x <= before)) continue; // clocks of two engines may overlap: time only goes on
    if (before !== undefined && x - before >= span + GAP) push(before + span, []);
    push(x, part);
  }
  return c;
}
