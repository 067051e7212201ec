// SPDX-License-Identifier: Apache-2.0
// Tables of objects: keyboard cursor (j, k, Enter, x), selection, scrolling inside their own frame on narrow screens.
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { cameByClick } from '../router';
import { placesFor } from './places';
import { useKeys } from './keys';

export interface Column<T> {
  head: string;
  cell: (row: T) => ComponentChildren;
  /** figures stand right */
  right?: boolean;
  class?: string;
  /** for aria-sort and the click on the head */
  sort?: { active: 'ascending' | 'descending' | null; toggle: () => void };
}

interface Props<T> {
  rows: readonly T[];
  /** the same array as long as they draw the same of a row: then rows that did not change are not drawn again */
  columns: readonly Column<T>[];
  id: (row: T) => number | string;
  caption: string;
  open?: ((row: T) => void) | undefined;
  selected?: ReadonlySet<number | string> | undefined;
  select?: ((ids: Set<number | string>) => void) | undefined;
  name?: ((row: T) => string) | undefined;
  /** a click on the row, where that does not open it */
  pick?: ((row: T) => void) | undefined;
  /** told where j and k lead */
  onCursor?: ((row: T) => void) | undefined;
  /** the table that answers j and k on this page */
  keys?: boolean;
}

/** Once the frame that is due has been shown. Answers how to call it off. */
function whenQuiet(work: () => void): () => void {
  if (typeof requestIdleCallback === 'undefined') { // Safari
    const timer = setTimeout(work, 50);
    return () => clearTimeout(timer);
  }
  const asked = requestIdleCallback(work, { timeout: 200 });
  return () => cancelIdleCallback(asked);
}

/** px that a row has at least, and what of the window is never of a list */
const ROW_PX = 34;
const ABOVE_PX = 120;
/** Rows that fill the window: of a page that was clicked for, the first frame has these, one soon after it all of them. */
const inView = (): number => (!cameByClick() ? Infinity : Math.ceil(Math.max(0, innerHeight - ABOVE_PX) / ROW_PX) + 1);

/** What a row was drawn from, and what came of it. */
interface Drawn<T> { row: T; columns: readonly Column<T>[]; how: string; drawn: VNode }

export function Table<T>({ rows, columns, id, caption, open, selected, select, name, keys, pick, onCursor }: Props<T>) {
  const [cursor, setCursor] = useState<number | string | null>(null);
  const [most, setMost] = useState(inView);
  const isPart = most < rows.length;
  useEffect(() => (isPart ? whenQuiet(() => setMost(Infinity)) : undefined), [isPart]);
  const frame = useRef<HTMLDivElement>(null);
  const at = rows.findIndex((r) => id(r) === cursor);
  const move = (step: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step))];
    if (!row) return;
    setCursor(id(row));
    onCursor?.(row);
  };
  useEffect(() => {
    if (cursor !== null) frame.current?.querySelector<HTMLElement>('tr.cursor')?.scrollIntoView({ block: 'nearest' });
  }, [cursor]);
  const toggle = (key: number | string) => {
    const next = new Set(selected);
    if (!next.delete(key)) next.add(key);
    select?.(next);
  };
  const row = rows[at];
  useKeys(keys ? {
    j: () => move(1),
    k: () => move(-1),
    Enter: row && open ? () => open(row) : undefined,
    x: row && select ? () => toggle(id(row)) : undefined,
  } : {});
  // what a row drawn earlier calls is of today
  const today = useRef({ open, pick, toggle });
  today.current = { open, pick, toggle };
  const before = useRef({ places: new Map<number | string, number>(), drawn: new Map<number, Drawn<T>>() });
  const places = placesFor(before.current.places, rows.map(id));
  const line = (r: T): Drawn<T> & { place: number } => {
    const key = id(r);
    const place = places.get(key) ?? 0;
    const marked = selected?.has(key) ?? false;
    const how = `${key === cursor ? 'cursor' : ''} ${marked ? 'selected' : ''} ${open ? 'opens' : ''} ${select ? 'ticks' : ''}`;
    const old = before.current.drawn.get(place);
    if (old && old.row === r && old.columns === columns && old.how === how) return { ...old, place };
    const drawn = (
      <tr key={place} class={how} onClick={open ? (event) => {
        // links, buttons and boxes in the row answer for themselves; so does text being marked
        if ((event.target as HTMLElement).closest('a,button,input,label') || getSelection()?.toString()) return;
        setCursor(key);
        (today.current.pick ?? today.current.open)?.(r);
      } : undefined}>
        {select && <td class="check"><input type="checkbox" aria-label={`Select ${name?.(r) ?? key}`} checked={marked} onChange={() => today.current.toggle(key)} /></td>}
        {columns.map((c) => <td key={c.head} class={`${c.right ? 'right' : ''} ${c.class ?? ''}`}>{c.cell(r)}</td>)}
      </tr>
    );
    return { row: r, columns, how, drawn, place };
  };
  const lines = (isPart ? rows.slice(0, most) : rows).map(line);
  before.current = { places, drawn: new Map(lines.map((l) => [l.place, l])) };
  const all = rows.length > 0 && rows.every((r) => selected?.has(id(r)));
  return (
    <div class="table-frame" ref={frame} role="group" aria-label={caption} tabIndex={0}>
      <table>
        <caption class="sr">{caption}</caption>
        <thead>
          <tr>
            {select && <th class="check"><input type="checkbox" aria-label="Select all rows shown" checked={all}
              onChange={() => select(all ? new Set() : new Set(rows.map(id)))} /></th>}
            {columns.map((c) => (
              <th key={c.head} class={`${c.right ? 'right' : ''} ${c.class ?? ''}`} scope="col" aria-sort={c.sort ? c.sort.active ?? 'none' : undefined}>
                {c.sort ? <button type="button" class="sort" onClick={c.sort.toggle}>{c.head}<span aria-hidden="true">{c.sort.active === 'ascending' ? ' ↑' : c.sort.active === 'descending' ? ' ↓' : ''}</span></button> : c.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((l) => l.drawn)}
        </tbody>
      </table>
    </div>
  );
}
