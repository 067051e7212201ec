// SPDX-License-Identifier: Apache-2.0
// A test run beside the editor: what is typed is sent once, and what came of it stands here, as it comes.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { api } from '../api/client';
import { isActive, type Run } from '../api/types';
import { answerText } from '../format/answer';
import { duration, durationExact } from '../format/duration';
import { count, plural } from '../format/number';
import { setParams, usePlace } from '../router';
import { run as runStore, runsChanged } from '../state/resources';
import { useStore } from '../state/store';
import { Link } from '../ui/link';
import { Loaded, Skeleton } from '../ui/panel';
import { whyNone } from '../ui/run_table';
import { State, Value } from '../ui/state';
import { toastError } from '../ui/toast';

/** What became of the assertions, of which there are `n`. */
function Assertions({ run, n }: { run: Run; n: number }) {
  if (n === 0 || isActive(run.status)) return null;
  if (run.error_code === 'assertion_failed') return <div class="test-checks"><p class="tone-bad"><span aria-hidden="true">✕ </span>Not every assertion holds.</p><p>{run.error}</p></div>;
  return run.status === 'completed' ? <p class="test-checks tone-ok"><span aria-hidden="true">✓ </span>{n === 1 ? 'The assertion holds.' : `All ${count(n)} assertions hold.`}</p>
    : <p class="test-checks note">{n === 1 ? 'The assertion was' : `${plural(n, 'assertion')} were`} not judged: there was no whole answer.</p>;
}

function Outcome({ run, assertions }: { run: Run; assertions: number }) {
  const [busy, setBusy] = useState(false);
  const text = answerText(run.response_json) ?? (run.response_json == null ? null : JSON.stringify(run.response_json, null, 2));
  const figures: [word: string, value: string, exact: string | undefined, what: string][] = [
    ['TTFT', duration(run.ttft_ms), durationExact(run.ttft_ms), 'first token'], ['Total', duration(run.total_duration_ms), durationExact(run.total_duration_ms), 'duration'], ['Output tokens', count(run.tokens?.completion), undefined, 'token count'],
  ];
  const cancel = async () => {
    setBusy(true);
    try { await api.cancel(run.id); } catch (error) { toastError('Not cancelled', error); }
    setBusy(false);
    runsChanged();
  };
  return (
    <>
      <p class="test-head"><State status={run.status} /><Link to={`/runs/${run.id}`}>Run {run.id}</Link><span class="grow" />
        {isActive(run.status) && <button type="button" class="small" disabled={busy || run.cancel_requested === true} onClick={() => void cancel()}>{run.cancel_requested ? 'Cancelling' : 'Cancel'}</button>}</p>
      <dl class="test-figures">{figures.map(([word, value, exact, what]) => <div key={word}><dt>{word}</dt><dd><Value text={value} {...(exact ? { exact } : {})} why={whyNone(run, what)} /></dd></div>)}</dl>
      <Assertions run={run} n={assertions} />
      {run.error && run.error_code !== 'assertion_failed' && run.status !== 'completed' && <div class={`run-error ${run.status}`} role="note"><strong>{run.error_code ?? run.status}</strong> {run.error}</div>}
      {text && <div class="test-answer"><h3>Answer</h3><pre class="mono" tabIndex={0} role="group" aria-label="Answer">{text.slice(0, 4000)}{text.length > 4000 ? '…' : ''}</pre></div>}
    </>
  );
}

export function TestRun({ start, word, words, assertions, ready, may, children }: {
  /** starts it; answers its id, or null where it was refused */
  start: () => Promise<number | null>;
  word: string;
  /** what exactly is run */
  words: ComponentChildren;
  assertions: number;
  ready: boolean;
  may: boolean;
  children?: ComponentChildren;
}) {
  const { params } = usePlace();
  const id = Number(params.get('run'));
  const store = id > 0 ? runStore.of(id) : null;
  const state = useStore(store);
  const [busy, setBusy] = useState(false);
  const begin = async () => {
    setBusy(true);
    const made = await start();
    if (made !== null) { setParams({ run: made }, { replace: true, stays: true }); runsChanged(); }
    setBusy(false);
  };
  return (
    <section class="test-run" aria-label="Test run">
      {may && children}
      {may && <p class="note">{words}</p>}
      {may && <button type="button" class="primary" disabled={!ready || busy} onClick={() => void begin()}>{busy ? 'Starting' : word}</button>}
      <div aria-live="polite">
        {store && <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={5} />}>{(run) => <Outcome run={run} assertions={assertions} />}</Loaded>}
        {!store && <p class="note test-none">What came of it will stand here: state, TTFT, answer{assertions > 0 ? ', assertions' : ''}.</p>}
      </div>
    </section>
  );
}
