// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { holdRows } from './hold';

const row = (id: number, status = 'running') => ({ id, status });

describe('holdRows', () => {
  it('lets all through when nothing is held', () => expect(holdRows(null, [row(2), row(1)])).toEqual({ rows: [row(2), row(1)], waiting: 0 }));
  it('keeps places, changes rows in place, counts the new', () => {
    const held = holdRows([row(2), row(1)], [row(4), row(3), row(2, 'completed')]);
    expect(held.rows).toEqual([row(2, 'completed'), row(1)]);
    expect(held.waiting).toBe(2);
  });
});
