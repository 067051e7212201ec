// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { csv, slug } from './export';

describe('csv', () => {
  it('has one unit in the head and numbers below', () => expect(csv(['From', 'p50'], [['2026-01-31 14:00', '312.5\u00a0ms'], ['2026-01-31 15:00', '1,812.25\u00a0ms'], ['2026-01-31 16:00', '–']]))
    .toBe('From,p50 (ms)\r\n2026-01-31 14:00,312.5\r\n2026-01-31 15:00,1812.25\r\n2026-01-31 16:00,\r\n'));
  it('keeps texts where units differ', () => expect(csv(['x'], [['3 ms'], ['2 min 05 s']])).toBe('x\r\n3 ms\r\n2 min 05 s\r\n'));
  it('no cell is a formula, and names are quoted', () => expect(csv(['=cmd()', 'a,"b"'], [['@x', '-3'], ['+1', '–']])).toBe("'=cmd(),\"a,\"\"b\"\"\"\r\n'@x,-3\r\n'+1,\r\n"));
});
it('slug', () => expect(slug('Latency, over time (p99)')).toBe('latency-over-time-p99'));
