// SPDX-License-Identifier: Apache-2.0
// When what changed is drawn: at once what somebody waits for, at most ten times a second what events tell, and nothing in a hidden
// tab until it is looked at again.

const EVERY_MS = 100;
const waiting = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;
let drawnAt = 0;

const hidden = () => typeof document !== 'undefined' && document.visibilityState === 'hidden';

function flush() {
  timer = undefined;
  if (hidden()) return;
  drawnAt = Date.now();
  const all = [...waiting];
  waiting.clear();
  for (const draw of all) draw();
}

/** Draws now, or when the tab is looked at. */
export function drawNow(draw: () => void): void {
  if (hidden()) { waiting.add(draw); return; }
  waiting.delete(draw);
  draw();
}

/** Draws soon, together with what else changed; the same function once only. */
export function drawSoon(draw: () => void): void {
  waiting.add(draw);
  if (timer === undefined && !hidden()) timer = setTimeout(flush, Math.max(0, drawnAt + EVERY_MS - Date.now()));
}

/** It is not wanted any more. */
export const drawNever = (draw: () => void): void => void waiting.delete(draw);

if (typeof document !== 'undefined') document.addEventListener('visibilitychange', flush);
