// SPDX-License-Identifier: Apache-2.0
// How a browser hears the server's events: WebSocket, server-sent events, long polls. Each says the same (state/stream.ts).
import { retryTime } from '../api/client';
import { base } from '../base';
import type { LineEvents, LiveEvent, Transport } from './stream';

const PROTOCOL = 'benchmark.events.v1';
const WAIT_SECONDS = 25;
/** How much longer than asked for an answer to a long poll may take. */
const GRACE_MS = 10_000;

/** An event, or null of what is none (a pong, or what a newer server says). */
export function readEvent(text: string): LiveEvent | null {
  try {
    const read: unknown = JSON.parse(text);
    const event = read as LiveEvent;
    return typeof read === 'object' && read !== null && typeof event.topic === 'string' && typeof event.event === 'string' ? event : null;
  } catch {
    return null;
  }
}

const tell = (on: LineEvents, text: string) => { const event = readEvent(text); if (event) on.message(event); };

export const webSocket: Transport = {
  name: 'WebSocket',
  open({ topics, after }, on) {
    const url = new URL(`${base}api/v1/events/ws`, location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url, PROTOCOL);
    socket.onopen = () => socket.send(JSON.stringify({ subscribe: topics.map((topic) => ({ topic })), ...(after === null ? {} : { after }) }));
    socket.onmessage = (m) => { if (typeof m.data === 'string') tell(on, m.data); };
    // an error is always followed by a close, which knows more
    socket.onclose = (c) => on.ended({ code: c.code, reason: c.reason });
    return { close: () => { socket.onopen = socket.onmessage = socket.onclose = null; socket.close(1000); } };
  },
};

export const serverSentEvents: Transport = {
  name: 'server-sent events',
  open({ topics, after }, on) {
    const query = new URLSearchParams({ topic: topics.join(','), ...(after === null ? {} : { after }) });
    // its own reconnecting is not wanted: a waiting stream would not be seen. The query cannot hold the type, so it is fetched.
    const flight = new AbortController();
    void (async () => {
      try {
        const answer = await fetch(`${base}api/v1/events?${query}`, { headers: { Accept: 'text/event-stream' }, signal: flight.signal, credentials: 'same-origin', cache: 'no-store' });
        if (!answer.ok || !answer.body) { on.ended({ status: answer.status, retryAt: retryTime(answer.headers.get('retry-after'), Date.now()) }); return; }
        const reader = answer.body.getReader();
        const text = new TextDecoder();
        const parse = eventParser((data) => tell(on, data));
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          parse(text.decode(value, { stream: true }));
        }
        on.ended({ reason: 'the stream ended' });
      } catch {
        if (!flight.signal.aborted) on.ended({});
      }
    })();
    return { close: () => flight.abort() };
  },
};

/** Takes pieces of a text/event-stream and tells the data of each event (WHATWG HTML 9.2.6; names and ids are in the data, too). */
export function eventParser(tellData: (data: string) => void): (piece: string) => void {
  let rest = '';
  let data: string[] = [];
  return (piece) => {
    rest += piece;
    for (let end = rest.search(/\r\n?|\n/); end >= 0; end = rest.search(/\r\n?|\n/)) {
      if (rest[end] === '\r' && end + 1 === rest.length) return; // its LF may be yet to come
      const line = rest.slice(0, end);
      rest = rest.slice(end + (rest[end] === '\r' && rest[end + 1] === '\n' ? 2 : 1));
      if (line === '') {
        if (data.length > 0) tellData(data.join('\n'));
        data = [];
      } else if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
    }
  };
}

/** One answer after the other; what a stream would say of itself is said in its place. */
export const longPoll: Transport = {
  name: 'long polls',
  open({ topics, after }, on) {
    const flight = new AbortController();
    const say = (event: string, data: Record<string, unknown>) => on.message({ topic: 'stream', event, at: new Date().toISOString(), data });
    const round = async (token: string | null, first: boolean): Promise<string | null> => {
      // without a token the first answer is wanted at once: where to begin
      const query = new URLSearchParams({ topic: topics.join(','), wait: String(token === null || first ? 1 : WAIT_SECONDS), ...(token === null ? {} : { after: token }) });
      const late = AbortSignal.timeout(WAIT_SECONDS * 1000 + GRACE_MS);
      const answer = await fetch(`${base}api/v1/events?${query}`, { headers: { Accept: 'application/json' }, signal: AbortSignal.any([flight.signal, late]), credentials: 'same-origin', cache: 'no-store' });
      if (!answer.ok) { on.ended({ status: answer.status, retryAt: retryTime(answer.headers.get('retry-after'), Date.now()) }); return null; }
      const { next, events, reset } = (await answer.json()) as { next: string; events: LiveEvent[]; reset?: boolean };
      if (first) say('hello', { resumed: token !== null && !reset, heartbeat_seconds: WAIT_SECONDS });
      else say(reset ? 'reset' : 'beat', {});
      for (const event of events ?? []) on.message(event);
      on.message({ id: next, topic: 'stream', event: 'beat', at: new Date().toISOString() });
      return next;
    };
    void (async () => {
      try {
        let token = after;
        for (let first = true; !flight.signal.aborted; first = false) {
          token = await round(token, first);
          if (token === null) return;
        }
      } catch {
        if (!flight.signal.aborted) on.ended({});
      }
    })();
    return { close: () => flight.abort() };
  },
};
