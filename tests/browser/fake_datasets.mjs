// SPDX-License-Identifier: Apache-2.0
// Datasets of the made-up server, in the shape of docs/load-tests.md, and what a plan may not ask.

const iso = (ms) => new Date(ms).toISOString().replace('Z', '000Z');
const QUESTIONS = ['What is a stopwatch?', 'Name three cities with more than a million people.', 'Summarise: the parcel came late, the box was open, and nobody answered the phone.', 'Say "hello" in five languages.', '<img src=x onerror="document.title=\'XSS\'">'];

/** Entries of a text, or the sentence that says which line is wrong. */
function parse(format, content) {
  const lines = content.split('\n').map((l) => l.replace(/\r$/, ''));
  const entries = [];
  if (format === 'csv') {
    const names = lines[0].split(',');
    for (const [i, line] of lines.entries()) {
      if (i === 0 || line === '') continue;
      const values = line.split(',');
      if (values.length !== names.length) return { wrong: `Line ${i + 1}: There are ${values.length} values for ${names.length} columns.` };
      entries.push(Object.fromEntries(names.map((n, k) => [n, values[k] !== '' && Number.isFinite(Number(values[k])) ? Number(values[k]) : values[k].replace(/^"|"$/g, '')])));
    }
  } else {
    for (const [i, line] of lines.entries()) {
      if (line.trim() === '') continue;
      let value;
      try { value = JSON.parse(line); } catch { return { wrong: `Line ${i + 1}, column ${line.length}: unexpected token near end of file.` }; }
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return { wrong: `Line ${i + 1} is not a JSON object.` };
      entries.push(value);
    }
  }
  return entries.length ? { entries } : { wrong: 'Has no entries.' };
}

const DISTS = { fixed: [['value'], []], uniform: [['min', 'max'], []], normal: [['mean', 'stddev'], ['min', 'max']] };

function checkLength(length, at, say) {
  const dist = DISTS[length?.dist];
  if (!dist) { say(`${at}/dist`, 'Must be one of fixed, uniform, normal.'); return; }
  for (const m of dist[0]) if (length[m] === undefined) say(`${at}/${m}`, 'Is missing.');
  for (const [m, v] of Object.entries(length)) {
    if (m === 'dist') continue;
    if (![...dist[0], ...dist[1]].includes(m)) say(`${at}/${m}`, `Does not go with dist ${length.dist}.`);
    else if (typeof v !== 'number') say(`${at}/${m}`, 'Must be a number.');
    else if (v < (m === 'stddev' ? 0 : 1) || v > 200_000) say(`${at}/${m}`, `Must be from ${m === 'stddev' ? 0 : 1} to 200000.`);
  }
  if (length.min > length.max) say(`${at}/max`, 'Must not be less than min.');
}

export class Datasets {
  /** `users` gives the load tests that wait or run and refer to a dataset. */
  constructor(Problem, users) {
    this.Problem = Problem;
    this.users = users;
    this.list = [];
  }

  add(name, format, entries, at = Date.now()) {
    const d = { id: (this.list.at(-1)?.id ?? 0) + 1, name, format, entries: entries.length, bytes: entries.reduce((sum, e) => sum + JSON.stringify(e).length, 0), all: entries, version: 1, project_id: 1, created_by: 'alice', created_at: iso(at), updated_at: iso(at) };
    this.list.push(d);
    return d;
  }

  fill() {
    this.list = [];
    const hour = 3_600_000;
    this.add('support questions', 'jsonl', Array.from({ length: 250 }, (_, i) => ({ prompt: QUESTIONS[i % QUESTIONS.length], max_tokens: 20 + (i % 7) * 30, ...(i % 3 ? {} : { temperature: 0.2 }) })), Date.now() - 300 * hour);
    this.add('tickets of last week, with everything that was known of them when they came in', 'csv', Array.from({ length: 12 }, (_, i) => ({ ticket: `The order ${4711 + i} did not arrive.`, customer: `c-${i}`, language: 'en', priority: i % 3, channel: 'mail', age_days: i, agent: null })), Date.now() - 30 * hour);
    this.add('all prompts of 2025', 'jsonl', [{ prompt: 'Say hello.' }], Date.now() - 3 * hour);
    Object.assign(this.list[2], { entries: 100_000, bytes: 21_400_311 });
  }

  shown({ all, ...rest }, listed) {
    return listed ? rest : { ...rest, first_entries: all.slice(0, 20) };
  }

  check(dataset, say) {
    if (dataset === undefined) return;
    if (!dataset.inline && dataset.dataset_id === undefined && !dataset.generate) say('/dataset/inline', 'Is missing: give inline, dataset_id or generate.');
    if (dataset.inline && dataset.inline.length === 0) say('/dataset/inline', 'Must have 1 to 10000 elements.');
    (dataset.inline ?? []).forEach((e, i) => { if (JSON.stringify(e).includes('{{')) say(`/dataset/inline/${i}/prompt`, 'The placeholder has no value.'); });
    const id = dataset.dataset_id;
    const d = this.list.find((o) => o.id === id);
    if (id !== undefined && !d) say('/dataset/dataset_id', `There is no dataset ${id}.`);
    else if (d?.entries > 10_000) say('/dataset/dataset_id', `Dataset ${id} has ${d.entries} entries; a load test takes a dataset of at most 10000.`);
    const g = dataset.generate;
    if (!g) return;
    if (!(g.count >= 1 && g.count <= 10_000_000)) say('/dataset/generate/count', 'Must be from 1 to 10000000.');
    checkLength(g.input_tokens, '/dataset/generate/input_tokens', say);
    if (g.output_tokens !== undefined) checkLength(g.output_tokens, '/dataset/generate/output_tokens', say);
    const s = g.shared_prefixes;
    if (s && !(s.zipf >= 0 && s.zipf <= 10)) say('/dataset/generate/shared_prefixes/zipf', 'Must be from 0 to 10.');
  }

  /** The largest max_tokens that a plan's dataset brings. */
  mostTokens(dataset) {
    const out = dataset?.generate?.output_tokens;
    const entries = dataset?.inline ?? this.list.find((d) => d.id === dataset?.dataset_id)?.all ?? [];
    const most = Math.max(...entries.map((e) => e.max_tokens ?? 0));
    return out ? out.value ?? out.max ?? 200_000 : most > 0 ? most : undefined;
  }

  /** An answer to `/datasets/...`: `{data, status}`. */
  route(method, id, part, q, body, page) {
    if (id === undefined && method === 'GET') {
      const text = q.get('q')?.toLowerCase();
      const answer = page(this.list.filter((d) => !text || d.name.toLowerCase().includes(text)), q, false);
      return { ...answer, data: answer.data.map((d) => this.shown(d, true)) };
    }
    const refuse = (errors) => { throw new this.Problem(422, 'The request breaks the rules listed in errors.', { errors }); };
    if (id === undefined) {
      const read = parse(body.format, body.content ?? '');
      if (!body.name) refuse([{ pointer: '/name', detail: 'Must have 1 to 200 characters.' }]);
      if (read.wrong) refuse([{ pointer: '/content', detail: read.wrong }]);
      return { data: this.shown(this.add(body.name, body.format, read.entries), false) };
    }
    const d = this.list.find((o) => o.id === Number(id));
    if (!d) throw new this.Problem(404, `There is no dataset ${id}.`);
    if (part === 'entries') {
      const after = Number(q.get('after') ?? 0);
      const limit = Number(q.get('limit') ?? 100);
      return { data: d.all.slice(after, after + limit).map((inputs, i) => ({ number: after + i + 1, inputs })), next: after + limit < d.all.length };
    }
    if (method === 'PATCH') {
      if (body.name === 'taken') refuse([{ pointer: '/name', detail: 'That name cannot be.' }]);
      Object.assign(d, { name: body.name, version: d.version + 1, updated_at: iso(Date.now()) });
    }
    if (method === 'DELETE') {
      const users = this.users(d.id);
      if (users.length) throw new this.Problem(409, `Load tests that wait or run still refer to it: ${users.map((t) => `${t.id} (${t.name})`).join(', ')}.`, { code: 'still_referenced' });
      this.list.splice(this.list.indexOf(d), 1);
      return { data: { message: `Dataset ${id} was deleted.` } };
    }
    return { data: this.shown(d, false) };
  }
}
