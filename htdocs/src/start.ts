// SPDX-License-Identifier: Apache-2.0
// What runs first: lets the browser draw the frame of index.html before anything else is run.
import './app.css';
import './ui/ui.css';
import './pages/pages.css';
const main = document.querySelector<HTMLLinkElement>('#main-script')?.href ?? '/src/main.tsx';
const start = () => void import(/* @vite-ignore */ main);
if (document.hidden) start(); // nothing is drawn, and no frame comes
else requestAnimationFrame(() => setTimeout(start));
