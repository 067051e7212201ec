// SPDX-License-Identifier: Apache-2.0
// How values are spread: a bar for each bin of a logarithmic scale, or the part of them that is at most so long. x is the number
// of the bin, so bars are equally wide; the axis names the edges.
import type uPlot from 'uplot';
import { duration, durationExact } from '../format/duration';
import { count, percent } from '../format/number';
import { ChartFrame } from './frame';
import { color, faint } from './theme';
import { roundTicks } from './ticks';

interface Props {
  title: string;
  sentence: string;
  /** one more than there are bars, in ms */
  edges: readonly number[];
  counts: readonly number[];
  cumulative: boolean;
  height?: number;
}

/** The part of the values up to the end of each bin, in percent. */
export function cumulated(counts: readonly number[]): number[] {
  const all = counts.reduce((sum, n) => sum + n, 0);
  let sum = 0;
  return counts.map((n) => { sum += n; return all ? (100 * sum) / all : 0; });
}

const bars: uPlot.Series.PathBuilder = (u, sidx, i0, i1) => {
  const path = new Path2D();
  const ys = u.data[sidx] ?? [];
  const zero = u.valToPos(0, 'y', true);
  for (let i = i0; i <= i1; i++) {
    const y = ys[i];
    if (!y) continue;
    const left = u.valToPos(i, 'x', true);
    const right = u.valToPos(i + 1, 'x', true);
    const top = u.valToPos(y, 'y', true);
    path.rect(left + 0.5, Math.min(top, zero - 1), Math.max(1, right - left - 1), Math.max(1, zero - top));
  }
  return { stroke: path, fill: path, clip: null } as unknown as uPlot.Series.Paths;
};

const steps: uPlot.Series.PathBuilder = (u, sidx) => {
  const path = new Path2D();
  const ys = (u.data[sidx] ?? []) as number[];
  path.moveTo(u.valToPos(0, 'x', true), u.valToPos(0, 'y', true));
  ys.forEach((y, i) => path.lineTo(u.valToPos(i + 1, 'x', true), u.valToPos(y, 'y', true)));
  return { stroke: path, fill: null, clip: null } as unknown as uPlot.Series.Paths;
};

function options({ edges, counts, cumulative, height = 240 }: Props, values: number[], width: number, onCursor: (i: number | null) => void): uPlot.Options {
  const stroke = color(cumulative ? 'chart-2' : 'chart-1');
  const axis = { stroke: color('text-2'), grid: { stroke: color('grid'), width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif', gap: 6 };
  const ticks = roundTicks(edges, width / 80);
  return {
    width,
    height,
    legend: { show: false },
    padding: [10, 16, 0, 0],
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: { x: { time: false, range: () => [0, Math.max(1, counts.length)] }, y: { range: () => [0, cumulative ? 100 : Math.max(1, ...values) * 1.1] } },
    axes: [
      { ...axis, size: 28, grid: { show: false }, splits: () => ticks.map((t) => t.at), values: () => ticks.map((t) => t.text) },
      { ...axis, size: 62, values: (_u, splits) => splits.map((s) => (cumulative ? `${s} %` : Number.isInteger(s) ? count(s) : '')) },
    ],
    series: [{}, { stroke, width: cumulative ? 1.75 : 1, ...(cumulative ? {} : { fill: faint(stroke, 0.35) }), paths: cumulative ? steps : bars, points: { show: false } }],
    hooks: { setCursor: [(u) => onCursor(u.cursor.idx ?? null)] },
  };
}

export function Histogram(props: Props) {
  const { title, sentence, edges, counts, cumulative, height = 240 } = props;
  const values = cumulative ? cumulated(counts) : [...counts];
  const label = cumulative ? 'At most so long' : 'Values';
  return (
    <ChartFrame title={title} sentence={sentence} size={counts.length} height={height} xName="From – to" from={[edges, counts, cumulative]}
      series={[{ label, token: cumulative ? 'chart-2' : 'chart-1', kind: cumulative ? 'line' : 'stem' }]}
      xText={(i) => (cumulative ? `up to ${duration(edges[i + 1])}` : `${duration(edges[i])} – ${duration(edges[i + 1])}`)}
      value={(_s, i) => (cumulative ? percent(values[i]) : count(values[i] ?? 0))}
      exact={(_s, i) => `${cumulative ? percent(values[i]) : count(values[i] ?? 0)}, ${durationExact(edges[i])} to ${durationExact(edges[i + 1])}`}
      make={(plot, box, onCursor) => {
        const u = new plot(options(props, values, box.clientWidth, onCursor), [counts.map((_, i) => i), values], box);
        return { destroy: () => u.destroy(), point: (i) => u.setCursor({ left: u.valToPos(i + 0.01, 'x'), top: u.bbox.height / 2 / devicePixelRatio }) };
      }} />
  );
}
