// SPDX-License-Identifier: Apache-2.0
// What the pages of traces share: their sections, filters, a list that goes on by cursor, and what stands where there is nothing yet.
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { TraceScore, TraceSource } from '../../api/types';
import { compact, plural, significant } from '../../format/number';
import { navigate, paramsNamed, setParams, usePlace } from '../../router';
import { useMay } from '../../state/access';
import { syncStatus } from '../../state/resources';
import { type Readable, useListing, useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { type Order, useHeld } from '../../ui/hold';
import { useKeys } from '../../ui/keys';
import { leads } from '../../ui/leads';
import { Link } from '../../ui/link';
import { PAGE } from '../../ui/listing';
import { Empty, Failure, Loaded, Skeleton } from '../../ui/panel';
import { Pill } from '../../ui/state';
import { SyncNow } from '../../ui/sync_card';
import { type Column, Table } from '../../ui/table';
import type { TextFilter } from './filters';
import { allSources } from './stores';

const SECTIONS = [['/traces', 'Sessions'], ['/traces/list', 'Traces'], ['/traces/daily', 'By day'], ['/traces/sources', 'Sources']] as const;

export function Sections() {
  const { path } = usePlace();
  return <nav class="sections" aria-label="Traces">{SECTIONS.map(([to, word]) => <Link key={to} to={to} aria-current={path === to || (to === '/traces/sources' && path.startsWith(to)) ? 'page' : undefined}>{word}</Link>)}</nav>;
}

/** How many of it failed. */
export function Errors({ n }: { n: number }) {
  return n > 0 ? <span class="tone-bad"><span aria-hidden="true">✕ </span>{compact(n)}<span class="sr"> with errors</span></span> : <span class="none">0</span>;
}

/** The state of a source that agents send to. */
export function PushedPill({ of: s }: { of: TraceSource }) {
  return s.paused ? <Pill tone="quiet" sign="–">takes nothing</Pill> : <Pill tone="ok" sign="✓">takes traces</Pill>;
}

/** Names of sources by their ids; where there is only one, nothing names it. */
export function useSources(): { list: readonly TraceSource[]; several: boolean; name: (id: number) => string; /** what follows from them can be drawn */ known: boolean } {
  const { data: list, error } = useStore(allSources());
  return useMemo(() => {
    const names = new Map(list?.map((s) => [s.id, s.name]));
    return { list: list ?? [], several: (list?.length ?? 0) > 1, name: (id: number) => names.get(id) ?? `source ${id}`, known: list !== undefined || error !== null };
  }, [list, error]);
}

/** Exact texts, one at a time; each that holds stands as a chip that takes it away. */
export function Filters({ label, texts, source = true }: { label: string; texts: readonly TextFilter[]; source?: boolean }) {
  const { params } = usePlace();
  const { list, several } = useSources();
  const [by, setBy] = useState(texts[0]?.[0] ?? '');
  const [text, setText] = useState('');
  useEffect(() => setText(''), [params]);
  useKeys({ '/': () => document.querySelector<HTMLInputElement>('#trace-filter')?.focus() });
  const at = params.get('source_id') ?? '';
  const errors = params.get('errors') === 'true';
  const held = texts.filter(([param]) => params.get(param));
  return (
    <div class="filters" role="search" aria-label={label}>
      <button type="button" class="chip" aria-pressed={errors} {...leads({ errors: errors ? null : 'true', after: null })}>With errors</button>
      {source && (several || at) && <select aria-label="Source" value={at} onChange={(e) => setParams({ source_id: e.currentTarget.value, after: null })}>
        <option value="" selected={at === ''}>Any source</option>
        {list.map((s) => <option key={s.id} value={String(s.id)} selected={String(s.id) === at}>{s.name}</option>)}
      </select>}
      <form class="by-text" onSubmit={(e) => { e.preventDefault(); if (text.trim()) setParams({ [by]: text.trim(), after: null }); }}>
        <select aria-label="Filter by" value={by} onChange={(e) => setBy(e.currentTarget.value)}>{texts.map(([param, word]) => <option key={param} value={param} selected={param === by}>{word} is</option>)}</select>
        <input id="trace-filter" type="search" aria-label="Exactly this" placeholder="Exactly this, Enter" value={text} onInput={(e) => setText(e.currentTarget.value)} />
      </form>
      {held.map(([param, word]) => <button key={param} type="button" class="chip held-filter" aria-pressed="true" title={params.get(param) ?? ''} {...leads({ [param]: null, after: null })}><span class="sr">Take away the filter </span><span class="cut-text">{word}: {params.get(param)}</span><span aria-hidden="true"> ×</span></button>)}
      {held.length + Number(errors) + Number(at !== '') > 1 && <button type="button" class="ghost" onClick={() => setParams(Object.fromEntries([...texts.map(([param]) => param), 'errors', 'source_id', 'after'].map((f) => [f, null])))}>Clear</button>}
    </div>
  );
}

/** What somebody thought of it. */
export function Scores({ list }: { list: readonly TraceScore[] }) {
  if (list.length === 0) return null;
  return (
    <section class="body" aria-label="Scores">
      <header><h3>Scores</h3></header>
      <dl class="pairs">{list.map((s) => <div key={s.id}><dt>{s.name ?? s.id}</dt><dd>{s.string_value ?? (s.value === null ? '–' : significant(s.value))}{(s.comment || s.source) && <span class="note line" title={s.comment ?? undefined}>{[s.comment, s.source?.toLowerCase()].filter(Boolean).join(' · ')}</span>}</dd></div>)}</dl>
    </section>
  );
}

interface ListProps<T> {
  store: Readable<T[]> & { refresh: () => unknown };
  order: Order<T>;
  columns: readonly Column<T>[];
  /** what one of them is called */
  noun: string;
  caption: string;
  /** of the API, for the copied command */
  api: string;
  /** what of the address narrows the list */
  filters: readonly string[];
  address: (row: T) => string;
  /** where there is none at all */
  first: ComponentChildren;
}

/** A list whose cursor is a text. New rows wait while somebody points at it. */
export function CursorList<T>({ store, order, columns, noun, caption, api, filters, address, first }: ListProps<T>) {
  const { params } = usePlace();
  const after = params.get('after');
  const said = paramsNamed(params, filters);
  const view = JSON.stringify([said, after, params.get('from'), params.get('to')]);
  const state = useListing(store, view);
  const held = useHeld(state.data, state.view, !after, false, order);
  const { rows } = held;
  const narrowed = Object.keys(said).length > 0 || after !== null || (params.get('from') ?? 'all') !== 'all';
  return (
    <section class="panel list" aria-label={caption} aria-busy={state.waiting} {...held.pointer}>
      {held.waiting > 0 && <button type="button" class="waiting" onClick={held.release}>{plural(held.waiting, `new ${noun}`)}: show</button>}
      <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={12} />}>
        {() => (rows.length > 0 ? <Table keys rows={rows} columns={columns} id={order.key} caption={caption} open={(row) => navigate(address(row))} />
          : narrowed ? <Empty title={`No ${noun} matches`}><button type="button" onClick={() => setParams(Object.fromEntries([...filters, 'after', 'from', 'to'].map((f) => [f, null])))}>Clear the filter</button></Empty> : first)}
      </Loaded>
      {state.data && rows.length > 0 && <footer class="pager">
        <span class="note">{plural(rows.length, noun)}{state.next || after ? ' on this page' : ''}</span>
        <Copy class="ghost" text={() => curl('GET', `${api}?${new URLSearchParams({ limit: String(PAGE), ...said, ...(after ? { after } : {}) })}`)}>Copy as curl</Copy>
        {(state.next || after) && <><button type="button" disabled={!after} {...leads({ after: null })}>Newest</button><button type="button" disabled={!state.after} {...leads({ after: state.after })}>Older</button></>}
      </footer>}
    </section>
  );
}

/** What fills these pages: a source, then its first sync. */
export function NothingYet({ what }: { what: string }) {
  const state = useStore(syncStatus);
  const may = useMay('operator');
  const s = state.data;
  const any = useStore(allSources()).data;
  if (!s || !any) return state.error ? <Failure error={state.error} retry={() => void syncStatus.refresh()} /> : <Skeleton rows={4} />;
  if (any.length === 0) {
    return (
      <Empty title="Nothing is mirrored yet">
        <p>A trace source is a project of a Langfuse server. What its agents did in production is mirrored here and answers at once, also when that server is away. Agents can send theirs to a source as well.</p>
        {may && <p class="then"><Link to="/traces/sources/new" class="button primary">Add a trace source</Link></p>}
      </Empty>
    );
  }
  const [sent] = any;
  if (s.sources.length === 0) {
    return <Empty title={`No ${what} yet`}><p>Nothing was sent to {any.length === 1 ? sent?.name : 'any of the sources'} yet. Its page says how.</p><p class="then"><Link to={any.length === 1 ? `/traces/sources/${sent?.id}` : '/traces/sources'} class="button primary">How to send</Link></p></Empty>;
  }
  const running = s.status === 'running';
  return (
    <Empty title={`No ${what} yet`}>
      <p>{running ? 'The first pages are being read; they stand here as soon as they are stored.' : s.error_message ?? `${plural(s.sources.length, 'source')} ${s.sources.length === 1 ? 'is' : 'are'} mirrored, and none had any.`}</p>
      {running ? <p class="then"><Link to="/traces/sources">How far it is</Link></p> : may && <p class="then"><SyncNow name="All sources" class="primary" /></p>}
    </Empty>
  );
}

/** J and K from row to row of the list that one came from; the next page of it, too. */
export function Steps({ older, newer, noun, words: [up, down] = ['Newer', 'Older'] }: { older: (() => void) | undefined; newer: (() => void) | undefined; noun: string; words?: readonly [string, string] }) {
  useKeys({ j: older, k: newer });
  return (
    <span class="pair-buttons">
      <button type="button" disabled={!newer} onClick={newer} aria-label={`${up} ${noun} (k)`} title={`${up} ${noun} (k)`}>{up}</button>
      <button type="button" disabled={!older} onClick={older} aria-label={`${down} ${noun} (j)`} title={`${down} ${noun} (j)`}>{down}</button>
    </span>
  );
}
