// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { Agent, Observation } from '../../api/types';
import { hoursOf, rank } from './hours';
import { ordered, sortAt } from './order';

const FROM = Date.parse('2026-01-31T00:00:00Z');
const HOUR = 3_600_000;
const ran = (ms: number, latency_ms: number | null, level = 'DEFAULT') => ({ start_time: new Date(FROM + ms).toISOString(), latency_ms, level }) as Observation;

test('hours without an execution count none and have no latency', () => {
  const { step, buckets } = hoursOf([ran(0, 10), ran(1, 30), ran(2, 20, 'ERROR'), ran(2 * HOUR, null)], FROM, FROM + 4 * HOUR);
  expect(step).toBe(3600);
  expect(buckets.map((b) => [b.n, b.failed, b.p50, b.p95, b.ended])).toEqual([[3, 1, 20, 30, 3], [0, 0, null, null, 0], [1, 0, null, null, 0], [0, 0, null, null, 0]]);
});

test('longer ranges, and few executions, have wider buckets', () => {
  const many = (n: number, hours: number) => hoursOf(Array.from({ length: n }, (_, i) => ran((i * hours * HOUR) / n, 1)), FROM, FROM + hours * HOUR).step;
  expect(many(400, 7 * 24)).toBe(3600);
  expect(many(60, 7 * 24)).toBe(6 * 3600);
  expect(many(50, 7 * 24)).toBe(86_400);
  expect(many(1000, 30 * 24)).toBe(6 * 3600);
  expect(many(1000, 365 * 24)).toBe(86_400);
  expect(many(1, 12)).toBe(3600);
});

test('a quantile is one of the values', () => {
  expect(rank([], 0.5)).toBeNull();
  expect(rank([7], 0.95)).toBe(7);
  expect(rank([1, 2, 3, 4], 0.5)).toBe(2);
});

test('agents in order, and of those only the ones that are looked for', () => {
  const agent = (name: string, execution_count: number, success_rate: number, avg_latency_ms: number | null) => ({ name, execution_count, success_rate, avg_latency_ms, total_cost: 0, total_tokens: 0 }) as Agent;
  const list = [agent('Planner', 3, 90, 10), agent('writer', 9, 100, null), agent('plain', 3, 50, 20)];
  const names = (by: string, text = '') => ordered(list, by, text).map((a) => a.name);
  expect(names('executions')).toEqual(['writer', 'Planner', 'plain']);
  expect(names('success')).toEqual(['plain', 'Planner', 'writer']);
  expect(names('latency')).toEqual(['plain', 'Planner', 'writer']);
  expect(names('executions', 'PLA')).toEqual(['Planner', 'plain']);
  expect(sortAt(new URLSearchParams('sort=nonsense'))).toBe('executions');
});
