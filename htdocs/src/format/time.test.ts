// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { ago, dateTime, freeze, isZone, axisTime, moment, OWN_ZONE, parseRange, rangeQuery, rangeWords, readRange, shortTime, wallTime, zoneName } from './time';

const now = Date.parse('2026-01-31T14:05:30Z');
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('dateTime', () => {
  it('uses the zone and a 24-hour clock', () => {
    expect(dateTime('2026-01-31T23:30:00Z', 'Europe/Berlin')).toBe('2026-02-01 00:30:00');
    expect(dateTime(null, 'UTC')).toBe('–');
  });
  it('has no other clock for the own zone and UTC than for their names', () => {
    for (const at of ['2026-01-31T23:30:00Z', '2026-03-29T00:59:59Z', '2026-03-29T01:00:00Z', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z']) {
      expect(dateTime(at, OWN_ZONE)).toBe(dateTime(at, zoneName(OWN_ZONE)));
      expect(dateTime(at, 'UTC')).toBe(dateTime(at, 'Etc/UTC'));
    }
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

describe('clocks of a zone', () => {
  const iso = (text: string, zone: string) => { const at = wallTime(text, zone); return at === null ? null : new Date(at).toISOString().slice(0, 16); };
  it.each([
    ['2026-01-31', 'Europe/Berlin', '2026-01-30T23:00'], ['2026-07-01 14:05', 'Europe/Berlin', '2026-07-01T12:05'], ['2026-07-01T14:05', 'Asia/Kolkata', '2026-07-01T08:35'], ['2026-01-31', 'UTC', '2026-01-31T00:00'],
    // the night of 29 March has no 02:30, that of 25 October has it twice
    ['2026-03-29 01:59', 'Europe/Berlin', '2026-03-29T00:59'], ['2026-03-29 02:30', 'Europe/Berlin', '2026-03-29T01:30'], ['2026-03-29 03:00', 'Europe/Berlin', '2026-03-29T01:00'],
    ['2026-10-25 02:30', 'Europe/Berlin', '2026-10-25T00:30'], ['2026-10-25 03:00', 'Europe/Berlin', '2026-10-25T02:00'], ['2026-10-26', 'Europe/Berlin', '2026-10-25T23:00'],
    ['now-6h', 'UTC', null], ['2026-01-31T12:00Z', 'UTC', null], ['soon', 'UTC', null],
  ])('%s in %s', (text, zone, at) => expect(iso(text, zone)).toBe(at));
  it('a day of 23 or 25 hours keeps its hours on the axis', () => {
    const hours = (from: string, n: number) => Array.from({ length: n }, (_, i) => axisTime(Date.parse(from) / 1000 + i * 3600, 3600, 'Europe/Berlin'));
    expect(hours('2026-03-28T23:00Z', 5)).toEqual(['03-29', '01:00', '03:00', '04:00', '05:00']);
    expect(hours('2026-10-24T22:00Z', 6)).toEqual(['10-25', '01:00', '02:00', '02:00', '03:00', '04:00']);
  });
  it('ranges are read there', () => {
    expect(readRange('2026-01-01..2026-01-31 12:00', 'Europe/Berlin', now)).toEqual({ from: '2025-12-31T23:00:00Z', to: '2026-01-31T11:00:00Z' });
    expect(readRange('6h', 'Europe/Berlin', now)).toEqual({ from: 'now-6h', to: 'now' });
    expect(readRange('2026-01-01T00:00Z..now', 'Europe/Berlin', now)).toEqual({ from: '2026-01-01T00:00Z', to: 'now' });
    expect(readRange(' all ', 'UTC', now)).toEqual({ from: 'all', to: 'now' });
  });
  it.each([['', /Type a range/], ['6x', /“6x” is no moment/], ['now-6h..yesterday', /“yesterday” is no moment/], ['now-1h..now-6h', /ends before/], ['1h..2h..3h', /two ends/], ['2026-13-01', /no moment/]])(
    '%j is explained', (text, why) => expect(readRange(text, 'UTC', now)).toMatch(why));
});

describe('isZone', () => {
  it('knows zones', () => {
    expect(isZone('Europe/Berlin')).toBe(true);
    expect(isZone('Mars/Olympus')).toBe(false);
  });
});
