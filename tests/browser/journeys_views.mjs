// SPDX-License-Identifier: Apache-2.0
// Views: filters kept under a name, opened, renamed, replaced, shared and deleted. On the module itself.
import { api, at, axe, check, open, send, settled, shots, test } from './driver.mjs';

const stamp = () => `${Date.now()}`.slice(-8);
const remove = (id) => fetch(at(`/api/v1/views/${id}`), { method: 'DELETE', headers: { 'content-type': 'application/json' } });
const show = async (page) => { await page.click('.anchor-views'); await page.waitForSelector('.views-menu form'); };

await test('views: kept under a name, opened, renamed, replaced, deleted', async () => {
  const name = `Broken ${stamp()}`;
  const { page, done } = await open('/runs?status=failed', { allow: /422/ });
  await settled(page);
  await page.focus('.anchor-views');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.views-menu form');
  await page.focus('.views-menu input');
  await page.keyboard.type(name);
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/views-light-1440.png` });
  await page.keyboard.press('Enter');
  await page.waitForSelector(`.views-menu li.here a:text-is("${name}")`);
  const made = (await api('/views?page=runs&limit=1000')).find((v) => v.name === name);
  check(made?.query === 'status=failed' && (await page.textContent('.view-name')) === name, JSON.stringify(made));
  await page.click(`button[aria-label="Copy the link of ${name}"]`);
  await page.waitForFunction(() => [...document.querySelectorAll('.views-menu button')].some((b) => b.textContent === 'Copied'));
  check((await page.evaluate(() => navigator.clipboard.readText())) === at('/runs?status=failed'), await page.evaluate(() => navigator.clipboard.readText()));
  // from another place of the page, back undoes it
  await page.keyboard.press('Escape');
  await page.click('.chip:text-is("failed")');
  await page.waitForURL(at('/runs'));
  await show(page);
  await page.click(`.views-menu a:text-is("${name}")`);
  await page.waitForURL(at('/runs?status=failed'));
  await settled(page);
  await page.reload();
  await page.waitForSelector(`.view-name:text-is("${name}")`);
  // what the server refuses stands at the field
  const other = await send('/views', { name: `Taken ${stamp()}`, page: 'runs', query: 'q=1' });
  await show(page);
  await page.click(`button[aria-label="Rename ${name}"]`);
  await page.fill('.views-menu input', other.name.toUpperCase());
  await page.click('.views-menu button:text-is("Rename") >> nth=-1');
  await page.waitForSelector('.views-menu .field.wrong .error');
  await page.fill('.views-menu input', `${name} more`);
  await page.click('.views-menu form button:text-is("Rename")');
  await page.waitForSelector(`.views-menu a:text-is("${name} more")`);
  // the same name again replaces
  await page.keyboard.press('Escape');
  await page.click('.chip:text-is("timed out")');
  await page.waitForURL(/status=failed,timed_out/);
  await show(page);
  await page.fill('.views-menu input', `${name} MORE`);
  await page.waitForSelector('.views-menu .help:has-text("is replaced")');
  await page.click('.views-menu button:text-is("Replace")');
  await page.waitForSelector('.views-menu li.here');
  check((await api(`/views/${made.id}`)).query === 'status=failed%2Ctimed_out', 'it is not replaced');
  await page.click(`button[aria-label="Delete ${name} more"]`);
  await page.waitForSelector('dialog[open]');
  await axe(page);
  await page.click('dialog button:text-is("Delete")');
  await page.waitForFunction(() => !document.querySelector('dialog[open]') && document.querySelector('.view-name').textContent === 'Views');
  check(!(await api('/views?page=runs&limit=1000')).some((v) => v.id === made.id), 'it is still there');
  await done();
  await remove(other.id);
});

await test('views: each list has its own, narrow and dark too', async () => {
  const view = await send('/views', { name: `Weekly ${stamp()}`, page: 'kpis', query: 'from=now-7d&metric=ttft_ms' });
  const { page, done } = await open('/kpis?metric=ttft_ms&from=now-7d', { width: 390, theme: 'dark', touch: true });
  await page.waitForSelector(`.view-name:text-is("${view.name}")`);
  await show(page);
  await page.waitForSelector('.views-menu li.here');
  await axe(page);
  check(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), 'the page scrolls sideways');
  if (shots) await page.screenshot({ path: `${shots}/views-dark-390.png` });
  for (const list of ['loadtests']) {
    await page.goto(at(`/${list}`));
    await settled(page);
    await show(page);
    check(!(await page.textContent('.views-menu')).includes(view.name), `${list} shows the view of another list`);
  }
  await done();
  await remove(view.id);
});
