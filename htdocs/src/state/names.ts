// SPDX-License-Identifier: Apache-2.0
// Names of the objects that rows point to by their ids: only those on the page are asked for, all in one question.
import { useCallback } from 'preact/hooks';
import { automations, scenarios } from './resources';
import { useStore } from './store';

export type Named = 'scenario' | 'automation';

/** As the server takes them: "3,7,10-12". */
export function idRanges(ids: Iterable<number>): string {
  const sorted = [...new Set(ids)].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let i = 0; i < sorted.length;) {
    let last = i;
    while (sorted[last + 1] === (sorted[last] ?? 0) + 1) last++;
    parts.push(last > i ? `${sorted[i]}-${sorted[last]}` : String(sorted[i]));
    i = last + 1;
  }
  return parts.join(',');
}

/** The most that one question can be about; a page of a list has fewer. */
const MOST = 1000;

type Known = ReadonlyMap<number, string>;
const NONE: Known = new Map();

const listOf = (kind: Named, ids: Iterable<number | null>, known: Known) => {
  const query = { ids: idRanges([...ids].filter((id) => id !== null && !known.has(id)) as number[]), limit: MOST };
  return query.ids === '' ? null : kind === 'scenario' ? scenarios.of(query) : automations.of(query);
};

/** What was seen once is shown until it is known anew, so that the names of a list do not blink from page to page. */
const seen: Record<Named, Map<number, string>> = { scenario: new Map(), automation: new Map() };

const learn = (kind: Named, list: readonly { id: number; name: string }[] | undefined) => list?.forEach((one) => seen[kind].set(one.id, one.name));

/** Asks before anything is drawn. */
export async function primeNames(kind: Named, ids: Iterable<number | null>, known = NONE): Promise<void> {
  await listOf(kind, ids, known)?.prime();
}

/** Says the name of an id; "scenario 7" of one that is gone, nothing as long as it is not known. Those in `known` are not asked for. The
 *  same function until names come or `known` is another map. */
export function useNames(kind: Named, ids: Iterable<number | null>, known = NONE): (id: number | null) => string {
  const state = useStore<readonly { id: number; name: string }[]>(listOf(kind, ids, known));
  learn(kind, state.data);
  return useCallback((id: number | null) => (id === null ? '–' : known.get(id) ?? seen[kind].get(id) ?? (state.data || state.error ? `${kind} ${id}` : '\u00a0')), [kind, known, state.data, state.error]);
}
