// SPDX-License-Identifier: Apache-2.0
// What a 401 means: the sign-in page and back, httpd's own prompt, or only that somebody without a name may not do this.
import { useEffect, useState } from 'preact/hooks';
import { ApiError, api, onUnauthorized, signOut } from '../api/client';
import type { Me } from '../api/types';
import { href, isAlone, isGuarded, navigate, place, returnPlace } from '../router';
import { live } from './live';
import { me } from './resources';

/** `over`: a form holds what would be lost, so nobody is led away. `left`: who was signed in was led to the sign-in page. `httpd`: the
 *  browser's own prompt was closed. */
export type SessionEnd = 'over' | 'left' | 'httpd' | null;

/** Schemes whose prompt is the browser's. */
const PROMPTED = ['basic', 'digest', 'negotiate', 'ntlm'];
const KEY = 'bm-session';
const listeners = new Set<() => void>();
let end: SessionEnd = null;
let asking = false;
/** somebody was signed in since the page was loaded */
let named = false;

function become(next: SessionEnd): void {
  if (end === next) return;
  end = next;
  for (const listener of listeners) listener();
}

/** The sign-in page, which leads back here. */
export const signInAddress = (): string => href('/login', { return: returnPlace() });

/** Nobody any more: to the sign-in page, unless something would be lost. */
function leave(scheme: string): void {
  if (isAlone(place().path)) return; // it was left while that was asked
  if (PROMPTED.includes(scheme)) {
    become('httpd');
    live.pause(); // or each question of ours would open the prompt again
  } else if (isGuarded()) become('over');
  else {
    if (named) become('left');
    navigate(signInAddress(), { replace: true });
  }
}

const isSomebody = (who: Me): boolean => who.user !== null || who.role !== 'none';

async function refused(scheme: string): Promise<void> {
  // its own question may be refused, too
  if (asking || isAlone(place().path)) return;
  asking = true;
  try {
    const who = await api.me().then((a) => a.data, (e: unknown) => e as ApiError);
    // who may something stays, and is told what not; so does everybody while the server cannot say
    if (who instanceof ApiError ? who.status === 401 : !isSomebody(who)) leave(scheme);
  } finally {
    asking = false;
  }
}

/** The events were refused: projects, a role or a session were taken or changed. The server says which, to one question. */
async function eventsRefused(): Promise<void> {
  if (asking || isAlone(place().path)) return;
  const known = me.get().data;
  await me.refresh(); // a 401 is seen as any other
  const who = me.get().data;
  if (known && who && isSomebody(known) && !isSomebody(who)) leave('');
}

export function watchSession(): void {
  onUnauthorized((scheme) => void refused(scheme));
  me.onData((who) => {
    if (isSomebody(who)) become(null);
    named ||= who.user !== null;
    if (who.role !== 'none') live.again();
  });
  live.onRefused(() => void eventsRefused());
  // signed in, or out, in another tab
  addEventListener('storage', (event) => { if (event.key === KEY) void me.refresh(); });
}

/** Tells the other tabs of this browser that somebody signed in, or out. */
export function tellTabs(): void {
  try {
    localStorage.setItem(KEY, String(Date.now()));
  } catch { /* storage may be forbidden: then they find out themselves */ }
}

/** Ends the session, or all of the user's. The page is loaded anew: nothing that was read stays in it. */
export async function endSession(everywhere = false): Promise<void> {
  await signOut(everywhere);
  tellTabs();
  location.assign(href('/login'));
}

/** It was read. The next call that is refused says it again. */
export const letBe = (): void => become(null);

export function useSessionEnd(): SessionEnd {
  const [, redraw] = useState(0);
  useEffect(() => {
    const draw = () => redraw((n) => n + 1);
    listeners.add(draw);
    return () => void listeners.delete(draw);
  }, []);
  return end;
}
