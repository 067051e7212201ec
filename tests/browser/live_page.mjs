// SPDX-License-Identifier: Apache-2.0
// What journeys that watch a page live have in common.

/** Until the page hears the server in this way: "WebSocket", "server-sent events", "long polls", "polling". */
export const by = (page, how) => page.waitForFunction((name) => document.querySelector('.top .live')?.dataset.by === name, how, { timeout: 30_000 });

/** Until the list shows the run in this state, or in one of several. */
export const state = (page, id, ...states) => page.waitForFunction(([run, list]) => [...document.querySelectorAll('.panel.list tbody tr')].some((tr) => tr.querySelector('td a')?.textContent.trim() === run
  && list.some((s) => tr.querySelector('.state')?.textContent.includes(s))), [String(id), states], { timeout: 30_000 });

/** Requests of the API that the page makes from now on; without those of the engine's state, which is asked for in any case. */
export function asked(page) {
  const list = [];
  page.on('request', (r) => { const path = new URL(r.url()).pathname; if (path.includes('/api/v1/') && !/\/(engine|events(\/ws)?)$/.test(path)) list.push(path.replace(/.*\/api\/v1/, '')); });
  return list;
}
