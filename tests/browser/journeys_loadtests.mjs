// SPDX-License-Identifier: Apache-2.0
// Load tests of the made-up server: lists, the plan's form, a run seen to its end, and what each kind of result says.
import { at, axe, bend, check, loads, open, send, settled, shots, test, url } from './driver.mjs';

await test('load tests: filters are in the URL, older and newest, a row opens', async () => {
  const { page, done } = await open('/');
  await settled(page);
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await page.waitForURL(at('/loadtests'));
  await settled(page);
  await page.waitForSelector(`tr:has(a[href$="/loadtests/${loads.ended}"]):has-text("short answer")`); // names come by themselves
  const row = await page.textContent(`tr:has(a[href$="/loadtests/${loads.ended}"])`);
  for (const part of [/checkout model/, /Poisson 50\/s for 60\ss/, /short answer/, /completed/, /\d+\sms\sTTFT/, /99\.\d\s%/, /valid/]) check(part.test(row), `${part} is not in "${row}"`);
  await page.click('button:has-text("Older")');
  await page.waitForURL(/after=\d+/);
  await settled(page);
  await page.goBack();
  await page.waitForURL(at('/loadtests'));
  await page.click('.chip:has-text("interrupted")');
  await page.waitForURL(/status=interrupted/);
  await page.reload();
  await settled(page);
  check((await page.$$('tbody tr')).length === 1, 'the filter did not survive a reload');
  await page.fill('#list-q', 'no such');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.empty:has-text("No load test matches")');
  await page.click('button:has-text("Clear the filter")');
  await page.waitForURL(at('/loadtests'));
  await settled(page);
  const first = await page.getAttribute('tbody tr:first-child a', 'href');
  await page.focus('#main');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL(new URL(first, url).href);
  await done();
});

await test('load tests: j and k go through those of the filter, and back leads to it', async () => {
  const { page, done } = await open('/loadtests?status=completed', { allow: /404/ }); // a scenario may be gone that one was of
  await settled(page);
  const all = await page.$$eval('tbody tr .name a', (l) => l.map((a) => a.pathname));
  check(all.length >= 3, `${all.length} completed`);
  await page.click('tbody tr:nth-child(2) .name a');
  for (const [key, there] of [['j', all[2]], ['k', all[1]], ['k', all[0]]]) {
    await page.waitForSelector('button[title^="Older"]:enabled');
    await page.keyboard.press(key);
    await page.waitForURL((u) => u.pathname === there && u.search === '?status=completed');
    await settled(page);
  }
  check(await page.isDisabled('button[title^="Newer"]'), 'there is one newer than the newest');
  await page.click('.crumb');
  await page.waitForURL(at('/loadtests?status=completed'));
  await done();
});

await test('load test: only the members of the type, estimate, violations at their fields, curl', async () => {
  const { page, done } = await open('/loadtests/new?scenario_id=1', { allow: /422/ });
  await settled(page);
  const labels = () => page.$$eval('.plan-fields label', (l) => l.map((x) => x.textContent));
  check((await labels()).includes('Requests per second'), 'no rate');
  check(/Poisson 10\/s for 60\ss, after 5 s of warm-up, of short answer/.test(await page.textContent('.estimate-words')), await page.textContent('.estimate-words'));
  await page.waitForSelector('.estimate dd:has-text("650")');
  await page.selectOption('label:has-text("Kind of load") + select', 'closed');
  check(!(await labels()).includes('Requests per second') && (await labels()).includes('Think time (ms)'), (await labels()).join());
  await page.selectOption('label:has-text("Kind of load") + select', 'capacity');
  check(!(await labels()).includes('Ends after'), 'a search says itself how long it is');
  await page.waitForSelector('.error:has-text("needs at least one")'); // said by the estimate, before the button
  await page.click('button:has-text("Add an SLO")');
  await page.fill('label:has-text("at most (ms)") + input', 'soon');
  await page.fill('label:has-text("Highest rate") + input', '99999999');
  await page.waitForSelector('.field.wrong:has-text("Highest rate") .error:has-text("50000")');
  await page.waitForSelector('.field.wrong:has-text("at most (ms)") .error');
  await page.click('button:has-text("Start the load test")');
  await page.waitForSelector('.failure:has-text("Not started.")');
  await page.waitForFunction(() => document.activeElement === document.querySelector('.plan [aria-invalid="true"]'));
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/loadtest-violations-light-1440.png`, fullPage: true });
  await page.fill('label:has-text("at most (ms)") + input', '500');
  await page.fill('label:has-text("Highest rate") + input', '200');
  await page.waitForFunction(() => !document.querySelector('.field.wrong'));
  await page.click('button:has-text("Remove")');
  await page.waitForSelector('.error:has-text("needs at least one")');
  await page.selectOption('label:has-text("Kind of load") + select', 'ramp');
  await page.click('button:has-text("Add a stage")');
  await page.fill('label:has-text("Stage 3") + input', '0');
  await page.waitForSelector('.field.wrong:has-text("Stage 3") .error');
  await page.click('button:has-text("Copy as curl")');
  await page.waitForSelector('button:has-text("Copied")');
  const text = await page.evaluate(() => navigator.clipboard.readText());
  check(/-X POST .*\/api\/v1\/loadtests /.test(text) && /"stages":\[/.test(text) && !/duration_seconds":60,/.test(text), text);
  let asked = false;
  page.once('dialog', (d) => { asked = true; void d.accept(); });
  await page.click('nav a:has-text("Engine")');
  await page.waitForURL(at('/engine'));
  check(asked, 'the plan was left without a question');
  await done();
});

await test('load test: started, paused, resumed, runs to its end without reload', async () => {
  const { page, done } = await open('/loadtests/new?scenario_id=1');
  await settled(page);
  await page.fill('label:has-text("Name") + input', 'journey');
  await page.fill('label:has-text("Requests per second") + input', '40');
  await page.fill('label:has-text("Seconds") + input', '5');
  await page.fill('label:has-text("Warm-up") + input', '1');
  await page.click('button:has-text("Start the load test")');
  await page.waitForURL(/loadtests\/\d+$/);
  await page.waitForSelector('.progress:has-text("Warm-up")', { timeout: 15_000 });
  await page.waitForSelector('.kpi:has-text("Offered") .value:has-text("/s")');
  await page.click('.top button:text-is("Pause")');
  await page.waitForSelector('.top .state:has-text("paused")');
  await page.click('.top button:text-is("Resume")');
  await page.waitForSelector('.progress:has-text("Measuring")');
  const before = await page.$$eval('.plot canvas', (l) => l.length);
  check(before === 6, `${before} charts`);
  await page.waitForSelector('.top .state:has-text("completed")', { timeout: 20_000 });
  await page.waitForSelector('.metrics tbody tr');
  await done();
});

await test('load test: charts speak and keep the cursor while seconds come', async () => {
  await bend('full'); // as old as it was at the start: a longer series has points of more than a second
  const { page, done } = await open(`/loadtests/${loads.running}`);
  await settled(page);
  await page.waitForSelector('.plot canvas');
  await page.focus('section[aria-label="Rate"] .plot');
  await page.keyboard.press('Home');
  for (let i = 0; i < 30; i++) await page.keyboard.press('ArrowRight');
  const spoken = () => page.textContent('section[aria-label="Rate"] .chart [aria-live]');
  check(/^30\.0\ss: planned \d.*completed/.test(await spoken()), await spoken());
  const said = await spoken();
  const achieved = await page.textContent('.kpi:has-text("Sent") .value');
  await page.waitForFunction((was) => [...document.querySelectorAll('.kpi')].find((k) => k.textContent.startsWith('Sent'))?.querySelector('.value')?.textContent !== was, achieved);
  await page.waitForTimeout(1200);
  check((await spoken()) === said, 'the cursor moved with new data');
  await page.click('section[aria-label="Errors per second"] button:has-text("Show as table")');
  check((await page.$$('section[aria-label="Errors per second"] tbody tr')).length > 90, 'the table is not as long as the series');
  await done();
});

await test('load test: stop asks how, drains, and the figures stand', async () => {
  const made = await send('/loadtests', { scenario_id: 1, name: 'to be stopped', load_model: { type: 'constant', rate: 30 }, duration_seconds: 500, certificate: false });
  const { page, done } = await open(`/loadtests/${made.id}`);
  await page.waitForSelector('.progress:has-text("Measuring")', { timeout: 15_000 });
  await page.waitForTimeout(2500);
  await page.click('.top button:has-text("Stop")');
  await page.waitForSelector('dialog[open] h2:has-text("Stop to be stopped?")');
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/loadtest-stop-light-1440.png` });
  await page.click('dialog button:has-text("Stop sending")');
  await page.waitForSelector('.top .state:has-text("stopping")');
  await page.waitForSelector('.top .state:has-text("completed")', { timeout: 15_000 });
  await page.waitForSelector('.metrics tbody tr');
  const second = await send('/loadtests', { scenario_id: 1, name: 'to be cancelled', load_model: { type: 'constant', rate: 30 }, duration_seconds: 500, certificate: false });
  await page.goto(at(`/loadtests/${second.id}`));
  await page.waitForSelector('.progress:has-text("Measuring")', { timeout: 15_000 });
  await page.click('.top button:has-text("Stop")');
  await page.click('dialog label:has-text("Cancel")');
  await page.click('dialog button:has-text("Cancel it all")');
  await page.waitForSelector('.top .state:has-text("cancelled")');
  await page.click('.top button:has-text("Delete")');
  await page.click('dialog button:has-text("Delete it")');
  await page.waitForURL(at('/loadtests'));
  await settled(page);
  check(!(await page.$('a:has-text("to be cancelled")')), 'it is still listed');
  await done();
});

await test('load test: the end says basis, interval, certified tail, validity; again opens its plan', async () => {
  const { page, done } = await open(`/loadtests/${loads.ended}`);
  await settled(page);
  const head = await page.textContent('.kpi:has-text("TTFT p95")');
  check(/\d+\sms/.test(head) && /–\d+\sms \(95 %\) · scheduled/.test(head), head);
  check(/\(95 %\) · n/.test(await page.textContent('.kpi:has-text("Success")')), 'no Wilson interval');
  const row = await page.textContent('.metrics tr:has-text("Connect")');
  check((row.match(/too few samples/g) ?? []).length === 3, row);
  const slos = await page.textContent('section[aria-label="SLOs"]');
  check(/TTFT p95.*met/.test(slos) && /E2E p99.*missed/.test(slos), slos);
  const link = await page.getAttribute('a:has-text("Evidence")', 'href');
  check((await fetch(new URL(link, url))).ok, `${link} is not there`);
  const links = await page.$$eval('.buttons a', (l) => l.map((a) => new URL(a.href).pathname.replace(/.*\/loadtests\/\d+\//, '')));
  check(links.join() === 'report,requests/export,requests/export,hgrm,evidence', `downloads: ${links}`);
  await page.click('button:has-text("Run this plan again")');
  await page.waitForURL(/new\?from=/);
  await settled(page);
  check((await page.inputValue('label:has-text("Requests per second") + input')) === '50', 'the rate was lost');
  check((await page.$$('label:has-text("at most (ms)")')).length === 2, 'SLOs were lost');
  await page.goto(at(`/loadtests/${loads.invalid}`));
  await settled(page);
  check(/Not valid/.test(await page.textContent('.validity')) && /5\.120 ms/.test(await page.textContent('.validity')), 'no reason');
  await done();
});

await test('load test: classes with shares, waits and who starved; endpoints; what we did; limits and why it ended', async () => {
  const { page, done } = await open(`/loadtests/${loads.classes}`);
  await settled(page);
  const classes = 'section[aria-label="Classes"]';
  check(/By priority:.*12\splaces in all, 98\.0\s% of them held on average\. One class starved/.test(await page.textContent(`${classes} .sentence`)), await page.textContent(`${classes} .sentence`));
  const batch = await page.textContent(`${classes} tr:has-text("batch with a name")`);
  for (const part of [/priority 0/, /starved31\srequests/, /12 not sent/, /91\.4\s%/, /9\.0\s%/, /600\sms2\.40\ss3\.84\ss/]) check(part.test(batch), `${part} is not in "${batch}"`);
  check(/served/.test(await page.textContent(`${classes} tr:has-text("interactive")`)), 'who was served is not told');
  check(/1\.0\s% of the rows are kept/.test(await page.textContent('.sub')), await page.textContent('.sub'));
  check(/requests whose rows are kept/.test(await page.getAttribute('.buttons a:has-text("CSV")', 'title')), 'the export does not say what it has');
  check(/of the engine, and of the target/i.test(await page.textContent('section[aria-label="CPU"] .sentence')), 'the target’s CPU is not told');
  await page.goto(at(`/loadtests/${loads.endpoints}`));
  await settled(page);
  const ends = await page.textContent('section[aria-label="Endpoints"]');
  check(/least connections\. The largest share is 1\.31 times/.test(ends) && /gpu-02.*97\.2\s%/.test(ends), ends);
  const ours = await page.textContent('section[aria-label="Faults, hedges, cache"]');
  check(/96 aborted, 51 sent to a dead endpoint/.test(ours) && /31\scopies sent.*24\srequests/.test(ours) && /61\.0\s%/.test(ours), ours);
  check(/names a metrics URL/.test(await page.textContent('section[aria-label="CPU"] .sentence')), 'it does not say how the target’s would be told');
  await page.goto(at(`/loadtests/${loads.capped}`));
  await settled(page);
  check(/Cut short\. The limit of 5000 requests/.test(await page.textContent('.validity')), await page.textContent('.validity'));
  const used = await page.textContent('section[aria-label="What it may use"]');
  check(/Requests ended it\s*[\d,]+ of 5,000 at most/.test(used) && /Tokens[\d,]+ of 2,000,000 at most/.test(used), used);
  await done();
});

await test('load test: sweep shows knee and steps, search its statement', async () => {
  const { page, done } = await open(`/loadtests/${loads.sweep}`);
  await settled(page);
  check(/The knee is at [\d.]+\/s/.test(await page.textContent('section[aria-label="Saturation"] .sentence')), 'no knee');
  check((await page.$$('section[aria-label="Steps"] tbody tr')).length === 8, 'not every step is listed');
  await page.hover('section[aria-label="Saturation"] .u-over', { position: { x: 5, y: 5 } });
  await page.focus('section[aria-label="Saturation"] .plot');
  await page.keyboard.press('End');
  const spoken = await page.textContent('section[aria-label="Saturation"] .chart [aria-live]');
  check(/\/s: p50 .*p95 .*p99 .*offered 140\/s, saturated/.test(spoken), spoken);
  await page.goto(at(`/loadtests/${loads.capacity}`));
  await settled(page);
  const answer = await page.textContent('.capacity');
  check(/67\.5\/s/.test(answer) && /95 % confidence/.test(answer) && /limited by TTFT/.test(answer), answer);
  await done();
});
