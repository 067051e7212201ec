// SPDX-License-Identifier: Apache-2.0
// Prices and datasets with bad input of every kind: what is too long, negative, no number, refused, saved by somebody else, not answered.
import { at, axe, check, fail, open, send, settled, test } from './driver.mjs';

const field = (label) => `.field:has(> label:text-is("${label}"))`;
const sent = (page, method, path) => { const list = []; page.on('request', (r) => { if (r.method() === method && r.url().endsWith(`/api/v1${path}`)) list.push(r.postDataJSON()); }); return list; };

await test('form: a price: too long is said and not cut, no number is none, negative is refused at its field', async () => {
  const { page, done } = await open('/settings/prices/new', { allow: /422/ });
  await page.waitForSelector('dialog[open] input');
  const list = sent(page, 'POST', '/prices');
  await page.fill(`${field('Model')} input`, 'é'.repeat(251));
  await page.waitForSelector(`${field('Model')}.wrong .error:has-text("500 bytes at most; these are 502")`);
  check((await page.inputValue(`${field('Model')} input`)).length === 251, 'it was cut off');
  await page.fill(`${field('Input')} input`, '0x10');
  await page.fill(`${field('Output')} input`, '-1');
  await page.keyboard.press('Control+s');
  await page.waitForSelector(`${field('Output')}.wrong .error:has-text("from 0 to")`);
  await page.waitForSelector(`${field('Input')}.wrong .error:has-text("number")`);
  await page.waitForSelector(`${field('Model')}.wrong .error:has-text("not 502")`);
  check(list.length === 1 && list[0].input_per_million === '0x10', JSON.stringify(list));
  check(await page.evaluate(() => document.activeElement?.closest('.field')?.querySelector('label')?.textContent) === 'Model', 'the first mistake does not have the focus');
  await axe(page);
  page.once('dialog', (d) => void d.accept());
  await page.keyboard.press('Escape');
  await page.waitForURL(at('/settings'));
  await done();
});

await test('form: a price that somebody else saved, a server that is busy, none at all, then saved', async () => {
  const made = await send('/prices', { provider: 'openai', model: `form-${Date.now()}`, input_per_million: 1, output_per_million: 2 });
  const { page, done } = await open(`/settings/prices/${made.id}`, { allow: /412|503|ERR_/ });
  await page.waitForSelector('dialog[open] input');
  await settled(page);
  await page.fill(`${field('Output')} input`, '3');
  const save = async (words) => { await page.keyboard.press('Control+s'); await page.waitForSelector(`dialog .failure:has-text("${words}")`); check(await page.inputValue(`${field('Output')} input`) === '3', 'what was typed is lost'); };
  const path = `/prices/${made.id}`;
  await fail({ answers: [{ path, status: 412, code: 'precondition', detail: 'It was changed meanwhile.', times: 1 }] });
  await save('It was changed meanwhile');
  await page.waitForSelector('dialog .note:has-text("Somebody else saved it")');
  await fail({ answers: [{ path, status: 503, detail: 'The database is away.', retry_after: 1, times: 1 }] });
  await save('Can be tried again in 1 s');
  await page.waitForSelector('dialog .failure:has-text("Can be tried again now")');
  await page.context().setOffline(true);
  await save('What you typed is still here');
  await page.context().setOffline(false);
  await page.keyboard.press('Control+s');
  await page.waitForFunction(() => !document.querySelector('dialog[open]'));
  await fetch(at(`/api/v1${path}`), { method: 'DELETE', headers: { 'content-type': 'application/json' } });
  await done();
});

await test('form: a dataset and a load test are sent once, however often one presses; a long name is said', async () => {
  const { page, done } = await open('/datasets/new');
  await page.waitForSelector('dialog[open] .drop');
  const sets = sent(page, 'POST', '/datasets');
  await page.fill('.drop textarea', '{"prompt": "Hello?"}');
  await page.fill(`${field('Name')} input`, 'n'.repeat(201));
  await page.waitForSelector(`${field('Name')}.wrong .error:has-text("200 bytes at most")`);
  await page.fill(`${field('Name')} input`, `once ${Date.now()}`);
  const twice = () => page.evaluate(() => { const form = document.querySelector('dialog[open] form, form.plan'); form.requestSubmit(); return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => { form.requestSubmit(); done(); }))); });
  await page.route('**/api/v1/{datasets,loadtests}', async (r) => { if (r.request().method() === 'POST') await new Promise((go) => setTimeout(go, 300)); await r.continue(); });
  await twice();
  await page.waitForURL(/datasets\/\d+$/);
  check(sets.length === 1, `uploaded ${sets.length} times`);
  await page.goto(at('/loadtests/new'));
  await settled(page);
  const plans = sent(page, 'POST', '/loadtests');
  await page.waitForSelector('.plan-foot button.primary:not([disabled])');
  await twice();
  await page.waitForURL(/loadtests\/\d+$/);
  check(plans.length === 1, `started ${plans.length} times`);
  await send(`/loadtests/${/\d+$/.exec(page.url())[0]}/stop`, { mode: 'cancel' });
  await done();
});
