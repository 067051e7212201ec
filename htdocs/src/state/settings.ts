// SPDX-License-Identifier: Apache-2.0
// How this browser wants to see things: theme (kept here), time zone and range (in the URL, so that a link shows the same).
import { useEffect, useState } from 'preact/hooks';
import { isZone, localZone, parseRange, type Range } from '../format/time';
import { usePlace } from '../router';

export type Theme = 'system' | 'light' | 'dark';
const KEY = 'bm-theme';
const themeListeners = new Set<() => void>();

export function theme(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'light' || kept === 'dark' ? kept : 'system';
  } catch {
    return 'system'; // storage may be forbidden: the system decides then
  }
}

export function setTheme(next: Theme): void {
  try {
    if (next === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
  } catch { /* not kept, still applied */ }
  applyTheme(next);
}

/** Puts the theme on the document. */
export function applyTheme(next: Theme = theme()): void {
  if (next === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  for (const listener of themeListeners) listener();
}

/** A number that changes when the colours on screen do; charts draw again then. */
export function useThemeVersion(): number {
  const [version, set] = useState(0);
  useEffect(() => {
    const bump = () => set((n) => n + 1);
    const media = matchMedia('(prefers-color-scheme: dark)');
    media.addEventListener('change', bump);
    themeListeners.add(bump);
    return () => { media.removeEventListener('change', bump); themeListeners.delete(bump); };
  }, []);
  return version;
}

/** The time zone of this page: `tz` in the URL, else the browser's. */
export function useZone(): string {
  const tz = usePlace().params.get('tz');
  return tz && isZone(tz) ? tz : localZone;
}

/** The range of this page: `from` and `to` in the URL, else `fallback` (as typed, such as "24h" or "all"). */
export function useRange(fallback: string): Range {
  const { params } = usePlace();
  const from = params.get('from');
  const now = Date.now();
  const asked = from ? parseRange(from === 'all' ? 'all' : `${from}..${params.get('to') ?? 'now'}`, now) : null;
  return asked ?? parseRange(fallback, now) ?? { from: 'all', to: 'now' };
}

/** The time now, redrawn every `ms` while the page is visible. */
export function useNow(ms: number): number {
  const [now, set] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => { if (document.visibilityState === 'visible') set(Date.now()); }, ms);
    return () => clearInterval(timer);
  }, [ms]);
  return now;
}
