// SPDX-License-Identifier: Apache-2.0
// What a 401 means: the sign-in page and back, httpd's own prompt, or only that somebody without a name may not do this.
import { useEffect, useState } from 'preact/hooks';
import { ApiError, api, onUnauthorized, signOut } from '../api/client';
import { href, isGuarded, navigate, place, returnPlace } from '../router';
import { live } from './live';
import { me } from './resources';

/** `over`: a form holds what would be lost, so nobody is led away. `httpd`: the browser's own prompt was closed. */
export type SessionEnd = 'over' | 'httpd' | null;

/** Schemes whose prompt is the browser's. */
const PROMPTED = ['basic', 'digest', 'negotiate', 'ntlm'];
const KEY = 'bm-session';
const listeners = new Set<() => void>();
let end: SessionEnd = null;
let asking = false;

function become(next: SessionEnd): void {
  if (end === next) return;
  end = next;
  for (const listener of listeners) listener();
}

/** The sign-in page, which leads back here. */
export const signInAddress = (): string => href('/login', { return: returnPlace() });

async function refused(scheme: string): Promise<void> {
  // its own question may be refused, too
  if (asking || place().path === '/login') return;
  asking = true;
  try {
    const who = await api.me().then((a) => a.data, (e: unknown) => e as ApiError);
    // who may something stays, and is told what not; so does everybody while the server cannot say
    if (who instanceof ApiError ? who.status !== 401 : who.user !== null || who.role !== 'none') return;
    if (PROMPTED.includes(scheme)) {
      become('httpd');
      live.pause(); // or each question of ours would open the prompt again
    }
    else if (isGuarded()) become('over');
    else navigate(signInAddress(), { replace: true });
  } finally {
    asking = false;
  }
}

export function watchSession(): void {
  onUnauthorized((scheme) => void refused(scheme));
  me.onData((who) => { if (who.user !== null || who.role !== 'none') become(null); });
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
