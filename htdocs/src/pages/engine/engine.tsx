// SPDX-License-Identifier: Apache-2.0
// The engine: nodes, queue by state and age, dead runs with requeue, calibration, emergency stop.
import { useEffect, useState } from 'preact/hooks';
import { ApiError, api } from '../../api/client';
import type { Calibration, Engine as EngineType, EngineNode, RunSummary } from '../../api/types';
import { duration, durationMicros } from '../../format/duration';
import { count, plural } from '../../format/number';
import { ago, dateTime, shortTime } from '../../format/time';
import { href, navigate, setParams, usePlace } from '../../router';
import { useMay } from '../../state/access';
import { calibrations, dead, engine, runsChanged } from '../../state/resources';
import { useNow, useZone } from '../../state/settings';
import { useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { Confirm, Dialog } from '../../ui/dialog';
import { fieldError, FormError, TextField } from '../../ui/form';
import { Link } from '../../ui/link';
import { Empty, Grid, Loaded, Panel, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { useSelection } from '../../ui/selection';
import { Pill, State } from '../../ui/state';
import { Table } from '../../ui/table';
import { toast, toastError } from '../../ui/toast';

const DEAD_PAGE = 15;
const CALIBRATIONS = 5;
/** What a calibration takes where nothing else is said. */
const STREAMS = '200';
const AT_ONCE = '50';

const NODE_STATES: Record<EngineNode['state'], { tone: 'ok' | 'warn' | 'bad' | 'quiet'; sign: string }> = {
  running: { tone: 'ok', sign: '▸' }, draining: { tone: 'warn', sign: '◑' }, stopped: { tone: 'quiet', sign: '■' }, stale: { tone: 'bad', sign: '?' },
};

function Queue({ e }: { e: EngineType }) {
  const inFlight = e.engines.reduce((sum, n) => sum + (n.in_flight ?? 0), 0);
  const capacity = e.engines.filter((n) => n.state === 'running').reduce((sum, n) => sum + (n.capacity ?? 0), 0);
  const kinds = Object.entries(e.queue.by_kind ?? {}).map(([k, v]) => `${k} ${typeof v === 'object' ? Object.entries(v ?? {}).map(([s, n]) => `${n} ${s}`).join(', ') : v}`).join(' · ');
  const cells: [string, string, string][] = [
    ['Running', count(e.queue.running), `${count(inFlight)} in flight${capacity ? ` of ${count(capacity)}` : ''}`],
    ['Queued', count(e.queue.pending), kinds],
    ['Oldest waits', e.queue.oldest_pending_seconds === null ? '–' : duration(e.queue.oldest_pending_seconds * 1000), e.queue.oldest_pending_seconds === null ? 'nothing waits' : ''],
    ['Dead', count(e.dead.count), 'engines died under them'],
  ];
  return <dl class="kpis four">{cells.map(([label, value, note]) => <div class="kpi" key={label}><dt>{label}</dt><dd class={`value ${value === '–' ? 'none' : ''}`}>{value}</dd><dd class="below"><span class="note">{note}</span></dd></div>)}</dl>;
}

function Nodes({ e }: { e: EngineType }) {
  const now = useNow(1000);
  const zone = useZone();
  return (
    <Panel title="Nodes" class="full" sentence={`${plural(e.engines.filter((n) => n.state === 'running').length, 'engine')} running. One that has not reported is stale; its runs are taken over.`}>
      {e.engines.length === 0 ? <Empty title="No engine has reported"><p>Runs wait until one starts. See <code>BenchmarkEngine</code> in the server's configuration and its error log.</p></Empty> : (
        <Table rows={e.engines} id={(n) => n.id} caption="Engine nodes" columns={[
          { head: 'State', cell: (n) => <Pill tone={NODE_STATES[n.state]?.tone ?? 'quiet'} sign={NODE_STATES[n.state]?.sign ?? '?'}>{n.state}</Pill> },
          { head: 'Host', cell: (n) => <>{n.host} <span class="note">pid {n.pid}</span></> },
          { head: 'Id', class: 'mono wide clip', cell: (n) => n.id },
          ...(e.locations?.length ? [{ head: 'Location', class: 'mid', cell: (n: EngineType['engines'][number]) => n.location ?? '–' }] : []),
          { head: 'In flight', right: true, cell: (n) => `${count(n.in_flight ?? 0)}${n.capacity ? ` / ${count(n.capacity)}` : ''}` },
          { head: 'Loops', right: true, class: 'mid', cell: (n) => n.loops ?? '–' },
          { head: 'Priority', class: 'wide', cell: (n) => n.priority ?? '–' },
          { head: 'Version', class: 'mid', cell: (n) => n.version ?? '–' },
          { head: 'Started', class: 'time mid', cell: (n) => <span title={dateTime(n.started_at, zone)}>{shortTime(n.started_at, zone, now)}</span> },
          { head: 'Reported', class: 'time', cell: (n) => <span title={dateTime(n.beat_at, zone)}>{ago(n.beat_at, now)}</span> },
        ]} />
      )}
    </Panel>
  );
}

/** Shown where engines have names for their places: who is there, and what waits for whom. */
function Locations({ of: places }: { of: NonNullable<EngineType['locations']> }) {
  const empty = places.filter((l) => l.engines === 0 && l.pending > 0);
  return (
    <Panel title="Locations" class="full" sentence={empty.length ? `${plural(empty.reduce((sum, l) => sum + l.pending, 0), 'run')} waiting for ${empty.map((l) => l.name).join(', ')}, where no engine is.` : 'Runs can be meant for one of these places alone; all others are taken by any engine.'}>
      <Table rows={places} id={(l) => l.name} caption="Locations" columns={[
        { head: 'Location', class: 'name', cell: (l) => <Link to="/runs" params={new URLSearchParams({ location: l.name })}>{l.name}</Link> },
        { head: 'Engines', right: true, cell: (l) => l.engines === 0 ? <span class="tone-warn">0</span> : count(l.engines) },
        { head: 'Waiting for it', right: true, cell: (l) => count(l.pending) },
        { head: 'Running for it', right: true, cell: (l) => count(l.running) },
      ]} />
    </Panel>
  );
}

function Dead() {
  const { params } = usePlace();
  const zone = useZone();
  const now = useNow(60_000);
  const may = useMay('operator');
  const store = dead.of({ after: params.get('after'), limit: DEAD_PAGE });
  const state = useStore(store);
  // in the address, as in the list of runs: "these are the ones to requeue" is what one sends to a colleague
  const [selected, setSelected] = useSelection(params.get('after') ?? '');
  const chosen = (state.data ?? []).filter((r) => selected.has(r.id)).map((r) => r.id); // what a link names may have been requeued meanwhile
  const [busy, setBusy] = useState(false);
  const requeue = async (ids: number[]) => {
    setBusy(true);
    let done = 0;
    for (const id of ids) {
      try { await api.requeue(id); done++; } catch (error) { toastError(`Run ${id} not requeued`, error); if (error instanceof ApiError && error.kind === 'network') break; }
    }
    if (done) toast(`Requeued ${plural(done, 'run')}`);
    setSelected(new Set());
    setBusy(false);
    runsChanged();
  };
  const columns = [
    { head: 'Run', class: 'mono', cell: (r: RunSummary) => <Link to={`/runs/${r.id}`}>{r.id}</Link> },
    { head: 'State', class: 'mid', cell: (r: RunSummary) => <State status={r.status} /> },
    { head: 'Attempts', right: true, class: 'mid', cell: (r: RunSummary) => r.attempt ?? '–' },
    { head: 'Reason', class: 'name', cell: (r: RunSummary) => <>{r.error_code && <code>{r.error_code}</code>} <span class="note">{r.error}</span></> },
    { head: 'Failed', class: 'time mid', cell: (r: RunSummary) => <span title={dateTime(r.finished_at, zone)}>{shortTime(r.finished_at, zone, now)}</span> },
    ...(may ? [{ head: 'Again', class: 'act', cell: (r: RunSummary) => <button type="button" class="small" disabled={busy} aria-label={`Requeue run ${r.id}`} onClick={() => void requeue([r.id])}>Requeue</button> }] : []),
  ];
  return (
    <Panel title="Dead runs" class="full" sentence="Their engine died under them as often as was allowed. Requeue runs one again as a new run."
      actions={chosen.length > 0 && may ? <button type="button" disabled={busy} onClick={() => void requeue(chosen)}>Requeue {count(chosen.length)}</button> : undefined}>
      <Loaded from={state} retry={() => void store.refresh()}>
        {(list) => list.length === 0 ? <Empty title="No dead runs"><p>A run whose engine dies under it at every attempt waits here for a decision.</p></Empty>
          : <Table keys rows={list} id={(r) => r.id} caption="Dead runs" columns={columns} selected={may ? selected : undefined} select={may ? setSelected : undefined} name={(r) => `run ${r.id}`} open={(r) => navigate(href(`/runs/${r.id}`))} />}
      </Loaded>
      {(state.next || params.get('after')) && <footer class="pager"><button type="button" disabled={!params.get('after')} onClick={() => setParams({ after: null })}>Newest</button><button type="button" disabled={!state.next} onClick={() => setParams({ after: state.data?.at(-1)?.id })}>Older</button></footer>}
    </Panel>
  );
}

function Calibrate({ onClose }: { onClose: () => void }) {
  const { params } = usePlace();
  const [streams, setStreams] = useState(params.get('streams') ?? STREAMS);
  const [concurrency, setConcurrency] = useState(params.get('concurrency') ?? AT_ONCE);
  const [error, setError] = useState<ApiError | null>(null);
  // what is typed stands in the address, so that a link proposes the same
  useEffect(() => setParams({ streams: streams === STREAMS ? null : streams, concurrency: concurrency === AT_ONCE ? null : concurrency }, { replace: true, stays: true }), [streams, concurrency]);
  const good = Number(streams) >= 1 && Number(concurrency) >= 1;
  return (
    <Dialog title="Calibrate" onClose={onClose}>
      <form onSubmit={async (e) => {
        e.preventDefault();
        setError(null);
        try {
          await api.calibrate(Number(streams), Number(concurrency));
          calibrations.refresh();
          toast('Calibration started');
          onClose();
        } catch (caught) {
          setError(caught instanceof ApiError ? caught : new ApiError('version', 0, { detail: String(caught) }, null, null));
        }
      }}>
        <div class="dialog-body">
          <p>Streams from the built-in target are measured and held against the times it really sent. The difference is our own error.</p>
          <div class="columns">
            <TextField label="Streams" value={streams} onValue={setStreams} input={{ type: 'number', min: 1, 'data-autofocus': true }} error={fieldError(error, '/streams')} />
            <TextField label="At the same time" value={concurrency} onValue={setConcurrency} input={{ type: 'number', min: 1 }} error={fieldError(error, '/concurrency')} />
          </div>
          <FormError error={error} known={['/streams', '/concurrency']} />
        </div>
        <footer class="dialog-foot"><Copy class="ghost" text={() => curl('POST', '/calibrations', { streams: Number(streams), concurrency: Number(concurrency) })}>Copy as curl</Copy><button type="submit" class="primary" disabled={!good}>Start</button></footer>
      </form>
    </Dialog>
  );
}

function Calibrations() {
  const zone = useZone();
  const now = useNow(60_000);
  const may = useMay('operator');
  const { params } = usePlace();
  const store = calibrations.of({ limit: CALIBRATIONS });
  const state = useStore(store);
  const figure = (c: Calibration, key: 'send_lag_us' | 'ttft_us' | 'gap_us') => {
    const f = c.errors?.[key];
    return f ? <span title={`mean ${durationMicros(f.mean)}, p50 ${durationMicros(f.p50)}, max ${durationMicros(f.max)}, n ${count(f.n)}`}>{durationMicros(f.p99)}</span> : <span class="none" title={c.error ?? 'not finished'}>–</span>;
  };
  return (
    <Panel title="Calibration" class="full" sentence="Our own error against a target whose true times are known; p99."
      actions={may && <button type="button" onClick={() => setParams({ dialog: 'calibrate' })}>Calibrate</button>}>
      <Loaded from={state} retry={() => void store.refresh()}>
        {(list) => list.length === 0 ? <Empty title="Never calibrated"><p>A calibration tells how far the figures on these pages can be trusted on this machine.</p></Empty> : (
          <Table rows={list} id={(c) => c.id} caption="Calibrations" columns={[
            { head: 'Id', class: 'mono spare', cell: (c) => c.id },
            { head: 'State', cell: (c) => <State status={c.status} /> },
            { head: 'Created', class: 'time mid', cell: (c) => <span title={dateTime(c.created_at, zone)}>{shortTime(c.created_at, zone, now)}</span> },
            { head: 'Streams', right: true, class: 'spare', cell: (c) => `${count(c.streams)} × ${count(c.concurrency)}` },
            { head: 'Send lag', right: true, cell: (c) => figure(c, 'send_lag_us') },
            { head: 'TTFT error', right: true, cell: (c) => figure(c, 'ttft_us') },
            { head: 'Gap error', right: true, cell: (c) => figure(c, 'gap_us') },
          ]} />
        )}
      </Loaded>
      {may && params.get('dialog') === 'calibrate' && <Calibrate onClose={() => setParams({ dialog: null, streams: null, concurrency: null }, { replace: true })} />}
    </Panel>
  );
}

export default function Engine() {
  const state = useStore(engine);
  const may = useMay('admin');
  const zone = useZone();
  const [asking, setAsking] = useState(false);
  const e = state.data;
  const { params } = usePlace();
  const deadState = useStore(dead.of({ after: params.get('after'), limit: DEAD_PAGE }));
  const calibrationState = useStore(calibrations.of({ limit: CALIBRATIONS }));
  // the first time all parts appear together, so that nothing moves; after that each follows its own store
  const [begun, begin] = useState(false);
  const ready = begun || ((deadState.data || deadState.error) && (calibrationState.data || calibrationState.error));
  useEffect(() => { if (ready) begin(true); }, [ready]);
  const act = async (what: 'stop' | 'start') => {
    try {
      await (what === 'stop' ? api.engineStop() : api.engineStart());
      toast(what === 'stop' ? 'Emergency stop sent to all nodes' : 'The engine takes runs again');
    } catch (error) {
      toastError(`Engine not ${what === 'stop' ? 'stopped' : 'started'}`, error);
    }
    setAsking(false);
    runsChanged();
  };
  return (
    <>
      <Top title="Engine" beside={e && (e.stopped ? <Pill tone="bad" sign="■">stopped</Pill> : e.engines.some((n) => n.state === 'running') ? <Pill tone="ok" sign="▸">running</Pill> : <Pill tone="bad" sign="?">not running</Pill>)}>
        <Copy text={() => curl('POST', e?.stopped ? '/engine/start' : '/engine/stop')}>Copy as curl</Copy>
        {may && e && (e.stopped ? <button type="button" class="primary" onClick={() => void act('start')}>Start again</button> : <button type="button" class="bad" onClick={() => setAsking(true)}>Emergency stop</button>)}
      </Top>
      {e?.stopped && <p class="banner warn" role="status">Stopped{e.stopped_by ? ` by ${e.stopped_by}` : ' by hand'}{e.stopped_at ? ` at ${dateTime(e.stopped_at, zone)}` : ''}: no engine takes runs. {plural(e.queue.pending, 'run')} waiting.</p>}
      <Loaded from={ready || state.error ? state : { ...state, data: undefined }} retry={() => void engine.refresh()} skeleton={<><Skeleton height={104} /><Skeleton rows={4} /></>}>
        {(d) => <Grid><Queue e={d} /><Nodes e={d} />{d.locations?.length ? <Locations of={d.locations} /> : null}<Calibrations /><Dead /></Grid>}
      </Loaded>
      {asking && e && (
        <Confirm title="Stop the engine on all nodes?" action="Stop everything" onClose={() => setAsking(false)} onConfirm={() => act('stop')}>
          <p><strong>{plural(e.queue.running, 'running run')}</strong> {e.queue.running === 1 ? 'is' : 'are'} cut off on {plural(e.engines.length, 'node')}, within two seconds. <strong>{plural(e.queue.pending, 'queued run')}</strong> {e.queue.pending === 1 ? 'waits' : 'wait'} until the engine is started again.</p>
        </Confirm>
      )}
    </>
  );
}
