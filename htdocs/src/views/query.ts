// SPDX-License-Identifier: Apache-2.0
// What of a list's address makes a view: what is filtered, sorted and grouped, not where in the list one is or what lies over it.

const NOT_KEPT = new Set(['after', 'dialog', 'entry', 'view', 'run', 'tz', 'tab']);

/** In one order, so that the same filters are the same text. */
export function viewQuery(params: URLSearchParams): string {
  const kept = new URLSearchParams([...params].filter(([name, value]) => !NOT_KEPT.has(name) && value !== ''));
  kept.sort();
  return kept.toString();
}
