// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import { App } from './app';
import { place, prepareWith } from './router';
import { loadAll, loadFirst, warm } from './routes';
import { watchSession } from './state/session';
import { applyTheme } from './state/settings';
import { watchVersion } from './state/version';

/** So long the frame of index.html stands alone at most; page and figures are drawn in one go if they are here by then. */
const TOGETHER_MS = 200;
/** So long after the first page the other pages are fetched. */
const QUIET_MS = 2000;

async function begin(root: HTMLElement) {
  const late = new Promise((resolve) => setTimeout(resolve, TOGETHER_MS));
  await Promise.race([late, loadFirst(place()).catch(() => undefined)]); // what did not load is told by the frame
  root.replaceChildren();
  render(<App />, root);
  prepareWith(warm);
  if (!(navigator as { connection?: { saveData?: boolean } }).connection?.saveData) setTimeout(() => void loadAll(), QUIET_MS);
}

applyTheme();
watchSession();
watchVersion();
const root = document.getElementById('app');
if (root) void begin(root);
