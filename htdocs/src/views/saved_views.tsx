// SPDX-License-Identifier: Apache-2.0
// Views of a list: its filters under a name, kept on the server for all who use it.
import { useRef, useState } from 'preact/hooks';
import { ApiError, api } from '../api/client';
import type { View } from '../api/types';
import { plural } from '../format/number';
import { navigate, usePlace } from '../router';
import { useMay } from '../state/access';
import { views as viewStore } from '../state/resources';
import { useStore } from '../state/store';
import { Copy, curl } from '../ui/copy';
import { Confirm } from '../ui/dialog';
import { fieldError, FormError, TextField } from '../ui/form';
import { Failure } from '../ui/panel';
import { toast, toastError } from '../ui/toast';
import { viewAddress, viewQuery } from './query';

const asError = (e: unknown) => (e instanceof ApiError ? e : new ApiError('version', 0, { detail: String(e) }, null, null));

function Row({ view, here, may, rename, remove, go }: { view: View; here: boolean; may: boolean; rename: () => void; remove: () => void; go: () => void }) {
  const address = viewAddress(view);
  return (
    <li class={here ? 'here' : ''}>
      <a href={address} aria-current={here ? 'true' : undefined} title={decodeURIComponent(view.query.replaceAll('+', ' ')) || 'everything'} onClick={(e) => { if (e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey) return; e.preventDefault(); go(); }}>{view.name}</a>
      <Copy class="ghost small" label={`Copy the link of ${view.name}`} text={() => location.origin + address}>Link</Copy>
      {may && <button type="button" class="ghost small" aria-label={`Rename ${view.name}`} onClick={rename}>Rename</button>}
      {may && <button type="button" class="ghost small" aria-label={`Delete ${view.name}`} onClick={remove}>Delete</button>}
    </li>
  );
}

export function SavedViews({ page }: { page: View['page'] }) {
  const { params } = usePlace();
  const query = viewQuery(params);
  const menu = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState(false);
  const [name, setName] = useState('');
  /** the view that is being renamed; null: a new one is named */
  const [of, setOf] = useState<View | null>(null);
  const [removing, setRemoving] = useState<View | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const may = useMay('operator');
  const store = viewStore.of({ page, limit: 1000 });
  const state = useStore(opened || query !== '' ? store : null);
  const list = [...(state.data ?? [])].sort((a, b) => a.name.localeCompare(b.name));
  const same = (v: View) => viewQuery(new URLSearchParams(v.query)) === query;
  const here = query === '' ? undefined : list.find(same);
  const known = of ? undefined : list.find((v) => v.name.toLowerCase() === name.trim().toLowerCase());
  const begin = (v: View | null) => { setOf(v); setName(v?.name ?? ''); setError(null); };
  const body = { name: name.trim(), page, query };
  const keep = async () => {
    setBusy(true);
    setError(null);
    try {
      const done = of ? await api.viewPut(of.id, { name: body.name }) : known ? await api.viewPut(known.id, { query }) : await api.viewAdd(body);
      toast(of ? `Renamed to ${done.name}` : `Saved ${done.name}`);
      begin(null);
      viewStore.refresh();
    } catch (e) {
      setError(asError(e));
    }
    setBusy(false);
  };
  const remove = async () => {
    try {
      if (removing) { await api.viewDelete(removing.id); toast(`Deleted ${removing.name}`); viewStore.refresh(); }
    } catch (e) {
      toastError('Not deleted', e);
    }
    setRemoving(null);
  };
  return (
    <>
      <button type="button" popovertarget="views-menu" class="anchor-views" aria-label={here ? `View: ${here.name}` : 'Views'}>
        <span class="view-name">{here?.name ?? 'Views'}</span><span aria-hidden="true" class="caret">▾</span>
      </button>
      <div id="views-menu" popover="auto" ref={menu} class="popover views-menu" onToggle={(e) => { const open = (e as ToggleEvent).newState === 'open'; setOpened(open); if (!open) begin(null); }}>
        {opened && <>
          <h2>Views</h2>
          {state.error && !state.data && <Failure error={state.error} retry={() => void store.refresh()} small />}
          {state.data && (list.length === 0 ? <p class="note">None yet. What is filtered here can be kept under a name, for everybody.</p>
            : <ul aria-label={plural(list.length, 'view')}>{list.map((v) => <Row key={v.id} view={v} here={v === here} may={may} rename={() => begin(v)} remove={() => { menu.current?.hidePopover(); setRemoving(v); }} go={() => { menu.current?.hidePopover(); navigate(viewAddress(v)); }} />)}</ul>)}
          {may && (
            <form onSubmit={(e) => { e.preventDefault(); void keep(); }}>
              <TextField key={of?.id ?? 0} label={of ? `New name of ${of.name}` : 'Keep what is filtered now as'} value={name} onValue={setName} error={fieldError(error, '/name')} input={{ required: true, maxLength: 100, placeholder: of ? '' : 'Failed today', ...(of ? { autoFocus: true } : {}) }}
                help={of ? undefined : query === '' ? 'Nothing is filtered now.' : known ? `${known.name} is replaced.` : undefined} />
              <FormError error={error} known={['/name']} />
              <div class="row">
                {!of && <Copy class="ghost small" text={() => (known ? curl('PATCH', `/views/${known.id}`, { query }) : curl('POST', '/views', body))}>Copy as curl</Copy>}
                <span class="grow" />
                {of && <button type="button" onClick={() => begin(null)}>Keep the old</button>}
                <button type="submit" class="primary" disabled={busy || name.trim() === '' || (of === null && query === '')}>{of ? 'Rename' : known ? 'Replace' : 'Save'}</button>
              </div>
            </form>
          )}
        </>}
      </div>
      {removing && <Confirm title={`Delete the view ${removing.name}?`} action="Delete" onClose={() => setRemoving(null)} onConfirm={remove}><p>It is gone for everybody. What it shows stays.</p></Confirm>}
    </>
  );
}
