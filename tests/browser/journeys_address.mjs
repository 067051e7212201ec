// SPDX-License-Identifier: Apache-2.0
// What a link to a page has to say: the fields of a calibration, what is searched for in JSON, the dead runs that are selected.
import { check, firstRun, open, settled, test } from './driver.mjs';

const value = (page, label) => page.inputValue(`dialog label:text-is("${label}") + input`);

await test('address: a calibration as it was typed, refused, mended, started', async () => {
  const { page, done } = await open('/engine', { allow: /422/ });
  await settled(page);
  await page.click('button:text-is("Calibrate")');
  await page.fill('dialog label:text-is("Streams") + input', '300');
  await page.fill('dialog label:text-is("At the same time") + input', '400');
  await page.waitForURL(/dialog=calibrate&streams=300&concurrency=400$/);
  await page.reload();
  await page.waitForSelector('dialog[open]');
  check(await value(page, 'Streams') === '300' && await value(page, 'At the same time') === '400', 'not what the address says');
  await page.click('dialog button:text-is("Start")');
  await page.waitForSelector('dialog .field.wrong:has(label:text-is("At the same time"))');
  await page.fill('dialog label:text-is("At the same time") + input', '50'); // what it is anyway need not be said
  await page.waitForURL(/dialog=calibrate&streams=300$/);
  await page.click('dialog button:text-is("Start")');
  await page.waitForSelector('.toast:has-text("Calibration started")');
  await page.waitForURL(/\/engine$/);
  check(!(await page.$('dialog[open]')), 'the dialog is still there');
  await done();
});

await test('address: what is searched for in the JSON of a run', async () => {
  const { page, done } = await open(`/runs/${firstRun}?tab=request`);
  await settled(page);
  await page.fill('.json-view input[type=search]', 'stream');
  await page.waitForURL(/tab=request&find=stream$/);
  await page.reload();
  await settled(page);
  check(await page.inputValue('.json-view input[type=search]') === 'stream', 'it is not searched for any more');
  check((await page.$$('.json-view .hit')).length > 0, 'nothing is marked');
  await page.click('.crumb');
  await page.waitForURL(/\/runs$/);
  await done();
});

await test('address: dead runs that are selected are requeued by who opens the link', async () => {
  const { page, done } = await open('/engine');
  await settled(page);
  const boxes = 'input[aria-label^="Select run"]';
  const names = await page.$$eval(boxes, (l) => l.slice(0, 2).map((b) => b.getAttribute('aria-label').replace('Select run ', '')));
  for (const name of names) await page.check(`input[aria-label="Select run ${name}"]`);
  await page.waitForURL(new RegExp(`sel=${names.join(',')}$`));
  await page.reload();
  await settled(page);
  await page.click('button:text-is("Requeue 2")');
  await page.waitForSelector('.toast:has-text("Requeued 2 runs")');
  await page.waitForURL(/\/engine$/);
  await done();
});
