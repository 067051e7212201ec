// SPDX-License-Identifier: Apache-2.0
// What runs first, alone: asks for what the page shows first, if it is asked for without filters, and lets the browser draw the frame of
// index.html before anything else is run.
import './app.css';
import './ui/ui.css';
import './pages/pages.css';

const all = <E extends Element>(selector: string) => [...document.querySelectorAll<E>(selector)];
const base = all<HTMLMetaElement>('meta[name="bm-base"]')[0]?.content;
globalThis.bmEarly = new Map(location.search === '' ? all<HTMLMetaElement>('meta[name="bm-first"]').map((m) => {
  const answer = fetch(`${base}api/v1${m.content}`, { headers: { Accept: 'application/json' }, cache: 'no-store' });
  answer.catch(() => undefined); // who takes it is told
  return [m.content, answer];
}) : []);
const main = all<HTMLLinkElement>('#main-script')[0]?.href ?? '/src/main.tsx';
const start = () => void import(/* @vite-ignore */ main);
// nothing is drawn of a hidden page, and no frame comes; and where figures are still to be asked for, they matter more
if (document.hidden || globalThis.bmEarly.size === 0) start();
else requestAnimationFrame(() => setTimeout(start));
