// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { Observation } from '../../api/types';
import { instant, matches, nextOf, openTo, shownOf, spanOf, ticksOf, treeOf } from './tree';

const at = (ms: number) => `${new Date(Date.UTC(2026, 0, 31) + ms).toISOString().replace('Z', '000Z')}`;
const made = (id: string, parent: string | null, start: number, end: number | null, more: Partial<Observation> = {}): Observation => ({
  id, source_id: 1, trace_id: 't', parent_id: parent, type: 'SPAN', name: id, level: 'DEFAULT', status_message: null, start_time: at(start), end_time: end === null ? null : at(end), latency_ms: end === null ? null : end - start,
  ttft_ms: null, model: null, input_tokens: null, output_tokens: null, total_tokens: null, total_cost: null, session_id: null, user_id: null, environment: null, version: null, ...more,
});
const ids = (nodes: readonly { o: Observation }[]) => nodes.map((n) => n.o.id).join(' ');

test('children stand below their parents by their begin, whatever the order they came in', () => {
  const tree = treeOf([made('c', 'a', 20, 30), made('d', 'b', 12, 14), made('b', 'a', 10, 40), made('a', null, 0, 50, { level: 'DEFAULT' }), made('e', 'b', 11, null, { level: 'ERROR' })]);
  expect(ids(tree.all)).toBe('a b e d c');
  expect(tree.all.map((n) => n.depth)).toEqual([0, 1, 2, 2, 1]);
  expect(tree.all.map((n) => n.place)).toEqual([1, 1, 1, 2, 2]);
  expect(tree.all.map((n) => n.size)).toEqual([5, 3, 1, 1, 1]);
  expect(tree.all.map((n) => n.errors)).toEqual([1, 1, 1, 0, 0]);
  expect(tree.end - tree.begin).toBe(50);
  expect(tree.byId.get('e')?.end).toBeNull();
});

test('a parent that is missing, is oneself, or is below oneself loses nothing', () => {
  const tree = treeOf([made('x', 'gone', 5, 6), made('s', 's', 1, 2), made('p', 'q', 3, 9), made('q', 'p', 4, 8), made('r', 'q', 5, 6)]);
  expect(new Set(tree.all.map((n) => n.o.id))).toEqual(new Set(['x', 's', 'p', 'q', 'r']));
  expect(tree.all.filter((n) => n.lost).map((n) => n.o.id).sort()).toEqual(['p', 's', 'x']);
  expect(tree.byId.get('r')?.depth).toBe(2);
  expect(ids(tree.byId.get('q')?.children ?? [])).toBe('r');
});

test('one that is as deep as it is long, and one with nothing in it', () => {
  const deep = treeOf(Array.from({ length: 20_000 }, (_, i) => made(`n${i}`, i === 0 ? null : `n${i - 1}`, i, i + 1)));
  expect(deep.all.at(-1)?.depth).toBe(19_999);
  expect(deep.roots[0]?.size).toBe(20_000);
  expect(treeOf([])).toMatchObject({ roots: [], all: [], begin: 0, end: 0 });
});

test('what ends before it begins has no length', () => {
  const tree = treeOf([made('a', null, 100, 40)]);
  expect(tree.all[0]?.end).toBe(tree.all[0]?.start);
});

test('folding hides what is below, and what is looked for is opened', () => {
  const tree = treeOf([made('a', null, 0, 50), made('b', 'a', 10, 20), made('c', 'b', 11, 12), made('d', 'a', 30, 40)]);
  expect(ids(shownOf(tree, new Set(['b'])))).toBe('a b d');
  expect(ids(shownOf(tree, new Set(['a', 'b'])))).toBe('a');
  const c = tree.byId.get('c');
  expect(c && [...openTo(new Set(['a', 'b', 'd']), c)]).toEqual(['d']);
  const none: ReadonlySet<string> = new Set(['d']);
  expect(c && openTo(none, c)).toBe(none);
});

test('the span of a node is that of all below it; the next that fits is found round the end', () => {
  const tree = treeOf([made('a', null, 0, 50), made('b', 'a', 10, 20), made('c', 'b', 5, 70, { level: 'ERROR', model: 'gpt-5' }), made('d', 'a', 30, null)]);
  const b = tree.byId.get('b');
  expect(b && spanOf(tree, b)).toEqual({ begin: tree.begin + 5, end: tree.begin + 70 });
  const error = (o: Observation) => o.level === 'ERROR';
  expect(nextOf(tree, null, error)?.o.id).toBe('c');
  expect(nextOf(tree, tree.byId.get('d') ?? null, error)?.o.id).toBe('c');
  expect(nextOf(tree, tree.byId.get('c') ?? null, error)?.o.id).toBe('c');
  expect(nextOf(tree, null, (o) => o.level === 'WARNING')).toBeNull();
  expect(matches(made('a', null, 0, 1, { model: 'GPT-5' }), 'gpt')).toBe(true);
  expect(matches(made('a', null, 0, 1), 'gpt')).toBe(false);
});

test('moments keep their microseconds', () => {
  expect(instant('2026-01-31T00:00:00.123456Z') - Date.parse('2026-01-31T00:00:00.123Z')).toBeCloseTo(0.456, 3);
  expect(instant('2026-01-31T00:00:00Z')).toBe(Date.parse('2026-01-31T00:00:00Z'));
});

test('ticks are round in the unit shown', () => {
  const words = (ms: number) => ticksOf(ms).map((t) => t.word.replaceAll('\u00a0', ' '));
  expect(words(1234)).toEqual(['0', '500 ms', '1000 ms']);
  expect(words(9100)).toEqual(['0', '2 s', '4 s', '6 s', '8 s']);
  expect(words(300_000)).toEqual(['0', '1 min', '2 min', '3 min', '4 min', '5 min']);
  expect(words(0.4)).toEqual(['0', '100 µs', '200 µs', '300 µs', '400 µs']);
  expect(words(0)).toEqual(['0']);
});
