// SPDX-License-Identifier: Apache-2.0
// Moments in a named time zone, 24-hour clock, and ranges as they stand in the URL (`now-6h`, `2026-01-31T12:00Z`).

/** The browser's own zone, of which it needs no name: reading the table of zones takes it as long as drawing a page. */
export const OWN_ZONE = '';

/** What a zone is called. */
export const zoneName = (zone: string): string => zone || Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

/** True for a zone name that this browser knows. */
export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

interface Parts { year: string; month: string; day: string; hour: string; minute: string; second: string }

const two = (n: number) => String(n).padStart(2, '0');

function parts(ms: number, zone: string): Parts {
  if (zone === 'UTC' || zone === OWN_ZONE) {
    const date = new Date(ms);
    const of = zone === OWN_ZONE
      ? [date.getMonth() + 1, date.getDate(), date.getHours(), date.getMinutes(), date.getSeconds()]
      : [date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
    const [month, day, hour, minute, second] = of.map(two) as [string, string, string, string, string];
    return { year: String(zone === OWN_ZONE ? date.getFullYear() : date.getUTCFullYear()), month, day, hour, minute, second };
  }
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
    });
    formats.set(zone, format);
  }
  return Object.fromEntries(format.formatToParts(ms).map((p) => [p.type, p.value])) as unknown as Parts;
}

/** 2026-01-31 14:05:09 */
export function dateTime(at: string | number | null | undefined, zone: string): string {
  const ms = typeof at === 'string' ? Date.parse(at) : at;
  if (typeof ms !== 'number' || Number.isNaN(ms)) return '–';
  const p = parts(ms, zone);
  return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}:${p.second}`;
}

/** 14:05 today, 01-31 14:05 this year's other days, 2025-12-31 before. */
export function shortTime(at: string | number | null | undefined, zone: string, now: number): string {
  const ms = typeof at === 'string' ? Date.parse(at) : at;
  if (typeof ms !== 'number' || Number.isNaN(ms)) return '–';
  const p = parts(ms, zone);
  const today = parts(now, zone);
  if (p.year !== today.year) return `${p.year}-${p.month}-${p.day}`;
  const clock = `${p.hour}:${p.minute}:${p.second}`;
  return p.month === today.month && p.day === today.day ? clock : `${p.month}-${p.day} ${clock.slice(0, 5)}`;
}

/** Axis label for a step of `stepSeconds`: seconds, minutes, or the day where it changes. */
export function axisTime(seconds: number, stepSeconds: number, zone: string): string {
  const p = parts(seconds * 1000, zone);
  if (stepSeconds >= 86_400) return `${p.month}-${p.day}`;
  if (p.hour === '00' && p.minute === '00' && stepSeconds >= 60) return `${p.month}-${p.day}`;
  return stepSeconds < 60 ? `${p.hour}:${p.minute}:${p.second}` : `${p.hour}:${p.minute}`;
}

/** "3 s ago", "2 min ago", "5 h ago", "12 d ago". */
export function ago(at: string | number | null | undefined, now: number): string {
  const ms = typeof at === 'string' ? Date.parse(at) : at;
  if (typeof ms !== 'number' || Number.isNaN(ms)) return '–';
  const seconds = Math.max(0, Math.round((now - ms) / 1000));
  if (seconds < 60) return `${seconds}\u00a0s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}\u00a0min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}\u00a0h ago`;
  return `${Math.floor(seconds / 86_400)}\u00a0d ago`;
}

/** "in 3 s", "in 2 min", "in 5 h"; "now" when it has come. */
export function until(at: string | null, now: number): string {
  const seconds = at === null ? NaN : Math.ceil((Date.parse(at) - now) / 1000);
  if (Number.isNaN(seconds)) return '–';
  if (seconds <= 0) return 'now';
  if (seconds < 60) return `in\u00a0${seconds}\u00a0s`;
  if (seconds < 3600) return `in\u00a0${Math.round(seconds / 60)}\u00a0min`;
  return seconds < 86_400 ? `in\u00a0${Math.round(seconds / 3600)}\u00a0h` : `in\u00a0${Math.round(seconds / 86_400)}\u00a0d`;
}

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Milliseconds since the epoch of `now`, `now-6h`, or an RFC 3339 / `YYYY-MM-DD[ HH:MM]` moment (UTC if it names no zone). Null if it is neither. */
export function moment(text: string, now: number): number | null {
  const said = text.trim();
  if (said === 'now') return now;
  const relative = /^now-(\d+)([smhdw])$/.exec(said);
  if (relative) return now - Number(relative[1]) * (UNITS[relative[2] ?? 's'] ?? 1) * 1000;
  if (!/^\d{4}-\d{2}-\d{2}/.test(said)) return null;
  const iso = said.replace(' ', 'T');
  const zoned = /(Z|[+-]\d{2}:\d{2})$/.test(iso) ? iso : `${iso.length === 10 ? `${iso}T00:00` : iso}Z`;
  const at = Date.parse(zoned);
  return Number.isNaN(at) ? null : at;
}

export interface Range { from: string; to: string }

/** A range as typed: `now-6h`, `6h`, `now-6h..now-1h`, `2026-01-01..2026-01-31`, `all`. Null if it cannot be read or is empty. */
export function parseRange(text: string, now: number): Range | null {
  const said = text.trim();
  if (said === '' ) return null;
  if (said === 'all') return { from: 'all', to: 'now' };
  const pieces = said.split('..').map((s) => s.trim());
  if (pieces.length > 2) return null;
  const short = /^\d+[smhdw]$/.exec(pieces[0] ?? '') ? `now-${pieces[0]}` : pieces[0] ?? '';
  const to = pieces[1] ?? 'now';
  const a = moment(short, now);
  const b = moment(to, now);
  return a !== null && b !== null && a < b ? { from: short, to } : null;
}

const HAS_ZONE = /(Z|[+-]\d{2}:\d{2})$/;
const DAY_MS = 86_400_000;

/** Milliseconds since the epoch of a day, or a day and a time, on the clocks of a zone. Of an hour that comes twice the first is meant; in
 *  one that is left out it is as much later. Null if it is neither. */
export function wallTime(text: string, zone: string): number | null {
  const utc = HAS_ZONE.test(text.trim()) ? null : moment(text, 0);
  if (utc === null || !/^\d/.test(text.trim())) return null;
  const offset = (ms: number) => Date.parse(`${dateTime(ms, zone).replace(' ', 'T')}Z`) - Math.floor(ms / 1000) * 1000;
  const before = utc - offset(utc - DAY_MS);
  const after = utc - offset(utc + DAY_MS);
  const shown = [before, after].filter((ms) => ms + offset(ms) === utc);
  return shown.length ? Math.min(...shown) : before;
}

/** A range as typed by somebody who reads the clocks of `zone`: as parseRange, with moments that name no zone read there; or why it is none. */
export function readRange(text: string, zone: string, now: number): Range | string {
  const pieces = text.split('..').map((s) => s.trim());
  if (text.trim() === '') return 'Type a range, such as 6h or now-6h..now-1h.';
  if (pieces.length > 2) return 'A range has two ends: from..to.';
  if (text.trim() === 'all') return { from: 'all', to: 'now' };
  const absolute = pieces.map((p) => { const at = wallTime(p, zone); return at === null ? p : new Date(at).toISOString().replace('.000Z', 'Z'); });
  for (const [i, p] of absolute.entries()) {
    if (moment(i === 0 && /^\d+[smhdw]$/.test(p) ? `now-${p}` : p, now) === null) return `“${pieces[i]}” is no moment. Such are now, now-6h (s, m, h, d, w), 2026-01-31 and 2026-01-31 14:05.`;
  }
  return parseRange(absolute.join('..'), now) ?? 'It ends before it begins.';
}

/** What the API is asked: both ends absolute, relative ones rounded outwards to the minute (so that a poll may be answered
 *  304); nothing for `all`. */
export function rangeQuery(range: Range, now: number): { from?: string; to?: string } {
  if (range.from === 'all') return {};
  const minute = 60_000;
  const from = moment(range.from, range.from.startsWith('now') ? Math.floor(now / minute) * minute : now);
  const to = moment(range.to, range.to.startsWith('now') ? Math.ceil(now / minute) * minute : now);
  return {
    ...(from === null ? {} : { from: new Date(from).toISOString() }),
    ...(to === null ? {} : { to: new Date(to).toISOString() }),
  };
}

/** The range as part of what is known by it: as it was typed, so that "the last 24 h" is the same thing a minute later. */
export const rangeKey = (range: Range): { from?: string; to?: string } => (range.from === 'all' ? {} : { from: range.from, to: range.to });

/** Both ends made absolute, for a link that means the same tomorrow. */
export function freeze(range: Range, now: number): Range {
  if (range.from === 'all') return range;
  const iso = (text: string) => new Date(moment(text, now) ?? now).toISOString().replace(/\.\d+Z$/, 'Z');
  return { from: iso(range.from), to: iso(range.to) };
}

/** The range in words: "last 24 h", "all time", "2026-01-01 00:00 to 2026-01-31 00:00". */
export function rangeWords(range: Range, zone: string): string {
  if (range.from === 'all') return 'all time';
  const last = /^now-(\d+)([smhdw])$/.exec(range.from);
  if (last && range.to === 'now') {
    const names: Record<string, string> = { s: 's', m: 'min', h: 'h', d: 'd', w: 'w' };
    return `last\u00a0${last[1]}\u00a0${names[last[2] ?? 's']}`;
  }
  const word = (text: string) => {
    if (text.startsWith('now')) return text;
    const at = moment(text, 0);
    return at === null ? text : dateTime(at, zone).slice(0, 16);
  };
  return `${word(range.from)} to ${word(range.to)}`;
}
