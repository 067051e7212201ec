// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { bytes, change, compact, count, DASH, grouped, percent, plural, significant, wilson } from './number';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('significant', () => {
  it.each([[312, '312'], [1.81, '1.81'], [1.8, '1.80'], [0.0421, '0.0421'], [99.96, '100'], [9.996, '10.0'], [1234.5, '1235'], [0, '0'], [-1.2345, '-1.23']])(
    '%d is %s', (value, text) => expect(significant(value)).toBe(text));
});

describe('what is not there', () => {
  it('is a dash, never zero', () => {
    for (const f of [count, compact, percent, bytes]) {
      expect(f(null)).toBe(DASH);
      expect(f(undefined)).toBe(DASH);
      expect(f(Number.NaN)).toBe(DASH);
    }
  });
});

describe('percent', () => {
  it.each([[100, '100 %'], [0, '0 %'], [97.25, '97.3 %'], [99.97, '> 99.9 %'], [0.01, '< 0.1 %'], [99.94, '99.9 %']])(
    '%d is %s', (value, text) => expect(plain(percent(value))).toBe(text));
});

describe('counts', () => {
  it('groups and shortens', () => {
    expect(count(1204)).toBe('1,204');
    expect(plain(compact(12_345))).toBe('12.3 k');
    expect(plain(compact(1_200_000))).toBe('1.20 M');
    expect(plain(plural(1, 'run'))).toBe('1 run');
    expect(plain(plural(1204, 'run'))).toBe('1,204 runs');
    expect(plain(bytes(1853))).toBe('1.81 KiB');
  });
});

describe('change', () => {
  it('is relative and needs something to compare with', () => {
    expect(change(106, 100)).toBeCloseTo(6);
    expect(change(1, 0)).toBeNull();
    expect(change(null, 5)).toBeNull();
  });
});

describe('wilson', () => {
  it('agrees with the published example 9 of 10', () => {
    const [low, high] = wilson(90, 10) ?? [0, 0];
    expect(low).toBeCloseTo(59.6, 1);
    expect(high).toBeCloseTo(98.2, 1);
  });
  it('has none without samples', () => expect(wilson(100, 0)).toBeNull());
});

it('numbers are grouped as the browser would', () => {
  for (const value of [0, 1, -1, 999, 1000, 999_999.5, 1_234_567, -12_345.678, 0.0004, -0.0004, 0.5, 2 ** 53, 1e20]) {
    for (const most of [0, 3, 6]) expect(grouped(value, most)).toBe(value.toLocaleString('en-US', { maximumFractionDigits: most }).replace(/^-0$/, '0'));
    expect(grouped(value, 2, 2)).toBe(value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 }).replace(/^-0\.00$/, '0.00'));
  }
});
