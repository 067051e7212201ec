// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { cursorIn } from './client';

test('where the next page begins stands in the Link of a list', () => {
  expect(cursorIn('</api/v1/traces?limit=50&after=a%2Bb%7C1>; rel="next"')).toBe('a+b|1');
  expect(cursorIn('</api/v1/runs?after=17&limit=50>; rel=next')).toBe('17');
  expect(cursorIn('</api/v1/runs?after=17>; rel="prev"')).toBeNull();
  expect(cursorIn('</api/v1/runs>; rel="next"')).toBeNull();
  expect(cursorIn(null)).toBeNull();
});
