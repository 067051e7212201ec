// SPDX-License-Identifier: Apache-2.0
// Prices in Settings, limits of a target, policies of a plan, and what results say of them; on any server.
import { api, at, axe, check, fake, loads, open, send, settled, shots, target, test } from './driver.mjs';

const field = (label) => `.field:has(> label:text-is("${label}"))`;
const picture = async (page, name) => { if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true }); };
const stamp = () => `${Date.now()}`.slice(-8);
const remove = (path) => fetch(at(`/api/v1${path}`), { method: 'DELETE', headers: { 'content-type': 'application/json' } });

await test('price: added by keyboard, wrong members at their fields, changed, deleted', async () => {
  const { page, done } = await open('/settings', { allow: /422/ });
  await settled(page);
  await page.focus('section[aria-label="Prices"] button:has-text("Add a price")');
  await page.keyboard.press('Enter');
  await page.waitForSelector(`dialog[open] ${field('Model')} input:focus`);
  const model = `model-${stamp()}`;
  await page.keyboard.type(`${model}*x`);
  await page.fill(`${field('Input')} input`, '2.5');
  await page.fill(`${field('Output')} input`, '10');
  await page.fill(`${field('Valid from')} input`, '2026-02-01');
  await page.fill(`${field('Valid to')} input`, '2026-01-01');
  await page.keyboard.press('Control+s');
  await page.waitForSelector('.field.wrong .error');
  check((await page.inputValue(`${field('Model')} input`)) === `${model}*x`, 'the input did not survive the error');
  await axe(page);
  await picture(page, 'price-wrong-light-1440');
  await page.fill(`${field('Model')} input`, `${model}*`);
  await page.keyboard.press('Control+s');
  await page.waitForSelector(`${field('Valid to')}.wrong .error`);
  await page.fill(`${field('Valid to')} input`, '');
  await page.keyboard.press('Control+s');
  await page.waitForFunction(() => !document.querySelector('dialog[open]'));
  const row = `section[aria-label="Prices"] tr:has-text("${model}")`;
  await page.waitForSelector(row);
  check(/2\.50.*10\.00.*USD.*since 2026-02-01/.test(await page.textContent(row)), await page.textContent(row));
  await page.click(`${row} a`);
  await page.waitForURL(/settings\/prices\/\d+$/);
  await page.waitForSelector('dialog[open]');
  check((await page.inputValue(`${field('Valid from')} input`)) === '2026-02-01', 'the day is not as it was typed');
  await page.fill(`${field('Input from a cache')} input`, '0.25');
  await page.click('dialog button:text-is("Save")');
  await page.waitForFunction(([r]) => !document.querySelector('dialog[open]') && [...document.querySelectorAll('section[aria-label="Prices"] tr')].some((t) => t.textContent.includes(r) && t.textContent.includes('0.25')), [model]);
  await page.click(`${row} a`);
  await page.click('dialog button:text-is("Delete")');
  await page.click('dialog dialog button.bad, dialog[open] ~ dialog button.bad, dialog .dialog button.bad');
  await page.waitForURL(at('/settings'));
  await page.waitForFunction((m) => !document.querySelector('section[aria-label="Prices"]')?.textContent.includes(m), model);
  await done();
});

await test('target: limits are typed, checked, kept, taken away', async () => {
  const made = await send('/automations', { name: `limited ${stamp()}`, provider: 'openai', connection: { url: target, model: 'reference-1', connect_timeout_seconds: 3 } });
  const { page, done } = await open(`/automations/${made.id}`, { allow: /422/ });
  await page.waitForSelector('dialog[open] .limits');
  await page.fill(`${field('At once')} input`, '20');
  await page.keyboard.press('Control+s');
  await page.waitForSelector(`${field('Requests per second')}.wrong .error`);
  check(!(await page.$(`${field('Other connection members')}.wrong`)), 'the error stands at two fields');
  await axe(page);
  if (shots) {
    await page.evaluate(() => document.querySelector('.limits').scrollIntoView());
    await picture(page, 'target-limits-light-1440');
  }
  await page.fill(`${field('Requests per second')} input`, '10');
  await page.fill(`${field('Stop after failures')} input`, '5');
  // what load tests and training need: somebody's word, and where the target tells what it uses
  await page.fill(`${field('Requests per second that may be tried')} input`, 'all');
  await page.fill(`${field('Metrics URL')} input`, 'ftp://nowhere');
  await page.keyboard.press('Control+s');
  await page.waitForSelector(`${field('Requests per second that may be tried')}.wrong .error`);
  await page.fill(`${field('Requests per second that may be tried')} input`, '40');
  await page.keyboard.press('Control+s');
  await page.waitForSelector(`${field('Metrics URL')}.wrong .error`);
  await page.fill(`${field('Metrics URL')} input`, 'http://127.0.0.1:9/metrics');
  await page.keyboard.press('Control+s');
  await page.waitForFunction(() => !document.querySelector('dialog[open]'));
  const whole = await api(`/automations/${made.id}`);
  check(whole.confirmed_rate === 40 && whole.connection.metrics_url === 'http://127.0.0.1:9/metrics', JSON.stringify(whole));
  const kept = whole.connection;
  check(kept.rate_limit.requests_per_second === 10 && kept.rate_limit.burst === 20 && kept.circuit_breaker.failures === 5 && kept.connect_timeout_seconds === 3, JSON.stringify(kept));
  await page.goto(at(`/automations/${made.id}`));
  await page.waitForSelector('dialog[open] .limits');
  check((await page.inputValue(`${field('At once')} input`)) === '20', 'the burst is not shown');
  for (const label of ['Requests per second', 'At once', 'Stop after failures', 'Stop for (s)', 'Metrics URL', 'Requests per second that may be tried']) await page.fill(`${field(label)} input`, '');
  await page.keyboard.press('Control+s');
  await page.waitForFunction(() => !document.querySelector('dialog[open]'));
  const gone = (await api(`/automations/${made.id}`)).connection;
  check(gone.rate_limit === undefined && gone.circuit_breaker === undefined && gone.metrics_url === undefined && (await api(`/automations/${made.id}`)).confirmed_rate === null, JSON.stringify(gone));
  await remove(`/automations/${made.id}`);
  await done();
});

/** A scenario whose target has limits and a model without, later with, a price. */
async function limited(rate) {
  const automation = await send('/automations', { name: `policies ${stamp()}`, provider: 'openai', connection: { url: target, model: `priced-${stamp()}`, rate_limit: { requests_per_second: rate, burst: 1 } } });
  const scenario = await send('/scenarios', { name: `policies ${stamp()}`, automation_id: automation.id, inputs_template: { prompt: 'Say hello.', max_tokens: 8 } });
  return { automation, scenario };
}

await test('plan: policies, the limits of its target, a spend cap that needs a price, the estimated cost', async () => {
  const { automation, scenario } = await limited(40);
  const { page, done } = await open(`/loadtests/new?scenario_id=${scenario.id}`, { allow: /422/ });
  await settled(page);
  await page.waitForSelector(`${field('Limits of the target')} .help:has-text("at most 40/s, 1 at once")`);
  await page.check('.tick:has-text("Try failed requests again") input');
  await page.fill(`${field('Attempts at most')} input`, '11');
  await page.waitForSelector(`${field('Attempts at most')}.wrong .error`);
  for (const word of ['No connection', 'Rate limited', 'Overloaded']) await page.uncheck(`.causes .tick:has-text("${word}") input`);
  await page.waitForSelector('.causes .error');
  await axe(page);
  await picture(page, 'plan-policies-wrong-light-1440');
  await page.fill(`${field('Attempts at most')} input`, '4');
  await page.check('.causes .tick:has-text("no first byte") input');
  await page.waitForFunction(() => !document.querySelector('.plan .field.wrong, .causes .error'));
  await page.fill(`${field('Spend at most')} input`, '1');
  await page.waitForSelector(`${field('Spend at most')}.wrong .error:has-text("price")`);
  const price = await send('/prices', { provider: 'openai', model: automation.connection.model, input_per_million: 10, output_per_million: 100 });
  await page.fill(`${field('Spend at most')} input`, '2');
  await page.waitForFunction(() => !document.querySelector('.plan .field.wrong'));
  await page.waitForFunction(() => [...document.querySelectorAll('.estimate .pairs > div')].some((d) => /Costs at most[\d.]+/.test(d.textContent)));
  await page.click('.plan-foot button:has-text("Copy as curl")');
  const text = await page.evaluate(() => navigator.clipboard.readText());
  check(/"retry":\{"max_attempts":4,"on":\["timeout"\],"base_ms":1000,"max_ms":60000\}/.test(text) && /"max_cost":2/.test(text) && !/target_limits/.test(text), text);
  await picture(page, 'plan-policies-light-1440');
  page.once('dialog', (d) => void d.accept());
  await page.goto(at('/settings'));
  for (const path of [`/prices/${price.id}`, `/scenarios/${scenario.id}`, `/automations/${automation.id}`]) await remove(path);
  await done();
});

await test('plan: endpoints and classes are rows of fields, what is wrong is told there; limits, rows, and what came of them', async () => {
  const { automation, scenario } = await limited(200);
  const { page, done } = await open(`/loadtests/new?scenario_id=${scenario.id}`, { allow: /422|404/ });
  await settled(page);
  await page.check('.tick:has-text("Several endpoints") input');
  await page.fill(`${field('Endpoint 1')} input`, target);
  await page.fill(`${field('Endpoint 2')} input`, 'ftp://nowhere');
  await page.waitForSelector(`${field('Endpoint 2')}.wrong .error`);
  await page.click('button[aria-label="Remove endpoint 2"]');
  await page.check('.tick:has-text("Classes of requests") input');
  const share = (i) => page.locator('.class-row').nth(i).locator('label:text-is("Share") + input');
  await share(1).fill('0.9');
  await page.waitForSelector('.inset-fields .error:has-text("add up to 1")');
  check(/add up to 1\.2;/.test(await page.textContent('.inset-fields:has(.class-row)')), 'what they add up to is not told');
  await page.fill(`${field('Class 1: name')} input`, '');
  await page.waitForSelector(`${field('Class 1: name')}.wrong .error`);
  await page.fill(`${field('Requests at most')} input`, '0');
  await page.waitForSelector(`${field('Requests at most')}.wrong .error`);
  await page.fill(`${field('Rows kept')} input`, '2');
  await page.waitForSelector(`${field('Rows kept')}.wrong .error`);
  await axe(page);
  await picture(page, 'plan-spread-wrong-light-1440');
  await page.fill(`${field('Class 1: name')} input`, 'chat');
  await page.click('button:has-text("Add a class")');
  await page.fill(`${field('Class 3: name')} input`, 'night');
  await share(1).fill('0.5');
  await share(2).fill('0.2');
  await page.selectOption('label:text-is("Who goes next") + select', 'dynamic');
  await page.locator('.class-row').nth(1).locator('summary').click();
  await page.locator('.class-row').nth(1).locator('textarea').fill('{"max_tokens": ');
  await page.waitForSelector('.estimate:has-text("cannot be read")');
  await page.locator('.class-row').nth(1).locator('textarea').fill('{"max_tokens": 4}');
  await page.fill(`${field('Requests at most')} input`, '500');
  await page.fill(`${field('Tokens at most')} input`, '90000');
  await page.fill(`${field('Rows kept')} input`, '0.5');
  await page.selectOption('label:has-text("Kind of load") + select', 'closed');
  await page.waitForSelector('.inset-fields .error:has-text("rates only")');
  await page.selectOption('label:has-text("Kind of load") + select', 'constant');
  await page.fill(`${field('Requests per second')} input`, '20');
  await page.fill(`${field('Seconds')} input`, '2');
  await page.fill('label:has-text("Warm-up") + input', '0');
  await page.fill(`${field('Name')} input`, `spread ${stamp()}`);
  await page.uncheck('.tick:has-text("Certificate") input');
  await page.waitForFunction(() => !document.querySelector('.plan .field.wrong, .plan .inset-fields .error'));
  await picture(page, 'plan-spread-light-1440');
  await page.click('button:has-text("Start the load test")');
  await page.waitForURL(/loadtests\/\d+$/);
  const id = /(\d+)$/.exec(page.url())[1];
  const { plan } = await api(`/loadtests/${id}`);
  check(plan.endpoints.urls.join() === target && plan.endpoints.strategy === 'round_robin' && plan.max_requests === 500 && plan.max_total_tokens === 90000 && plan.keep_rows === 0.5, JSON.stringify(plan));
  check(plan.classes.policy === 'dynamic' && plan.classes.list.map((c) => `${c.name} ${c.share} ${c.priority}`).join() === 'chat 0.3 1,batch 0.5 0,night 0.2 0' && plan.classes.list[1].inputs.max_tokens === 4, JSON.stringify(plan.classes));
  await page.waitForSelector('.top .state:has-text("completed")', { timeout: 60_000 });
  await page.waitForSelector('section[aria-label="Classes"] tr:has-text("night")');
  await page.waitForSelector('section[aria-label="Endpoints"] tbody tr');
  check(/of 500 at most/.test(await page.textContent('section[aria-label="What it may use"]')), 'what it may use is not told');
  await axe(page);
  await page.click('button:has-text("Run this plan again")');
  await page.waitForURL(/new\?from=/);
  await settled(page);
  check((await page.inputValue(`${field('Class 3: name')} input`)) === 'night' && (await page.inputValue(`${field('Endpoint 1')} input`)) === target && (await page.inputValue(`${field('Tokens at most')} input`)) === '90000', 'again forgot what it was spread over');
  for (const path of [`/loadtests/${id}`, `/scenarios/${scenario.id}`, `/automations/${automation.id}`]) await remove(path);
  await done();
});

await test('results: held back by the target, priced, and again with the same policies', async () => {
  const { automation, scenario } = await limited(10);
  const price = await send('/prices', { provider: 'openai', model: automation.connection.model, input_per_million: 10, output_per_million: 100 });
  const made = await send('/loadtests', { scenario_id: scenario.id, name: `held ${stamp()}`, load_model: { type: 'constant', rate: 20 }, duration_seconds: 3, certificate: false, retry: { max_attempts: 2 }, max_cost: 50 });
  const { page, done } = await open(`/loadtests/${made.id}`);
  await page.waitForSelector('.top .state:has-text("completed")', { timeout: 60_000 });
  await page.waitForSelector('section[aria-label="Policies"]');
  if (!fake) check(/Held back\d+\srequests?, p50/.test(await page.textContent('section[aria-label="Policies"]')), await page.textContent('section[aria-label="Policies"]'));
  const cost = await page.textContent('section[aria-label="Cost"]');
  check(/In all[\d.]+\sUSD.*at most 50\.00\sUSD/.test(cost) && /10\.00 in,.*100\.00 out/.test(cost), cost);
  await axe(page);
  await picture(page, 'loadtest-policies-light-1440');
  await page.click('button:has-text("Run this plan again")');
  await page.waitForURL(/new\?from=/);
  await settled(page);
  check(await page.isChecked('.tick:has-text("Try failed requests again") input') && (await page.inputValue(`${field('Attempts at most')} input`)) === '2' && (await page.inputValue(`${field('Spend at most')} input`)) === '50', 'again forgot the policies');
  await remove(`/prices/${price.id}`);
  await done();
});

if (fake) {
  await test('results: why it was cut short and why it is not valid, with what to do', async () => {
    const { page, done } = await open(`/loadtests/${loads.cut}`);
    await settled(page);
    const cut = await page.textContent('.validity:has-text("Cut short")');
    check(/spend cap of 1\.4 USD/.test(cut) && /figures stand for .* of the 10\smin/.test(cut), cut);
    await page.goto(at(`/loadtests/${loads.held}`));
    await settled(page);
    const why = await page.textContent('.validity');
    check(/Not valid/.test(why) && /Only 1803 of 3012/.test(why) && /limits of the target held requests back/.test(why), why);
    const policies = await page.textContent('section[aria-label="Policies"]');
    check(/14\sattempts more, 11\srequests saved/.test(policies) && /412\srequests, p50 41\.2\sms/.test(policies) && /opened once, 9\srequests refused/.test(policies), policies);
    check(/5\sanswers said no tokens/.test(await page.textContent('section[aria-label="Cost"]')), 'what is not in the cost is not said');
    await done();
  });
  for (const [theme, width] of [['light', 390], ['dark', 390], ['dark', 1440]]) {
    await test(`plan with policies: ${theme} ${width}`, async () => {
      const { page, done } = await open('/loadtests/new', { theme, width, touch: width < 600, allow: /422/ }); // endpoints have no address yet
      await settled(page);
      for (const word of ['Try failed requests again', 'Several endpoints', 'Classes of requests']) await page.check(`.tick:has-text("${word}") input`);
      await page.waitForTimeout(700);
      await axe(page);
      check(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), 'the page scrolls sideways');
      await picture(page, `plan-policies-${theme}-${width}`);
      await done();
    });
  }
}
