// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { phaseBars } from './waterfall';

describe('phaseBars', () => {
  it('gives no length to a handshake that did not happen, and keeps a wait of nothing', () => {
    const bars = phaseBars({ queue_ms: 2, dns_ms: 0, connect_ms: 0.5, tls_ms: 0, send_ms: 0.1, wait_ms: 0, stream_ms: 10 });
    expect(bars.map((b) => b.ms)).toEqual([2, null, 0.5, null, 0.1, 0, 10]);
    expect(bars.at(-1)?.start).toBeCloseTo(2.6);
  });
});
