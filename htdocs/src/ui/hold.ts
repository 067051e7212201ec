// SPDX-License-Identifier: Apache-2.0
// Live updates never move what the pointer is on: known rows change in place, new ones wait.
import { useRef, useState } from 'preact/hooks';

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

/** Rows as shown. In a view that is `newest` first, new ones wait while the pointer is on the element that carries `pointer`, or while they
 *  are `kept` for another reason, until they are let in by release(), or the view is another one. The pointer alone redraws nothing. */
export function useHeld<T extends Row>(rows: readonly T[] | undefined, view: string, newest = true, kept = false) {
  const shown = useRef<{ view: string; rows: readonly T[]; waiting: number }>({ view: '', rows: [], waiting: 0 });
  const over = useRef(false);
  const [, redraw] = useState(0);
  const fresh = rows ?? [];
  const held = holdRows(shown.current.view === view && newest && (kept || over.current) ? shown.current.rows : null, fresh);
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
