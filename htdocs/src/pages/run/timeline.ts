// SPDX-License-Identifier: Apache-2.0
// From the chunks of a run to the columns of its chart. Empty and role-only chunks are no content and start no gap;
// of an agent's run only the progress events count, as in its figures.
import type { Timeline } from '../../api/types';

const CONTENT = new Set(['content', 'reasoning', 'tool']);
const PROGRESS = new Set(['progress']);

export interface Gaps {
  /** ms since the send, of the chunk that ended the gap */
  x: number[];
  /** ms before that chunk */
  gap: number[];
  /** the gap again where it was a stall, else null */
  stall: (number | null)[];
  /** tokens of that chunk, null where the server did not say */
  tokens: (number | null)[];
  kind: string[];
}

/** Gaps between content-bearing chunks; the first chunk has none (its wait is the TTFT). */
export function gapsOf(timeline: Pick<Timeline, 'chunks' | 'stalls' | 'truncated'>): Gaps {
  const gaps: Gaps = { x: [], gap: [], stall: [], tokens: [], kind: [] };
  const stalls = new Set(timeline.stalls);
  const counted = timeline.chunks.some((c) => c.kind === 'progress') ? PROGRESS : CONTENT;
  let before: number | null = null;
  timeline.chunks.forEach((chunk, i) => {
    if (!counted.has(chunk.kind)) return;
    if (before !== null) {
      const gap = (chunk.t_us - before) / 1000;
      gaps.x.push(chunk.t_us / 1000);
      gaps.gap.push(gap);
      gaps.stall.push(stalls.has(i) ? gap : null);
      gaps.tokens.push(chunk.tokens);
      gaps.kind.push(chunk.kind);
    }
    before = chunk.t_us;
  });
  return gaps;
}
