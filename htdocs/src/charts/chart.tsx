// SPDX-License-Identifier: Apache-2.0
// uPlot, wrapped once: values over time or over a distance from a start. Data are columns as uPlot wants them; marks,
// labels, read-out and table all come from these columns.
import type uPlot from 'uplot';
import { axisUnit, duration } from '../format/duration';
import { axisTime, dateTime, OWN_ZONE } from '../format/time';
import { useZone } from '../state/settings';
import { ChartFrame, type Series } from './frame';
import { drawLimits, drawRegions, type Limit, namesAtEnds, type Region } from './marks';
import type { Plot } from './plot';
import { axisSteps, color, faint } from './theme';
import { DURATION, type Unit } from './units';

export type { Series } from './frame';

interface Props {
  title: string;
  sentence: string;
  /** first column x (seconds since the epoch, ms since a start, or a number in a row), then one per series; null is a gap */
  columns: readonly (readonly (number | null)[])[];
  series: readonly Series[];
  x: 'time' | 'ms' | 'number';
  /** for time: seconds between two points, also how the table names them */
  step?: number;
  xName: string;
  /** for time: where the axis begins and ends, if not with the points; seconds since the epoch */
  span?: readonly [number, number] | undefined;
  /** for ms: where the axis ends, if not at the last point */
  xEnd?: number | undefined;
  /** what the values are; durations in ms if not said */
  unit?: Unit;
  height?: number;
  /** px at the right for the names of the lines */
  room?: number;
  note?: (index: number) => string;
  /** charts with the same key share their cursor */
  sync?: string;
  limits?: readonly Limit[];
  regions?: readonly Region[];
}

function stems(u: uPlot, sidx: number, i0: number, i1: number): uPlot.Series.Paths {
  const path = new Path2D();
  const xs = u.data[0];
  const ys = u.data[sidx] ?? [];
  const zero = u.valToPos(0, 'y', true);
  for (let i = i0; i <= i1; i++) {
    const y = ys[i];
    if (y === null || y === undefined) continue;
    const px = u.valToPos(xs[i] ?? 0, 'x', true);
    path.moveTo(px, zero);
    path.lineTo(px, u.valToPos(y, 'y', true));
  }
  return { stroke: path, fill: null, clip: null } as unknown as uPlot.Series.Paths;
}

const last = (column: readonly (number | null)[]) => column.findLastIndex((v) => v !== null && v !== undefined);

/** Names at the right edge; while more is to come (`open`), where the lines end now. */
function directLabels(u: uPlot, series: readonly Series[], colors: string[], open: boolean) {
  namesAtEnds(u, series.flatMap((s, i) => {
    const column = u.data[i + 1] as (number | null)[];
    const at = last(column);
    return s.kind === 'line' && at >= 0 ? [{
      text: s.label, color: colors[i] ?? '', x: open ? u.valToPos(u.data[0][at] ?? 0, 'x', true) : u.bbox.left + u.bbox.width, y: u.valToPos(column[at] ?? 0, 'y', true),
    }] : [];
  }));
}

/** px between two points from which on each has a dot. */
const SPARSE = 40;

/** Points that get a dot: all where they are far apart, else those that no line leads to. */
function dotted(u: uPlot, sidx: number): number[] {
  const ys = u.data[sidx] ?? [];
  const known = (i: number) => ys[i] !== null && ys[i] !== undefined;
  const xs = u.data[0];
  const apart = xs.length < 3 || (u.valToPos(xs[1] ?? 0, 'x') - u.valToPos(xs[0] ?? 0, 'x')) >= SPARSE;
  return Array.from(xs, (_, i) => i).filter((i) => known(i) && (apart || (!known(i - 1) && !known(i + 1))));
}

/** Where the x axis begins and ends, if uPlot is not to decide. */
function xRange({ x, columns, step = 60, xEnd = 0, span }: Props): [number, number] | null {
  const max = columns[0]?.at(-1) ?? 0;
  if (x === 'time' && span) return [Math.min(span[0], columns[0]?.[0] ?? span[0]), Math.max(span[1], max)];
  // one point alone would be drawn in a range of years
  if (x === 'number') return [0.5, max + 0.5];
  if (x === 'time') return (columns[0]?.length ?? 0) === 1 ? [max - step, max + 2 * step] : null;
  return [0, xEnd > max ? xEnd : Math.max(max * 1.01, 1)];
}

function options(plot: Plot, props: Props, zone: string, width: number, onCursor: (index: number | null) => void): uPlot.Options {
  const { series, x, columns, height = 240, limits = [], regions = [], unit = DURATION } = props;
  const colors = series.map((s) => color(s.token));
  const max = Math.max(0, ...limits.map((l) => l.at), ...columns.slice(1).flatMap((c) => c.map((v) => v ?? 0)));
  const yUnit = unit.axis(max);
  const xs = xRange(props);
  const xUnit = axisUnit(xs?.[1] ?? 0);
  const { names } = unit;
  const text = color('text-2');
  const grid = { stroke: color('grid'), width: 1 };
  const axis = { stroke: text, grid, ticks: { show: false }, font: '12px system-ui, sans-serif', gap: 6 };
  const labels = series.some((s) => s.kind === 'line') && width > 480;
  return {
    width,
    height,
    legend: { show: false },
    padding: [10, labels ? props.room ?? 40 : 16, 0, 0],
    cursor: {
      y: false,
      points: { size: 7 },
      drag: { x: false, y: false },
      ...(props.sync ? { sync: { key: props.sync } } : {}),
    },
    tzDate: (ts) => (zone === OWN_ZONE ? new Date(ts * 1000) : plot.tzDate(new Date(ts * 1000), zone)),
    scales: {
      x: { time: x === 'time', ...(xs ? { range: xs } : {}) },
      y: { range: () => (names ? [0.5, names.length + 0.5] : [0, (max || 1) * 1.1]) },
    },
    axes: [
      {
        ...axis,
        size: 28,
        space: 70,
        ...(x === 'time'
          ? { values: (_u: uPlot, splits: number[], _a: number, _s: number, incr: number) => splits.map((s) => axisTime(s, incr, zone)) }
          : x === 'number' ? { incrs: axisSteps(1).filter((s) => s >= 1) }
          : { incrs: axisSteps(xUnit.ms), values: (_u: uPlot, splits: number[]) => splits.map((s) => `${Number((s / xUnit.ms).toPrecision(6))} ${xUnit.unit}`) }),
      },
      {
        ...axis,
        size: 62,
        incrs: names ? [1] : axisSteps(yUnit.size),
        values: (_u: uPlot, splits: number[]) => splits.map((s) => (names ? names[s - 1] ?? '' : `${Number((s / yUnit.size).toPrecision(6))}${yUnit.unit}`)),
      },
    ],
    series: [
      {},
      ...series.map((s, i): uPlot.Series => ({
        label: s.label,
        stroke: colors[i] ?? text,
        width: s.kind === 'line' || s.kind === 'step' ? 1.75 : 1.25,
        ...(s.dash?.length ? { dash: [...s.dash] } : {}),
        ...(s.kind === 'stem' ? { paths: stems, points: { show: false } } : {}),
        ...(s.kind === 'mark' ? { paths: () => null, points: { show: true, size: 9, width: 2, fill: faint(colors[i] ?? text, 0.25) } } : {}),
        ...(s.kind === 'step' && plot.paths.stepped ? { paths: plot.paths.stepped({ align: 1 }), points: { show: true, size: 5 } } : {}),
        ...(s.kind === 'line' ? { points: { show: true, size: 5, filter: dotted }, spanGaps: false } : {}),
      } as uPlot.Series)),
    ],
    hooks: {
      drawClear: regions.length ? [(u) => drawRegions(u, regions)] : [],
      draw: [(u) => { if (labels) directLabels(u, series, colors, props.xEnd !== undefined); drawLimits(u, limits, 'y'); }],
      setCursor: [(u) => onCursor(u.cursor.idx ?? null)],
    },
  };
}

export function Chart(props: Props) {
  const { columns, series, title, sentence, x, xName, height = 240, unit = DURATION } = props;
  const zone = useZone();
  const shape = JSON.stringify([series, x, zone, props.sync, props.xEnd, props.span, props.limits, props.regions]);
  const xs = columns[0] ?? [];
  return (
    <ChartFrame title={title} sentence={sentence} series={series} size={xs.length} height={height} xName={xName} note={props.note} from={[shape, columns]}
      xText={(i) => (x === 'number' ? `${xName} ${xs[i] ?? ''}` : x === 'time' ? dateTime((xs[i] ?? 0) * 1000, zone).slice(0, (props.step ?? 60) < 60 ? 19 : 16) : duration(xs[i] ?? null))}
      value={(k, i) => unit.text(columns[k + 1]?.[i])} exact={(k, i) => unit.exact(columns[k + 1]?.[i])}
      make={(plot, box, onCursor) => {
        const u = new plot(options(plot, props, zone, box.clientWidth, onCursor), columns as unknown as uPlot.AlignedData, box);
        return {
          destroy: () => u.destroy(),
          point: (i) => { const value = xs[i]; if (value != null) u.setCursor({ left: u.valToPos(value, 'x'), top: u.bbox.height / 2 / devicePixelRatio }); },
        };
      }} />
  );
}
