// SPDX-License-Identifier: Apache-2.0
// Ticks of an axis of bins whose edges grow by the same factor: at round values, wherever those lie between the edges.
import { axisUnit } from '../format/duration';

/** Ever finer values within a power of ten. */
const WITHIN: readonly (readonly number[])[] = [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 5, 7], [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9]];

export interface Tick {
  /** in bins from the first edge on */
  at: number;
  text: string;
}

const ticksOf = (edges: readonly number[], values: readonly number[]): Tick[] => {
  const [first = 1, last = 1] = [edges[0], edges.at(-1)];
  const bins = edges.length - 1;
  const ticks: Tick[] = [];
  for (let power = Math.floor(Math.log10(first)); power <= Math.ceil(Math.log10(last)); power++) {
    for (const m of values) {
      const ms = Number((m * 10 ** power).toPrecision(3));
      if (ms < first || ms > last) continue;
      const unit = axisUnit(ms >= 1000 ? Math.max(ms, 2000) : ms); // 1 s, not 1000 ms
      ticks.push({ at: (bins * Math.log(ms / first)) / Math.log(last / first), text: `${Number((ms / unit.ms).toPrecision(3))}\u00a0${unit.unit}` });
    }
  }
  return ticks;
};

/** The ticks of such an axis in ms, at most `most`; as many as are round. */
export function roundTicks(edges: readonly number[], most: number): Tick[] {
  const first = edges[0] ?? 0;
  if (edges.length < 2 || !(first > 0) || !((edges.at(-1) ?? 0) > first)) return [];
  let best: Tick[] = [];
  for (const values of WITHIN) {
    const ticks = ticksOf(edges, values);
    if (ticks.length <= Math.max(1, most)) best = ticks.length >= best.length ? ticks : best;
  }
  return best;
}
