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

/** Rows as shown: new ones wait while `hold` (the pointer is on them), until they are let in by release(), or the view is another one. */
export function useHeld<T extends Row>(rows: readonly T[] | undefined, hold: boolean, view: string) {
  const shown = useRef<{ view: string; rows: readonly T[] }>({ view: '', rows: [] });
  const [, redraw] = useState(0);
  const fresh = rows ?? [];
  const held = holdRows(shown.current.view === view && hold ? shown.current.rows : null, fresh);
  shown.current = { view, rows: held.rows };
  return { ...held, release: () => { shown.current = { view, rows: fresh }; redraw((n) => n + 1); } };
}
