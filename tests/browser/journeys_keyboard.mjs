// SPDX-License-Identifier: Apache-2.0
// The work of a day without a mouse: each step is a key, where the focus lies can be seen at every one of them, and no event of a
// pointer may happen.
import { at, check, fake, open, send, settled, shots, target, test } from './driver.mjs';

/** A page that complains of every event of a pointer. */
async function keyboard(path, options = {}) {
  const opened = await open(path, options);
  const watch = () => {
    window.__pointed = 0;
    for (const name of ['pointerdown', 'mousedown', 'touchstart', 'wheel']) addEventListener(name, () => { window.__pointed++; }, true);
  };
  await opened.page.addInitScript(watch);
  await opened.page.evaluate(watch);
  await settled(opened.page);
  return { ...opened, done: async () => { check((await opened.page.evaluate(() => window.__pointed)) === 0, 'a pointer was used'); await opened.done(); } };
}

/** What has the focus, in words; fails where it cannot be seen. */
async function focus(page) {
  const { word, seen } = await page.evaluate(() => {
    const e = document.activeElement;
    const box = e.getBoundingClientRect();
    // its own, or that of the frame around it
    const ring = [e, e.parentElement, e.parentElement?.parentElement].some((x) => { const s = x && getComputedStyle(x); return s && s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2; });
    const label = e.labels?.[0]?.textContent ?? e.getAttribute('aria-label') ?? e.textContent;
    return { word: `${e.tagName.toLowerCase()} ${String(label).trim().replaceAll('\u00a0', ' ').slice(0, 40)}`, seen: e === document.body || e.id === 'main' || (ring && e.matches(':focus-visible') && box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth) };
  });
  check(seen, `the focus lies on "${word}" and cannot be seen`);
  return word;
}

/** Tab until what has the focus is so described. */
async function tab(page, wanted, { back = false, most = 60 } = {}) {
  const way = [];
  for (let i = 0; i < most; i++) {
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
    const word = await focus(page);
    if (wanted.test(word)) return word;
    way.push(word);
  }
  throw new Error(`Tab does not come to ${wanted}: ${way.join(', ')}`);
}
const press = async (page, ...keys) => { for (const key of keys) await page.keyboard.press(key); };
const type = (page, text) => page.keyboard.type(text);

await test('keys: a target and a scenario', async () => {
  const { page, done } = await keyboard('/');
  await press(page, 'g', 'a');
  await page.waitForURL(at('/automations'));
  await settled(page);
  await press(page, 'n');
  await page.waitForSelector('dialog[open] input');
  check(/^input Name/.test(await focus(page)), `the form begins at ${await focus(page)}`);
  const name = `keys ${Date.now()}`;
  await type(page, name);
  await tab(page, /^select Provider/);
  await type(page, 'OpenAI');
  await tab(page, /^input Base URL/);
  await type(page, target);
  await tab(page, /^input Model/);
  await type(page, 'reference-1');
  await press(page, 'Control+s');
  await page.waitForSelector(`td a:has-text("${name}")`);
  await page.waitForFunction(() => !document.querySelector('dialog[open]'));
  await focus(page);
  await press(page, 'g', 's');
  await page.waitForURL(at('/scenarios'));
  await settled(page);
  await press(page, 'n');
  await page.waitForSelector('dialog[open] input');
  await type(page, `ask ${name}`);
  await tab(page, /^select Automation/);
  await type(page, name);
  await tab(page, /^textarea Inputs/);
  await press(page, 'Control+a');
  await type(page, '{"prompt":"hello"}');
  await press(page, 'Control+s');
  await page.waitForSelector(`td a:has-text("ask ${name}")`);
  await done();
});

await test('keys: a load test, from the palette to its page', async () => {
  const { page, done } = await keyboard('/');
  await press(page, 'Control+k');
  await focus(page);
  await type(page, 'new load');
  await press(page, 'Enter');
  await page.waitForURL(at('/loadtests/new'));
  await settled(page);
  await page.waitForSelector('label:text-is("Requests per second")');
  await tab(page, /^input Name/);
  await type(page, `keys ${Date.now()}`);
  await tab(page, /^input Requests per second/);
  await press(page, 'Control+a');
  await type(page, '20');
  await tab(page, /^input Seconds/);
  await press(page, 'Control+a');
  await type(page, '1');
  await tab(page, /^input Warm-up/);
  await press(page, 'Control+a');
  await type(page, '0');
  await tab(page, /^button Start the load test/, { most: 90 });
  await press(page, 'Enter');
  await page.waitForURL(/loadtests\/\d+$/);
  await settled(page);
  await done();
});

await test('keys: two runs compared', async () => {
  const { page, done } = await keyboard('/runs?status=completed', { allow: fake ? /404/ : null }); // the made-up server compares nothing
  await press(page, 'j', 'x', 'j', 'x');
  await page.waitForSelector('.bulk:has-text("2 runs selected")');
  await tab(page, /^a Compare the two/, { most: 90 });
  if (shots) await page.screenshot({ path: `${shots}/keys-compare.png` });
  await press(page, 'Enter');
  await page.waitForURL(/\/compare\?/);
  await page.waitForSelector('main h1:has-text("Compare")');
  await done();
});

await test('keys: runs that wait are cancelled, after a question that begins at Keep', async () => {
  if (fake) await send('/engine/stop', {});
  const scenarios = await (await fetch(at('/api/v1/scenarios?limit=1'))).json();
  const label = `keys-${Date.now()}`;
  // on a real engine they wait because their time is yet to come
  await send('/runs', { scenario_id: scenarios[0].id, count: 2, labels: [label], ...(fake ? {} : { run_at: new Date(Date.now() + 3.6e6).toISOString() }) });
  const { page, done } = await keyboard('/runs?status=pending');
  await page.waitForSelector('tbody tr:nth-child(2)');
  await press(page, 'j', 'x', 'j', 'x');
  await tab(page, /^button Cancel 2 unfinished/, { most: 90 });
  await press(page, 'Enter');
  await page.waitForSelector('dialog[open]');
  check(/^button Keep/.test(await focus(page)), `the question begins at ${await focus(page)}`);
  await press(page, 'Escape');
  await page.waitForFunction(() => !document.querySelector('dialog[open]'));
  check(/^button Cancel 2 unfinished/.test(await focus(page)), `the focus came back to ${await focus(page)}`);
  await press(page, 'Enter');
  await page.waitForSelector('dialog[open]');
  await tab(page, /^button Cancel 2 runs/);
  await press(page, 'Enter');
  await page.waitForSelector('.toast:has-text("Cancelled 2 runs")');
  await page.waitForFunction(() => !document.querySelector('dialog[open]'));
  await focus(page);
  if (fake) await send('/engine/start', {});
  await done();
});

await test('keys: skip link, menu of pages, and every stop of a page can be seen', async () => {
  const { page, done } = await keyboard('/');
  await press(page, 'Tab');
  check(/To the content/.test(await focus(page)), `the first stop is ${await focus(page)}`);
  await press(page, 'Enter');
  check(await page.evaluate(() => document.activeElement?.id === 'main'), 'the link does not lead to the content');
  await tab(page, /^div Latency over time/, { most: 12 });
  await press(page, 'End', 'ArrowLeft');
  await page.waitForFunction(() => /p50 .*p95/.test(document.querySelector('.chart [aria-live]')?.textContent ?? ''));
  await press(page, 'Space');
  await page.waitForSelector('.live.paused');
  await press(page, 'Space');
  await page.waitForSelector('.live:not(.paused)');
  for (let i = 0; i < 12; i++) { await press(page, 'Tab'); await focus(page); }
  await done();
});

// ---- the sheet of `?` and the keys, each held against the other

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
/** What a key does on a page, in one word; '' for nothing. */
async function effect(page, keys) {
  await page.evaluate(() => { (document.activeElement ?? document.body).blur?.(); });
  const before = page.url();
  const row = () => page.evaluate(() => [...document.querySelectorAll('tbody tr')].findIndex((r) => r.matches('.cursor')));
  const on = await row();
  for (const k of keys) await page.keyboard.press(k);
  await page.waitForTimeout(250); // a page is drawn with its figures, or after 120 ms
  const what = await page.evaluate((was) => (document.querySelector('dialog[open]') ? 'dialog' : location.href !== was ? 'page' : document.activeElement?.matches('input[type=search]') ? 'filter' : ''), before);
  if (what === '' && (await row()) !== on) return 'cursor';
  if (what === 'dialog') { await page.keyboard.press('Escape'); await page.waitForFunction(() => !document.querySelector('dialog[open]')); }
  if (page.url() !== before) { await page.goto(before); await settled(page); }
  return what;
}

await test('keys: what ? lists works, and what works is listed', async () => {
  const { page, done } = await keyboard('/runs');
  await press(page, '?');
  await page.waitForSelector('dialog[open] .shortcuts');
  const listed = await page.$$eval('dialog[open] .shortcuts dt', (l) => l.map((d) => d.textContent.trim()));
  await press(page, 'Escape');
  const pages = listed.filter((l) => /^g \w$/.test(l));
  check(pages.length >= 10, listed.join(', '));
  const works = [];
  for (const letter of LETTERS) if ((await effect(page, ['g', letter])) === 'page') works.push(`g ${letter}`);
  // g r is this page itself
  check(['g r', ...works].sort().join() === [...pages].sort().join(), `they work: ${works.join(', ')}; listed are ${pages.join(', ')}`);
  await press(page, 'j', 'j', 'j'); // k has somewhere to go
  const single = [];
  for (const key of [...LETTERS].filter((l) => l !== 'g').concat('/', '?')) if (await effect(page, [key])) single.push(key);
  const alone = listed.filter((l) => !l.startsWith('g ')).flatMap((l) => l.split(' / '));
  for (const key of single) check(alone.includes(key), `${key} works and is not listed`);
  for (const key of ['j', 'k', 'n', '/', '?']) check(single.includes(key), `${key} is listed and does nothing`);
  await done();
});

await test('keys: j leads through the list of each page, / to its filter', async () => {
  const { page, done } = await keyboard('/');
  for (const [key, path, rows, filters] of [['o', '/', true, false], ['r', '/runs', true, true], ['l', '/loadtests', true, true], ['a', '/automations', true, true], ['s', '/scenarios', true, true], ['d', '/datasets', fake, true], ['e', '/engine', fake, false], ['t', '/settings', fake, false]]) {
    await press(page, 'g', key);
    await page.waitForURL(at(path));
    await settled(page);
    if (rows) {
      await page.waitForSelector('tbody tr');
      await press(page, 'j');
      await page.waitForSelector('tr.cursor').catch(() => { throw new Error(`j does nothing on ${path}`); });
    }
    await press(page, '/');
    check((await page.evaluate(() => document.activeElement?.matches('input[type=search]'))) === filters, `/ on ${path}`);
    await page.evaluate(() => document.activeElement?.blur());
  }
  await done();
});
