// SPDX-License-Identifier: Apache-2.0
// The frame of every editor: a sheet at the right with save, delete and what the server said. Where it has them, the JSON and a test
// run stand beside the form (where there is no room: instead of it). Unsaved changes are guarded.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ApiError } from '../api/client';
import { navigate, setGuard } from '../router';
import { Copy } from '../ui/copy';
import { Confirm, Dialog } from '../ui/dialog';
import { focusMistake, FormError, ReadOnly } from '../ui/form';
import { type JsonView, Panes } from './panes';

const QUESTION = 'Leave without saving the changes?';

/** Does something that the server may refuse: what it says stands at the fields. */
export type Attempt = (work: () => Promise<void>) => Promise<void>;

interface Props {
  title: string;
  /** where closing leads */
  back: string;
  dirty: boolean;
  known: readonly string[];
  save: () => Promise<string>;
  /** false while the fields cannot be sent */
  ready: boolean;
  curl: () => string;
  remove?: { name: string; warning: ComponentChildren; run: (cascade: boolean) => Promise<void>; /** what is in its way cannot go with it */ alone?: true; /** where it leads, if not where closing does */ to?: string } | undefined;
  extra?: ComponentChildren;
  readOnly?: boolean;
  /** below the fields: what is only looked at, with choices of its own that stay open to who may not write */
  below?: ComponentChildren;
  /** the same as JSON */
  json?: JsonView;
  test?: ((attempt: Attempt, busy: boolean) => ComponentChildren) | undefined;
  children: (error: ApiError | null) => ComponentChildren;
}

const asError = (e: unknown) => (e instanceof ApiError ? e : new ApiError('version', 0, { detail: String(e) }, null, null));
/** From this width of the window on the JSON stands beside the form. */
const ROOM = 1100;

export function Editor({ title, back, dirty, known, save, ready, curl, remove, extra, readOnly, below, json, test, children }: Props) {
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const [removing, setRemoving] = useState<'ask' | 'cascade' | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  useEffect(() => {
    setGuard(dirty ? () => QUESTION : null);
    return () => setGuard(null);
  }, [dirty]);
  const leave = (to: string) => { setGuard(null); navigate(to); };
  const close = () => { if (!dirty || confirm(QUESTION)) leave(back); };
  const attempt: Attempt = async (work) => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (e) {
      setError(asError(e));
      focusMistake('dialog form.editor');
    }
    setBusy(false);
  };
  const drop = async (cascade: boolean) => {
    try {
      await remove?.run(cascade);
      leave(remove?.to ?? back);
    } catch (e) {
      if (e instanceof ApiError && e.status === 409 && !cascade && !remove?.alone) { setRefused(e.message); setRemoving('cascade'); return; }
      setRemoving(null);
      setError(asError(e));
    }
  };
  const form = <ReadOnly.Provider value={readOnly ?? false}>{children(error)}</ReadOnly.Provider>;
  return (
    <Dialog title={title} kind={json ? 'broad sheet' : 'sheet'} onClose={() => leave(back)} mayClose={() => { close(); return false; }}>
      <form class="editor" onSubmit={(e) => { e.preventDefault(); if (ready && !busy && !readOnly) void attempt(async () => leave(await save())); }}
        onKeyDown={(e) => { if ((e.ctrlKey || e.metaKey) && e.key === 's') { e.preventDefault(); e.currentTarget.requestSubmit(); } }}>
        <div class="dialog-body">
          <FormError error={error} known={known} />
          {error?.status === 412 && <p class="note">Somebody else saved it meanwhile. Close this and open it again to see their version.</p>}
          {json ? <ReadOnly.Provider value={readOnly ?? false}><Panes form={form} json={json} test={test?.(attempt, busy)} error={error} room={ROOM} /></ReadOnly.Provider> : form}
          {below}
        </div>
        <footer class="dialog-foot">
          {remove && <button type="button" class="bad-ghost" onClick={() => setRemoving('ask')}>Delete</button>}
          <Copy class="ghost" text={curl}>Copy as curl</Copy>
          <span class="grow" />
          {extra}
          {!readOnly && <button type="submit" class="primary" disabled={busy || !ready}>Save</button>}
        </footer>
      </form>
      {removing === 'ask' && remove && <Confirm title={`Delete ${remove.name}?`} action="Delete" onClose={() => setRemoving(null)} onConfirm={() => drop(false)}>{remove.warning}</Confirm>}
      {removing === 'cascade' && remove && <Confirm title={`Delete ${remove.name} and all that needs it?`} action="Delete all of it" onClose={() => setRemoving(null)} onConfirm={() => drop(true)}><p>{refused}</p><p>This cannot be undone.</p></Confirm>}
    </Dialog>
  );
}
