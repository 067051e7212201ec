// SPDX-License-Identifier: Apache-2.0
// What a chart shows, as a file: its values as CSV, itself as a picture with title, sentence and legend.
import { color } from './theme';

export interface Shown { label: string; token: string; dash?: readonly number[]; kind: string }

/** A title as part of a file name or an address. */
export const slug = (title: string): string => title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');

/** A text that a spreadsheet takes for no formula, quoted (RFC 4180). Numbers stay numbers. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.]+$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows of texts as CSV. A column whose texts are all numbers of one unit has that in its head and numbers below. */
export function csv(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = heads.map((head, k) => {
    const texts = rows.map((r) => r[k] ?? '');
    const read = texts.map((t) => (t === '–' || t === '' ? null : /^(-?[\d,]*\.?\d+)[\s\u00a0]*([^\d\s]*(?:\/\w+)?)$/.exec(t)));
    const units = new Set(read.flatMap((m) => (m ? [m[2] ?? ''] : [])));
    if (units.size === 1 && read.every((m, i) => m !== null || texts[i] === '–' || texts[i] === '')) {
      const unit = [...units][0];
      return [unit ? `${head} (${unit})` : head, ...read.map((m) => m?.[1]?.replaceAll(',', '') ?? '')];
    }
    return [head, ...texts.map((t) => (t === '–' ? '' : t))];
  });
  return Array.from({ length: rows.length + 1 }, (_, i) => columns.map((c) => cell(c[i] ?? '')).join(',')).join('\r\n').concat('\r\n');
}

const EDGE = 16, LINE = 18;

function words(ctx: CanvasRenderingContext2D, text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && ctx.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** The drawing in `box` on its own ground, below title and sentence, above its legend; null if nothing is drawn. */
export function picture(box: HTMLElement, title: string, sentence: string, series: readonly Shown[]): HTMLCanvasElement | null {
  const drawn = box.querySelector('canvas');
  const out = document.createElement('canvas');
  const ctx = out.getContext('2d');
  if (!drawn || !ctx || !drawn.width) return null;
  const scale = drawn.width / drawn.clientWidth;
  const width = drawn.clientWidth + 2 * EDGE;
  ctx.font = '12.5px system-ui, sans-serif';
  const lines = words(ctx, sentence, width - 2 * EDGE);
  const top = EDGE + LINE + lines.length * LINE + 8;
  out.width = width * scale;
  out.height = (top + drawn.clientHeight + LINE + 2 * EDGE) * scale;
  ctx.scale(scale, scale);
  ctx.fillStyle = color('surface');
  ctx.fillRect(0, 0, width, out.height);
  ctx.textBaseline = 'top';
  ctx.fillStyle = color('text');
  ctx.font = '600 14px system-ui, sans-serif';
  ctx.fillText(title, EDGE, EDGE);
  ctx.font = '12.5px system-ui, sans-serif';
  ctx.fillStyle = color('text-2');
  lines.forEach((line, i) => ctx.fillText(line, EDGE, EDGE + (i + 1) * LINE));
  ctx.drawImage(drawn, EDGE, top, drawn.clientWidth, drawn.clientHeight);
  let x = EDGE;
  const y = top + drawn.clientHeight + EDGE;
  for (const s of series.filter((one) => one.kind !== 'said')) {
    ctx.strokeStyle = color(s.token);
    ctx.lineWidth = 2;
    ctx.setLineDash([...(s.dash ?? [])]);
    ctx.beginPath();
    ctx.moveTo(x, y + 7);
    ctx.lineTo(x + 22, y + 7);
    ctx.stroke();
    ctx.fillText(s.label, x + 28, y);
    x += 28 + ctx.measureText(s.label).width + 20;
  }
  return out;
}
