// SPDX-License-Identifier: Apache-2.0
// State that comes from the server. One Store per resource and query; live (state/live.ts) keeps those fresh that somebody looks at.
// Invariants: while a store has listeners it is watched, otherwise nothing is requested for it. What an event told while an answer
// was on its way is applied to the answer, too, for that may be older.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type Answer, ApiError } from '../api/client';
import { live } from './live';
import { drawNever, drawNow, drawSoon } from './redraw';
import type { LiveEvent } from './stream';
import type { Told } from './told';

export interface Snapshot<T> {
  data: T | undefined;
  /** what the last attempt met; older data stays beside it */
  error: ApiError | null;
  /** when data was last confirmed by the server, ms */
  at: number | null;
  etag: string | null;
  next: boolean;
  /** where the next page begins, of lists whose cursor is no number */
  after: string | null;
  total: number | null;
}

type Load<T> = (options: { signal: AbortSignal; etag: string | null }) => Promise<Answer<T>>;

/** How a store is kept fresh. */
export interface Fresh<T> {
  /** the data may change soon: then it is asked for more often, while no event can tell */
  busy?: ((data: T) => boolean) | undefined;
  /** how often while busy, where not every 2 s */
  busyMs?: number | undefined;
  /** how often also while events come */
  liveMs?: number | undefined;
  /** at most so often because of events, where not once a second */
  gapMs?: number | undefined;
  told?: Told<T> | undefined;
}

/** What a component needs of a store. */
export interface Readable<T> {
  get: () => Snapshot<T>;
  subscribe: (listener: () => void) => () => void;
}

/** So long what was asked for before anybody looked is as good as asked for now. */
const PRIMED_MS = 5000;

/** More events than this while an answer is on its way, and it is asked for again instead. */
const MISSED_MAX = 100;

export class Store<T> implements Readable<T> {
  private snapshot: Snapshot<T> = { data: undefined, error: null, at: null, etag: null, next: false, after: null, total: null };
  private readonly listeners = new Set<() => void>();
  private readonly load: Load<T>;
  private readonly fresh: Fresh<T>;
  readonly busyMs: number | undefined;
  readonly liveMs: number | undefined;
  readonly gapMs: number | undefined;
  readonly take: ((event: LiveEvent) => boolean) | undefined;
  private flight: AbortController | null = null;
  private first: Promise<boolean> | null = null;
  private primedAt = 0;
  private missed: LiveEvent[] = [];
  private unwatch: (() => void) | null = null;
  private heardOf: ((data: T) => void) | null = null;
  private readonly draw = () => { for (const listener of [...this.listeners]) listener(); };

  constructor(load: Load<T>, fresh: Fresh<T> = {}) {
    this.load = load;
    this.fresh = fresh;
    this.busyMs = fresh.busyMs;
    this.liveMs = fresh.liveMs;
    this.gapMs = fresh.gapMs;
    this.take = fresh.told && ((event) => this.hear(event));
  }

  get = (): Snapshot<T> => this.snapshot;

  /** Tells of each answer, drawn or not. */
  onData(listener: (data: T) => void): void {
    this.heardOf = listener;
  }


  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    this.unwatch ??= live.watch(this);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) {
        this.unwatch?.();
        this.unwatch = null;
        this.flight?.abort();
        this.flight = null;
        this.missed = [];
        drawNever(this.draw);
      }
    };
  };

  /** True while a component shows it. */
  isWatched(): boolean {
    return this.listeners.size > 0;
  }

  /** True when what is shown is about to change. */
  isBusy(): boolean {
    return this.snapshot.data !== undefined && (this.fresh.busy?.(this.snapshot.data) ?? false);
  }

  /** Asks before anybody looks; who does so first then has this answer. Resolves when there is something to show: what was known before is. */
  prime(): Promise<boolean> {
    if (this.isWatched()) return Promise.resolve(true);
    if (!this.first || !this.isPrimed()) {
      this.primedAt = Date.now();
      this.first = this.refresh();
    }
    return this.snapshot.data === undefined ? this.first : Promise.resolve(true);
  }

  private isPrimed(): boolean {
    return Date.now() - this.primedAt < PRIMED_MS;
  }

  /** What prime() asked for, once; else asks now. */
  start(): Promise<boolean> {
    const { first } = this;
    this.first = null;
    return first && this.isPrimed() ? first : this.refresh();
  }

  /** Asks the server now. Never rejects: what went wrong is in the snapshot. Resolves to false on failure. */
  async refresh(): Promise<boolean> {
    this.flight?.abort();
    const flight = new AbortController();
    this.flight = flight;
    this.missed = [];
    try {
      const answer = await this.load({ signal: flight.signal, etag: this.snapshot.data === undefined ? null : this.snapshot.etag });
      if (flight.signal.aborted) return true;
      const same = answer.status === 304;
      if (same && !this.snapshot.error) {
        this.snapshot = { ...this.snapshot, at: Date.now(), etag: answer.etag }; // heard, and nothing to draw
        if (this.snapshot.data !== undefined) this.heardOf?.(this.snapshot.data);
        live.replan(this);
        return true;
      }
      this.set({
        data: same ? this.snapshot.data : this.caughtUp(answer.data),
        error: null,
        at: Date.now(),
        etag: answer.etag,
        next: same ? this.snapshot.next : answer.next,
        after: same ? this.snapshot.after : answer.after,
        total: same ? this.snapshot.total : answer.total,
      });
      live.replan(this);
      return true;
    } catch (error) {
      if (flight.signal.aborted) return true;
      this.set({ ...this.snapshot, error: error instanceof ApiError ? error : new ApiError('network', 0, { detail: String(error) }, null, null) });
      return false;
    } finally {
      if (this.flight === flight) this.flight = null;
    }
  }

  /** An event: applied, also to the answer that is on its way. True if the server has to be asked. */
  private hear(event: LiveEvent): boolean {
    const { told } = this.fresh;
    if (!told) return false;
    const overflow = this.flight !== null && this.missed.length >= MISSED_MAX;
    if (this.flight && !overflow) this.missed.push(event);
    const { data } = this.snapshot;
    if (data === undefined) return this.flight !== null; // what it means shows when there is something it could change
    const heard = told(event, data);
    if (heard?.data !== undefined && heard.data !== data) {
      this.snapshot = { ...this.snapshot, data: heard.data, etag: null };
      drawSoon(this.draw);
    }
    return overflow || heard?.ask === true;
  }

  /** An answer with what was told while it was on its way. */
  private caughtUp(data: T): T {
    let now = data;
    for (const event of this.missed) now = this.fresh.told?.(event, now)?.data ?? now; // where it has to be asked again, it will be
    this.missed = [];
    return now;
  }

  private set(next: Snapshot<T>) {
    this.snapshot = next;
    if (next.data !== undefined && next.error === null) this.heardOf?.(next.data);
    drawNow(this.draw);
  }
}

const KEPT = 60;

/** The stores of one resource, by query. The least recently used fall out, so that a long visit does not hold every page ever seen. */
export class Resource<K, T> {
  private readonly stores = new Map<string, Store<T>>();
  private readonly load: (key: K, options: { signal: AbortSignal; etag: string | null }) => Promise<Answer<T>>;
  private readonly fresh: (key: K) => Fresh<T>;

  constructor(load: (key: K, options: { signal: AbortSignal; etag: string | null }) => Promise<Answer<T>>, fresh: Fresh<T> | ((key: K) => Fresh<T>) = {}) {
    this.load = load;
    this.fresh = typeof fresh === 'function' ? fresh : () => fresh;
  }

  of(key: K): Store<T> {
    const name = JSON.stringify(key);
    const store = this.stores.get(name) ?? new Store<T>((options) => this.load(key, options), this.fresh(key));
    this.stores.delete(name);
    this.stores.set(name, store);
    // one that is looked at stays, whatever comes and goes
    if (this.stores.size > KEPT) for (const [old, its] of this.stores) if (!its.isWatched() && its !== store) { this.stores.delete(old); break; }
    return store;
  }

  /** What one of its answers has of something. */
  find<Found>(look: (data: T) => Found | undefined): Found | undefined {
    for (const store of this.stores.values()) {
      const { data } = store.get();
      const found = data === undefined ? undefined : look(data);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Refreshes what somebody looks at (after a change); the others are asked anyway when they are next looked at. */
  refresh(): void {
    for (const store of this.stores.values()) if (store.isWatched()) void store.refresh();
  }
}

/** The store's state, kept current while the component is mounted. A null store is "nothing to ask yet". What is not known yet is asked
 *  for before the first frame is drawn. */
export function useStore<T>(store: Readable<T> | null): Snapshot<T> {
  const none: Snapshot<T> = { data: undefined, error: null, at: null, etag: null, next: false, after: null, total: null };
  const [, redraw] = useState(0);
  const drawn = store ? store.get() : none;
  useLayoutEffect(() => {
    if (!store) return undefined;
    const draw = () => redraw((n) => n + 1);
    if (store.get() !== drawn) draw();
    return store.subscribe(draw);
  }, [store]);
  return drawn;
}

/** The same for a list that changes its query while it is looked at: until another query has its answer, the rows before stay (`waiting`), so
 *  that they are changed in place instead of being taken away and made again. `view` names the query; it comes back as that of `data`. */
export function useListing<T>(store: Readable<T>, view = ''): Snapshot<T> & { waiting: boolean; view: string } {
  const now = useStore(store);
  const shown = useRef({ ...now, view });
  if (now.data !== undefined || now.error) shown.current = { ...now, view };
  const waiting = now.data === undefined && !now.error && shown.current.data !== undefined;
  return waiting ? { ...shown.current, waiting } : { ...now, view, waiting };
}
