// SPDX-License-Identifier: Apache-2.0
// Signing in at the module itself, by keyboard, as a user made for it: there and back, wrong, who is told, out again. Real server only.
import { at, axe, check, open, send, settled, shots, test } from './driver.mjs';

const password = `a long one ${Date.now()}`;
const email = `keys-${Date.now()}@example.com`;

await test('session: in with name and password, back to the whole address, and out', async () => {
  const user = await send('/users', { email, name: `keys ${Date.now()}`, password, role: 'operator' });
  check(user.id, JSON.stringify(user));
  try {
    const { page, done } = await open('/login?return=/runs%3Fstatus%3Dcompleted', { allow: /40[13]/ });
    await page.waitForSelector('#login-email:focus');
    await page.keyboard.type(email);
    await page.keyboard.press('Tab');
    await page.keyboard.type('not that');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.failure:has-text("do not go together")');
    check(await page.evaluate(() => document.activeElement?.id === 'login-password'), 'the password is not asked for again');
    await axe(page);
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await page.waitForURL(at('/runs?status=completed'));
    await settled(page);
    await page.waitForSelector('.foot-row .note[title="role operator"], .foot-row .note[title="role admin"]');
    const who = await page.evaluate(async (me) => (await fetch(me)).json(), at('/api/v1/me'));
    check(who.credential === 'session' && who.user, JSON.stringify(who));
    check(await page.evaluate(() => !document.cookie.includes('session') && !JSON.stringify({ ...localStorage, ...sessionStorage }).includes('eyJ')), 'a script can read the session');
    // a change goes through with the cookie alone
    await page.goto(at('/runs?dialog=trigger'));
    await page.waitForSelector('dialog[open] button:has-text("Run it"):not([disabled])');
    await page.click('dialog button:has-text("Run it")');
    await page.waitForURL(/runs\/\d+$/);
    await settled(page);
    if (shots) await page.screenshot({ path: `${shots}/session.png` });
    await page.focus('button:text-is("Sign out")');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/login/);
    const after = await page.evaluate(async (me) => (await fetch(me)).json(), at('/api/v1/me'));
    check(after.credential === 'none', JSON.stringify(after));
    await done();
  } finally {
    await fetch(at(`/api/v1/users/${user.id}`), { method: 'DELETE', headers: { 'content-type': 'application/json' } });
  }
});
