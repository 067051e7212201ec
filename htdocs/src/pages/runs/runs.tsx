// SPDX-License-Identifier: Apache-2.0
// Runs: filter chips, table paged by cursor, bulk cancel, trigger. New rows wait while the pointer is on the table.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { api, apiAddress } from '../../api/client';
import { isActive, RUN_STATUSES } from '../../api/types';
import { count, plural } from '../../format/number';
import { rangeKey, rangeQuery } from '../../format/time';
import { href, navigate, type Place, setParams, usePlace } from '../../router';
import { useMay } from '../../state/access';
import { primeNames, useNames } from '../../state/names';
import { runs, runsChanged } from '../../state/resources';
import { rangeAt, useNow, useRange, useZone } from '../../state/settings';
import { useListing } from '../../state/store';
import { CompareLink } from '../../ui/compare_picked';
import { Copy, curl } from '../../ui/copy';
import { useHeld } from '../../ui/hold';
import { Confirm } from '../../ui/dialog';
import { useKeys } from '../../ui/keys';
import { Empty, Loaded, Skeleton } from '../../ui/panel';
import { useLocations } from '../../ui/location';
import { Top } from '../../ui/page';
import { Pick } from '../../ui/pick';
import { runColumns } from '../../ui/run_table';
import { statusWord } from '../../ui/state';
import { StateChips } from '../../ui/state_chips';
import { useSelection } from '../../ui/selection';
import { Table } from '../../ui/table';
import { toast, toastError } from '../../ui/toast';
import { SavedViews } from '../../views/saved_views';
import { later } from '../../ui/later';
import { leads } from '../../ui/leads';
import { Preview } from './preview';

const Trigger = later(() => import('../../editor/trigger').then((m) => m.Trigger));
const PAGE = 50;
const FALLBACK = 'all';
const FILTERS = ['status', 'scenario_id', 'automation_id', 'q', 'label', 'location'] as const;

/** The filters of this page, as the API and a run's own page want them. */
export function filterParams(params: URLSearchParams): Record<string, string> {
  return Object.fromEntries(FILTERS.flatMap((f) => { const v = params.get(f); return v ? [[f, v]] : []; }));
}

function Filters({ params }: { params: URLSearchParams }) {
  const locations = useLocations();
  const at = params.get('location') ?? '';
  const [text, setText] = useState(params.get('q') ?? '');
  useEffect(() => setText(params.get('q') ?? ''), [params]);
  useKeys({ '/': () => document.querySelector<HTMLInputElement>('#runs-q')?.focus() });
  const some = FILTERS.some((f) => params.get(f));
  return (
    <div class="filters" role="search" aria-label="Filter runs">
      <StateChips states={RUN_STATUSES} word={statusWord} />
      <Pick kind="scenario" none="Any scenario" value={params.get('scenario_id') ?? ''} onPick={(id) => setParams({ scenario_id: id, after: null })} control={{ 'aria-label': 'Scenario' }} />
      <Pick kind="automation" none="Any automation" value={params.get('automation_id') ?? ''} onPick={(id) => setParams({ automation_id: id, after: null })} control={{ 'aria-label': 'Automation' }} />
      {(locations.length > 1 || at) && <select aria-label="Location" value={at} onChange={(e) => setParams({ location: e.currentTarget.value, after: null })}>
        <option value="">Any location</option>
        {[...new Set([...locations, ...(at ? [at] : [])])].map((l) => <option key={l} value={l} selected={at === l}>{l}</option>)}
      </select>}
      <form class="grow" onSubmit={(e) => { e.preventDefault(); setParams({ q: text.trim(), after: null }); }}>
        <input id="runs-q" type="search" aria-label="Search in errors and labels" placeholder="Search, Enter" value={text} onInput={(e) => setText(e.currentTarget.value)} />
      </form>
      {some && <button type="button" class="ghost" onClick={() => setParams(Object.fromEntries([...FILTERS, 'after'].map((f) => [f, null])))}>Clear</button>}
    </div>
  );
}

const queryAt = (at: Place) => ({ ...filterParams(at.params), ...rangeKey(rangeAt(at, FALLBACK)), limit: PAGE, after: at.params.get('after') });

export async function shows(at: Place): Promise<void> {
  const store = runs.of(queryAt(at));
  await store.prime();
  await primeNames('scenario', (store.get().data ?? []).map((r) => r.scenario_id));
}

export default function Runs() {
  const at = usePlace();
  const { params } = at;
  const range = useRange(FALLBACK);
  const zone = useZone();
  const minute = useNow(60_000);
  const now = useNow(10_000);
  const may = useMay('operator');
  const after = params.get('after');
  const filters = filterParams(params);
  const store = runs.of(queryAt(at));
  const [confirming, setConfirming] = useState(false);
  const view = JSON.stringify([filters, after, range]);
  const state = useListing(store, view);
  const [selected, setSelected] = useSelection(view);
  const shown = /^\d+$/.test(params.get('preview') ?? '') ? Number(params.get('preview')) : null;
  const preview = (id: number | null, options?: { replace?: boolean }) => setParams({ preview: id }, options);
  const held = useHeld(state.data, state.view, !after, selected.size > 0);
  const names = useNames('scenario', held.rows.map((r) => r.scenario_id));
  const triggering = params.get('dialog') === 'trigger';
  useKeys({ n: may ? () => setParams({ dialog: 'trigger' }) : undefined, p: () => preview(shown === null ? cursor.current ?? held.rows[0]?.id ?? null : null) });
  const active = held.rows.filter((r) => selected.has(r.id) && isActive(r.status));
  const cursor = useRef<number | null>(null);
  const carry = new URLSearchParams({ ...filters, ...Object.fromEntries(['from', 'to', 'after'].flatMap((f) => { const v = params.get(f); return v ? [[f, v]] : []; })) });
  const carried = carry.toString();
  const columns = useMemo(() => runColumns(names, zone, now, new URLSearchParams(carried)), [names, zone, now, carried]);
  const cancel = async () => {
    try {
      const done = await api.cancelMany(active.map((r) => r.id));
      const n = Array.isArray(done.cancelled) ? done.cancelled.length : done.cancelled;
      toast(`Cancelled ${plural(n, 'run')}`);
      setSelected(new Set());
    } catch (error) {
      toastError('Not cancelled', error);
    }
    setConfirming(false);
    runsChanged();
  };
  return (
    <>
      <Top title="Runs" beside={<SavedViews page="runs" />} range={range}>{may && <button type="button" class="primary" onClick={() => setParams({ dialog: 'trigger' })}>Trigger a run</button>}</Top>
      <Filters params={params} />
      <div class={shown === null ? '' : 'with-preview'}>
      <section class="panel list" aria-label="Runs" aria-busy={state.waiting} {...held.pointer}>
        {selected.size > 0 && (
          <div class="bulk" role="status">
            <span>{plural(selected.size, 'run')} selected</span>
            {may && <button type="button" class="bad" disabled={active.length === 0} onClick={() => setConfirming(true)}>Cancel {count(active.length)} unfinished</button>}
            <CompareLink ids={selected} kind="runs" />
            <Copy class="ghost" text={() => [...selected].join(',')}>Copy ids</Copy>
            <button type="button" class="ghost" onClick={() => setSelected(new Set())}>Clear selection</button>
          </div>
        )}
        {held.waiting > 0 && <button type="button" class="waiting" onClick={held.release}>{plural(held.waiting, 'new run')}: show</button>}
        <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={14} />}>
          {() => held.rows.length === 0 ? (
            <Empty title={Object.keys(filters).length || range.from !== 'all' || after ? 'No run matches' : 'No run yet'}>
              {Object.keys(filters).length || range.from !== 'all' || after
                ? <button type="button" onClick={() => navigate(href('/runs'))}>Clear the filter</button>
                : <p>Every run that is triggered stands here, newest first.</p>}
            </Empty>
          ) : (
            <Table keys rows={held.rows} columns={columns} id={(r) => r.id} caption="Runs, newest first"
              onCursor={(r) => { cursor.current = r.id; if (shown !== null) preview(r.id, { replace: true }); }} pick={shown === null ? undefined : (r) => preview(r.id, { replace: true })}
              open={(r) => navigate(href(`/runs/${r.id}`, carry))} selected={selected} select={setSelected} name={(r) => `run ${r.id}`} />
          )}
        </Loaded>
        {state.data && <footer class="pager">
          <span class="note">{plural(held.rows.length, 'run')} on this page</span>
          <button type="button" class="ghost" aria-pressed={shown !== null} onClick={() => preview(shown === null ? held.rows[0]?.id ?? null : null)}>Preview</button>
          <Copy class="ghost" text={() => curl('GET', `/runs?${new URLSearchParams({ view: 'summary', limit: String(PAGE), ...filters, ...(after ? { after } : {}) })}`)}>Copy as curl</Copy>
          {(['csv', 'jsonl'] as const).map((format) => (
            <a key={format} class="button ghost" download="" title={`All runs of this filter as ${format === 'csv' ? 'CSV' : 'JSON Lines'}, not only those of this page`}
              href={apiAddress('/runs/export', { query: { format, ...filters, ...rangeQuery(range, minute) } })}>Export {format.toUpperCase()}</a>
          ))}
          <button type="button" disabled={!after} {...leads({ after: null })}>Newest</button>
          <button type="button" disabled={!state.next || held.rows.length === 0} {...leads({ after: held.rows.at(-1)?.id })}>Older</button>
        </footer>}
      </section>
      {shown !== null && <Preview id={shown} name={names(held.rows.find((r) => r.id === shown)?.scenario_id ?? null)} carry={carry} close={() => preview(null)} />}
      </div>
      {confirming && <Confirm title={`Cancel ${plural(active.length, 'run')}?`} action={`Cancel ${plural(active.length, 'run')}`} onClose={() => setConfirming(false)} onConfirm={cancel}>
        <p>Running requests are cut off. What was measured so far is kept with the run.</p></Confirm>}
      {triggering && <Trigger onClose={() => setParams({ dialog: null }, { replace: true })} />}
    </>
  );
}
