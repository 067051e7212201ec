// SPDX-License-Identifier: Apache-2.0
// That pages follow the server's events, by each way there is. On any server.
import { api, check, fake, open, send, settled, target, test } from './driver.mjs';
import { asked, by, state } from './live_page.mjs';

const trigger = (scenario_id) => send('/runs/trigger', { scenario_id });
const remove = (path) => api(path, { method: 'DELETE', headers: { 'content-type': 'application/json' } });
const stamp = () => `${Date.now()}`.slice(-8);

/** A scenario of our own, which takes a moment. */
async function slow() {
  if (fake) return { id: 1, clean: async () => undefined };
  const automation = await send('/automations', { name: `watched ${stamp()}`, provider: 'openai', connection: { url: target, model: 'reference-1' } });
  const made = await send('/scenarios', { name: `watched ${stamp()}`, automation_id: automation.id, inputs_template: { prompt: 'x', x_target: { tokens: 20, ttft_ms: 500, gap_ms: 100 } } });
  return { id: made.id, clean: async () => { await remove(`/scenarios/${made.id}?cascade=true`); await remove(`/automations/${automation.id}`); } };
}

await test('events: one connection; nothing is asked for while nothing happens, and a run of somebody else is seen to begin and to end', async () => {
  const of = await slow();
  const { page, done } = await open('/runs');
  await by(page, 'WebSocket');                  // or this page's own would be counted with that of the next
  const sockets = [];
  page.on('websocket', (w) => sockets.push(w.url()));
  await page.reload();
  await settled(page);
  await by(page, 'WebSocket');
  await page.waitForTimeout(3000);
  const list = asked(page);
  await page.waitForTimeout(6000);
  check(list.length === 0, `asked for ${list.join(' ')} without a reason`);
  const run = await trigger(of.id);
  await state(page, run.id, 'running', 'completed');
  await state(page, run.id, 'completed');
  check(list.filter((p) => p === '/runs').length <= 4, `the list was asked for ${list.length} times`);
  await page.click('nav a:has-text("Scenarios")');
  await settled(page);
  await page.click('nav a:has-text("Overview")');
  await settled(page);
  check(sockets.length === 1, `${sockets.length} connections`);
  await of.clean();
  await done();
});

await test('events: what is written elsewhere is seen: a name, a load test that progresses', async () => {
  const of = await slow();
  const { page, done } = await open('/automations');
  await settled(page);
  await by(page, 'WebSocket');
  const made = await send('/automations', { name: `elsewhere ${stamp()}`, provider: 'openai', connection: { url: 'http://127.0.0.1:1/v1' } });
  await page.waitForSelector(`td a:has-text("${made.name}")`, { timeout: 9000 });
  await remove(`/automations/${made.id}`);
  await page.waitForFunction((name) => !document.querySelector('.panel.list').textContent.includes(name), made.name, { timeout: 9000 });
  const name = `watched ${stamp()}`;
  const load = await send('/loadtests', { scenario_id: of.id, name, load_model: { type: 'constant', rate: 5 }, duration_seconds: 3, warmup_seconds: 0, certificate: false });
  await page.click('nav a:has-text("Load tests")');
  await page.waitForSelector(`tr:has-text("${name}") .state:has-text("running")`, { timeout: 20_000 });
  await page.waitForSelector(`tr:has-text("${name}") .state:has-text("completed")`, { timeout: 60_000 });
  await remove(`/loadtests/${load.id}`);
  await of.clean();
  await done();
});

await test('events: a project that another administrator adds and takes away is seen', async () => {
  const { page, done } = await open('/settings/projects');
  await settled(page);
  await by(page, 'WebSocket');
  await page.waitForTimeout(1200); // what is asked for when the connection stands is over
  const made = await send('/projects', { name: `elsewhere ${stamp()}` });
  await page.waitForSelector(`td:has-text("${made.name}")`, { timeout: 9000 });
  await remove(`/projects/${made.id}`);
  await page.waitForFunction((name) => !document.querySelector('main').textContent.includes(name), made.name, { timeout: 9000 });
  await done();
});

for (const how of ['server-sent events', 'long polls']) {
  await test(`events: in a browser without WebSocket by ${how}`, async () => {
    const of = await slow();
    const { page, done } = await open('/api-docs', { allow: /ERR_FAILED|WebSocket/ });
    await page.addInitScript(() => { delete window.WebSocket; });
    if (how === 'long polls') await page.route(/\/api\/v1\/events\?/, (route) => (/event-stream/.test(route.request().headers().accept) ? route.abort() : route.continue()));
    await page.goto(page.url().replace('/api-docs', '/runs'));
    await settled(page);
    await by(page, how);
    await page.waitForTimeout(2500);
    const list = asked(page);
    const run = await trigger(of.id);
    await state(page, run.id, 'completed');
    check(list.filter((p) => p === '/runs').length <= 4, `it was polled: ${list.join(' ')}`);
    await of.clean();
    await done();
  });
}
