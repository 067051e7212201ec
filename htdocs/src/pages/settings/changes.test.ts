// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { countsOf, shortJson, summaryOf } from './changes';

describe('an import in words', () => {
  test('of what would be done', () => {
    expect(summaryOf({ created: 1, updated: 2, unchanged: 3 }).replaceAll('\u00a0', ' ')).toBe('1 object would be made, 2 would be changed, 3 are as the document says.');
    expect(summaryOf({ created: 0, updated: 1, unchanged: 1 }).replaceAll('\u00a0', ' ')).toBe('0 objects would be made, 1 would be changed, 1 is as the document says.');
  });
  test('of all kinds together', () => {
    const one = { created: 1, updated: 2, unchanged: 0 };
    expect(countsOf({ automations: one, scenarios: one, prices: { created: 0, updated: 0, unchanged: 4 }, datasets: { created: 0, updated: 0, unchanged: 1 }, views: { created: 0, updated: 0, unchanged: 0 } })).toEqual({ created: 2, updated: 4, unchanged: 5 });
  });
  test('of nothing to do', () => expect(summaryOf({ created: 0, updated: 0, unchanged: 4 })).toBe('Nothing would change: all 4 objects are as the document says.'));
  test('values on a line', () => {
    expect(shortJson({ a: [1, null] })).toBe('{"a":[1,null]}');
    expect(shortJson('x'.repeat(300))).toHaveLength(202);
    expect(shortJson(undefined)).toBe('');
  });
});
