// SPDX-License-Identifier: Apache-2.0
// Live updates never move what the pointer is on: known rows change in place, new ones wait.
import { useRef, useState } from 'preact/hooks';

/** What tells rows apart, and how new one is. */
export interface Order<T> { key: (row: T) => number | string; age: (row: T) => number }
const BY_ID: Order<{ id: number }> = { key: (r) => r.id, age: (r) => r.id };

/** `shown` are the rows on screen that must keep their places, or null where nothing is held. */
export function holdRows<T>(shown: readonly T[] | null, fresh: readonly T[], { key, age }: Order<T> = BY_ID as unknown as Order<T>): { rows: readonly T[]; waiting: number } {
  if (!shown || shown.length === 0) return { rows: fresh, waiting: 0 };
  const byKey = new Map(fresh.map((r) => [key(r), r]));
  const known = new Set(shown.map(key));
  const newest = Math.max(...shown.map(age));
  return {
    rows: shown.map((r) => byKey.get(key(r)) ?? r),
    waiting: fresh.filter((r) => !known.has(key(r)) && age(r) > newest).length,
  };
}

/** Rows as shown. In a view that is `newest` first, new ones wait while the pointer is on the element that carries `pointer`, or while they
 *  are `kept` for another reason, until they are let in by release(), or the view is another one. The pointer alone redraws nothing. */
export function useHeld<T>(rows: readonly T[] | undefined, view: string, newest = true, kept = false, order?: Order<T>) {
  const shown = useRef<{ view: string; rows: readonly T[]; waiting: number }>({ view: '', rows: [], waiting: 0 });
  const over = useRef(false);
  const [, redraw] = useState(0);
  const fresh = rows ?? [];
  const held = holdRows(shown.current.view === view && newest && (kept || over.current) ? shown.current.rows : null, fresh, order);
  shown.current = { view, ...held };
  return {
    ...held,
    release: () => { shown.current = { view, rows: fresh, waiting: 0 }; redraw((n) => n + 1); },
    pointer: {
      onPointerEnter: () => { over.current = true; },
      onPointerLeave: () => { over.current = false; if (shown.current.waiting > 0) redraw((n) => n + 1); },
    },
  };
}
