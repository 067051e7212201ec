// SPDX-License-Identifier: Apache-2.0
// Datasets and what load tests ask, on any server: upload by file, drop and paste, what is wrong at its line, entries,
// rename, refused deletion; then the four ways to say what a plan asks, with the server's words at their fields.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { api, at, axe, check, fake, open, scenarioId, send, settled, shots, test } from './driver.mjs';

const field = (label) => `.field:has(> label:text-is("${label}"))`;
const picture = async (page, name) => { if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true }); };
const stamp = () => `${Date.now()}`.slice(-8);
const rows = (n) => Array.from({ length: n }, (_, i) => JSON.stringify({ prompt: `Question ${i + 1} of many?`, max_tokens: 5 + (i % 9) })).join('\n');

/** What a person drops: a file made in the page. */
const drop = (page, name, text) => page.evaluate(([fileName, content]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([content], fileName));
  document.querySelector('.drop').dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
}, [name, text]);

await test('dataset: pasted text by keyboard, the wrong line shown, mended, uploaded, its entries', async () => {
  const { page, done } = await open('/datasets', { allow: /422/ });
  await settled(page);
  await page.keyboard.press('n');
  await page.waitForURL(at('/datasets/new'));
  await page.waitForSelector('dialog[open] button:has-text("Choose a file"):focus');
  check(await page.isDisabled('dialog button:text-is("Upload")'), 'nothing can be uploaded');
  const name = `pasted ${stamp()}`;
  await page.fill(`${field('Name')} input`, name);
  await page.fill('.drop textarea', `${rows(40)}\n{"prompt": "half an\n${rows(3)}`);
  await page.waitForSelector('.wrong-content .error:has-text("Line 41")'); // before anything was sent
  await page.keyboard.press('Control+s');
  await page.waitForSelector('.upload > .dialog-body > .failure');
  await page.waitForSelector('.wrong-content .error:has-text("Line 41")');
  check((await page.textContent('.code-lines .bad')).includes('half an'), 'the wrong line is not marked');
  check((await page.$$('.code-lines li')).length === 3, 'not the lines around it');
  check(await page.getAttribute('.drop textarea', 'aria-invalid') === 'true', 'the field is not invalid');
  await page.click('button:has-text("Go to line 41")');
  check(await page.evaluate(() => { const t = document.querySelector('.drop textarea'); return document.activeElement === t && t.value.slice(t.selectionStart, t.selectionEnd) === '{"prompt": "half an'; }), 'the line is not selected');
  await axe(page);
  await picture(page, 'dataset-wrong-light-1440');
  await page.keyboard.type('{"prompt": "a whole one?"}');
  await page.waitForFunction(() => !document.querySelector('.wrong-content'));
  await page.keyboard.press('Control+s');
  await page.waitForURL(/datasets\/\d+$/);
  await settled(page);
  check(/44\sentries/.test(await page.textContent('.sub')), await page.textContent('.sub'));
  check((await page.$$('tbody tr')).length === 20, 'not the first entries');
  await page.click('.pager button:has-text("Next")');
  await page.waitForURL(/after=20/);
  await page.waitForSelector('button[aria-label="Entry 21"]');
  await page.click('.pager button:has-text("Next")');
  await page.waitForSelector('button[aria-label="Entry 41"]');
  check((await page.textContent('tr:has(button[aria-label="Entry 41"])')).includes('a whole one?'), 'the mended line is not the 41st');
  await page.click('button[aria-label="Entry 41"]');
  await page.waitForSelector('dialog[open] .json-view');
  await axe(page);
  await picture(page, 'dataset-entry-light-1440');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !document.querySelector('dialog[open]'));
  await page.goBack();
  await page.waitForSelector('dialog[open] .json-view');
  await done();
});

await test('dataset: a CSV file chosen, another dropped, one that is no text', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'bm-data-'));
  try {
    const csv = join(dir, 'my tickets.csv');
    writeFileSync(csv, 'prompt,max_tokens\nWhat is late?,5\nWho is there?,7,8\nWhy?,9\n');
    writeFileSync(join(dir, 'latin.jsonl'), Buffer.from([0x7b, 0x22, 0xe9, 0x22, 0x7d]));
    const { page, done } = await open('/datasets/new', { allow: /422/ });
    await settled(page);
    await page.setInputFiles('.drop input[type=file]', join(dir, 'latin.jsonl'));
    await page.waitForSelector('.upload .error:has-text("is not UTF-8")');
    await page.setInputFiles('.drop input[type=file]', csv);
    await page.waitForSelector('.file-card:has-text("my tickets.csv")');
    check((await page.inputValue(`${field('Name')} input`)) === 'my tickets' && (await page.inputValue(`${field('Format')} select`)) === 'csv', 'name or format was not taken from the file');
    check((await page.$$('.file-card .code-lines li')).length === 4, 'not its lines');
    await page.click('dialog button:text-is("Upload")');
    await page.waitForSelector('.wrong-content .error:has-text("Line 3")');
    check((await page.textContent('.wrong-content .bad')).includes('Who is there?,7,8'), 'the wrong line is not marked');
    await axe(page);
    await picture(page, 'dataset-file-wrong-light-1440');
    await page.click('button:has-text("Edit here")');
    check((await page.inputValue('.drop textarea')).startsWith('prompt,max_tokens'), 'the file is not in the field');
    let asked = '';
    page.once('dialog', (d) => { asked = d.message(); void d.dismiss(); });
    await page.keyboard.press('Escape');
    await page.waitForTimeout(100);
    check(/without uploading/.test(asked), 'it closed without a question');
    await drop(page, 'dropped.jsonl', rows(3));
    await page.waitForSelector('.file-card:has-text("dropped.jsonl")');
    check((await page.inputValue(`${field('Format')} select`)) === 'jsonl', 'the format was not changed');
    await page.fill(`${field('Name')} input`, `dropped ${stamp()}`);
    await page.click('button:has-text("Copy as curl")');
    await page.waitForSelector('button:has-text("Copied")');
    const text = await page.evaluate(() => navigator.clipboard.readText());
    check(/^jq -Rs --arg name 'dropped \d+' .*dropped\.jsonl \|\n/.test(text) && /-d @-$/.test(text), text);
    await page.click('dialog button:text-is("Upload")');
    await page.waitForURL(/datasets\/\d+$/);
    await settled(page);
    check(/3\sentries/.test(await page.textContent('.sub')), await page.textContent('.sub'));
    await done();
  } finally {
    rmSync(dir, { recursive: true });
  }
});

await test('dataset: more than the server takes is said before it is sent', async () => {
  const { page, done } = await open('/datasets/new');
  await settled(page);
  await drop(page, 'large.jsonl', `${rows(30_000)}\n`);
  await page.waitForSelector('.upload .error:has-text("BenchmarkMaxBody")');
  check(await page.isDisabled('dialog button:text-is("Upload")'), 'it could be sent all the same');
  check(!(await page.$('button:has-text("Edit here")')), 'a text of more than a megabyte would go into a field');
  check(/29,995\smore lines/.test(await page.textContent('.file-card')), await page.textContent('.file-card'));
  await picture(page, 'dataset-large-light-1440');
  page.once('dialog', (d) => void d.accept());
  await page.keyboard.press('Escape');
  await page.waitForURL(at('/datasets'));
  await done();
});

await test('dataset: renamed, refused while a load test asks it, deleted afterwards', async () => {
  const made = await send('/datasets', { name: `to go ${stamp()}`, format: 'jsonl', content: '{"prompt": "Hello?", "max_tokens": 4}' });
  const { page, done } = await open(`/datasets/${made.id}`, { allow: /409|422/ });
  await settled(page);
  await page.click('.top button:has-text("Rename")');
  await page.waitForSelector('dialog[open] input:focus');
  const name = `gone ${stamp()}`;
  await page.fill('dialog input', name);
  await axe(page);
  await page.keyboard.press('Enter');
  await page.waitForSelector(`.top h1:has-text("${name}")`);
  const running = await send('/loadtests', { scenario_id: scenarioId, name: 'asks a dataset', load_model: { type: 'constant', rate: 2 }, duration_seconds: 300, certificate: false, dataset: { dataset_id: made.id } });
  await page.click('.top button:has-text("Delete")');
  await page.waitForSelector('dialog[open]:has-text("1 entry")');
  await page.click('dialog button:has-text("Delete it")');
  await page.waitForSelector('dialog[open] h2:has-text("is in use")');
  check((await page.textContent('dialog[open]')).includes(String(running.id)), 'the load test is not named');
  await axe(page);
  await picture(page, 'dataset-in-use-light-1440');
  await page.click('dialog a:has-text("Show them")');
  await page.waitForURL(/loadtests\?status=pending,running/);
  await page.waitForSelector(`a[href*="/loadtests/${running.id}?"]`);
  await send(`/loadtests/${running.id}/stop`, { mode: 'cancel' });
  for (let i = 0; i < 60 && !/cancelled/.test((await api(`/loadtests/${running.id}`)).status); i++) await page.waitForTimeout(250);
  await page.goto(at(`/datasets/${made.id}`));
  await settled(page);
  await page.click('.top button:has-text("Delete")');
  await page.click('dialog button:has-text("Delete it")');
  await page.waitForURL(at('/datasets'));
  await settled(page);
  check(!(await page.$(`a:has-text("${name}")`)), 'it is still listed');
  await done();
});

await test('plan: inline inputs, an uploaded dataset, generated prompts; what is wrong stands at its field', async () => {
  const { page, done } = await open(`/loadtests/new?scenario_id=${scenarioId}`, { allow: /422/ });
  await settled(page);
  const asks = (what) => page.selectOption(`${field('Each request asks')} select`, what);
  const words = () => page.textContent('.estimate-words');
  await asks('inline');
  await page.waitForSelector('.field.wrong:has-text("Inputs") .error:has-text("at least one")');
  const lines = `${field('Inputs, a JSON object in each line')} textarea`;
  await page.fill(lines, '{"prompt": "one", "max_tokens": 3}\n\n{"prompt": two}');
  await page.focus(`${field('Name')} input`);
  await page.waitForSelector('.field.wrong .code-problems li:has-text("Line 3")');
  await page.fill(lines, '{"prompt": "one", "max_tokens": "many"}\n\n{"prompt": two}');
  await page.waitForSelector('.code-problems li:has-text("Line 1 /max_tokens must be a whole number")'); // before anything was sent
  check(/cannot be read/.test(await words()), await words());
  await page.fill(lines, '{"prompt": "one", "max_tokens": 3}\n\n{"prompt": "{{who}}?"}');
  await page.waitForSelector('.field.wrong .code-problems li:has-text("Line 3 /prompt")');
  await page.click('.code-problems li:has-text("Line 3") button');
  check(await page.$eval(lines, (t) => document.activeElement === t && t.value.slice(t.selectionStart).startsWith('"prompt": "{{who}}')), 'its button does not lead there');
  await page.fill(lines, '{"prompt": "one", "max_tokens": 3}\n\n{"prompt": "two", "max_tokens": 4}');
  await page.waitForFunction(() => !document.querySelector('.field.wrong'));
  check(/with 2\sinputs of the plan/.test(await words()), await words());
  await page.waitForSelector('.estimate:has-text("2 different inputs: each is asked about 325 times")');
  await axe(page);
  await picture(page, 'plan-inline-light-1440');

  await asks('dataset');
  await page.waitForSelector('.field.wrong:has-text("Dataset") .error:has-text("Choose one")');
  await page.click('.with-button button:has-text("Upload one")');
  await page.waitForSelector('dialog[open] .drop');
  const name = `from the plan ${stamp()}`;
  await page.fill('.drop textarea', rows(5));
  await page.fill(`dialog ${field('Name')} input`, name);
  await page.click('dialog button:text-is("Upload")');
  await page.waitForFunction(() => !document.querySelector('dialog[open]'));
  await page.waitForFunction((n) => document.querySelector('.estimate-words')?.textContent.includes(`the entries of “${n}”`), name);
  await page.waitForSelector('.help:has-text("Question 1 of many?")');
  await page.waitForFunction(() => !document.querySelector('.field.wrong'));
  await page.selectOption(`${field('In which order')} select`, 'random');
  await page.waitForFunction(() => /in random order/.test(document.querySelector('.estimate-words').textContent));
  await axe(page);
  await picture(page, 'plan-dataset-light-1440');

  await asks('generate');
  await page.waitForFunction(() => /1,000 generated prompts of about 800 ± 200 tokens, answers of at most 50 to 400/.test(document.querySelector('.estimate-words').textContent));
  await page.fill(`${field('Different prompts')} input`, 'many');
  const output = 'fieldset:has(> legend:text-is("Tokens of the answer"))';
  await page.fill(`${output} ${field('At most')} input`, '7');
  await page.waitForSelector(`${field('Different prompts')}.wrong .error`);
  await page.waitForSelector(`${output} .field.wrong:has-text("At most") .error:has-text("less than min")`);
  await page.check('.tick:has-text("Shared beginnings") input');
  await page.fill(`${field('Zipf exponent')} input`, '11');
  await page.waitForSelector(`${field('Zipf exponent')}.wrong .error`);
  await axe(page);
  await picture(page, 'plan-generate-wrong-light-1440');
  await page.fill(`${field('Zipf exponent')} input`, '1.1');
  await page.fill(`${field('Different prompts')} input`, '100');
  await page.fill(`${output} ${field('At most')} input`, '70');
  await page.waitForFunction(() => !document.querySelector('.field.wrong'));
  await page.waitForFunction(() => [...document.querySelectorAll('.estimate .pairs > div')].some((d) => /Output tokens.*45\.5/.test(d.textContent)));
  await page.click('.plan-foot button:has-text("Copy as curl")');
  const text = await page.evaluate(() => navigator.clipboard.readText());
  check(/"shared_prefixes":\{"count":10,"tokens":500,"zipf":1.1\}/.test(text) && /"order":"random"/.test(text), text);
  page.once('dialog', (d) => void d.accept());
  await page.goto(at('/datasets'));
  await done();
});

await test('plan: generated prompts and a dataset are asked, and the load test says so', async () => {
  const set = await send('/datasets', { name: `asked ${stamp()}`, format: 'jsonl', content: rows(3) });
  const { page, done } = await open(`/loadtests/new?dataset_id=${set.id}&scenario_id=${scenarioId}`);
  await settled(page);
  check((await page.inputValue(`${field('Dataset')} select`)) === String(set.id), 'the dataset of the link is not chosen');
  await page.fill(`${field('Requests per second')} input`, '20');
  await page.fill(`${field('Seconds')} input`, '2');
  await page.fill(`${field('Warm-up (s)')} input`, '0');
  await page.uncheck('.tick:has-text("Certificate") input');
  await page.click('button:has-text("Start the load test")');
  await page.waitForURL(/loadtests\/\d+$/);
  await page.waitForSelector('.top .state:has-text("completed")', { timeout: 60_000 });
  await page.waitForFunction((n) => document.querySelector('.sub')?.textContent.includes(n), `the entries of “${set.name}”`);
  await page.click('button:has-text("Run this plan again")');
  await page.waitForURL(/new\?from=/);
  await settled(page);
  check((await page.inputValue(`${field('Dataset')} select`)) === String(set.id), 'again forgot the dataset');
  await done();
});

for (const [theme, width] of [['light', 390], ['dark', 390], ['dark', 1440]]) {
  if (!fake) continue;
  await test(`plan and upload: ${theme} ${width}`, async () => {
    const { page, done } = await open('/datasets/new', { theme, width, touch: width < 600, allow: /422/ });
    await settled(page);
    await page.fill('.drop textarea', `${rows(2)}\n{"prompt": "half an\n${rows(3)}`);
    await page.fill(`${field('Name')} input`, 'questions');
    await page.click('dialog button:text-is("Upload")');
    await page.waitForSelector('.wrong-content');
    await axe(page);
    await picture(page, `dataset-wrong-${theme}-${width}`);
    page.once('dialog', (d) => void d.accept());
    await page.goto(at('/loadtests/new'));
    await settled(page);
    for (const what of ['inline', 'dataset', 'generate']) {
      await page.selectOption(`${field('Each request asks')} select`, what);
      if (what === 'generate') await page.check('.tick:has-text("Shared beginnings") input');
      await page.waitForTimeout(700);
      await axe(page);
      check(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), 'the page scrolls sideways');
      await picture(page, `plan-${what}-${theme}-${width}`);
    }
    await done();
  });
}
