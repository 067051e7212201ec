// SPDX-License-Identifier: Apache-2.0
// How this browser wants to see things: theme (kept here), time zone and range (in the URL, so that a link shows the same).
import { useEffect, useState } from 'preact/hooks';
import { base } from '../base';
import { isZone, OWN_ZONE, parseRange, type Range } from '../format/time';
import { type Place, usePlace } from '../router';

export type Theme = 'system' | 'light' | 'dark';
/** A cookie, since the server draws the frame (shell.tsx) before any script has run. */
const KEY = 'bm_theme';
const YEAR_SECONDS = 31_536_000;
const themeListeners = new Set<() => void>();

export function theme(): Theme {
  const kept = typeof document === 'undefined' ? null : /(?:^|; )bm_theme=(light|dark)(?:;|$)/.exec(document.cookie)?.[1];
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

export function setTheme(next: Theme): void {
  document.cookie = `${KEY}=${next}; Path=${base}; SameSite=Lax; Max-Age=${next === 'system' ? 0 : YEAR_SECONDS}`;
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

/** The time zone of this page: `tz` in the URL, else the browser's own. */
export function useZone(): string {
  const tz = usePlace().params.get('tz');
  return tz && isZone(tz) ? tz : OWN_ZONE;
}

/** The range of this page: `from` and `to` in the URL, else `fallback` (as typed, such as "24h" or "all"). */
export const useRange = (fallback: string): Range => rangeAt(usePlace(), fallback);

/** The same, of any place. */
export function rangeAt({ params }: Place, fallback: string): Range {
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
