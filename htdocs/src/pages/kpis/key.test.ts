// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { columnText } from '../../charts/heatmap';
import { cumulated } from '../../charts/histogram';
import { keyName, quantileName } from './key';

test('groups have names, also when what they are of is gone', () => {
  expect(keyName({})).toBe('all');
  expect(keyName({ scenario_id: 3, scenario_name: 'chat' })).toBe('chat');
  expect(keyName({ scenario_id: 3, scenario_name: null })).toBe('scenario 3, deleted');
  expect(keyName({ model: null, provider: 'http' })).toBe('no model named');
  expect(keyName({ provider: 'http' })).toBe('http');
  expect(keyName({ label: null })).toBe('other labels');
});

test('quantiles are named in percent', () => {
  expect([0, 0.5, 0.95, 0.99, 0.999, 1].map(quantileName)).toEqual(['p0', 'p50', 'p95', 'p99', 'p99.9', 'p100']);
});

test('parts add up to all', () => {
  expect(cumulated([])).toEqual([]);
  expect(cumulated([0, 0])).toEqual([0, 0]);
  expect(cumulated([1, 2, 1])).toEqual([25, 75, 100]);
});

test('a column says where half of it is and where it ends', () => {
  const edges = [1, 10, 100, 1000];
  expect(columnText(null, edges)).toEqual({ n: 0, median: '–', top: '–' });
  const { n, median, top } = columnText([5, 1, 0], edges);
  expect(n).toBe(6);
  expect(median).toMatch(/^1.*10/);
  expect(top).toMatch(/^10.*100/);
});
