// SPDX-License-Identifier: Apache-2.0
// The seconds of a session as lines: response time first, then what else each second tells. Live by events: one point a second.
import { useMemo } from 'preact/hooks';
import { isTraining, type TrainingProblem, type TrainingSession } from '../../api/types';
import { Chart } from '../../charts/chart';
import { PER_SECOND, PERCENT } from '../../charts/units';
import { duration, span } from '../../format/duration';
import { plural } from '../../format/number';
import { typeWord } from '../../format/training';
import { type TrainingSeries } from '../../state/resources';
import type { Snapshot } from '../../state/store';
import { Empty, Loaded, Panel, Skeleton } from '../../ui/panel';
import { UseCharts } from '../loadtests/use_charts';
import { columnsOf, type TrainingColumns } from './series';

const SYNC = 'training';

interface Props {
  of: TrainingSession;
  /** those that the seconds are of, newest first */
  problems: readonly TrainingProblem[];
  from: Snapshot<TrainingSeries>;
  retry: () => void;
}

const numbersOf = (problems: readonly TrainingProblem[]) => {
  const types = new Map(problems.map((p) => [p.id, typeWord(p.type)]));
  return (id: number) => types.get(id) ?? '';
};

/** So far above the line a limit is said, not drawn: it would press the line flat. */
const FAR = 3;

/** What is allowed now, by the problem under way, or the last one. */
function allowed(problems: readonly TrainingProblem[]): number | null {
  const at = (problems[0]?.expected as Record<string, unknown> | undefined)?.max_response_time_ms;
  return typeof at === 'number' ? at : null;
}

function useColumns({ problems, from }: Props): TrainingColumns | null {
  const seconds = from.data?.seconds;
  const ids = problems.map((p) => p.id).join();
  return useMemo(() => (seconds?.length ? columnsOf(seconds, numbersOf(problems)) : null), [seconds, ids]);
}

export function ResponseTime(props: Props) {
  const { of: s, problems, from, retry } = props;
  const c = useColumns(props);
  const last = c?.response.findLast((v) => v !== null);
  const active = isTraining(s.status);
  const limit = allowed(problems);
  const near = limit !== null && limit <= FAR * Math.max(0, ...(c?.response ?? []).map((v) => v ?? 0));
  const sentence = `Median of what ended in each second${c && c.span > 1 ? `; one point is the worst of ${span(c.span)}` : ''}${last == null ? '' : `, ${active ? 'now' : 'at last'} ${duration(last)}`}${limit === null || near ? '' : `; allowed for p95 are ${duration(limit)}`}. Shaded: every second problem.`;
  const columns = useMemo(() => (c ? [c.x, c.response] : []), [c]);
  return (
    <Panel title="Response time" class="full training-time" sentence={sentence}>
      <Loaded from={from} retry={retry} skeleton={<Skeleton height={268} />}>
        {() => c ? (
          <Chart title="Response time" sentence={sentence} columns={columns} x="time" step={1} xName="Second" height={240} room={90} sync={SYNC} regions={c.regions} limits={near ? [{ at: limit, label: `allowed (p95) ${duration(limit)}`, token: 'text-3' }] : []} series={[{ label: 'median', token: 'chart-1', kind: 'line' }]} />
        ) : <Empty title={active ? 'Nothing has been answered yet' : 'No second was recorded'}><p>{active ? 'A line appears here, one point a second, as soon as the first problem is under way.' : `It ended after ${plural(s.total_scenarios, 'problem')}.`}</p></Empty>}
      </Loaded>
    </Panel>
  );
}

const HEIGHT = 180;

/** The other figures of the same seconds; nothing while there are none. */
export function OtherFigures(props: Props) {
  const c = useColumns(props);
  const columns = useMemo(() => c && { throughput: [c.x, c.throughput], rates: [c.x, c.success, c.errors] }, [c]);
  if (!c || !columns) return null;
  const plain = { x: 'time' as const, step: 1, xName: 'Second', height: HEIGHT, sync: SYNC, room: 84 };
  const shared = { ...plain, regions: c.regions };
  const failed = c.errors.some((v) => (v ?? 0) > 0);
  const rates = failed ? 'Of what ended in each second; what we broke ourselves is among the errors here.' : 'Of what ended in each second: no request failed.';
  return (
    <>
      <Panel title="Throughput" class="half" sentence="Requests completed in each second.">
        <Chart {...shared} title="Throughput" sentence="Requests completed in each second." columns={columns.throughput} unit={PER_SECOND} series={[{ label: 'completed', token: 'chart-5', kind: 'line' }]} />
      </Panel>
      <Panel title="Success and errors" class="half" sentence={rates}>
        <Chart {...shared} title="Success and errors" sentence={rates} columns={columns.rates} unit={PERCENT} series={[{ label: 'success', token: 'ok', kind: 'line' }, { label: 'errors', token: 'bad', dash: [7, 4], kind: 'line' }]} />
      </Panel>
      <UseCharts of={c} shared={plain} target={props.of.automation_id} />
    </>
  );
}
