// SPDX-License-Identifier: Apache-2.0
// Whether the server has another dashboard than the one that runs here. Asked of the page itself (304 while it is the same) now and
// then, when somebody comes back to the tab and when events come again. One answer is not believed: while a server is restarted
// gracefully, or node after node is upgraded, old and new answer in turn.
import { useEffect, useState } from 'preact/hooks';
import { scriptIn, servedScript } from '../api/client';
import { live } from './live';

const EVERY_MS = 300_000;
/** not more often, whatever happens */
const GAP_MS = 60_000;
/** so many times the same other script, so far apart */
const STEADY = 3;
const STEP_MS = 10_000;

/** Says from one answer after the other whether the change is there to stay. */
export class Steady {
  private readonly mine: string;
  private other: string | null = null;
  private times = 0;

  constructor(mine: string) { this.mine = mine; }

  /** 'same', 'perhaps': ask again soon, or 'changed'. An answer that could not be had (null) says nothing. */
  hear(script: string | null): 'same' | 'perhaps' | 'changed' {
    if (script === null) return this.times > 0 ? 'perhaps' : 'same';
    if (script === this.mine) { this.other = null; this.times = 0; return 'same'; }
    this.times = script === this.other ? this.times + 1 : 1;
    this.other = script;
    return this.times >= STEADY ? 'changed' : 'perhaps';
  }
}

const mine = typeof document === 'undefined' ? null : scriptIn(document.head.outerHTML);
const steady = mine ? new Steady(mine) : null;
const listeners = new Set<() => void>();
let changed = false;
let later = false;
let timer: ReturnType<typeof setTimeout> | undefined;
let lookedAt = 0;

function tell(): void {
  for (const listener of listeners) listener();
}

async function look(): Promise<void> {
  if (!steady || changed) return;
  clearTimeout(timer);
  lookedAt = Date.now();
  const said = steady.hear(await servedScript());
  if (said === 'changed') { changed = true; tell(); return; }
  timer = setTimeout(() => { if (document.visibilityState === 'visible') void look(); }, said === 'perhaps' ? STEP_MS : EVERY_MS);
}

/** A part of the page could not be loaded: true if that is because the server has another dashboard, which then is said at once. */
export async function isOutdated(): Promise<boolean> {
  const script = await servedScript();
  if (script !== null && mine !== null && script !== mine && (!changed || later)) { changed = true; later = false; tell(); }
  return changed;
}

/** Not now: said again when the next page is loaded. */
export function reloadLater(): void {
  later = true;
  tell();
}

export function watchVersion(): void {
  if (!steady) return;
  const soon = () => { if (document.visibilityState === 'visible' && Date.now() - lookedAt >= GAP_MS) void look(); };
  let lost = false;
  lookedAt = Date.now();
  timer = setTimeout(() => void look(), EVERY_MS);
  document.addEventListener('visibilitychange', soon);
  live.onStatus(() => {
    const { state } = live.status();
    if (state === 'reconnecting') lost = true;
    else if (state === 'live' && lost) { lost = false; soon(); }
  });
}

/** True while a reload should be offered. */
export function useOutdated(): boolean {
  const [, redraw] = useState(0);
  useEffect(() => {
    const draw = () => redraw((n) => n + 1);
    listeners.add(draw);
    return () => void listeners.delete(draw);
  }, []);
  return changed && !later;
}
