// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { TraceDay } from '../../api/types';
import { counted, daysOf, mirroredSince, sumOf } from './days';

const NOW = Date.parse('2026-01-31T14:05:00Z');
const day = (date: string, execution_count: number, errors = 0): TraceDay => ({ date, execution_count, errors, success_rate: 100, avg_latency_ms: 10, input_tokens: 3, output_tokens: 2, total_tokens: 5, total_cost: 0.25 });

test('a day without a trace is zero where it is mirrored, and unknown before', () => {
  const days = daysOf([day('2026-01-31', 4), day('2026-01-27', 1)], 6, NOW, Date.parse('2026-01-28T10:00:00Z'));
  expect(days.map((d) => counted(d, (t) => t.execution_count))).toEqual([null, 1, null, 0, 0, 4]);
  expect(days.map((d) => new Date(d.at * 1000).toISOString().slice(0, 10))).toEqual(['2026-01-26', '2026-01-27', '2026-01-28', '2026-01-29', '2026-01-30', '2026-01-31']);
  expect(daysOf([], 2, NOW, null).map((d) => counted(d, (t) => t.execution_count))).toEqual([null, null]);
});

test('all is here since the source that begins last; one that never began makes it unknown', () => {
  expect(mirroredSince([{ mirrored_from: '2026-01-01T00:00:00Z' }, { mirrored_from: '2026-01-09T00:00:00Z' }])).toBe(Date.parse('2026-01-09T00:00:00Z'));
  expect(mirroredSince([{ mirrored_from: '2026-01-01T00:00:00Z' }, { mirrored_from: null }])).toBeNull();
  expect(mirroredSince([])).toBeNull();
});

test('sums are those of the days', () => {
  expect(sumOf([day('2026-01-30', 4, 1), day('2026-01-31', 6, 2)])).toEqual({ traces: 10, errors: 3, input: 6, output: 4, tokens: 10, cost: 0.5, days: 2 });
});
