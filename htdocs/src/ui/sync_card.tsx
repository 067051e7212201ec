// SPDX-License-Identifier: Apache-2.0
// How the mirror of traces is doing: at the foot of the sidebar, and as a pill wherever a source is named.
import { useState } from 'preact/hooks';
import { api } from '../api/client';
import type { SyncStatus, TraceSync } from '../api/types';
import { ago, until } from '../format/time';
import { useMay } from '../state/access';
import { syncStatus } from '../state/resources';
import { useNow } from '../state/settings';
import { useStore } from '../state/store';
import { Link } from './link';
import { Pill } from './state';
import { toast, toastError } from './toast';

const STATES: Record<TraceSync['status'], { tone: 'ok' | 'info' | 'warn' | 'bad'; sign: string; word: string }> = {
  idle: { tone: 'ok', sign: '✓', word: 'idle' },
  running: { tone: 'info', sign: '▸', word: 'running' },
  rate_limited: { tone: 'warn', sign: '◔', word: 'rate limited' },
  error: { tone: 'bad', sign: '✕', word: 'error' },
};

/** The state of a sync. One that is paused says so, unless it is under way because somebody asked. */
export function SyncPill({ status, paused }: { status: TraceSync['status']; paused: boolean }) {
  if (paused && status === 'idle') return <Pill tone="quiet" sign="‖">paused</Pill>;
  const s = STATES[status];
  return <Pill tone={s.tone} sign={s.sign}>{s.word}</Pill>;
}

/** "next in 2 min", "next try in 12 s", "goes on in 30 s". */
export function nextWords(s: Pick<TraceSync, 'status' | 'next_sync_at'>, now: number): string {
  if (s.next_sync_at === null) return 'no next one';
  const what = { idle: 'next', running: 'goes on', rate_limited: 'goes on', error: 'next try' }[s.status];
  return `${what} ${until(s.next_sync_at, now)}`;
}

/** Asks for what is new, of one source or of all. */
export function SyncNow({ source, name, class: how = '', onDone }: { source?: number; name: string; class?: string; onDone?: () => void }) {
  const [busy, setBusy] = useState(false);
  const sync = async () => {
    setBusy(true);
    try {
      if (source === undefined) await api.syncNow();
      else await api.traceSyncNow(source);
      toast(`${name}: what is new is being read`);
    } catch (error) {
      toastError('Not synced', error);
    }
    setBusy(false);
    onDone?.();
    await syncStatus.refresh();
  };
  return <button type="button" class={how} disabled={busy} onClick={() => void sync()}>Sync now</button>;
}

/** Since when the newest of all that go on by themselves was read; null: of one it never was. */
export function readAt(sources: readonly TraceSync[]): string | null {
  const those = sources.some((s) => !s.paused) ? sources.filter((s) => !s.paused) : sources;
  return those.map((s) => s.last_sync_at).reduce((a, b) => (a === null || b === null ? null : a < b ? a : b));
}

const where = (s: SyncStatus): string => (s.sources.length === 1 ? `/traces/sources/${s.sources[0]?.source_id}` : '/traces/sources');

/** The card; nothing where no server is mirrored. */
export function SyncCard() {
  const s = useStore(syncStatus).data;
  const may = useMay('operator');
  const now = useNow(5_000);
  if (!s || s.sources.length === 0) return null;
  const last = readAt(s.sources);
  const paused = s.sources.every((one) => one.paused);
  return (
    <section class={`sync-card ${s.is_stale ? 'stale' : ''}`} aria-label="Sync of traces">
      <Link to={where(s)} class="engine-line"><span>Sync</span><SyncPill status={s.status} paused={paused} /></Link>
      <div class="sync-when">
        <span class="note">{last ? `read ${ago(last, now)}` : 'not read yet'}<br />{paused && s.status === 'idle' ? 'only when asked' : nextWords(s, now)}</span>
        {may && <SyncNow name={s.sources.length === 1 ? s.sources[0]?.name ?? '' : 'All sources'} class="small" />}
      </div>
      {s.is_stale && <p class="note tone-warn"><span aria-hidden="true">! </span>Not up to date: the newest was not read for twice the interval.</p>}
      {s.error_message && <p class="note sync-error" title={s.error_message}>{s.error_message}</p>}
    </section>
  );
}
