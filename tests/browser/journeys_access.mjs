// SPDX-License-Identifier: Apache-2.0
// Users, sessions, API keys, secrets and the audit log. On the module: what was done on a page holds; on the made-up server: what may
// not be done, what is wrong, keys and addresses.
import { another, api, at, axe, check, fake, open, send, settled, shots, test } from './driver.mjs';

const CANARY = '<img src=x onerror=window.__xss=1>';
const json = { 'content-type': 'application/json' };
const drop = (path) => fetch(at(`/api/v1${path}`), { method: 'DELETE', headers: json });
const unharmed = async (page) => check(!(await page.evaluate(() => window.__xss || document.querySelector('main img, dialog img'))), 'a stored text became an element');
const toasted = (page, words) => page.waitForSelector(`.toast:has-text("${words}")`);

async function signIn(page, name, password) {
  await page.goto(at('/login?return=/settings/account'));
  await page.fill('#login-email', name);
  await page.fill('#login-password', password);
  await page.keyboard.press('Enter');
  await page.waitForURL(at('/settings/account'));
  await settled(page);
}

if (!fake) {
  let name = '';
  let password = '';
  const mine = () => `?q=${encodeURIComponent(name)}`;

  await test('access: a user is added, signs in, sees where, and is signed out by force', async () => {
    name = `${CANARY} ${Date.now()}`;
    const admin = await open('/settings/users');
    const { page } = admin;
    await settled(page);
    await page.keyboard.press('n');
    await page.waitForSelector('dialog[open]');
    await page.fill('dialog label:has-text("User name") + input', name);
    await page.selectOption('dialog select', 'operator');
    await page.click('dialog button:text-is("Generate")');
    password = await page.inputValue('dialog label:has-text("Password") + div input');
    check(password.length === 20, 'no password was made');
    await page.keyboard.press('Control+s');
    await toasted(page, 'Saved');
    const user = await open('/settings/account');
    await signIn(user.page, name, password);
    await user.page.waitForSelector('main td:has-text("this one")');
    check((await user.page.$$('nav.sections a')).length === 7, 'anonymous requests administer here, and who signs in no less');
    await page.goto(at(`/settings/users${mine()}`));
    await settled(page);
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog [aria-label="Sessions"] tbody tr:has-text("Chrome on Linux")');
    await unharmed(page);
    await axe(page);
    if (shots) await page.screenshot({ path: `${shots}/access-user.png` });
    await page.click('dialog button:text-is("Sign out everywhere")');
    await page.click('dialog dialog button:text-is("Sign out everywhere")');
    await page.waitForSelector('dialog [aria-label="Sessions"]:has-text("Nowhere.")');
    check((await user.page.evaluate(async (me) => (await fetch(me)).json(), at('/api/v1/me'))).credential === 'none', 'the session goes on');
    await user.page.reload();
    await user.page.waitForSelector('main dd:has-text("the role of anonymous requests")');
    await user.done();
    await admin.done();
  });

  await test('access: a user without a password chooses it by a link, once; what proves it is in no log', async () => {
    const its = `linked ${Date.now()}`;
    const { page, done } = await open('/settings/users/new');
    await page.waitForSelector('dialog[open]');
    await page.fill('dialog label:has-text("User name") + input', its);
    await page.keyboard.press('Control+s');
    await page.waitForURL(/\/settings\/users\/\d+/);
    const id = Number(/\/users\/(\d+)/.exec(page.url())[1]);
    await page.click('dialog button:text-is("Make a link")');
    await page.waitForSelector('dialog dialog .once code');
    await axe(page);
    if (shots) await page.screenshot({ path: `${shots}/access-link.png` });
    const link = await page.textContent('dialog dialog .once code');
    check(link.startsWith(at('/setup#user=')), link);
    await page.click('dialog dialog [aria-label="Copy the link"]');
    check((await page.evaluate(() => navigator.clipboard.readText())) === link, 'something else was copied');
    await page.click('dialog dialog button:text-is("I have it")');
    await page.waitForSelector('dialog [aria-label="Link to set the password"] button:text-is("Withdraw")');
    const user = await open('/', { allow: /403|422/ });
    const asked = [];
    user.page.on('request', (r) => asked.push(r.url()));
    await user.page.goto(link);
    await user.page.waitForSelector('#setup-password');
    const token = new URLSearchParams(new URL(link).hash.slice(1)).get('token');
    check(/^[\w-]{43}$/.test(token) && !user.page.url().includes(token), 'the token stays in the address');
    check((await user.page.inputValue('#setup-user')) === its, 'it does not say whose password it is');
    await axe(user.page);
    await user.page.fill('#setup-password', its);
    await user.page.keyboard.press('Enter');
    await user.page.waitForSelector('.login [role=alert]:has-text("name")');
    await user.page.fill('#setup-password', 'four words of their own');
    await user.page.keyboard.press('Enter');
    await user.page.waitForURL(at('/'));
    await settled(user.page);
    check((await user.page.evaluate(async (me) => (await fetch(me)).json(), at('/api/v1/me'))).user === its, 'the link does not lead in');
    await user.page.goto(link);
    await user.page.fill('#setup-password', 'another four words');
    await user.page.keyboard.press('Enter');
    await user.page.waitForSelector('.login [role=alert]:has-text("does not hold")');
    check(!asked.some((url) => url.includes(token)), 'the token was sent in an address');
    await user.done();
    await page.waitForSelector('dialog [aria-label="Link to set the password"]:has-text("forgotten password")');
    await drop(`/users/${id}`);
    await done();
  });

  await test('access: one\'s own password, sessions, and an API key that is shown once, used and revoked', async () => {
    const { page, done } = await open('/login', { allow: /422/ });
    await signIn(page, name, password);
    await page.fill('#form-password input[autocomplete="current-password"]', 'not that one');
    await page.fill('#form-password input[autocomplete="new-password"]', `${password} anew`);
    await page.click('button:text-is("Change the password")');
    await page.waitForSelector('#form-password .error:has-text("Is wrong")');
    await page.fill('#form-password input[autocomplete="current-password"]', password);
    await page.click('button:text-is("Change the password")');
    await toasted(page, 'password is changed');
    password += ' anew';
    await page.goto(at('/settings/api-keys/new'));
    await page.waitForSelector('dialog[open]');
    await page.fill('dialog label:has-text("What it is for") + input', CANARY);
    await page.click('dialog label:has-text("only these scopes")');
    await page.keyboard.press('Control+s');
    const key = await page.textContent('dialog .once code');
    check(/^bmk_[0-9a-f]{8}_[\w-]{43}$/.test(key), key);
    await axe(page);
    if (shots) await page.screenshot({ path: `${shots}/access-key.png` });
    await page.click('dialog [aria-label="Copy the key"]');
    check((await page.evaluate(() => navigator.clipboard.readText())) === key, 'something else was copied');
    const use = (path) => fetch(at(`/api/v1${path}`), { headers: { Authorization: `Bearer ${key}` } });
    check((await (await use('/me')).json()).credential === 'key' && (await use('/runs?limit=1')).status === 200, 'the key is not good');
    check((await use('/api-keys')).status === 403, 'a key manages keys');
    await page.click('dialog button:text-is("I have it")');
    await page.waitForURL(at('/settings/api-keys'));
    await page.waitForSelector(`main td:has-text("${key.slice(0, 12)}")`);
    await unharmed(page);
    check(!(await page.evaluate((k) => (document.documentElement.outerHTML + JSON.stringify({ ...localStorage, ...sessionStorage, h: history.state })).includes(k), key.slice(13))), 'the page still knows the key');
    await page.click(`[aria-label="Revoke ${CANARY}"]`);
    await page.click('dialog button:text-is("Revoke it")');
    await toasted(page, 'Revoked');
    check((await use('/me')).status === 401, 'a revoked key is good');
    await page.goto(at('/settings/account'));
    await settled(page);
    await page.click('button:text-is("Sign out everywhere")');
    await page.click('dialog button:text-is("Sign out everywhere")');
    await page.waitForURL(/\/login/);
    await done();
  });

  await test('access: who is held to a project sees that one and is told of the rest', async () => {
    const word = `password of ${Date.now()}`;
    const project = await send('/projects', { name: `${CANARY} ${Date.now()}` });
    const user = await send('/users', { name: `held ${Date.now()}`, role: 'admin', password: word, projects: [project.id] });
    const { page, done } = await open('/login', { allow: /403/ });
    await signIn(page, user.name, word);
    await page.waitForSelector(`main dd:has-text("${project.name}")`);
    check((await page.$$eval('nav.sections a', (l) => l.map((a) => a.textContent).join())) === 'General,Account,API keys,Secrets,Audit', 'the sections are not those of who administers one project');
    await page.goto(at('/automations'));
    await page.waitForSelector('.empty:has-text("No target yet"), .empty:has-text("No automation")');
    await page.goto(at('/settings/audit')); // what it has of his project and of him; the chain is everybody's
    await settled(page);
    await page.waitForSelector(`section[aria-label="Audit log"] tr:has-text("/projects/${project.id}")`);
    const others = await page.$$eval('section[aria-label="Audit log"] tbody tr', (l, mine) => l.map((tr) => tr.textContent).filter((t) => !t.includes('/auth/login') && !t.includes(mine)), `/projects/${project.id}`);
    check(others.length === 0, `he sees ${others[0]}`);
    check(!(await page.$('button:text-is("Verify the chain")')), 'he is offered the chain of the installation');
    await page.goto(at('/settings/users'));
    await page.waitForSelector('main .failure:has-text("Not allowed")');
    await unharmed(page);
    await done();
    await drop(`/users/${user.id}`);
    check((await drop(`/projects/${project.id}`)).status === 200, 'the project is not empty');
  });

  await test('access: a secret goes in, is replaced and picked, and comes out nowhere; the log says who did what', async () => {
    const { page, done } = await open('/settings/secrets/new');
    const value = `canary-${Date.now()}`;
    const told = [];
    page.on('response', (r) => void (/\/api\/v1\//.test(r.url()) && told.push(r.text().catch(() => ''))));
    const called = `key.${Date.now()}`;
    await page.waitForSelector('dialog[open]');
    await page.fill('dialog label:has-text("Name") + input', called);
    await page.fill('dialog label:has-text("Value") + div input', `${value} `);
    await page.click('dialog button:text-is("Take it away")');
    await page.fill('dialog label:has-text("What it is for") + input', CANARY);
    await page.keyboard.press('Control+s');
    await toasted(page, 'Saved');
    const { id } = (await api(`/secrets?q=${called}`))[0];
    const target = await send('/automations', { name: `uses ${called}`, provider: 'mock', default_inputs: { k: `{{secret.${called}}}` } });
    await page.goto(at(`/settings/secrets/${id}`));
    await page.waitForSelector(`dialog [aria-label="Used by"] a:has-text("uses ${called}")`);
    await page.fill('dialog label:has-text("New value") + div input', `${value}-2`);
    await page.click('dialog button:text-is("Save")');
    await toasted(page, 'has a new value');
    await unharmed(page);
    await page.goto(at('/automations/new'));
    await page.waitForSelector('dialog[open]');
    await page.waitForSelector(`dialog label:has-text("Secret with the key") ~ datalist option[value="${called}"]`, { state: 'attached' });
    await page.goto(at(`/settings/audit?object=/secrets/${id}`));
    await settled(page);
    await page.keyboard.press('j');
    await page.keyboard.press('p');
    await page.waitForSelector('[aria-label^="Entry"] code:text-is("value")');
    check((await page.$$('main tbody tr')).length === 2, 'not two entries');
    await page.reload();
    await page.waitForSelector('[aria-label^="Entry"] dd:has-text("PATCH /secrets/{id}")');
    await axe(page);
    if (shots) await page.screenshot({ path: `${shots}/access-audit.png` });
    const csv = await (await fetch(new URL(await page.getAttribute('a:text-is("Export CSV")', 'href'), at('/')))).text();
    check(csv.includes(`/secrets/${id}`) && !csv.includes('/auth/login'), 'the export is not what is shown');
    await page.click('button:text-is("Verify the chain")');
    await page.waitForSelector('dialog .state.ok:has-text("intact")');
    const all = (await Promise.all(told)).join('') + csv + JSON.stringify(await api('/audit?limit=20')) + JSON.stringify(await api('/secrets'));
    check(all.includes(called) && !all.includes(value), 'the value came out');
    await drop(`/automations/${target.id}`);
    await drop(`/secrets/${id}`);
    for (const u of await api(`/users${mine()}`)) await drop(`/users/${u.id}`);
    await done();
  });
}

if (fake) {
  await test('access: a project is added, and who sees which stands with the user', async () => {
    const { page, done } = await open('/settings/projects', { allow: /409/ });
    await settled(page);
    await page.keyboard.press('n');
    await page.waitForSelector('dialog[open]');
    await page.fill('dialog label:has-text("Name") + input', 'Assistants');
    await page.keyboard.press('Control+s');
    await page.waitForSelector('dialog .failure:has-text("of that name already")');
    await page.fill('dialog label:has-text("Name") + input', 'Search');
    await page.keyboard.press('Control+s');
    await page.waitForSelector('main tbody tr:has-text("Search")');
    await page.goto(at('/settings/projects/2'));
    await page.click('dialog button:text-is("Delete")');
    await page.click('dialog dialog button:text-is("Delete")');
    await page.waitForSelector('dialog .failure:has-text("There is something in it")');
    check((await page.$$('dialog[open]')).length === 1, 'it offers to delete what is in it');
    await page.goto(at('/settings/users/4'));
    await page.waitForSelector('dialog[open] legend:has-text("Projects")');
    await page.click('dialog label:has-text("only these")');
    await page.click('dialog label:has-text("Search")');
    await page.click('dialog label:has-text("default")');
    await page.keyboard.press('Control+s');
    await toasted(page, 'Saved');
    const user = await api('/users/4');
    check(JSON.stringify(user.projects) === '[4,1]', `the projects are ${JSON.stringify(user.projects)}, not those that were chosen, in their order`);
    await done();
  });

  await test('access: who does not administer is told so, and not led there', async () => {
    const its = await another('--role', 'operator');
    const { page, done } = await open('/settings/users', { address: its.at, allow: /403/ });
    await page.waitForSelector('main .failure:has-text("This needs the role admin")');
    check(!(await page.$('button:text-is("Add a user")')), 'it offers what is refused');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('audit');
    await page.waitForSelector('.palette-none');
    await page.keyboard.press('Escape');
    for (const path of ['/settings/secrets/1', '/settings/audit?dialog=verify']) {
      await page.goto(its.at(path));
      await page.waitForSelector('main .failure:has-text("Not allowed")');
      check(!(await page.$('dialog[open]')), `${path} opens a dialog`);
      await axe(page);
    }
    await page.goto(its.at('/settings/api-keys'));
    await settled(page);
    check((await page.$$eval('nav.sections a', (l) => l.map((a) => a.textContent).join())) === 'General,Account,API keys', 'the sections are not those of an operator');
    check(!(await page.$('.chip')), 'it offers the keys of others');
    await done();
    await its.kill();
  });

  await test('access: what is wrong stands at its field; what was typed stays', async () => {
    const { page, done } = await open('/settings/users/new', { allow: /422|409/ });
    await page.waitForSelector('dialog[open]');
    await page.fill('dialog label:has-text("User name") + input', 'otto');
    await page.fill('dialog label:has-text("E-mail") + input', 'nowhere');
    await page.keyboard.press('Control+s');
    await page.waitForSelector('dialog .field.wrong:has-text("E-mail") .error:has-text("Must be an address")');
    check(await page.evaluate(() => document.activeElement?.matches('[aria-invalid]')), 'the focus is not at the mistake');
    await page.fill('dialog label:has-text("E-mail") + input', 'otto2@example.com');
    await page.keyboard.press('Control+s');
    await page.waitForSelector('dialog .failure:has-text("of that name or address already")');
    await axe(page);
    page.once('dialog', (d) => void d.accept());
    await page.keyboard.press('Escape');
    await page.waitForURL(at('/settings/users'));
    // a value of several lines is not lost in a field of one
    await page.goto(at('/settings/secrets/2'));
    await page.waitForSelector('dialog[open] input[type=password]');
    await page.evaluate(() => navigator.clipboard.writeText('-----BEGIN KEY-----\nabc\n'));
    await page.focus('dialog input[type=password]');
    await page.keyboard.press('Control+v');
    await page.waitForSelector('dialog textarea');
    check((await page.inputValue('dialog textarea')) === '-----BEGIN KEY-----\nabc\n', 'a line was lost');
    check((await page.textContent('dialog [role=status]')).includes('line break'), 'the last line break is not told');
    await page.click('dialog button:text-is("Save")');
    await toasted(page, 'has a new value');
    await done();
  });

  await test('access: the audit log by keyboard, filters in the address, back undoes one', async () => {
    const { page, done } = await open('/settings/audit');
    await settled(page);
    await page.keyboard.press('/');
    check(await page.evaluate(() => document.activeElement?.id === 'audit-actor'), '/ does not lead to the filter');
    await page.keyboard.type('otto');
    await page.keyboard.press('Enter');
    await page.waitForURL(/actor=otto/);
    await page.click('.chip:text-is("denied")');
    await page.waitForURL(/outcome=denied/);
    await page.waitForFunction(() => [...document.querySelectorAll('main tbody tr')].every((r) => /otto/.test(r.textContent) && /denied/.test(r.textContent)));
    await page.goBack();
    await page.waitForURL((u) => !/outcome/.test(u.href) && /actor=otto/.test(u.href));
    await page.keyboard.press('j');
    await page.keyboard.press('p');
    await page.waitForURL(/entry=\d+/);
    const first = new URL(page.url()).searchParams.get('entry');
    await page.keyboard.press('j');
    await page.waitForURL((u) => u.searchParams.get('entry') !== first);
    await page.click('.preview a:text-is("only these") >> nth=1');
    await page.waitForURL(/audit\?action=/);
    await page.goto(at('/settings/audit'));
    await settled(page);
    await page.keyboard.press('p');
    await page.waitForSelector('.preview');
    await page.click('button:text-is("Older")');
    await page.waitForFunction(() => !document.querySelector('button.link[aria-pressed="true"]'));
    await page.goto(at('/settings/audit?dialog=verify'));
    await page.waitForSelector('dialog .state.ok');
    await page.waitForSelector('dialog :text("Batches 1 to 2 were removed for their age")');
    await axe(page);
    await page.goto(at('/settings/audit?request_id=nothing'));
    await page.waitForSelector('.empty:has-text("No entry matches")');
    await page.click('.empty button');
    await page.waitForURL(at('/settings/audit'));
    await done();
  });
}
