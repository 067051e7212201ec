// SPDX-License-Identifier: Apache-2.0
// Where the time went: one bar per phase on one scale, as HTML, so that it prints, wraps and can be read out.
import type { Phases } from '../../api/types';
import { duration, durationExact } from '../../format/duration';

const NAMES: readonly (readonly [keyof Phases, string, string])[] = [
  ['queue_ms', 'Queue', 'waiting for a free place in the engine'],
  ['dns_ms', 'DNS', 'finding the address'],
  ['connect_ms', 'Connect', 'TCP handshake'],
  ['tls_ms', 'TLS', 'TLS handshake'],
  ['send_ms', 'Send', 'writing the request'],
  ['wait_ms', 'Wait', 'from the request sent to the first byte'],
  ['stream_ms', 'Stream', 'from the first byte to the last'],
];

/** Phases that a request may do without; of those the server says 0. */
const OPTIONAL = new Set<keyof Phases>(['dns_ms', 'connect_ms', 'tls_ms']);

/** The bars: start and length in ms, in the order they happen. What did not happen has no length. */
export function phaseBars(phases: Phases): { key: keyof Phases; name: string; help: string; start: number; ms: number | null }[] {
  let at = 0;
  return NAMES.map(([key, name, help]) => {
    const ms = OPTIONAL.has(key) && phases[key] === 0 ? null : phases[key];
    const bar = { key, name, help, start: at, ms };
    at += ms ?? 0;
    return bar;
  });
}

export function Waterfall({ phases, reused }: { phases: Phases; reused: boolean | null | undefined }) {
  const bars = phaseBars(phases);
  const total = bars.reduce((sum, b) => sum + (b.ms ?? 0), 0) || 1;
  return (
    <table class="waterfall">
      <caption class="sr">Phases of the request</caption>
      <thead class="sr"><tr><th scope="col">Phase</th><th scope="col">When</th><th scope="col">Duration</th></tr></thead>
      <tbody>
        {bars.map((b) => (
          <tr key={b.key}>
            <th scope="row" title={b.help}>{b.name}</th>
            <td class="lane">{b.ms !== null && <span class={`phase ${b.key.replace('_ms', '')}`} style={{ marginLeft: `${(b.start / total) * 100}%`, width: `${((b.ms ?? 0) / total) * 100}%` }} />}</td>
            <td class="right" title={durationExact(b.ms)}>{b.ms === null ? <span class="none" title={reused && OPTIONAL.has(b.key) ? 'the connection was open already' : 'did not happen'}>{reused && OPTIONAL.has(b.key) ? 'reused' : '–'}</span> : duration(b.ms)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
