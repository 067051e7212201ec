// SPDX-License-Identifier: Apache-2.0
// Live / Reconnecting / Paused, with the age of what is shown. A click pauses and resumes.
import { ago } from '../format/time';
import { live, useLive } from '../state/live';

export function toggleLive(): void {
  if (live.status().state === 'paused') live.resume();
  else live.pause();
}

export function LiveMark() {
  const { state, at } = useLive();
  const word = state === 'live' ? 'Live' : state === 'paused' ? 'Paused' : 'Reconnecting';
  return (
    <button type="button" class={`ghost live ${state}`} aria-pressed={state === 'paused'}
      title={state === 'paused' ? 'Resume updates' : 'Pause updates'} onClick={toggleLive}>
      <span class="dot" aria-hidden="true" />{word}{at !== null && <span class="note age" aria-hidden="true">{ago(at, Date.now())}</span>}<span class="sr">, {state === 'paused' ? 'resume' : 'pause'} updates</span>
    </button>
  );
}
