// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { LoadSecond } from '../../api/types';
import { columnsOf } from './series';

const second = (n: number, more: Partial<LoadSecond> = {}): LoadSecond => ({ second: n, step: 0, phase: 'window', tokens: 0, planned: 10, completed: 9, failed: 1, in_flight: 4, ttft_ms: { p50: 100 + n, p95: 200 + n, p99: null }, e2e_ms: { p50: null, p95: null, p99: null }, ...more });

describe('columnsOf', () => {
  it('has one point a second', () => {
    const c = columnsOf([second(0), second(1)]);
    expect(c).toMatchObject({ x: [0, 1000], planned: [10, 10], completed: [9, 9], failed: [1, 1], inFlight: [4, 4], p50: [100, 101], p95: [200, 201], metric: 'ttft_ms', span: 1 });
  });
  it('leaves a gap where nothing ended, and takes E2E where there is no TTFT', () => {
    const c = columnsOf([second(0, { ttft_ms: { p50: null, p95: null, p99: null }, e2e_ms: { p50: 5, p95: 6, p99: 7 } }), second(1, { ttft_ms: { p50: null, p95: null, p99: null } })]);
    expect(c.metric).toBe('e2e_ms');
    expect(c.p95).toEqual([6, null]);
  });
  it('joins many seconds: mean of counts, worst of latencies', () => {
    const c = columnsOf(Array.from({ length: 1200 }, (_, i) => second(i, { planned: i % 2 ? 20 : 10 })));
    expect(c.x).toHaveLength(600);
    expect([c.span, c.planned[0], c.p95[0], c.x[1]]).toEqual([2, 15, 201, 2000]);
  });
  it('names the stretches that do not count', () => {
    const phases = ['certificate', 'warmup', 'warmup', 'window', 'warmup', 'window', 'drain'] as const;
    expect(columnsOf(phases.map((phase, i) => second(i, { phase }))).regions).toEqual([
      { from: 0, to: 1000, label: 'certificate' }, { from: 1000, to: 3000, label: 'warm-up' }, { from: 4000, to: 5000, label: 'warm-up' }, { from: 6000, to: 7000, label: 'drain' },
    ]);
  });
  it('has what the target uses where it tells, and else a gap', () => {
    const c = columnsOf([second(0, { cpu_usage: 5, target_cpu_usage: 80, target_memory_usage: 900 }), second(1, { cpu_usage: 7, target_cpu_usage: null })]);
    expect([c.cpu, c.targetCpu, c.targetMemory, c.memory]).toEqual([[5, 7], [80, null], [900, null], [null, null]]);
  });
  it('of nothing is nothing', () => expect(columnsOf([]).x).toEqual([]));
});
