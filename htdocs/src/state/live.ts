// SPDX-License-Identifier: Apache-2.0
// Keeps watched stores fresh. The server's events (state/stream.ts) say what has changed: a store patches itself, or is asked for
// again. While no event can come (no connection, or a server without events) all that is watched is polled, as is at any time what
// no event tells of.
import { useEffect, useState } from 'preact/hooks';
import { EventStream, type LiveEvent, type StreamStatus } from './stream';
import { longPoll, serverSentEvents, webSocket } from './transports';

/** What a source needs to know of a store. */
export interface Watched {
  refresh(): Promise<boolean>;
  /** the first time: as refresh(), or what was asked for already */
  start(): Promise<boolean>;
  isBusy(): boolean;
  get(): { at: number | null; error: { retryAt: number | null; status: number } | null };
  /** how often while it is busy, where not every 2 s */
  busyMs?: number | undefined;
  /** how often also while events come: what changes by itself, or by nothing being heard */
  liveMs?: number | undefined;
  /** at most so often because of events */
  gapMs?: number | undefined;
  /** True if what the event tells has to be asked for. Absent: no event tells of this store. */
  take?: ((event: LiveEvent) => boolean) | undefined;
}

export type LiveState = 'live' | 'reconnecting' | 'paused' | 'refused';

export interface LiveStatus {
  state: LiveState;
  /** when the server was heard last, ms */
  at: number | null;
  /** how: "WebSocket", ..., "polling" */
  by: string;
  reason: string;
}

const BUSY_MS = 2_000;
const IDLE_MS = 10_000;
/** What no event tells of, while events come. */
const UNTOLD_MS = 60_000;
/** What events tell of is compared with the server now and then all the same; an answer of 304 costs nothing. */
const COMPARE_MS = 600_000;
const GAP_MS = 1_000;
/** Who was refused and may watch after all connects again at once, and then not more often than this. */
const AGAIN_MS = 60_000;
const RETRY_MIN_MS = 1_000;
const RETRY_MAX_MS = 30_000;
/** A connection that is lost for less is not worth polling; and not all tabs begin at once. */
const LOST_MS: readonly [number, number] = [3_000, 6_000];

interface Entry { timer: ReturnType<typeof setTimeout> | undefined; failures: number; turn: number; startedAt: number; flying: boolean; again: boolean; stale: boolean }

export class Live {
  private readonly watched = new Map<Watched, Entry>();
  private readonly listeners = new Set<() => void>();
  private readonly stream: EventStream | null;
  private paused = false;
  /** events come: only then timers are slow */
  private told = false;
  private offered = false;
  private lostTimer: ReturnType<typeof setTimeout> | undefined;
  private refusedTold = false;
  private againAt = Number.NEGATIVE_INFINITY;
  private heardOfRefusal: (() => void) | null = null;

  /** `make` connects to the server's events once it is known to have them (offer()); null: there are none. */
  constructor(make: ((on: ConstructorParameters<typeof EventStream>[2]) => EventStream) | null = null) {
    this.stream = make?.({ event: (event) => this.take(event), fresh: () => this.askAll(), status: () => this.streamChanged() }) ?? null;
    if (typeof document === 'undefined') return;
    document.addEventListener('visibilitychange', () => (this.sleeping() ? this.sleep() : this.wake()));
    addEventListener('online', () => this.wake());
  }

  /** Whether the server has events, and WebSockets for them. Asked of it by who knows (state/resources.ts). */
  offer(has: boolean, sockets = true): void {
    if (this.offered === has) return;
    this.offered = has;
    if (!sockets) this.stream?.without(webSocket.name);
    if (!has) this.stream?.stop();
    else if (!this.paused) this.stream?.start();
  }

  /** Tells once when the server refuses the connection, or ends it for what the user may. */
  onRefused(listener: () => void): void {
    this.heardOfRefusal = listener;
  }

  /** The user is still one who may watch: a refusal may have been of what he could see until then. */
  again(): void {
    if (this.paused || this.stream?.status().state !== 'refused' || Date.now() - this.againAt < AGAIN_MS) return;
    this.againAt = Date.now();
    this.stream.again();
  }

  /** Keeps the store fresh until the returned function is called. The first refresh starts at once. */
  watch(store: Watched): () => void {
    this.watched.set(store, { timer: undefined, failures: 0, turn: 0, startedAt: 0, flying: false, again: false, stale: false });
    void this.turn(store, () => store.start());
    return () => {
      clearTimeout(this.watched.get(store)?.timer);
      this.watched.delete(store);
      this.tell();
    };
  }

  /** Somebody else asked for it, and was answered: when it is asked for next follows from that answer. */
  replan(store: Watched): void {
    const entry = this.watched.get(store);
    if (!entry || entry.flying || this.sleeping()) return;
    entry.failures = 0;
    this.later(store, entry, this.pauseOf(store));
  }

  /** Whether anything arrives, how, and when something last did. */
  status(): LiveStatus {
    let at: number | null = null;
    let failing = false;
    for (const [store, entry] of this.watched) {
      const seen = store.get().at;
      if (seen !== null && (at === null || seen > at)) at = seen;
      const status = store.get().error?.status ?? null;
      // a refusal (403, 404) is an answer: only silence and 5xx mean that the line is down
      if (entry.failures > 0 && (status === 0 || (status !== null && status >= 500))) failing = true;
    }
    const s: StreamStatus | null = this.offered ? this.stream?.status() ?? null : null;
    if (s?.at != null && (at === null || s.at > at)) at = s.at;
    const open = s?.state === 'open';
    return {
      at, by: open ? s.transport ?? '' : 'polling', reason: open && !s.current ? 'The server’s database does not answer.' : s?.reason ?? '',
      state: this.paused ? 'paused' : failing || (!open && this.told) || (open && !s.current) ? 'reconnecting' : s?.state === 'refused' ? 'refused' : 'live',
    };
  }

  pause(): void {
    this.paused = true;
    this.sleep();
    this.stream?.stop();
    this.tell();
  }

  resume(): void {
    this.paused = false;
    if (this.offered) this.stream?.start();
    this.wake();
    this.tell();
  }

  onStatus(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private take(event: LiveEvent): void {
    if (this.paused) return;
    for (const store of [...this.watched.keys()]) if (store.take?.(event)) this.ask(store);
  }

  /** All that events tell of is asked for again: what they told since it was is not known. */
  private askAll(): void {
    for (const store of [...this.watched.keys()]) if (store.take) this.ask(store);
  }

  /** Asks for a store soon: not more often than its gap, and only once where it is asked already. */
  private ask(store: Watched): void {
    const entry = this.watched.get(store);
    if (!entry) return;
    if (this.sleeping()) { entry.stale = true; return; }
    if (entry.flying) { entry.again = true; return; }
    if (entry.failures > 0) return; // it is tried again, in its own time
    this.later(store, entry, Math.max(0, entry.startedAt + (store.gapMs ?? GAP_MS) - Date.now()));
  }

  private streamChanged(): void {
    const state = this.stream?.status().state;
    const open = state === 'open';
    const refused = state === 'refused';
    if (refused && !this.refusedTold) this.heardOfRefusal?.();
    this.refusedTold = refused;
    clearTimeout(this.lostTimer);
    if (open && !this.told) this.slow(true);
    // a moment without a connection is bridged by its token; only then everything is polled
    else if (!open && this.told) this.lostTimer = setTimeout(() => this.slow(false), LOST_MS[0] + Math.random() * (LOST_MS[1] - LOST_MS[0]));
    this.tell();
  }

  private slow(told: boolean): void {
    this.told = told;
    for (const [store, entry] of this.watched) {
      if (entry.flying || this.sleeping()) continue;
      if (told && entry.failures === 0) this.later(store, entry, this.pauseOf(store));
      else if (!told) void this.turn(store);
    }
    this.tell();
  }

  private sleeping(): boolean {
    return this.paused || (typeof document !== 'undefined' && document.visibilityState === 'hidden');
  }

  private sleep(): void {
    for (const entry of this.watched.values()) clearTimeout(entry.timer);
  }

  private wake(): void {
    this.stream?.wake();
    if (this.sleeping()) return;
    const open = this.stream?.status().state === 'open';
    for (const [store, entry] of this.watched) {
      // what events tell of is as fresh as they are, unless one said otherwise while nobody looked
      const fresh = open && store.take && !entry.stale && !entry.failures && store.liveMs === undefined;
      if (fresh) this.later(store, entry, this.pauseOf(store));
      else void this.turn(store);
    }
  }

  private later(store: Watched, entry: Entry, ms: number): void {
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => void this.turn(store), ms);
  }

  /** How long what was just answered counts as fresh. */
  private pauseOf(store: Watched): number {
    if (this.told && (store.take || store.liveMs !== undefined)) return store.liveMs ?? COMPARE_MS;
    if (store.isBusy()) return store.busyMs ?? BUSY_MS;
    return this.told ? UNTOLD_MS : IDLE_MS;
  }

  private async turn(store: Watched, ask = () => store.refresh()): Promise<void> {
    const entry = this.watched.get(store);
    if (!entry) return;
    clearTimeout(entry.timer);
    const turn = ++entry.turn;
    Object.assign(entry, { startedAt: Date.now(), flying: true, again: false, stale: false });
    const ok = await ask();
    if (this.watched.get(store) !== entry || entry.turn !== turn) return;
    entry.flying = false;
    entry.failures = ok ? 0 : entry.failures + 1;
    this.tell();
    if (this.sleeping()) { entry.stale ||= entry.again || !ok; return; }
    if (ok && entry.again) { this.ask(store); return; }
    const retryAt = store.get().error?.retryAt;
    // the server's own word goes before ours: it is what a failure counts down to
    this.later(store, entry, ok ? this.pauseOf(store) : retryAt ? Math.max(RETRY_MIN_MS, retryAt - Date.now()) : Math.min(RETRY_MAX_MS, 1000 * 2 ** entry.failures));
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

/** Everything that a page here shows. Always all of it: a list that changed with the page would have to be asked for anew each time,
 *  and what happens meanwhile would be missed; and the server makes what is the same for all pages once. */
const TOPICS = ['run', 'loadtest', 'scenario', 'automation', 'dataset', 'price', 'view', 'slo', 'project', 'user', 'key', 'secret', 'engine', 'training'];

/** The source every store uses. */
export const live = new Live((on) => new EventStream([webSocket, serverSentEvents, longPoll], TOPICS, on));

/** The state of the source, redrawn once a second for its age. */
export function useLive(): LiveStatus {
  const [, redraw] = useState(0);
  useEffect(() => {
    const draw = () => redraw((n) => n + 1);
    const off = live.onStatus(draw);
    const timer = setInterval(() => { if (document.visibilityState === 'visible') draw(); }, 1000);
    return () => { off(); clearInterval(timer); };
  }, []);
  return live.status();
}
