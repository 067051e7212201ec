// SPDX-License-Identifier: Apache-2.0
// uPlot, wrapped once. Data are columns as uPlot wants them; marks, labels, read-out and table all come from these columns.
// uPlot has no accessibility of its own: the arrow keys move the cursor, values are spoken, and every chart is a table too.
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { axisUnit, duration, durationExact } from '../format/duration';
import { axisTime, dateTime } from '../format/time';
import { toggleLive } from '../ui/live_mark';
import { useThemeVersion, useZone } from '../state/settings';
import { axisSteps, color, faint } from './theme';

export interface Series {
  label: string;
  token: string;
  dash?: readonly number[];
  /** `line` over time, `stem` from zero up to the value, `mark` a ringed point */
  kind: 'line' | 'stem' | 'mark';
}

interface Props {
  title: string;
  sentence: string;
  /** first column x (seconds since the epoch, or ms since the send), then one per series in ms; null is a gap */
  columns: readonly (readonly (number | null)[])[];
  series: readonly Series[];
  x: 'time' | 'ms';
  /** for time: seconds between two points, also how the table names them */
  step?: number;
  xName: string;
  height?: number;
  /** what else is known of a point, for the read-out ("120 runs") */
  note?: (index: number) => string;
  /** charts with the same key share their cursor */
  sync?: string;
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

/** Names of the lines at their right ends, kept apart from each other. */
function directLabels(u: uPlot, series: readonly Series[], colors: string[]) {
  const ctx = u.ctx;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `600 ${12 * ratio}px system-ui, sans-serif`;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  const ends = series.flatMap((s, i) => {
    const column = u.data[i + 1] as (number | null)[];
    const at = last(column);
    return s.kind === 'line' && at >= 0 ? [{ text: s.label, color: colors[i] ?? '', y: u.valToPos(column[at] ?? 0, 'y', true) }] : [];
  }).sort((a, b) => b.y - a.y);
  let floor = Number.POSITIVE_INFINITY;
  for (const end of ends) {
    const y = Math.min(end.y, floor - 14 * ratio);
    floor = y;
    ctx.fillStyle = end.color;
    ctx.fillText(end.text, u.bbox.left + u.bbox.width + 6 * ratio, y);
  }
  ctx.restore();
}

function options(props: Props, zone: string, width: number, onCursor: (index: number | null) => void): uPlot.Options {
  const { series, x, columns, height = 240 } = props;
  const colors = series.map((s) => color(s.token));
  const max = Math.max(0, ...columns.slice(1).flatMap((c) => c.map((v) => v ?? 0)));
  const unit = axisUnit(max);
  const xMax = columns[0]?.at(-1) ?? 0;
  const xUnit = axisUnit(xMax);
  const text = color('text-2');
  const grid = { stroke: color('grid'), width: 1 };
  const axis = { stroke: text, grid, ticks: { show: false }, font: '12px system-ui, sans-serif', gap: 6 };
  const labels = series.some((s) => s.kind === 'line') && width > 480;
  return {
    width,
    height,
    legend: { show: false },
    padding: [10, labels ? 40 : 16, 0, 0],
    cursor: {
      y: false,
      points: { size: 7 },
      drag: { x: false, y: false },
      ...(props.sync ? { sync: { key: props.sync } } : {}),
    },
    tzDate: (ts) => uPlot.tzDate(new Date(ts * 1000), zone),
    scales: {
      // one point alone would be drawn in a range of years
      x: { time: x === 'time', ...(x === 'time' && (columns[0]?.length ?? 0) === 1 ? { range: [xMax - (props.step ?? 60), xMax + 2 * (props.step ?? 60)] as [number, number] } : {}), ...(x === 'ms' ? { range: [0, Math.max(xMax * 1.01, 1)] as [number, number] } : {}) },
      y: { range: () => [0, (max || 1) * 1.1] },
    },
    axes: [
      {
        ...axis,
        size: 28,
        space: 70,
        ...(x === 'time'
          ? { values: (_u: uPlot, splits: number[], _a: number, _s: number, incr: number) => splits.map((s) => axisTime(s, incr, zone)) }
          : { incrs: axisSteps(xUnit.ms), values: (_u: uPlot, splits: number[]) => splits.map((s) => `${Number((s / xUnit.ms).toPrecision(6))} ${xUnit.unit}`) }),
      },
      {
        ...axis,
        size: 62,
        incrs: axisSteps(unit.ms),
        values: (_u: uPlot, splits: number[]) => splits.map((s) => `${Number((s / unit.ms).toPrecision(6))} ${unit.unit}`),
      },
    ],
    series: [
      {},
      ...series.map((s, i): uPlot.Series => ({
        label: s.label,
        stroke: colors[i] ?? text,
        width: s.kind === 'line' ? 1.75 : 1.25,
        ...(s.dash?.length ? { dash: [...s.dash] } : {}),
        ...(s.kind === 'stem' ? { paths: stems, points: { show: false } } : {}),
        ...(s.kind === 'mark' ? { paths: () => null, points: { show: true, size: 9, width: 2, fill: faint(colors[i] ?? text, 0.25) } } : {}),
        ...(s.kind === 'line' ? { points: { show: (columns[0]?.length ?? 0) < 3 ? true : undefined, size: 5 }, spanGaps: false } : {}),
      } as uPlot.Series)),
    ],
    hooks: {
      draw: labels ? [(u) => directLabels(u, series, colors)] : [],
      setCursor: [(u) => onCursor(u.cursor.idx ?? null)],
    },
  };
}

function Swatch({ series }: { series: Series }) {
  return (
    <svg class="swatch" width="22" height="10" aria-hidden="true">
      {series.kind === 'mark' ? <circle cx="11" cy="5" r="3.5" fill="none" stroke={`var(--${series.token})`} stroke-width="2" />
        : <path d={series.kind === 'stem' ? 'M5 10V3M11 10V0M17 10V5' : 'M0 5H22'} stroke={`var(--${series.token})`} stroke-width="2" stroke-dasharray={series.dash?.join(' ')} />}
    </svg>
  );
}

export function Chart(props: Props) {
  const { columns, series, title, sentence, x, xName, height = 240 } = props;
  const zone = useZone();
  const theme = useThemeVersion();
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [at, setAt] = useState<number | null>(null);
  const [table, setTable] = useState(false);
  const shape = JSON.stringify([series, x, zone, theme, height, props.sync]);

  useEffect(() => {
    const box = frame.current;
    if (!box || table) return undefined;
    const make = () => {
      plot.current?.destroy();
      plot.current = new uPlot(options(props, zone, box.clientWidth, setAt), columns as unknown as uPlot.AlignedData, box);
    };
    make();
    let width = box.clientWidth;
    const watch = new ResizeObserver(() => {
      if (box.clientWidth !== width) { width = box.clientWidth; make(); }
    });
    watch.observe(box);
    return () => { watch.disconnect(); plot.current?.destroy(); plot.current = null; };
    // The unit of the axes follows the data, so new data makes a new plot: at most once a poll, 1 ms for these sizes.
  }, [shape, columns, table]);

  const xs = columns[0] ?? [];
  const xText = (i: number) => (x === 'time' ? dateTime((xs[i] ?? 0) * 1000, zone).slice(0, (props.step ?? 60) < 60 ? 19 : 16) : duration(xs[i] ?? null));
  const spoken = at === null ? '' : `${xText(at)}: ${series.map((s, i) => `${s.label} ${duration(columns[i + 1]?.[at])}`).join(', ')}${props.note ? `, ${props.note(at)}` : ''}`;
  const move = (index: number) => {
    const u = plot.current;
    const value = xs[Math.max(0, Math.min(xs.length - 1, index))];
    if (u && value !== null && value !== undefined) u.setCursor({ left: u.valToPos(value, 'x'), top: u.bbox.height / 2 / devicePixelRatio });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const from = at ?? (event.key === 'ArrowLeft' ? xs.length : -1);
    const steps: Record<string, number> = { ArrowRight: from + 1, ArrowLeft: from - 1, Home: 0, End: xs.length - 1, PageUp: from - 10, PageDown: from + 10 };
    const next = steps[event.key];
    if (next !== undefined) { event.preventDefault(); move(next); }
    if (event.key === ' ') { event.preventDefault(); toggleLive(); }
  };
  return (
    <div class="chart">
      <div class="legend">
        {series.map((s, i) => (
          <span key={s.label} class="key"><Swatch series={s} />{s.label}<b title={durationExact(at === null ? null : columns[i + 1]?.[at])}>{at === null ? '' : duration(columns[i + 1]?.[at])}</b></span>
        ))}
        <span class="note at">{at === null ? '' : `${xText(at)}${props.note ? ` · ${props.note(at)}` : ''}`}</span>
        <button type="button" class="ghost small" aria-pressed={table} onClick={() => setTable(!table)}>{table ? 'Show as chart' : 'Show as table'}</button>
      </div>
      {table ? (
        <div class="table-frame chart-table" style={{ maxHeight: `${height}px` }} tabIndex={0} role="group" aria-label={`${title} as table`}>
          <table>
            <thead><tr><th scope="col">{xName}</th>{series.map((s) => <th key={s.label} scope="col" class="right">{s.label}</th>)}</tr></thead>
            <tbody>{xs.map((_, i) => <tr key={i}><td>{xText(i)}</td>{series.map((s, k) => <td key={s.label} class="right">{duration(columns[k + 1]?.[i])}</td>)}</tr>)}</tbody>
          </table>
        </div>
      ) : (
        <div class="plot" ref={frame} style={{ height: `${height}px` }} tabIndex={0} role="group" aria-roledescription="chart" aria-label={`${title}. ${sentence} Arrow keys read the values.`} onKeyDown={onKeyDown} />
      )}
      <p class="sr" aria-live="polite">{spoken}</p>
    </div>
  );
}
