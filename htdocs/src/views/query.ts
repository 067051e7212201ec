// SPDX-License-Identifier: Apache-2.0
// What of a list's address makes a view: what is filtered, sorted and grouped, not where in the list one is or what lies over it.

import type { View } from '../api/types';
import { href } from '../router';

const NOT_KEPT = new Set(['after', 'dialog', 'entry', 'view', 'run', 'tz', 'tab', 'trend', 'days', 'sel', 'preview', 'find']);

/** The address that a view stands for. */
export const viewAddress = (v: View): string => href(`/${v.page === 'overview' ? '' : v.page}`, new URLSearchParams(v.query));

/** A list as it was filtered, where in it one was and what was selected, without what lay over it. */
export function listAddress(path: string, params: URLSearchParams): string {
  const where = [...params].filter(([name]) => name === 'after' || name === 'sel');
  return href(path, new URLSearchParams([...new URLSearchParams(viewQuery(params)), ...where]));
}

/** In one order, so that the same filters are the same text. */
export function viewQuery(params: URLSearchParams): string {
  const kept = new URLSearchParams([...params].filter(([name, value]) => !NOT_KEPT.has(name) && value !== ''));
  kept.sort();
  return kept.toString();
}
