// SPDX-License-Identifier: Apache-2.0
// Which row of the document shows which object: objects that stay keep theirs, and those that come take over from those that went, so that
// another page of a list changes texts instead of making rows anew.

/** The place of each id, given the places before. Ids are distinct; places are 0 to length - 1, or fewer than there were before. */
export function placesFor<K>(before: ReadonlyMap<K, number>, ids: readonly K[]): Map<K, number> {
  const stay = new Set(ids.filter((id) => before.has(id)));
  const taken = new Set([...stay].map((id) => before.get(id)));
  const places = new Map<K, number>();
  let free = 0;
  for (const id of ids) {
    const its = stay.has(id) ? before.get(id) : undefined;
    if (its !== undefined) {
      places.set(id, its);
      continue;
    }
    while (taken.has(free)) free++;
    places.set(id, free++);
  }
  return places;
}
