// SPDX-License-Identifier: Apache-2.0
// Training of the made-up server, in the shape of docs/training.md: sessions that ended in each way there is, one that goes on, those that
// a page begins (a problem takes a few seconds), and problems without a session. Told as the module tells it.
const SECOND = 1000;
const LENGTH = 4; // seconds of a problem that is under way
const DIFFICULTIES = ['easy', 'medium', 'hard', 'extreme'];
const TYPES = ['concurrent_requests', 'network_latency', 'fault_tolerance', 'data_processing', 'memory_optimization', 'cache_efficiency', 'load_balancing', 'resource_allocation'];
const POLICIES = ['ladder', 'search', 'ability'];
const CANARY = '<img src=x onerror="document.title=\'XSS\'">';
const iso = (ms) => new Date(ms).toISOString().replace('Z', '000Z');
const round = (v, d = 3) => Math.round(v * 10 ** d) / 10 ** d;

/** A number from 0 to 1 that is always the same for the same two numbers. */
function noise(a, b) {
  let x = (Math.imul(a + 11, 374761393) + Math.imul(b + 7, 668265263)) >>> 0;
  x = Math.imul(x ^ (x >>> 13), 1274126177) >>> 0;
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
}

function wilson(p, n) {
  const z = 1.96, mid = (p + (z * z) / (2 * n)) / (1 + (z * z) / n), half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return [round(mid - half, 4), round(Math.min(1, mid + half), 4)];
}

const keyOf = (type, seed, difficulty) => `${type}_${Math.floor(noise(seed, TYPES.indexOf(type) * 4 + DIFFICULTIES.indexOf(difficulty)) * 2 ** 32).toString(16).padStart(8, '0')}`;

/** What a seed draws: the same three, the same problem. */
function draw(type, difficulty, seed, rate) {
  const level = DIFFICULTIES.indexOf(difficulty) + 1;
  const seconds = round(8 * level + 4 * noise(seed, 1), 1);
  const own = {
    concurrent_requests: [{ users: 5 * level ** 2, timeout_ms: 12_000 / level }, {}, `${5 * level ** 2} users at once for ${seconds} s with a time-out of ${12_000 / level} ms.`],
    network_latency: [{}, { delay_ms: 25 * level, jitter_ms: 6 * level, loss_rate: 0.005 * level }, `requests a second for ${seconds} s behind ${25 * level} ms of delay, ${6 * level} ms of jitter and ${0.5 * level} % of loss.`],
    fault_tolerance: [{ attempts: 3, copies: 1, hedge_after_ms: 400 }, { abort_rate: 0.02 * level, abort_after_ms: 100, dead_rate: 0.02 * level, timeout_rate: 0.01 * level, timeout_ms: 200 }, `requests a second for ${seconds} s, of which we break ${5 * level} %, with 3 attempts and 1 hedges.`],
  }[type] ?? [{ input_tokens: 250 * level }, {}, `requests a second for ${seconds} s.`];
  if (type === 'resource_allocation') own[0] = { policy: ['fair', 'priority', 'dynamic'][seed % 3], budget: 4 * level, classes: [{ name: 'interactive', share: 0.333, priority: 2 }, { name: 'batch', share: 0.667, priority: 1 }] };
  if (type === 'load_balancing') own[0] = { strategy: 'least_connections', endpoints: [] };
  const parameters = { duration_seconds: seconds, ...(type === 'concurrent_requests' ? {} : { rate: rate ?? round(10 * level ** 1.5, 1), arrivals: rate ? 'constant' : 'poisson' }), ...own[0] };
  return { parameters, perturbations: own[1], description: (parameters.rate ? `${parameters.rate} ` : '') + own[2], expected: { min_success_rate: 0.95, max_response_time_ms: 900 - 100 * level, max_error_rate: 0.05, min_throughput: round((parameters.rate ?? parameters.users) * 0.9, 1), ...(type === 'fault_tolerance' ? { min_recovered_rate: 0.9 } : {}), ...(type === 'resource_allocation' ? { max_starved: 0 } : {}) } };
}

/** What the target makes of a difficulty: it holds up to hard, and not beyond. */
const strength = (p) => (p.parameters.rate ? Math.min(1, 55 / p.parameters.rate) : [1, 0.985, 0.93, 0.55][DIFFICULTIES.indexOf(p.difficulty)]);

function judge(p, unclear) {
  const good = strength(p) * (0.985 + 0.015 * noise(p.id, 2));
  const n = Math.round((p.parameters.rate ?? p.parameters.users * 3) * p.parameters.duration_seconds);
  const slow = round(310 + 600 * (1 - good) + 90 * noise(p.id, 3), 1);
  const check = (name, measured, met, interval = null) => ({ name, expected: p.expected[name], measured, interval, met, why: interval ? (met === null ? 'Its interval holds what was expected: too few requests to tell.' : 'By its 95 % interval.') : 'By the figure itself.' });
  const share = wilson(good, n);
  const checks = [
    check('min_success_rate', round(good, 4), unclear ? null : good >= 0.95, share), check('max_response_time_ms', slow, slow <= p.expected.max_response_time_ms, [round(slow * 0.96, 1), round(slow * 1.05, 1)]),
    check('max_error_rate', round(1 - good, 4), unclear ? null : good >= 0.95, [round(1 - share[1], 4), round(1 - share[0], 4)]), check('min_throughput', round((n * good) / p.parameters.duration_seconds, 1), (n * good) / p.parameters.duration_seconds >= p.expected.min_throughput),
    ...(p.expected.max_starved === undefined ? [] : [check('max_starved', good < 0.9 ? 1 : 0, good >= 0.9)]),
    ...(p.expected.min_recovered_rate ? [check('min_recovered_rate', round(0.9 + 0.1 * good, 3), true, [0.91, 0.99])] : []),
  ];
  const named = (met) => checks.filter((c) => c.met === met);
  const missed = named(false).map((c) => `${c.name} (${c.name.startsWith('max_') ? 'at most' : 'at least'} ${c.expected}, was ${c.measured})`).join(', ');
  const verdict = missed ? `Missed: ${missed}.` : named(null).length ? `Not clear: ${named(null).map((c) => `${c.name} (${c.why})`).join(', ')}` : 'Met: all that was expected.';
  const success = checks.some((c) => c.met === false) ? false : checks.some((c) => c.met === null) ? null : true;
  const advice = [
    ...(slow > p.expected.max_response_time_ms ? [{ text: `p95 is ${Math.round(slow)} ms, allowed are ${p.expected.max_response_time_ms}, and p50 is 180: requests wait for others.`, figure: 'results.metrics.total_ms.p95', value: slow }] : slow < p.expected.max_response_time_ms / 2 ? [{ text: `p95 is ${Math.round(slow)} ms of the ${p.expected.max_response_time_ms} allowed: there is room for more load.`, figure: 'results.metrics.total_ms.p95', value: slow }] : []),
    ...(good < 0.9 ? [{ text: `${round(100 * (1 - good), 1)} % of the requests ended as rate_limited: the target limits the rate: raise its limit, or send no more than it allows.`, figure: 'results.errors.rate_limited', value: Math.round(n * (1 - good)) }] : []),
  ];
  return { success, success_rate: round(good, 4), interval: share, checks, verdict, errors: good < 1 ? [`${Math.round(n * (1 - good))} requests failed: rate_limited.`] : [], recommendations: advice, execution_time: p.parameters.duration_seconds };
}

const nothing = (why) => ({ success: null, success_rate: null, interval: null, checks: [], errors: [why], recommendations: [], verdict: `Not judged: the load test is not valid, so its figures are not the target's. ${why}`, execution_time: null });

/** Each metric over the seconds of a session. */
function metricsOf(seconds) {
  const of = (name) => {
    const values = seconds.map((o) => o[name]).filter((v) => v !== null).sort((a, b) => a - b);
    const mean = values.reduce((a, v) => a + v, 0) / values.length, middle = (values.length - 1) / 2;
    const spread = Math.sqrt(values.reduce((a, v) => a + (v - mean) ** 2, 0) / Math.max(1, values.length - 1));
    return values.length ? [[name, { seconds: values.length, min: values[0], max: values.at(-1), mean: round(mean, 6), median: (values[Math.floor(middle)] + values[Math.ceil(middle)]) / 2, std_dev: round(spread, 6) }]] : [];
  };
  return Object.fromEntries(['response_time', 'throughput', 'error_rate', 'success_rate', 'cpu_usage', 'memory_usage'].flatMap(of));
}

export class Training {
  /** tell(topic, event, data): an event. load(plan, name): a load test of that plan, begun now; ended(): the number of one that ended. */
  constructor({ scenarios, automations, Problem, tell, load, ended }) {
    Object.assign(this, { scenarios, automations, Problem, tell, load, ended, sessions: [], problems: [], last: { session: 40, problem: 5000 } });
    setInterval(() => { for (const s of this.sessions) if (!s.ended_at) this.advance(s); for (const p of this.problems) if (p.session_id === null && p.status === 'running') this.look(p); }, 250).unref();
  }

  automationOf(scenarioId) { return this.automations().find((a) => a.id === this.scenarios().find((s) => s.id === scenarioId)?.automation_id); }

  begin(plan, more = {}) {
    const scenario = this.scenarios().find((s) => s.id === plan.scenario_id);
    const whole = { policy: 'ladder', difficulty: 'easy', seed: 1, duration_scale: 1, keep_rows: 0.01, settings: {}, expected: {}, ...plan, name: plan.name ?? scenario.name, budget: { seconds: 3600, requests: 1_000_000, problems: 1000, ...plan.budget }, limits: { max_rate: 200, max_concurrency: 500, duration_scale: 1 } };
    const s = {
      id: ++this.last.session, name: whole.name, status: 'running', ended_by: null, reason: null, project_id: 1, scenario_id: plan.scenario_id, automation_id: scenario.automation_id, policy: whole.policy, difficulty: whole.difficulty, problem_id: null,
      total_scenarios: 0, successful_scenarios: 0, unclear_scenarios: 0, average_performance: null, requests: 0, tokens: 0, cost: 0, conclusion: null, metrics: null, created_by: 'alice', started_at: iso(Date.now()), ended_at: null, plan: whole, moves: [], ...more,
    };
    this.sessions.push(s);
    return s;
  }

  make(type, difficulty, seed, { rate, ...more } = {}) {
    const p = {
      id: ++this.last.problem, key: keyOf(type, seed, difficulty), name: null, session_id: null, scenario_id: null, loadtest_id: null, type, difficulty, seed, why: null, ...draw(type, difficulty, seed, rate),
      status: 'generated', completed: false, success: null, success_rate: null, verdict: null, execution_time: null, results: null, created_at: iso(Date.now()), finished_at: null, seconds: [], ...more,
    };
    this.problems.push(p);
    return p;
  }

  /** The next problem of a session, begun at `at`. */
  give(s, at) {
    const n = this.of(s).length;
    const types = s.plan.types ?? (s.policy === 'ladder' ? TYPES.slice(0, 6) : ['network_latency']);
    const rate = s.policy === 'ladder' ? undefined : s.next ?? 10;
    const last = s.moves.at(-1);
    const p = this.make(types[n % types.length], s.policy === 'ladder' ? s.difficulty : 'medium', Math.floor(noise(s.plan.seed, n) * 1e9), { rate, session_id: s.id, scenario_id: s.scenario_id, status: 'running', why: last?.why ?? 'The first step.', created_at: iso(at) });
    Object.assign(p.expected, s.plan.expected);
    s.problem_id = p.id;
    p.began = at;
    return p;
  }

  of(s) { return this.problems.filter((p) => p.session_id === s.id); }

  second(p, second, at) {
    const good = strength(p);
    const n = p.parameters.rate ?? p.parameters.users * 3;
    const failed = Math.round(n * (1 - good) * (0.6 + 0.8 * noise(p.id, second)));
    const completed = Math.max(0, Math.round(n * (0.9 + 0.2 * noise(p.id + 1, second))) - failed);
    const quiet = completed + failed === 0;
    return { at: iso(at), problem_id: p.id, second, response_time: completed ? round(190 * (1.2 - 0.2 * good) * (0.8 + 0.5 * noise(p.id, second + 40)) + 500 * (1 - good), 2) : null, throughput: completed, error_rate: quiet ? null : round(failed / (completed + failed), 4), success_rate: quiet ? null : round(completed / (completed + failed), 4), cpu_usage: round(6 + 0.4 * n * noise(p.id, second + 80), 1), memory_usage: round(58 + 4 * noise(p.id, second + 90), 2), ...this.targetOf(p, n, second) };
  }

  /** What the target uses: it tells where its automation names a page that does. */
  targetOf(p, n, second) {
    const told = p.scenario_id !== null && this.automationOf(p.scenario_id)?.connection.metrics_url;
    return { target_cpu_usage: told ? round(40 + 3 * n * noise(p.id, second + 100), 1) : null, target_memory_usage: told ? round(2210 + 60 * noise(p.id, second + 110), 1) : null };
  }

  /** A problem has been executed: judged, counted, learnt from. */
  settle(s, p, at, unclear = false) {
    const judgement = judge(p, unclear);
    Object.assign(p, { status: 'completed', completed: true, success: judgement.success, success_rate: judgement.success_rate, verdict: judgement.verdict, execution_time: judgement.execution_time, results: judgement, finished_at: iso(at) });
    if (!s) return;
    const share = judgement.success_rate;
    s.average_performance = round(((s.average_performance ?? 0) * s.total_scenarios + share) / (s.total_scenarios + 1), 6);
    s.total_scenarios++;
    s.successful_scenarios += judgement.success === true ? 1 : 0;
    s.unclear_scenarios += judgement.success === null ? 1 : 0;
    s.requests += Math.round((p.parameters.rate ?? p.parameters.users * 3) * p.parameters.duration_seconds);
    s.tokens = s.requests * 83;
    s.problem_id = null;
    s.moves.push({ ...this.move(s, p, share), problem_id: p.id, success: judgement.success, verdict: judgement.verdict });
  }

  move(s, p, share) {
    if (s.policy === 'ladder') {
      const i = DIFFICULTIES.indexOf(s.difficulty);
      const to = DIFFICULTIES[share > 0.95 ? Math.min(3, i + 1) : share < 0.7 ? Math.max(0, i - 1) : i];
      const why = `${round(100 * share, 1)} % of the requests were answered in time, ${share > 0.95 ? 'more than 95 %' : share < 0.7 ? 'less than 70 %' : 'between 70 and 95 %'}: ${to === s.difficulty ? 'it stays' : DIFFICULTIES.indexOf(to) > i ? 'up' : 'down'}.`;
      const from = s.difficulty;
      s.difficulty = to;
      return { from, to, why };
    }
    const from = p.parameters.rate;
    const passed = strength(p) > 0.97;
    s.low = passed ? Math.max(s.low ?? 0, from) : s.low ?? 0;
    s.high = passed ? s.high ?? null : Math.min(s.high ?? 1e9, from);
    s.next = round(s.high === null ? from * 2 : Math.sqrt(Math.max(1, s.low) * s.high), 1);
    const known = s.high !== null && s.low > 0 && s.high / s.low < 1.08;
    return { from, to: known ? null : s.next, why: known ? 'The capacity is known to 4.1 %.' : s.policy === 'ability' ? `The capacity is known to ${round(40 / (s.moves.length + 1), 1)} %, about 53.${s.moves.length}/s: a request tells most at ${s.next}/s.` : s.high === null ? `${from}/s passed: the double.` : `${s.low}/s passed and ${s.high}/s failed: between them.` };
  }

  end(s, status, ended_by, reason, at) {
    const low = s.low ?? null, high = s.high ?? null;
    const rated = s.policy !== 'ladder' && low !== null && high !== null;
    const capacity = rated ? { estimate: s.policy === 'search' ? round(Math.sqrt(low * high), 2) : 53.4, low: s.policy === 'search' ? low : 50.8, high: s.policy === 'search' ? high : 56.1, confidence: 0.95, unit: 'requests/s' } : null;
    const sentence = s.policy === 'ladder' ? `The target is at difficulty ${s.difficulty} after ${s.total_scenarios} problems. ${reason}`
      : !rated ? 'Nothing is known of the capacity.' : s.policy === 'search' ? `The target keeps up with ${low} requests a second and does not with ${high}, each with 95.0 % confidence.` : `The target takes 53.4 requests a second, between 50.8 and 56.1 with 95.0 % confidence. ${reason}`;
    for (const p of this.of(s)) if (p.status === 'running') Object.assign(p, { status: status === 'stopped' ? 'cancelled' : 'failed', finished_at: iso(at) });
    Object.assign(s, { status, ended_by, reason: ended_by === 'policy' ? sentence : reason, ended_at: iso(at), problem_id: null, conclusion: { capacity, difficulty: s.policy === 'ladder' ? s.difficulty : null, sentence, problems: s.total_scenarios, moves: s.moves.slice(-100) } });
    s.metrics = metricsOf(this.of(s).flatMap((p) => p.seconds));
    this.said(s, 'ended', { ended_by: s.ended_by, reason: s.reason });
  }

  said(s, change, more = {}) { this.tell('training', 'changed', { id: s.id, change, scenario_id: s.scenario_id, automation_id: s.automation_id, status: s.status, ...more }); }

  /** What an engine would have done by now. */
  advance(s) {
    if (s.ended_at || !this.sessions.includes(s)) return;
    const now = Date.now();
    if (s.status === 'stopping') { if (now - s.stopAt > 600) this.end(s, 'stopped', 'user', 'Stopped by a user.', now); return; }
    const p = this.problems.find((o) => o.id === s.problem_id);
    if (!p) {
      if (now - Date.parse(s.started_at) < 500) return;
      if (this.down(s) && s.total_scenarios >= 3) { this.end(s, 'failed', 'target', 'Three problems in a row had no answer at all: the target is down, or does not take them.', now); return; }
      if (s.total_scenarios >= s.plan.budget.problems) { this.end(s, 'completed', 'budget', `The budget of ${s.plan.budget.problems} problems is used up.`, now); return; }
      const made = this.give(s, now);
      this.said(s, 'updated', { problem_id: made.id, difficulty: s.difficulty });
      return;
    }
    const gone = Math.floor((now - p.began) / SECOND);
    while (!this.down(s) && p.seconds.length < Math.min(gone, LENGTH)) {
      const second = this.second(p, p.seconds.length, p.began + (p.seconds.length + 1) * SECOND);
      p.seconds.push(second);
      const failed = Math.round((second.throughput * (second.error_rate ?? 0)) / Math.max(0.001, 1 - (second.error_rate ?? 0)));
      this.tell('training', 'metric', { id: s.id, problem_id: p.id, scenario_id: p.key, second: second.second, metrics: { second: second.second, completed: second.throughput, failed, e2e_ms: { p50: second.response_time }, cpu_usage: second.cpu_usage, memory_usage: second.memory_usage } });
    }
    if (gone < (this.down(s) ? 1 : LENGTH)) return;
    if (this.down(s)) { const results = nothing('29 requests failed: connection_refused.'); Object.assign(p, { status: 'completed', completed: true, results, verdict: results.verdict, success_rate: 0, finished_at: iso(now) }); s.total_scenarios++; s.unclear_scenarios++; s.average_performance = 0; s.requests += 29; s.problem_id = null; } else this.settle(s, p, now);
    this.tell('training', 'scenario_completed', { id: s.id, problem_id: p.id, scenario_id: p.key, completed: p.completed, success: p.success, success_rate: p.success_rate ?? 0, execution_time: p.execution_time ?? 0, metrics: [], errors: p.results.errors, recommendations: p.results.recommendations.map((r) => r.text) });
    this.tell('training', 'update', { id: s.id, problem_id: p.id, scenario_id: p.key, success_rate: p.success_rate ?? 0, execution_time: p.execution_time ?? 0, difficulty: s.difficulty, scenarios_completed: s.total_scenarios });
    if (s.policy !== 'ladder' && s.moves.at(-1)?.to === null) this.end(s, 'completed', 'policy', 'The capacity is known to 4.1 %.', now);
  }

  /** Nobody listens there. */
  down(s) { return s.name.startsWith('down'); }

  /** A problem alone ends with its load test. */
  look(p) {
    if (Date.now() - p.began < 3000) return;
    this.settle(null, p, Date.now());
    this.tell('training', 'scenario_completed', { id: null, problem_id: p.id, scenario_id: p.key, completed: true, success: p.success, success_rate: p.success_rate, execution_time: p.execution_time, metrics: [], errors: [], recommendations: [] });
  }

  /** A session that ended `back` ms ago after `n` problems. */
  past(plan, back, n, status = 'completed', ended_by = 'budget', reason = `The budget of ${n} problems is used up.`) {
    const tell = this.tell;
    this.tell = () => undefined;
    const end = Date.now() - back;
    const s = this.begin(plan, { started_at: iso(end - n * 14 * SECOND) });
    for (let i = 0; i < n; i++) {
      const at = end - (n - i) * 14 * SECOND;
      const p = this.give(s, at);
      p.loadtest_id = this.ended();
      p.seconds = Array.from({ length: 12 }, (_, k) => this.second(p, k, at + (k + 1) * SECOND));
      this.settle(s, p, at + 13 * SECOND, i % 7 === 5);
      if (s.policy !== 'ladder' && s.moves.at(-1).to === null) break;
    }
    this.end(s, status, ended_by, reason, end);
    this.tell = tell;
    return s;
  }

  fill() {
    Object.assign(this, { sessions: [], problems: [], last: { session: 40, problem: 5000 } });
    if (this.scenarios().length === 0) return;
    const hour = 3_600_000;
    for (let i = 0; i < 58; i++) this.past({ scenario_id: 1 + (i % 2), name: `nightly ${58 - i}`, seed: i + 1 }, (60 - i) * 24 * hour, 2 + (i % 3));
    this.past({ scenario_id: 2, name: CANARY }, 12 * hour, 1);
    this.ids = {
      ladder: this.past({ scenario_id: 1, name: 'how far up the ladder', seed: 3 }, 9 * hour, 46).id,
      ability: this.past({ scenario_id: 1, name: 'capacity, quickly', policy: 'ability', seed: 5 }, 7 * hour, 30, 'completed', 'policy', 'The capacity is known to 4.1 %.').id,
      search: this.past({ scenario_id: 1, name: 'capacity, by bisection', policy: 'search', seed: 5 }, 6 * hour, 30, 'completed', 'policy', 'The two rates are near enough.').id,
      stopped: this.past({ scenario_id: 2, name: 'stopped in the middle' }, 5 * hour, 5, 'stopped', 'user', 'Stopped by a user.').id,
    };
    this.ids.climbs = this.past({ scenario_id: 3, name: 'up, and none met', seed: 8, types: ['concurrent_requests'], expected: { min_throughput: 1000 } }, 4.5 * hour, 4).id;
    const dead = this.past({ scenario_id: 3, name: 'nobody listened' }, 4 * hour, 0, 'failed', 'target', 'Three problems in a row had no answer at all: the target is down, or does not take them.');
    Object.assign(dead, { conclusion: null });
    this.ids.failed = dead.id;
    for (const [i, type] of TYPES.entries()) this.make(type, DIFFICULTIES[i % 4], 1000 + i, { name: i === 0 ? 'the crowd at nine' : i === 1 ? CANARY : null, created_at: iso(Date.now() - (20 - i) * hour) });
    this.running = this.begin({ scenario_id: 1, name: 'under way now', seed: 9, budget: { seconds: 36_000, requests: 500_000 } }, { started_at: iso(Date.now() - 90 * SECOND) });
    for (let i = 0; i < 6; i++) {
      const at = Date.now() - (6 - i) * 14 * SECOND;
      const p = this.give(this.running, at);
      p.loadtest_id = this.ended();
      p.seconds = Array.from({ length: 12 }, (_, k) => this.second(p, k, at + (k + 1) * SECOND));
      this.settle(this.running, p, at + 13 * SECOND, i === 4);
    }
    this.ids.running = this.running.id;
  }

  shown(s, listed) {
    const { low, high, next, stopAt, ...rest } = s;
    if (listed) { delete rest.plan; delete rest.moves; }
    return rest;
  }

  problem(p, listed) {
    const { seconds, began, ...rest } = p;
    if (listed) delete rest.results;
    return rest;
  }

  check(body) {
    const errors = [];
    const say = (pointer, detail) => errors.push({ pointer, detail });
    const automation = this.automationOf(body.scenario_id);
    if (!automation) throw new this.Problem(404, `There is no scenario ${body.scenario_id}.`);
    if (body.policy !== undefined && !POLICIES.includes(body.policy)) say('/policy', `Must be one of ${POLICIES.join(', ')}.`);
    if (body.difficulty !== undefined && !DIFFICULTIES.includes(body.difficulty)) say('/difficulty', `Must be one of ${DIFFICULTIES.join(', ')}.`);
    for (const [name, least] of [['seconds', 1], ['requests', 1], ['problems', 1], ['tokens', 1]]) { const v = body.budget?.[name]; if (v !== undefined && !(typeof v === 'number' && v >= least)) say(`/budget/${name}`, `Must be a number from ${least} on.`); }
    if (body.duration_scale !== undefined && !(body.duration_scale >= 0.001 && body.duration_scale <= 1)) say('/duration_scale', 'Must be from 0.001 to 1.');
    if (!errors.length && !(automation.confirmed_rate > 0)) say('/scenario_id', `Training looks for what a target cannot take. An operator must once have said how much may be tried: set confirmed_rate of automation ${automation.id} to the requests a second that it may get.`);
    if (errors.length) throw new this.Problem(422, 'The request breaks the rules listed in errors.', { errors });
    const other = this.sessions.find((s) => s.automation_id === automation.id && !s.ended_at);
    if (other) throw new this.Problem(409, `Automation ${automation.id} is being trained on by session ${other.id}; one at a time.`, { code: 'already_training' });
  }

  execute(p, body) {
    const automation = this.automationOf(body.scenario_id ?? p.scenario_id);
    if (!automation) throw new this.Problem(422, 'The request breaks the rules listed in errors.', { errors: [{ pointer: '/scenario_id', detail: 'Must be given.' }] });
    if (!(automation.confirmed_rate > 0)) throw new this.Problem(422, 'The request breaks the rules listed in errors.', { errors: [{ pointer: '/scenario_id', detail: `An operator must once have said how much may be tried: set confirmed_rate of automation ${automation.id}.` }] });
    if (this.sessions.some((s) => s.automation_id === automation.id && !s.ended_at)) throw new this.Problem(409, `Automation ${automation.id} is being trained on; one problem at a time.`, { code: 'already_training' });
    const copy = p.status === 'generated' ? p : this.make(p.type, p.difficulty, p.seed, { name: p.name, parameters: p.parameters, perturbations: p.perturbations, expected: p.expected, description: p.description });
    const loadtest_id = this.load({ scenario_id: body.scenario_id ?? p.scenario_id, name: copy.key, load_model: { type: 'constant', rate: 20 }, duration_seconds: 2, certificate: false, drain_seconds: 1, ...(copy.type === 'resource_allocation' ? { classes: { budget: copy.parameters.budget, policy: copy.parameters.policy, list: copy.parameters.classes.map((c) => ({ inputs: {}, ...c })) } } : {}), ...(copy.parameters.endpoints?.length ? { endpoints: { urls: copy.parameters.endpoints, strategy: copy.parameters.strategy } } : {}) });
    Object.assign(copy, { status: 'running', scenario_id: body.scenario_id ?? p.scenario_id, loadtest_id, began: Date.now() });
    return copy;
  }

  /** An answer to what is asked of training; undefined where it is not. `made`: what Location names. */
  route(method, [, head, a, b, c], q, body, page) {
    if (head === 'scenarios' && a === 'generate') {
      const seed = body.seed ?? Math.floor(Math.random() * 1e9);
      if (body.parameters?.users !== undefined && typeof body.parameters.users !== 'number') throw new this.Problem(422, 'The request breaks the rules listed in errors.', { errors: [{ pointer: '/parameters/users', detail: 'Must be a whole number.' }] });
      const errors = [];
      const classes = body.parameters?.classes;
      for (const [i, c] of (classes ?? []).entries()) for (const name of ['name', 'share', 'priority']) if (c[name] === undefined || c[name] === '') errors.push({ pointer: `/parameters/classes/${i}/${name}`, detail: 'Is missing.' });
      if (classes && !errors.length && Math.abs(classes.reduce((sum, c) => sum + c.share, 0) - 1) > 0.01) errors.push({ pointer: '/parameters/classes', detail: 'The shares must add up to 1.' });
      if (errors.length) throw new this.Problem(422, 'The request breaks the rules listed in errors.', { errors });
      const p = this.make(body.scenario_type ?? TYPES[seed % 8], body.difficulty ?? 'easy', seed, { name: body.name ?? null });
      for (const group of ['parameters', 'perturbations', 'expected']) Object.assign(p[group], body[group]);
      return { made: `training/problems/${p.id}`, data: { id: p.key, created_at: p.created_at, scenario_type: p.type, difficulty: p.difficulty, seed, parameters: p.parameters, perturbations: p.perturbations, description: p.description, expected_outcomes: p.expected } };
    }
    if (head !== 'training') return undefined;
    return a === 'problems' ? this.routeProblems(method, b, c, q, body, page) : a === 'sessions' ? this.routeSessions(method, b, c, q, body, page) : undefined;
  }

  routeProblems(method, id, part, q, body, page) {
    if (id === undefined) {
      const is = (p, name) => !q.get(name) || q.get(name).split(',').includes(String(p[name]));
      const answer = page(this.problems.filter((p) => p.session_id === null && ['type', 'difficulty', 'status'].every((f) => is(p, f))), q, q.get('order') !== 'asc');
      return { ...answer, data: answer.data.map((p) => this.problem(p, true)) };
    }
    const p = this.problems.find((o) => o.id === Number(id));
    if (!p) throw new this.Problem(404, `There is no problem ${id}.`);
    if (part === 'execute') { const copy = this.execute(p, body); return { status: 202, made: `training/problems/${copy.id}`, data: this.problem(copy) }; }
    if (method === 'DELETE') { this.problems.splice(this.problems.indexOf(p), 1); return { data: { message: `Problem ${id} was deleted.` } }; }
    return { data: this.problem(p) };
  }

  compare(q) {
    const [a, b] = ['a', 'b'].map((side) => {
      const s = this.sessions.find((o) => o.id === Number(q.get(side)));
      if (!q.get(side)) throw new this.Problem(422, 'The request breaks the rules listed in errors.', { errors: [{ pointer: `?${side}`, detail: 'Must be given: the number of a session.' }] });
      if (!s) throw new this.Problem(404, `There is no training session ${q.get(side)}.`);
      return s;
    });
    const sideOf = (s) => ({ id: s.id, name: s.name, policy: s.policy, status: s.status, automation_id: s.automation_id, difficulty: s.difficulty, problems: s.total_scenarios, met: s.successful_scenarios, unclear: s.unclear_scenarios, success_rate: s.average_performance, estimate: null, low: null, high: null, confidence: null, ...Object.fromEntries(Object.entries(s.conclusion?.capacity ?? {}).filter(([k]) => k !== 'unit')) });
    const [x, y] = [sideOf(a), sideOf(b)];
    const both = x.low !== null && y.low !== null;
    const verdict = !both ? 'not_comparable' : y.low > x.high ? 'better' : y.high < x.low ? 'worse' : 'no_difference';
    const kinds = new Map();
    for (const [of, side] of [[a, 'a'], [b, 'b']]) for (const p of this.of(of).filter((o) => o.completed)) {
      const k = kinds.get(`${p.type} ${p.difficulty}`) ?? { type: p.type, difficulty: p.difficulty, a_problems: 0, a_met: 0, a_success_rate: null, b_problems: 0, b_met: 0, b_success_rate: null };
      k[`${side}_success_rate`] = round(((k[`${side}_success_rate`] ?? 0) * k[`${side}_problems`] + p.success_rate) / (k[`${side}_problems`] + 1), 4);
      k[`${side}_problems`]++;
      k[`${side}_met`] += p.success ? 1 : 0;
      kinds.set(`${p.type} ${p.difficulty}`, k);
    }
    return {
      verdict, sentence: both ? `B takes ${y.estimate}/s (${y.low} to ${y.high}), A ${x.estimate}/s (${x.low} to ${x.high}): the intervals ${verdict === 'no_difference' ? 'touch, so no difference is shown' : 'do not touch'}.` : 'One of them has no capacity to compare.', a: x, b: y,
      ratio: both ? { value: round(y.estimate / x.estimate), low: round(y.low / x.high), high: round(y.high / x.low) } : null, kinds: [...kinds.values()],
      configuration: Object.keys(a.plan).filter((k) => k !== 'name' && JSON.stringify(a.plan[k]) !== JSON.stringify(b.plan[k])).map((what) => ({ what, a: a.plan[what] ?? null, b: b.plan[what] ?? null })),
    };
  }

  routeSessions(method, id, part, q, body, page) {
    if (id === undefined && method === 'POST') {
      this.check(body);
      const s = this.begin(body);
      this.said(s, 'created');
      return { status: 201, data: this.shown(s) };
    }
    if (id === undefined) {
      const status = q.get('status')?.split(',');
      const answer = page(this.sessions.filter((s) => (!status || status.includes(s.status)) && (!q.get('automation_id') || String(s.automation_id) === q.get('automation_id'))), q, q.get('order') !== 'asc');
      return { ...answer, data: answer.data.map((s) => this.shown(s, true)) };
    }
    if (id === 'compare') return { data: this.compare(q) };
    const s = this.sessions.find((o) => o.id === Number(id));
    if (!s) throw new this.Problem(404, `There is no training session ${id}.`);
    if (part === 'problems') { const answer = page(this.of(s), q, q.get('order') === 'desc'); return { ...answer, data: answer.data.map((p) => this.problem(p)) }; }
    if (part === 'metrics') {
      const from = Number(q.get('after_problem') ?? 0), after = Number(q.get('after_second') ?? -1);
      return { data: this.of(s).flatMap((p) => p.seconds).filter((o) => o.problem_id > from || (o.problem_id === from && o.second > after)).slice(0, Number(q.get('limit') ?? 1000)) };
    }
    if (part === 'stop') {
      if (s.ended_at && s.status !== 'stopped') throw new this.Problem(409, `Training session ${id} has already ended: ${s.status}.`, { code: 'already_finished' });
      if (!s.ended_at) { Object.assign(s, { status: 'stopping', stopAt: Date.now() }); this.said(s, 'updated'); }
      return { status: 202, data: this.shown(s) };
    }
    if (method === 'DELETE') {
      if (!s.ended_at) throw new this.Problem(409, `Training session ${id} is under way; stop it first.`, { code: 'still_running' });
      this.problems = this.problems.filter((p) => p.session_id !== s.id);
      this.sessions.splice(this.sessions.indexOf(s), 1);
      this.said(s, 'deleted');
      return { data: { message: `Training session ${id} was deleted.` } };
    }
    return { data: this.shown(s) };
  }
}
