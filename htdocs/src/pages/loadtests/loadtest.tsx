// SPDX-License-Identifier: Apache-2.0
// One load test: while it runs how it goes, with pause and stop; when it has ended what came of it and how far to trust it.
import { useState } from 'preact/hooks';
import { api, apiAddress } from '../../api/client';
import { isActive, type LoadTest } from '../../api/types';
import { modelWords } from '../../format/load';
import { duration } from '../../format/duration';
import { plural } from '../../format/number';
import { dateTime } from '../../format/time';
import { href, navigate, type Place, usePlace } from '../../router';
import { idOf } from '../../routes';
import { useMay } from '../../state/access';
import { allDatasets, loadtest, loadtests, loadtestsChanged, scenario } from '../../state/resources';
import { useZone } from '../../state/settings';
import { useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { Confirm, Dialog } from '../../ui/dialog';
import { Json } from '../../ui/json';
import { useKeys } from '../../ui/keys';
import { Link } from '../../ui/link';
import { Grid, Loaded, Panel, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { toast, toastError } from '../../ui/toast';
import { askedWords } from './asked';
import { LoadState, nameOf, Validity } from './headline';
import { PoliciesAndCost } from './policy_panels';
import { Progress, Seconds } from './progress';
import { Errors, Goodput, Headline, Metrics } from './results';
import { Classes, Endpoints, OurSide } from './shares';
import { Capacity, Steps } from './steps';
import { Certificate, CutShort, Lags, ValidityNote } from './trust';
import { filtersAt } from './filters';
import { rowsWords, Used } from './used';

type Mode = 'drain' | 'cancel';

function Stop({ of: t, onClose, act }: { of: LoadTest; onClose: () => void; act: (what: string, work: () => Promise<unknown>, done: string) => Promise<void> }) {
  const [mode, setMode] = useState<Mode>('drain');
  const flying = plural(t.progress?.in_flight ?? 0, 'request');
  const choices: [Mode, string, string][] = [
    ['drain', 'Drain', `Nothing more is sent; ${flying} under way may end, for up to ${duration((t.plan.drain_seconds ?? 60) * 1000)}. The figures stand for what was sent.`],
    ['cancel', 'Cancel', `All ends now: ${flying} under way ${t.progress?.in_flight === 1 ? 'is' : 'are'} cut off.`],
  ];
  return (
    <Dialog title={`Stop ${nameOf(t)}?`} onClose={onClose}>
      <form onSubmit={(e) => { e.preventDefault(); void act('Not stopped', () => api.loadtestStop(t.id, mode), mode === 'drain' ? 'No more is sent' : 'Cancel requested'); }}>
        <div class="dialog-body">
          <fieldset class="bare choices">
            <legend class="sr">How to stop</legend>
            {choices.map(([value, word, what]) => (
              <label key={value} class="choice"><input type="radio" name="mode" value={value} checked={mode === value} data-autofocus={mode === value ? true : undefined} onChange={() => setMode(value)} /><span><b>{word}</b><span class="note">{what}</span></span></label>
            ))}
          </fieldset>
        </div>
        <footer class="dialog-foot"><button type="button" onClick={onClose}>Go on</button><button type="submit" class="bad">{mode === 'drain' ? 'Stop sending' : 'Cancel it all'}</button></footer>
      </form>
    </Dialog>
  );
}

/** The line below the title: what it asks, how, when and by whom. */
function About({ of: t }: { of: LoadTest }) {
  const zone = useZone();
  const known = useStore(t.scenario_id === null ? null : scenario.of(t.scenario_id));
  const ready = t.scenario_id === null || known.data || known.error;
  const set = t.plan.dataset?.dataset_id;
  // by the list: one that was deleted since is no error
  const named = useStore(set === undefined ? null : allDatasets()).data?.find((d) => d.id === set);
  const asked = askedWords(t.plan, named?.name);
  return (
    <p class={`sub ${ready ? '' : 'not-yet'}`}>
      {modelWords(t.plan)}{t.scenario_id !== null && <> of <Link to={`/scenarios/${t.scenario_id}`}>{known.data?.name ?? `scenario ${t.scenario_id}`}</Link></>}{asked && <>, with {named ? <Link to={`/datasets/${named.id}`}>{asked}</Link> : asked}</>}
      {t.location && <> · at {t.location}</>}{rowsWords(t) && <span title="Figures count all requests; exports have the rows that are kept."> · {rowsWords(t)}</span>}<span class="note"> · {dateTime(t.started_at ?? t.created_at, zone)}{t.created_by ? ` by ${t.created_by}` : ''}</span>
    </p>
  );
}

const ENDED: Partial<Record<LoadTest['status'], string>> = {
  interrupted: 'Its engine died. What it had measured until then is kept; a load test is never repeated by itself.',
  cancelled: 'It was cancelled. What had been measured until then is kept.',
};

function Ended({ of: t }: { of: LoadTest }) {
  const r = t.results;
  const why = t.error ?? ENDED[t.status];
  return (
    <>
      {t.status !== 'completed' && why && <div class={`run-error ${t.status}`} role="note"><strong>{t.error_code ?? t.status}</strong> {why}</div>}
      {!r && <p class="hint">{t.status === 'completed' ? 'It left no results.' : 'There are no figures: it ended before anything could be measured.'}</p>}
      <Grid>
        {r && <><CutShort of={t} r={r} /><ValidityNote of={t} /><Capacity r={r} />{r.steps.length > 0 ? <><Steps of={t} r={r} /><h2 class="over-all">All steps together</h2><Headline r={r} /></> : <Headline r={r} />}<Metrics r={r} actions={<Downloads of={t} />} /><Goodput r={r} /><Errors r={r} /><Used of={t} /><Classes of={r.classes} /><Endpoints of={r.endpoints} strategy={t.plan.endpoints?.strategy} /><OurSide r={r} /><PoliciesAndCost of={t} r={r} /></>}
        <Seconds of={t} />
        {r && <><Lags r={r} /><Certificate of={t} /></>}
        <Plan of={t} />
      </Grid>
    </>
  );
}

/** Everything that can be taken away: by the server's own names of the files. */
function Downloads({ of: t }: { of: LoadTest }) {
  const at = { id: t.id };
  const those = (t.plan.keep_rows ?? 1) < 1 ? 'The requests whose rows are kept' : 'All requests';
  return (
    <span class="buttons">
      <a class="button" href={apiAddress('/loadtests/{id}/report', { at })} target="_blank" rel="noopener" title="Everything about this load test on one page that can be kept and printed">Report</a>
      {!t.requests_dropped_at && t.plan.keep_rows !== 0 && <>
        <a class="button" href={apiAddress('/loadtests/{id}/requests/export', { at, query: { format: 'csv' } })} download="" title={`${those} as CSV`}>CSV</a>
        <a class="button" href={apiAddress('/loadtests/{id}/requests/export', { at, query: { format: 'jsonl' } })} download="" title={`${those} as JSON Lines`}>JSONL</a>
        <a class="button" href={apiAddress('/loadtests/{id}/hgrm', { at, query: { metric: 'ttft_ms' } })} download="" title="Distribution of the time to first token, as HdrHistogram's plotters read it">.hgrm</a>
      </>}
      <a class="button" href={apiAddress('/loadtests/{id}/evidence', { at })} download="" title="Everything needed to compute the figures again">Evidence</a>
    </span>
  );
}

function Plan({ of: t }: { of: LoadTest }) {
  return <Panel title="Plan" class="full"><Json value={t.plan} name={`load-test-${t.id}-plan`} /></Panel>;
}

/** The neighbours of a load test in the list it was opened from: filters travel in the URL. */
function neighbours(id: number, { params }: Place) {
  const filters = filtersAt(params);
  return { older: loadtests.of({ ...filters, after: id, limit: 1 }), newer: loadtests.of({ ...filters, after: id, limit: 1, order: 'asc' }) };
}

export async function shows(at: Place): Promise<void> {
  const id = Number(idOf(at.path));
  const near = neighbours(id, at);
  await Promise.all([loadtest.of(id), near.older, near.newer].map((store) => store.prime()));
}

export default function LoadTestPage({ id: text }: { id: string | null }) {
  const id = Number(text);
  const at = usePlace();
  const store = loadtest.of(id);
  const state = useStore(store);
  const near = neighbours(id, at);
  const older = useStore(near.older).data?.[0];
  const newer = useStore(near.newer).data?.[0];
  const open = (other: { id: number } | undefined) => (other ? () => navigate(href(`/loadtests/${other.id}`, at.params)) : undefined);
  const t = state.data;
  const may = useMay('operator');
  const mayDelete = useMay('admin');
  const [busy, setBusy] = useState(false);
  const [asking, ask] = useState<'stop' | 'delete' | null>(null);
  const active = t !== undefined && isActive(t.status);
  const act = async (what: string, work: () => Promise<unknown>, done: string) => {
    setBusy(true);
    try { await work(); toast(done); } catch (error) { toastError(what, error); }
    ask(null);
    setBusy(false);
    loadtestsChanged();
  };
  const remove = async () => {
    try {
      await api.loadtestDelete(id);
      toast(`Deleted load test ${id}`);
      loadtests.refresh();
      navigate(href('/loadtests'));
    } catch (error) {
      toastError('Not deleted', error);
      ask(null);
    }
  };
  const again = () => navigate(href('/loadtests/new', { from: id }));
  useKeys({ j: open(older), k: open(newer), n: may && t && !active ? again : undefined });
  const paused = t?.control === 'pause';
  const stopping = t?.control === 'drain' || t?.cancel_requested === true;
  return (
    <>
      <Top title={<><Link to="/loadtests" params={at.params} class="crumb">Load tests</Link><span class="crumb-mark" aria-hidden="true">/</span>{t ? nameOf(t) : id}</>} beside={t && <><LoadState of={t} />{!active && t.validity && <Validity of={t} />}</>}>
        <span class="pair-buttons">
          <button type="button" disabled={!newer} onClick={open(newer)} aria-label="Newer load test (k)" title="Newer load test (k)">Newer</button>
          <button type="button" disabled={!older} onClick={open(older)} aria-label="Older load test (j)" title="Older load test (j)">Older</button>
        </span>
        <Copy text={() => (t ? curl('POST', '/loadtests', t.plan) : '')}>Copy as curl</Copy>
        {t && !active && mayDelete && <button type="button" class="bad" disabled={busy} onClick={() => ask('delete')}>Delete</button>}
        {t && !active && may && <button type="button" class="primary" onClick={again}>Run this plan again</button>}
        {t?.status === 'running' && may && !stopping && (paused
          ? <button type="button" class="primary" disabled={busy} onClick={() => void act('Not resumed', () => api.loadtestResume(id), 'Goes on')}>Resume</button>
          : <button type="button" disabled={busy} onClick={() => void act('Not paused', () => api.loadtestPause(id), 'Pause requested')}>Pause</button>)}
        {active && may && <button type="button" class="bad" disabled={busy || t.cancel_requested === true} onClick={() => ask('stop')}>{stopping ? 'Stopping' : 'Stop'}</button>}
      </Top>
      <Loaded from={state} retry={() => void store.refresh()} skeleton={<><Skeleton height={104} /><Skeleton height={520} /></>}>
        {(d) => <><About of={d} />{isActive(d.status) ? <Grid><Progress of={d} /><Used of={d} /><Seconds of={d} /><Plan of={d} /></Grid> : <Ended of={d} />}</>}
      </Loaded>
      {asking === 'stop' && t && active && <Stop of={t} onClose={() => ask(null)} act={act} />}
      {asking === 'delete' && t && (
        <Confirm title={`Delete ${nameOf(t)}?`} action="Delete it" onClose={() => ask(null)} onConfirm={remove}>
          <p>Load test {id}{t.results ? <> with its <strong>{plural(t.results.attempted + (t.results.warmup?.attempted ?? 0), 'request')}</strong></> : null}, its series and its evidence are gone for good.</p>
        </Confirm>
      )}
    </>
  );
}
