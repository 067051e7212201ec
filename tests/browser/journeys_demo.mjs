// SPDX-License-Identifier: Apache-2.0
// Demo data come with one click and go with one, and nothing else with them.
import { api, axe, check, open, settled, shots, test } from './driver.mjs';

await test('demo data: one click adds, one removes', async () => {
  const { page, done } = await open('/settings');
  await settled(page);
  const names = async () => (await api('/automations?limit=1000')).map((a) => a.name).sort().join();
  const before = await names();
  await page.click('button:text-is("Add demo data")');
  await page.waitForSelector('.toast:has-text("60")');
  const demo = (await api('/automations?limit=1000')).find((a) => a.name === 'Demo agent');
  check(demo?.provider === 'mock' && (await api(`/scenarios?limit=1000&automation_id=${demo.id}`)).length === 3, 'the demo data are not there');
  await page.waitForSelector('button:text-is("Remove demo data")');
  await axe(page);
  if (shots) await page.locator('.panel[aria-label="Demo data"]').screenshot({ path: `${shots}/demo.png` });
  await page.click('button:text-is("Remove demo data")');
  await page.waitForSelector('.toast:has-text("Removed")');
  check(await names() === before, 'not exactly the demo data were removed');
  check((await api('/scenarios?limit=1000')).every((s) => !s.name.startsWith('Demo:')), 'scenarios stayed behind');
  await page.waitForSelector('button:text-is("Add demo data")');
  await done();
});
