// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { ago, dateTime, freeze, isZone, moment, parseRange, rangeQuery, rangeWords, shortTime } from './time';

const now = Date.parse('2026-01-31T14:05:30Z');
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('dateTime', () => {
  it('uses the zone and a 24-hour clock', () => {
    expect(dateTime('2026-01-31T23:30:00Z', 'Europe/Berlin')).toBe('2026-02-01 00:30:00');
    expect(dateTime(null, 'UTC')).toBe('–');
  });
  it('shortens today and this year', () => {
    expect(shortTime('2026-01-31T09:08:07Z', 'UTC', now)).toBe('09:08:07');
    expect(shortTime('2026-01-02T09:08:07Z', 'UTC', now)).toBe('01-02 09:08');
    expect(shortTime('2025-12-31T09:08:07Z', 'UTC', now)).toBe('2025-12-31');
  });
});

describe('ago', () => {
  it.each([[3, '3 s ago'], [125, '2 min ago'], [7300, '2 h ago'], [200_000, '2 d ago']])(
    '%d s', (seconds, text) => expect(plain(ago(now - seconds * 1000, now))).toBe(text));
});

describe('ranges', () => {
  it('are read as typed', () => {
    expect(parseRange('now-6h', now)).toEqual({ from: 'now-6h', to: 'now' });
    expect(parseRange('6h', now)).toEqual({ from: 'now-6h', to: 'now' });
    expect(parseRange('now-6h..now-1h', now)).toEqual({ from: 'now-6h', to: 'now-1h' });
    expect(parseRange('2026-01-01..2026-01-31', now)).toEqual({ from: '2026-01-01', to: '2026-01-31' });
    expect(parseRange('all', now)).toEqual({ from: 'all', to: 'now' });
  });
  it('are refused when senseless', () => {
    for (const text of ['', 'yesterday', 'now-1h..now-6h', '6x', 'a..b..c']) expect(parseRange(text, now)).toBeNull();
  });
  it('are asked in absolute time, steady within a minute', () => {
    expect(rangeQuery({ from: 'now-1h', to: 'now' }, now)).toEqual({ from: '2026-01-31T13:05:00.000Z', to: '2026-01-31T14:06:00.000Z' });
    expect(rangeQuery({ from: 'now-1h', to: 'now' }, now + 20_000)).toEqual(rangeQuery({ from: 'now-1h', to: 'now' }, now));
    expect(rangeQuery({ from: 'all', to: 'now' }, now)).toEqual({});
  });
  it('freeze', () => expect(freeze({ from: 'now-1h', to: 'now' }, now)).toEqual({ from: '2026-01-31T13:05:30Z', to: '2026-01-31T14:05:30Z' }));
  it('in words', () => {
    expect(plain(rangeWords({ from: 'now-24h', to: 'now' }, 'UTC'))).toBe('last 24 h');
    expect(rangeWords({ from: '2026-01-01', to: '2026-01-31T12:00Z' }, 'UTC')).toBe('2026-01-01 00:00 to 2026-01-31 12:00');
  });
  it('a moment without zone is UTC', () => expect(moment('2026-01-31 12:00', now)).toBe(Date.parse('2026-01-31T12:00Z')));
});

describe('isZone', () => {
  it('knows zones', () => {
    expect(isZone('Europe/Berlin')).toBe(true);
    expect(isZone('Mars/Olympus')).toBe(false);
  });
});
