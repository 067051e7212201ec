// SPDX-License-Identifier: Apache-2.0
// CPU and memory second by second: of the engine, and of the target where its automation names a page that tells (connection.metrics_url).
import { useMemo } from 'preact/hooks';
import { Chart, type Series } from '../../charts/chart';
import type { Region } from '../../charts/marks';
import { MEGABYTES, PERCENT, type Unit } from '../../charts/units';
import { Link } from '../../ui/link';
import { Panel } from '../../ui/panel';

type Column = (number | null)[];

export interface UseColumns { x: number[]; cpu: Column; memory: Column; /** all null where the target does not tell */ targetCpu: Column; targetMemory: Column; regions: Region[] }

interface Props {
  of: UseColumns;
  /** what a chart of this page has beside its columns */
  shared: { x: 'time' | 'ms'; xName: string; height: number; sync: string; room: number; step?: number; xEnd?: number | undefined };
  /** the automation whose connection could name a page */
  target: number | null;
}

export const tells = (column: Column): boolean => column.some((v) => v !== null);

const series = (engine: boolean, target: boolean): Series[] => [...(engine ? [{ label: 'engine', token: 'chart-4', kind: 'line' as const }] : []), ...(target ? [{ label: 'target', token: 'chart-2', dash: [7, 4], kind: 'line' as const }] : [])];

function One({ title, sentence, unit, x, engine, target, shared, regions, of }: { title: string; sentence: string; unit: Unit; x: number[]; engine: Column; target: Column; regions: Region[]; of: number | null } & Pick<Props, 'shared'>) {
  const [ours, theirs] = [tells(engine), tells(target)];
  const columns = useMemo(() => [x, ...(ours ? [engine] : []), ...(theirs ? [target] : [])], [x, engine, target]);
  const whose = theirs ? `${ours ? 'Of the engine, and of the target' : 'Of the target'} as it tells itself${sentence}.` : `The engine’s own, so ours${sentence}.`;
  const more = !theirs && of !== null && <> The target’s stands here once its <Link to={`/automations/${of}`}>connection</Link> names a metrics URL.</>;
  return (
    <Panel title={title} class="half" sentence={<>{whose}{more}</>}>
      <Chart {...shared} regions={regions} title={title} sentence={whose} columns={columns} unit={unit} series={series(ours, theirs)} />
    </Panel>
  );
}

/** Both charts; nothing where nobody tells. */
export function UseCharts({ of: c, shared, target }: Props) {
  if (![c.cpu, c.memory, c.targetCpu, c.targetMemory].some(tells)) return null;
  const both = { x: c.x, shared, regions: c.regions, of: target };
  return (
    <>
      <One {...both} title="CPU" sentence=", in percent of one processor" unit={PERCENT} engine={c.cpu} target={c.targetCpu} />
      <One {...both} title="Memory" sentence="" unit={MEGABYTES} engine={c.memory} target={c.targetMemory} />
    </>
  );
}
