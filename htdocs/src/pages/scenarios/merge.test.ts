// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { mergeInputs, openPlaceholders } from './merge';

describe('mergeInputs', () => {
  it('lays the scenario over the defaults and says so', () => {
    expect(mergeInputs({ a: 1, b: 2 }, { b: 3, c: 4 })).toEqual([
      { name: 'a', value: 1, from: 'automation', over: false },
      { name: 'b', value: 3, from: 'scenario', over: true },
      { name: 'c', value: 4, from: 'scenario', over: false },
    ]);
  });
  it('finds placeholders nothing fills', () => {
    expect(openPlaceholders(mergeInputs({ city: 'Rome' }, { prompt: 'Weather in {{city}} on {{ day }}?' }))).toEqual(['day']);
  });
});
