// SPDX-License-Identifier: Apache-2.0
// How values are spread, over time: a column for each bucket, its cells the darker the more of its values lie there. The cursor
// goes from column to column and reads where most of them are.
import { useZone } from '../state/settings';
import { duration } from '../format/duration';
import { count } from '../format/number';
import { dateTime } from '../format/time';
import { ChartFrame, type Drawing } from './frame';
import { color, faint } from './theme';
import { roundTicks } from './ticks';

interface Props {
  title: string;
  sentence: string;
  /** begin of each column, seconds since the epoch */
  at: readonly number[];
  step: number;
  /** one more than rows, in ms */
  edges: readonly number[];
  /** of each column the values in each row; null: none */
  counts: readonly (readonly number[] | null)[];
  height?: number;
}

const LEFT = 62;
const BOTTOM = 24;
/** Above so many seconds the axis names days, where they begin. */
const DAYS_FROM = 3 * 86_400;

export interface Column { n: number; median: string; top: string }

/** What is said of a column. */
export function columnText(counts: readonly number[] | null | undefined, edges: readonly number[]): Column {
  const n = counts?.reduce((sum, k) => sum + k, 0) ?? 0;
  if (!counts || n === 0) return { n: 0, median: '–', top: '–' };
  const bin = (i: number) => `${duration(edges[i])} – ${duration(edges[i + 1])}`;
  let sum = 0;
  const middle = counts.findIndex((k) => { sum += k; return sum >= n / 2; });
  return { n, median: bin(middle), top: bin(counts.findLastIndex((k) => k > 0)) };
}

function draw(box: HTMLDivElement, { at, edges, counts, height = 240 }: Props, zone: string, onCursor: (i: number | null) => void): Drawing {
  const canvas = document.createElement('canvas');
  const mark = document.createElement('i');
  const ratio = devicePixelRatio;
  const width = box.clientWidth;
  const rows = Math.max(1, edges.length - 1);
  const cell = (width - LEFT - 16) / Math.max(1, at.length);
  const row = (height - BOTTOM - 10) / rows;
  const ctx = canvas.getContext('2d');
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  canvas.style.cssText = `width:${width}px;height:${height}px;display:block`;
  mark.style.cssText = `position:absolute;top:10px;height:${height - BOTTOM - 10}px;width:1px;background:var(--text-2);display:none;pointer-events:none`;
  box.style.position = 'relative';
  box.append(canvas, mark);
  if (ctx) {
    const ink = color('chart-1');
    ctx.scale(ratio, ratio);
    counts.forEach((column, i) => {
      // by share of the column: a quiet hour is as readable as a busy one
      const most = Math.max(1, ...(column ?? []));
      column?.forEach((n, k) => {
        if (n === 0) return;
        ctx.fillStyle = faint(ink, 0.12 + 0.88 * Math.sqrt(n / most));
        ctx.fillRect(LEFT + i * cell, 10 + (rows - 1 - k) * row, Math.max(1, cell - (cell > 4 ? 1 : 0)), Math.max(1, row - (row > 4 ? 1 : 0)));
      });
    });
    ctx.fillStyle = color('text-2');
    ctx.font = '12px system-ui, sans-serif';
    ctx.textBaseline = 'middle';
    ctx.textAlign = 'right';
    for (const tick of roundTicks(edges, (height - BOTTOM) / 24)) ctx.fillText(tick.text, LEFT - 6, 10 + (rows - tick.at) * row);
    ctx.textBaseline = 'bottom';
    const apart = Math.max(1, Math.ceil(140 / cell));
    const days = (at.at(-1) ?? 0) - (at[0] ?? 0) > DAYS_FROM;
    let free = 0; // from here on the next name has room
    let before = '';
    for (let i = 0; i < at.length; i++) {
      const time = dateTime((at[i] ?? 0) * 1000, zone);
      const begins = days ? before !== '' && before !== time.slice(0, 10) : i % apart === 0;
      before = time.slice(0, 10);
      const x = LEFT + i * cell;
      if (!begins || x < free || x > width - 50) continue;
      ctx.textAlign = i === 0 ? 'left' : 'center';
      ctx.fillText(days ? time.slice(5, 10) : time.slice(5, 16), x, height);
      free = x + 90;
    }
  }
  const point = (i: number | null) => {
    mark.style.display = i === null ? 'none' : 'block';
    if (i !== null) mark.style.left = `${LEFT + (i + 0.5) * cell}px`;
    onCursor(i);
  };
  canvas.addEventListener('pointermove', (event) => {
    const i = Math.floor((event.offsetX - LEFT) / cell);
    point(i >= 0 && i < at.length ? i : null);
  });
  canvas.addEventListener('pointerleave', () => point(null));
  return { point, destroy: () => { canvas.remove(); mark.remove(); } };
}

export function Heatmap(props: Props) {
  const { title, sentence, at, edges, counts, height = 240 } = props;
  const zone = useZone();
  const texts = counts.map((column) => columnText(column, edges));
  const value = (s: number, i: number) => (s === 0 ? count(texts[i]?.n ?? 0) : s === 1 ? texts[i]?.median ?? '–' : texts[i]?.top ?? '–');
  return (
    <ChartFrame title={title} sentence={sentence} size={at.length} height={height} xName="From" from={[at, edges, counts, zone]}
      series={[{ label: 'Values', token: 'chart-1', kind: 'shade' }, { label: 'Half are below', token: 'chart-1', kind: 'said' }, { label: 'Slowest', token: 'chart-1', kind: 'said' }]}
      xText={(i) => dateTime((at[i] ?? 0) * 1000, zone).slice(0, 16)} value={value} exact={value}
      make={(_plot, box, onCursor) => draw(box, props, zone, onCursor)} />
  );
}
