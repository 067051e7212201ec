// SPDX-License-Identifier: Apache-2.0
// Live updates never move what the pointer is on: known rows change in place, new ones wait.

interface Row { id: number }

/** `shown` are the rows on screen that must keep their places, or null where nothing is held. */
export function holdRows<T extends Row>(shown: readonly T[] | null, fresh: readonly T[]): { rows: readonly T[]; waiting: number } {
  if (!shown || shown.length === 0) return { rows: fresh, waiting: 0 };
  const byId = new Map(fresh.map((r) => [r.id, r]));
  const known = new Set(shown.map((r) => r.id));
  const newest = Math.max(...shown.map((r) => r.id));
  return {
    rows: shown.map((r) => byId.get(r.id) ?? r),
    waiting: fresh.filter((r) => !known.has(r.id) && r.id > newest).length,
  };
}
