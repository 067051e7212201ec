// SPDX-License-Identifier: Apache-2.0
// What pages of lists have in common: filters in the address, rows that are held while somebody points at them, a pager by cursor.
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { count, plural } from '../format/number';
import { dateTime, shortTime } from '../format/time';
import { href, navigate, setParams, usePlace } from '../router';
import { useNow, useZone } from '../state/settings';
import { type Readable, useListing } from '../state/store';
import { Copy, curl } from './copy';
import { useHeld } from './hold';
import { leads } from './leads';
import { Empty, Loaded, Skeleton } from './panel';
import { useSelection } from './selection';
import { type Column, Table } from './table';

/** Rows of a page. */
export const PAGE = 50;

/** What a page of a list asks the server. */
export const pageOf = (filters: Record<string, string>, params: URLSearchParams) => ({ ...filters, limit: PAGE, after: params.get('after') });

/** Takes all filters out of the address; nothing where there is none. */
export function ClearFilters({ names }: { names: readonly string[] }) {
  const { params } = usePlace();
  return names.some((f) => params.get(f)) ? <button type="button" class="ghost" onClick={() => setParams(Object.fromEntries([...names, 'after'].map((f) => [f, null])))}>Clear</button> : null;
}

/** When something was made or began. */
export function When({ at, zone, now }: { at: string; zone: string; now: number }) {
  return <time dateTime={at} title={dateTime(at, zone)}>{shortTime(at, zone, now)}</time>;
}

/** The foot of a list that pages by cursor. `path`: of the API, for the copied command. */
export function Pager({ rows, words, next, filters, path }: { rows: readonly { id: number }[]; words: string; next: boolean; filters: Record<string, string>; path: string }) {
  const after = usePlace().params.get('after');
  return (
    <footer class="pager">
      <span class="note">{words}</span>
      <Copy class="ghost" text={() => curl('GET', `${path}?${new URLSearchParams({ limit: String(PAGE), ...filters, ...(after ? { after } : {}) })}`)}>Copy as curl</Copy>
      <button type="button" disabled={!after} {...leads({ after: null })}>Newest</button>
      <button type="button" disabled={!next || rows.length === 0} {...leads({ after: rows.at(-1)?.id })}>Older</button>
    </footer>
  );
}

/** A list that changes while it is looked at. `filters`: those that the address has. */
export function useLiveList<T extends { id: number }>(store: Readable<T[]> & { refresh: () => unknown }, filters: Record<string, string>) {
  const { params } = usePlace();
  const after = params.get('after');
  const view = JSON.stringify([filters, after]);
  const state = useListing(store, view);
  const [selected, setSelected] = useSelection(view);
  const held = useHeld(state.data, state.view, !after);
  return { store, state, held, rows: held.rows, selected, setSelected, filters, /** some rows may be missing because of these */ narrowed: Object.keys(filters).length > 0 || after !== null };
}
type LiveList<T extends { id: number }> = ReturnType<typeof useLiveList<T>>;

/** Columns that draw the same as long as what they are made of is the same. `make` is a function of the module, not of a component. */
export function useColumns<T extends { id: number }, N>(make: (names: N, zone: string, now: number, filters: Record<string, string>) => Column<T>[], names: N, filters: Record<string, string>): Column<T>[] {
  const zone = useZone();
  const now = useNow(10_000);
  const filtered = JSON.stringify(filters);
  return useMemo(() => make(names, zone, now, JSON.parse(filtered) as Record<string, string>), [make, names, zone, now, filtered]);
}

interface Props<T extends { id: number }> {
  list: LiveList<T>;
  columns: Column<T>[];
  /** what one of them is called: "load test"; with "s" many */
  noun: string;
  /** where it stands, in the address and in the API */
  path: string;
  api: string;
  name: (row: T) => string;
  /** what goes on by itself, and how that is called: "under way" */
  active: (row: T) => boolean;
  activeWord: string;
  /** for those that are picked */
  picked: ComponentChildren;
  /** where there is none at all */
  first: ComponentChildren;
}

const capital = (text: string) => text.replace(/^./, (c) => c.toUpperCase());

/** Table, pager and what stands in their place. */
export function LiveList<T extends { id: number }>({ list, columns, noun, path, api, name, active, activeWord, picked, first }: Props<T>) {
  const { state, held, rows, filters } = list;
  const { total } = state;
  const running = rows.filter(active).length;
  return (
    <section class="panel list" aria-label={capital(`${noun}s`)} aria-busy={state.waiting} {...held.pointer}>
      {picked}
      {held.waiting > 0 && <button type="button" class="waiting" onClick={held.release}>{plural(held.waiting, `new ${noun}`)}: show</button>}
      <Loaded from={state} retry={() => void list.store.refresh()} skeleton={<Skeleton rows={10} />}>
        {() => rows.length > 0 ? (
          <Table keys rows={rows} columns={columns} id={(r) => r.id} caption={`${capital(`${noun}s`)}, newest first`} open={(r) => navigate(href(`${path}/${r.id}`, filters))} selected={list.selected} select={list.setSelected} name={name} />
        ) : list.narrowed ? <Empty title={`No ${noun} matches`}><button type="button" onClick={() => navigate(href(path))}>Clear the filter</button></Empty> : first}
      </Loaded>
      {state.data && <Pager rows={rows} words={`${total === null ? `${plural(rows.length, noun)} on this page` : plural(total, noun)}${running > 0 ? `, ${count(running)} ${activeWord}` : ''}`} next={state.next} filters={filters} path={api} />}
    </section>
  );
}
