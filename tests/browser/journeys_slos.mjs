// SPDX-License-Identifier: Apache-2.0
// SLOs of a scenario: typed, checked at their fields, kept, taken away; and what they stand at. On any server.
import { api, at, axe, check, open, send, settled, shots, target, test } from './driver.mjs';

const stamp = () => `${Date.now()}`.slice(-8);
const field = (i, label) => `fieldset.slo >> nth=${i} >> .field:has(> label:text-is("${label}"))`;
const remove = (path) => fetch(at(`/api/v1${path}`), { method: 'DELETE', headers: { 'content-type': 'application/json' } });
const saved = (page) => page.waitForFunction(() => !document.querySelector('dialog[open]'));

async function pictures(page, name) {
  for (const theme of ['light', 'dark'])
    for (const width of [390, 1440]) {
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height: 900 });
      await page.evaluate(() => { const body = document.querySelector('dialog[open] .dialog-body'); body.scrollTop += document.querySelector('.standing').getBoundingClientRect().top - body.getBoundingClientRect().top; });
      check(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), `${name} at ${width} is wider than the window`);
      await axe(page);
      if (shots) await page.screenshot({ path: `${shots}/${name}-${theme}-${width}.png` });
    }
}

await test('scenario: SLOs are typed, what is wrong stands at its field, kept, taken away', async () => {
  const automation = await send('/automations', { name: `promised ${stamp()}`, provider: 'openai', connection: { url: target, model: 'reference-1' } });
  const made = await send('/scenarios', { name: `slo ${stamp()}`, automation_id: automation.id, inputs_template: { prompt: 'x', x_target: { tokens: 4, ttft_ms: 5, gap_ms: 1 } } });
  const { page, done } = await open(`/scenarios/${made.id}`, { allow: /422/ });
  await page.waitForSelector('dialog[open] fieldset.slos');
  check(!(await page.$('.standing')), 'a scenario without SLOs shows what they stand at');
  await page.focus('button:text-is("Add an SLO")');
  await page.keyboard.press('Enter');
  await page.fill(`${field(0, 'At most (ms)')} >> input`, '');
  await page.fill(`${field(0, 'Name')} >> input`, 'first token');
  await page.fill(`${field(0, 'Over')} >> input`, 'a week');
  await page.keyboard.press('Control+s');
  await page.waitForSelector(`${field(0, 'At most (ms)')} >> .error`);
  check(await page.isVisible(`${field(0, 'Over')} >> .error`), 'the window that is wrong is not marked');
  check((await page.inputValue(`${field(0, 'Name')} >> input`)) === 'first token', 'the input did not survive the error');
  await axe(page);
  await page.fill(`${field(0, 'At most (ms)')} >> input`, '500');
  await page.fill(`${field(0, 'Over')} >> input`, '7d');
  await page.click('button:text-is("Add an SLO")');
  await page.selectOption(`${field(1, 'Figure')} >> select`, 'success_rate');
  check((await page.inputValue(`${field(1, 'At least (%)')} >> input`)) === '99', 'a rate has no percent of its own');
  await page.keyboard.press('Control+s');
  await saved(page);
  const kept = await api(`/scenarios/${made.id}`);
  check(JSON.stringify(kept.slos) === JSON.stringify([{ metric: 'ttft_ms', name: 'first token', max: 500, quantile: 0.95, window: '7d' }, { metric: 'success_rate', min: 99, window: '28d' }])
    || (kept.slos.length === 2 && kept.slos[0].max === 500 && kept.slos[0].quantile === 0.95 && kept.slos[1].min === 99), JSON.stringify(kept.slos));
  await page.goto(at(`/scenarios/${made.id}`));
  await page.waitForSelector('.standing li');
  check((await page.textContent('.standing')).includes('too few samples'), 'a scenario that never ran is not said to have too few samples');
  await page.click('button[aria-label="Remove SLO 2"]');
  await page.click('dialog button:text-is("Save")');
  await saved(page);
  check((await api(`/scenarios/${made.id}`)).slos.length === 1, 'the SLO is still there');
  await done();
  await remove(`/scenarios/${made.id}?cascade=true`);
  await remove(`/automations/${automation.id}`);
});

await test('scenario: what its SLOs stand at, in both themes, narrow and wide', async () => {
  const automation = await send('/automations', { name: `judged ${stamp()}`, provider: 'openai', connection: { url: target, model: 'reference-1' } });
  const made = await send('/scenarios', {
    name: `judged ${stamp()}`, automation_id: automation.id, inputs_template: { prompt: 'x', x_target: { tokens: 4, ttft_ms: 5, gap_ms: 1 } },
    slos: [{ name: 'first token', metric: 'total_ms', quantile: 0.5, max: 3600000, window: '24h' }, { metric: 'total_ms', attainment: 50, max: 0.001 }, { metric: 'success_rate', min: 99.9, window: '7d' }],
  });
  await send('/runs', { scenario_id: made.id, count: 40 });
  for (let i = 0; i < 150; i++) {
    if ((await api(`/runs?scenario_id=${made.id}&status=pending,running&limit=1`)).length === 0) break;
    await new Promise((resolve) => { setTimeout(resolve, 200); });
  }
  const { page, done } = await open(`/scenarios/${made.id}`);
  await page.waitForSelector('.standing li');
  await settled(page);
  const items = await page.$$eval('.standing li', (list) => list.map((li) => li.textContent));
  check(/✓met/.test(items[0]) && items[0].includes('first token') && /of the error budget left/.test(items[0]), items[0]);
  check(/✕not met/.test(items[1]) && /Overspent/.test(items[1]), items[1]);
  check(/too few samples/.test(items[2]), items[2]);
  check(/Good runs/.test(await page.textContent('.standing dl')) && /of 40.attempts/.test(await page.textContent('.standing dl')), await page.textContent('.standing dl'));
  await pictures(page, 'scenario-slos');
  await done();
  await remove(`/scenarios/${made.id}?cascade=true`);
  await remove(`/automations/${automation.id}`);
});
