// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { idRanges } from './names';

test('ids are written as the server takes them: ascending, each once, runs as ranges', () => {
  expect(idRanges([])).toBe('');
  expect(idRanges([7])).toBe('7');
  expect(idRanges([12, 3, 11, 10, 7, 3])).toBe('3,7,10-12');
  expect(idRanges([1, 2])).toBe('1-2');
  expect(idRanges(Array.from({ length: 1000 }, (_, i) => 1000 - i))).toBe('1-1000');
});
