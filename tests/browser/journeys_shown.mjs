// SPDX-License-Identifier: Apache-2.0
// What is shown can be shared: it stands in the address, and leaves as CSV and PNG. Ranges on the clocks of a zone.
import { readFileSync } from 'node:fs';
import { axe, check, open, settled, shots, test } from './driver.mjs';

/** What a button offers as a file. */
async function download(page, selector) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click(selector)]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

await test('shown: a chart as table is in the address; its CSV is the table, its PNG the picture', async () => {
  const { page, done } = await open('/?from=now-7d&tz=Asia/Kolkata');
  await settled(page);
  const picture = await download(page, 'button[aria-label="Picture of Latency over time as PNG"]');
  const [width, height] = [picture.bytes.readUInt32BE(16), picture.bytes.readUInt32BE(20)];
  check(picture.name === 'latency-over-time.png' && picture.bytes.subarray(1, 4).toString() === 'PNG' && width > 500 && height > 300, `${picture.name} ${width} x ${height}`);
  if (shots) (await import('node:fs')).writeFileSync(`${shots}/chart.png`, picture.bytes);
  await page.click('button:has-text("Show as table")');
  await page.waitForURL(/table=latency-over-time/);
  await page.reload();
  await page.waitForSelector('.chart-table tbody tr');
  const rows = await page.$$eval('.chart-table tbody tr', (l) => l.map((r) => r.firstElementChild.textContent));
  const csv = await download(page, 'button[aria-label="Values of Latency over time as CSV"]');
  const lines = String(csv.bytes).split('\r\n').filter(Boolean);
  check(lines[0] === 'From (Asia/Kolkata),p50 (ms),p95 (ms),p99 (ms)' && lines.length === rows.length + 1 && lines[1].split(',')[0] === rows[0], lines.slice(0, 2).join(' | '));
  check(lines.slice(1).every((l) => l.split(',').slice(1).every((v) => v === '' || Number(v) >= 0)), 'a value is no number');
  await page.goBack();
  await page.waitForSelector('.plot canvas');
  await done();
});

await test('shown: a range on the clocks of a zone, by fields and typed; what is wrong is said', async () => {
  const { page, done } = await open('/kpis?tz=Europe/Berlin&metric=ttft_ms');
  await settled(page);
  const type = async (text) => { await page.fill('#range-text', text); await page.press('#range-text', 'Enter'); };
  await page.click('.anchor-range');
  for (const [text, why] of [['6x', /no moment/], ['now-1h..now-6h', /ends before/], ['', /Type a range/]]) {
    await type(text);
    check(why.test(await page.textContent('#range-wrong')), `${text}: ${await page.textContent('#range-wrong')}`);
  }
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/range.png` });
  await type('2026-03-29..2026-03-30');
  await page.waitForURL(/from=2026-03-28T23:00:00Z&to=2026-03-29T22:00:00Z/); // a day of 23 hours
  check(/2026-03-29 00:00 to 2026-03-30 00:00/.test(await page.textContent('.anchor-range')), await page.textContent('.anchor-range'));
  await page.click('.anchor-range');
  check((await page.inputValue('#range-from')) === '2026-03-29 00:00', await page.inputValue('#range-from'));
  await page.fill('#range-to', '2026-03-29 04:30');
  await page.press('#range-to', 'Enter');
  await page.waitForURL(/to=2026-03-29T02:30:00Z/);
  await page.goBack();
  await page.waitForURL(/to=2026-03-29T22:00:00Z/);
  await done();
});

await test('shown: selected rows are in the address; a preview follows the keys and leaves with a step back', async () => {
  const { page, done } = await open('/runs?status=completed', { width: 1600 });
  await settled(page);
  const ids = await page.$$eval('tbody tr td:nth-child(2) a', (l) => l.slice(0, 3).map((a) => a.textContent));
  for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key);
  await page.waitForURL(new RegExp(`sel=${ids[0]},${ids[1]}`));
  await page.reload();
  await page.waitForSelector('.bulk:has-text("2 runs selected")');
  await settled(page);
  await page.click('.bulk button:has-text("Clear selection")');
  await page.waitForFunction(() => !/sel=/.test(location.search));
  for (const key of ['j', 'p', 'j']) await page.keyboard.press(key);
  await page.waitForURL(new RegExp(`preview=${ids[1]}`));
  await page.waitForSelector(`.preview h2:text-is("Run ${ids[1]}")`);
  await page.waitForSelector('.preview .state');
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/preview.png` });
  await page.goBack();
  await page.waitForFunction(() => !document.querySelector('.preview'));
  await page.goBack();
  await done();
});

await test('shown: from run to run within the range and the filter it was opened from', async () => {
  const { page, done } = await open('/runs?from=now-12h&status=completed');
  await settled(page);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL(/runs\/\d+\?.*from=now-12h/);
  const asked = await page.waitForRequest((r) => /\/api\/v1\/runs\?.*after=\d+/.test(r.url()), { timeout: 5000 }).catch(() => null);
  const seen = asked ? asked.url() : await page.evaluate(() => performance.getEntriesByType('resource').map((e) => e.name).find((n) => /\/api\/v1\/runs\?.*after=\d+/.test(n)));
  check(/status=completed/.test(seen) && /from=20/.test(seen), `asked for its neighbours: ${seen}`);
  await done();
});
