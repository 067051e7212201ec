// SPDX-License-Identifier: Apache-2.0
// What is drawn over and under the lines of a plot: names at their ends, limits, and stretches of the x axis with a name.
import type uPlot from 'uplot';
import { color } from './theme';

/** A horizontal or vertical line with its name, such as an SLO or the knee. */
export interface Limit { at: number; label: string; token: string }
/** A stretch of the x axis, such as the warm-up. */
export interface Region { from: number; to: number; label: string }

const font = (ratio: number, weight = 400) => `${weight} ${12 * ratio}px system-ui, sans-serif`;

/** Runs `work` on the canvas with its state put back afterwards. */
function on(u: uPlot, work: (ctx: CanvasRenderingContext2D, ratio: number) => void): void {
  u.ctx.save();
  work(u.ctx, devicePixelRatio);
  u.ctx.restore();
}

/** The text, cut so that it is no wider than `room`. */
function cut(ctx: CanvasRenderingContext2D, text: string, room: number): string {
  if (ctx.measureText(text).width <= room) return text;
  let end = text.length - 1;
  while (end > 1 && ctx.measureText(`${text.slice(0, end).trimEnd()}…`).width > room) end--;
  return `${text.slice(0, end).trimEnd()}…`;
}

/** Names of lines at their right ends, kept apart from each other. */
export function namesAtEnds(u: uPlot, names: readonly { text: string; color: string; x: number; y: number }[]): void {
  on(u, (ctx, ratio) => {
    ctx.font = font(ratio, 600);
    ctx.textBaseline = 'middle';
    ctx.textAlign = 'left';
    let floor = Number.POSITIVE_INFINITY;
    for (const end of [...names].sort((a, b) => b.y - a.y)) {
      const y = Math.min(end.y, floor - 14 * ratio);
      floor = y;
      ctx.fillStyle = end.color;
      ctx.fillText(cut(ctx, end.text, ctx.canvas.width - end.x - 8 * ratio), end.x + 6 * ratio, y);
    }
  });
}

/** Stretches of the x axis: shaded, with their names at the top where there is room. */
export function drawRegions(u: uPlot, regions: readonly Region[]): void {
  on(u, (ctx, ratio) => {
    ctx.font = font(ratio);
    ctx.textBaseline = 'top';
    ctx.textAlign = 'left';
    const end = u.bbox.left + u.bbox.width;
    for (const region of regions) {
      const left = Math.max(u.bbox.left, u.valToPos(region.from, 'x', true));
      const right = Math.min(end, u.valToPos(region.to, 'x', true));
      if (right <= left) continue;
      ctx.fillStyle = color('surface-2');
      ctx.fillRect(left, u.bbox.top, right - left, u.bbox.height);
      ctx.fillStyle = color('text-3');
      if (ctx.measureText(region.label).width + 8 * ratio < right - left) ctx.fillText(region.label, left + 4 * ratio, u.bbox.top + 4 * ratio);
    }
  });
}

/** Text that can be read above lines. */
function halo(ctx: CanvasRenderingContext2D, ratio: number, text: string, x: number, y: number): void {
  ctx.save();
  ctx.setLineDash([]);
  ctx.lineWidth = 4 * ratio;
  ctx.lineJoin = 'round';
  ctx.strokeStyle = color('surface');
  ctx.strokeText(text, x, y);
  ctx.restore();
  ctx.fillText(text, x, y);
}

/** Horizontal limits with their names above the line at the right, vertical ones with their names beside it. */
export function drawLimits(u: uPlot, limits: readonly Limit[], axis: 'x' | 'y'): void {
  on(u, (ctx, ratio) => {
    ctx.font = font(ratio, 600);
    ctx.lineWidth = 1.5 * ratio;
    ctx.setLineDash([6 * ratio, 3 * ratio]);
    const { left, top, width, height } = u.bbox;
    for (const limit of limits) {
      const at = Math.round(u.valToPos(limit.at, axis, true));
      if (axis === 'y' ? at < top || at > top + height : at < left || at > left + width) continue;
      ctx.strokeStyle = ctx.fillStyle = color(limit.token);
      ctx.beginPath();
      if (axis === 'y') { ctx.moveTo(left, at); ctx.lineTo(left + width, at); } else { ctx.moveTo(at, top); ctx.lineTo(at, top + height); }
      ctx.stroke();
      const long = ctx.measureText(limit.label).width + 6 * ratio;
      if (axis === 'y') {
        const above = at - top >= 16 * ratio;
        ctx.textAlign = 'right';
        ctx.textBaseline = above ? 'bottom' : 'top';
        halo(ctx, ratio, limit.label, left + width - 4 * ratio, at + (above ? -3 : 3) * ratio);
      } else {
        const fits = at + long < left + width;
        ctx.textBaseline = 'top';
        ctx.textAlign = fits ? 'left' : 'right';
        halo(ctx, ratio, limit.label, at + (fits ? 5 : -5) * ratio, top + 3 * ratio);
      }
    }
  });
}
