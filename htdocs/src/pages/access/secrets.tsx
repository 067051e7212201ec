// SPDX-License-Identifier: Apache-2.0
// Named secrets, without their values, and which keys encrypted them.
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { SecretKeys } from '../../api/types';
import { count, plural } from '../../format/number';
import { href, navigate, type Place, usePlace } from '../../router';
import { useMay, useMayAll } from '../../state/access';
import { me } from '../../state/resources';
import { useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { useKeys } from '../../ui/keys';
import { later } from '../../ui/later';
import { Link } from '../../ui/link';
import { Empty, Loaded, Panel, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { SearchBox } from '../../ui/search_box';
import { Pill } from '../../ui/state';
import { Table } from '../../ui/table';
import { toast, toastError } from '../../ui/toast';
import { Pager, When } from './parts';
import { Sections } from './sections';
import { secretKeys, secrets, secretsChanged } from './stores';

const SecretSheet = later(async () => (await import('./secret_editor')).SecretSheet);

const PAGE = 50;
const BACK = '/settings/secrets';

const ringWords = (ring: SecretKeys, others: number): string => {
  if (!ring.usable) return 'No secret can be set or read on this node.';
  return others === 0 ? 'Every secret is encrypted with the active key. Other keys can leave the key ring.' : `${plural(others, 'secret')} ${others === 1 ? 'is' : 'are'} encrypted with another key than the active one.`;
};

function KeyRing() {
  const state = useStore(secretKeys);
  const [busy, setBusy] = useState(false);
  const ring = state.data;
  const others = ring?.keys.filter((k) => k.key_id !== ring.active_key_id).reduce((sum, k) => sum + k.secrets, 0) ?? 0;
  const rotate = async () => {
    setBusy(true);
    try {
      await api.secretsRotate();
      toast('An engine encrypts them anew');
    } catch (error) {
      toastError('Not encrypted anew', error);
    }
    setBusy(false);
    secretsChanged();
  };
  return (
    <Panel title="Encryption" class="full wide-actions" sentence={ring ? ringWords(ring, others) : '\u00a0'}
      actions={<><Copy class="ghost" text={() => curl('POST', '/secrets/rotate')}>Copy as curl</Copy>{ring?.usable && others > 0 && <button type="button" disabled={busy} onClick={() => void rotate()}>Encrypt anew</button>}</>}>
      <Loaded from={state} retry={() => void secretKeys.refresh()} skeleton={<Skeleton rows={1} />}>
        {(r) => (
          <>
            {r.trouble && <p class="banner lone" role="note">{r.trouble} See <code>BenchmarkSecretKeys</code>.</p>}
            {r.keys.length > 0 || r.active_key_id ? (
              <Table rows={[...r.keys, ...(r.active_key_id && !r.keys.some((k) => k.key_id === r.active_key_id) ? [{ key_id: r.active_key_id, secrets: 0, readable: true }] : [])]} id={(k) => k.key_id} caption="Keys of the key ring" columns={[
                { head: 'Key', class: 'mono name', cell: (k) => k.key_id },
                { head: 'Secrets', right: true, cell: (k) => count(k.secrets) },
                { head: 'State', cell: (k) => (!k.readable ? <Pill tone="bad" sign="✕">not in this node’s ring</Pill> : k.key_id === r.active_key_id ? <Pill tone="ok" sign="✓">active</Pill> : <Pill tone="warn" sign="◑">to be replaced</Pill>) },
              ]} />
            ) : null}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

const queryAt = ({ params }: Place) => ({ q: params.get('q'), after: params.get('after'), limit: PAGE });

export async function shows(at: Place): Promise<void> {
  await Promise.all([me.prime(), secrets.of(queryAt(at)).prime(), secretKeys.prime()]);
}

export default function Secrets({ id }: { id: string | null }) {
  const at = usePlace();
  const may = useMay('admin');
  const all = useMayAll(); // the key ring is the installation's
  const store = secrets.of(queryAt(at));
  const state = useStore(store);
  const refused = state.error?.status === 403 || state.error?.status === 401;
  const filtered = at.params.get('q') || at.params.get('after');
  const add = () => navigate(href(`${BACK}/new`, at.params));
  useKeys({ n: may ? add : undefined });
  return (
    <>
      <Top title="Secrets">{may && <button type="button" class="primary" onClick={add}>Set a secret</button>}</Top>
      <Sections />
      <div class="filters" role="search" aria-label="Filter secrets"><SearchBox label="Search secrets by name or description" /></div>
      <section class="panel list" aria-label="Secrets">
        <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={4} />}>
          {(list) => (list.length === 0 ? (
            <Empty title={filtered ? 'No secret matches' : 'No secret yet'}>
              {filtered ? <button type="button" onClick={() => navigate(href(BACK))}>Clear the filter</button>
                : <><p>Keys of targets and tokens: stored encrypted, named by automations, seen by engines alone. Those of the server’s configuration (<code>BenchmarkSecret</code>) are not listed here, and win over these.</p>{may && <button type="button" class="primary" onClick={add}>Set a secret</button>}</>}
            </Empty>
          ) : (
            <Table keys rows={list} id={(s) => s.id} caption="Secrets" open={(s) => navigate(href(`${BACK}/${s.id}`, at.params))} columns={[
              { head: 'Name', class: 'name mono', cell: (s) => <Link to={`${BACK}/${s.id}`} params={at.params}>{s.name}</Link> },
              { head: 'What it is for', class: 'clip mid', cell: (s) => s.description || <span class="none">–</span> },
              { head: 'Value set', class: 'time', cell: (s) => <When at={s.set_at} /> },
              { head: 'Last used', cell: (s) => <When at={s.last_used_at} /> },
              { head: 'By', class: 'mid', cell: (s) => s.created_by ?? 'anonymous' },
              { head: 'Key', class: 'mono wide', cell: (s) => s.key_id },
            ]} />
          ))}
        </Loaded>
        <Pager rows={state.data} next={state.next} one="secret"><Copy class="ghost" text={() => curl('GET', `/secrets?limit=${PAGE}`)}>Copy as curl</Copy></Pager>
      </section>
      {/* where it stands, only the list tells */}
      {!refused && all && (state.data || state.error) && <div class="after-list"><KeyRing /></div>}
      {id && may && <SecretSheet key={id} id={id} />}
    </>
  );
}
