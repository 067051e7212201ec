// SPDX-License-Identifier: Apache-2.0
// Trace sources, their sync, traces, sessions, observations, agents and days of the made-up server. One trace has ten thousand
// observations, one is as wrong as others may write them. POST /__fake {"sync":{…}} lays members over the sync of every source.

const iso = (ms) => new Date(ms).toISOString().replace('Z', '000Z');
const DAY = 86_400_000;
const MINUTE = 60_000;
const CANARY = '<img src=x onerror="document.title=\'XSS\'">';
const round = (v, d = 3) => Math.round(v * 10 ** d) / 10 ** d;

/** Random numbers that are the same for the same text. */
function drawn(text) {
  let seed = 2166136261;
  for (const c of text) seed = Math.imul(seed ^ c.codePointAt(0), 16777619) >>> 0;
  return () => { seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; return seed / 2 ** 32; };
}

const AGENTS = ['planner', 'researcher', 'writer', 'critic', 'support triage', CANARY];
const MODELS = [['gpt-5-mini', 0.25e-6, 2e-6], ['claude-sonnet-4-5', 3e-6, 15e-6], ['llama-3.3-70b-instruct', 0.9e-6, 0.9e-6]];
const TOOLS = ['web_search', 'read_ticket', 'run_sql', 'send_mail', 'calendar.lookup_of_free_slots_in_a_range'];
const NAMES = ['answer a ticket', 'research a topic', 'draft a reply', 'nightly digest'];
export const LARGE = 10_000;

export class Traces {
  constructor(Problem) {
    this.Problem = Problem;
    Object.assign(this, { sources: [], list: [], passes: {}, bent: {}, asked: {} });
  }

  fill() {
    const now = Date.now();
    const source = (id, name, url, more = {}) => ({ id, name, description: null, kind: 'langfuse', pushed_at: null, pushed: null, pushed_refused: null, url, public_key: `pk-lf-${id}0c2f6a1-77aa`, secret: 'langfuse', interval_seconds: 300, overlap_seconds: 7200, backfill_days: 30, page_size: 1000, requests_per_minute: 30, requests_per_day: null, paused: false, scores: true, bodies: null, words: null, project_id: 1, created_by: 'alice', created_at: iso(now - 20 * DAY), updated_at: iso(now - 3 * DAY), ...more });
    this.sources = [source(1, 'production', 'https://cloud.langfuse.com', { description: 'Agents of the support desk', bodies: { max_bytes: 10_000, redact: [] } }), source(2, 'staging', 'http://langfuse.internal:3000', { requests_per_minute: null, paused: true }), source(3, 'checkout', null, { kind: 'pushed', public_key: null, secret: null, pushed_at: iso(now - 4 * MINUTE), pushed: 20_417, pushed_refused: 12 })];
    const pass = (id, ago, reason, status, received, more = {}) => ({ id, reason, status, started_at: iso(now - ago), ended_at: status === 'running' ? null : iso(now - ago + 4200), api: 'v4', requests: Math.ceil(received / 1000) + 1, pages: Math.ceil(received / 1000), received, changed: Math.round(received / 9), deleted: 0, refused: 0, limited: 0, failures: 0, error_message: null, ...more });
    this.passes = { 1: [pass(94, 0.4 * MINUTE, 'interval', 'running', 2140), pass(93, 5 * MINUTE, 'interval', 'completed', 1804, { deleted: 3 }), pass(92, 10 * MINUTE, 'asked', 'completed', 1790), pass(91, 16 * MINUTE, 'interval', 'completed', 41_200, { limited: 4, refused: 2 }),
      pass(90, 60 * MINUTE, 'interval', 'failed', 0, { failures: 8, error_message: 'The server answered 503 Service Unavailable, eight times in a row.', changed: 0 }), ...Array.from({ length: 84 }, (_, i) => pass(89 - i, (65 + 5 * i) * MINUTE, i === 83 ? 'first' : 'interval', 'completed', 900 + ((i * 37) % 400)))], 2: [pass(5, 3 * DAY, 'asked', 'completed', 312)] };
    this.list = [];
    for (let i = 0; i < 420; i++) this.list.push(this.make(i, now));
    this.list.push(this.whole('large', 'a very long run', now - 45 * MINUTE, this.large(now - 45 * MINUTE), { session_id: null, tags: ['batch', 'nightly'] }));
    this.list.push(this.whole('broken', 'what others may write', now - 50 * MINUTE, this.broken(now - 50 * MINUTE), { session_id: 'chat-0', user_id: CANARY, environment: null }));
    this.list.sort((a, b) => (a.timestamp < b.timestamp ? 1 : -1));
  }

  /** A trace with the sums of its observations. */
  whole(id, name, at, observations, more = {}) {
    const sum = (member) => { const some = observations.filter((o) => o[member] !== null); return some.length ? round(some.reduce((s, o) => s + o[member], 0), 9) : null; };
    const ends = observations.filter((o) => o.end_time).map((o) => Date.parse(o.end_time));
    const trace = { id, source_id: 1, project_id: 1, name, timestamp: iso(at), latency_ms: ends.length ? Math.max(0, Math.max(...ends) - at) : null, session_id: null, user_id: 'u-17', environment: 'production', release: '2026.7', version: null, tags: [], observations: observations.length, stage: null, errors: observations.filter((o) => o.level === 'ERROR').length, input_tokens: sum('input_tokens'), output_tokens: sum('output_tokens'), total_tokens: sum('total_tokens'), total_cost: sum('total_cost'), ...more };
    for (const o of observations) Object.assign(o, { trace_id: id, source_id: trace.source_id, session_id: trace.session_id, user_id: trace.user_id, environment: trace.environment });
    Object.defineProperty(trace, 'parts', { value: observations, enumerable: false, configurable: true });
    return trace;
  }

  observation(id, parent_id, type, name, at, ms, more = {}) {
    return { id, source_id: 1, trace_id: '', parent_id, type, name, level: 'DEFAULT', status_message: null, start_time: iso(at), end_time: ms === null ? null : iso(at + ms), latency_ms: ms === null ? null : round(ms), ttft_ms: null, model: null, input_tokens: null, output_tokens: null, total_tokens: null, total_cost: null, session_id: null, user_id: null, environment: null, version: null, ...more };
  }

  generation(id, parent, at, ms, random) {
    const [model, input, output] = MODELS[Math.floor(random() ** 1.6 * MODELS.length)];
    const [a, b] = [Math.round(300 + 4000 * random()), Math.round(20 + 900 * random())];
    return this.observation(id, parent, 'GENERATION', 'chat completion', at, ms, { model, ttft_ms: round(ms * (0.1 + 0.3 * random())), input_tokens: a, output_tokens: b, total_tokens: a + b, total_cost: round(a * input + b * output, 9) });
  }

  /** One of the many: agents one behind the other, each with a generation, some with tools. */
  make(i, now) {
    const random = drawn(`trace ${i}`);
    const id = [...Array(8)].map(() => Math.floor(random() * 65536).toString(16).padStart(4, '0')).join('');
    const back = i < 60 ? i * 3 * MINUTE + 20_000 : 3 * 3.6e6 + (i - 60) * (29 * DAY / 360);
    const at = now - back;
    const of = [];
    let t = at + 20;
    const root = this.observation(`${id.slice(0, 12)}-0`, null, 'SPAN', NAMES[i % NAMES.length], at, 0);
    of.push(root);
    for (let a = 0; a < 1 + Math.floor(random() * 3); a++) {
      const failed = random() < 0.06;
      const agent = this.observation(`${id.slice(0, 12)}-a${a}`, root.id, 'AGENT', AGENTS[(i + a) % (i % 40 === 7 ? 6 : 5)], t, 0, failed ? { level: 'ERROR', status_message: 'The tool answered 504 after 30 s.' } : {});
      of.push(agent);
      const begun = t;
      t += 15;
      for (let g = 0; g < 1 + Math.floor(random() * 2); g++) {
        const ms = 400 + 2600 * random();
        of.push(this.generation(`${id.slice(0, 12)}-a${a}g${g}`, agent.id, t, ms, random));
        t += ms + 8;
        if (random() < 0.5) { const long = 60 + 700 * random(); of.push(this.observation(`${id.slice(0, 12)}-a${a}t${g}`, agent.id, 'TOOL', TOOLS[Math.floor(random() * TOOLS.length)], t, long, failed ? { level: 'ERROR', status_message: 'The tool answered 504 after 30 s.' } : {})); t += long; }
      }
      Object.assign(agent, { end_time: iso(t), latency_ms: round(t - begun) });
      t += 12;
    }
    Object.assign(root, { end_time: iso(t), latency_ms: round(t - at) });
    const source_id = i % 11 === 5 ? 2 : 1;
    return this.whole(id, NAMES[i % NAMES.length], at, of, { source_id, session_id: i % 9 === 4 ? null : `chat-${Math.floor(i / 6)}`, user_id: i % 7 === 3 ? null : `u-${Math.floor(i / 6) % 23}`, tags: i % 3 === 0 ? ['vip', 'de'] : i % 3 === 1 ? ['en'] : [], environment: source_id === 2 ? 'staging' : 'production' });
  }

  large(at) {
    const random = drawn('large');
    const of = [this.observation('large-0', null, 'AGENT', 'planner', at, 180_000)];
    let step = of[0];
    let t = at + 5;
    for (let i = 1; i < LARGE; i++) {
      if (i % 25 === 1) { step = this.observation(`large-${i}`, 'large-0', 'CHAIN', `step ${Math.floor(i / 25) + 1}`, t, 430); of.push(step); t += 2; continue; }
      const ms = 4 + 30 * random();
      of.push(i % 25 === 7 ? this.generation(`large-${i}`, step.id, t, 120, random) : this.observation(`large-${i}`, step.id, i % 5 === 0 ? 'RETRIEVER' : 'TOOL', i % 5 === 0 ? 'vector store' : TOOLS[i % TOOLS.length], t, ms, i === 7777 ? { level: 'ERROR', status_message: 'Gone.' } : {}));
      t += 17;
    }
    return of;
  }

  broken(at) {
    const deep = Array.from({ length: 16 }, (_, i) => this.observation(`deep-${i}`, i === 0 ? 'broken-root' : `deep-${i - 1}`, 'SPAN', `level ${i + 1}`, at + 1500 + i * 20, 900 - i * 40));
    return [
      this.observation('broken-root', null, 'AGENT', CANARY, at, 4000), this.observation('self', 'self', 'SPAN', 'names itself', at + 100, 50), this.observation('lost', 'nobody', 'TOOL', 'names somebody who is not here', at + 300, 400),
      this.observation('ring-a', 'ring-b', 'SPAN', 'one of two in a ring', at + 700, 200), this.observation('ring-b', 'ring-a', 'SPAN', 'the other', at + 720, 100), this.observation('open', 'broken-root', 'GENERATION', null, at + 900, null, { model: CANARY }),
      this.observation('back', 'broken-root', 'SPAN', 'ended before it began', at + 1000, -300), this.observation('moment', 'broken-root', 'EVENT', 'something happened', at + 1200, 0, { level: 'WARNING', status_message: 'It may happen again.' }),
      this.observation('failed', 'broken-root', 'TOOL', 'send_mail', at + 1300, 90, { level: 'ERROR', status_message: `${CANARY} The mailbox is full. ${'It goes on for long. '.repeat(12)}` }), ...deep,
    ];
  }

  /** One observation, as its own page has it. */
  detail(id, q) {
    const o = this.list.filter((t) => !q.get('source_id') || String(t.source_id) === q.get('source_id')).flatMap((t) => t.parts).find((x) => x.id === id);
    if (!o) throw new this.Problem(404, `There is no observation ${id}.`);
    const said = o.type === 'AGENT' && o.source_id === 1;
    return { ...this.full(o), input: said ? JSON.stringify([{ role: 'system', content: 'Be <b>kind</b>.' }, { role: 'user', content: [{ type: 'text', text: 'Where is my parcel?' }] }]) : null, output: said ? '{"answer": "On its way", "sure": true}' : null,
      scores: said ? [{ id: `s-${id}`, source_id: 1, name: 'helpful', value: 0.8, string_value: null, data_type: 'NUMERIC', source: 'EVAL', comment: 'The parcel was found.', timestamp: o.start_time, trace_id: o.trace_id, observation_id: id, session_id: null, environment: null }] : [] };
  }

  /** A trace with its tree; here in the order of their begin, which no page may rely on. */
  tree(id, q) {
    const t = this.list.find((x) => x.id === id && (!q.get('source_id') || String(x.source_id) === q.get('source_id')));
    if (!t) throw new this.Problem(404, `There is no trace ${id}.`);
    return { data: { ...t, ...(q.get('view') === 'summary' ? {} : { metadata: {} }), tree: t.parts.slice(0, Number(q.get('limit')) || 1000).map((o) => ({ depth: o.parent_id === null ? 0 : 1, children: 0, ...o })), scores: [] } };
  }

  full(o) {
    return { ...o, usage_details: o.total_tokens === null ? {} : { input: o.input_tokens, output: o.output_tokens, input_cached_tokens: Math.round(o.input_tokens / 3) }, cost_details: o.total_cost === null ? {} : { total: o.total_cost }, metadata: o.type === 'AGENT' ? { stage: 'answer', attempt: 1, resource: { 'service.name': 'desk', pod: 'desk-7f9c' } } : {} };
  }

  syncOf(s) {
    const now = Date.now();
    const asked = this.asked[s.id] && now - this.asked[s.id] < 1500;
    const fresh = this.asked[s.id] ? this.asked[s.id] : now - (s.id === 1 ? 2.1 * MINUTE : 3 * DAY);
    return { source_id: s.id, name: s.name, status: asked || s.id > 3 ? 'running' : 'idle', paused: s.paused, error_message: null, last_sync_at: s.id > 3 ? null : iso(fresh), next_sync_at: s.paused ? null : iso(fresh + s.interval_seconds * 1000), is_stale: false, api: s.id > 3 ? null : s.id === 1 ? 'v4' : 'v1', server_version: s.id === 1 ? '3.148.0' : null, mirrored_from: s.id > 3 ? null : iso(now - (s.id === 1 ? 19 : 30) * DAY), mirrored_to: s.id > 3 ? null : iso(fresh), backfill_progress: s.id > 3 ? null : s.id === 1 ? 0.634 : 1, requests_today: s.id === 1 ? 1204 : 0, failures: 0, words_pending: false, ...this.bent };
  }

  status() {
    const each = this.sources.filter((s) => s.kind === 'langfuse').map((s) => this.syncOf(s));
    const worst = ['error', 'rate_limited', 'running', 'idle'].find((state) => each.some((s) => s.status === state)) ?? 'idle';
    const times = (member) => each.map((s) => s[member]).filter(Boolean).sort();
    return { status: worst, last_sync_at: each.some((s) => !s.last_sync_at) ? null : times('last_sync_at')[0] ?? null, next_sync_at: times('next_sync_at')[0] ?? null, error_message: each.find((s) => s.error_message)?.error_message ?? null, is_stale: each.some((s) => s.is_stale && !s.paused), sources: each };
  }

  check(body) {
    const errors = [];
    const say = (pointer, detail) => errors.push({ pointer, detail });
    if (body.name !== undefined && !String(body.name).trim()) say('/name', 'Must have 1 to 100 bytes.');
    if (body.url != null && !/^https?:\/\//.test(body.url)) say('/url', 'Must begin with http:// or https://.');
    if (body.public_key != null && /[\s:]/.test(body.public_key)) say('/public_key', 'Must be printable ASCII without blanks and colons.');
    if (body.interval_seconds !== undefined && !(body.interval_seconds >= 10 && body.interval_seconds <= 86400)) say('/interval_seconds', 'Must be from 10 to 86400.');
    if (errors.length) throw new this.Problem(422, 'The request breaks the rules listed in errors.', { errors });
  }

  source(method, parts, q, body, page) {
    const [, , id, what] = parts;
    if (id === undefined && method === 'GET') return page(this.sources.filter((s) => !q.get('q') || s.name.includes(q.get('q'))), q, false);
    if (what === undefined && (method === 'POST' || method === 'PATCH')) this.check(body);
    if (id === undefined) {
      const made = { description: null, kind: 'langfuse', url: null, public_key: null, secret: null, pushed_at: null, pushed: body.kind === 'pushed' ? 0 : null, pushed_refused: body.kind === 'pushed' ? 0 : null, interval_seconds: 300, overlap_seconds: 7200, backfill_days: 30, page_size: 1000, requests_per_minute: 30, requests_per_day: null, paused: false, scores: true, bodies: null, words: null, project_id: 1, created_by: 'alice', ...body, id: (this.sources.at(-1)?.id ?? 2) + 1, created_at: iso(Date.now()), updated_at: iso(Date.now()) };
      this.sources.push(made);
      this.passes[made.id] = [];
      return { status: 201, data: made };
    }
    const source = this.sources.find((s) => s.id === Number(id));
    if (!source) throw new this.Problem(404, `There is no trace source ${id}.`);
    if (what === 'sync' && source.kind === 'pushed') throw new this.Problem(404, `Source ${id} is pushed.`);
    if (what === 'passes') { const list = (this.passes[id] ?? []).filter((p) => !q.get('after') || p.id < Number(q.get('after'))); const limit = Number(q.get('limit')) || 100; return { data: list.slice(0, limit), next: list.length > limit }; }
    if (what === 'sync' && source.kind === 'pushed') throw new this.Problem(404, `There is no trace source ${id} that is read from a server.`);
    if (what === 'sync') { if (method === 'POST') this.asked[id] = Date.now(); return { status: method === 'POST' ? 202 : 200, data: this.syncOf(source) }; }
    if (method === 'PATCH') Object.assign(source, body, { updated_at: iso(Date.now()) });
    if (method === 'DELETE') { this.sources = this.sources.filter((s) => s !== source); this.list = this.list.filter((t) => t.source_id !== source.id); return { data: { message: `Source ${id} and what it brought are deleted.` } }; }
    return { data: source };
  }

  /** A page of a list by a cursor that says nothing to anybody else. */
  page(list, q, shape = (x) => x) {
    const from = Number(Buffer.from(q.get('after') ?? '', 'base64url').toString()) || 0;
    const limit = Math.min(1000, Number(q.get('limit')) || 100);
    const next = from + limit < list.length ? Buffer.from(String(from + limit)).toString('base64url') : false;
    return { data: list.slice(from, from + limit).map(shape), next };
  }

  within(list, q, member) {
    return list.filter((x) => (!q.get('from') || x[member] >= q.get('from')) && (!q.get('to') || x[member] < q.get('to')));
  }

  traces(q) {
    const is = (t, name) => !q.get(name) || String(t[name]) === q.get(name);
    const list = this.list.filter((t) => ['source_id', 'id', 'name', 'user_id', 'session_id', 'environment'].every((name) => is(t, name)) && (!q.get('tag') || t.tags.includes(q.get('tag'))) && (q.get('errors') !== 'true' || t.errors > 0));
    return this.page(this.within(list, q, 'timestamp'), q, (t) => (q.get('view') === 'summary' ? t : { ...t, metadata: t.id === 'broken' ? { note: CANARY } : {} }));
  }

  sessions(q) {
    const by = new Map();
    for (const t of this.list) if (t.session_id !== null) { const key = `${t.source_id}/${t.session_id}`; by.set(key, [...(by.get(key) ?? []), t]); }
    const sum = (list, member) => { const some = list.filter((t) => t[member] !== null); return some.length ? round(some.reduce((s, t) => s + t[member], 0), 9) : null; };
    const all = [...by.values()].map((list) => {
      const ended = list.filter((t) => t.latency_ms !== null);
      const first = list.at(-1);
      return { id: first.session_id, source_id: first.source_id, project_id: 1, trace_count: list.length, labels: {}, stage: null, is_complete: false, observations: sum(list, 'observations'), errors: sum(list, 'errors'), user_ids: [...new Set(list.flatMap((t) => (t.user_id === null ? [] : [t.user_id])))].slice(0, 10), first_trace_at: first.timestamp, last_trace_at: list[0].timestamp,
        duration_seconds: round((Math.max(...list.map((t) => Date.parse(t.timestamp) + (t.latency_ms ?? 0))) - Date.parse(first.timestamp)) / 1000), avg_latency: ended.length ? round(sum(ended, 'latency_ms') / ended.length / 1000, 6) : null, input_tokens: sum(list, 'input_tokens'), output_tokens: sum(list, 'output_tokens'), total_tokens: sum(list, 'total_tokens'), total_cost: sum(list, 'total_cost') };
    }).sort((a, b) => (a.last_trace_at < b.last_trace_at ? 1 : -1));
    const some = all.filter((s) => (!q.get('source_id') || String(s.source_id) === q.get('source_id')) && (!q.get('id') || s.id === q.get('id')) && (!q.get('user_id') || s.user_ids.includes(q.get('user_id'))) && (q.get('errors') !== 'true' || s.errors > 0));
    return this.page(this.within(some, q, 'last_trace_at'), q);
  }

  observations(q) {
    const from = q.get('trace_id') ? this.list.filter((t) => t.id === q.get('trace_id')) : this.list.filter((t) => t.id !== 'large');
    const is = (o, name) => !q.get(name) || String(o[name]) === q.get(name);
    const list = from.flatMap((t) => t.parts).filter((o) => ['source_id', 'id', 'name', 'type', 'level', 'model', 'environment'].every((name) => is(o, name))).sort((a, b) => (a.start_time < b.start_time || (a.start_time === b.start_time && a.id < b.id) ? 1 : -1));
    return this.page(this.within(list, q, 'start_time'), q, (o) => (q.get('view') === 'summary' ? o : this.full(o)));
  }

  figures(list, took, cost = (x) => x.total_cost) {
    const errors = list.filter((x) => x.errors > 0 || x.level === 'ERROR').length;
    const ended = list.filter((x) => x[took] !== null);
    const sum = (of) => round(list.reduce((s, x) => s + (of(x) ?? 0), 0), 9);
    return { execution_count: list.length, errors, success_rate: round((100 * (list.length - errors)) / list.length, 2), avg_latency_ms: ended.length ? round(ended.reduce((s, x) => s + x[took], 0) / ended.length) : null, input_tokens: sum((x) => x.input_tokens), output_tokens: sum((x) => x.output_tokens), total_tokens: sum((x) => x.total_tokens), total_cost: sum(cost) };
  }

  grouped(rows, key) {
    const by = new Map();
    for (const row of rows) by.set(key(row), [...(by.get(key(row)) ?? []), row]);
    return [...by];
  }

  recent(q) {
    const since = iso(Math.floor(Date.now() / DAY) * DAY - ((Number(q.get('days')) || 30) - 1) * DAY);
    return this.list.filter((t) => t.timestamp >= since);
  }

  agents(q) {
    const of = this.recent(q).filter((t) => t.id !== 'large').flatMap((t) => t.parts.filter((o) => o.type === 'AGENT').map((o) => { const below = t.parts.filter((g) => g.type === 'GENERATION' && g.parent_id === o.id); const sum = (m) => below.reduce((s, g) => s + (g[m] ?? 0), 0); return { ...o, input_tokens: sum('input_tokens'), output_tokens: sum('output_tokens'), total_tokens: sum('total_tokens'), total_cost: sum('total_cost') }; }));
    return { data: { data: this.grouped(of, (o) => o.name).map(([name, list]) => ({ name, category: 'other', ...this.figures(list, 'latency_ms') })).sort((a, b) => b.execution_count - a.execution_count) } };
  }

  /** An answer to what is of traces; nothing for other paths. */
  route(method, parts, q, body, page) {
    const [, head, what] = parts;
    if (head === 'trace-sources') return this.source(method, parts, q, body, page);
    if (head === 'sync' && what === 'status') return { data: this.status() };
    if (head === 'sync' && what === 'trigger') { for (const s of this.sources) this.asked[s.id] = Date.now(); return { data: { status: 'started', message: `${this.status().sources.length} sources are synced.` } }; }
    if (head === 'agents') return this.agents(q);
    if (head === 'observations' && what) return { data: this.detail(decodeURIComponent(what), q) };
    if (head === 'observations') return this.observations(q);
    if (head !== 'traces') return null;
    if (what === 'sessions') return this.sessions(q);
    if (what === 'models') return { data: this.grouped(this.recent(q).filter((t) => t.id !== 'large').flatMap((t) => t.parts.filter((o) => o.model !== null)), (o) => o.model).map(([name, list]) => ({ name, ...this.figures(list, 'latency_ms') })).sort((a, b) => b.execution_count - a.execution_count) };
    if (what === 'daily') return { data: this.grouped(this.recent(q), (t) => t.timestamp.slice(0, 10)).map(([date, list]) => ({ date, ...this.figures(list, 'latency_ms') })).sort((a, b) => (a.date < b.date ? -1 : 1)) };
    return what ? this.tree(decodeURIComponent(what), q) : this.traces(q);
  }
}
