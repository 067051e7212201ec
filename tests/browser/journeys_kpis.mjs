// SPDX-License-Identifier: Apache-2.0
// The KPIs page: another metric, groups, exact figures, and charts that can be read without seeing them.
import { check, open, settled, test } from './driver.mjs';

const chosen = (page, label) => page.getByLabel(label, { exact: true });

await test('KPIs: metric and groups are in the address and in the table', async () => {
  const { page, done } = await open('/kpis?from=now-30d&metric=ttft_ms');
  await settled(page);
  const rows = () => page.$$eval('table tbody tr', (l) => l.map((tr) => tr.textContent));
  check((await rows()).length === 1, 'one row for all together');
  await chosen(page, 'Group').selectOption('scenario');
  await page.waitForURL(/group_by=scenario/);
  await page.waitForFunction(() => document.querySelectorAll('table tbody tr').length > 2);
  const grouped = await rows();
  check(grouped.at(-1).startsWith('All'), 'the last row is of all');
  await chosen(page, 'Metric').selectOption('total_ms');
  await page.waitForURL(/metric=total_ms/);
  await settled(page);
  await page.goBack();
  await page.waitForURL(/metric=ttft_ms/);
  check(await chosen(page, 'Metric').inputValue() === 'ttft_ms', 'back takes the metric back');
  await done();
});

await test('KPIs: exact figures come from the rows, of gaps, too', async () => {
  const { page, done } = await open('/kpis?from=now-30d&metric=ttft_ms');
  await settled(page);
  await page.getByRole('button', { name: 'Exact' }).click();
  await page.waitForURL(/exact=true/);
  await page.getByText('From the rows themselves, exact.').waitFor();
  await chosen(page, 'Metric').selectOption('itl_ms');
  await page.waitForURL(/metric=itl_ms/);
  await page.getByText('From the rows themselves, exact.').waitFor();
  await page.getByRole('button', { name: 'Exact' }).click();
  await page.getByText('From rollups').waitFor();
  await done();
});

await test('KPIs: Apdex with the T that was asked for, and only of what a target does', async () => {
  const { page, done } = await open('/kpis?from=now-30d&metric=ttft_ms');
  await settled(page);
  const apdex = () => page.$$eval('.kpi-figures th', (l) => l.map((th) => th.textContent.replaceAll('\u00a0', ' ')).find((t) => t.startsWith('Apdex')) ?? null);
  check(await apdex() === 'Apdex, T 500 ms', `no T is stated: ${await apdex()}`);
  await page.fill('.apdex-t input', '0');
  await page.keyboard.press('Enter');
  check(!page.url().includes('apdex_t') && await page.getAttribute('.apdex-t input', 'aria-invalid') === 'true', 'a senseless T was taken');
  await page.fill('.apdex-t input', '2000');
  await page.keyboard.press('Enter');
  await page.waitForURL(/apdex_t=2000/);
  await page.waitForFunction(() => [...document.querySelectorAll('.kpi-figures th')].some((th) => /T 2\.00\ss/.test(th.textContent)));
  await settled(page);
  check(/^[01]\.\d\d$/.test(await page.textContent('.kpi-figures tbody tr:last-child td:last-child')), 'there is no Apdex');
  await chosen(page, 'Metric').selectOption('queue_ms');
  await page.waitForURL(/metric=queue_ms/);
  await settled(page);
  check(await apdex() === null && !(await page.$('.apdex-t')), 'our own queue is rated');
  await done();
});

await test('KPIs: distribution and spread are read by keyboard and as tables', async () => {
  const { page, done } = await open('/kpis?from=now-30d&metric=ttft_ms');
  await settled(page);
  for (const name of ['Distribution', 'Spread over time']) {
    const panel = page.locator(`section[aria-label="${name}"]`);
    await panel.locator('.plot').focus();
    await page.keyboard.press('End');
    await page.waitForFunction((label) => /\d/.test(document.querySelector(`section[aria-label="${label}"] [aria-live]`)?.textContent ?? ''), name);
    await panel.getByRole('button', { name: 'Show as table' }).click();
    check(await panel.locator('tbody tr').count() > 3, `${name} has a table`);
  }
  await page.getByRole('button', { name: 'Cumulative' }).click();
  const last = page.locator('section[aria-label="Distribution"] tbody tr').last();
  check(/100/.test(await last.textContent()), 'all values are at most the greatest');
  await done();
});
