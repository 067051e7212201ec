// SPDX-License-Identifier: Apache-2.0
// Training on the made-up server: begun by keyboard after somebody said yes, watched live, stopped; what each kind of end says; problems
// made by hand and run again; what is refused, and to whom.
import { another, api, at, axe, bend, check, fail, open, send, settled, shots, test, trained, url } from './driver.mjs';

const label = (text) => `label:text-is("${text}") + input`;
const chart = (page, title) => page.locator(`section[aria-label="${title}"] .plot`);
const shot = async (page, name) => { if (shots) await page.screenshot({ path: `${shots}/${name}.png` }); };

await test('training: filters and pages are in the URL, a row opens, back leads to it', async () => {
  const { page, done } = await open('/');
  await settled(page);
  await page.keyboard.press('g');
  await page.keyboard.press('n');
  await page.waitForURL(at('/training'));
  await settled(page);
  const row = await page.textContent(`tr:has(a[href*="/training/${trained.ability}"])`);
  for (const part of [/capacity, quickly/, /Ability/, /completed/, /53\.4\/s/, /50\.8–56\.1\/s, 95/]) check(part.test(row), `${part} is not in "${row}"`);
  check(/hard|extreme/.test(await page.textContent(`tr:has(a[href*="/training/${trained.ladder}"]) td:nth-child(5)`)), 'a ladder ends with no difficulty');
  await page.click('button:has-text("Older")');
  await page.waitForURL(/after=\d+/);
  await settled(page);
  await page.goBack();
  await page.waitForURL(at('/training'));
  await page.click('.chip:has-text("stopped")');
  await page.waitForURL(/status=stopped/);
  await page.reload();
  await settled(page);
  check((await page.$$('tbody tr')).length === 1, 'the filter did not survive a reload');
  await page.focus('#main');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL((u) => u.pathname.endsWith(`/training/${trained.stopped}`) && u.search === '?status=stopped');
  await settled(page);
  check(/Stopped by a user/.test(await page.textContent('main')), 'it does not say why it ended');
  await page.click('.crumb');
  await page.waitForURL(at('/training?status=stopped'));
  await page.click('.chip:has-text("failed")');
  await page.click('.chip:has-text("stopped")');
  await page.waitForURL(/status=failed$/);
  await page.click('button:has-text("Clear")');
  await page.waitForURL(at('/training'));
  await done();
});

await test('training: begun by keyboard once somebody has said yes, seen live, stopped; a second one is refused', async () => {
  await bend('full');
  const { page, done } = await open('/training', { allow: /409|422/ });
  await settled(page);
  await page.focus('#main');
  await page.keyboard.press('n');
  await page.waitForURL(/training\/new/);
  await settled(page);
  await page.selectOption('label:text-is("Scenario") + select', '3');
  await page.waitForSelector('.consent:has-text("Nobody has said yes")');
  check(await page.isDisabled('button:has-text("Start the session")'), 'it may be started without consent');
  await axe(page);
  await shot(page, 'training-consent-light-1440');
  await page.fill(label('Requests per second that may be tried'), '60');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.consent-said:has-text("60/s")');
  check((await api('/automations/2')).confirmed_rate === 60, 'it was not said to the server');
  await page.fill(label('Name'), 'by keyboard');
  await page.fill(label('Seconds'), '0');
  await page.press(label('Seconds'), 'Control+s');
  await page.waitForSelector('.field.wrong:has-text("Seconds") .error');
  await page.waitForFunction(() => document.activeElement === document.querySelector('.plan [aria-invalid="true"]'));
  await page.keyboard.type('600');
  await page.fill(label('Seconds'), '600');
  await page.press(label('Seconds'), 'Control+s');
  await page.waitForURL(/training\/\d+$/);
  await page.waitForSelector('.top .state:has-text("running")');
  await page.waitForSelector('[aria-label="Now"]:has-text("users at once")', { timeout: 15_000 });
  await chart(page, 'Response time').locator('canvas').first().waitFor({ timeout: 15_000 });
  // a second problem comes by events, without a reload
  await page.waitForFunction(() => document.querySelectorAll('section[aria-label="Problems"] tbody tr').length >= 2, null, { timeout: 20_000 });
  await page.waitForFunction(() => /Problems met1 of 1/.test(document.querySelector('.kpis')?.textContent ?? ''));
  await page.waitForSelector('.moves li:has-text("easy → medium")');
  const points = async () => Number(/^(\d+)/.exec(await page.evaluate(async () => { const button = document.querySelector('section[aria-label="Response time"] button[aria-pressed]'); button.click(); await new Promise((r) => setTimeout(r, 200)); const n = document.querySelectorAll('section[aria-label="Response time"] tbody tr').length; document.querySelector('section[aria-label="Response time"] button[aria-pressed]').click(); return `${n}`; }))?.[1]);
  const before = await points();
  await page.waitForTimeout(2600);
  const after = await points();
  check(after >= before + 1 && after <= before + 5, `in 2.6 s ${after - before} points came`);
  await axe(page);
  await shot(page, 'training-live-light-1440');
  // one at a time
  const other = await open('/training/new?scenario_id=3', { allow: /409/ });
  await settled(other.page);
  await other.page.waitForSelector('.consent-busy:has-text("by keyboard")');
  await other.page.click('button:has-text("Start the session")');
  await other.page.waitForSelector('.failure:has-text("one at a time")');
  await other.done();
  await page.click('.top button:has-text("Stop")');
  await page.waitForSelector('dialog[open] h2:has-text("Stop by keyboard?")');
  await axe(page);
  await page.click('dialog button:has-text("Stop it")');
  await page.waitForSelector('.top .state:has-text("stopped")', { timeout: 15_000 });
  await page.waitForSelector('.capacity:has-text("What the target can take")');
  check(/no confidence is claimed/.test(await page.textContent('.capacity')), 'a difficulty claims a confidence');
  await page.click('button:has-text("Train again")');
  await page.waitForURL(/new\?from=/);
  await settled(page);
  check((await page.inputValue(label('Seconds'))) === '600' && (await page.inputValue(label('Name'))) === 'by keyboard', 'the plan was lost');
  await page.goBack();
  await settled(page);
  await page.click('.top button:has-text("Delete")');
  await page.click('dialog button:has-text("Delete it")');
  await page.waitForURL(at('/training'));
  await settled(page);
  check(!(await page.$('a:has-text("by keyboard")')), 'it is still listed');
  await done();
});

await test('training: form and JSON are one; a policy that looks for a rate takes one type', async () => {
  const { page, done } = await open('/training/new?scenario_id=1&view=json');
  await settled(page);
  const text = () => page.inputValue('.code-edit textarea');
  check(/"policy": "ladder"/.test(await text()), await text());
  await page.click('.panes-pick button:has-text("Form")');
  await page.click('label.tick:has-text("Fault tolerance")');
  await page.selectOption('label:text-is("Policy") + select', 'ability');
  check(!(await page.$('.type-picks')), 'it still takes many types');
  await page.selectOption('label:text-is("Type of problem") + select', 'network_latency');
  await page.click('.panes-pick button:has-text("JSON")');
  const body = JSON.parse(await text());
  check(JSON.stringify(body.types) === '["network_latency"]' && body.settings.difficulty === 'medium' && !('difficulty' in body), JSON.stringify(body));
  await page.fill('.code-edit textarea', JSON.stringify({ ...body, settings: { ...body.settings, precision: 0.1 }, budget: { problems: 4 } }));
  await page.click('.panes-pick button:has-text("Form")');
  await page.waitForFunction(() => [...document.querySelectorAll('.field')].find((f) => f.textContent.startsWith('Problems'))?.querySelector('input').value === '4');
  await page.fill(label('Seed'), '77');
  await page.click('.panes-pick button:has-text("JSON")');
  const kept = JSON.parse(await text());
  check(kept.settings.precision === 0.1 && kept.seed === 77, 'what the form has no field for was lost');
  let asked = false;
  page.once('dialog', (d) => { asked = true; void d.accept(); });
  await page.click('nav a:has-text("Engine")');
  await page.waitForURL(at('/engine'));
  check(asked, 'the form was left without a question');
  await done();
});

await test('training: each end says what the target can take, and how sure that is', async () => {
  const { page, done } = await open(`/training/${trained.ability}`);
  await settled(page);
  const said = await page.textContent('.capacity');
  check(/53\.4\/s/.test(said) && /50\.8–56\.1\/s, 95\s% confidence/.test(said) && /between 50\.8 and 56\.1/.test(said), said);
  await page.focus('section[aria-label="Rate"] .plot');
  await page.keyboard.press('End');
  check(/^Problem \d+: rate [\d.]+\/s, /.test(await page.textContent('section[aria-label="Rate"] [aria-live]')), await page.textContent('section[aria-label="Rate"] [aria-live]'));
  await page.goto(at(`/training/${trained.search}`));
  await settled(page);
  check(/57\.8\/s\s*56\.6–59\.1\/s, 95/.test(await page.textContent('.capacity')), await page.textContent('.capacity'));
  await page.goto(at(`/training/${trained.ladder}`));
  await settled(page);
  await page.focus('section[aria-label="Difficulty"] .plot');
  await page.keyboard.press('Home');
  const spoken = await page.textContent('section[aria-label="Difficulty"] [aria-live]');
  check(/^Problem 1: difficulty easy, .*answered in time/.test(spoken), spoken);
  check((await page.$$('section[aria-label="Problems"] tbody tr')).length === 20, 'a page of problems is not 20');
  check(/What the figures advise/.test(await page.textContent('main')) && /results\.metrics\.total_ms\.p95/.test(await page.textContent('.advice-list')), 'advice does not name its figure');
  await page.click('section[aria-label="Problems"] button:has-text("Older")');
  await page.waitForURL(/after=\d+/);
  await settled(page);
  await page.reload();
  await settled(page);
  check((await page.$$('section[aria-label="Problems"] tbody tr')).length === 20, 'the page of problems did not survive a reload');
  await chart(page, 'Response time').locator('canvas').first().waitFor();
  await page.goBack();
  await page.waitForURL(at(`/training/${trained.ladder}`));
  await page.goto(at(`/training/${trained.failed}`));
  await settled(page);
  check(/the target is down/.test(await page.textContent('.run-error')), 'it does not say that the target is down');
  await done();
});

await test('training: a ladder that climbs although no problem is met tells both, and by how much', async () => {
  const { page, done } = await open(`/training/${trained.climbs}`);
  await settled(page);
  const cards = await page.textContent('.kpis');
  check(/Problems met0 of 4/.test(cards) && /Answered in time9\d\.\d\s%/.test(cards) && !/Success/.test(cards), cards);
  const both = await page.textContent('section[aria-label="Two measures"]');
  check(/answered in time, on average\. Above 95 %/.test(both) && /0 of 4 met every outcome/.test(both) && /Missed most often: Throughput \(4\)/.test(both), both);
  const first = await page.textContent('.moves li:last-child');
  check(/easy → medium/.test(first) && /answered in time, more than 95 %/.test(first) && /missed\s*Throughput [\d.]+\/s \(expected ≥\s1,?000\/s\)/.test(first), first);
  const row = await page.textContent('section[aria-label="Problems"] tbody tr:last-child');
  check(/missed.*Throughput [\d.]+\/s \(expected ≥/.test(row), row);
  await axe(page);
  await page.click('.moves li:last-child a');
  await page.waitForURL(/training\/problems\/\d+$/);
  await settled(page);
  check(/Missed: Throughput [\d.]+\/s \(expected/.test(await page.textContent('.validity')), await page.textContent('.validity'));
  await done();
});

await test('training: two sessions are picked and compared; the sides stand in the URL', async () => {
  const { page, done } = await open('/training', { allow: /404/ });
  await settled(page);
  for (const id of [trained.search, trained.ability]) await page.check(`tr:has(a[href*="/training/${id}"]) input[type="checkbox"]`);
  await page.click('a:has-text("Compare the two")');
  await page.waitForURL((u) => u.search === `?a=${trained.ability}&b=${trained.search}`);
  await settled(page);
  check(/takes more/.test(await page.textContent('section[aria-label="Verdict"]')), await page.textContent('section[aria-label="Verdict"]'));
  check(/policy/.test(await page.textContent('table.differences')), 'it does not say that the policies differ');
  await page.click('button:has-text("Swap")');
  await page.waitForURL((u) => u.search === `?a=${trained.search}&b=${trained.ability}`);
  await page.goBack();
  await settled(page);
  check((await page.inputValue('label:has-text("A, what") + select')) === String(trained.ability), 'back does not undo the swap');
  await page.goto(at(`/training/compare?a=${trained.ability}&b=99999`));
  await page.waitForSelector('.failure:has-text("There is no training session 99999")');
  await page.goto(at(`/training/compare?a=${trained.ladder}&b=${trained.search}`));
  await page.waitForSelector('section[aria-label="Verdict"]:has-text("not comparable")');
  await done();
});

await test('training: a target that is down ends the session, and the page says so without reload', async () => {
  await bend('full');
  await fetch(at('/api/v1/automations/2'), { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ confirmed_rate: 10 }) });
  const made = await send('/training/sessions', { scenario_id: 3, name: 'down from the start' });
  const { page, done } = await open(`/training/${made.id}`);
  await page.waitForSelector('.top .state:has-text("failed")', { timeout: 20_000 });
  await page.waitForSelector('.run-error:has-text("the target is down")');
  await page.waitForSelector('section[aria-label="Problems"] .state:has-text("not clear")');
  await page.click('section[aria-label="Problems"] tbody tr:first-child a');
  await page.waitForURL(/training\/problems\/\d+$/);
  await settled(page);
  check(/not valid, so its figures are not the target's.*connection_refused/.test(await page.textContent('.validity')), await page.textContent('.validity'));
  await done();
});

await test('problem: verdict in words, neighbours by keys, run again by its seed', async () => {
  await bend('full');
  const list = await api(`/training/sessions/${trained.ladder}/problems?limit=100`);
  const unclear = list.find((p) => p.success === null), missed = list.find((p) => p.success === false);
  const { page, done } = await open(`/training/problems/${unclear.id}`, { allow: /409/ });
  await settled(page);
  const said = await page.textContent('.validity');
  check(/Neither met nor missed: Completed/.test(said) && /too few requests to tell/.test(said), said);
  await page.waitForSelector('button[title^="Older problem"]:enabled');
  await page.keyboard.press('j');
  await page.waitForURL(at(`/training/problems/${list[list.indexOf(unclear) - 1].id}`));
  await page.goto(at(`/training/problems/${missed.id}`));
  await settled(page);
  check(/^.?Missed: /.test(await page.textContent('.validity p')), await page.textContent('.validity p'));
  const row = await page.textContent('.outcomes tr:has-text("Response time")');
  check(/≤ \d+\sms/.test(row) && /missed/.test(row), row);
  await axe(page);
  await page.focus('#main');
  await page.keyboard.press('n');
  await page.waitForSelector('dialog[open] h2:has-text("Run this problem again?")');
  await axe(page);
  await page.click('dialog button:has-text("Run it again")');
  await page.waitForSelector('dialog .failure:has-text("being trained on")'); // one session is under way there
  await page.keyboard.press('Escape');
  await fetch(at(`/api/v1/training/sessions/${trained.running}/stop`), { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  await page.waitForTimeout(1200);
  await page.click('.top button:has-text("Run it again")');
  await page.click('dialog button:has-text("Run it again")');
  await page.waitForURL((u) => !u.pathname.endsWith(`/${missed.id}`));
  await page.waitForSelector('.top .state:has-text("running")');
  await page.waitForSelector('.top .state:has-text("missed")', { timeout: 15_000 });
  const id = Number(/(\d+)$/.exec(page.url())[1]);
  const again = await api(`/training/problems/${id}`);
  check(again.key === missed.key && JSON.stringify(again.parameters) === JSON.stringify(missed.parameters), 'the same seed is another problem');
  await bend('full');
  await done();
});

await test('problems: made by hand in form and JSON, refused at the field, kept, executed, deleted', async () => {
  await bend('full');
  await fetch(at('/api/v1/automations/2'), { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ confirmed_rate: 10 }) });
  const { page, done } = await open('/training', { allow: /422/ });
  await settled(page);
  await page.click('.top a:has-text("Problems")');
  await page.waitForURL(at('/training/problems'));
  await settled(page);
  await page.focus('#main');
  await page.keyboard.press('n');
  await page.waitForSelector('dialog[open] .panes');
  await page.fill(`dialog ${label('Name')}`, 'a crowd');
  await page.fill(`dialog ${label('Seed')}`, '42');
  await page.fill(`dialog ${label('Users at once')}`, 'many');
  await page.click('dialog button:has-text("Save")');
  await page.waitForSelector('dialog .field.wrong:has-text("Users at once") .error');
  await page.fill(`dialog ${label('Users at once')}`, '12');
  const body = JSON.parse(await page.inputValue('dialog .code-edit textarea'));
  check(body.parameters.users === 12 && body.scenario_type === 'concurrent_requests' && body.seed === 42, JSON.stringify(body));
  await axe(page);
  await shot(page, 'problem-editor-light-1440');
  await page.keyboard.press('Control+s');
  await page.waitForURL(/training\/problems\/\d+$/);
  await settled(page);
  check(/It has not been executed yet/.test(await page.textContent('.validity')) && /12/.test(await page.textContent('.problem-pairs')), 'it is not what was made');
  await page.click('.top button:text-is("Execute")');
  await page.selectOption('dialog label:has-text("Scenario") + select', '3');
  await page.click('dialog button:has-text("Execute it")');
  await page.waitForSelector('.top .state:has-text("met")', { timeout: 15_000 });
  await page.click('.crumb');
  await page.waitForURL(at('/training/problems'));
  await page.selectOption('select[aria-label="Type"]', 'concurrent_requests');
  await page.waitForURL(/type=concurrent_requests/);
  await page.reload();
  await settled(page);
  await page.click('a:has-text("a crowd")');
  await settled(page);
  await page.click('.top button:has-text("Delete")');
  await page.click('dialog button:has-text("Delete it")');
  await page.waitForURL(/training\/problems$/);
  await settled(page);
  check(!(await page.$('a:has-text("a crowd")')), 'it is still there');
  await done();
});

await test('problems: endpoints and classes as rows, refused at the field; newer and older by keys, also in a filter', async () => {
  await bend('full');
  const { page, done } = await open('/training/problems/new', { allow: /422/ });
  await page.waitForSelector('dialog[open] .panes');
  await page.selectOption('dialog label:text-is("Type") + select', 'load_balancing');
  check(/all requests go to the address of the target/.test(await page.textContent('dialog')), 'what no endpoint means is not told');
  await page.click('dialog button:has-text("Add an endpoint")');
  await page.fill(`dialog ${label('Endpoint 1')}`, 'http://10.0.0.1:8000/v1');
  check(JSON.stringify(JSON.parse(await page.inputValue('dialog .code-edit textarea')).parameters.endpoints) === '["http://10.0.0.1:8000/v1"]', 'the endpoint is not in the JSON');
  await page.selectOption('dialog label:text-is("Type") + select', 'resource_allocation');
  await page.click('dialog button:has-text("Add a class")');
  await page.fill('dialog .class-row label:text-is("Share") + input', '0.5');
  await page.click('dialog button:has-text("Save")');
  await page.waitForSelector('dialog .field.wrong:has-text("Class 1: name") .error');
  await page.fill(`dialog ${label('Class 1: name')}`, 'chat');
  await page.click('dialog button:has-text("Save")');
  await page.waitForSelector('dialog .error:has-text("must add up to 1")');
  await page.click('dialog button:has-text("Add a class")');
  check((await page.inputValue('dialog .class-row:nth-of-type(2) label:text-is("Share") + input')) === '0.5', 'the rest is not offered');
  await page.fill(`dialog ${label('Class 2: name')}`, 'batch');
  await axe(page);
  await shot(page, 'problem-classes-light-1440');
  await page.click('dialog button:has-text("Save")');
  await page.waitForURL(/training\/problems\/\d+$/);
  await settled(page);
  check(/chat 50\.0\s%, priority 0.*batch 50\.0\s%/.test(await page.textContent('.problem-pairs')), await page.textContent('.problem-pairs'));
  const newest = page.url();
  check(await page.isDisabled('button[title^="Newer problem"]'), 'there is one newer than the newest');
  await page.waitForSelector('button[title^="Older problem"]:enabled');
  await page.keyboard.press('j');
  await page.waitForFunction((was) => location.href !== was, newest);
  await page.waitForSelector('button[title^="Newer problem"]:enabled');
  await page.keyboard.press('k');
  await page.waitForURL(newest);
  const same = (await api('/training/problems?type=resource_allocation')).map((p) => p.id);
  await page.goto(at(`/training/problems/${same[1]}?type=resource_allocation`));
  await page.click('button[title^="Newer problem"]:enabled');
  await page.waitForURL(at(`/training/problems/${same[0]}?type=resource_allocation`));
  await bend('full');
  await done();
});

await test('training: what is missing, refused or down is told where it is, and the rest stays', async () => {
  const { page, done } = await open('/training/99999', { allow: /status of [45]/ });
  await page.waitForSelector('.failure:has-text("There is no training session 99999")');
  await page.goto(at('/training/problems/99999'));
  await page.waitForSelector('.failure:has-text("There is no problem 99999")');
  for (const [status, retry_after, words] of [[403, null, 'Not allowed'], [429, 2, 'Too many requests'], [503, 2, 'Trying again in']]) {
    await fail({ answers: [{ path: `/training/sessions/${trained.ability}/problems`, status, detail: 'Not now.', code: 'x', ...(retry_after ? { retry_after } : {}) }] });
    await page.goto(at(`/training/${trained.ability}`));
    await page.waitForSelector(`section[aria-label="Problems"] .failure:has-text("${words}")`);
    check(await page.isVisible('.capacity'), `${status}: the statement is gone with the list`);
    await fail({});
  }
  await page.waitForSelector('section[aria-label="Problems"] tbody tr', { timeout: 15_000 });
  await bend('503');
  try {
    await page.goto(at('/training'));
    await page.waitForSelector('.failure:has-text("Trying again in")');
  } finally { await bend('ok'); }
  await page.waitForSelector('.panel.list tbody tr', { timeout: 15_000 });
  await fail({ answers: [{ path: `/training/sessions/${trained.running}/stop`, status: 503, detail: 'The database does not answer.', code: 'database_down', retry_after: 1, times: 1 }] });
  await page.goto(at(`/training/${trained.running}`));
  await page.click('.top button:has-text("Stop")');
  await page.click('dialog button:has-text("Stop it")');
  await page.waitForSelector('.toast.bad:has-text("Not stopped")');
  await fail({});
  await done();
});

await test('training: empty, it leads to the first session', async () => {
  const empty = await another('--empty');
  try {
    const { page, done } = await open('/training', { address: empty.at });
    await page.waitForSelector('.empty:has-text("No session yet") a:has-text("Add a scenario first")');
    await axe(page);
    await page.goto(empty.at('/training/new'));
    await page.waitForSelector('.empty:has-text("No scenario yet")');
    await page.goto(empty.at('/training/problems'));
    await page.waitForSelector('.empty:has-text("No problem is kept")');
    await done();
  } finally { await empty.kill(); }
});

await test('training: a viewer sees all and starts nothing', async () => {
  const viewer = await another('--role', 'viewer');
  try {
    const { page, done } = await open('/training', { address: viewer.at });
    await settled(page);
    check((await page.$$('tbody tr')).length > 10, 'nothing is listed');
    check(!(await page.$('button:has-text("Train a target")')), 'a viewer is offered a session');
    await page.click('tbody tr:first-child .name a');
    await page.waitForURL(/training\/\d+/);
    await settled(page);
    check(!(await page.$('.top button:has-text("Stop")')) && !(await page.$('.top button:has-text("Delete")')), 'a viewer may stop it');
    await page.goto(viewer.at('/training/new'));
    await page.waitForSelector('.empty:has-text("Not yours to start")');
    await done();
  } finally { await viewer.kill(); }
});

await test('training: stored texts stay texts, at 390 px as well', async () => {
  const { page, done } = await open('/training', { width: 390, touch: true });
  await settled(page);
  check(!/XSS/.test(await page.title()) && (await page.$$('img')).length === 0, 'a name became an element');
  for (const path of ['/training/problems', `/training/${trained.running}`]) {
    await page.goto(new URL(url).origin + new URL(at(path)).pathname);
    await settled(page);
    check(!/XSS/.test(await page.title()) && (await page.$$('img')).length === 0, `${path}: a text became an element`);
    check(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), `${path} scrolls sideways`);
  }
  await done();
});

await test('training: printed, it has its statement and its charts, and no buttons', async () => {
  const { page, done } = await open(`/training/${trained.ladder}`);
  await settled(page);
  await page.emulateMedia({ media: 'print' });
  check((await page.$$eval('button', (l) => l.filter((b) => b.checkVisibility() && b.getAttribute('role') !== 'tab').map((b) => b.textContent))).length === 0, 'buttons print');
  check(await page.isVisible('.capacity') && await page.isVisible('.moves li:last-child'), 'what it found out is not printed');
  check(await page.$eval('.moves', (l) => l.scrollHeight <= l.clientHeight + 1), 'moves are cut off on paper');
  if (shots) await page.pdf({ path: `${shots}/training.pdf`, format: 'A4' });
  await done();
});
