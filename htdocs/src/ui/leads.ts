// SPDX-License-Identifier: Apache-2.0
// Where links and buttons lead: what is there is asked for as soon as the pointer rests on them, so that a click finds it.
import { type Changes, paramsAddress, placeAt, setParams } from '../router';
import { warm } from '../routes';

/** ms that a pointer on its way to somewhere else takes at most */
const PASSING_MS = 40;
let resting: ReturnType<typeof setTimeout> | undefined;

/** Handlers of an element that leads to an address. */
export function warms(address: () => string) {
  const soon = (ms: number) => { clearTimeout(resting); resting = setTimeout(() => void warm(placeAt(address())), ms); };
  return { onPointerEnter: () => soon(PASSING_MS), onPointerLeave: () => clearTimeout(resting), onPointerDown: () => soon(0) };
}

/** Those of a button that changes params of this page. */
export const leads = (changes: Changes) => ({ ...warms(() => paramsAddress(changes)), onClick: () => setParams(changes, { together: true }) });
