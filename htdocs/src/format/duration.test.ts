// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { axisUnit, duration, durationExact, durationMicros, span } from './duration';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('duration', () => {
  it.each([
    [312, '312 ms'], [1810, '1.81 s'], [125_000, '2 min 05 s'], [0, '0 ms'], [0.042, '42.0 µs'], [0.9996, '1.00 ms'], [999.4, '999 ms'],
    [999.6, '1.00 s'], [59_990, '60.0 s'], [59_996, '1 min 00 s'], [3_600_000, '1 h 00 min'], [90_061_000, '1 d 01 h'], [12.34, '12.3 ms'],
  ])('%d ms is %s', (ms, text) => expect(plain(duration(ms))).toBe(text));
  it('is a dash when not measured', () => {
    expect(duration(null)).toBe('–');
    expect(duration(undefined)).toBe('–');
    expect(durationMicros(null)).toBe('–');
  });
  it('keeps all digits where they are copied', () => expect(plain(durationExact(1810.4321))).toBe('1,810.432 ms'));
});

describe('axisUnit', () => {
  it.each([[0.5, 'µs'], [800, 'ms'], [2500, 's'], [600_000, 'min']])('up to %d ms is %s', (max, unit) => expect(axisUnit(max).unit).toBe(unit));
});

describe('span', () => {
  it.each([[30, '30 s'], [60, '1 min'], [900, '15 min'], [3600, '1 h'], [86_400, '1 d'], [90, '1 min 30 s']])('%d s is %s', (s, text) => expect(plain(span(s))).toBe(text));
});
