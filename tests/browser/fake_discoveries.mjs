// SPDX-License-Identifier: Apache-2.0
// Discoveries of the made-up server: what the address says decides what is found there.
const FIRST = 900_000; // numbers of runs are below
const NONE = { provider: null, url: null, asked: null, models: null, model_count: null, http_status: null, dns_ms: null, connect_ms: null, tls_ms: null, ttfb_ms: null, total_ms: null, started_at: null, finished_at: null, engine: null, error: null, error_code: null };
const NAMES = ['llama-3.3-70b-instruct', 'qwen-3-32b', 'mistral-small', 'gemma-3-27b', 'phi-4'];

export class Discoveries {
  constructor(Problem, ended) {
    this.Problem = Problem;
    this.ended = ended;
    this.list = [];
  }

  /** Members that an end adds. */
  find({ provider, connection }) {
    const url = connection.url.replace(/\/(chat\/completions|embeddings|models)\/?$/, '').replace(/\/+$/, '');
    const asked = `${/\/v\d/.test(url) ? url : `${url}/v1`}/models`;
    const failed = (error_code, error, more = {}) => ({ status: 'failed', provider: provider ?? 'openai', url, asked, error_code, error, ...more });
    if (/private/.test(url)) return failed('target_not_allowed', 'the address 10.2.0.4 is not among those that may be asked (BenchmarkTargetAllow)');
    if (/closed/.test(url)) return failed('connection_refused', 'connect to closed port 8000 failed: Connection refused');
    if (/locked/.test(url) && !connection.secret) return failed('unauthorized', 'The target answered 401: Incorrect API key provided', { http_status: 401 });
    const models = /site/.test(url) ? null : /many/.test(url) ? Array.from({ length: 240 }, (_, i) => `maker-${i % 6}/${NAMES[i % 5]}-${i}`) : /some/.test(url) ? NAMES : ['llama3'];
    return { status: 'completed', provider: provider ?? (models ? 'openai' : 'http'), url, asked, models, model_count: models?.length ?? null, http_status: 200, dns_ms: 0.4, connect_ms: 0.9, tls_ms: /^https/.test(url) ? 11.2 : 0, ttfb_ms: 4.1, total_ms: 17.3, engine: 'n1-4711' };
  }

  route(method, id, body) {
    if (method === 'GET') {
      const known = this.list.find((d) => d.id === Number(id));
      if (!known) throw new this.Problem(404, `There is no discovery ${id}.`);
      return { data: known };
    }
    if (!/^https?:\/\/./.test(body.connection?.url ?? '')) throw new this.Problem(422, '1 member is not valid.', { errors: [{ pointer: '/connection/url', detail: 'Must begin with http:// or https://.' }] });
    const made = { id: FIRST + this.list.length, status: 'pending', ...NONE, created_at: new Date().toISOString() };
    this.list.push(made);
    setTimeout(() => { Object.assign(made, this.find(body), { started_at: made.created_at, finished_at: new Date().toISOString() }); this.ended(made); }, 120);
    return { status: 202, data: made };
  }
}
