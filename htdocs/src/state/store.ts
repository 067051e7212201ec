// SPDX-License-Identifier: Apache-2.0
// State that comes from the server. One Store per resource and query; a LiveSource keeps those fresh that somebody looks at.
// Invariant: while a store has listeners it is watched, otherwise nothing is requested for it.
import { useEffect, useState } from 'preact/hooks';
import { type Answer, ApiError } from '../api/client';
import { live } from './live';

export interface Snapshot<T> {
  data: T | undefined;
  /** what the last attempt met; older data stays beside it */
  error: ApiError | null;
  /** when data was last confirmed by the server, ms */
  at: number | null;
  etag: string | null;
  next: boolean;
  total: number | null;
}

type Load<T> = (options: { signal: AbortSignal; etag: string | null }) => Promise<Answer<T>>;

export class Store<T> {
  private snapshot: Snapshot<T> = { data: undefined, error: null, at: null, etag: null, next: false, total: null };
  private readonly listeners = new Set<() => void>();
  private readonly load: Load<T>;
  private readonly busy: (data: T) => boolean;
  readonly busyMs?: number;
  private flight: AbortController | null = null;
  private unwatch: (() => void) | null = null;

  /** `busy` says that the data may change soon: then it is asked for more often. */
  constructor(load: Load<T>, busy: (data: T) => boolean = () => false, busyMs?: number) {
    this.load = load;
    this.busy = busy;
    if (busyMs !== undefined) this.busyMs = busyMs;
  }

  get = (): Snapshot<T> => this.snapshot;

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
      }
    };
  };

  /** True while a component shows it. */
  isWatched(): boolean {
    return this.listeners.size > 0;
  }

  /** True when what is shown is about to change. */
  isBusy(): boolean {
    return this.snapshot.data !== undefined && this.busy(this.snapshot.data);
  }

  /** Asks the server now. Never rejects: what went wrong is in the snapshot. Resolves to false on failure. */
  async refresh(): Promise<boolean> {
    this.flight?.abort();
    const flight = new AbortController();
    this.flight = flight;
    try {
      const answer = await this.load({ signal: flight.signal, etag: this.snapshot.data === undefined ? null : this.snapshot.etag });
      if (flight.signal.aborted) return true;
      const same = answer.status === 304;
      this.set({
        data: same ? this.snapshot.data : answer.data,
        error: null,
        at: Date.now(),
        etag: answer.etag,
        next: same ? this.snapshot.next : answer.next,
        total: same ? this.snapshot.total : answer.total,
      });
      return true;
    } catch (error) {
      if (flight.signal.aborted) return true;
      this.set({ ...this.snapshot, error: error instanceof ApiError ? error : new ApiError('network', 0, { detail: String(error) }, null, null) });
      return false;
    } finally {
      if (this.flight === flight) this.flight = null;
    }
  }

  /** What an event (or the answer to our own POST) tells, applied without asking again. */
  patch(change: (data: T) => T): void {
    if (this.snapshot.data !== undefined) this.set({ ...this.snapshot, data: change(this.snapshot.data), etag: null });
  }

  private set(next: Snapshot<T>) {
    this.snapshot = next;
    for (const listener of this.listeners) listener();
  }
}

const KEPT = 60;

/** The stores of one resource, by query. The least recently used fall out, so that a long visit does not hold every page ever seen. */
export class Resource<K, T> {
  private readonly stores = new Map<string, Store<T>>();
  private readonly load: (key: K, options: { signal: AbortSignal; etag: string | null }) => Promise<Answer<T>>;
  private readonly busy: ((data: T) => boolean) | undefined;
  private readonly busyMs: number | undefined;

  constructor(load: (key: K, options: { signal: AbortSignal; etag: string | null }) => Promise<Answer<T>>, busy?: (data: T) => boolean, busyMs?: number) {
    this.load = load;
    this.busy = busy;
    this.busyMs = busyMs;
  }

  of(key: K): Store<T> {
    const name = JSON.stringify(key);
    const store = this.stores.get(name) ?? new Store<T>((options) => this.load(key, options), this.busy, this.busyMs);
    this.stores.delete(name);
    this.stores.set(name, store);
    if (this.stores.size > KEPT) this.stores.delete(this.stores.keys().next().value as string);
    return store;
  }

  /** Refreshes what somebody looks at (after a change); the others are asked anyway when they are next looked at. */
  refresh(): void {
    for (const store of this.stores.values()) if (store.isWatched()) void store.refresh();
  }
}

/** The store's state, kept current while the component is mounted. A null store is "nothing to ask yet". */
export function useStore<T>(store: Store<T> | null): Snapshot<T> {
  const none: Snapshot<T> = { data: undefined, error: null, at: null, etag: null, next: false, total: null };
  const [, redraw] = useState(0);
  useEffect(() => {
    if (!store) return undefined;
    redraw((n) => n + 1);
    return store.subscribe(() => redraw((n) => n + 1));
  }, [store]);
  return store ? store.get() : none;
}
