// SPDX-License-Identifier: Apache-2.0
// Live / Reconnecting / Paused / Not live, with the age of what was heard last. A click pauses and resumes.
import { ago } from '../format/time';
import { live, type LiveState, useLive } from '../state/live';

const WORDS: Record<LiveState, string> = { live: 'Live', reconnecting: 'Reconnecting', paused: 'Paused', refused: 'Not live' };

export function toggleLive(): void {
  if (live.status().state === 'paused') live.resume();
  else live.pause();
}

export function LiveMark() {
  const { state, at, by, reason } = useLive();
  const how = state === 'live' ? ` (${by === 'polling' ? 'asked for again and again' : `by ${by}`})` : state === 'refused' ? ` (${reason} What is shown is asked for again and again.)` : state === 'reconnecting' && reason ? ` (${reason})` : '';
  return (
    <button type="button" class={`ghost live ${state}`} aria-pressed={state === 'paused'}
      title={`${state === 'paused' ? 'Resume updates' : 'Pause updates'}${how}`} data-by={by} onClick={toggleLive}>
      <span class="dot" aria-hidden="true" />{WORDS[state]}<span class="note age" aria-hidden="true">{at !== null && ago(at, Date.now())}</span><span class="sr">, {state === 'paused' ? 'resume' : 'pause'} updates</span>
    </button>
  );
}
