// SPDX-License-Identifier: Apache-2.0
// That pages follow the server's events, and what they do when events drop, come twice, late, or not at all. On the made-up server.
import { api, axe, bendEvents, check, open, send, settled, shots, test } from './driver.mjs';
import { asked, by, state } from './live_page.mjs';

const word = (page, text) => page.waitForFunction((t) => document.querySelector('.top .live')?.textContent.startsWith(t), text, { timeout: 20_000 });
const ids = (page) => page.$$eval('.panel.list tbody tr a', (l) => l.map((a) => /runs\/(\d+)/.exec(a.href)?.[1]).filter(Boolean).map(Number));
const trigger = () => send('/runs/trigger', { scenario_id: 1 });
const settings = { allow: /WebSocket|404|501|ERR_|Failed to load/ };

for (const how of ['drop', '1012', '4008', 'forget']) {
  await test(`live: ${how}: back soon, and what happened meanwhile is there`, async () => {
    const { page, done } = await open('/runs', settings);
    await settled(page);
    await by(page, 'WebSocket');
    const run = await trigger();
    await page.waitForTimeout(800); // just before it begins
    if (how === 'forget') await bendEvents('forget');
    await bendEvents(how === 'forget' ? 'drop' : how);
    await word(page, 'Reconnecting').catch(() => undefined); // may be over before it is seen
    await by(page, 'WebSocket');
    await state(page, run.id, 'completed');
    const shown = await ids(page);
    check(new Set(shown).size === shown.length, 'a run is there twice');
    await done();
  });
}

for (const how of ['twice', 'slow']) {
  await test(`live: ${how}: the list is right all the same`, async () => {
    await bendEvents(how);
    try {
      const { page, done } = await open('/runs', settings);
      await settled(page);
      await by(page, 'WebSocket');
      const runs = [await trigger(), await trigger()];
      for (const run of runs) await state(page, run.id, 'completed');
      const shown = await ids(page);
      check(JSON.stringify(shown) === JSON.stringify([...new Set(shown)].sort((a, b) => b - a)), `order or number is wrong: ${shown}`);
      await done();
    } finally {
      await bendEvents('ok');
    }
  });
}

await test('live: silence is noticed; until the server speaks again all is asked for', async () => {
  const { page, done } = await open('/runs', settings);
  await settled(page);
  await by(page, 'WebSocket');
  try {
    await bendEvents('silent');
    await word(page, 'Reconnecting');
    const run = await trigger();
    await state(page, run.id, 'completed');
  } finally {
    await bendEvents('ok');
  }
  await page.waitForFunction(() => !['polling'].includes(document.querySelector('.top .live')?.dataset.by), null, { timeout: 45_000 });
  await done();
});

for (const [mode, name] of [['nosocket', 'server-sent events'], ['nostream', 'long polls']]) {
  await test(`live: without WebSocket by ${name}`, async () => {
    await bendEvents(mode);
    try {
      const { page, done } = await open('/runs', settings);
      await settled(page);
      await by(page, name);
      await page.waitForTimeout(1200);
      const list = asked(page);
      const run = await trigger();
      await state(page, run.id, 'running');
      await state(page, run.id, 'completed');
      check(list.filter((p) => p === '/runs').length <= 3, `it was polled: ${list.join(' ')}`);
      await done();
    } finally {
      await bendEvents('ok');
    }
  });
}

await test('live: a server without events is polled, and nothing else is tried', async () => {
  const before = await bendEvents('off');
  try {
    const { page, done } = await open('/runs'); // any failed request would be a complaint
    await settled(page);
    const run = await trigger();
    await page.reload();
    await state(page, run.id, 'completed');
    check((await page.getAttribute('.top .live', 'data-by')) === 'polling', 'it is not polled');
    check(JSON.stringify(await bendEvents('off')) === JSON.stringify(before), 'it was tried');
    await done();
  } finally {
    await bendEvents('ok');
  }
});

await test('live: refused (1008) again and again: the mark says so and why, and the page goes on', async () => {
  const { page, done } = await open('/runs', settings);
  await settled(page);
  await by(page, 'WebSocket');
  const before = await bendEvents('refuse');
  try {
    await page.waitForFunction(() => document.querySelector('.top .live')?.textContent.startsWith('Not live'));
    check(/your session ended/.test(await page.getAttribute('.top .live', 'title')), 'it does not say why');
    await axe(page);
    if (shots) await page.screenshot({ path: `${shots}/not-live-light-1440.png` });
    const run = await trigger();
    await state(page, run.id, 'completed');
    const tried = (await bendEvents('refuse')).websocket - before.websocket;
    check(tried === 1, `it was tried ${tried} times`);
  } finally {
    await bendEvents('ok');
  }
  await done();
});

await test('live: ended (1008) because other projects may be seen: asks once who one is, connects again and asks for all', async () => {
  const { page, done } = await open('/runs', settings);
  await settled(page);
  await by(page, 'WebSocket');
  const list = asked(page);
  const before = await bendEvents('1008');
  const again = async () => (await bendEvents('ok')).websocket - before.websocket;
  for (let i = 0; i < 100 && ((await again()) === 0 || !list.includes('/runs')); i++) await page.waitForTimeout(100);
  await by(page, 'WebSocket');
  check((await again()) === 1, `connected ${await again()} times`);
  check(list.filter((p) => p === '/me').length === 1, `asked ${list.join(' ')}`);
  check(list.includes('/runs'), `the list was not asked for: ${list.join(' ')}`);
  const run = await trigger();
  await state(page, run.id, 'completed');
  await done();
});

await test('live: new rows wait while the pointer is on the list; rows that are there change in place', async () => {
  const first = await trigger();
  const { page, done } = await open('/runs');
  await settled(page);
  await by(page, 'WebSocket');
  await page.hover('.panel.list tbody tr >> nth=3');
  const shown = await ids(page);
  const next = await trigger();
  await page.waitForSelector('.waiting:has-text("1 new run")', { timeout: 8000 });
  await state(page, first.id, 'completed');
  check(JSON.stringify(await ids(page)) === JSON.stringify(shown), 'rows moved under the pointer');
  await page.click('.waiting');
  check((await ids(page))[0] === next.id, 'the new run is not shown');
  await done();
});

await test('live: a hidden tab is not drawn, and right when it is looked at', async () => {
  const { page, done } = await open('/runs');
  await settled(page);
  await by(page, 'WebSocket');
  const look = (how) => page.evaluate((v) => { Object.defineProperty(document, 'visibilityState', { value: v, configurable: true }); document.dispatchEvent(new Event('visibilitychange')); }, how);
  await look('hidden');
  await page.evaluate(() => { window.__drawn = 0; new MutationObserver((l) => { window.__drawn += l.length; }).observe(document.querySelector('main'), { subtree: true, childList: true, characterData: true, attributes: true }); });
  const run = await trigger();
  for (let i = 0; i < 50 && (await api(`/runs/${run.id}`)).status !== 'completed'; i++) await page.waitForTimeout(100);
  await page.waitForTimeout(500);
  check((await page.evaluate(() => window.__drawn)) === 0, 'a hidden tab was drawn');
  await look('visible');
  await state(page, run.id, 'completed');
  await done();
});
