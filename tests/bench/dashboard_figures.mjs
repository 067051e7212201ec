// SPDX-License-Identifier: Apache-2.0
// Figures of the dashboard in headless Chromium, for dashboard.py. One JSON line each:
//   first     largest contentful paint (ms) and layout shift of pages in a browser that knows nothing yet. Beside them, in turn: the
//             smallest static page, and of each page a static copy: what it had drawn in the end, as a file with its style sheet and no script
//   update    from the click to the frame that shows what was asked for (ms): filters, pages of lists, runs, metrics
//   live      share of the main thread while runs end and a load test tells its progress
import { writeFile } from 'node:fs/promises';
import { executablePath, launch } from '../browser/chromium.mjs';

const option = (name, otherwise) => { const i = process.argv.indexOf(`--${name}`); return i < 0 ? otherwise : process.argv[i + 1]; };
const url = option('url');
const rounds = Number(option('rounds', 5));
const clicks = Number(option('clicks', 8));
const scenario = Number(option('scenario', 1));
const LIVE_MS = 10_000;
const WINDOW_MS = 1000;

const browser = await launch();
const WHERE = { browser: `${executablePath.split('/').at(-1)} ${browser.version()}` };
const quantile = (list, q) => { const s = [...list].sort((a, b) => a - b); return s[Math.min(s.length - 1, Math.ceil(q * s.length) - 1)]; };
const median = (list) => quantile(list, 0.5);
const round = (ms) => Math.round(ms * 10) / 10;
const print = (line) => console.log(JSON.stringify(line));
print(WHERE);
const post = (path, body) => fetch(new URL(`api/v1${path}`, url), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }).then((r) => r.json());

async function fresh() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.addInitScript(() => {
    window.__lcp = 0;
    window.__cls = 0;
    new PerformanceObserver((l) => { for (const e of l.getEntries()) window.__lcp = e.startTime; }).observe({ type: 'largest-contentful-paint', buffered: true });
    new PerformanceObserver((l) => { for (const e of l.getEntries()) if (!e.hadRecentInput) window.__cls += e.value; }).observe({ type: 'layout-shift', buffered: true });
  });
  // a new window has pages of the browser's own (tab strip, side panel), which take both cores while they load: not what is measured
  await page.waitForTimeout(WINDOW_MS);
  return { context, page };
}
const settled = (page) => page.waitForFunction(() => document.querySelector('main h1') && !document.querySelector('.skeleton, .page-wait, [aria-busy="true"]'));

const OURS = { overview: '/', runs: '/runs', automations: '/automations', scenarios: '/scenarios', kpis: '/kpis?from=now-30d&metric=ttft_ms' };
/* The page as a file: what is drawn, with the same style sheet (charts left empty: cheaper than a picture); no script, no other request. */
async function save(page, name) {
  const { html, css } = await page.evaluate(() => {
    const copy = document.documentElement.cloneNode(true);
    copy.querySelectorAll('script, noscript, link:not([rel="stylesheet"])').forEach((e) => e.remove());
    const sheet = copy.querySelector('link[rel="stylesheet"]');
    sheet.removeAttribute('crossorigin');
    sheet.setAttribute('href', 'saved.css');
    return { html: copy.outerHTML, css: document.querySelector('link[rel="stylesheet"]').href };
  });
  await writeFile(`${option('folder')}/${name}.html`, `<!doctype html>${html}`);
  await writeFile(`${option('folder')}/saved.css`, Buffer.from(await (await fetch(css)).arrayBuffer()));
}

for (const [name, path] of Object.entries(OURS)) {
  const { context, page } = await fresh();
  await page.goto(new URL(path, url).href);
  await settled(page);
  await save(page, name);
  await context.close();
}
const PAGES = { static: option('static'), ...Object.fromEntries(Object.entries(OURS).flatMap(([name, path]) => [[`${name} as a file`, new URL(`${name}.html`, option('static')).href], [name, path]])) };
const paints = Object.fromEntries(Object.keys(PAGES).map((name) => [name, { lcp: [], cls: [] }]));
for (let i = 0; i < rounds; i++) {
  for (const [name, path] of Object.entries(PAGES)) {
    const { context, page } = await fresh();
    await page.goto(new URL(path, url).href);
    if (name in OURS) await settled(page);
    await page.waitForTimeout(500);
    paints[name].lcp.push(await page.evaluate(() => window.__lcp));
    paints[name].cls.push(await page.evaluate(() => window.__cls));
    await context.close();
  }
}
const ratio = (lcp, peer) => round(median(lcp) / median(paints[peer].lcp));
for (const [name, { lcp, cls }] of Object.entries(paints)) {
  print({ figure: 'first', page: name, lcp_ms: round(median(lcp)), lcp_max_ms: round(Math.max(...lcp)), ...(name in OURS ? { ratio_as_a_file: ratio(lcp, `${name} as a file`) } : {}), ratio_smallest: ratio(lcp, 'static'), cls: Math.max(...cls) });
}

/* The time is taken in the page: from the click's own stamp (the button goes up) to the frame after the condition holds. */
async function timed(page, selector, condition, argument) {
  const holder = await page.evaluateHandle(`({ holds: ${condition} })`); // the page's own CSP lets no text become code
  await page.evaluate(([{ holds }, arg]) => {
    window.__took = null;
    const begin = (event) => {
      const since = event.timeStamp;
      const look = () => (holds(arg) ? requestAnimationFrame(() => { window.__took = performance.now() - since; }) : requestAnimationFrame(look));
      requestAnimationFrame(look);
    };
    addEventListener('click', begin, { once: true, capture: true });
  }, [holder, argument]);
  await page.click(selector);
  await page.waitForFunction(() => window.__took !== null);
  return page.evaluate(() => window.__took);
}

const first = () => document.querySelector('.panel.list tbody tr td a')?.textContent ?? '';
const JOURNEYS = {
  'runs: a state': async (page, i) => {
    if (i === 0) await page.goto(new URL('/runs', url).href);
    await settled(page);
    const name = i % 2 ? 'completed' : 'failed';
    const other = await page.$$eval('.chip[aria-pressed="true"]', (l) => l.map((c) => c.textContent));
    for (const word of other) await page.click(`.chip:has-text("${word}")`);
    await settled(page);
    await page.waitForTimeout(200);
    return timed(page, `.chip:has-text("${name}")`, (word) => {
      const states = [...document.querySelectorAll('.panel.list tbody tr .state')];
      return states.length > 10 && states.every((s) => s.textContent.includes(word)) && !document.querySelector('[aria-busy="true"]');
    }, name);
  },
  'runs: older': async (page, i) => {
    if (i === 0) await page.goto(new URL('/runs', url).href);
    await settled(page);
    const was = await page.evaluate(first);
    return timed(page, 'button:has-text("Older")', (old) => {
      const now = document.querySelector('.panel.list tbody tr td a')?.textContent;
      return now && now !== old && !document.querySelector('.skeleton, [aria-busy="true"]');
    }, was);
  },
  'runs: one run': async (page, i) => {
    if (i === 0) await page.goto(new URL('/runs', url).href);
    else await page.goBack();
    await settled(page);
    return timed(page, `.panel.list tbody tr:nth-child(${i + 1}) td a`, () => /\/runs\/\d+/.test(location.pathname) && document.querySelector('main h1')?.textContent.includes('Run') && !document.querySelector('.skeleton, .page-wait, [aria-busy="true"]'), null);
  },
  'automations: next': async (page, i) => {
    if (i === 0) await page.goto(new URL('/automations', url).href);
    await settled(page);
    const was = await page.evaluate(first);
    return timed(page, 'button:has-text("Next")', (old) => {
      const now = document.querySelector('.panel.list tbody tr td a')?.textContent;
      return now && now !== old && !document.querySelector('.skeleton, [aria-busy="true"]');
    }, was);
  },
  'a page by the sidebar': async (page, i) => {
    if (i === 0) await page.goto(new URL('/', url).href);
    await settled(page);
    const [word, title] = [['Runs', 'Runs'], ['Automations', 'Automations'], ['Scenarios', 'Scenarios'], ['Overview', 'Overview']][i % 4];
    return timed(page, `nav a:has-text("${word}")`, (name) => document.querySelector('main h1, .top h1')?.textContent.trim() === name && !document.querySelector('.skeleton, .page-wait, [aria-busy="true"]'), title);
  },
};
const all = [];
for (const [name, step] of Object.entries(JOURNEYS)) {
  const { context, page } = await fresh();
  const took = [];
  try {
    for (let i = 0; i < clicks; i++) took.push(await step(page, i));
    all.push(...took);
    print({ figure: 'update', what: name, n: took.length, p50_ms: round(median(took)), max_ms: round(Math.max(...took)), ms: took.map(Math.round) });
  } catch (error) {
    print({ figure: 'update', what: name, error: String(error.message).split('\n')[0] });
  }
  await context.close();
}
print({ figure: 'update', what: 'all', n: all.length, p50_ms: round(median(all)), p95_ms: round(quantile(all, 0.95)), max_ms: round(Math.max(...all)) });

/* Runs end all the time, and a load test tells its progress: what does the page do with the main thread? */
const test = await post('/loadtests', { name: 'live', scenario_id: scenario, load_model: { type: 'constant', rate: 40 }, duration_seconds: 120, certificate: false });
let feeding = true;
const feeder = (async () => { while (feeding) { await post('/runs', { scenario_id: scenario, count: 5 }); await new Promise((r) => setTimeout(r, 250)); } })();
for (const [name, path] of Object.entries({ overview: '/', runs: '/runs', 'load test': `/loadtests/${test.id}` })) {
  const { context, page } = await fresh();
  await page.goto(new URL(path, url).href);
  await settled(page);
  await page.waitForTimeout(1000);
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable');
  const busy = async () => Object.fromEntries((await session.send('Performance.getMetrics')).metrics.map((m) => [m.name, m.value]));
  const before = await busy();
  await page.waitForTimeout(LIVE_MS);
  const after = await busy();
  const seconds = after.Timestamp - before.Timestamp;
  print({ figure: 'live', page: name, main_thread: round(1000 * (after.TaskDuration - before.TaskDuration) / seconds) / 10, script: round(1000 * (after.ScriptDuration - before.ScriptDuration) / seconds) / 10, layouts_per_second: round((after.LayoutCount - before.LayoutCount) / seconds), unit: 'percent' });
  await context.close();
}
feeding = false;
await feeder;
await post(`/runs/${test.id}/cancel`, {});
await browser.close();
