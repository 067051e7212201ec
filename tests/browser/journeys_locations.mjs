// SPDX-License-Identifier: Apache-2.0
// Engines in two places: where runs and load tests may be sent, what is asked of the server, and what waits.
import { at, axe, bend, check, open, scenarioId, settled, shots, test } from './driver.mjs';

const sent = (page, path) => page.waitForRequest((r) => r.method() === 'POST' && r.url().endsWith(path)).then((r) => r.postDataJSON());
const choices = (page, label) => page.getByLabel(label, { exact: true }).locator('option').allTextContents();

await test('locations: where there is no choice nothing asks for it', async () => {
  const { page, done } = await open('/runs?dialog=trigger');
  await settled(page);
  check(await page.getByLabel('Location', { exact: true }).count() === 0, 'a location is asked for');
  await page.goto(at('/engine'));
  await settled(page);
  check(!(await page.textContent('main')).includes('Locations'), 'there are locations');
  await done();
});

await test('locations: a run is pinned, or sent to each', async () => {
  await bend('places');
  const { page, done } = await open('/runs?dialog=trigger');
  await settled(page);
  const field = page.locator('dialog').getByLabel('Location', { exact: true });
  check((await field.locator('option').allTextContents())[2] === 'us-1 (waits: no engine there)', 'it is not said that nobody is there');
  await page.locator('dialog').getByLabel('Scenario').selectOption(String(scenarioId));
  await field.selectOption('us-1');
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/trigger-location-light-1440.png` });
  let body = sent(page, '/runs/trigger');
  await page.click('dialog button[type=submit]');
  check(JSON.stringify(await body) === JSON.stringify({ scenario_id: scenarioId, location: 'us-1' }), JSON.stringify(await body));
  await page.waitForURL(/\/runs\/\d+$/);
  await page.goto(at('/runs?dialog=trigger'));
  await settled(page);
  await page.locator('dialog').getByLabel('Scenario').selectOption(String(scenarioId));
  await field.selectOption('eu1,us-1');
  check(await page.textContent('dialog button[type=submit]') === 'Queue 2\u00a0runs', await page.textContent('dialog button[type=submit]'));
  body = sent(page, '/runs');
  await page.click('dialog button[type=submit]');
  check(JSON.stringify(await body) === JSON.stringify({ scenario_id: scenarioId, count: 1, locations: ['eu1', 'us-1'] }), JSON.stringify(await body));
  await done();
  await bend('normal');
});

await test('locations: lists are filtered by them, a plan names them, the engine page says what waits', async () => {
  await bend('places');
  const { page, done } = await open('/runs');
  await settled(page);
  check((await choices(page, 'Location')).join() === 'Any location,eu1,us-1', (await choices(page, 'Location')).join());
  const asked = page.waitForRequest((r) => r.url().includes('/runs?') && r.url().includes('location=eu1'));
  await page.getByLabel('Location', { exact: true }).selectOption('eu1');
  await asked;
  await page.waitForURL(/location=eu1/);
  await page.goto(at('/loadtests/new'));
  await settled(page);
  const plan = page.waitForRequest((r) => r.url().endsWith('/loadtests/estimate') && JSON.parse(r.postData()).location === 'eu1');
  await page.getByLabel('Location', { exact: true }).selectOption('eu1');
  await plan;
  await axe(page);
  await page.goto(at('/engine'));
  await settled(page);
  check((await page.textContent('main')).includes('waiting for us-1, where no engine is'), await page.textContent('main'));
  await axe(page);
  if (shots) await page.screenshot({ path: `${shots}/engine-locations-light-1440.png`, fullPage: true });
  await done();
  await bend('normal');
});
