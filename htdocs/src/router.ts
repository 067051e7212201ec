// SPDX-License-Identifier: Apache-2.0
// The URL holds everything: page, filters, range, tab, selection. Back undoes one step.
import { useEffect, useState } from 'preact/hooks';
import { base } from './base';

export interface Place { path: string; params: URLSearchParams }

/** The place a URL names, as a path below the mount ("/runs/12"). */
export function placeOf(pathname: string, search: string, mount: string): Place {
  const below = pathname.startsWith(mount) ? pathname.slice(mount.length) : '';
  const path = `/${below.replace(/index\.html$/, '').replace(/\/+$/, '')}`;
  return { path, params: new URLSearchParams(search) };
}

const here = (): Place => placeOf(location.pathname, location.search, base);

let current: Place = typeof location === 'undefined' ? { path: '/', params: new URLSearchParams() } : here();
const listeners = new Set<() => void>();
type Guard = () => string | null;
let guard: Guard | null = null;

function arrive() {
  current = here();
  for (const listener of listeners) listener();
}

let clicked = false;
/** Whether somebody went here from another page of this visit, and not by back or forward: those scroll to where they were, which needs
 *  all of the page. */
export const cameByClick = (): boolean => clicked;

/** Number of the entry of the history that is shown: tells which way, and how far, back and forward went. */
let entry = 0;
const entryOf = (state: unknown): number | null => { const n = (state as { entry?: unknown } | null)?.entry; return typeof n === 'number' ? n : null; };

/** Back or forward: the browser is there already. Who would rather stay is brought back. */
function arriveByHistory(event: PopStateEvent) {
  const went = entryOf(event.state);
  if (went === entry) return; // brought back
  const next = here();
  const leaves = next.path !== current.path || next.params.get('dialog') !== current.params.get('dialog');
  const question = leaves ? guard?.() : null;
  if (question && !confirm(question)) {
    history.go(went === null ? 1 : entry - went);
    return;
  }
  if (question) guard = null; // answered: what is left does not ask again
  asked++;
  entry = went ?? 0;
  clicked = false;
  arrive();
}

if (typeof addEventListener !== 'undefined') {
  entry = entryOf(history.state) ?? 0;
  history.replaceState({ entry }, '');
  addEventListener('popstate', arriveByHistory);
  addEventListener('beforeunload', (event) => { if (guard?.()) event.preventDefault(); });
}

/** Params that travel with every link: they say how to look, not what at. */
const STICKY = ['tz'];

/** The address of a place below the mount, for href. */
export function href(path: string, params?: URLSearchParams | Record<string, string | number | null | undefined>): string {
  const search = new URLSearchParams();
  const given = params instanceof URLSearchParams ? [...params] : Object.entries(params ?? {});
  for (const [name, value] of given) if (value !== null && value !== undefined && value !== '') search.set(name, String(value));
  for (const name of STICKY) {
    const value = current.params.get(name);
    if (value && !search.has(name)) search.set(name, value);
  }
  // a URL is read by people: leave what needs no escape as it is
  const text = search.toString().replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%2F', '/');
  return base + path.replace(/^\//, '') + (text ? `?${text}` : '');
}

/** Makes ready what a place shows. Never rejects. */
type Prepare = (place: Place) => Promise<unknown>;
let prepare: Prepare | null = null;
/** So long the page before stays at most while the next one's figures come: then it is drawn once, with all of them. */
const TOGETHER_MS = 120;
/** Number of the last page asked for: who clicks again meanwhile goes where the last click leads. */
let asked = 0;

/** From now on a page that is gone to is made ready before it is drawn. */
export function prepareWith(given: Prepare | null): void {
  prepare = given;
}

interface How {
  /** for what is not worth a step back */
  replace?: boolean;
  /** the form that holds unsaved changes stays: nothing to ask */
  stays?: boolean;
  /** another view of the same page waits for its figures, too */
  together?: boolean;
}

/** Goes to an address made by href(). Asks first when a form holds unsaved changes. */
export function navigate(address: string, options: How = {}): void {
  const question = options.stays ? null : guard?.();
  if (question && !confirm(question)) return;
  if (question) guard = null;
  const next = placeAt(address);
  const samePage = next.path === current.path;
  if (samePage && options.replace) return go(address, true); // what is typed does not hold back who leaves
  const mine = ++asked;
  if (!prepare || isAlone(next.path) || (samePage && !options.together)) return go(address, options.replace === true);
  const late = new Promise((resolve) => setTimeout(resolve, TOGETHER_MS));
  void Promise.race([late, prepare(next)]).then(() => { if (mine === asked) go(address, options.replace === true); });
}

function go(address: string, replace: boolean): void {
  const path = location.pathname;
  clicked = true;
  if (!replace) entry++;
  history[replace ? 'replaceState' : 'pushState']({ entry }, '', address);
  arrive();
  if (location.pathname !== path) document.querySelector('main')?.scrollTo(0, 0), scrollTo(0, 0);
}

/** True while a form holds what would be lost. */
export const isGuarded = (): boolean => (guard?.() ?? null) !== null;

/** Pages without the frame, for who is not signed in: no place to come back to. */
export const isAlone = (path: string): boolean => path === '/login' || path === '/setup';

/** The place to come back to after a sign-in, as `return` has it: below the mount, with its search and fragment. */
export const returnPlace = (): string => `${current.path}${location.search}${location.hash}`;

/** Where a sign-in leads: the place asked for if it is one of this dashboard, else its first page. An absolute URL, for a path
 *  alone can name another host ("//host"). */
export function returnAddress(asked: string | null, origin: string, mount: string): string {
  const home = new URL(mount, origin).href;
  if (!asked || !/^\/(?![/\\])/.test(asked)) return home; // what begins with // or /\ names a host
  let to: URL;
  try {
    to = new URL(asked.slice(1), home);
  } catch {
    return home;
  }
  const below = placeOf(to.pathname, '', mount).path;
  return to.origin === new URL(origin).origin && to.pathname.startsWith(mount) && !isAlone(below) && !to.username && !to.password ? to.href : home;
}

/** While set, leaving the page asks the question the guard returns; null lets go without asking. */
export function setGuard(next: Guard | null): void {
  guard = next;
}

export function usePlace(): Place {
  const [place, set] = useState(current);
  useEffect(() => {
    const listener = () => set(current);
    listener();
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return place;
}

/** The place of an address below the mount. */
export const placeAt = (address: string): Place => { const url = new URL(address, location.href); return placeOf(url.pathname, url.search, base); };

/** The place now, outside of a component. */
export const place = (): Place => current;

/** Those of `names` that an address has, such as the filters of a list. */
export const paramsNamed = (params: URLSearchParams, names: readonly string[]): Record<string, string> => Object.fromEntries(names.flatMap((name) => { const value = params.get(name); return value ? [[name, value]] : []; }));

/** Of params; null or '' removes one. */
export type Changes = Record<string, string | number | null | undefined>;

/** The address of this page with other params. */
export function paramsAddress(changes: Changes): string {
  const params = new URLSearchParams(current.params);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === '') params.delete(name);
    else params.set(name, String(value));
  }
  return href(current.path, params);
}

/** Changes params of this page. `replace` for what is not worth a step back (typing). */
export function setParams(changes: Changes, options: How = {}): void {
  const address = paramsAddress(changes);
  if (address !== location.pathname + location.search) navigate(address, options);
}
