// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { cumulative, histogram, shareBelow, sideForm, sideText } from './sides';

describe('sides of a comparison', () => {
  test.each(['scenario:7', 'scenario:7@3', 'scenario:7@3;model=x;location=eu', 'loadtest:12', 'runs:1,2,3', 'window:now-7d/now',
    'window:2026-11-01/2026-11-08;scenario=7@2;label=nightly', 'window:2026-11-01T00:00:00Z/now;automation=2'])('%s comes back as it was', (text) => expect(sideText(sideForm(text))).toBe(text));

  test('ids may have spaces', () => expect(sideText({ ...sideForm('runs:1'), runs: ' 1, 2 ,3\n' })).toBe('runs:1,2,3'));

  test('what is not filled in is no side', () => {
    expect(sideText(sideForm(''))).toBe('');
    expect(sideText({ ...sideForm(''), kind: 'loadtest' })).toBe('');
    expect(sideText({ ...sideForm(''), kind: 'runs' })).toBe('');
  });

  test('what is none can be mended', () => expect(sideForm('7')).toMatchObject({ kind: 'runs', runs: '7' }));
});

describe('curves', () => {
  const curve = Array.from({ length: 101 }, (_, i) => 100 + i);

  test('shares are read between the points', () => {
    expect(shareBelow(curve, 99)).toBe(0);
    expect(shareBelow(curve, 150)).toBe(50);
    expect(shareBelow(curve, 150.5)).toBeCloseTo(50.5);
    expect(shareBelow(curve, 500)).toBe(100);
  });

  test('values that are all alike are a step', () => {
    const flat = Array.from({ length: 101 }, () => 5);
    expect(shareBelow(flat, 4.9)).toBe(0);
    expect(shareBelow(flat, 5)).toBe(100);
  });

  test('both sides stand over the same values, rising', () => {
    const [x, a, b] = cumulative(curve, curve.map((v) => v + 50));
    expect(x).toHaveLength(a.length);
    expect(x.at(-1)).toBe(249);
    expect(a.every((v, i) => i === 0 || v >= (a[i - 1] ?? 0))).toBe(true);
    expect(a.at(-1)).toBe(100);
    expect(b[0]).toBe(0);
  });

  test('a histogram holds nearly all of both', () => {
    const h = histogram(curve, curve.map((v) => v + 50));
    expect(h.a.reduce((p, q) => p + q, 0)).toBeCloseTo(100);
    expect(h.b.reduce((p, q) => p + q, 0)).toBeCloseTo(99);
    expect(h.from).toBe(100);
  });
});
