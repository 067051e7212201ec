// SPDX-License-Identifier: Apache-2.0
// Text that people and targets give stays text: every string that a body of the API takes (docs/openapi.json) is one that would be a
// script, a template, or turn the line round; so is all that a target answers. Every page that shows them is opened at 390 px: nothing
// runs, nothing is asked for, nothing is wider than the screen. So do the reports, and no cell of a CSV is a formula.
import { api, at, browser, check, fake, open, settled, shots, test } from './driver.mjs';
import { hostileTarget } from './hostile_target.mjs';
import { bodySchema, schemaNamed, taking } from './reference.mjs';

const SCRIPT = '"><img src=x onerror=window.__xss=1>';
// a template, a right-to-left override, a zero-width space, and a word as wide as a page
const CANARY = `${SCRIPT}{{7*7}}\u202egnol\u200b${'W'.repeat(70)}`;
const FORMULA = "=HYPERLINK(\"http://evil.example\")";
const json = { 'content-type': 'application/json' };
const call = async (method, path, body) => { const r = await fetch(at(`/api/v1${path}`), { method, headers: json, ...(body ? { body: JSON.stringify(body) } : {}) }); return { status: r.status, data: r.status === 204 ? null : await r.json() }; };

/** As much of it as fits into so many bytes: limits are of bytes, whatever a schema calls them. */
const fitting = (most) => { let text = CANARY; while (Buffer.byteLength(text) > most) text = text.slice(0, -1); return text; };

/** A body with the canary in every string that is free; `own` are members that have to mean something. */
function poison(schema_, own = {}, top = true) {
  const schema = schemaNamed(schema_);
  const kind = [(schema.anyOf ? schemaNamed(schema.anyOf[0]) : schema).type].flat()[0];
  if (schema.enum) return schema.enum[0];
  if (kind === 'string') return schema.format === 'date-time' ? undefined : fitting(schema.maxLength ?? Infinity);
  if (kind === 'array') { const one = schema.items && poison(schema.items, {}, false); return one === undefined ? [] : [one]; }
  if (kind !== 'object') return undefined; // numbers have their defaults
  if (!schema.properties) return { [CANARY]: CANARY, plain: SCRIPT };
  return Object.fromEntries(Object.entries(schema.properties).flatMap(([name, its]) => {
    const value = name in own ? own[name] : poison(its, {}, false);
    return value === undefined ? [] : [[name, value]];
  }));
}

const at_ = (body, pointer) => pointer.split('/').slice(1, -1).reduce((o, k) => o?.[k.replaceAll('~1', '/').replaceAll('~0', '~')], body);
const strings = (value) => (typeof value === 'string' ? [value] : value && typeof value === 'object' ? Object.values(value).flatMap(strings) : []);

/** Makes the object; what the server refuses is left out, member by member, as it says. */
async function make(path, own) {
  const body = poison(bodySchema('post', path), own);
  for (let i = 0; i < 12; i++) {
    const { status, data } = await call('POST', path, body);
    if (status < 300) return { data, kept: strings(body).filter((s) => s.includes('onerror')).length };
    check(status === 422 && data.errors?.length, `${path}: ${status} ${JSON.stringify(data)}`);
    for (const { pointer } of data.errors) {
      const holder = at_(body, pointer);
      const name = pointer.split('/').at(-1);
      check(holder && pointer !== '', `${path}: ${JSON.stringify(data.errors)}`);
      if (Array.isArray(holder)) holder.splice(0, holder.length);
      else if (holder === body && (schemaNamed(bodySchema('post', path)).required ?? []).includes(name)) throw new Error(`${path}: ${JSON.stringify(data.errors)}`);
      else delete holder[name in holder ? name : Object.keys(holder).find((k) => k.replaceAll('~', '~0').replaceAll('/', '~1') === name) ?? name];
    }
  }
  throw new Error(`${path} takes none of it`);
}

/** What was made, in the order in which it can be deleted; a session goes before what it trains on. */
const made = [];
async function objects(evil) {
  const least = (n, what, kept) => check(kept >= n, `${what}: only ${kept} strings were taken`);
  const automation = async (kind, more = {}) => make('/automations', { ...more, provider: 'openai', tinyfish_automation_id: undefined, connection: { url: evil.url(kind), model: CANARY.replace('{{7*7}}', ''), headers: { 'X-Canary': SCRIPT } }, default_inputs: { max_tokens: 8 } });
  const fine = await automation('fine', { confirmed_rate: 20 });
  const refusing = await automation('refuse');
  made.unshift(['/automations', fine.data.id], ['/automations', refusing.data.id]);
  least(3, 'automation', fine.kept);
  const scenario = async (automationId) => make('/scenarios', { automation_id: automationId, inputs_template: { prompt: `${SCRIPT}\u202egnol`, [SCRIPT]: SCRIPT }, run_settings: {}, slos: [{ name: CANARY.slice(0, 100), metric: 'ttft_ms', max: 500, window: '7d' }] });
  const asked = await scenario(fine.data.id);
  made.unshift(['/scenarios', asked.data.id]);
  const refused = await scenario(refusing.data.id);
  made.unshift(['/scenarios', refused.data.id]);
  least(4, 'scenario', asked.kept);
  const price = await make('/prices', { provider: 'openai', input_per_million: 1, output_per_million: 1, currency: 'USD', model: CANARY.replace('*', '') });
  const dataset = await make('/datasets', { format: 'jsonl', content: `${JSON.stringify({ prompt: CANARY, [SCRIPT]: SCRIPT })}\n` });
  least(1, 'price', price.kept);
  least(2, 'dataset', dataset.kept);
  const load = await make('/loadtests', { scenario_id: asked.data.id, load_model: { type: 'constant', rate: 20 }, duration_seconds: 1, warmup_seconds: 0, drain_seconds: 5, certificate: false, faults: undefined, endpoints: undefined, classes: { budget: 5, list: [{ name: SCRIPT, share: 1 }] }, keep_rows: undefined, hedge: undefined, timeout_ms: undefined, slos: undefined, dataset: undefined, location: undefined, locations: undefined, retry: undefined, max_cost: undefined, stop: undefined, inputs_override: undefined });
  least(1, 'load test', load.kept);
  const runs = [];
  for (const s of [asked, refused]) {
    const queued = await call('POST', '/runs', { scenario_id: s.data.id, count: 1, labels: [SCRIPT, FORMULA].map((l) => l.slice(0, 50)), inputs_override: { [SCRIPT]: CANARY.replace('{{7*7}}', '') } });
    check(queued.status === 202, JSON.stringify(queued.data));
    runs.push(...queued.data.run_ids);
  }
  made.unshift(['/loadtests', load.data.id], ['/datasets', dataset.data.id], ['/prices', price.data.id]);
  const problems = [];
  for (const own of [{ scenario_type: 'load_balancing', parameters: { endpoints: [`http://127.0.0.1:9/${SCRIPT}`] } }, { scenario_type: 'resource_allocation', parameters: { classes: [{ name: SCRIPT, share: 1, priority: 1 }] } }]) {
    const kept = await make('/scenarios/generate', { ...own, difficulty: 'easy', expected: {} });
    least(2, own.scenario_type, kept.kept);
    const [problem] = await api('/training/problems?limit=1');
    problems.push(problem.id);
    made.unshift(['/training/problems', problem.id]);
  }
  const session = await make('/training/sessions', { scenario_id: asked.data.id, policy: 'ladder', types: ['concurrent_requests'], difficulty: 'easy', duration_scale: 0.05, keep_rows: 1, budget: { seconds: 60, problems: 1, requests: 200 } });
  const source = await make('/trace-sources', { url: 'http://127.0.0.1:9', public_key: 'pk-lf-canary', secret: 'canary', paused: true, words: undefined, bodies: undefined });
  made.unshift(['/trace-sources', source.data.id]);
  least(2, 'trace source', source.kept);
  made.unshift(['/training/sessions', session.data.id]);
  least(1, 'session', session.kept);
  return { problems, source: source.data.id, session: session.data.id, fine: fine.data.id, asked: asked.data.id, refused: refused.data.id, price: price.data.id, dataset: dataset.data.id, load: load.data.id ?? load.data.loadtest_ids?.[0], runs };
}

async function until(what, seconds, truth) {
  for (let i = 0; i < seconds * 5; i++) { if (await truth()) return; await new Promise((go) => setTimeout(go, 200)); }
  throw new Error(`${what} does not end`);
}
const over = (status) => ['completed', 'failed', 'timed_out', 'cancelled', 'interrupted'].includes(status);

/** The page shows the canary as text, and nothing came of it. */
async function unharmed(page, path, shown) {
  if (shown) {
    await page.waitForFunction(() => `${document.body.innerText} ${[...document.querySelectorAll('input, textarea')].map((f) => f.value).join(' ')}`.includes('onerror=window.__xss=1>'))
      .catch(() => { throw new Error(`${path}: the text is not shown`); });
  }
  check(!(await page.evaluate(() => window.__xss)), `${path}: a stored text became a script`);
  check((await page.$$('img[src="x"], [onerror]')).length === 0, `${path}: a stored text became an element`);
  check(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), `${path}: wider than the screen`);
}

const evil = await hostileTarget(CANARY);
let its = null;

await test('canary: every resource takes it as text', async () => {
  check(taking().length > 15, 'the reference has lost its bodies');
  its = await objects(evil);
  if (fake) return;
  await until('a run', 30, async () => (await Promise.all(its.runs.map((id) => api(`/runs/${id}`)))).every((r) => over(r.status)));
  const noted = await call('PATCH', `/runs/${its.runs[0]}`, { note: CANARY });
  await until('the session', 60, async () => (await api(`/training/sessions/${its.session}`)).ended_at !== null);
  check(noted.status === 200, `a note was not taken: ${JSON.stringify(noted.data)}`);
});

const PAGES = () => [
  ['/', false], ['/automations', true], [`/automations/${its.fine}`, true], ['/scenarios', true], [`/scenarios/${its.asked}`, true], ['/runs', true],
  [`/runs?q=${encodeURIComponent(CANARY)}&label=${encodeURIComponent(CANARY)}`, true], [`/runs/${its.runs[0]}`, true], [`/runs/${its.runs[0]}?tab=request`, true], [`/runs/${its.runs[0]}?tab=events`, false], [`/runs/${its.runs[1]}`, true],
  ['/kpis?from=now-24h&metric=ttft_ms&group_by=scenario', !fake], [`/kpis?from=now-24h&metric=ttft_ms&group_by=model`, !fake], [`/compare?a=scenario:${its.asked}&b=scenario:${its.refused}`, true], [`/compare?a=${encodeURIComponent(CANARY)}&b=${encodeURIComponent(SCRIPT)}`, true],
  ['/training', true], [`/training/${its.session}`, true], [`/training/new?from=${its.session}`, true], ['/training/problems', true], ...its.problems.map((id) => [`/training/problems/${id}`, true]), [`/training/compare?a=${its.session}&b=${its.session}`, true],
  ['/loadtests', true], [`/loadtests/${its.load}`, true], [`/loadtests/new?from=${its.load}`, true], ['/datasets', true], [`/datasets/${its.dataset}`, true], [`/datasets/${its.dataset}?entry=1`, true],
  ['/traces/sources', true], [`/traces/sources/${its.source}`, true], [`/traces/sources/${its.source}?dialog=edit`, true], [`/traces/list?user_id=${encodeURIComponent(CANARY)}&tag=${encodeURIComponent(SCRIPT)}`, true], [`/traces?id=${encodeURIComponent(CANARY)}`, true],
  [`/traces/trace?source=1&trace=${encodeURIComponent(CANARY)}`, true], [`/traces/session?source=1&session=${encodeURIComponent(CANARY)}`, true], [`/agents?q=${encodeURIComponent(CANARY)}`, true], [`/agents/agent?agent=${encodeURIComponent(CANARY)}`, true],
  ['/settings', true], [`/settings/prices/${its.price}`, true], ['/engine', false], [`/api-docs?q=${encodeURIComponent(SCRIPT)}`, true], [`/nothing/${encodeURIComponent(SCRIPT)}`, false], [`/login?return=${encodeURIComponent(`/${SCRIPT}`)}`, false],
];
const PARTS = 6; // so that none of the tests takes long
for (let part = 0; part < PARTS; part++) {
  await test(`canary: no page makes more of it than text, ${part + 1} of ${PARTS}`, async () => {
    check(its, 'there is nothing to look at');
    const { page, done } = await open('/engine', { width: 390, touch: true, allow: /status of 4\d\d/ });
    for (const [path, shown] of PAGES().filter((_, i) => i % PARTS === part)) {
      // as a link does, without loading it all again
      await page.evaluate((to) => { history.pushState(null, '', to); dispatchEvent(new PopStateEvent('popstate')); }, new URL(at(path)).pathname + new URL(at(path)).search);
      await page.waitForSelector('main h1');
      await settled(page);
      if (shots) await page.screenshot({ path: `${shots}/canary${path.slice(0, 30).replaceAll(/[^\w]/g, '-')}.png` });
      await unharmed(page, path, shown);
    }
    await done();
  });
}

await test('canary: palette, selects and the trigger dialog', async () => {
  const { page, done } = await open('/runs?dialog=trigger', { width: 390, touch: true });
  await settled(page);
  await unharmed(page, 'the trigger dialog', false);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('onerror');
  await page.waitForSelector('#palette-list li:has-text("onerror")');
  await unharmed(page, 'the palette', true);
  if (shots) await page.screenshot({ path: `${shots}/canary-palette.png` });
  await done();
});

/** Cells of a CSV (RFC 4180). */
const cells = (text) => [...text.matchAll(/"((?:[^"]|"")*)"|([^",\r\n]+)/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain);

if (!fake) await test('canary: what a target says is text in CSV and in reports', async () => {
  check(its, 'there is nothing to look at');
  const answer = await api(`/runs/${its.runs[0]}`);
  check(JSON.stringify(answer.response_json).includes('onerror'), 'the answer of the target was not kept');
  const failed = await api(`/runs/${its.runs[1]}`);
  check(failed.status === 'failed', JSON.stringify(failed).slice(0, 300));
  const csv = await (await fetch(at(`/api/v1/runs/export?format=csv&view=full&scenario_id=${its.asked}`))).text();
  check(csv.includes('onerror') && csv.includes('HYPERLINK'), 'the export does not have it');
  const formulas = cells(csv).filter((c) => /^[=+@\t\r]|^-(?![\d.])/.test(c));
  check(formulas.length === 0, `formulas: ${formulas.slice(0, 3).join(' | ')}`);
  await until('the load test', 30, async () => over((await api(`/loadtests/${its.load}`)).status));
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  for (const path of [`/loadtests/${its.load}/report`, `/training/sessions/${its.session}/report`, `/compare/report?a=scenario:${its.asked}&b=scenario:${its.refused}`]) {
    const got = await page.goto(at(`/api/v1${path}`));
    check(got.status() === 200 && /html/.test(got.headers()['content-type']), `${path}: ${got.status()}`);
    check((await page.$$('img, script, [onerror]')).length === 0, `${path}: a stored text became an element`);
    check((await page.textContent('body')).includes('onerror=window.__xss=1>'), `${path}: the text is not shown`);
    if (shots) await page.screenshot({ path: `${shots}/canary-report${path.slice(1, 8).replaceAll('/', '-')}.png` });
  }
  await context.close();
});

/** What is left would be in the way of others: definitions whose names are the same cannot be told apart. */
await test('canary: nothing of it is left behind', async () => {
  for (const session of made.filter(([path]) => path === '/training/sessions').map(([, id]) => id)) {
    await call('POST', `/training/sessions/${session}/stop`, {});
    await until('the session', 60, async () => (await call('GET', `/training/sessions/${session}`)).data.ended_at !== null);
  }
  for (const load of made.filter(([path]) => path === '/loadtests').map(([, id]) => id)) {
    await call('POST', `/loadtests/${load}/stop`, { mode: 'cancel' });
    await until('the load test', 60, async () => over((await call('GET', `/loadtests/${load}`)).data.status));
  }
  const stay = [];
  for (const [path, id] of made) {
    const { status, data } = await call('DELETE', `${path}/${id}${/automations|scenarios/.test(path) ? '?cascade=true' : ''}`);
    if (status >= 300 && status !== 404) stay.push(`${path}/${id}: ${status} ${data?.detail}`);
  }
  made.length = 0;
  check(stay.length === 0, stay.join('\n'));
  for (const path of ['/automations', '/scenarios', '/training/sessions', '/training/problems', '/prices']) {
    const left = (await api(`${path}?limit=200`)).filter((o) => JSON.stringify(o).includes('onerror=window.__xss'));
    check(left.length === 0, `${path} has ${left.length} left`);
  }
});
evil.close();
