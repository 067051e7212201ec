// SPDX-License-Identifier: Apache-2.0
// Signing in, by keyboard: there and back, what is wrong, throttled, sessions that end, and httpd's own ways in. Made-up server only.
import { EMAIL, PASSWORD } from './fake_faults.mjs';
import { another, axe, check, open, settled, shots, test } from './driver.mjs';
import { by } from './live_page.mjs';

const REFUSED = /40[134]|429/; // what the browser logs of each

async function signIn(page, email, password) {
  await page.waitForSelector('#login-email');
  check(await page.evaluate(() => document.activeElement?.id === 'login-email'), 'the first field does not have the focus');
  await page.keyboard.press('Control+a');
  await page.keyboard.type(email);
  await page.keyboard.press('Tab');
  check(await page.evaluate(() => document.activeElement?.id === 'login-password' && document.activeElement.matches(':focus-visible')), 'Tab does not lead to the password, or its focus cannot be seen');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
}
const server = await another('--auth', 'session');

await test('login: there and back to the whole address, wrong and throttled said at the form', async () => {
  const asked = '/runs?status=failed&from=now-7d#rows';
  const { page, done } = await open(asked, { address: server.at, allow: REFUSED });
  await page.waitForURL(/\/bench\/login\?return=/);
  await axe(page);
  const form = await page.$eval('form', (f) => ({ method: f.method, names: [...f.querySelectorAll('input')].map((i) => `${i.name} ${i.type} ${i.autocomplete}`), buttons: f.querySelectorAll('button').length }));
  check(form.method === 'post' && form.names.join() === 'email text username,password password current-password' && form.buttons === 1, JSON.stringify(form));
  if (shots) await page.screenshot({ path: `${shots}/login-light-1440.png` });
  await signIn(page, EMAIL, 'wrong');
  await page.waitForSelector('.failure:has-text("do not go together")');
  check(await page.evaluate(() => document.activeElement?.id === 'login-password' && document.activeElement.value === '' && document.querySelector('#login-email').value !== ''), 'the name was lost, or the password kept');
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/login-wrong.png` });
  for (let i = 0; i < 3; i++) {
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('#login-password').value === '' && document.querySelector('.login [role=alert]'));
  }
  await page.waitForSelector('.failure:has-text("Try again in")');
  check(await page.isDisabled('form button'), 'the button can be pressed while it is throttled');
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/login-throttled.png` });
  await page.waitForSelector('form button:not([disabled])');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await page.waitForURL(server.at(asked));
  await settled(page);
  check((await page.getAttribute('.chip:has-text("failed")', 'aria-pressed')) === 'true', 'the filter was lost');
  await page.goBack();
  check(!/login/.test(page.url()), 'Back leads to the sign-in page');
  await done();
});

await test('login: signing out, and a session that ends', async () => {
  const { page, done } = await open('/login?return=//evil.example', { address: server.at, allow: REFUSED });
  await signIn(page, EMAIL, PASSWORD);
  await page.waitForURL(server.at('/'));
  await settled(page);
  await page.focus('button:text-is("Sign out")');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/login$/);
  await signIn(page, EMAIL, PASSWORD);
  await page.waitForURL(server.at('/'));
  await page.goto(server.at('/login?return=/engine'));
  await page.waitForSelector('.login:has-text("signed in as alice")');
  await page.click('.login a:text-is("Go on")');
  await page.waitForURL(server.at('/engine'));
  await page.goto(server.at('/scenarios/1'));
  await page.waitForSelector('dialog[open] input');
  await page.fill('dialog label:has-text("Description") + input', 'changed');
  await server.fail({ end: true });
  await page.keyboard.press('Control+s');
  await page.waitForSelector('dialog[open] h2:text-is("You are signed out")');
  await axe(page);
  check((await page.inputValue('dialog label:has-text("Description") + input')) === 'changed', 'what was typed was lost');
  if (shots) await page.screenshot({ path: `${shots}/login-over.png` });
  const tab = page.context().waitForEvent('page');
  page.keyboard.down('Enter').catch(() => {}); // the focus lies on the link; the tab that it opens may take the place of this one before the key is answered
  const other = await tab;
  await other.waitForSelector('#login-email');
  await other.fill('#login-email', EMAIL); // and keys for a tab that is not in front may never be answered
  await other.fill('#login-password', PASSWORD);
  await other.$eval('form', (f) => f.requestSubmit());
  await page.waitForFunction(() => document.querySelectorAll('dialog[open]').length === 1, null, { polling: 100 });
  await other.close();
  await page.bringToFront();
  await page.keyboard.up('Enter');
  await page.keyboard.press('Control+s');
  await page.waitForFunction(() => !document.querySelector('dialog[open]'));
  await server.fail({ end: true });
  await page.goto(server.at('/runs/7?tab=request'));
  await page.waitForURL(/\/login\?return=/);
  await signIn(page, EMAIL, PASSWORD);
  await page.waitForURL(server.at('/runs/7?tab=request'));
  await done();
});

await test('login: a session that ends elsewhere is said at once, and signing in leads back', async () => {
  const { page, done } = await open('/login?return=/runs?status=failed', { address: server.at, allow: /40[134]|429|WebSocket/ });
  await signIn(page, EMAIL, PASSWORD);
  await page.waitForURL(server.at('/runs?status=failed'));
  await settled(page);
  await by(page, 'WebSocket');
  await server.fail({ end: true });
  await server.bendEvents('1008');
  await page.waitForSelector('.login:has-text("You were signed out")');
  check(decodeURIComponent(page.url()) === server.at('/login?return=/runs?status=failed'), page.url());
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/login-out.png` });
  await signIn(page, EMAIL, PASSWORD);
  await page.waitForURL(server.at('/runs?status=failed'));
  await done();
});

for (const [theme, width] of [['dark', 390], ['dark', 1440], ['light', 390]]) await test(`login: page ${theme} ${width}`, async () => {
  const { page, done } = await open('/login', { address: server.at, theme, width });
  await page.waitForSelector('form');
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/login-${theme}-${width}.png` });
  await done();
});
await server.kill();

await test('setup: a link sets a password; what is wrong is said at the form', async () => {
  const its = await another();
  const made = await (await fetch(its.at('/api/v1/users/4/password-link'), { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).json();
  for (const [theme, width] of [['light', 1440], ['dark', 390]]) {
    const { page, done } = await open(`/setup#user=${made.user}&token=${made.token}`, { address: its.at, theme, width, allow: REFUSED });
    await page.waitForSelector('#setup-password');
    check(await page.evaluate(() => document.activeElement?.id === 'setup-password'), 'the field does not have the focus');
    check(!page.url().includes(made.token), 'the token stays in the address');
    await axe(page);
    if (shots) await page.screenshot({ path: `${shots}/setup-${theme}-${width}.png` });
    await done();
  }
  const { page, done } = await open(`/setup#user=${made.user}&token=${made.token}`, { address: its.at, allow: /40[134]|422/ });
  await page.waitForSelector('#setup-password');
  await page.keyboard.type('password1');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.login [role=alert]:has-text("most common")');
  check(await page.evaluate(() => document.activeElement?.id === 'setup-password'), 'the focus is not at the mistake');
  await axe(page);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('correct horse battery');
  await page.keyboard.press('Enter');
  await page.waitForURL(its.at('/login')); // the made-up server signs in nobody else than alice
  await page.goto(its.at(`/setup#user=${made.user}&token=${made.token}`));
  await page.waitForSelector('#setup-password');
  await page.keyboard.type('correct horse battery');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.login [role=alert]:has-text("does not hold")');
  check(!(await page.$('#setup-password')), 'it asks on');
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/setup-over.png` });
  await page.goto(its.at('/setup'));
  await page.reload();
  await page.waitForSelector('.login:has-text("is not whole")');
  await axe(page);
  await done();
  await its.kill();
});

await test('login: a browser that gets no session is told so, and not led round in circles', async () => {
  const its = await another('--auth', 'session');
  const { page, done } = await open('/login?return=/runs', { address: its.at, allow: REFUSED });
  await its.fail({ cookieless: true });
  await signIn(page, EMAIL, PASSWORD);
  await page.waitForSelector('.failure:has-text("got no session")');
  check(/\/login/.test(page.url()), page.url());
  await done();
  await its.kill();
});

await test('login: a server that signs in by its own means says so', async () => {
  const its = await another();
  const { page, done } = await open('/login?return=/engine', { address: its.at, allow: REFUSED });
  await page.waitForSelector('.login:has-text("signed in as alice")');
  await its.fail({ answers: [{ path: '/me', body: { user: null, role: 'none', anonymous: true, credential: 'none', scopes: [] } }] });
  await page.reload();
  await page.waitForSelector('.login:has-text("by its own means")');
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/login-httpd.png` });
  await page.click('a:text-is("Go on")');
  await page.waitForURL(its.at('/engine'));
  await done();
  await its.kill();
});

await test('login: Basic is the browser\'s own prompt; who closes it is asked again only when he wants', async () => {
  const its = await another('--auth', 'basic');
  const known = await open('/runs', { address: its.at, httpCredentials: { username: EMAIL, password: PASSWORD } });
  await settled(known.page);
  await known.page.waitForFunction(() => document.querySelector('.foot-row .note')?.textContent === 'alice');
  check(!(await known.page.$('button:text-is("Sign out")')), 'offers to sign out of what is no session');
  await known.done();
  // a wrong password, and then the prompt is closed
  const { page, done } = await open('/runs', { address: its.at, allow: REFUSED, httpCredentials: { username: EMAIL, password: 'wrong' } });
  await page.waitForSelector('.banner:has-text("who you are")');
  check(page.url() === its.at('/runs'), page.url());
  if (shots) await page.screenshot({ path: `${shots}/login-basic.png` });
  await done();
  await its.kill();
});

await test('login: who has no name but may read stays, and is told what he may not', async () => {
  const its = await another('--role', 'viewer');
  await its.fail({ answers: [{ path: '/me', body: { user: null, role: 'viewer', anonymous: true, credential: 'none', scopes: [] } }, { path: '/engine', status: 401, code: 'not_authenticated', detail: 'This needs the role operator; requests without a user have the role viewer here.' }] });
  const { page, done } = await open('/engine', { address: its.at, allow: REFUSED });
  await page.waitForSelector('main .failure:has-text("This needs the role operator")');
  check((await page.getAttribute('main .failure a', 'href')) === '/bench/login?return=/engine', 'the way to the sign-in page is not there');
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/login-anonymous.png` });
  await done();
  await its.kill();
});
