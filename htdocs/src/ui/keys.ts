// SPDX-License-Identifier: Apache-2.0
// Keyboard shortcuts. None fires in a field or while a dialog is open.
import { useEffect, useRef } from 'preact/hooks';

type Handler = () => void;
type Keys = Record<string, Handler | undefined>;
/** one entry per mounted user of useKeys, in the order of mounting; each holds the handlers of its latest render */
const bound: { current: Keys }[] = [];
const find = (key: string): Handler | undefined => bound.findLast((b) => b.current[key])?.current[key];
let prefix: { key: string; at: number } | null = null;
const PREFIX_MS = 1200;

/** True where a key belongs to what is being typed in. */
function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function onKey(event: KeyboardEvent): void {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    find('ctrl+k')?.();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target) || document.querySelector('dialog[open]')) return;
  // what has the focus answers for itself
  if (event.key === 'Enter' && event.target instanceof HTMLElement && event.target.closest('a,button,summary')) return;
  const name = prefix && Date.now() - prefix.at < PREFIX_MS ? `${prefix.key} ${event.key}` : event.key;
  prefix = null;
  const handler = find(name);
  if (handler) {
    event.preventDefault();
    handler();
  } else if (event.key === 'g') {
    prefix = { key: 'g', at: Date.now() };
  }
}

if (typeof document !== 'undefined') document.addEventListener('keydown', onKey);

/** Binds keys while the component is mounted; the last one bound wins. */
export function useKeys(keys: Keys): void {
  const mine = useRef(keys);
  mine.current = keys;
  useEffect(() => {
    bound.push(mine);
    return () => void bound.splice(bound.indexOf(mine), 1);
  }, []);
}

/** Pages by their keys: for the keys themselves, the palette and the sheet. */
export const PAGE_KEYS: readonly (readonly [keys: string, path: string, word: string])[] = [
  ['g o', '/', 'Overview'], ['g r', '/runs', 'Runs'], ['g k', '/kpis', 'KPIs'], ['g c', '/compare', 'Compare'], ['g l', '/loadtests', 'Load tests'], ['g n', '/training', 'Training'],
  ['g a', '/automations', 'Automations'], ['g s', '/scenarios', 'Scenarios'], ['g d', '/datasets', 'Datasets'],
  ['g x', '/traces', 'Traces'], ['g i', '/agents', 'Agents'], ['g y', '/traces/daily', 'Traces by day'],
  ['g e', '/engine', 'Engine'], ['g p', '/api-docs', 'API'], ['g t', '/settings', 'Settings'],
];

/** The `?` sheet, in the order shown. */
export const SHORTCUTS: readonly [keys: string, what: string][] = [
  ['Ctrl K', 'Search: pages, actions, names, anything by number'],
  ['?', 'This list'],
  ['/', 'Filter the list'],
  ['j / k', 'Next and previous row, next and previous run, session, trace or agent'],
  ['Enter', 'Open the row'],
  ['x', 'Select the row'],
  ['p', 'Runs: a preview beside the list; j and k lead it'],
  ['n', 'New, or trigger a run; on a run, load test or problem: once more'],
  ...PAGE_KEYS.map(([keys, , word]) => [keys, word] as [string, string]),
  ['↑ ↓ ← →', 'In the tree of a trace: move, fold and unfold; Home, End, Page up and down, too'],
  ['e / z', 'On a trace: the next error; the timeline of the observation alone'],
  ['Ctrl S', 'Save the form'],
  ['← →', 'On a chart: move its cursor; Home, End, Page up and down, too'],
  ['Space', 'On a chart: pause and resume live data'],
  ['Esc', 'Close'],
];
