// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Ended, EventStream, type LineEvents, type LiveEvent, type StreamEvents } from './stream';

interface Opened { by: string; after: string | null; on: LineEvents; closed: boolean; at: number }

/** A stream over lines that the test speaks for. */
function made(names = ['a', 'b', 'c']) {
  const lines: Opened[] = [];
  const on = { event: vi.fn<StreamEvents['event']>(), fresh: vi.fn<StreamEvents['fresh']>(), status: vi.fn<StreamEvents['status']>() };
  const stream = new EventStream(names.map((name) => ({
    name,
    open: (ask, events) => {
      const line: Opened = { by: name, after: ask.after, on: events, closed: false, at: Date.now() };
      lines.push(line);
      return { close: () => { line.closed = true; } };
    },
  })), ['run'], on, () => 0.5);
  const last = () => lines.at(-1) as Opened;
  const say = (event: string, data: Record<string, unknown> = {}, id: string | null = null, topic = 'stream') => last().on.message({ id, topic, event, at: '', data } as LiveEvent);
  const hello = (resumed = false) => say('hello', { resumed, heartbeat_seconds: 15 }, null);
  const end = (why: Ended = {}) => last().on.ended(why);
  const open = () => lines.filter((l) => !l.closed).length;
  return { stream, lines, last, say, hello, end, on, open };
}

beforeEach(() => { vi.useFakeTimers({ now: Date.UTC(2026, 10, 22, 2) }); });
afterEach(() => vi.useRealTimers());

describe('the connection to the events', () => {
  it('connects, says hello, asks for what is known, passes events on', () => {
    const t = made();
    t.stream.start();
    t.stream.start(); // once is enough
    expect(t.lines.length).toBe(1);
    expect(t.stream.status().state).toBe('connecting');
    t.hello();
    expect(t.stream.status()).toMatchObject({ state: 'open', transport: 'a' });
    expect(t.on.fresh).toHaveBeenCalledTimes(1);
    t.say('finished', { runs: [] }, 't1', 'run');
    expect(t.on.event).toHaveBeenCalledWith(expect.objectContaining({ topic: 'run', event: 'finished' }));
    t.say('beat', {}, 't2');
    expect(t.on.event).toHaveBeenCalledTimes(1);
  });

  it('goes on with its last token, and asks for nothing where all was resumed', () => {
    const t = made();
    t.stream.start();
    t.hello();
    t.say('finished', {}, 't7', 'run');
    t.end({ code: 1006 });
    expect(t.stream.status().state).toBe('waiting');
    vi.advanceTimersByTime(500);
    expect(t.last().after).toBe('t7');
    t.hello(true);
    expect(t.on.fresh).toHaveBeenCalledTimes(1);
    t.say('reset', {}, 't99');
    expect(t.on.fresh).toHaveBeenCalledTimes(2);
    t.end();
    vi.advanceTimersByTime(1000);
    expect(t.last().after).toBe('t99');
  });

  it('asks for all that is shown when there was more than could be told', () => {
    const t = made();
    t.stream.start();
    t.hello(true);
    t.say('many', { count: 4900 }, 't5');
    expect(t.on.fresh).toHaveBeenCalledTimes(1);
    t.end();
    vi.advanceTimersByTime(500);
    expect(t.last().after).toBe('t5');
  });

  it('does not try what the server does not have', () => {
    const t = made();
    t.stream.without('a');
    t.stream.start();
    for (let i = 0; i < 12; i++) { t.end({ status: 503 }); const n = t.lines.length; while (t.lines.length === n) vi.advanceTimersByTime(100); }
    expect(new Set(t.lines.map((l) => l.by))).toEqual(new Set(['b', 'c']));
  });

  it('does not hear what an older line says, and never has two', () => {
    const t = made();
    t.stream.start();
    t.hello();
    const old = t.last();
    t.end();
    vi.advanceTimersByTime(500);
    expect(t.open()).toBe(1);
    old.on.message({ id: 'x', topic: 'run', event: 'finished', at: '' });
    old.on.ended({});
    expect(t.on.event).not.toHaveBeenCalled();
    expect(t.stream.status().state).toBe('connecting');
  });

  it('waits longer and longer, up to half a minute; and short again after a line that lasted', () => {
    const t = made(['only']);
    t.stream.start();
    t.hello();
    t.end();
    const waits: number[] = [];
    for (let i = 0; i < 9; i++) {
      const from = Date.now(), n = t.lines.length;
      while (t.lines.length === n) vi.advanceTimersByTime(25);
      waits.push(Date.now() - from);
      t.end();
    }
    expect(waits[0]).toBeLessThanOrEqual(500);
    for (let i = 1; i < waits.length; i++) expect(waits[i]).toBeGreaterThanOrEqual(waits[i - 1] ?? 0);
    expect(waits.at(-1)).toBeGreaterThan(15_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_000);
    while (t.stream.status().state !== 'connecting') vi.advanceTimersByTime(100);
    t.hello();
    for (let i = 0; i < 3; i++) { vi.advanceTimersByTime(5000); t.say('beat'); }
    t.end();
    vi.advanceTimersByTime(500);
    expect(t.stream.status().state).toBe('connecting');
  });

  it('a line that says hello and falls at once does not make it hurry', () => {
    const t = made(['only']);
    t.stream.start();
    for (let i = 0; i < 8; i++) { t.hello(); t.end(); const n = t.lines.length; while (t.lines.length === n) vi.advanceTimersByTime(50); }
    const from = Date.now(), n = t.lines.length;
    t.hello();
    t.end();
    while (t.lines.length === n) vi.advanceTimersByTime(50);
    expect(Date.now() - from).toBeGreaterThan(10_000);
  });

  it('after a restart (1012) it is back within two seconds, every time', () => {
    const t = made(['only']);
    t.stream.start();
    for (let i = 0; i < 10; i++) {
      t.hello(i > 0);
      t.end({ code: 1012 });
      vi.advanceTimersByTime(199);
      expect(t.stream.status().state).toBe('waiting');
      vi.advanceTimersByTime(1801);
      expect(t.stream.status().state).toBe('connecting');
    }
  });

  it('notices silence after two and a half heartbeats, not before', () => {
    const t = made();
    t.stream.start();
    t.say('hello', { resumed: false, heartbeat_seconds: 4 });
    vi.advanceTimersByTime(9_000);
    t.say('beat');
    vi.advanceTimersByTime(9_900);
    expect(t.stream.status().state).toBe('open');
    vi.advanceTimersByTime(200);
    expect(t.stream.status().state).toBe('waiting');
    expect(t.lines[0]?.closed).toBe(true);
  });

  it('wakes up: a line that slept is dropped at once, one that waits is tried at once', () => {
    const t = made();
    t.stream.start();
    t.hello();
    vi.setSystemTime(Date.now() + 3_600_000); // the computer slept: no timer ran
    t.stream.wake();
    expect(t.stream.status().state).toBe('waiting');
    t.stream.wake();
    expect(t.stream.status().state).toBe('connecting');
  });

  it('no hello in ten seconds is no answer', () => {
    const t = made();
    t.stream.start();
    vi.advanceTimersByTime(9_999);
    expect(t.stream.status().state).toBe('connecting');
    vi.advanceTimersByTime(1);
    expect(t.stream.status().state).toBe('waiting');
  });

  it('falls back from one way to the next, and tries the best one again later', () => {
    const t = made();
    t.stream.start();
    for (const by of ['a', 'a', 'b', 'b', 'c']) {
      expect(t.last().by).toBe(by);
      if (by === 'c') break;
      t.end({ code: 1006 });
      const n = t.lines.length;
      while (t.lines.length === n) vi.advanceTimersByTime(100);
    }
    t.hello();
    for (let i = 0; t.last().by === 'c' && i < 200; i++) { vi.advanceTimersByTime(5000); if (t.stream.status().state === 'open') t.say('beat'); }
    expect(t.last().by).toBe('a');
  });

  it('where no way leads to events it goes round, slowly', () => {
    const t = made();
    t.stream.start();
    for (let i = 0; i < 2000; i++) { if (t.stream.status().state === 'connecting') t.end({ status: 500 }); vi.advanceTimersByTime(1800); }
    // an hour: what is tried then is tried at most every 15 s, and all are tried
    expect(t.lines.length).toBeLessThan(3600 / 15 + 10);
    expect(new Set(t.lines.map((l) => l.by)).size).toBe(3);
  });

  it('1008 ends it, says why, and is not tried again until it is started', () => {
    const t = made();
    t.stream.start();
    t.hello();
    t.end({ code: 1008, reason: 'session ended' });
    expect(t.stream.status()).toMatchObject({ state: 'refused', reason: 'session ended' });
    vi.advanceTimersByTime(3_600_000);
    expect(t.lines.length).toBe(1);
    t.stream.start();
    expect(t.lines.length).toBe(2);
  });

  it('after 1008 it may be told to try again: it begins anew, for other things may be seen now', () => {
    const t = made();
    t.stream.start();
    t.hello();
    t.say('finished', {}, 't7', 'run');
    t.stream.again();
    expect(t.lines.length).toBe(1);
    t.end({ code: 1008, reason: 'projects changed' });
    t.stream.again();
    t.stream.again();
    expect([t.lines.length, t.last().after]).toEqual([2, null]);
    t.hello();
    expect(t.on.fresh).toHaveBeenCalledTimes(2);
  });

  it('1013 leads to long polls for a while; a time to try again is kept', () => {
    const t = made();
    t.stream.start();
    t.end({ code: 1013 });
    while (t.lines.length === 1) vi.advanceTimersByTime(100);
    expect(t.last().by).toBe('c');
    t.end({ status: 503, retryAt: Date.now() + 20_000 });
    vi.advanceTimersByTime(19_900);
    expect(t.lines.length).toBe(2);
    vi.advanceTimersByTime(200);
    expect(t.lines.length).toBe(3);
  });

  it('a way that the browser does not have is passed over', () => {
    const opened: string[] = [];
    const stream = new EventStream([
      { name: 'none', open: () => { throw new Error('WebSocket is not defined'); } },
      { name: 'some', open: (_, on) => { opened.push('some'); on.message({ topic: 'stream', event: 'hello', at: '', data: {} }); return { close: () => undefined }; } },
    ], ['run'], { event: () => undefined, fresh: () => undefined, status: () => undefined }, () => 0.5);
    stream.start();
    vi.advanceTimersByTime(3_000);
    expect([opened.length, stream.status().transport]).toEqual([1, 'some']);
  });

  it('stops, and goes on where it was', () => {
    const t = made();
    t.stream.start();
    t.hello();
    t.say('finished', {}, 't3', 'run');
    t.stream.stop();
    expect(t.open()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    t.stream.start();
    expect(t.last().after).toBe('t3');
  });
});
