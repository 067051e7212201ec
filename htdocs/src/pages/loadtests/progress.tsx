// SPDX-License-Identifier: Apache-2.0
// A load test while it runs: phase, how far, the rates side by side; and the charts of its seconds, then and afterwards.
import { useMemo } from 'preact/hooks';
import type { LoadProgress, LoadTest } from '../../api/types';
import { isActive } from '../../api/types';
import { Chart } from '../../charts/chart';
import { PERCENTILES } from '../../charts/theme';
import { COUNT, PER_SECOND } from '../../charts/units';
import { duration, span } from '../../format/duration';
import { phaseWords } from '../../format/load';
import { metricName } from '../../format/metrics';
import { count, percent } from '../../format/number';
import { loadtestSeries } from '../../state/resources';
import { useStore } from '../../state/store';
import { Empty, Loaded, Panel, Skeleton } from '../../ui/panel';
import { Strip } from '../../ui/strip';
import { columnsOf, type SeriesColumns } from './series';
import { UseCharts } from './use_charts';

const NONE: LoadProgress = { phase: 'certificate', step: 1, steps: 1, elapsed_seconds: 0, total_seconds: null, planned: 0, sent: 0, completed: 0, failed: 0, in_flight: 0, offered_rate: null, achieved_rate: null };

/** What is going on, in words. */
function nowWords(t: LoadTest, p: LoadProgress): string {
  if (t.status === 'pending') return 'Waiting for an engine';
  if (!t.progress) return 'Starting';
  if (t.cancel_requested) return 'Cancelling';
  if (t.control === 'pause') return p.phase === 'paused' ? phaseWords(p) : 'Pausing';
  return phaseWords(p);
}

export function Progress({ of: t }: { of: LoadTest }) {
  const p = t.progress ?? NONE;
  const known = t.progress != null;
  const part = p.total_seconds ? Math.min(100, (100 * p.elapsed_seconds) / p.total_seconds) : null;
  const words = nowWords(t, p);
  const clock = known ? `${duration(p.elapsed_seconds * 1000)}${p.total_seconds ? ` of ${duration(p.total_seconds * 1000)}` : ''}` : '';
  return (
    <>
      <section class="panel progress" aria-label="Progress">
        <div class="progress-line"><strong role="status">{words}</strong><span class="note">{clock}</span></div>
        <div class={`progress-bar ${t.control === 'pause' ? 'held' : ''}`} role="progressbar" aria-label="Progress" aria-valuemin={0} aria-valuemax={100} {...(part === null ? {} : { 'aria-valuenow': Math.round(part) })} aria-valuetext={`${words} ${clock}`}>
          <i style={{ width: `${part ?? 0}%` }} />
        </div>
      </section>
      <Strip cells={[
        { label: 'Offered', text: PER_SECOND.text(p.offered_rate), exact: PER_SECOND.exact(p.offered_rate), note: p.offered_rate === null && known ? 'the target sets the pace' : 'mean of this step' },
        { label: 'Achieved', text: PER_SECOND.text(p.achieved_rate), exact: PER_SECOND.exact(p.achieved_rate), note: 'mean of this step' },
        { label: 'In flight', text: known ? count(p.in_flight) : '–', note: t.plan.max_in_flight ? `at most ${count(t.plan.max_in_flight)}` : '' },
        { label: 'Sent', text: known ? count(p.sent) : '–', note: known && p.planned ? `of ${count(p.planned)} planned so far` : '' },
        { label: 'Completed', text: known ? count(p.completed) : '–', note: '' },
        { label: 'Failed', text: known ? count(p.failed) : '–', note: known && p.failed + p.completed > 0 ? `${percent((100 * p.failed) / (p.failed + p.completed))} so far` : '' },
      ]} />
    </>
  );
}

const SYNC = 'loadtest';
const HEIGHT = 200;
const [P50, P95] = PERCENTILES;

function Charts({ c, xEnd, slo, target }: { c: SeriesColumns; xEnd: number | undefined; slo: { at: number; label: string; token: string }[]; target: number | null }) {
  const columns = useMemo(() => ({ rate: [c.x, c.planned, c.completed], latency: [c.x, c.p50, c.p95], failed: [c.x, c.failed], inFlight: [c.x, c.inFlight] }), [c]);
  const plain = { x: 'ms' as const, xName: 'Since the start', height: HEIGHT, sync: SYNC, room: 84, xEnd };
  const shared = { ...plain, regions: c.regions };
  const one = c.span > 1 ? ` One point is ${span(c.span)}` : '';
  const failures = c.failed.some((v) => (v ?? 0) > 0) ? 'Failed requests, each second.' : 'No request failed.';
  const name = metricName(c.metric);
  const latency = `${name} of what ended in each second.${one && `${one}: the worst second of it.`}`;
  const rates = `Planned sends and completed requests, each second.${one && `${one}: the mean.`}`;
  return (
    <>
      <Panel title="Rate" class="half" sentence={rates}>
        <Chart {...shared} title="Rate" sentence={rates} columns={columns.rate} unit={PER_SECOND} series={[{ label: 'planned', token: 'chart-4', dash: [7, 4], kind: 'line' }, { label: 'completed', token: 'chart-1', kind: 'line' }]} />
      </Panel>
      <Panel title={`Latency, ${name}`} class="half" sentence={latency}>
        <Chart {...shared} title={`Latency, ${name}`} sentence={latency} columns={columns.latency} limits={slo} series={[{ ...P50, kind: 'line' }, { ...P95, kind: 'line' }]} />
      </Panel>
      <Panel title="Errors per second" class="half" sentence={failures}>
        <Chart {...shared} title="Errors per second" sentence={failures} columns={columns.failed} unit={PER_SECOND} series={[{ label: 'failed', token: 'bad', kind: 'line' }]} />
      </Panel>
      <Panel title="In flight" class="half" sentence="Requests under way.">
        <Chart {...shared} title="In flight" sentence="Requests under way." columns={columns.inFlight} unit={COUNT} series={[{ label: 'in flight', token: 'chart-5', kind: 'line' }]} />
      </Panel>
      <UseCharts of={c} shared={plain} target={target} />
    </>
  );
}

/** The charts; while there is nothing to draw, one panel of their height says so. */
export function Seconds({ of: t }: { of: LoadTest }) {
  const store = loadtestSeries.of(t.id);
  const state = useStore(store);
  const seconds = state.data?.seconds;
  const c = useMemo(() => (seconds ? columnsOf(seconds) : null), [seconds]);
  const active = isActive(t.status);
  const xEnd = active && t.progress?.total_seconds ? t.progress.total_seconds * 1000 : undefined;
  const slo = (t.plan.slos ?? []).filter((s) => s.metric === c?.metric).map((s) => ({ at: s.max, label: `SLO ${metricName(s.metric)} ${duration(s.max)}`, token: 'text-3' }));
  if (c?.x.length) return <Charts c={c} xEnd={xEnd} slo={slo} target={t.automation_id} />;
  if (!active && !t.results) return null; // it said already that it has no figures
  return (
    <Panel title="Second by second" class="full seconds-wait">
      <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton height={520} />}>
        {() => <Empty title={active ? 'Nothing has been sent yet' : 'No second was recorded'}><p>{active ? 'Rate, latency, errors and requests in flight appear here, second by second.' : 'It ended before anything was sent.'}</p></Empty>}
      </Loaded>
    </Panel>
  );
}
