// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { placesFor } from './places';

const after = (before: number[], ids: number[]) => ids.map((id) => placesFor(placesFor(new Map<number, number>(), before), ids).get(id));

test('another page takes the places of the one before, in order', () => {
  expect(after([9, 8, 7], [6, 5, 4])).toEqual([0, 1, 2]);
});

test('who stays keeps its place; who comes takes that of who went', () => {
  expect(after([9, 8, 7], [10, 9, 8])).toEqual([2, 0, 1]);
  expect(after([9, 8, 7], [7, 8, 9])).toEqual([2, 1, 0]);
});

test('more and fewer rows', () => {
  expect(after([9, 8], [9, 8, 7, 6])).toEqual([0, 1, 2, 3]);
  expect(after([9, 8, 7], [7])).toEqual([2]);
  expect(after([], [1, 2])).toEqual([0, 1]);
  expect(after([1], [])).toEqual([]);
});

test('never two in one place, whatever comes and goes', () => {
  let places = new Map<number, number>();
  let seed = 7;
  for (let round = 0; round < 200; round++) {
    const ids = [...new Set(Array.from({ length: (seed = (seed * 48271) % 2147483647) % 30 }, () => (seed = (seed * 48271) % 2147483647) % 40))];
    const next = placesFor(places, ids);
    expect(new Set(next.values()).size).toBe(ids.length);
    for (const id of ids) if (places.has(id)) expect(next.get(id)).toBe(places.get(id));
    places = next;
  }
});
