// SPDX-License-Identifier: Apache-2.0
// The columns of runs, the same on every page that lists them.
import type { RunSummary } from '../api/types';
import { duration, durationExact } from '../format/duration';
import { rate } from '../format/number';
import { dateTime, shortTime } from '../format/time';
import { Link } from './link';
import { State, Value } from './state';
import type { Column } from './table';

/** Why a run has no such figure. */
export function whyNone(run: RunSummary, what: string): string {
  if (run.status === 'pending') return 'not started yet';
  if (run.status === 'running') return 'still running';
  if (run.status === 'completed') return `the answer carried no ${what}`;
  return `the run ${run.status === 'failed' ? 'failed' : run.status === 'cancelled' ? 'was cancelled' : 'timed out'} before it could be measured`;
}

/** The text of an error, short enough for a row. */
export const errorWord = (run: RunSummary): string => run.error_code?.replaceAll('_', ' ') ?? run.error ?? '';

export function runColumns(scenarioName: (id: number | null) => string, zone: string, now: number,
  params?: URLSearchParams): Column<RunSummary>[] {
  return [
    { head: 'Run', class: 'mono', cell: (r) => <Link to={`/runs/${r.id}`} params={params}>{r.id}</Link> },
    { head: 'State', cell: (r) => <><State status={r.status} />{r.error_code && <span class="note error-code" title={r.error ?? ''}>{errorWord(r)}</span>}<span class="note line narrow-only">{scenarioName(r.scenario_id)}</span></> },
    { head: 'Scenario', class: 'scenario clip', cell: (r) => scenarioName(r.scenario_id) },
    { head: 'Model', class: 'mid', cell: (r) => <span class="note">{r.model ?? r.provider ?? '–'}</span> },
    { head: 'Created', class: 'time', cell: (r) => <time dateTime={r.created_at} title={dateTime(r.created_at, zone)}>{shortTime(r.created_at, zone, now)}</time> },
    { head: 'Total', right: true, cell: (r) => <Value text={duration(r.total_duration_ms)} exact={durationExact(r.total_duration_ms)} why={whyNone(r, 'duration')} /> },
    { head: 'TTFT', right: true, class: 'ttft', cell: (r) => <Value text={duration(r.ttft_ms)} exact={durationExact(r.ttft_ms)} why={whyNone(r, 'first token')} /> },
    { head: 'ITL p99', right: true, class: 'mid', cell: (r) => <Value text={duration(r.inter_token_stats?.p99_ms)} exact={durationExact(r.inter_token_stats?.p99_ms)} why={whyNone(r, 'stream of tokens')} /> },
    { head: 'Output', right: true, class: 'mid', cell: (r) => <Value text={rate(r.output_tokens_per_second, 'tok/s')} why={whyNone(r, 'token count')} /> },
  ];
}
