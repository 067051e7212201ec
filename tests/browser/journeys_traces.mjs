// SPDX-License-Identifier: Apache-2.0
// Traces: from the list of sessions to one observation by keyboard, ten thousand of them, trees that are wrong, filters, sources and the
// card of the sync. Made-up server only.
import { another, api, at, axe, check, fail, open, settled, shots, test, url } from './driver.mjs';
import { LARGE } from './fake_traces.mjs';

const sync = (bent) => fetch(new URL('/__fake', url), { method: 'POST', body: JSON.stringify({ sync: bent }) });
const picture = async (page, name, fullPage = false) => { if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage }); };
const param = (page, name) => new URL(page.url()).searchParams.get(name);
const selected = (page) => page.getAttribute('.tree', 'aria-activedescendant');
const field = (label) => `.field:has(> label:text-is("${label}"))`;

await test('traces: from the sidebar to an observation by keyboard alone, and back', async () => {
  const { page, done } = await open('/');
  await settled(page);
  await page.keyboard.press('g');
  await page.keyboard.press('x');
  await page.waitForURL(at('/traces'));
  await settled(page);
  for (const key of ['j', 'Enter']) await page.keyboard.press(key);
  await page.waitForURL(/traces\/session\?/);
  await page.waitForSelector('.turn .agent-mark');
  const times = await page.$$eval('.turn time', (l) => l.map((t) => t.dateTime));
  check(times.length > 1 && times.every((t, i) => i === 0 || times[i - 1] <= t), `the turns are not in order: ${times}`);
  check((await page.textContent('.turn-number')) === '1', 'the first is not the first');
  const session = page.url(); // another source has one of the same id
  await page.keyboard.press('j');
  await page.waitForFunction((s) => location.href !== s, session);
  await page.keyboard.press('k');
  await page.waitForFunction((s) => location.href === s, session);
  await settled(page);
  await page.locator('.turn h2 a').last().focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/traces\/trace\?/);
  await page.waitForSelector('.tree-row');
  await page.focus('.tree');
  await page.keyboard.press('ArrowDown');
  await page.waitForURL(/[?&]o=/);
  const root = await selected(page);
  await page.keyboard.press('ArrowLeft');
  await page.waitForSelector('.tree-row.selected[aria-expanded="false"]');
  check((await page.$$('.tree-row')).length === 1, 'what is folded is shown');
  await page.keyboard.press('ArrowRight');
  await page.waitForSelector('.tree-row.selected[aria-expanded="true"]');
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction((r) => document.querySelector('.tree').getAttribute('aria-activedescendant') !== r, root);
  check((await page.getAttribute('.tree-row.selected', 'aria-level')) === '2', 'the arrow does not lead to the first below');
  await page.waitForSelector('.observation .all-members');
  const last = await selected(page);
  await page.reload();
  await page.waitForSelector('.observation .all-members');
  check((await selected(page)) === last, 'a reload forgets what was selected');
  await page.goBack();
  await page.waitForURL(/traces\/session\?/);
  await done();
});

await test('traces: a tree of ten thousand is drawn in part, walked, searched and folded', async () => {
  const { page, done } = await open('/traces/trace?source=1&trace=large');
  await page.waitForSelector('.tree-row');
  const made = async () => (await page.$$('.tree-row')).length;
  check((await made()) < 80, `${await made()} rows are made at once`);
  check((await page.textContent('.trace-facts')).includes('10.0'), 'it does not say how many there are');
  await page.focus('.tree');
  await page.keyboard.press('End');
  await page.waitForSelector(`#row-large-${LARGE - 1}.selected`);
  check((await made()) < 80, 'all rows were made on the way');
  check(await page.evaluate(() => { const r = document.querySelector('.tree-row.selected').getBoundingClientRect(); const t = document.querySelector('.tree').getBoundingClientRect(); return r.top >= t.top && r.bottom <= t.bottom + 1; }), 'the selected row is out of sight');
  await page.keyboard.press('Home');
  await page.keyboard.press('PageDown');
  await page.waitForFunction(() => document.querySelector('.tree-row.selected') && !document.querySelector('#row-large-0.selected'));
  await page.keyboard.press('e');
  await page.waitForSelector('#row-large-7777.selected');
  await page.waitForSelector('.observation .error:has-text("Gone.")');
  await picture(page, 'trace-large-error-light-1440');
  await page.keyboard.press('z');
  await page.waitForURL(/zoom=large-7777/);
  await page.waitForSelector('button:text-is("Whole timeline")');
  await page.keyboard.press('z');
  await page.waitForURL((u) => !u.searchParams.has('zoom'));
  await page.click('button:text-is("Fold all")');
  await page.waitForFunction(() => document.querySelectorAll('.tree-row[aria-expanded="false"]').length > 5);
  await page.keyboard.press('/');
  await page.keyboard.type('step 400');
  await page.waitForSelector('.tree-tools [role=status]:has-text("of 10,000")');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.tree-row.selected:has-text("step 400")');
  check(param(page, 'q') === 'step 400', 'what is looked for is not in the address');
  await done();
});

await test('traces: what others wrote wrongly is all there, and says so', async () => {
  const { page, done } = await open('/traces/trace?source=1&trace=broken&o=lost');
  await page.waitForSelector('.tree-row');
  check((await page.$$('.tree-row')).length === 25, `${(await page.$$('.tree-row')).length} rows of 25`);
  await page.waitForSelector('.observation:has-text("the parent that it names is not above it")');
  await page.click('#row-self');
  await page.waitForSelector('.observation:has-text("it names itself as its parent")');
  await page.click('#row-open');
  await page.waitForSelector('.observation .pairs .none[title*="has not ended"]');
  check((await page.textContent('#row-open .tree-long')).startsWith('–'), 'what has not ended has a length');
  await page.click('#row-back');
  check((await page.$eval('#row-back .span-bar', (b) => b.style.width)) === '0%', 'what ended before it began has a length');
  await page.click('#row-failed');
  await page.waitForSelector('.observation .error:has-text("The mailbox is full")');
  await axe(page);
  // J and K walk the list that it stands in; this one is neither its first nor its last
  await page.keyboard.press('j');
  await page.waitForFunction(() => new URL(location.href).searchParams.get('trace') !== 'broken');
  check(param(page, 'o') === null, 'another trace has the selection of this one');
  await page.keyboard.press('k');
  await page.waitForFunction(() => new URL(location.href).searchParams.get('trace') === 'broken');
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  check((await page.$$('.tree-row')).length === 25 && (await page.$eval('.tree-row', (r) => r.style.top)) === '', 'paper does not have all rows');
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  await done();
});

await test('traces: filters are in the address, taken away one by one, and carried to a trace and back', async () => {
  const { page, done } = await open('/traces/list');
  await settled(page);
  await page.keyboard.press('/');
  await page.waitForSelector('#trace-filter:focus');
  await page.selectOption('select[aria-label="Filter by"]', 'user_id');
  await page.fill('#trace-filter', 'u-3');
  await page.press('#trace-filter', 'Enter');
  await page.waitForURL(/user_id=u-3/);
  await settled(page);
  const users = () => page.$$eval('tbody tr', (l) => l.map((tr) => tr.textContent));
  check((await users()).length > 1 && (await users()).every((t) => t.includes('u-3')), 'others are listed');
  await page.click('.chip:text-is("With errors")');
  await page.waitForURL(/errors=true/);
  await settled(page);
  check((await page.$$('tbody tr')).length > 0 && (await page.$$('tbody tr')).length === (await page.$$('tbody td.right .tone-bad')).length, 'some have no error');
  await page.locator('tbody td.name a').first().click();
  await page.waitForURL(/traces\/trace\?/);
  check(param(page, 'user_id') === 'u-3' && param(page, 'errors') === 'true', 'the filter is lost on the way');
  await page.click('a.crumb');
  await page.waitForURL(/traces\/list\?/);
  await page.waitForSelector('.held-filter');
  await page.click('.held-filter');
  await page.waitForURL((u) => !u.searchParams.has('user_id') && u.searchParams.get('errors') === 'true');
  await page.goBack();
  await page.waitForURL(/user_id=u-3/);
  await page.goto(at('/traces/list?name=nobody+calls+it+so'));
  await page.waitForSelector('.empty:has-text("No trace matches")');
  await page.click('.empty button');
  await page.waitForURL(at('/traces/list'));
  // further and back, by a cursor that is no number
  await settled(page);
  const first = await page.getAttribute('tbody td.name a', 'href');
  await page.click('button:text-is("Older")');
  await page.waitForURL(/after=/);
  await page.waitForFunction((before) => document.querySelector('tbody td.name a').getAttribute('href').split('&after')[0] !== before, first);
  await page.click('button:text-is("Newest")');
  await page.waitForURL((u) => !u.searchParams.has('after'));
  await done();
});

await test('traces: from the last of a page, J leads to the first of the next', async () => {
  const list = await api('/traces?view=summary&limit=51');
  const { page, done } = await open(`/traces/trace?source=${list[49].source_id}&trace=${list[49].id}`);
  await page.waitForSelector('.tree-row');
  await page.waitForSelector('button[aria-label="Older trace (j)"]:not([disabled])');
  await page.keyboard.press('j');
  await page.waitForFunction((id) => new URL(location.href).searchParams.get('trace') === id, list[50].id);
  check(param(page, 'after') !== null, 'it is not said on which page it stands');
  await done();
});

await test('traces: what went in and came out is shown where it is stored', async () => {
  const { page, done } = await open('/traces/trace?source=1&trace=broken&o=broken-root');
  await page.waitForSelector('.body[aria-label="Input"] .message:nth-of-type(2) .body-text:text-is("Where is my parcel?")');
  check((await page.textContent('.body[aria-label="Input"]')).includes('Be <b>kind</b>.'), 'text became markup');
  await page.waitForSelector('.body[aria-label="Output"] .j-string:has-text("On its way")');
  await page.waitForSelector('.body[aria-label="Scores"]:has-text("helpful"):has-text("The parcel was found.")');
  await axe(page);
  await picture(page, 'trace-bodies-light-1440', true);
  await page.goto(at('/traces/session?source=1&session=chat-0'));
  await page.locator('.turn-open summary').first().click();
  await page.waitForSelector('.turn-said .body[aria-label="Input"]');
  await axe(page);
  await picture(page, 'trace-session-bodies-light-1440', true);
  await done();
});

await test('traces: observations that cannot be had take only their panel', async () => {
  await fail({ answers: [{ path: '/traces/broken', status: 503, times: 1, retry_after: 30 }] });
  const { page, done } = await open('/traces/trace?source=1&trace=broken', { allow: /503/ });
  await page.waitForSelector('.failure button:text-is("Retry")');
  check((await page.$$('.trace-facts .kpi')).length === 4, 'the figures went with it');
  await page.click('.failure button:text-is("Retry")');
  await page.waitForSelector('.tree-row');
  await done();
});

await test('traces: days and models as figures, charts and tables; what is not mirrored is no zero', async () => {
  const { page, done } = await open('/traces/daily?days=30&table=cost');
  await settled(page);
  const rows = await page.$$eval('section[aria-label="Cost"] tbody tr', (l) => l.map((tr) => tr.textContent));
  check(rows.length === 30, `${rows.length} days`);
  await page.selectOption('select[aria-label="Range"]', '365');
  await page.waitForURL(/days=365/);
  await settled(page);
  const year = await page.$$eval('section[aria-label="Cost"] tbody tr', (l) => l.map((tr) => tr.textContent));
  check(year.length === 365 && year[0].endsWith('–'), `a day that is not mirrored reads ${year[0]}`);
  await page.click('section[aria-label="Models"] button.sort:has-text("Cost")');
  await page.waitForURL(/sort=cost/);
  const costs = await page.$$eval('section[aria-label="Models"] tbody td:nth-child(8)', (l) => l.map((td) => parseFloat(td.textContent)));
  check(costs.every((c, i) => i === 0 || costs[i - 1] >= c), `not in order: ${costs}`);
  await done();
});

await test('agents: ordered, found, opened; from one to the next, and to an execution in its trace', async () => {
  const { page, done } = await open('/agents');
  await settled(page);
  await page.click('button.sort:has-text("Mean latency")');
  await page.waitForURL(/sort=latency/);
  await settled(page);
  const names = await page.$$eval('tbody td.name a', (l) => l.map((a) => a.textContent));
  await page.locator('tbody td.name a').first().click();
  await page.waitForURL(/agents\/agent\?/);
  await settled(page);
  await page.waitForSelector('section[aria-label="Latency over time"] .plot');
  await page.keyboard.press('j');
  await page.waitForFunction((name) => new URL(location.href).searchParams.get('agent') === name, names[1]);
  await settled(page);
  await page.waitForSelector('section[aria-label="Executions"] tbody tr');
  await page.locator('section[aria-label="Executions"] tbody td.name a').first().click();
  await page.waitForURL(/traces\/trace\?.*o=/);
  await page.waitForSelector(`.tree-row.selected:has-text("${names[1].slice(0, 12)}")`);
  await done();
});

await test('traces: a source that agents send to', async () => {
  const { page, done } = await open('/traces/sources/new');
  await page.getByLabel('Name', { exact: true }).fill('checkout');
  await page.getByLabel('Where its traces come from').selectOption('pushed');
  check(await page.getByLabel('Address').count() === 0, 'it asks for an address');
  await axe(page);
  await page.click('button:has-text("Save")');
  await page.waitForURL(/traces\/sources\/\d+$/);
  await page.waitForSelector('.panel:has-text("What came"):has-text("nothing yet"):has-text("X-Trace-Source: checkout")');
  check(await page.locator('section[aria-label="Passes"]').count() === 0 && await page.locator('.top button:text-is("Sync now")').count() === 0, 'a sync of what nobody syncs');
  const id = Number(page.url().split('/').at(-1));
  await settled(page);
  check((await api(`/trace-sources/${id}`)).kind === 'pushed' && (await api(`/trace-sources/${id}`)).url === null, 'it is of another kind');
  await axe(page);
  await picture(page, 'trace-source-pushed-light-1440', true);
  await page.click('.top button:text-is("Pause")');
  await page.waitForSelector('.top button:text-is("Resume")');
  await page.waitForSelector('.panel:has-text("takes nothing")');
  await page.goto(at('/traces/sources'));
  await page.waitForSelector('tr:has-text("checkout"):has-text("takes nothing")');
  await picture(page, 'trace-sources-pushed-light-1440', true);
  await page.goto(at(`/traces/sources/${id}?dialog=edit`));
  await page.waitForSelector('dialog:has-text("Source checkout")');
  check(await page.getByLabel('Interval, seconds').count() === 0, 'it asks how it is read');
  page.once('dialog', (d) => d.accept());
  await page.click('dialog button:text-is("Delete")');
  await page.click('dialog:has-text("Nobody else has them") button.bad');
  await page.waitForURL(at('/traces/sources'));
  check(!(await api('/trace-sources')).some((s) => s.id === id), 'it was not deleted');
  await done();
});

await test('traces: the card of the sync tells its state, warns, and reads now', async () => {
  const { page, done } = await open('/runs');
  await page.waitForSelector('.sync-card:has-text("idle")');
  check((await page.textContent('.sync-card')).replaceAll('\u00a0', ' ').includes('read 2 min ago'), await page.textContent('.sync-card'));
  const asked = page.waitForResponse((r) => r.url().endsWith('/sync/trigger'));
  await page.click('.sync-card button');
  check((await asked).status() === 200, 'it was not asked for');
  await page.waitForSelector('.toast:has-text("what is new is being read")');
  await page.waitForSelector('.sync-card:has-text("running")');
  await page.waitForSelector('.sync-card:has-text("idle")');
  try {
    await sync({ status: 'error', is_stale: true, paused: false, error_message: 'The server answered 401 Unauthorized: the keys are refused.', failures: 4 });
    await page.reload();
    await page.waitForSelector('.sync-card.stale:has-text("error"):has-text("the keys are refused"):has-text("Not up to date")');
    check((await page.textContent('.sync-card')).includes('next try'), 'it does not say when it tries again');
    await axe(page);
    await picture(page, 'sync-card-light-1440');
    await page.goto(at('/traces/sources/1'));
    await page.waitForSelector('.run-error:has-text("the keys are refused")');
    await page.waitForSelector('.banner:has-text("Not up to date")');
    await settled(page);
    await axe(page);
    await picture(page, 'trace-source-error-light-1440', true);
  } finally { await sync({}); }
  await done();
});

await test('traces: a source is added with its secret, paused, resumed, asked to sync, and deleted', async () => {
  const { page, done } = await open('/traces/sources', { allow: /422/ });
  await settled(page);
  await page.keyboard.press('n');
  await page.waitForURL(at('/traces/sources/new'));
  await page.waitForSelector('dialog[open]');
  await page.fill(`${field('Name')} input`, 'nightly agents');
  await page.fill(`${field('Public key')} input`, 'pk lf 1');
  const name = `langfuse-${Date.now()}`;
  await page.fill(`${field('Secret with the secret key')} input`, name);
  await page.waitForSelector(`${field('Secret key')} input[type=password]`);
  await page.fill(`${field('Secret key')} input`, 'sk-lf-never-shown');
  await axe(page);
  await picture(page, 'trace-source-secret-light-1440');
  await page.keyboard.press('Control+s');
  await page.waitForSelector(`${field('Public key')} .error:has-text("without blanks")`);
  check((await api('/secrets?limit=1000')).some((s) => s.name === name), 'the secret was not set');
  check((await page.$$(field('Secret key'))).length === 0, 'a secret that is set is asked for again');
  await page.fill(`${field('Public key')} input`, 'pk-lf-1');
  await page.keyboard.press('Control+s');
  await page.waitForURL(/traces\/sources\/\d+$/);
  await settled(page);
  await page.waitForSelector('section[aria-label="Sync"]:has-text("running")');
  const path = new URL(page.url()).pathname.replace('/bench', '');
  const id = Number(path.split('/').at(-1));
  check((await api(`/trace-sources/${id}`)).secret === name && !(await page.content()).includes('never-shown'), 'the secret is shown, or another');
  await page.click('button:text-is("Pause")');
  await page.waitForSelector('button:text-is("Resume")');
  check((await api(`/trace-sources/${id}`)).paused === true, 'it is not paused');
  await page.click('button:text-is("Resume")');
  await page.waitForSelector('button:text-is("Pause")');
  const asked = page.waitForResponse((r) => r.url().endsWith(`/trace-sources/${id}/sync`) && r.request().method() === 'POST');
  await page.click('.top button:text-is("Sync now")');
  check((await asked).status() === 202, 'it was not asked to sync');
  await page.click('button:text-is("Edit")');
  await page.waitForSelector('dialog[open]');
  await page.fill(`${field('Address')} input`, 'https://other.example.com');
  await page.waitForSelector('dialog :text("everything is read anew")');
  page.once('dialog', (d) => d.accept());
  await page.click('dialog button:text-is("Delete")');
  await page.waitForSelector('dialog:has-text("are gone from here at once") button.bad');
  await page.click('dialog:has-text("are gone from here at once") button.bad');
  await page.waitForURL(at('/traces/sources'));
  check(!(await api('/trace-sources')).some((s) => s.id === id), 'it was not deleted');
  await done();
});

await test('traces: where nothing is mirrored, each page leads to the first source, and there is no card', async () => {
  const none = await another('--empty');
  try {
    const { page, done } = await open('/traces', { address: none.at });
    await settled(page);
    check((await page.$$('.sync-card')).length === 0, 'there is a card of no sync');
    for (const path of ['/traces', '/traces/list', '/traces/daily', '/agents']) {
      await page.goto(none.at(path));
      await page.waitForSelector('.empty a.button:text-is("Add a trace source")');
      await settled(page);
      await axe(page);
      await picture(page, `traces-none${path.replaceAll('/', '-')}-light-1440`);
    }
    await page.click('.empty a.button');
    await page.waitForURL(none.at('/traces/sources/new'));
    await page.waitForSelector('dialog[open]');
    await done();
  } finally { await none.kill(); }
});
