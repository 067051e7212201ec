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
