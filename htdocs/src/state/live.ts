// SPDX-License-Identifier: Apache-2.0
// Keeps watched stores fresh. Today by asking again and again; a source fed by server events only has to implement
// LiveSource and call patch() or refresh() on what it watches.
import { useEffect, useState } from 'preact/hooks';

/** What a source needs to know of a store. */
export interface Watched {
  refresh(): Promise<boolean>;
  isBusy(): boolean;
  /** how often while it is busy, where not every 2 s */
  busyMs?: number;
  get(): { at: number | null; error: { retryAt: number | null; status: number } | null };
}

export type LiveState = 'live' | 'reconnecting' | 'paused';

export interface LiveSource {
  /** Keeps the store fresh until the returned function is called. The first refresh starts at once. */
  watch(store: Watched): () => void;
  /** Whether anything arrives, and when something last did. */
  status(): { state: LiveState; at: number | null };
  pause(): void;
  resume(): void;
  onStatus(listener: () => void): () => void;
}

const BUSY_MS = 2_000;
const IDLE_MS = 10_000;
const RETRY_MAX_MS = 30_000;

/** Polls each watched store: every 2 s (or as it says) while it is busy, else 10 s; with growing pauses after a failure; not at all in a
 *  hidden tab or while paused. */
export class PollingSource implements LiveSource {
  private readonly watched = new Map<Watched, { timer: ReturnType<typeof setTimeout> | undefined; failures: number; turn: number }>();
  private readonly listeners = new Set<() => void>();
  private paused = false;

  constructor() {
    if (typeof document === 'undefined') return;
    document.addEventListener('visibilitychange', () => (this.sleeping() ? this.sleep() : this.wake()));
    addEventListener('online', () => this.wake());
  }

  watch(store: Watched): () => void {
    this.watched.set(store, { timer: undefined, failures: 0, turn: 0 });
    void this.turn(store);
    return () => {
      clearTimeout(this.watched.get(store)?.timer);
      this.watched.delete(store);
      this.tell();
    };
  }

  status(): { state: LiveState; at: number | null } {
    let at: number | null = null;
    let failing = false;
    for (const [store, entry] of this.watched) {
      const seen = store.get().at;
      if (seen !== null && (at === null || seen > at)) at = seen;
      const status = store.get().error?.status ?? null;
      // a refusal (403, 404) is an answer: only silence and 5xx mean that the line is down
      if (entry.failures > 0 && (status === 0 || (status !== null && status >= 500))) failing = true;
    }
    return { state: this.paused ? 'paused' : failing ? 'reconnecting' : 'live', at };
  }

  pause(): void {
    this.paused = true;
    this.sleep();
    this.tell();
  }

  resume(): void {
    this.paused = false;
    this.wake();
    this.tell();
  }

  onStatus(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private sleeping(): boolean {
    return this.paused || document.visibilityState === 'hidden';
  }

  private sleep(): void {
    for (const entry of this.watched.values()) clearTimeout(entry.timer);
  }

  private wake(): void {
    if (this.sleeping()) return;
    for (const store of [...this.watched.keys()]) void this.turn(store);
  }

  private async turn(store: Watched): Promise<void> {
    const entry = this.watched.get(store);
    if (!entry) return;
    clearTimeout(entry.timer);
    const turn = ++entry.turn;
    const ok = await store.refresh();
    if (this.watched.get(store) !== entry || entry.turn !== turn) return;
    entry.failures = ok ? 0 : entry.failures + 1;
    this.tell();
    if (this.sleeping()) return;
    const retryAt = store.get().error?.retryAt;
    const pause = ok
      ? (store.isBusy() ? store.busyMs ?? BUSY_MS : IDLE_MS)
      : Math.max(retryAt ? retryAt - Date.now() : 0, Math.min(RETRY_MAX_MS, 1000 * 2 ** entry.failures));
    entry.timer = setTimeout(() => void this.turn(store), pause);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

/** The source every store uses. */
export const live: LiveSource = new PollingSource();

/** The state of the source, redrawn once a second for its age. */
export function useLive(): { state: LiveState; at: number | null } {
  const [, redraw] = useState(0);
  useEffect(() => {
    const draw = () => redraw((n) => n + 1);
    const off = live.onStatus(draw);
    const timer = setInterval(() => { if (document.visibilityState === 'visible') draw(); }, 1000);
    return () => { off(); clearInterval(timer); };
  }, []);
  return live.status();
}
