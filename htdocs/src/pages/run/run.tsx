// SPDX-License-Identifier: Apache-2.0
// One run: state, six facts, waterfall, token timeline, and what was sent and answered.
import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { isActive, type Run as RunType, type RunSummary } from '../../api/types';
import { Chart } from '../../charts/chart';
import { answerText } from '../../format/answer';
import { duration, durationExact, durationMicros } from '../../format/duration';
import { fewSamples } from '../../format/metrics';
import { money, oneCurrency } from '../../format/money';
import { bytes, count, plural, rate } from '../../format/number';
import { dateTime, rangeKey } from '../../format/time';
import { href, navigate, type Place, setParams, usePlace } from '../../router';
import { idOf } from '../../routes';
import { useMay } from '../../state/access';
import { allPrices, automation, run as runStore, runListed, runs, runsChanged, scenario, timeline } from '../../state/resources';
import { rangeAt, useZone } from '../../state/settings';
import { useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { Json } from '../../ui/json';
import { useKeys } from '../../ui/keys';
import { Link } from '../../ui/link';
import { Empty, Grid, Loaded, Panel, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { whyNone } from '../../ui/run_table';
import { State } from '../../ui/state';
import { toast, toastError } from '../../ui/toast';
import { gapsOf } from './timeline';
import { Waterfall } from './waterfall';

const PROVENANCE: Record<string, string> = { usage: 'from usage', chunk: 'chunk-based', progress: 'progress events', timings: 'from timings', counted: 'counted by us' };

function Facts({ run }: { run: RunType }) {
  const itl = run.inter_token_stats;
  const facts: [label: string, text: string, exact: string, note: string, why: string][] = [
    ['Total', duration(run.total_duration_ms), durationExact(run.total_duration_ms), run.e2e_ms != null ? `${duration(run.e2e_ms)} to the last token` : '', whyNone(run, 'duration')],
    ['TTFT', duration(run.ttft_ms), durationExact(run.ttft_ms), run.ttfb_ms != null ? `first byte ${duration(run.ttfb_ms)}` : '', whyNone(run, 'first token')],
    ['ITL mean', duration(itl?.mean_ms), durationExact(itl?.mean_ms), itl?.provenance ? PROVENANCE[itl.provenance] ?? '' : '', whyNone(run, 'stream of tokens')],
    ['ITL p99', duration(itl?.p99_ms), durationExact(itl?.p99_ms), itl?.n === undefined ? '' : `n ${count(itl.n)}${fewSamples('p99', itl.n)}`, whyNone(run, 'stream of tokens')],
    ['Output tokens', count(run.tokens?.completion), '', run.tokens ? [run.tokens.prompt != null ? `${count(run.tokens.prompt)} in` : '', run.tokens.provenance ? PROVENANCE[run.tokens.provenance] : ''].filter(Boolean).join(' · ') : '', whyNone(run, 'token count')],
    ['Output rate', rate(run.output_tokens_per_second, 'tok/s'), '', run.tpot_ms != null ? `TPOT ${duration(run.tpot_ms)}` : '', whyNone(run, 'token count')],
  ];
  // where nothing could be measured one reason says it for all
  const nothing = facts.every(([, text]) => text === '–');
  return (
    <dl class="kpis facts">
      {facts.map(([label, text, exact, note, why], i) => (
        <div key={label} class="kpi"><dt>{label}</dt><dd class={`value ${text === '–' ? 'none' : ''}`} title={text === '–' ? why : exact || undefined}>{text}</dd>
          <dd class="below"><span class="note">{text === '–' ? (nothing && i > 0 ? <span class="sr">{why}</span> : why) : note}</span></dd></div>
      ))}
    </dl>
  );
}

function Tokens({ run }: { run: RunType }) {
  const store = isActive(run.status) ? null : timeline.of(run.id);
  const state = useStore(store);
  const gaps = useMemo(() => (state.data ? gapsOf(state.data) : null), [state.data]);
  const columns = useMemo(() => (gaps ? [gaps.x, gaps.gap, gaps.stall] : []), [gaps]);
  const stalls = gaps?.stall.filter((s) => s !== null).length ?? 0;
  const longest = gaps?.gap.length ? gaps.gap.reduce((a, b) => Math.max(a, b), 0) : null;
  const unit = run.inter_token_stats?.provenance === 'progress' ? 'progress event' : 'token chunk';
  const sentence = gaps?.x.length ? `${plural(gaps.x.length, 'gap')}, longest ${duration(longest)}, ${stalls === 0 ? 'no stall' : plural(stalls, 'stall')}. Each stem is the silence before one ${unit}.` : '';
  return (
    <Panel title="Token timeline" sentence={sentence || (state.data ? undefined : '\u00a0')} class="full">
      {!store ? <Empty title="Waiting for the run to finish"><p>The gap before each token appears here.</p></Empty> : (
        <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton height={run.inter_token_stats || (run.chunks ?? 0) > 1 ? 260 : 92} />}>
          {(t) => gaps?.x.length ? (
            <>
              <Chart title="Token timeline" sentence={sentence} columns={columns} x="ms" xName="Since the send" height={220}
                series={[{ label: 'gap', token: 'chart-1', kind: 'stem' }, ...(stalls ? [{ label: 'stall', token: 'bad', kind: 'mark' as const }] : [])]}
                note={(i) => [gaps.kind[i], gaps.tokens[i] != null ? plural(gaps.tokens[i] ?? 0, 'token') : '', gaps.stall[i] !== null ? 'stall' : ''].filter(Boolean).join(', ')} />
              {t.truncated && <p class="note">The stream was longer than what is kept; later chunks are not shown.</p>}
            </>
          ) : <Empty title="No gaps to show"><p>{run.status === 'completed' ? 'The answer came in one piece.' : whyNone(run, 'stream of tokens')}</p></Empty>}
        </Loaded>
      )}
    </Panel>
  );
}

function Response({ run }: { run: RunType }) {
  const text = answerText(run.response_json);
  if (run.response_json === null || run.response_json === undefined) return <Empty title="No answer"><p>{isActive(run.status) ? 'The run has not finished.' : run.error ?? 'Nothing was stored.'}</p></Empty>;
  return (
    <>
      {text && <div class="answer"><p>{text}</p><div class="note">{[run.finish_reason && `finish reason ${run.finish_reason}`, run.http_status && `HTTP ${run.http_status}`, run.chunks && plural(run.chunks, 'chunk')].filter(Boolean).join(' · ')}</div></div>}
      {typeof run.response_json === 'object' && <Json value={run.response_json} name={`run-${run.id}-response`} />}
    </>
  );
}

function Request({ run }: { run: RunType }) {
  const r = run.request;
  if (!r) return <Empty title="The request is not known yet"><p>It is kept when the run finishes; secrets are masked.</p></Empty>;
  return (
    <>
      <p class="mono request-line"><b>{r.method}</b> {r.url}</p>
      <dl class="pairs mono">{Object.entries(r.headers ?? {}).map(([k, v]) => <div key={k}><dt>{k}</dt><dd>{String(v)}</dd></div>)}</dl>
      {r.body !== null && r.body !== undefined && (typeof r.body === 'object' ? <Json value={r.body} name={`run-${run.id}-request`} /> : <pre class="mono">{String(r.body)}</pre>)}
    </>
  );
}

function Events({ run }: { run: RunType }) {
  const state = useStore(isActive(run.status) ? null : timeline.of(run.id));
  const [all, setAll] = useState(false);
  const chunks = state.data?.chunks ?? [];
  if (chunks.length === 0) return <Empty title="No events"><p>{isActive(run.status) ? 'The run has not finished.' : 'Nothing arrived that could be stamped.'}</p></Empty>;
  const stalls = new Set(state.data?.stalls);
  const shown = all ? chunks : chunks.slice(0, 100);
  return (
    <>
      <div class="table-frame" tabIndex={0} role="group" aria-label="Events">
        <table>
          <thead><tr><th scope="col" class="right spare">#</th><th scope="col" class="right">Since the send</th><th scope="col" class="right">Gap</th><th scope="col">Kind</th><th scope="col" class="right">Tokens</th><th scope="col" class="right spare">Size</th></tr></thead>
          <tbody>
            {shown.map((c, i) => (
              <tr key={i}><td class="right note spare">{i}</td><td class="right" title={`${c.t_us} µs`}>{durationMicros(c.t_us)}</td><td class={`right ${stalls.has(i) ? 'tone-bad' : ''}`}>{i === 0 ? '–' : durationMicros(c.t_us - (chunks[i - 1]?.t_us ?? 0))}{stalls.has(i) && ' stall'}</td><td>{c.kind}</td><td class="right">{c.tokens ?? '–'}</td><td class="right spare">{bytes(c.bytes)}</td></tr>
            ))}
          </tbody>
        </table>
      </div>
      {!all && chunks.length > shown.length && <button type="button" class="ghost" onClick={() => setAll(true)}>Show all {count(chunks.length)}</button>}
    </>
  );
}

function Details({ run }: { run: RunType }) {
  const zone = useZone();
  const currency = oneCurrency(useStore(run.cost == null ? null : allPrices()).data);
  const pairs: [string, ComponentChildren][] = [
    ['Created', dateTime(run.created_at, zone)], ['Started', dateTime(run.started_at, zone)], ['Finished', dateTime(run.finished_at, zone)],
    ['Attempt', `${run.attempt ?? 1} of ${run.max_attempts ?? 1}`], ['Priority', run.priority ?? '–'], ['Kind', run.kind],
    ['Engine', run.engine ?? '–'], ...(run.location ? [['Location', run.pinned ? `${run.location}, and nowhere else` : run.location] as [string, ComponentChildren]] : []), ['Created by', run.created_by ?? 'anonymous'],
    ['Labels', run.labels?.length ? run.labels.join(', ') : '–'],
    ['Connection', run.connection_reused == null ? '–' : run.connection_reused ? 'reused' : 'new'],
    ['Our own lag', run.client_lag_us ? <span title="time between the kernel's receipt of the bytes and our stamp">p50 {durationMicros(run.client_lag_us.p50)} · p99 {durationMicros(run.client_lag_us.p99)} · max {durationMicros(run.client_lag_us.max)}</span> : '–'],
    ['Stamps', run.kernel_stamped == null ? '–' : `${run.kernel_stamped ? 'by the kernel' : 'by the engine'}${run.batched_events ? `, ${plural(run.batched_events, 'chunk')} arrived together` : ''}`],
  ];
  if (run.held_ms != null) pairs.push(['Held back', <span key="h" title={durationExact(run.held_ms)}>{duration(run.held_ms)} <span class="note">by the limits of the target</span></span>]);
  if (run.cost != null) pairs.push(['Cost', <span key="c" title={String(run.cost)}>{money(run.cost, currency)}</span>]);
  if (run.tinyfish_run_id) pairs.push(['TinyFish run', <code key="t">{run.tinyfish_run_id}</code>]);
  return <dl class="pairs">{pairs.map(([k, v]) => <div key={k}><dt>{k}</dt><dd>{v}</dd></div>)}</dl>;
}

const TABS = [['response', 'Response'], ['request', 'Request'], ['inputs', 'Inputs'], ['events', 'Events']] as const;

function Tabs({ run }: { run: RunType }) {
  const { params } = usePlace();
  const tab = TABS.find(([k]) => k === params.get('tab'))?.[0] ?? 'response';
  const step = (by: number) => {
    const next = TABS[(TABS.findIndex(([k]) => k === tab) + by + TABS.length) % TABS.length]?.[0] ?? 'response';
    setParams({ tab: next === 'response' ? null : next }, { replace: true });
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <section class="panel full" aria-label="What was sent and answered">
      <div class="tabs" role="tablist" aria-label="Parts of the run" onKeyDown={(e) => { if (e.key === 'ArrowRight') step(1); if (e.key === 'ArrowLeft') step(-1); }}>
        {TABS.map(([k, word]) => <button key={k} id={`tab-${k}`} type="button" role="tab" aria-selected={k === tab} aria-controls="tab-panel" tabIndex={k === tab ? 0 : -1} onClick={() => setParams({ tab: k === 'response' ? null : k })}>{word}</button>)}
      </div>
      <div id="tab-panel" role="tabpanel" aria-labelledby={`tab-${tab}`} class="tab-body">
        {tab === 'response' && <Response run={run} />}
        {tab === 'request' && <Request run={run} />}
        {tab === 'inputs' && (run.inputs && Object.keys(run.inputs).length ? <Json value={run.inputs} name={`run-${run.id}-inputs`} /> : <Empty title="This run has no inputs" />)}
        {tab === 'events' && <Events run={run} />}
      </div>
    </section>
  );
}

/** The neighbours of a run in the list it was opened from: filters travel in the URL. */
function neighbours(id: number, at: Place) {
  const { params } = at;
  const range = rangeKey(rangeAt(at, 'all'));
  const filters = Object.fromEntries(['status', 'scenario_id', 'automation_id', 'q', 'label', 'location'].flatMap((f) => { const v = params.get(f); return v ? [[f, v]] : []; }));
  return { older: runs.of({ ...filters, ...range, after: id, limit: 1 }), newer: runs.of({ ...filters, ...range, after: id, limit: 1, sort: 'id', order: 'asc' }) };
}

/** The way to them, which is known a moment later than the run. */
function Neighbours({ id }: { id: number }) {
  const at = usePlace();
  const stores = neighbours(id, at);
  const older = useStore(stores.older).data?.find((r) => r.id < id);
  const newer = useStore(stores.newer).data?.find((r) => r.id > id);
  const open = (r: RunSummary | undefined) => (r ? () => navigate(href(`/runs/${r.id}`, at.params)) : undefined);
  useKeys({ j: open(older), k: open(newer) });
  return (
    <span class="pair-buttons">
      <button type="button" disabled={!newer} onClick={open(newer)} aria-label="Newer run (k)" title="Newer run (k)">Newer</button>
      <button type="button" disabled={!older} onClick={open(older)} aria-label="Older run (j)" title="Older run (j)">Older</button>
    </span>
  );
}

export async function shows(at: Place): Promise<void> {
  const id = Number(idOf(at.path));
  const store = runStore.of(id);
  const parts = (run: RunSummary | undefined) => [run && !isActive(run.status) && timeline.of(id).prime(), run?.scenario_id != null && scenario.of(run.scenario_id).prime(), run?.automation_id != null && automation.of(run.automation_id).prime()];
  // what a list tells of it is enough to ask for all at once
  await Promise.all([store.prime(), ...parts(runListed(id))]);
  await Promise.all(parts(store.get().data));
  const near = neighbours(id, at);
  void near.older.prime();
  void near.newer.prime();
}

export default function RunPage({ id: text }: { id: string | null }) {
  const id = Number(text);
  const { params } = usePlace();
  const store = runStore.of(id);
  const state = useStore(store);
  const run = state.data;
  const may = useMay('operator');
  const scenarioState = useStore(run?.scenario_id != null ? scenario.of(run.scenario_id) : null);
  const automationId = run?.automation_id ?? scenarioState.data?.automation_id;
  const automationState = useStore(automationId != null ? automation.of(automationId) : null);
  // the names come a moment later: shown together, so that nothing moves
  const named = (run?.scenario_id == null || scenarioState.data || scenarioState.error) && (automationId == null || automationState.data || automationState.error);
  const [busy, setBusy] = useState(false);
  const carry = new URLSearchParams(params);
  for (const name of ['tab', 'find']) carry.delete(name);
  const act = async (what: string, work: () => Promise<void>) => {
    setBusy(true);
    try { await work(); } catch (error) { toastError(what, error); }
    setBusy(false);
    runsChanged();
  };
  const location = run?.pinned && run.location ? run.location : undefined;
  const again = () => act('Not triggered', async () => {
    if (run?.scenario_id == null) return;
    const made = await api.trigger(run.scenario_id, undefined, location);
    toast(`Run ${made.id} triggered`);
    navigate(href(`/runs/${made.id}`));
  });
  const cancel = () => act('Not cancelled', async () => { await api.cancel(id); toast(`Run ${id}: cancel requested`); });
  useKeys({ n: may && run?.scenario_id != null ? () => void again() : undefined });
  const body = run?.scenario_id != null ? { scenario_id: run.scenario_id, ...(location ? { location } : {}) } : null;
  return (
    <>
      <Top title={<><Link to="/runs" params={carry} class="crumb">Runs</Link><span class="crumb-mark" aria-hidden="true">/</span>{id}</>} beside={run && <State status={run.status} />}>
        <Neighbours id={id} />
        <Copy text={() => (body ? curl('POST', '/runs/trigger', body) : curl('GET', `/runs/${id}`))}>Copy as curl</Copy>
        {may && (run && isActive(run.status)
          ? <button type="button" class="bad" disabled={busy || run.cancel_requested === true} onClick={() => void cancel()}>{run.cancel_requested ? 'Cancelling' : 'Cancel'}</button>
          : <button type="button" class="primary" disabled={busy || run?.scenario_id == null} onClick={() => void again()}>Run again</button>)}
      </Top>
      <Loaded from={state} retry={() => void store.refresh()} skeleton={<><Skeleton height={104} /><Skeleton height={240} /></>}>
        {(r) => (
          <>
            <p class="sub">{named && <>
              {r.scenario_id != null && <Link to={`/scenarios/${r.scenario_id}`}>{scenarioState.data?.name ?? `Scenario ${r.scenario_id}`}</Link>}
              {r.scenario_version != null && <span class="note"> version {r.scenario_version}</span>}
              {automationId != null && <> on <Link to={`/automations/${automationId}`}>{automationState.data?.name ?? `automation ${automationId}`}</Link></>}
              {r.model && <> · <span class="mono">{r.model}</span></>}
              {r.kind === 'loadtest' && <> · <Link to={`/loadtests/${r.id}`}>its load test</Link></>}
            </>}</p>
            {r.error && r.status !== 'completed' && <div class={`run-error ${r.status}`} role="note"><strong>{r.error_code ?? r.status}</strong> {r.error}{r.http_status ? <span class="note"> HTTP {r.http_status}</span> : null}</div>}
            <Grid>
              <Facts run={r} />
              {(r.phases || isActive(r.status) || r.status === 'completed') && <Panel title="Where the time went" class="half">
                {r.phases ? <Waterfall phases={r.phases} reused={r.connection_reused} /> : <Empty title={isActive(r.status) ? 'Not finished yet' : 'No phases were measured'}><p>{isActive(r.status) ? 'The page follows the run by itself.' : whyNone(r, 'phases')}</p></Empty>}
              </Panel>}
              <Panel title="Circumstances" class={r.phases || isActive(r.status) || r.status === 'completed' ? 'half circumstances' : 'full'}><Details run={r} /></Panel>
              {(isActive(r.status) || r.status === 'completed' || (r.chunks ?? 0) > 1) && <Tokens run={r} />}
              <Tabs run={r} />
            </Grid>
          </>
        )}
      </Loaded>
    </>
  );
}
