// SPDX-License-Identifier: Apache-2.0
// The saturation curve: completed rate against latency, one point per step of the load. It may bend back (more load, less
// done), so x is not ascending: uPlot's mode 2 with a path and a nearest point of our own.
import type uPlot from 'uplot';
import { ChartFrame } from './frame';
import { drawLimits, type Limit, namesAtEnds } from './marks';
import { color, PERCENTILES } from './theme';
import { DURATION } from './units';

export interface SaturationPoint { rate: number; p50: number | null; p95: number | null; p99: number | null; name: string; note: string }

interface Props {
  title: string;
  sentence: string;
  points: readonly SaturationPoint[];
  knee: Limit | null;
  slos: readonly Limit[];
  height?: number;
}

const KEYS = ['p50', 'p95', 'p99'] as const;
const SERIES = PERCENTILES.map((s) => ({ ...s, kind: 'line' as const }));

/** 1, 2, 5 times powers of ten within the range: the ticks of a log axis. */
export function logTicks(min: number, max: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power++) {
    for (const m of [1, 2, 5]) {
      const tick = Number((m * 10 ** power).toPrecision(3));
      if (tick >= min && tick <= max) ticks.push(tick);
    }
  }
  return ticks;
}

/** The line through the points in the order of the steps; gaps where nothing was measured. */
function curve(u: uPlot, k: number): uPlot.Series.Paths {
  const [xs, ys] = u.data[k] as unknown as [number[], (number | null)[]];
  const path = new Path2D();
  let drawn = false;
  xs.forEach((x, i) => {
    const y = ys[i];
    if (y == null) { drawn = false; return; }
    const at = [u.valToPos(x, 'x', true), u.valToPos(y, 'y', true)] as const;
    if (drawn) path.lineTo(...at); else path.moveTo(...at);
    drawn = true;
  });
  return { stroke: path, fill: null, clip: null } as unknown as uPlot.Series.Paths;
}

function options({ points, knee, slos, height = 320 }: Props, width: number, cursor: () => number | null): uPlot.Options {
  const values = points.flatMap((p) => KEYS.flatMap((k) => p[k] ?? []));
  const low = Math.min(...values, ...slos.map((s) => s.at)) / 1.3;
  const high = Math.max(...values, ...slos.map((s) => s.at)) * 1.3;
  const xMax = Math.max(1, knee?.at ?? 0, ...points.map((p) => p.rate)) * 1.06;
  const text = color('text-2');
  const axis = { stroke: text, grid: { stroke: color('grid'), width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif', gap: 6 };
  const colors = SERIES.map((s) => color(s.token));
  const spots = (u: uPlot) => {
    const { ctx } = u;
    ctx.save();
    points.forEach((p, i) => KEYS.forEach((k, s) => {
      const value = p[k];
      if (value === null) return;
      const here = i === cursor();
      ctx.beginPath();
      ctx.arc(u.valToPos(p.rate, 'x', true), u.valToPos(value, 'y', true), (here ? 6 : 3) * devicePixelRatio, 0, 2 * Math.PI);
      ctx.fillStyle = colors[s] ?? text;
      ctx.fill();
      if (here) { ctx.lineWidth = 2 * devicePixelRatio; ctx.strokeStyle = color('surface'); ctx.stroke(); }
    }));
    ctx.restore();
  };
  return {
    mode: 2,
    width,
    height,
    legend: { show: false },
    cursor: { show: false },
    padding: [12, width > 480 ? 40 : 16, 0, 0],
    scales: { x: { time: false, range: [0, xMax] }, y: { distr: 3, log: 10, range: [low, high] } },
    axes: [
      { ...axis, size: 28, space: 60, values: (_u, splits) => splits.map((s) => `${Number(s.toPrecision(6))}/s`) },
      { ...axis, size: 62, splits: () => logTicks(low, high), filter: (_u, splits) => splits, values: (_u, splits) => splits.map((s) => DURATION.text(s)) },
    ],
    series: [{}, ...SERIES.map((s, i): uPlot.Series => ({
      label: s.label, stroke: colors[i] ?? text, width: 1.75, ...(s.dash.length ? { dash: [...s.dash] } : {}), paths: curve, points: { show: false },
      facets: [{ scale: 'x', auto: true }, { scale: 'y', auto: true }],
    }))] as uPlot.Series[],
    hooks: {
      draw: [(u) => {
        if (knee) drawLimits(u, [knee], 'x');
        drawLimits(u, slos, 'y');
        spots(u);
        const end = points.at(-1);
        if (end && width > 480) namesAtEnds(u, KEYS.flatMap((k, s) => (end[k] === null ? [] : [{ text: k, color: colors[s] ?? text, x: u.valToPos(end.rate, 'x', true), y: u.valToPos(end[k], 'y', true) }])));
      }],
    },
  };
}

export function Saturation(props: Props) {
  const { points, title, sentence, height = 320 } = props;
  return (
    <ChartFrame title={title} sentence={sentence} series={SERIES} size={points.length} height={height} xName="Completed" from={[points, JSON.stringify([props.knee, props.slos])]}
      xText={(i) => points[i]?.name ?? ''} note={(i) => points[i]?.note ?? ''}
      value={(k, i) => DURATION.text(points[i]?.[KEYS[k] ?? 'p50'])} exact={(k, i) => DURATION.exact(points[i]?.[KEYS[k] ?? 'p50'])}
      make={(plot, box, onCursor) => {
        let at: number | null = null;
        const xs = points.map((p) => p.rate);
        const u = new plot(options(props, box.clientWidth, () => at), [null, ...KEYS.map((k) => [xs, points.map((p) => p[k])])] as unknown as uPlot.AlignedData, box);
        const point = (i: number | null) => { if (i !== at) { at = i; onCursor(i); u.redraw(false); } };
        // the nearest point of any line, at most 40 px away
        u.over.addEventListener('mousemove', (event) => {
          let best: number | null = null;
          let reach = 40;
          points.forEach((p, i) => KEYS.forEach((k) => {
            const value = p[k];
            if (value === null) return;
            const far = Math.hypot(u.valToPos(p.rate, 'x') - event.offsetX, u.valToPos(value, 'y') - event.offsetY);
            if (far < reach) { reach = far; best = i; }
          }));
          point(best);
        });
        u.over.addEventListener('mouseleave', () => point(null));
        return { destroy: () => u.destroy(), point };
      }} />
  );
}
