// SPDX-License-Identifier: Apache-2.0
// What goes wrong, one by one: a component that throws, 403, 429, 503, no network, an upgrade of the server. Each leaves the rest of
// the page as it is. Made-up server only.
import { another, at, axe, check, open, settled, shots, test } from './driver.mjs';

const its = await another();
const picture = (page, name) => (shots ? page.screenshot({ path: `${shots}/error-${name}.png` }) : undefined);
const kpis = await (await fetch(its.at('/api/v1/runs/kpis/dashboard'))).json();

await test('errors: what throws takes one panel, and Retry brings it back', async () => {
  // an answer of a server that is broken: what the chart is made of is none
  await its.fail({ answers: [{ path: '/runs/kpis', body: { ...kpis, series: { bucket_seconds: 60, buckets: 7 } } }] });
  const { page, complaints } = await open('/', { address: its.at, allow: /is not iterable|not a function/ });
  await page.waitForSelector('section.panel .failure:has-text("This panel failed")');
  for (const rest of ['.panel[aria-label="Recent runs"] tbody tr', '.success li', '.kpis']) await page.waitForSelector(rest).catch(() => { throw new Error(`${rest} went with it`); });
  await axe(page);
  await picture(page, 'panel');
  await its.fail({});
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await page.waitForTimeout(300);
  await page.click('.failure button:text-is("Retry")');
  await page.waitForSelector('.plot canvas');
  check(complaints.filter((c) => !/not iterable|not a function/.test(c)).length === 0, complaints.join());
  await page.context().close();
});

await test('errors: a page that throws leaves the frame', async () => {
  await its.fail({ answers: [{ path: '/engine', body: {} }] });
  const { page, complaints } = await open('/engine', { address: its.at, allow: /undefined|not iterable|not a function/ });
  await page.waitForSelector('main .failure:has-text("failed")');
  await picture(page, 'page');
  await page.click('nav a:text-is("Runs")').catch(() => page.goto(its.at('/runs')));
  await page.waitForSelector('tbody tr');
  check(complaints.filter((c) => !/undefined|not iterable|not a function/.test(c)).length === 0, complaints.join());
  await its.fail({});
  await page.context().close();
});

await test('errors: 403 says which role it needs', async () => {
  await its.fail({ answers: [{ path: '/engine', status: 403, code: 'role_too_low', detail: 'This needs the role operator; alice has the role viewer.' }] });
  const { page, done } = await open('/engine', { address: its.at, allow: /403/ });
  await page.waitForSelector('main .failure:has-text("Not allowed. This needs the role operator; alice has the role viewer.")');
  await axe(page);
  await picture(page, '403');
  await its.fail({});
  await done();
});

for (const [status, title] of [[429, 'Too many requests'], [503, 'Service Unavailable']]) {
  await test(`errors: ${status} counts down what the server says, and goes on by itself`, async () => {
    await its.fail({ answers: [{ path: '/runs', status, retry_after: 3, times: 1, detail: 'For a moment, this is too much.' }] });
    const { page, done } = await open('/runs', { address: its.at, allow: new RegExp(status) });
    const failure = await page.waitForSelector(`main .failure:has-text("${title}")`);
    const first = Number(/in (\d) s/.exec(await failure.textContent())?.[1]);
    check(first >= 1 && first <= 3, await failure.textContent());
    await axe(page);
    await picture(page, String(status));
    await page.waitForSelector('tbody tr', { timeout: 30_000 });
    check(!(await page.$('main .failure')), 'the failure stays');
    await done();
  });
}

await test('errors: without a network what is known stays, and is said to be old', async () => {
  const { page } = await open('/runs', { address: its.at, allow: /ERR_INTERNET|Failed to load|WebSocket/ });
  await settled(page);
  await page.context().setOffline(true);
  await page.waitForSelector('.banner:has-text("This computer is offline")');
  check((await page.$$('tbody tr')).length > 10, 'the rows went away');
  await axe(page);
  await picture(page, 'offline');
  await page.click('nav a:text-is("Engine")');
  await page.waitForSelector('main .failure');
  await picture(page, 'offline-page');
  await page.context().setOffline(false);
  await page.waitForFunction(() => !document.querySelector('.banner'));
  await page.context().close();
});

/** A page whose clock is ours. */
async function timed(path) {
  const opened = await open('about:blank', { address: (p) => (p === '/' || p === 'about:blank' ? its.url : its.at(p)), allow: /404/ });
  await opened.page.clock.install();
  await opened.page.goto(its.at(path));
  await settled(opened.page);
  return opened;
}
const banner = '.banner:has-text("another version")';

await test('errors: an upgrade is said once it is there to stay, not while old and new answer in turn', async () => {
  const { page, done } = await timed('/settings');
  const looks = [];
  page.on('response', (r) => { if (r.url() === its.url && r.request().resourceType() === 'fetch') looks.push(r.status()); });
  const look = async (seconds) => { const n = looks.length; await page.clock.fastForward(seconds * 1000); for (let i = 0; i < 40 && looks.length === n; i++) await page.waitForTimeout(25); check(looks.length > n, `no look after ${seconds} s`); await page.waitForTimeout(50); };
  await look(301); // nothing has changed
  for (const script of ['new', null, 'new', null, 'new']) { // two versions, node by node
    await its.fail({ script });
    await look(script ? 301 : 11);
    check(!(await page.$(banner)), 'it nags while both versions answer');
  }
  await look(11);
  check(!(await page.$(banner)), 'it nags at the second answer');
  await look(11);
  await page.waitForSelector(banner);
  await axe(page);
  await picture(page, 'version');
  await page.click('.banner button:text-is("Later")');
  check(!(await page.$(banner)), 'Later is not heard');
  await its.fail({});
  await done();
});

await test('errors: a part of the page that an upgrade took away leads to Reload, not to nothing', async () => {
  const { page, done } = await open('/settings', { address: its.at, allow: /404|dynamically imported|MIME/ });
  await settled(page);
  await its.fail({ script: 'new', files: ['assets/engine-'] });
  await page.click('nav a:text-is("Engine")');
  await page.waitForSelector(banner);
  await page.waitForSelector('main .failure:has-text("This page is of another version")');
  check((await page.textContent('main h1')) === 'Engine', 'the page has lost its name');
  await axe(page);
  await picture(page, 'chunk');
  await its.fail({});
  await page.click('.banner button:text-is("Reload")');
  await page.waitForSelector('.panel');
  await done();
});
await its.kill();
