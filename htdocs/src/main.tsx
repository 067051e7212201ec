// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import { App } from './app';
import './app.css';
import './ui/ui.css';
import './pages/pages.css';
import { place } from './router';
import { loadFirst } from './routes';
import { watchSession } from './state/session';
import { applyTheme } from './state/settings';
import { watchVersion } from './state/version';

/** So long the frame of index.html stands alone at most; page and figures are drawn in one go if they are here by then. */
const TOGETHER_MS = 200;

applyTheme();
watchSession();
watchVersion();
const root = document.getElementById('app');
if (root) {
  const late = new Promise((resolve) => setTimeout(resolve, TOGETHER_MS));
  await Promise.race([late, loadFirst(place()).catch(() => undefined)]); // what did not load is told by the frame
  root.replaceChildren();
  render(<App />, root);
}
