// SPDX-License-Identifier: Apache-2.0
// Events of the made-up server: WebSocket (RFC 6455, as much as a browser needs), server-sent events and long polls, from one log.
// Misbehaves when told: POST /__fake {"events": "…"} with
//   ok | off (404, and not offered) | nosocket (no WebSocket) | nostream (nor server-sent events) | silent (nothing is said any more) |
//   twice (everything is) | slow (a second late) | refuse (1008, whoever comes)    from then on
//   drop | 1012 | 1008 | 1013 | 4008                  ends all connections there are, with that close code
//   forget                                            the log is gone: what is resumed is told to begin anew
import { createHash } from 'node:crypto';

const HEARTBEAT_SECONDS = 2;
const KEPT = 1000;
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const now = () => new Date().toISOString().replace('Z', '000Z');

/** An unmasked frame; text unless said. */
function frame(payload, opcode = 1) {
  const body = Buffer.from(payload);
  const head = body.length < 126 ? Buffer.from([0x80 | opcode, body.length]) : body.length < 65_536 ? Buffer.from([0x80 | opcode, 126, body.length >> 8, body.length & 255]) : null;
  if (head) return Buffer.concat([head, body]);
  const long = Buffer.alloc(10);
  long[0] = 0x80 | opcode;
  long[1] = 127;
  long.writeBigUInt64BE(BigInt(body.length), 2);
  return Buffer.concat([long, body]);
}

/** Takes bytes of a client, calls `take(opcode, payload)` for each whole frame. */
function reader(take) {
  let rest = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= 6) {
      const small = rest[1] & 127;
      const at = small === 126 ? 4 : 2;
      const length = small === 126 ? rest.readUInt16BE(2) : small;
      if (rest.length < at + 4 + length) return;
      const mask = rest.subarray(at, at + 4);
      const payload = Buffer.from(rest.subarray(at + 4, at + 4 + length).map((b, i) => b ^ mask[i & 3]));
      const opcode = rest[0] & 15;
      rest = rest.subarray(at + 4 + length);
      take(opcode, payload);
    }
  };
}

export class Events {
  constructor() {
    this.log = [];
    this.base = 0; // how many events are no longer in the log
    this.mode = 'ok';
    this.clients = new Set();
    this.opened = { websocket: 0, sse: 0, poll: 0 };
    setInterval(() => this.beat(), HEARTBEAT_SECONDS * 1000).unref();
  }

  token() { return `e${this.base + this.log.length}`; }

  /** An event to all who want its topic. */
  tell(topic, event, data) {
    this.log.push({ id: `e${this.base + this.log.length + 1}`, topic, event, at: now(), data });
    if (this.log.length > KEPT) { this.log.shift(); this.base++; }
    for (const client of this.clients) this.give(client, this.log.at(-1));
  }

  /** What came since the token, or null where that is not known. */
  since(token) {
    const seen = Number(/^e(\d+)$/.exec(token ?? '')?.[1] ?? NaN);
    return seen >= this.base && seen <= this.base + this.log.length ? this.log.slice(seen - this.base) : null;
  }

  give(client, event) {
    if (this.mode === 'silent' || (event.topic !== 'stream' && !client.topics.has(event.topic))) return;
    const say = () => { if (this.clients.has(client)) client.send(event); };
    const times = this.mode === 'twice' ? 2 : 1;
    for (let i = 0; i < times; i++) if (this.mode === 'slow') setTimeout(say, 1000); else say();
  }

  beat() {
    for (const client of this.clients) if (client.greeted) this.give(client, { id: this.token(), topic: 'stream', event: 'beat', at: now() });
  }

  greet(client, after) {
    const missed = after === undefined || after === null ? [] : this.since(after);
    client.greeted = true;
    this.give(client, { id: after && missed ? after : this.token(), topic: 'stream', event: 'hello', at: now(), data: { resumed: Boolean(after && missed), server: 'made up', heartbeat_seconds: HEARTBEAT_SECONDS } });
    if (!missed) this.give(client, { id: this.token(), topic: 'stream', event: 'reset', at: now() });
    for (const event of missed ?? []) this.give(client, event);
  }

  bend(mode) {
    const code = { drop: 0, 1012: 1012, 1008: 1008, 1013: 1013, 4008: 4008 }[mode];
    if (code !== undefined) { for (const client of [...this.clients]) client.end(code); return; }
    if (mode === 'forget') { this.base += this.log.length + 1; this.log = []; return; }
    this.mode = mode;
    if (mode === 'refuse') for (const client of [...this.clients]) client.end(1008);
    if (mode === 'off' || mode === 'nosocket' || mode === 'nostream') for (const client of [...this.clients]) client.end(0);
  }

  /** An upgrade of the server: a WebSocket, or nothing. */
  upgrade(request, socket) {
    socket.on('error', () => undefined);
    if (['off', 'nosocket', 'nostream'].includes(this.mode)) { socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'); return; }
    const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + GUID).digest('base64');
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: benchmark.events.v1\r\n\r\n`);
    this.opened.websocket++;
    const client = {
      topics: new Set(), greeted: false,
      send: (event) => socket.write(frame(JSON.stringify(event))),
      end: (code) => { this.clients.delete(client); if (code) { const why = Buffer.alloc(2); why.writeUInt16BE(code); socket.end(frame(Buffer.concat([why, Buffer.from(code === 1008 ? 'your session ended' : '')]), 8)); } else socket.destroy(); },
    };
    if (this.mode === 'refuse') { client.end(1008); return; }
    this.clients.add(client);
    socket.on('close', () => this.clients.delete(client));
    socket.on('data', reader((opcode, payload) => {
      if (opcode === 8) { this.clients.delete(client); socket.end(frame(payload, 8)); return; }
      if (opcode === 9) socket.write(frame(payload, 10));
      if (opcode !== 1) return;
      if (String(payload) === 'ping') { socket.write(frame('pong')); return; }
      const { subscribe, after } = JSON.parse(String(payload));
      client.topics = new Set(subscribe.map((s) => s.topic));
      this.greet(client, after);
    }));
  }

  /** GET /events: a stream, or one answer. */
  get(q, request, response) {
    const streams = /text\/event-stream/.test(request.headers.accept ?? '') && !q.has('wait');
    if (this.mode === 'off' || (this.mode === 'nostream' && streams)) { response.writeHead(501, { 'Content-Type': 'application/problem+json' }); response.end('{"status":501,"detail":"Not here."}'); return; }
    const topics = new Set((q.get('topic') ?? '').split(','));
    const after = q.get('after');
    if (streams) {
      this.opened.sse++;
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      response.write('retry: 2000\n\n');
      const client = { topics, greeted: false, send: (e) => response.write(`event: ${e.topic}.${e.event}\n${e.id ? `id: ${e.id}\n` : ''}data: ${JSON.stringify(e)}\n\n`), end: () => { this.clients.delete(client); response.destroy(); } };
      this.clients.add(client);
      response.on('close', () => this.clients.delete(client));
      this.greet(client, after);
      return;
    }
    this.opened.poll++;
    const missed = after === null ? [] : this.since(after);
    const answer = (events, more = {}) => { if (!response.writableEnded) { response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }); response.end(JSON.stringify({ next: this.token(), events, ...more })); } };
    if (missed === null) { answer([], { reset: true }); return; }
    const wanted = missed.filter((e) => topics.has(e.topic));
    if (wanted.length > 0 || after === null) { answer(wanted); return; }
    const client = { topics, greeted: false, send: (e) => { done(); answer([e]); }, end: () => { this.clients.delete(client); response.destroy(); } };
    const done = () => { clearTimeout(timer); this.clients.delete(client); };
    const timer = setTimeout(() => { done(); answer([]); }, Number(q.get('wait')) * 1000);
    this.clients.add(client);
    response.on('close', done);
  }
}
