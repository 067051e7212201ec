// SPDX-License-Identifier: Apache-2.0
// Trace sources: which servers are mirrored, and how each is doing.
import type { TraceSource, TraceSync } from '../../api/types';
import { percent } from '../../format/number';
import { ago } from '../../format/time';
import { href, navigate, type Place, usePlace } from '../../router';
import { useMay } from '../../state/access';
import { syncStatus } from '../../state/resources';
import { useNow } from '../../state/settings';
import { useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { useKeys } from '../../ui/keys';
import { later } from '../../ui/later';
import { Link } from '../../ui/link';
import { Empty, Loaded, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { SearchBox } from '../../ui/search_box';
import { nextWords, SyncNow, SyncPill } from '../../ui/sync_card';
import { Table } from '../../ui/table';
import { Pager } from '../access/parts';
import { PushedPill, Sections } from './parts';
import { sources } from './stores';

const SourceSheet = later(async () => (await import('./source_editor')).SourceSheet);

const PAGE = 50;
const BACK = '/traces/sources';

const queryAt = ({ params }: Place) => ({ q: params.get('q'), after: params.get('after'), limit: PAGE });

export async function shows(at: Place): Promise<void> {
  await Promise.all([sources.of(queryAt(at)).prime(), syncStatus.prime()]);
}

/** How much of the past is here; a bar, and in words. */
export function Backfill({ of: s }: { of: TraceSync | undefined }) {
  if (!s) return <>{'\u00a0'}</>;
  if (s.backfill_progress === null) return <span class="none" title="the past has not been begun with">–</span>;
  const done = 100 * s.backfill_progress;
  return <span class="share-of"><span class="bar" aria-hidden="true"><i style={{ width: `${done}%` }} /></span>{percent(done)}</span>;
}

export default function Sources({ id }: { id: string | null }) {
  const at = usePlace();
  const may = useMay('operator');
  const now = useNow(5_000);
  const store = sources.of(queryAt(at));
  const state = useStore(store);
  const sync = useStore(syncStatus).data;
  const of = (s: TraceSource) => sync?.sources.find((one) => one.source_id === s.id);
  const filtered = at.params.get('q') || at.params.get('after');
  const add = () => navigate(href(`${BACK}/new`, at.params));
  useKeys({ n: may ? add : undefined });
  return (
    <>
      <Top title="Traces">{may && (state.data?.length ?? 0) > 1 && <SyncNow name="All sources" />}{may && <button type="button" class="primary" onClick={add}>Add a source</button>}</Top>
      <Sections />
      {((state.data?.length ?? 0) > 5 || filtered) && <div class="filters" role="search" aria-label="Filter sources"><SearchBox label="Search sources by name or description" /></div>}
      <section class="panel list" aria-label="Trace sources">
        <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={4} />}>
          {(list) => (list.length === 0 ? (
            <Empty title={filtered ? 'No source matches' : 'No trace source yet'}>
              {filtered ? <button type="button" onClick={() => navigate(href(BACK))}>Clear the filter</button>
                : <><p>A trace source is a project of a Langfuse server, whose traces are mirrored from then on, the newest first, then the past, as fast as that server allows; or something that agents send their traces to.</p>{may && <button type="button" class="primary" onClick={add}>Add a source</button>}</>}
            </Empty>
          ) : (
            <Table keys rows={list} id={(s) => s.id} caption="Trace sources" open={(s) => navigate(href(`${BACK}/${s.id}`))} columns={[
              { head: 'Source', class: 'name', cell: (s) => <><Link to={`${BACK}/${s.id}`}>{s.name}</Link><span class="note line mono">{s.kind === 'pushed' ? 'agents send to it' : (s.url ?? '').replace(/^https?:\/\//, '')}</span></> },
              { head: 'State', cell: (s) => { const its = of(s); return s.kind === 'pushed' ? <PushedPill of={s} /> : its ? <><SyncPill status={its.status} paused={its.paused} />{its.is_stale && !its.paused && <span class="note tone-warn"> not up to date</span>}</> : '\u00a0'; } },
              { head: 'Newest read', class: 'spare', cell: (s) => { const its = of(s); if (s.kind === 'pushed') return s.pushed_at ? ago(s.pushed_at, now) : <span class="none">nothing yet</span>; return its?.last_sync_at ? ago(its.last_sync_at, now) : <span class="none">not yet</span>; } },
              { head: 'Then', class: 'mid', cell: (s) => { const its = of(s); return !its ? '\u00a0' : its.paused && its.status === 'idle' ? 'only when asked' : nextWords(its, now); } },
              { head: 'Past that is here', class: 'mid share', cell: (s) => <Backfill of={of(s)} /> },
              { head: 'What it ran into', class: 'clip mid', cell: (s) => of(s)?.error_message ?? <span class="none" title="nothing">–</span> },
            ]} />
          ))}
        </Loaded>
        <Pager rows={state.data} next={state.next} one="source"><Copy class="ghost" text={() => curl('GET', '/trace-sources')}>Copy as curl</Copy></Pager>
      </section>
      {id === 'new' && may && <SourceSheet id={null} back={href(BACK)} />}
    </>
  );
}
