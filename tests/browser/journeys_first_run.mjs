// SPDX-License-Identifier: Apache-2.0
// From an empty installation to a measured run, every click counted; and what is said where a target does not answer as wished.
import { api, at, axe, bend, check, fake, open, settled, shots, target, test } from './driver.mjs';

const ADDRESS = 'label:has-text("Address of the target") + input';
const MODEL = 'label:text-is("Model") + input';
const PROVIDER = 'label:has-text("Provider") + select';

/** Pastes as a person does: one event, then the text. */
async function paste(page, selector, text) {
  await page.evaluate((t) => navigator.clipboard.writeText(t), text);
  await page.fill(selector, '');
  await page.focus(selector);
  await page.keyboard.press('Control+V');
}

/** Counts the clicks that the page saw. */
async function counted(page) {
  await page.evaluate(() => { window.__clicks = 0; addEventListener('pointerup', () => { window.__clicks += 1; }, true); });
  return () => page.evaluate(() => window.__clicks);
}

if (fake) {
  await test('first run: an address is pasted, and three clicks later its run is measured', async () => {
    await bend('empty');
    try {
      // many models to choose from, then one that is chosen by itself
      for (const [address, most] of [['http://some.example.com:8000/v1/chat/completions', 3], ['http://127.0.0.1:11434/', 2]]) {
        await bend('empty');
        const { page, done } = await open('/');
        await page.waitForSelector('.first-run');
        const clicks = await counted(page);
        await paste(page, ADDRESS, address);
        await page.waitForSelector('.finding .ok:has-text("OpenAI-compatible")');
        check((await page.inputValue(PROVIDER)) === 'openai', 'the provider was not found');
        await axe(page);
        if (shots) await page.screenshot({ path: `${shots}/first-run-found-${most}.png`, fullPage: true });
        if (most === 3) await page.click('.model-list label:has-text("qwen-3-32b")');
        check((await page.inputValue(MODEL)) === (most === 3 ? 'qwen-3-32b' : 'llama3'), 'the model was not chosen');
        await page.click('button:has-text("Add the target")');
        await page.waitForSelector('#first-prompt');
        await axe(page);
        if (shots) await page.screenshot({ path: `${shots}/first-run-question-${most}.png`, fullPage: true });
        await page.click('button:text-is("Run it")');
        await page.waitForURL(/runs\/\d+/);
        check((await clicks()) === most, `${await clicks()} clicks instead of ${most}`);
        await page.waitForSelector('.top .state:has-text("completed")');
        await page.waitForSelector('.facts :text("TTFT"), dt:has-text("TTFT")');
        const made = (await api('/automations'))[0];
        check(!/completions|\/$/.test(made.connection.url), `not a base URL: ${made.connection.url}`);
        await done();
      }
    } finally {
      await bend('full');
    }
  });

  await test('first run: what goes wrong is said in words, with what to do', async () => {
    await bend('empty');
    try {
      for (const [width, theme] of [[390, 'dark'], [1440, 'light']]) {
        const { page, done } = await open('/', { width, theme, touch: width < 600 });
        await page.waitForSelector('.first-run');
        for (const [address, words, conf] of [['http://private.example.com', 'Runs may not go to', 'BenchmarkTargetAllow 10.2.0.4'], ['http://closed.example.com', 'Nobody listens', null], ['https://locked.example.com/v1', 'wants a key', 'BenchmarkSecret my-key /etc/benchmark/my-key']]) {
          await page.fill(ADDRESS, address);
          await page.locator(ADDRESS).blur();
          await page.waitForSelector(`.finding .error:has-text("${words}")`);
          check(conf === null || (await page.textContent('.finding code')) === conf, `no line for httpd.conf: ${await page.textContent('.finding')}`);
          await axe(page);
          if (shots) await page.screenshot({ path: `${shots}/first-run-wrong-${address.split(/[/.]+/)[1]}-${theme}-${width}.png`, fullPage: true });
        }
        check(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page scrolls sideways');
        // the key is named, and it is asked again
        await page.fill('label:has-text("Secret with the key") + input', 'vault');
        await page.locator('label:has-text("Secret with the key") + input').blur();
        await page.waitForSelector('.finding .ok');
        // many: a filter, and any name by hand
        await page.fill(ADDRESS, 'https://many.example.com');
        await page.locator(ADDRESS).blur();
        await page.waitForSelector('.finding .ok:has-text("240 models")');
        check((await page.$$('.model-list label')).length === 100, 'all are shown');
        await page.fill('[aria-label="Filter the models"]', 'phi 239');
        await page.waitForFunction(() => document.querySelectorAll('.model-list label').length === 1);
        await page.fill(MODEL, 'a-model-of-mine');
        // no list: typed
        await page.fill(ADDRESS, 'https://site.example.com/search');
        await page.locator(ADDRESS).blur();
        await page.waitForSelector('.finding .ok:has-text("an HTTP endpoint")');
        check((await page.inputValue(PROVIDER)) === 'http' && (await page.$(MODEL)) === null, 'an endpoint has a model');
        await done();
      }
    } finally {
      await bend('full');
    }
  });
}

await test('models of a target: listed in the editor of an automation, picked, saved', async () => {
  const { page, done } = await open('/automations/new');
  await settled(page);
  await page.fill('label:has-text("Base URL") + input', target);
  await page.fill('label:text-is("Name") + input', 'picked');
  await page.click('button:text-is("List its models")');
  await page.waitForSelector('.finding .ok:has-text("It offers 1 model")');
  const only = await page.inputValue(MODEL);
  check(only === (fake ? 'llama3' : 'reference-target'), `the only model was not taken: ${only}`);
  check((await page.$('.model-list')) === null, 'one model that is taken already is listed');
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/automation-models.png` });
  await page.click('dialog button:text-is("Save"), button:text-is("Save")');
  await page.waitForURL(at('/automations'));
  const made = (await api('/automations?limit=1000')).find((a) => a.name === 'picked');
  check(made.connection.model === only && made.connection.url === target, `saved is ${JSON.stringify(made.connection)}`);
  await api(`/automations/${made.id}`, { method: 'DELETE', headers: { 'content-type': 'application/json' } });
  await done();
});
