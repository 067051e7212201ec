// SPDX-License-Identifier: Apache-2.0
// What runs first: takes what the page shows first, which index.html has the browser ask for if the page is asked for without filters.
import './app.css';
import './ui/ui.css';
import './pages/pages.css';

const all = <E extends Element>(selector: string) => [...document.querySelectorAll<E>(selector)];
const base = all<HTMLMetaElement>('meta[name="bm-base"]')[0]?.content;
globalThis.bmEarly = new Map(all<HTMLLinkElement>('link[rel="preload"][as="fetch"]').map((link) => {
  const asked = link.getAttribute('href') ?? '';
  const answer = fetch(asked, { headers: { Accept: 'application/json' } }); // the preload's
  answer.catch(() => undefined); // who takes it is told
  return [asked.slice(`${base}api/v1`.length), answer];
}));
const main = all<HTMLLinkElement>('#main-script')[0]?.href ?? '/src/main.tsx';
void import(/* @vite-ignore */ main);
