// SPDX-License-Identifier: Apache-2.0
// Two groups of runs against each other: picked from a list, on the page, by keyboard, with what is wrong at its side; and the
// trend of a scenario. On any server.
import { api, at, axe, check, open, send, settled, shots, target, test } from './driver.mjs';

const stamp = () => `${Date.now()}`.slice(-8);
const remove = (path) => fetch(at(`/api/v1${path}`), { method: 'DELETE', headers: { 'content-type': 'application/json' } });
const side = (name) => `fieldset.side:has(.side-mark:text-is("${name}"))`;

async function pictures(page, name) {
  for (const theme of ['light', 'dark'])
    for (const width of [390, 1440]) {
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height: 900 });
      await page.waitForTimeout(150);
      check(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), `${name} at ${width} is wider than the window`);
      await axe(page);
      if (shots) await page.screenshot({ path: `${shots}/${name}-${theme}-${width}.png`, fullPage: !page.url().includes('/scenarios/') });
    }
}

/** A scenario whose second version is slower, with runs of both. */
async function versions(runs) {
  const automation = await send('/automations', { name: `compared ${stamp()}`, provider: 'openai', connection: { url: target, model: 'reference-1' }, max_in_flight: 10 });
  const answer = { tokens: 6, ttft_ms: 5, ttft_dist: 'fixed', gap_ms: 1, gap_dist: 'fixed' };
  const made = await send('/scenarios', { name: `compared ${stamp()}`, automation_id: automation.id, inputs_template: { prompt: 'x', x_target: answer } });
  const ended = async (n) => { for (let i = 0; i < 300; i++) { if ((await api(`/runs?scenario_id=${made.id}&status=completed&limit=200&view=summary`)).length >= n) return; await new Promise((go) => setTimeout(go, 100)); } throw new Error('the runs do not end'); };
  await send('/runs', { scenario_id: made.id, count: runs });
  await ended(runs);
  await fetch(at(`/api/v1/scenarios/${made.id}`), { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ inputs_template: { prompt: 'x', x_target: { ...answer, ttft_ms: 45 } } }) });
  await send('/runs', { scenario_id: made.id, count: runs });
  await ended(2 * runs);
  return { id: made.id, clean: async () => { await remove(`/scenarios/${made.id}?cascade=true`); await remove(`/automations/${automation.id}`); } };
}

await test('compare: from the versions of a scenario to a verdict, its figures and what was set up differently', async () => {
  const of = await versions(20);
  const { page, done } = await open(`/scenarios/${of.id}`);
  await page.click('dialog[open] a:text-is("Compare versions")');
  await page.waitForSelector('section[aria-label="Verdict"]');
  check((await page.textContent('section[aria-label="Verdict"]')).includes('TTFT'), 'the verdict does not name the metric that got slower');
  check(/\?a=scenario:\d+%401&b=scenario:\d+%402|\?a=scenario:\d+@1&b=scenario:\d+@2/.test(page.url()), page.url());
  const row = 'tr:has(button.link:text-is("TTFT"))';
  check((await page.textContent(row)).includes('worse'), await page.textContent(row));
  await page.click(`${row} >> button.link`);
  await page.waitForSelector('section[aria-label="TTFT of A and B"]');
  check(page.url().includes('metric=ttft_ms'), 'the chosen metric is not in the URL');
  const answer = await api(`/compare?a=scenario:${of.id}@1&b=scenario:${of.id}@2`);
  const median = answer.metrics.find((m) => m.metric === 'ttft_ms').b.p50.value;
  check((await page.textContent('table.figures')).includes(`${median.toPrecision(3)}`), `the median ${median} does not stand in the figures`);
  check((await page.textContent('table.differences')).includes('scenario/inputs_template/x_target/ttft_ms'), 'what was changed is not listed');
  await page.focus('section[aria-label="TTFT of A and B"] .plot');
  await page.keyboard.press('ArrowRight');
  check(/A .+, B .+/.test(await page.textContent('section[aria-label="TTFT of A and B"] .sr[aria-live]')), 'the curve does not speak');
  await pictures(page, 'compare');
  await page.click('button:text-is("Swap")');
  await page.waitForFunction((id) => location.search.includes(`a=scenario:${id}`) && document.querySelector('section[aria-label="Verdict"]')?.textContent.includes('better'), of.id);
  await page.goBack();
  await page.waitForFunction(() => document.querySelector('section[aria-label="Verdict"]')?.textContent.includes('worse'));
  await done();
  await of.clean();
});

await test('compare: two that are picked in a list, by keyboard', async () => {
  const { page, done } = await open('/runs?status=completed');
  await settled(page);
  for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key);
  await page.focus('.bulk a:text-is("Compare the two")');
  await page.keyboard.press('Enter');
  await page.waitForSelector('section[aria-label="Verdict"]');
  check((await page.textContent('section[aria-label="Verdict"]')).includes('Too few samples'), 'two runs are said to show something');
  const ids = await Promise.all(['A', 'B'].map((name) => page.inputValue(`${side(name)} >> .field:has(> label:text-is("Ids of runs")) >> input`)));
  check(Number(ids[0]) < Number(ids[1]), `A is not the older one: ${ids}`);
  await done();
});

await test('compare: nothing yet, sides by keyboard, what is wrong stands at its side', async () => {
  const { page, done } = await open('/compare', { allow: /422/ });
  await page.waitForSelector('.empty');
  check(await page.isDisabled('button:text-is("Compare")'), 'nothing can be compared');
  await pictures(page, 'compare-empty');
  await page.selectOption(`${side('A')} >> .field:has(> label:text-is("Compare")) >> select`, 'runs');
  await page.fill(`${side('A')} >> .field:has(> label:text-is("Ids of runs")) >> input`, '999999998');
  await page.selectOption(`${side('B')} >> .field:has(> label:text-is("Compare")) >> select`, 'window');
  await page.fill(`${side('B')} >> .field:has(> label:text-is("From")) >> input`, 'yesterday');
  await page.keyboard.press('Enter');
  await page.waitForSelector(`${side('B')} >> .error`);
  check((await page.textContent(`${side('B')} >> .error`)).includes('"yesterday" is no time'), 'B is not told what is wrong');
  await page.fill(`${side('B')} >> .field:has(> label:text-is("From")) >> input`, 'now-1h');
  await page.keyboard.press('Enter');
  await page.waitForSelector(`${side('A')} >> .error`);
  check((await page.textContent(`${side('A')} >> .error`)).includes('There is no run 999999998'), 'A is not told what is wrong');
  await axe(page);
  await done();
});

await test('scenario: its trend', async () => {
  const [scenario] = await api('/scenarios?limit=1');
  const { page, done } = await open(`/scenarios/${scenario.id}`);
  await page.waitForSelector('section.trend >> text=Too few days for a trend');
  const figure = 'section.trend >> .field:has(> label:text-is("Figure")) >> select';
  await page.selectOption(figure, 'success_rate/');
  await page.waitForSelector('section.trend .plot');
  check((await page.getAttribute('section.trend .plot', 'aria-label')).startsWith('Success by day'), 'the chart is not of what was chosen');
  await axe(page);
  await done();
});
