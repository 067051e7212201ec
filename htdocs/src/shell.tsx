// SPDX-License-Identifier: Apache-2.0
// The frame as it is before any script has run: made once, when the dashboard is built, and part of index.html, so that the browser has
// something to draw while scripts and figures are on their way. Inert: what looks as if it could be used can be, a moment later.
import { renderToString } from 'preact-render-to-string';
import { App } from './app';

/** Where the server puts the title of the page asked for. */
export const TITLE_MARK = '__bm_title__';

/** The content of #app. Addresses begin with `base`. */
export const shell = (base: string): string => `<div class="shell" inert>${renderToString(<App waiting={TITLE_MARK} />).replaceAll('href="/', `href="${base}`)}</div>`;
