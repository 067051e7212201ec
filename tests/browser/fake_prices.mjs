// SPDX-License-Identifier: Apache-2.0
// Prices of the made-up server, and what load tests say of cost and policies by them.

const iso = (ms) => new Date(ms).toISOString().replace('Z', '000Z');
const round = (v, d = 9) => Math.round(v * 10 ** d) / 10 ** d;

export class Prices {
  constructor(Problem) {
    this.Problem = Problem;
    this.list = [];
  }

  fill() {
    const price = (id, provider, model, input, cached, output, valid_from = null, valid_to = null) => ({ id, provider, model, input_per_million: input, cached_input_per_million: cached, output_per_million: output, currency: 'USD', valid_from, valid_to, created_by: 'alice', created_at: iso(Date.now()), updated_at: iso(Date.now()) });
    this.list = [
      price(1, 'openai', 'reference-1', 0.5, 0.05, 1.5),
      price(2, 'anthropic', 'claude-sonnet-4*', 3, 0.3, 15, '2025-05-01T00:00:00.000000Z'),
      price(3, 'openai', 'llama-3.3-70b-instruct', 0.9, null, 0.9, '2025-01-01T00:00:00.000000Z', '2025-07-01T00:00:00.000000Z'),
    ];
  }

  /** The price of a model: the exact name, else the longest beginning. */
  of(model) {
    const fits = this.list.filter((p) => p.model === model || (p.model.endsWith('*') && String(model).startsWith(p.model.slice(0, -1))));
    return fits.sort((a, b) => (b.model === model) - (a.model === model) || b.model.length - a.model.length)[0] ?? null;
  }

  check(body) {
    const errors = [];
    const say = (pointer, detail) => errors.push({ pointer, detail });
    if (/\*./.test(body.model ?? '')) say('/model', 'A * can stand at the end only.');
    for (const m of ['input_per_million', 'output_per_million', 'cached_input_per_million']) if (body[m] != null && typeof body[m] !== 'number') say(`/${m}`, 'Must be a number.');
    for (const m of ['input_per_million', 'output_per_million', 'cached_input_per_million']) if (typeof body[m] === 'number' && !(body[m] >= 0 && body[m] <= 1e9)) say(`/${m}`, 'Must be from 0 to 1000000000.');
    if (Buffer.byteLength(body.model ?? '') > 500) say('/model', `Must have 1 to 500 bytes, not ${Buffer.byteLength(body.model)}.`);
    if (!/^[A-Z]{3}$/.test(body.currency ?? 'USD')) say('/currency', 'Must be three capital letters, as in ISO 4217.');
    for (const m of ['valid_from', 'valid_to']) if (body[m] && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(body[m])) say(`/${m}`, 'Must be a time as in RFC 3339.');
    if (body.valid_from && body.valid_to && body.valid_to <= body.valid_from) say('/valid_to', 'Must be later than valid_from.');
    if (errors.length) throw new this.Problem(422, 'The request breaks the rules listed in errors.', { errors });
  }

  /** An answer to `/prices/...`: `{data, status}`. */
  route(method, id, q, body, page) {
    if (id === undefined && method === 'GET') return page(this.list, q, false);
    if (method === 'POST' || method === 'PATCH') this.check(body);
    if (id === undefined) {
      const made = { cached_input_per_million: null, currency: 'USD', valid_from: null, valid_to: null, ...body, id: (this.list.at(-1)?.id ?? 0) + 1, created_at: new Date().toISOString(), updated_at: new Date().toISOString() };
      this.list.push(made);
      return { status: 201, data: made };
    }
    const price = this.list.find((p) => p.id === Number(id));
    if (!price) throw new this.Problem(404, `There is no price ${id}.`);
    if (method === 'PATCH') Object.assign(price, body);
    if (method === 'DELETE') {
      this.list.splice(this.list.indexOf(price), 1);
      return { data: { message: `Price ${id} was deleted.` } };
    }
    return { data: price };
  }
}

/** The members of a plan that are policies. */
export function checkPolicies(plan, price, say) {
  const r = plan.retry;
  if (r && !(r.max_attempts >= 1 && r.max_attempts <= 10)) say('/retry/max_attempts', 'Must be from 1 to 10.');
  if (r?.on?.length === 0) say('/retry/on', 'Must have 1 to 6 elements.');
  if (r?.base_ms !== undefined && !(r.base_ms >= 1)) say('/retry/base_ms', 'Must be from 1 to 600000.');
  if (plan.max_cost !== undefined && typeof plan.max_cost !== 'number') say('/max_cost', 'Must be a number.');
  else if (plan.max_cost !== undefined && !price) say('/max_cost', 'No price of the model is known.');
}

/** What results say; `busy` is a load test in which policies had something to do. */
export function policiesOf(plan, attempted, good, price, busy) {
  const retried = busy && plan.retry ? 14 : 0;
  const waits = busy && plan.target_limits !== 'ignore' ? 412 : 0;
  const each = price ? (24 * price.input_per_million + 61 * price.output_per_million) / 1e6 : 0;
  return {
    policies: { retries: { attempts: retried, recovered: Math.max(0, retried - 3) }, rate_limit: { waits, wait_ms: waits ? { p50: 41.2, p99: 980.5, max: 1410.7 } : { p50: null, p99: null, max: null } }, circuit: { opened: busy ? 1 : 0, refused: busy ? 9 : 0 } },
    cost: price ? {
      currency: price.currency, total: round(each * attempted * 1.08), window: round(each * attempted), per_request: round(each), per_good_request: good ? round((each * attempted) / good) : null, max_cost: plan.max_cost ?? null, unpriced: busy ? 5 : 0,
      price: { id: price.id, model: price.model, input_per_million: price.input_per_million, cached_input_per_million: price.cached_input_per_million ?? price.input_per_million, output_per_million: price.output_per_million },
    } : null,
  };
}
