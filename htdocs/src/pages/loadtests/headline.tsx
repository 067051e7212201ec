// SPDX-License-Identifier: Apache-2.0
// What one line says of a load test: its first figure, and whether the figures count.
import type { LoadMetric, LoadResults, LoadTest } from '../../api/types';
import { isActive } from '../../api/types';
import { metricName } from '../../format/metrics';
import { Pill, State } from '../../ui/state';

/** Streams are judged by their first content, plain answers by their last. */
const FIRST = ['ttft_ms', 'e2e_ms', 'total_ms'] as const;

export function headMetric(r: LoadResults): { member: string; metric: LoadMetric } | null {
  for (const member of FIRST) {
    const metric = r.metrics[member];
    if (metric?.p95 != null) return { member, metric };
  }
  return null;
}

export interface Headline { name: string; p95: number | null; n: number | undefined; basis: string | undefined; success: number | null }

/** The figures of a list's row: from the results where they are given, else what the list says of them. */
export function headlineOf(t: LoadTest): Headline | null {
  if (t.results) {
    const head = headMetric(t.results);
    return { name: head ? metricName(head.member) : '', p95: head?.metric.p95 ?? null, n: head?.metric.n, basis: head?.metric.basis, success: t.results.success?.rate ?? null };
  }
  return t.headline ? { name: metricName(t.headline.metric), p95: t.headline.p95, n: t.headline.n, basis: t.headline.basis ?? undefined, success: t.headline.success } : null;
}

/** Why a load test has no such figure. */
export function whyNoFigure(t: LoadTest): string {
  if (t.status === 'pending') return 'not started yet';
  if (isActive(t.status)) return 'still running';
  if (t.status === 'completed') return 'nothing was completed';
  return `the load test ${t.status === 'cancelled' ? 'was cancelled' : t.status === 'interrupted' ? 'was interrupted' : t.status === 'timed_out' ? 'timed out' : 'failed'} before it could be measured`;
}

/** Its state; a load test that somebody paused is running, and says so. */
export function LoadState({ of }: { of: LoadTest }) {
  if (of.status === 'running' && of.control === 'pause') return <Pill tone="warn" sign="‖">paused</Pill>;
  if (of.status === 'running' && of.control === 'drain') return <Pill tone="info" sign="▾">stopping</Pill>;
  return <State status={of.status} />;
}

const SIGNS = { valid: ['ok', '✓', 'valid'], invalid: ['bad', '!', 'invalid'], unknown: ['warn', '?', 'unknown'] } as const;

/** Whether the figures count: sign, word and colour, with the reasons in its title. */
export function Validity({ of }: { of: LoadTest }) {
  if (!of.validity || isActive(of.status)) return <span class="none" title={isActive(of.status) ? 'judged at the end' : 'nothing was measured'}>–<span class="sr"> ({isActive(of.status) ? 'judged at the end' : 'nothing was measured'})</span></span>;
  const [tone, sign, word] = SIGNS[of.validity.status] ?? SIGNS.unknown;
  return <span title={of.validity.reasons.join(' ')}><Pill tone={tone} sign={sign}>{word}</Pill></span>;
}

/** The name it was given, else its number. */
export const nameOf = (t: LoadTest): string => t.name?.trim() || `Load test ${t.id}`;
