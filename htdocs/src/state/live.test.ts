// SPDX-License-Identifier: Apache-2.0
// Stores, live and stream together against a server made up here, over a night of fake time.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Answer } from '../api/client';
import type { LineEvents, LiveEvent } from './stream';

const BEAT_MS = 15_000;

/** Runs, an event for each change of one, and lines that misbehave on demand. */
class Night {
  runs: { id: number; status: string; at: number }[] = [];
  log: LiveEvent[] = [];
  line: { on: LineEvents; timer: ReturnType<typeof setInterval> } | null = null;
  opened = 0;
  asked = 0;
  silent = false;
  away = false;
  down = false;
  twice = false;
  delayMs = 30;

  open = (ask: { after: string | null }, on: LineEvents) => {
    this.opened++;
    if (this.away) { setTimeout(() => on.ended({ code: 1006 }), 5); return { close: () => undefined }; }
    const timer = setInterval(() => { if (!this.silent) on.message({ id: String(this.log.length), topic: 'stream', event: 'beat', at: '' }); }, BEAT_MS);
    const mine = { on, timer };
    setTimeout(() => {
      if (this.line !== mine || this.silent) return;
      const known = ask.after !== null && Number(ask.after) >= this.log.length - 500;
      on.message({ id: known ? ask.after : String(this.log.length), topic: 'stream', event: 'hello', at: '', data: { resumed: known, heartbeat_seconds: BEAT_MS / 1000 } });
      if (ask.after !== null && !known) on.message({ topic: 'stream', event: 'reset', at: '' });
      if (known) for (const event of this.log.slice(Number(ask.after))) on.message(event);
    }, 20);
    this.line = mine;
    return { close: () => { clearInterval(timer); if (this.line === mine) this.line = null; } };
  };

  tell(topic: string, event: string, data: Record<string, unknown>) {
    const its: LiveEvent = { id: String(this.log.length + 1), topic, event, at: '', data };
    this.log.push(its);
    if (this.silent || !this.line) return;
    const { on } = this.line;
    on.message(its);
    if (this.twice) on.message(its);
  }

  add() { const run = { id: this.runs.length + 1, status: 'running', at: Date.now() }; this.runs.push(run); this.tell('run', 'started', { runs: [{ ...run }] }); return run; }
  end(run: { id: number; status: string }) { run.status = 'completed'; this.tell('run', 'finished', { runs: [{ ...run }] }); }
  drop(code: number) { const line = this.line; this.line = null; if (line) { clearInterval(line.timer); line.on.ended({ code }); } }

  /** The answer is of the moment it was asked for, and comes later. */
  answer<T>(data: () => T, signal: AbortSignal): Promise<Answer<T>> {
    this.asked++;
    if (this.down) return Promise.reject(new Error('down'));
    const now = structuredClone(data());
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
      setTimeout(() => resolve({ data: now, etag: null, next: false, after: null, total: null, status: 200, made: null }), this.delayMs);
    });
  }
  list = (signal: AbortSignal) => this.answer(() => this.runs.slice(-50).reverse(), signal);
}

let night: Night;
vi.mock('./transports', () => ({
  webSocket: { name: 'WebSocket', open: (ask: { after: string | null }, on: LineEvents) => night.open(ask, on) },
  serverSentEvents: { name: 'server-sent events', open: (ask: { after: string | null }, on: LineEvents) => night.open(ask, on) },
  longPoll: { name: 'long polls', open: (ask: { after: string | null }, on: LineEvents) => night.open(ask, on) },
}));

/** Modules anew, as of a page that was just opened. */
async function page() {
  vi.resetModules();
  const { live } = await import('./live');
  const { Resource } = await import('./store');
  const told = await import('./told');
  return { live, Resource, told };
}

const HOUR = 3_600_000;
let seed = 7;
const random = () => { seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; return seed / 2 ** 32; };

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 22, 20) });
  seed = 7;
  vi.spyOn(Math, 'random').mockImplementation(random);
  night = new Night();
});
afterEach(() => { vi.restoreAllMocks(); vi.useRealTimers(); });

describe('live', () => {
  it('polls as before where the server has no events', async () => {
    const { Resource } = await page();
    const store = new Resource((_: number, o) => night.list(o.signal)).of(1);
    const off = store.subscribe(() => undefined);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(night.opened).toBe(0);
    expect(night.asked).toBe(6);
    off();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('asks for nothing while events come and nothing happens, and shows what happens at once', async () => {
    const { live, Resource, told } = await page();
    const store = new Resource((_: number, o) => night.list(o.signal), { told: told.ofRuns({}) as never, busy: () => true }).of(1);
    store.subscribe(() => undefined);
    live.offer(true);
    await vi.advanceTimersByTimeAsync(5_000);
    const before = night.asked;
    await vi.advanceTimersByTimeAsync(9 * 60_000);
    expect(night.asked).toBe(before);
    const run = night.add();
    await vi.advanceTimersByTimeAsync(100);
    expect(store.get().data?.[0]).toMatchObject({ id: run.id, status: 'running' });
    night.end(run);
    await vi.advanceTimersByTimeAsync(0);
    expect(store.get().data?.[0]?.status).toBe('completed');
    expect(live.status()).toMatchObject({ state: 'live', by: 'WebSocket' });
  });

  it('an answer that is older than what was told meanwhile does not win', async () => {
    const { live, Resource, told } = await page();
    const run = night.add();
    const store = new Resource((_: number, o) => night.list(o.signal), { told: told.ofRuns({}) as never }).of(1);
    store.subscribe(() => undefined);
    live.offer(true);
    await vi.advanceTimersByTimeAsync(3_000);
    night.delayMs = 400;
    void store.refresh();
    await vi.advanceTimersByTimeAsync(200); // the answer is made, and under way
    night.end(run);
    await vi.advanceTimersByTimeAsync(200);
    expect(store.get().data?.[0]?.status).toBe('completed');
  });

  it('asks at most once a second, however much is told', async () => {
    const { live, Resource, told } = await page();
    const store = new Resource((_: number, o) => night.list(o.signal), { told: told.whenRuns() }).of(1);
    let draws = 0;
    store.subscribe(() => { draws++; });
    live.offer(true);
    await vi.advanceTimersByTimeAsync(3_000);
    const before = night.asked;
    draws = 0;
    for (let i = 0; i < 1000; i++) { night.end(night.add()); await vi.advanceTimersByTimeAsync(10); }
    expect(night.asked - before).toBeLessThanOrEqual(11);
    expect(night.asked - before).toBeGreaterThanOrEqual(8);
    expect(draws).toBeLessThanOrEqual(100);
  });

  it('polls when the connection is lost for longer, and no more when it is back', async () => {
    const { live, Resource, told } = await page();
    const store = new Resource((_: number, o) => night.list(o.signal), { told: told.ofRuns({}) as never }).of(1);
    store.subscribe(() => undefined);
    live.offer(true);
    await vi.advanceTimersByTimeAsync(5_000);
    const before = night.asked;
    night.drop(1006);
    await vi.advanceTimersByTimeAsync(2_000); // bridged by the token
    expect(night.asked).toBe(before);
    night.away = true;
    night.drop(1006);
    expect(live.status().state).toBe('reconnecting');
    night.add();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(store.get().data?.length).toBe(1);
    expect(live.status()).toMatchObject({ state: 'live', by: 'polling' });
    night.away = false;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(live.status().by).not.toBe('polling');
    const then = night.asked;
    await vi.advanceTimersByTimeAsync(300_000);
    expect(night.asked).toBe(then);
  });

  it('while paused nothing is asked and nothing heard; afterwards nothing is missing', async () => {
    const { live, Resource, told } = await page();
    const store = new Resource((_: number, o) => night.list(o.signal), { told: told.ofRuns({}) as never }).of(1);
    store.subscribe(() => undefined);
    live.offer(true);
    await vi.advanceTimersByTimeAsync(3_000);
    live.pause();
    const before = night.asked;
    night.end(night.add());
    await vi.advanceTimersByTimeAsync(60_000);
    expect([night.asked, store.get().data?.length, night.line]).toEqual([before, 0, null]);
    live.resume();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(store.get().data).toMatchObject([{ status: 'completed' }]);
  });

  it('says that the server cannot follow, too', async () => {
    const { live, Resource, told } = await page();
    new Resource((_: number, o) => night.list(o.signal), { told: told.ofRuns({}) as never }).of(1).subscribe(() => undefined);
    live.offer(true);
    await vi.advanceTimersByTimeAsync(3_000);
    const beat = (current: boolean) => night.line?.on.message({ id: '1', topic: 'stream', event: 'beat', at: '', data: { current } });
    beat(false);
    expect(live.status()).toMatchObject({ state: 'reconnecting', reason: expect.stringContaining('database') });
    beat(true);
    expect(live.status().state).toBe('live');
  });

  it('a refusal is said, and what is watched is polled', async () => {
    const { live, Resource, told } = await page();
    const store = new Resource((_: number, o) => night.list(o.signal), { told: told.ofRuns({}) as never }).of(1);
    store.subscribe(() => undefined);
    live.offer(true);
    await vi.advanceTimersByTimeAsync(3_000);
    night.line?.on.ended({ code: 1008, reason: 'role lost' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(live.status()).toMatchObject({ state: 'refused', reason: 'role lost' });
    const before = night.asked;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(night.asked - before).toBeGreaterThanOrEqual(5);
    expect(night.opened).toBe(1);
  });

  it('what no event tells of is asked for as often as it wants while events come, else once a minute', async () => {
    const { live, Resource } = await page();
    let [often, seldom] = [0, 0];
    new Resource((_: number, o) => { often++; return night.list(o.signal); }, { liveMs: 10_000 }).of(1).subscribe(() => undefined);
    new Resource((_: number, o) => { seldom++; return night.list(o.signal); }).of(1).subscribe(() => undefined);
    live.offer(true);
    await vi.advanceTimersByTimeAsync(3_000);
    [often, seldom] = [0, 0];
    await vi.advanceTimersByTimeAsync(120_000);
    expect(often).toBeGreaterThanOrEqual(10);
    expect(often).toBeLessThanOrEqual(12);
    expect(seldom).toBeLessThanOrEqual(2);
  });

  it('a refusal is told once; who still may is connected again at once, and then once a minute', async () => {
    const { live } = await page();
    const refused = vi.fn<() => void>();
    live.onRefused(refused);
    live.offer(true);
    await vi.advanceTimersByTimeAsync(3_000);
    live.again();
    expect(night.opened).toBe(1);
    night.line?.on.ended({ code: 1008, reason: 'projects changed' });
    expect(refused).toHaveBeenCalledTimes(1);
    live.again();
    await vi.advanceTimersByTimeAsync(1_000);
    expect([night.opened, live.status().state]).toEqual([2, 'live']);
    night.line?.on.ended({ code: 1008, reason: 'projects changed' });
    expect(refused).toHaveBeenCalledTimes(2);
    live.again();
    await vi.advanceTimersByTimeAsync(30_000);
    live.again();
    expect([night.opened, live.status().state]).toEqual([2, 'refused']);
    await vi.advanceTimersByTimeAsync(30_000);
    live.pause();
    live.again();
    expect(night.opened).toBe(2);
    live.resume(); // resuming connects by itself
    await vi.advanceTimersByTimeAsync(1_000);
    expect([night.opened, live.status().state]).toEqual([3, 'live']);
    expect(refused).toHaveBeenCalledTimes(2);
  });

  it('left open overnight it is right at every moment that it had time for, and does not grow', async () => {
    const { live, Resource, told } = await page();
    const lists = new Resource((_: number, o) => night.list(o.signal), { told: told.ofRuns({}) as never });
    // what ended in the last two hours, which nobody tells when it drops out
    const recent = new Resource((_: string, o) => night.answer(() => night.runs.filter((r) => r.status === 'completed' && r.at > Date.now() - 2 * HOUR).length, o.signal), { told: told.whenRuns(), liveMs: 60_000 });
    const list = lists.of(1);
    list.subscribe(() => undefined);
    const count = recent.of('now-2h');
    count.subscribe(() => undefined);
    live.offer(true);
    const under = new Set<ReturnType<Night['add']>>();
    const truth = () => ({ list: night.runs.slice(-50).reverse(), count: night.runs.filter((r) => r.status === 'completed' && r.at > Date.now() - 2 * HOUR).length });
    let checks = 0, most = 0, calm = 0, rolled = Number.POSITIVE_INFINITY;
    const begun = Date.now();
    // between 2 and 4 at night nobody works
    const works = () => { const h = new Date().getUTCHours(); return h < 2 || h >= 4; };
    while (Date.now() - begun < 10 * HOUR) {
      if (works() && random() < 0.5) under.add(night.add());
      for (const run of under) if (random() < 0.4) { under.delete(run); night.end(run); }
      const trouble = random();
      if (trouble < 0.004) night.drop(1012);
      else if (trouble < 0.008) night.drop(1006);
      else if (trouble < 0.010) { night.silent = true; setTimeout(() => { night.silent = false; }, 60_000); }
      else if (trouble < 0.012) { night.away = true; night.drop(1006); setTimeout(() => { night.away = false; }, 90_000); }
      else if (trouble < 0.014) { night.down = true; setTimeout(() => { night.down = false; }, 20_000); }
      else if (trouble < 0.016) night.line?.on.ended({ code: 4008 });
      else if (trouble < 0.018) { night.twice = !night.twice; }
      else if (trouble < 0.019) { for (let i = 0; i < 600; i++) night.log.push({ id: String(night.log.length + 1), topic: 'dataset', event: 'changed', at: '', data: { id: i } }); night.drop(1006); } // more than can be resumed
      calm = trouble < 0.017 || night.silent || night.away || night.down ? 0 : calm + 1;
      await vi.advanceTimersByTimeAsync(5_000);
      most = Math.max(most, vi.getTimerCount());
      if (calm < 26) continue; // two minutes without trouble: the longest wait (30 s) and what a window needs to roll (60 s) are over
      const is = truth();
      checks++;
      expect(list.get().data).toEqual(is.list);
      // it was right a minute ago at the longest, when some of what is now out of the window was still in it
      expect(count.get().data).toBeGreaterThanOrEqual(is.count);
      expect(count.get().data).toBeLessThanOrEqual(night.runs.filter((r) => r.status === 'completed' && r.at > Date.now() - 2 * HOUR - 62_000).length);
      if (!works() && new Date().getUTCHours() === 3) rolled = Math.min(rolled, count.get().data ?? rolled);
    }
    expect(checks).toBeGreaterThan(500);
    expect(rolled).toBeLessThan(100); // by four in the morning most of what was in the window had dropped out, without any event
    expect(new Date().getUTCDate()).toBe(23); // it was midnight meanwhile
    expect(most).toBeLessThan(20);
    expect(night.opened).toBeGreaterThan(50);
    await vi.advanceTimersByTimeAsync(180_000);
    expect(list.get().data).toEqual(truth().list);
  }, 60_000);

  it('keeps no more stores than sixty of a kind, and those that are looked at', async () => {
    const { Resource } = await page();
    const many = new Resource((_: number, o) => night.list(o.signal));
    const kept = many.of(0);
    const off = kept.subscribe(() => undefined);
    for (let i = 1; i <= 10_000; i++) many.of(i);
    expect(many.of(0)).toBe(kept);
    expect((many as unknown as { stores: Map<string, unknown> }).stores.size).toBeLessThanOrEqual(61);
    off();
  });
});
