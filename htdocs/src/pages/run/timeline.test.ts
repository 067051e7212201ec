// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { gapsOf } from './timeline';

describe('gapsOf', () => {
  it('measures between content chunks only, and marks stalls by index', () => {
    const gaps = gapsOf({
      truncated: false,
      stalls: [3],
      chunks: [
        { t_us: 100_000, kind: 'role', tokens: null, bytes: 1, wake: 0 },
        { t_us: 200_000, kind: 'content', tokens: 1, bytes: 4, wake: 0 },
        { t_us: 210_000, kind: 'reasoning', tokens: 2, bytes: 4, wake: 0 },
        { t_us: 710_000, kind: 'content', tokens: 1, bytes: 4, wake: 0 },
        { t_us: 711_000, kind: 'usage', tokens: null, bytes: 4, wake: 0 },
      ],
    });
    expect(gaps.x).toEqual([210, 710]);
    expect(gaps.gap).toEqual([10, 500]);
    expect(gaps.stall).toEqual([null, 500]);
    expect(gaps.tokens).toEqual([2, 1]);
  });
  it('of an agent counts the progress events, not the result after them', () => {
    const gaps = gapsOf({
      truncated: false,
      stalls: [],
      chunks: [
        { t_us: 50_000, kind: 'progress', tokens: null, bytes: 1, wake: 0 },
        { t_us: 70_000, kind: 'progress', tokens: null, bytes: 1, wake: 0 },
        { t_us: 70_010, kind: 'content', tokens: null, bytes: 1, wake: 0 },
      ],
    });
    expect(gaps.x).toEqual([70]);
  });
  it('of one chunk there are none', () => expect(gapsOf({ truncated: false, stalls: [], chunks: [{ t_us: 5, kind: 'content', tokens: 1, bytes: 1, wake: 0 }] }).x).toEqual([]));
});
