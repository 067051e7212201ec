// SPDX-License-Identifier: Apache-2.0
// Many objects: what was a select of all of them searches on the server, by keyboard and by pointer; nothing asks for all.
import { api, at, axe, check, fake, open, scenarioId, send, settled, shots, test } from './driver.mjs';

await test('pick: one of many is searched for', async () => {
  const { automation_id } = await api(`/scenarios/${scenarioId}`);
  const made = []; // one after the other: they are listed by id
  for (let i = 0; i < 60; i++) made.push(await send('/scenarios', { name: `needle ${String(i).padStart(2, '0')} <i>`, automation_id, inputs_template: { prompt: 'x' } }));
  try { await search(made); } finally {
    for (const one of made) await api(`/scenarios/${one.id}`, { method: 'DELETE', headers: { 'content-type': 'application/json' } });
  }
  if (fake) check((await api('/scenarios?limit=1000')).every((s) => !s.name.startsWith('needle')), 'it was not tidied up');
});

async function search(made) {
  const { page, done } = await open('/runs');
  await settled(page);
  const box = page.getByRole('combobox', { name: 'Scenario' });
  check(await box.inputValue() === '' && await box.getAttribute('placeholder') === 'Any scenario', 'it does not say that any is shown');
  await box.focus();
  await page.keyboard.press('ArrowDown');
  await page.waitForSelector('.pick-list li:has-text("Any scenario")');
  check(await page.locator('.pick-list li').count() === 51 && (await page.textContent('.pick-list .note')).includes('There are more'), 'not the first fifty, or nothing said of the others');
  const answer = page.waitForResponse((r) => r.url().includes('q=needle'));
  await page.keyboard.type('needle 5');
  check(new URL((await answer).url()).searchParams.get('limit') === '50', 'more is asked for than can be read');
  await page.waitForFunction(() => document.querySelectorAll('.pick-list li').length === 10);
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/pick-light-1440.png` });
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const wanted = made.find((s) => s.name === 'needle 52 <i>');
  await page.waitForURL(new RegExp(`scenario_id=${wanted.id}\\b`));
  check(await box.inputValue() === wanted.name, `shown is ${await box.inputValue()}`);
  await page.reload();
  await settled(page);
  await page.waitForFunction((name) => document.querySelector('.pick input').value === name, wanted.name);
  await box.click();
  await page.keyboard.type('no such scenario at all');
  await page.waitForSelector('.pick-list .note:has-text("Nothing is called so")');
  await page.keyboard.press('Escape');
  check(await page.locator('.pick-list').count() === 0 && await box.inputValue() === wanted.name, 'Escape took the choice away');
  await box.click();
  await page.click('.pick-list li:has-text("Any scenario")');
  await page.waitForURL((u) => !u.searchParams.has('scenario_id'));
  await page.goBack();
  await page.waitForURL(/scenario_id=/);
  await done();
  // in a dialog, where Escape first closes the list
  const other = await open('/runs?dialog=trigger');
  await settled(other.page);
  const field = other.page.locator('dialog').getByRole('combobox', { name: 'Scenario' });
  await field.click();
  await other.page.keyboard.press('Escape');
  check(await other.page.locator('dialog[open]').count() === 1 && await other.page.locator('dialog .pick-list').count() === 0, 'Escape closed the dialog with the list');
  await field.fill('needle 07');
  await other.page.click('dialog .pick-list li:has-text("needle 07")');
  await other.page.keyboard.press('Control+k');
  await other.page.goto(at('/'));
  await settled(other.page);
  await other.page.keyboard.press('Control+k');
  await other.page.keyboard.type('needle 33');
  await other.page.waitForSelector('[role=option]:has-text("needle 33 <i>")');
  await other.done();
}
