// SPDX-License-Identifier: Apache-2.0
// One trace source: whether it is up to date, how far the past is read, and the passes of its sync.
import { useMemo, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { base } from '../../base';
import type { TracePass, TraceSource, TraceSync } from '../../api/types';
import { duration, span } from '../../format/duration';
import { compact, count, percent, plural } from '../../format/number';
import { ago, dateTime, shortTime } from '../../format/time';
import { type Place, setParams, usePlace } from '../../router';
import { idOf } from '../../routes';
import { useMay } from '../../state/access';
import { useNow, useZone } from '../../state/settings';
import { useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { leads } from '../../ui/leads';
import { later } from '../../ui/later';
import { Link } from '../../ui/link';
import { Empty, Grid, Loaded, Panel, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { Pill } from '../../ui/state';
import { nextWords, SyncNow, SyncPill } from '../../ui/sync_card';
import { type Column, Table } from '../../ui/table';
import { toast, toastError } from '../../ui/toast';
import { PushedPill } from './parts';
import { passes as passStore, source as sourceStore, sourcesChanged, sourceSync } from './stores';

const SourceSheet = later(async () => (await import('./source_editor')).SourceSheet);

const PAGE = 50;
const passesAt = (id: number, { params }: Place) => passStore.of({ id, limit: PAGE, after: params.get('after') });

export async function shows(at: Place): Promise<void> {
  const id = Number(idOf(at.path));
  await Promise.all([sourceStore.of(id).prime(), passesAt(id, at).prime()]);
  if (sourceStore.of(id).get().data?.kind === 'langfuse') await sourceSync.of(id).prime(); // of others there is none
}

function State({ of: s }: { of: TraceSync }) {
  const zone = useZone();
  const now = useNow(1_000);
  const said: [string, string, string?][] = [
    ['Newest read', s.last_sync_at ? ago(s.last_sync_at, now) : 'not yet', s.last_sync_at ? dateTime(s.last_sync_at, zone) : undefined],
    ['Then', s.paused && s.status === 'idle' ? 'only when somebody asks' : nextWords(s, now), s.next_sync_at ? dateTime(s.next_sync_at, zone) : undefined],
    ['Speaks', s.api === null ? 'not asked yet' : s.api === 'v4' ? 'v4, by cursor' : 'the old endpoints, by page'],
    ['Server', s.server_version ?? 'did not say'],
    ['Requests today', `${count(s.requests_today)} (UTC)`],
    ...(s.failures > 0 ? [['Failed attempts', `${count(s.failures)} in a row`] as [string, string]] : []),
  ];
  return (
    <Panel title="Sync" class="half" actions={<SyncPill status={s.status} paused={s.paused} />}>
      {s.is_stale && !s.paused && <p class="banner lone" role="note"><span aria-hidden="true">! </span>Not up to date: the newest was not read for twice the interval.</p>}
      {s.error_message && <div class={`run-error lone-error ${s.status === 'rate_limited' ? 'timed_out' : ''}`} role="note">{s.error_message}</div>}
      <dl class="pairs one wide-names">{said.map(([name, text, exact]) => <div key={name}><dt>{name}</dt><dd title={exact}>{text}</dd></div>)}</dl>
    </Panel>
  );
}

function Past({ of: s, source }: { of: TraceSync; source: TraceSource | undefined }) {
  const zone = useZone();
  const done = s.backfill_progress === null ? null : 100 * s.backfill_progress;
  return (
    <Panel title="The past" class="half" sentence={source ? source.backfill_days === 0 ? 'Only what came since the first sync is read.' : `${plural(source.backfill_days, 'day')} before the first sync are read, the latest first.` : '\u00a0'}>
      <div class="progress">
        <div class="progress-line"><span>{done === null ? 'Not begun with' : done >= 100 ? 'All of it is here' : `${percent(done)} is here`}</span>{done !== null && done < 100 && <span class="note">{s.status === 'running' ? 'goes on' : s.status === 'idle' ? 'goes on with the next pass' : 'waits'}</span>}</div>
        <div class={`progress-bar ${s.status === 'rate_limited' || s.status === 'error' ? 'held' : ''}`} role="progressbar" aria-label="Past that has been read" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(done ?? 0)}><i style={{ width: `${done ?? 0}%` }} /></div>
      </div>
      <dl class="pairs one wide-names">
        <div><dt>Here from</dt><dd>{s.mirrored_from ? dateTime(s.mirrored_from, zone) : <span class="none" title="nothing has been read">–</span>}</dd></div>
        <div><dt>Here to</dt><dd>{s.mirrored_to ? dateTime(s.mirrored_to, zone) : <span class="none" title="nothing has been read">–</span>}{s.mirrored_to && <span class="note line">but for what comes late</span>}</dd></div>
      </dl>
    </Panel>
  );
}

/** One that agents send to: nothing is read. */
function Pushed({ of: s }: { of: TraceSource }) {
  const zone = useZone();
  const now = useNow(1_000);
  return (
    <Panel title="What came" class="full" actions={<PushedPill of={s} />}>
      <dl class="pairs one wide-names">
        <div><dt>Last</dt><dd title={s.pushed_at ? dateTime(s.pushed_at, zone) : undefined}>{s.pushed_at ? ago(s.pushed_at, now) : 'nothing yet'}</dd></div>
        <div><dt>Observations and traces</dt><dd>{count(s.pushed ?? 0)}<span class="note line">those that came again, too</span></dd></div>
        <div><dt>Refused</dt><dd>{count(s.pushed_refused ?? 0)}<span class="note line">spans and events without an id, a begin or a form that can be stored</span></dd></div>
        <div><dt>By OTLP</dt><dd><span class="mono">{location.origin}{base}api/v1/otlp/v1/traces</span><span class="note line">with the header <span class="mono">X-Trace-Source: {s.name}</span></span></dd></div>
        <div><dt>By an SDK of Langfuse</dt><dd>host <span class="mono">{location.origin}{base.replace(/\/$/, '')}</span>, public key <span class="mono">{s.name}</span><span class="note line">the secret key is an API key with the scope push</span></dd></div>
      </dl>
    </Panel>
  );
}

const REASONS: Record<TracePass['reason'], string> = { first: 'first', interval: 'by interval', asked: 'asked for' };

function columns(zone: string, now: number): Column<TracePass>[] {
  const took = (p: TracePass) => duration((p.ended_at === null ? now : Date.parse(p.ended_at)) - Date.parse(p.started_at));
  return [
    { head: 'Began', cell: (p) => <time dateTime={p.started_at} title={dateTime(p.started_at, zone)}>{shortTime(p.started_at, zone, now)}</time> },
    { head: 'Why', class: 'mid', cell: (p) => REASONS[p.reason] },
    { head: 'State', cell: (p) => (p.status === 'running' ? <Pill tone="info" sign="▸">running</Pill> : p.status === 'failed' ? <Pill tone="bad" sign="✕">failed</Pill> : <Pill tone="ok" sign="✓">completed</Pill>) },
    { head: 'Took', right: true, class: 'spare', cell: (p) => (p.status === 'running' ? <span class="note" title="so far">{took(p)} …</span> : took(p)) },
    { head: 'Requests', right: true, class: 'mid', cell: (p) => <span title={`${count(p.requests)}, of these ${count(p.limited)} told to wait and ${count(p.failures)} failed`}>{compact(p.requests)}{(p.limited > 0 || p.failures > 0) && <span class="note line">{[p.limited > 0 && `${count(p.limited)} waited`, p.failures > 0 && `${count(p.failures)} failed`].filter(Boolean).join(', ')}</span>}</span> },
    { head: 'Read', right: true, cell: (p) => <span title={`${count(p.received)} observations on ${plural(p.pages, 'page')}`}>{compact(p.received)}</span> },
    { head: 'New or changed', right: true, cell: (p) => <span title={count(p.changed)}>{compact(p.changed)}</span> },
    { head: 'Deleted', right: true, class: 'mid', cell: (p) => count(p.deleted) },
    { head: 'Refused', right: true, class: 'mid', cell: (p) => <span title="elements without an id or a begin, which nobody can store" class={p.refused > 0 ? 'tone-warn' : ''}>{p.refused > 0 && <span aria-hidden="true">! </span>}{count(p.refused)}</span> },
    { head: 'What it ran into', class: 'clip said mid', cell: (p) => p.error_message ? <span title={p.error_message}>{p.error_message}</span> : <span class="none" title="nothing">–</span> },
  ];
}

function Passes({ id }: { id: number }) {
  const at = usePlace();
  const zone = useZone();
  const now = useNow(10_000);
  const store = passesAt(id, at);
  const state = useStore(store);
  const shape = useMemo(() => columns(zone, now), [zone, now]);
  const after = at.params.get('after');
  return (
    <section class="panel list full" aria-label="Passes">
      <header class="panel-head"><div><h2>Passes</h2><p class="sentence">Each reads the newest, then goes on into the past. The last 1,000 are kept.</p></div></header>
      <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={6} />}>
        {(list) => (list.length === 0 ? <Empty title={after ? 'No earlier pass' : 'No pass yet'}><p>The first begins as soon as an engine is free.</p></Empty> : <Table keys rows={list} columns={shape} id={(p) => p.id} caption="Passes, newest first" />)}
      </Loaded>
      {state.data && state.data.length > 0 && <footer class="pager"><span class="note">{plural(state.data.length, 'pass', 'passes')}{state.next || after ? ' on this page' : ''}</span><Copy class="ghost" text={() => curl('GET', `/trace-sources/${id}/passes`)}>Copy as curl</Copy>
        {(state.next || after) && <><button type="button" disabled={!after} {...leads({ after: null })}>Newest</button><button type="button" disabled={!state.next} {...leads({ after: state.data.at(-1)?.id })}>Older</button></>}</footer>}
    </section>
  );
}

export default function SourcePage({ id: text }: { id: string | null }) {
  const id = Number(text);
  const { params } = usePlace();
  const may = useMay('operator');
  const store = sourceStore.of(id);
  const state = useStore(store);
  const s = state.data;
  const sync = useStore(s?.kind === 'langfuse' ? sourceSync.of(id) : null);
  const [busy, setBusy] = useState(false);
  const pause = async () => {
    if (!s) return;
    setBusy(true);
    try {
      await api.traceSourcePut(id, { paused: !s.paused }, state.etag);
      toast(s.paused ? `${s.name} is ${s.kind === 'pushed' ? 'open' : 'mirrored'} again` : `${s.name} is paused`);
    } catch (error) {
      toastError(s.paused ? 'Not resumed' : 'Not paused', error);
    }
    setBusy(false);
    sourcesChanged();
  };
  return (
    <>
      <Top title={<><Link to="/traces/sources" class="crumb">Sources</Link><span class="crumb-mark" aria-hidden="true">/</span><span class="cut">{s?.name ?? id}</span></>}>
        <Copy class="ghost" text={() => curl('GET', `/trace-sources/${id}/sync`)}>Copy as curl</Copy>
        {s && may && <button type="button" disabled={busy} onClick={() => void pause()}>{s.paused ? 'Resume' : 'Pause'}</button>}
        {s && <button type="button" onClick={() => setParams({ dialog: 'edit' })}>{may ? 'Edit' : 'Settings'}</button>}
        {s && may && s.kind !== 'pushed' && <SyncNow source={id} name={s.name} class="primary" onDone={sourcesChanged} />}
      </Top>
      <Loaded from={state} retry={() => void store.refresh()} skeleton={<><Skeleton height={240} /><Skeleton rows={6} /></>}>
        {(o) => (
          <>
            <p class="sub">{o.kind === 'pushed' ? 'Agents send to it' : <><span class="mono">{o.url}</span> · every {span(o.interval_seconds)}</>} · <Link to="/traces/list" params={{ source_id: id }}>its traces</Link>{o.description && <> · {o.description}</>}</p>
            {o.kind === 'pushed' ? <Grid><Pushed of={o} /></Grid> : <Grid>
              <Loaded from={sync} retry={() => void sourceSync.of(id).refresh()} skeleton={<><section class="panel half"><Skeleton height={220} /></section><section class="panel half"><Skeleton height={220} /></section></>}>
                {(its) => <><State of={its} /><Past of={its} source={o} /></>}
              </Loaded>
              <Passes id={id} />
            </Grid>}
          </>
        )}
      </Loaded>
      {params.get('dialog') === 'edit' && <SourceSheet id={id} back={null} />}
    </>
  );
}
