// SPDX-License-Identifier: Apache-2.0
// Definitions as code: out as a file, back with a look at what would change.
import { readFileSync } from 'node:fs';
import { api, at, axe, check, open, settled, shots, test } from './driver.mjs';

await test('definitions: export, a dry run that names each change, import', async () => {
  const { page, done } = await open('/settings');
  await settled(page);
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('a[download="definitions.json"]')]);
  const kept = JSON.parse(readFileSync(await download.path(), 'utf8'));
  check(kept.format === 'mod_benchmark.definitions.v1' && kept.automations.length > 0 && kept.scenarios.every((s) => s.automation && !('id' in s)), 'the export is not what was defined');
  const changed = kept.scenarios[0];
  const document = { format: kept.format, automations: [{ name: 'Imported <b>target</b>', provider: 'mock' }], scenarios: [{ ...changed, description: 'from a file' }, kept.scenarios[1]] };
  await page.click('button:text-is("Import")');
  await page.waitForURL(/dialog=import/);
  await page.fill('dialog textarea', JSON.stringify(document));
  await page.click('dialog button:has-text("Show what would change")');
  await page.waitForSelector('dialog [role=status]:has-text("1 object would be made, 1 would be changed, 1 is as the document says")');
  const words = await page.$$eval('dialog .changes li', (l) => l.map((e) => e.textContent));
  check(words.length === 2 && words[0].includes('Imported <b>target</b>') && words[1].includes('description') && words[1].includes('"from a file"'), `the changes are not named: ${words}`);
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/definitions-import.png` });
  check((await api('/automations?limit=1000')).every((a) => a.name !== 'Imported <b>target</b>'), 'the dry run did something');
  await page.click('dialog button:has-text("Import 2 changes")');
  await page.waitForURL(at('/settings'));
  const made = (await api('/automations?limit=1000')).find((a) => a.name === 'Imported <b>target</b>');
  const scenario = (await api('/scenarios?limit=1000')).find((s) => s.name === changed.name);
  check(made && scenario.description === 'from a file', 'the import did not do what it said');
  // as it was, for those who come after
  const back = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ format: kept.format, scenarios: [changed] }) };
  check((await api('/definitions', back)).scenarios.updated === 1, 'the export does not bring it back');
  await api(`/automations/${made.id}`, { method: 'DELETE', headers: { 'content-type': 'application/json' } });
  await done();
});

await test('definitions: what is wrong is named by its place', async () => {
  const { page, done } = await open('/settings?dialog=import', { width: 390, theme: 'dark', touch: true, allow: /422/ });
  await settled(page);
  await page.fill('dialog textarea', '{"format":"mod_benchmark.definitions.v1","automations":[{"provider":"mock"}]}');
  await page.click('dialog button:has-text("Show what would change")');
  await page.waitForSelector('dialog [role=alert] code:text-is("/automations/0/name")');
  check(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), 'the page scrolls sideways');
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/definitions-wrong.png` });
  await done();
});
