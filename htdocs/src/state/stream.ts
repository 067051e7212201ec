// SPDX-License-Identifier: Apache-2.0
// The one connection of this tab to the server's events: connects, resumes by the last token, notices silence, waits longer and
// longer, and falls back from WebSocket to server-sent events to long polls. How a line is made is in transports.ts.
// Invariant: at most one line is open; what comes from an older one is not heard.

export interface LiveEvent {
  /** where one goes on that has seen this one */
  id?: string | null;
  topic: string;
  event: string;
  at: string;
  data?: Record<string, unknown>;
}

/** Why a line ended: the close code of a WebSocket, or the status of an HTTP answer; neither where there was no answer. */
export interface Ended { code?: number; status?: number; reason?: string; retryAt?: number | null }

export interface Line { close(): void }
export interface LineEvents {
  message(event: LiveEvent): void;
  /** once at most; not after close() */
  ended(why: Ended): void;
}
export interface Transport {
  name: string;
  open(ask: { topics: readonly string[]; after: string | null }, on: LineEvents): Line;
}

export interface StreamStatus {
  state: 'off' | 'connecting' | 'open' | 'waiting' | 'refused';
  transport: string | null;
  /** when anything came last, ms; also a heartbeat */
  at: number | null;
  /** why it was refused, or ended last */
  reason: string;
  /** false: the server says that it cannot follow what happens just now, its database is away */
  current: boolean;
}

export interface StreamEvents {
  event(event: LiveEvent): void;
  /** all that is known may be old: it must be asked for again */
  fresh(): void;
  status(): void;
}

const CODE = { restart: 1012, refused: 1008, tryLater: 1013 } as const;
const HELLO_MS = 10_000;
const BACKOFF_MS = 500;
const BACKOFF_MAX_MS = 30_000;
const RESTART_MS: readonly [number, number] = [200, 2000];
/** A line that lasted so long was a good one: the next wait is short again. */
const STABLE_MS = 10_000;
/** How often a transport may fail before its first hello until the next one is tried. */
const TRIES = 2;
/** How long another transport is used before the best one is tried again, at first and at most. */
const DEMOTED_MS = 60_000;
const DEMOTED_MAX_MS = 600_000;
const HEARTBEAT_SECONDS = 15;
const SILENT_BEATS = 2.5;

export class EventStream {
  private transports: readonly Transport[];
  private readonly topics: readonly string[];
  private readonly on: StreamEvents;
  private readonly random: () => number;
  private state: StreamStatus['state'] = 'off';
  private line: Line | null = null;
  private generation = 0;
  private which = 0;
  private token: string | null = null;
  private frameAt: number | null = null;
  private openedAt = 0;
  private failures = 0;
  private tries = 0;
  private demotions = 0;
  private promoteAt: number | null = null;
  private silentMs = HEARTBEAT_SECONDS * SILENT_BEATS * 1000;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private reason = '';
  private current = true;

  constructor(transports: readonly Transport[], topics: readonly string[], on: StreamEvents, random: () => number = Math.random) {
    this.transports = transports;
    this.topics = topics;
    this.on = on;
    this.random = random;
  }

  status(): StreamStatus {
    return { state: this.state, transport: this.state === 'open' ? this.transports[this.which]?.name ?? null : null, at: this.frameAt, reason: this.reason, current: this.current };
  }

  /** The server has no such transport. Before start(). */
  without(name: string): void {
    this.transports = this.transports.filter((transport) => transport.name !== name);
  }

  /** Connects, unless it already does. */
  start(): void {
    if (this.state === 'off' || this.state === 'refused') this.connect();
  }

  /** Was refused, and may connect after all. What may be seen can be something else now, so it begins anew. */
  again(): void {
    if (this.state !== 'refused') return;
    this.token = null;
    this.connect();
  }

  /** Lets go. The token stays: start() goes on where this ended. */
  stop(): void {
    this.drop();
    this.become('off', '');
  }

  /** The computer woke up, or has a network again: what waits is tried now, and a line that was silent too long is dropped. */
  wake(): void {
    if (this.state === 'waiting') this.connect();
    else if (this.state === 'open' && this.silentFor() >= this.silentMs) this.lost({ reason: 'nothing was heard' });
  }

  private connect(): void {
    this.drop();
    const mine = this.generation;
    this.become('connecting', this.reason);
    this.timer = setTimeout(() => this.lost({ reason: 'no answer' }), HELLO_MS);
    const transport = this.transports[this.which];
    if (!transport) return;
    try {
      this.line = transport.open({ topics: this.topics, after: this.token }, {
        message: (event) => { if (this.generation === mine) this.heard(event); },
        ended: (why) => { if (this.generation === mine) this.lost(why); },
      });
    } catch (error) {
      this.lost({ reason: String(error) }); // a browser may not have it, or not allow it
    }
  }

  private heard(event: LiveEvent): void {
    this.frameAt = Date.now();
    // a token first, then what it stands for: if that fails, the same event would fail again and again
    const first = this.state !== 'open';
    if (typeof event.id === 'string') this.token = event.id;
    if (event.topic !== 'stream') { this.on.event(event); return; }
    this.follows(event.data?.current !== false);
    if (event.event === 'hello') this.hello(event, first);
    else if (event.event === 'reset' || event.event === 'many') this.on.fresh();
  }

  private hello(event: LiveEvent, first: boolean): void {
    const beat = Number(event.data?.heartbeat_seconds);
    this.silentMs = (beat > 0 ? beat : HEARTBEAT_SECONDS) * SILENT_BEATS * 1000;
    if (first) {
      this.openedAt = Date.now();
      this.tries = 0;
      clearTimeout(this.timer);
      this.watch(this.silentMs);
      this.become('open', '');
    }
    if (event.data?.resumed !== true) this.on.fresh();
  }

  private follows(current: boolean): void {
    if (this.current === current) return;
    this.current = current;
    if (this.state === 'open') this.on.status();
  }

  /** Looks again when silence could have lasted too long, or when a better transport may be tried. */
  private watch(ms: number): void {
    const promote = this.promoteAt === null ? Number.POSITIVE_INFINITY : Math.max(0, this.promoteAt - Date.now());
    this.timer = setTimeout(() => {
      if (this.promoteAt !== null && Date.now() >= this.promoteAt) { this.promote(); this.connect(); return; }
      const left = this.silentMs - this.silentFor();
      if (left > 0) this.watch(left);
      else this.lost({ reason: 'nothing was heard' });
    }, Math.min(ms, promote));
  }

  private silentFor(): number {
    return Date.now() - (this.frameAt ?? 0);
  }

  private lost(why: Ended): void {
    const opened = this.state === 'open';
    this.drop();
    this.reason = why.reason ?? '';
    if (why.code === CODE.refused || why.status === 401 || why.status === 403) {
      this.become('refused', why.reason || 'Watching live is not allowed.');
      return;
    }
    if (opened && Date.now() - this.openedAt >= STABLE_MS) this.failures = 0;
    this.become('waiting', this.reason);
    this.timer = setTimeout(() => this.connect(), this.pause(why, opened));
  }

  /** How long to wait before the next try; and with what it will be made. */
  private pause(why: Ended, opened: boolean): number {
    if (why.code === CODE.restart) return this.between(...RESTART_MS);
    if (why.code === CODE.tryLater) this.demote(this.transports.length - 1);
    else if (!opened && ++this.tries >= TRIES) this.demote((this.which + 1) % this.transports.length);
    const most = Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** this.failures++);
    return Math.max(this.between(most / 2, most), (why.retryAt ?? 0) - Date.now());
  }

  private demote(to: number): void {
    this.tries = 0;
    this.which = to;
    if (to === 0) { this.promoteAt = null; return; } // all were tried: from the best one on
    const most = Math.min(DEMOTED_MAX_MS, DEMOTED_MS * 2 ** this.demotions++);
    this.promoteAt = Date.now() + this.between(most / 2, most);
  }

  private promote(): void {
    this.which = 0;
    this.promoteAt = null;
    this.tries = 0;
  }

  private between(low: number, high: number): number {
    return low + this.random() * (high - low);
  }

  private drop(): void {
    this.generation++;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.line?.close();
    this.line = null;
  }

  private become(state: StreamStatus['state'], reason: string): void {
    this.state = state;
    this.reason = reason;
    this.on.status();
  }
}
