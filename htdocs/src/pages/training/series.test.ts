// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { TrainingSecond } from '../../api/types';
import { columnsOf } from './series';

const BEGIN = Date.parse('2026-01-31T12:00:00Z');
const second = (problem_id: number, at: number, more: Partial<TrainingSecond> = {}): TrainingSecond => ({
  at: new Date(BEGIN + at * 1000).toISOString(), problem_id, second: at, response_time: 100 + at, throughput: 5, error_rate: 0.25, success_rate: 0.75, cpu_usage: 12, memory_usage: 40, target_cpu_usage: null, target_memory_usage: null, ...more,
});

describe('the columns of a session', () => {
  it('have a point for each second, shares in percent', () => {
    const c = columnsOf([second(1, 1), second(1, 2, { response_time: null })], String);
    expect(c.x).toEqual([BEGIN / 1000 + 1, BEGIN / 1000 + 2]);
    expect([c.response, c.success, c.errors, c.span]).toEqual([[101, null], [75, 75], [25, 25], 1]);
  });
  it('break where nothing was measured, not between problems that follow each other', () => {
    expect(columnsOf([second(1, 1), second(2, 2)], String).x).toHaveLength(2);
    const c = columnsOf([second(1, 1), second(2, 30)], String);
    expect(c.response).toEqual([101, null, 130]);
    expect(c.throughput[1]).toBeNull();
  });
  it('show where every second problem begins and ends, by its name', () => {
    const c = columnsOf([second(7, 1), second(8, 2), second(8, 3), second(9, 4)], (id) => `no. ${id}`);
    expect(c.regions).toEqual([{ from: BEGIN / 1000 + 1, to: BEGIN / 1000 + 3, label: 'no. 8' }]);
  });
  it('take the worst response time and the mean of the rest where a point is of several seconds', () => {
    const c = columnsOf(Array.from({ length: 1201 }, (_, i) => second(1, i + 1, { throughput: i % 3 })), String);
    expect(c.span).toBe(3);
    expect([c.response[0], c.throughput[0]]).toEqual([103, 1]);
  });
  it('never go back in time, whatever two engines say', () => {
    const c = columnsOf([second(1, 5), second(2, 4), second(2, 6)], String);
    expect(c.x).toEqual([...c.x].sort((a, b) => a - b));
  });
});
