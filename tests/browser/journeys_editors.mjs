// SPDX-License-Identifier: Apache-2.0
// Editors on the module itself: JSON that knows its schema, form and JSON as two views of one state, what the server says at the
// fields, unsaved changes, a test run beside the editor, and copied commands that do what they say.
import { execFileSync } from 'node:child_process';
import { api, at, axe, check, open, send, settled, shots, target, test } from './driver.mjs';

const stamp = () => `${Date.now()}`.slice(-8);
const json = 'dialog .pane-beside textarea';
const field = (label) => `dialog .pane-form .field:has(> label:text-is("${label}"))`;
const remove = (path) => fetch(at(`/api/v1${path}`), { method: 'DELETE', headers: { 'content-type': 'application/json' } });
const make = async (name, members = {}) => {
  const automation = await send('/automations', { name: `${name} ${stamp()}`, provider: 'openai', connection: { url: target, model: 'reference-1', headers: { 'x-own': '1' } }, ...members });
  const scenario = await send('/scenarios', { name: `${name} ${stamp()}`, automation_id: automation.id, inputs_template: { prompt: 'x', x_target: { tokens: 4, ttft_ms: 5, gap_ms: 1 } } });
  return { automation, scenario, gone: async () => { await remove(`/scenarios/${scenario.id}?cascade=true`); await remove(`/automations/${automation.id}?cascade=true`); } };
};
const closed = (page) => page.waitForFunction(() => !document.querySelector('dialog[open]'));
const opened = (page) => page.waitForSelector('dialog[open] .panes');

await test('editor: form and JSON are one, what is wrong is marked at its line, members are offered', async () => {
  const { automation, gone } = await make('two views');
  const { page, done } = await open(`/automations/${automation.id}`);
  await opened(page);
  check((await page.textContent('.beside')).includes('headers'), 'what the form does not show is not named');
  await page.fill(`${field('Model')} input`, 'other-model');
  check(JSON.parse(await page.inputValue(json)).connection.model === 'other-model', 'the form is not seen in the JSON');
  const text = JSON.parse(await page.inputValue(json));
  await page.fill(json, JSON.stringify({ ...text, name: 'from the JSON', connection: { ...text.connection, timeout_seconds: '10', modle: 'x' } }, null, 2));
  check((await page.inputValue(`${field('Name')} input`)) === 'from the JSON', 'the JSON is not seen in the form');
  const problems = page.locator('dialog .pane-beside .code-problems li');
  await problems.nth(1).waitFor();
  const said = await problems.allTextContents();
  check(said.some((s) => /\/connection\/timeout_seconds must be a number from 0.001/.test(s)) && said.some((s) => /\/connection\/modle is no member here. Did you mean "model"/.test(s)), said.join('\n'));
  const lines = (await page.inputValue(json)).split('\n');
  check(said.find((s) => s.includes('modle'))?.startsWith(`Line ${lines.findIndex((l) => l.includes('modle')) + 1}`), `not the line: ${said}`);
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/editor-violations.png` });
  await problems.filter({ hasText: 'modle' }).locator('button').click();
  check(await page.evaluate(() => { const t = document.activeElement; return t.value.slice(t.selectionStart, t.selectionEnd).includes('modle'); }), 'the line is not gone to');
  // half a JSON: the form waits, nothing is lost
  await page.fill(json, '{\n  "name": "x"\n  "provider": "openai"\n}');
  await page.waitForSelector('.pane-beside .code-problems li:has-text("Line 3"):has-text("comma is missing")');
  check(await page.isDisabled(`${field('Name')} input`) && await page.isDisabled('dialog button:text-is("Save")'), 'the form can be used meanwhile');
  await page.fill(json, JSON.stringify(text));
  check((await page.inputValue(`${field('Name')} input`)) === text.name, 'the form did not come back');
  // a member by keyboard alone
  await page.focus(json);
  await page.evaluate(() => { const t = document.activeElement; const i = t.value.indexOf('"headers"'); t.setSelectionRange(i, i); });
  await page.keyboard.press('Control+Space');
  await page.waitForSelector('.offers [role=option]');
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/editor-offers.png` });
  await page.keyboard.press('Escape');
  check((await page.$('dialog[open]')) && !(await page.$('.offers')), 'Esc took more than the list');
  await page.keyboard.type('"stal');
  await page.waitForSelector('.offers [aria-selected=true]:has-text("stall_timeout_seconds")');
  await page.keyboard.press('Enter');
  await page.keyboard.type('7'); // over the value that it begins with
  await page.waitForFunction(() => !document.querySelector('.code-problems'));
  await page.keyboard.press('Tab');
  check((await page.inputValue(`${field('Stall time-out (s)')} input`)) === '7', 'the member is not in the form');
  await page.keyboard.press('Control+s');
  await closed(page);
  const kept = await api(`/automations/${automation.id}`);
  check(kept.connection.headers['x-own'] === '1' && kept.connection.model === 'other-model' && kept.connection.stall_timeout_seconds > 0, JSON.stringify(kept.connection));
  // what is taken out of the JSON is taken out
  await page.goto(at(`/automations/${automation.id}?view=json`));
  await opened(page);
  const { headers: _, ...connection } = kept.connection;
  await page.fill(json, JSON.stringify({ name: kept.name, provider: 'openai', connection }));
  await page.keyboard.press('Control+s');
  await closed(page);
  const now = await api(`/automations/${automation.id}`);
  check(!now.connection.headers && now.max_in_flight === 16, JSON.stringify(now));
  await done();
  await gone();
});

await test('editor: run settings know their members, assertions included', async () => {
  const { scenario, gone } = await make('settings');
  const { page, done } = await open(`/scenarios/${scenario.id}`, { allow: /422/ });
  await opened(page);
  const settings = `${field('Run settings')} textarea`;
  await page.click('button[aria-label="Members of Run settings"]');
  await page.waitForSelector('.offers [role=option]:has-text("assertions")');
  await page.keyboard.press('Escape');
  await page.fill(settings, '{"timeout_seconds": "long", "assertions": [{"contians": "x"}], "interval_seconds": 5}');
  await page.waitForSelector(`${field('Run settings')} li:has-text("Did you mean \\"contains\\"")`);
  check((await page.locator(`${field('Run settings')} .code-problems li`).count()) === 2, 'a member of one\'s own is a mistake');
  await page.keyboard.press('Control+s');
  // the server says the same, and it stands at the same place
  await page.waitForSelector(`dialog .failure:has-text("marked fields")`);
  await page.waitForSelector(`${field('Run settings')} li code:text-is("/timeout_seconds")`);
  check(await page.evaluate(() => document.activeElement?.closest('.field')?.querySelector('label')?.textContent === 'Run settings'), 'the focus is not at the first mistake');
  await done();
  await gone();
});

await test('forms: what the server says stands at the field, the first has the focus, the rest is at the top', async () => {
  const { automation, scenario, gone } = await make('problems');
  const { page, done } = await open(`/automations/${automation.id}`, { allow: /422|409/ });
  await opened(page);
  await page.fill(`${field('Base URL')} input`, 'ftp://nowhere');
  await page.fill(`${field('At most in flight')} input`, 'many');
  await page.fill(`${field('Labels')} input`, 'x'.repeat(300));
  await page.click('dialog button:text-is("Save")');
  await page.waitForSelector(`${field('Labels')} .error, ${field('At most in flight')} .error`);
  check((await page.inputValue(`${field('Base URL')} input`)) === 'ftp://nowhere', 'the input did not survive');
  await page.waitForSelector(`${field('At most in flight')} [aria-invalid]:focus, ${field('Labels')} [aria-invalid]:focus, ${field('Base URL')} [aria-invalid]:focus`);
  await page.fill(`${field('At most in flight')} input`, '4');
  await page.fill(`${field('Labels')} input`, '');
  await page.click('dialog button:text-is("Save")');
  await page.waitForSelector(`${field('Base URL')} .error`);
  await page.waitForSelector(`${field('Base URL')} input:focus`);
  // what has no field
  await page.fill(`${field('Base URL')} input`, target);
  const text = JSON.parse(await page.inputValue(json));
  await page.fill(json, JSON.stringify({ ...text, confirmed_rate: -1, own: 1 }));
  await page.click('dialog button:text-is("Save")');
  await page.waitForSelector('dialog .failure code:text-is("/own")');
  check((await page.$('dialog .failure code:text-is("/confirmed_rate")')) === null && (await page.$(`${field('Requests per second that may be tried')} .error`)) !== null, 'consent is not told at its field');
  await page.waitForSelector('.pane-beside .code-problems li:has-text("/own")');
  // a plan
  page.once('dialog', (d) => void d.accept());
  await page.goto(at(`/loadtests/new?scenario_id=${scenario.id}&view=json`));
  await page.waitForSelector('.plan .pane-beside textarea');
  const plan = JSON.parse(await page.inputValue('.plan .pane-beside textarea'));
  await page.fill('.plan .pane-beside textarea', JSON.stringify({ ...plan, load_model: { type: 'poisson', rate: 0 }, labels: ['nightly'], seed: 'x' }));
  await page.waitForSelector('.plan .code-problems li:has-text("/load_model/rate")');
  await page.click('.plan .chip:text-is("Form")');
  await page.waitForSelector('.field.wrong:has-text("Requests per second") .error');
  await page.waitForSelector('.beside code:text-is("labels")');
  await page.fill('label:text-is("Requests per second") + input', '3');
  await page.click('.plan .chip:text-is("JSON")');
  const after = JSON.parse(await page.inputValue('.plan .pane-beside textarea'));
  check(after.load_model.rate === 3 && after.seed === 'x' && after.labels[0] === 'nightly', JSON.stringify(after));
  await done();
  await gone();
});

await test('unsaved: link, back, reload, closing the tab and Esc, twice, ask before they leave', async () => {
  const { scenario, gone } = await make('guarded');
  const { page, done } = await open('/scenarios');
  await settled(page);
  await page.goto(at(`/runs`));
  await settled(page);
  await page.click('nav a:has-text("Scenarios")');
  await settled(page);
  await page.evaluate(([p]) => { history.pushState({ entry: (history.state?.entry ?? 0) + 1 }, '', p); dispatchEvent(new PopStateEvent('popstate', { state: history.state })); }, [new URL(at(`/scenarios/${scenario.id}`)).pathname]);
  await opened(page);
  await page.fill(`${field('Description')} input`, 'changed');
  let asked = [];
  const answer = (accept) => page.once('dialog', (d) => { asked.push(d.type()); void (accept ? d.accept() : d.dismiss()); });
  for (let i = 0; i < 2; i++) { answer(false); await page.keyboard.press('Escape'); await page.waitForTimeout(60); }
  check(asked.length === 2 && await page.isVisible('dialog[open]'), `Esc: ${asked}`);
  asked = [];
  answer(false);
  await page.evaluate(() => history.back());
  await page.waitForFunction((p) => location.pathname.endsWith(p), `/scenarios/${scenario.id}`);
  await page.waitForTimeout(150);
  check(asked.length === 1 && (await page.inputValue(`${field('Description')} input`)) === 'changed' && new URL(page.url()).pathname.endsWith(`/scenarios/${scenario.id}`), `back: ${asked} ${page.url()}`);
  // a link of the page behind, as assistive technology reaches it
  asked = [];
  answer(false);
  await page.evaluate(() => [...document.querySelectorAll('nav a')].find((a) => a.textContent === 'Runs').click());
  await page.waitForTimeout(60);
  check(asked.length === 1 && await page.isVisible('dialog[open]'), `link: ${asked}`);
  asked = [];
  answer(false);
  await page.reload({ timeout: 1000 }).catch(() => undefined);
  check(asked[0] === 'beforeunload' && (await page.inputValue(`${field('Description')} input`)) === 'changed', `reload: ${asked}`);
  asked = [];
  answer(false);
  await page.close({ runBeforeUnload: true });
  for (let i = 0; i < 20 && asked.length === 0; i++) await page.waitForTimeout(50);
  check(asked[0] === 'beforeunload' && !page.isClosed(), `tab: ${asked}`);
  asked = [];
  answer(true);
  await page.evaluate(() => history.back());
  await closed(page);
  check(asked.length === 1 && new URL(page.url()).pathname.endsWith('/scenarios'), `back at last: ${asked} ${page.url()}`);
  await done();
  await gone();
});

await test('test run: what is in the editor is run without saving it, judged, cancelled', async () => {
  const { automation, scenario, gone } = await make('tried');
  const { page, done } = await open(`/scenarios/${scenario.id}?view=test`, { allow: /404/ });
  await opened(page);
  await page.fill(`${field('Inputs')} textarea`, JSON.stringify({ prompt: 'never kept', x_target: { tokens: 6, ttft_ms: 5, gap_ms: 1 } }));
  await page.waitForSelector('.test-run:has-text("without saving it")');
  await page.click('.test-run button:text-is("Test")');
  await page.waitForSelector('.test-run .state:has-text("completed")', { timeout: 30_000 });
  await page.waitForSelector('.test-answer pre');
  check(/TTFT\s*\d/.test(await page.textContent('.test-figures')), await page.textContent('.test-run'));
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/editor-test-run.png` });
  const id = Number(new URL(page.url()).searchParams.get('run'));
  check((await api(`/runs/${id}`)).inputs.prompt === 'never kept' && (await api(`/scenarios/${scenario.id}`)).version === 1, 'the scenario was saved, or another run');
  // more than inputs: it is said, saved, and its assertion judged
  await page.fill(`${field('Run settings')} textarea`, '{"assertions": [{"contains": "no such words"}]}');
  await page.waitForSelector('.test-run:has-text("saved first, as a new version")');
  await page.click('.test-run button:text-is("Save and test")');
  await page.waitForSelector('.test-run .state:has-text("failed")', { timeout: 30_000 });
  await page.waitForSelector('.test-checks:has-text("Not every assertion holds"):has-text("no such words")');
  check((await api(`/scenarios/${scenario.id}`)).version === 2, 'it was not saved');
  // one that takes long is cancelled from here
  await page.fill(`${field('Inputs')} textarea`, JSON.stringify({ prompt: 'long', x_target: { tokens: 4000, ttft_ms: 5, gap_ms: 50 } }));
  await page.click('.test-run button:text-is("Test")');
  await page.waitForSelector('.test-run .state:has-text("running")', { timeout: 30_000 });
  await page.click('.test-run button:text-is("Cancel")');
  await page.waitForSelector('.test-run .state:has-text("cancelled")', { timeout: 30_000 });
  await done();
  // a target that is not kept yet, and has no scenario
  const other = await open('/automations/new?view=test');
  await opened(other.page);
  const name = `fresh ${stamp()}`;
  await other.page.fill(`${field('Name')} input`, name);
  await other.page.fill(`${field('Base URL')} input`, target);
  await other.page.fill(`${field('Model')} input`, 'reference-1');
  await other.page.click('.test-run button:text-is("Save and test")');
  await other.page.waitForURL(/automations\/\d+\?.*run=\d+/);
  await other.page.waitForSelector('.test-run .state:has-text("completed")', { timeout: 30_000 });
  const made = (await api(`/automations?q=${encodeURIComponent(name)}`))[0];
  check((await api(`/scenarios?automation_id=${made.id}`)).length === 1, 'there is no scenario for it');
  await other.done();
  await remove(`/automations/${made.id}?cascade=true`);
  await gone();
  void automation;
});

await test('copied commands do what they say', async () => {
  const { automation, scenario, gone } = await make('copied');
  const { page, done } = await open(`/scenarios/${scenario.id}`);
  const copied = async (button) => {
    await page.click(button);
    await page.waitForFunction(() => [...document.querySelectorAll('button')].some((b) => b.textContent === 'Copied'));
    const text = await page.evaluate(() => navigator.clipboard.readText());
    check(!/password|Bearer (?!\$TOKEN)/i.test(text), text);
    return text;
  };
  const shell = (command) => { const out = execFileSync('sh', ['-c', command.replace('curl -sS', 'curl -sS --fail-with-body')], { encoding: 'utf8', timeout: 20_000 }); return out ? JSON.parse(out) : null; };
  await opened(page);
  await page.fill(`${field('Description')} input`, "it's $HOME `here`");
  check(shell(await copied('dialog button:text-is("Copy as curl")')).description === "it's $HOME `here`", 'the scenario is not changed by its command');
  page.once('dialog', (d) => void d.accept());
  await page.keyboard.press('Escape');
  await page.goto(at(`/automations/${automation.id}`));
  await opened(page);
  await page.fill(`${field('Labels')} input`, 'by hand');
  check(shell(await copied('dialog button:text-is("Copy as curl")')).labels[0] === 'by hand', 'the automation is not changed by its command');
  page.once('dialog', (d) => void d.accept());
  await page.goto(at(`/runs?dialog=trigger`));
  await page.waitForSelector('dialog[open] select');
  await page.selectOption('dialog select >> nth=0', String(scenario.id));
  check(shell(await copied('dialog button:text-is("Copy as curl")')).scenario_id === scenario.id, 'no run is triggered by its command');
  await page.goto(at('/runs'));
  await settled(page);
  check(Array.isArray(shell(await copied('.pager button:text-is("Copy as curl")'))), 'the list is not answered');
  await page.goto(at(`/loadtests/new?scenario_id=${scenario.id}`));
  await page.waitForSelector('.plan');
  const test_ = shell(await copied('.plan-foot button:text-is("Copy as curl")'));
  check(test_.id > 0, 'no load test is made by its command');
  await send(`/loadtests/${test_.id}/stop`, { mode: 'cancel' });
  for (let i = 0; i < 100 && /pending|running/.test((await api(`/loadtests/${test_.id}`)).status); i++) await page.waitForTimeout(100);
  page.once('dialog', (d) => void d.accept());
  await page.goto(at('/settings'));
  await settled(page);
  check(shell((await copied('section[aria-label="Definitions"] button:text-is("Copy as curl")')).replace(/ > definitions.json$/, '')).format.startsWith('mod_benchmark'), 'definitions are not exported');
  await done();
  await remove(`/loadtests/${test_.id}`);
  await gone();
});
