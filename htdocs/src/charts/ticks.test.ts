// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { roundTicks } from './ticks';

const edges = (from: number, to: number, bins: number) => Array.from({ length: bins + 1 }, (_, i) => from * (to / from) ** (i / bins));

describe('ticks of logarithmic bins', () => {
  it('are round, in their own unit, and where they belong', () => {
    const ticks = roundTicks(edges(18.9, 92.6, 60), 6);
    expect(ticks.map((t) => t.text)).toEqual(['20\u00a0ms', '30\u00a0ms', '50\u00a0ms', '70\u00a0ms']);
    for (const t of ticks) {
      const here = 18.9 * (92.6 / 18.9) ** (t.at / 60);
      expect(here).toBeCloseTo(Number(t.text.split('\u00a0')[0]), 6);
    }
    expect(roundTicks(edges(0.4, 30_000, 50), 6).map((t) => t.text)).toEqual(['1\u00a0ms', '10\u00a0ms', '100\u00a0ms', '1\u00a0s', '10\u00a0s']);
  });
  it('are never more than there is room for, and none of nothing', () => {
    for (const most of [1, 2, 4, 8]) expect(roundTicks(edges(1, 100_000, 40), most).length).toBeLessThanOrEqual(most);
    expect(roundTicks([], 5)).toEqual([]);
    expect(roundTicks([0, 1], 5)).toEqual([]);
    expect(roundTicks([5, 5], 5)).toEqual([]);
  });
});
