// SPDX-License-Identifier: Apache-2.0
// Training on the module itself: consent, a session begun from the form, seen live to its end by its budget; a problem run again.
import { api, at, axe, check, open, send, settled, shots, target, test } from './driver.mjs';

const label = (text) => `label:text-is("${text}") + input`;
const stamp = `${Date.now()}`.slice(-8);

await test('trained: a target is confirmed, trained on and judged; a problem is run again', async () => {
  const automation = await send('/automations', { name: `trained ${stamp}`, provider: 'openai', connection: { url: target, model: 'reference-1' } });
  const scenario = await send('/scenarios', { name: `trained ${stamp}`, automation_id: automation.id, inputs_template: { prompt: 'x', x_target: { tokens: 4, ttft_ms: 5, gap_ms: 1 } } });
  const { page, done } = await open(`/training/new?scenario_id=${scenario.id}`, { allow: /422|404/ }); // that it was deleted is told by an event, too
  await settled(page);
  await page.fill(label('Requests per second that may be tried'), '30');
  await page.click('.consent button:has-text("Confirm")');
  await page.waitForSelector('.consent-said:has-text("30/s")');
  await page.fill(label('Name'), `session ${stamp}`);
  await page.click('label.tick:has-text("Network latency")');
  await page.fill(label('Length of problems'), '0.2');
  await page.fill(label('Problems'), '2');
  await page.fill(label('Requests'), '0');
  await page.click('button:has-text("Start the session")');
  await page.waitForSelector('.field.wrong:has-text("Requests") .error');
  await page.fill(label('Requests'), '5000');
  await page.click('button:has-text("Start the session")');
  await page.waitForURL(/training\/\d+$/);
  await page.waitForSelector('section[aria-label="Response time"] canvas', { timeout: 30_000 });
  await page.waitForSelector('.top .state:has-text("completed")', { timeout: 60_000 });
  await page.waitForSelector('.capacity:has-text("What the target can take")');
  check((await page.$$('section[aria-label="Problems"] tbody tr')).length === 2, 'not both problems are listed');
  check((await page.$$('.moves li')).length === 2, 'not every move is told');
  const id = Number(/(\d+)$/.exec(page.url())[1]);
  // the line is what the server measured: as many points, with the same values
  const seconds = await api(`/training/sessions/${id}/metrics`);
  await page.reload();
  await settled(page);
  await page.click('section[aria-label="Throughput"] button[aria-pressed]');
  const rows = await page.$$eval('section[aria-label="Throughput"] tbody tr', (l) => l.map((r) => r.children[1].textContent).filter((t) => t !== '–'));
  check(rows.length === seconds.length, `${rows.length} points for ${seconds.length} seconds`);
  check(rows.every((t, i) => Number(t.replace(/[^\d.]/g, '')) === seconds[i].throughput), 'a point is not what was measured');
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/trained.png`, fullPage: true });
  await page.click('section[aria-label="Problems"] tbody tr:first-child a');
  await page.waitForURL(/problems\/\d+$/);
  await settled(page);
  const first = await api(`/training/problems/${/(\d+)$/.exec(page.url())[1]}`);
  await page.click('.top button:has-text("Run it again")');
  await page.click('dialog button:has-text("Run it again")');
  await page.waitForURL((u) => !u.pathname.endsWith(`/${first.id}`));
  await page.waitForFunction(() => /met|missed|not clear/.test(document.querySelector('.top .state')?.textContent ?? ''), null, { timeout: 60_000 });
  const again = await api(`/training/problems/${/(\d+)$/.exec(page.url())[1]}`);
  check(again.key === first.key && JSON.stringify(again.parameters) === JSON.stringify(first.parameters) && again.session_id === null, 'it is another problem');
  await page.click('.top button:has-text("Delete")');
  await page.click('dialog button:has-text("Delete it")');
  await page.waitForURL(at('/training/problems'));
  await page.goto(at(`/training/${id}`));
  await page.click('.top button:has-text("Delete")');
  await page.click('dialog button:has-text("Delete it")');
  await page.waitForURL(at('/training'));
  await done();
});
