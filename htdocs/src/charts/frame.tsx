// SPDX-License-Identifier: Apache-2.0
// What every chart has around its plot: legend with read-out, keyboard cursor with spoken values, the same as a table.
// uPlot has no accessibility of its own, so nothing here depends on it.
import { useEffect, useRef, useState } from 'preact/hooks';
import 'uplot/dist/uPlot.min.css';
import { zoneName } from '../format/time';
import { isGuarded, setParams, usePlace } from '../router';
import { useThemeVersion, useZone } from '../state/settings';
import { partMissing } from '../ui/later';
import { toggleLive } from '../ui/live_mark';
import { save } from '../ui/save';
import { csv, picture, slug } from './export';
import { fetchPlot, type Plot, plotNow } from './plot';
import { setPaper } from './theme';

export interface Series {
  label: string;
  token: string;
  dash?: readonly number[];
  /** `line`, `step` that stays until the next point, `stem` from zero up to the value, `mark` a ringed point, `shade` the darker the more, `said` only read out */
  kind: 'line' | 'step' | 'stem' | 'mark' | 'shade' | 'said';
}

/** A drawing of the data: told where the cursor is, and when it is no longer wanted. */
export interface Drawing { point: (index: number) => void; destroy: () => void }

/** What a chart has of the width of an A4 page, in CSS px: printed, it is drawn that wide, so that its letters keep their size. */
const PAPER_WIDTH = 640;

interface Props {
  title: string;
  sentence: string;
  series: readonly Series[];
  /** how many points there are */
  size: number;
  height: number;
  xName: string;
  xText: (index: number) => string;
  value: (series: number, index: number) => string;
  exact: (series: number, index: number) => string;
  /** what else is known of a point, for the read-out ("120 runs") */
  note?: ((index: number) => string) | undefined;
  /** makes the drawing; again when one of `from` changes, the width or the theme */
  make: (plot: Plot, box: HTMLDivElement, onCursor: (index: number | null) => void) => Drawing;
  from: readonly unknown[];
}

const SHADES = [0.25, 0.6, 1];

function Swatch({ series }: { series: Series }) {
  if (series.kind === 'said') return null;
  return (
    <svg class="swatch" width="22" height="10" aria-hidden="true">
      {series.kind === 'shade' ? SHADES.map((opacity, i) => <rect key={opacity} x={1 + i * 7} y="2" width="6" height="6" fill={`var(--${series.token})`} fill-opacity={opacity} />)
        : series.kind === 'mark' ? <circle cx="11" cy="5" r="3.5" fill="none" stroke={`var(--${series.token})`} stroke-width="2" />
        : <path d={series.kind === 'stem' ? 'M5 10V3M11 10V0M17 10V5' : 'M0 5H22'} stroke={`var(--${series.token})`} stroke-width="2" stroke-dasharray={series.dash?.join(' ')} />}
    </svg>
  );
}

export function ChartFrame({ title, sentence, series, size, height, xName, xText, value, exact, note, make, from }: Props) {
  const theme = useThemeVersion();
  const frame = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing | null>(null);
  const cursor = useRef<number | null>(null);
  const [at, setAt] = useState<number | null>(null);
  const name = slug(title);
  const zone = useZone();
  const tables = new Set((usePlace().params.get('table') ?? '').split(',').filter(Boolean));
  const [flipped, flip] = useState(false); // where the address cannot say it: a form with unsaved changes would be asked about
  const table = tables.has(name) !== flipped;
  const toggle = () => {
    if (isGuarded()) { flip(!flipped); return; }
    if (!tables.delete(name)) tables.add(name);
    flip(false);
    setParams({ table: [...tables].join(',') });
  };
  const saveValues = () => save(new Blob([csv([size && /^\d{4}-\d\d-\d\d/.test(xText(0)) ? `${xName} (${zoneName(zone)})` : xName, ...series.map((s) => s.label)],
    Array.from({ length: size }, (_, i) => [xText(i), ...series.map((_s, k) => exact(k, i))]))], { type: 'text/csv' }), `${name}.csv`);
  const savePicture = () => (frame.current && picture(frame.current, title, sentence, series))?.toBlob((bytes) => { if (bytes) save(bytes, `${name}.png`); });

  useEffect(() => {
    const box = frame.current;
    if (!box || table) return undefined;
    const follow = (index: number | null) => { cursor.current = index; setAt(index); };
    let gone = false;
    const draw = () => {
      const plot = plotNow();
      if (!plot) { fetchPlot().then(() => { if (!gone) draw(); }, partMissing); return; }
      const before = cursor.current;
      drawing.current?.destroy();
      drawing.current = make(plot, box, follow);
      // new data must not take the cursor away from whoever reads it
      // (uPlot knows its scales only after this turn)
      if (before !== null && before < size) queueMicrotask(() => drawing.current?.point(before));
    };
    // the words around the first drawing are on the screen before it is begun
    let first = 0;
    if (plotNow() || document.hidden) draw();
    else first = requestAnimationFrame(() => { first = requestAnimationFrame(draw); });
    // paper is white and has a width of its own; what is on the screen would be cut off
    let printing = false;
    const print = (on: boolean) => () => {
      printing = on;
      setPaper(on);
      box.style.width = on ? `${PAPER_WIDTH}px` : '';
      draw();
    };
    const [before, after] = [print(true), print(false)];
    addEventListener('beforeprint', before);
    addEventListener('afterprint', after);
    let width = box.clientWidth;
    const watch = new ResizeObserver(() => {
      if (!printing && box.clientWidth !== width) { width = box.clientWidth; draw(); }
    });
    watch.observe(box);
    return () => {
      gone = true;
      cancelAnimationFrame(first);
      watch.disconnect();
      removeEventListener('beforeprint', before);
      removeEventListener('afterprint', after);
      drawing.current?.destroy();
      drawing.current = null;
    };
    // The unit of the axes follows the data, so new data makes a new plot: at most once a poll, 1 ms for these sizes.
  }, [...from, theme, table, height]);

  const shown = at !== null && at < size ? at : null;
  const spoken = shown === null ? '' : `${xText(shown)}: ${series.map((s, i) => `${s.label} ${value(i, shown)}`).join(', ')}${note ? `, ${note(shown)}` : ''}`;
  const move = (index: number) => drawing.current?.point(Math.max(0, Math.min(size - 1, index)));
  const onKeyDown = (event: KeyboardEvent) => {
    const start = shown ?? (event.key === 'ArrowLeft' ? size : -1);
    const steps: Record<string, number> = { ArrowRight: start + 1, ArrowLeft: start - 1, Home: 0, End: size - 1, PageUp: start - 10, PageDown: start + 10 };
    const next = steps[event.key];
    if (next !== undefined) { event.preventDefault(); move(next); }
    if (event.key === ' ') { event.preventDefault(); toggleLive(); }
  };
  return (
    <div class="chart">
      <div class="legend">
        {series.map((s, i) => (
          <span key={s.label} class="key"><Swatch series={s} />{s.label}<b title={shown === null ? undefined : exact(i, shown)}>{shown === null ? '' : value(i, shown)}</b></span>
        ))}
        <span class="note at">{shown === null ? '' : `${xText(shown)}${note ? ` · ${note(shown)}` : ''}`}</span>
        <span class="chart-does">
          <button type="button" class="ghost small" aria-pressed={table} onClick={toggle}><span class="chart-as">Show as </span><span class="chart-kind">{table ? 'chart' : 'table'}</span></button>
          <button type="button" class="ghost small" onClick={saveValues} aria-label={`Values of ${title} as CSV`}>CSV</button>
          {!table && <button type="button" class="ghost small" onClick={savePicture} aria-label={`Picture of ${title} as PNG`}>PNG</button>}
        </span>
      </div>
      {table ? (
        <div class="table-frame chart-table" style={{ maxHeight: `${height}px` }} tabIndex={0} role="group" aria-label={`${title} as table`}>
          <table>
            <thead><tr><th scope="col">{xName}</th>{series.map((s) => <th key={s.label} scope="col" class="right">{s.label}</th>)}</tr></thead>
            <tbody>{Array.from({ length: size }, (_, i) => <tr key={i}><td>{xText(i)}</td>{series.map((s, k) => <td key={s.label} class="right">{value(k, i)}</td>)}</tr>)}</tbody>
          </table>
        </div>
      ) : (
        <div class="plot" ref={frame} style={{ height: `${height}px` }} tabIndex={0} role="group" aria-roledescription="chart" aria-label={`${title}. ${sentence} Arrow keys read the values.`} onKeyDown={onKeyDown} />
      )}
      <p class="sr" aria-live="polite">{spoken}</p>
    </div>
  );
}
