// SPDX-License-Identifier: Apache-2.0
// Ramp, sweep and search: the saturation curve, its steps as a table, and the statement of a capacity search.
import { useMemo } from 'preact/hooks';
import type { LoadResults, LoadStep, LoadTest } from '../../api/types';
import { Saturation } from '../../charts/saturation';
import { COUNT, PER_SECOND } from '../../charts/units';
import { duration } from '../../format/duration';
import { inWords, metricName } from '../../format/metrics';
import { count, percent, significant } from '../../format/number';
import { Panel } from '../../ui/panel';
import { Pill } from '../../ui/state';
import { Table } from '../../ui/table';

const valueWords = (s: LoadStep, value = s.value) => (s.of === 'rate' ? PER_SECOND.text(value) : `${count(value)} at a time`);

/** Less than this many requests more or fewer each second is no trend to speak of. */
const STEADY = 0.05;
const trend = (value: number | null) => (value === null ? '' : Math.abs(value) < STEADY ? 'steady' : `${value > 0 ? '+' : ''}${significant(value, 2)}/s`);

function Verdict({ s, slos }: { s: LoadStep; slos: boolean }) {
  if (s.saturated) return <Pill tone="bad" sign="▲">saturated</Pill>;
  if (!slos) return <span class="note">holds</span>;
  if (s.slo_met === false) return <Pill tone="warn" sign="✕">SLO missed</Pill>;
  return s.slo_met ? <Pill tone="ok" sign="✓">SLOs met</Pill> : <span class="note">holds</span>;
}

/** The largest step that held is a knee only if a larger one did not. */
const kneeWords = (steps: LoadStep[], knee?: LoadStep) => {
  if (!knee) return 'No knee: each step was saturated or missed an SLO.';
  if (!steps.some((s) => s.value > knee.value)) return `No knee up to ${valueWords(knee)}: the largest step held.`;
  return `The knee is at ${valueWords(knee)}: beyond it the target does not keep up, or misses an SLO.`;
};

function Curve({ t, r }: { t: LoadTest; r: LoadResults }) {
  const { steps } = r;
  const metric = steps.some((s) => s.ttft_ms?.p95 != null) ? 'ttft_ms' : 'e2e_ms';
  // drawn by load, not by time: a search tries rates in its own order
  const points = useMemo(() => [...steps].sort((a, b) => a.value - b.value).flatMap((s) => (s.completed_rate === null ? [] : [{
    rate: s.completed_rate, p50: s[metric]?.p50 ?? null, p95: s[metric]?.p95 ?? null, p99: s[metric]?.p99 ?? null,
    name: PER_SECOND.text(s.completed_rate), note: `${s.of === 'rate' ? `offered ${PER_SECOND.text(s.offered_rate ?? s.value)}` : valueWords(s)}${s.saturated ? ', saturated' : ''}`,
  }])), [steps, metric]);
  const knee = r.saturation?.knee ?? null;
  const kneeStep = knee === null ? undefined : steps.find((s) => s.value === knee);
  const slos = (t.plan.slos ?? []).filter((s) => s.metric === metric).map((s) => ({ at: s.max, label: `SLO ${duration(s.max)}`, token: 'text-3' }));
  const rate = r.capacity?.rate ?? null;
  const knees = r.saturation ? kneeWords(steps, kneeStep) : '';
  const sentence = `Completed rate against ${metricName(metric)}, log scale. ${knees}`.trim();
  const line = kneeStep?.completed_rate != null ? { at: kneeStep.completed_rate, label: `${steps.some((s) => s.value > kneeStep.value) ? 'knee' : 'holds'} ${valueWords(kneeStep)}`, token: 'ok' } : rate !== null ? { at: rate, label: `capacity ${PER_SECOND.text(rate)}`, token: 'ok' } : null;
  return (
    <Panel title="Saturation" class="full" sentence={sentence}>
      <Saturation title="Saturation" sentence={sentence} points={points} slos={slos} knee={line} />
    </Panel>
  );
}

export function Steps({ of: t, r }: { of: LoadTest; r: LoadResults }) {
  const { steps } = r;
  if (steps.length === 0) return null;
  const stream = steps.some((s) => s.ttft_ms?.p95 != null);
  const rows = steps.map((s, i) => ({ ...s, i }));
  const latency = (key: 'ttft_ms' | 'e2e_ms', q: 'p50' | 'p95' | 'p99') => (s: LoadStep) => duration(s[key]?.[q]);
  return (
    <>
      {steps.filter((s) => s.completed_rate !== null).length > 1 && <Curve t={t} r={r} />}
      <Panel title="Steps" class="full" sentence="In the order they were run. Offered is what the plan asked for, achieved what was sent, completed what came back.">
        <Table rows={rows} id={(s) => s.i} caption="Steps" columns={[
          { head: 'Step', right: true, class: 'spare', cell: (s) => s.i + 1 },
          { head: steps[0]?.of === 'concurrency' ? 'At a time' : 'Load', right: true, cell: (s) => (s.of === 'rate' ? PER_SECOND.text(s.value) : count(s.value)) },
          { head: 'Verdict', cell: (s) => <Verdict s={s} slos={(t.plan.slos ?? []).length > 0} /> },
          { head: 'Offered', right: true, class: 'spare', cell: (s) => PER_SECOND.text(s.offered_rate) },
          { head: 'Achieved', right: true, cell: (s) => PER_SECOND.text(s.achieved_rate) },
          { head: 'Completed', right: true, cell: (s) => PER_SECOND.text(s.completed_rate) },
          { head: 'Good', right: true, cell: (s) => <span title={PER_SECOND.text(s.goodput_rate)}>{percent(s.attainment)}</span> },
          { head: 'Failed', right: true, cell: (s) => count(s.failed) },
          ...(stream ? [{ head: 'TTFT p50', right: true, cell: latency('ttft_ms', 'p50') }, { head: 'TTFT p95', right: true, cell: latency('ttft_ms', 'p95') }, { head: 'TTFT p99', right: true, cell: latency('ttft_ms', 'p99') }]
            : [{ head: 'E2E p50', right: true, cell: latency('e2e_ms', 'p50') }]),
          { head: 'E2E p95', right: true, cell: latency('e2e_ms', 'p95') },
          { head: 'In flight', right: true, cell: (s) => <span title={`trend ${s.in_flight_slope_per_s ?? '–'} each second`}>{COUNT.text(s.in_flight_mean)} <span class="note">{trend(s.in_flight_slope_per_s)}</span></span> },
        ]} />
      </Panel>
    </>
  );
}

/** The answer of a capacity search: the rate, how sure it is, and in which interval it lies. */
export function Capacity({ r }: { r: LoadResults }) {
  const c = r.capacity;
  if (!c) return null;
  return (
    <section class="panel capacity" aria-label="Capacity">
      <p class="capacity-rate">{c.rate === null ? 'No rate was held' : PER_SECOND.text(c.rate)}{c.rate !== null && <span class="capacity-sure">{Number((c.confidence * 100).toPrecision(3))} % confidence</span>}</p>
      <p>{inWords(c.statement)}</p>
      <p class="note">{[c.passed === null ? '' : `highest that passed ${PER_SECOND.text(c.passed)}`, c.failed === null ? 'none failed up to the highest rate allowed' : `lowest that failed ${PER_SECOND.text(c.failed)}`, c.limited_by ? `limited by ${metricName(c.limited_by)}` : ''].filter(Boolean).join(' · ')}</p>
    </section>
  );
}
