// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { TraceSync } from '../api/types';
import { until } from '../format/time';
import { nextWords, readAt } from './sync_card';

const NOW = Date.parse('2026-01-31T12:00:00Z');
const of = (last_sync_at: string | null, paused = false) => ({ last_sync_at, paused }) as TraceSync;

test('the newest of all sources was read when that of the last one was; one that is paused does not count', () => {
  expect(readAt([of('2026-01-31T11:59:00Z'), of('2026-01-31T11:40:00Z')])).toBe('2026-01-31T11:40:00Z');
  expect(readAt([of('2026-01-31T11:59:00Z'), of(null)])).toBeNull();
  expect(readAt([of('2026-01-31T11:59:00Z'), of('2026-01-01T00:00:00Z', true)])).toBe('2026-01-31T11:59:00Z');
  expect(readAt([of('2026-01-01T00:00:00Z', true)])).toBe('2026-01-01T00:00:00Z');
});

test('what comes next is said by the state', () => {
  const words = (status: TraceSync['status'], next_sync_at: string | null) => nextWords({ status, next_sync_at }, NOW).replaceAll('\u00a0', ' ');
  expect(words('idle', '2026-01-31T12:02:10Z')).toBe('next in 2 min');
  expect(words('error', '2026-01-31T12:00:12Z')).toBe('next try in 12 s');
  expect(words('rate_limited', '2026-01-31T11:59:59Z')).toBe('goes on now');
  expect(words('idle', null)).toBe('no next one');
});

test('how long until then', () => {
  const words = (at: string | null) => until(at, NOW).replaceAll('\u00a0', ' ');
  expect(words(null)).toBe('–');
  expect(words('2026-01-31T12:00:00.400Z')).toBe('in 1 s');
  expect(words('2026-01-31T17:00:00Z')).toBe('in 5 h');
  expect(words('2026-02-05T12:00:00Z')).toBe('in 5 d');
});
