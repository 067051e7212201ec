// SPDX-License-Identifier: Apache-2.0
// How far the figures of a load test can be trusted: validity with its reasons, our own lag, the certificate.
import type { LoadResults, LoadTest } from '../../api/types';
import { durationMicros, duration } from '../../format/duration';
import { count, percent, plural } from '../../format/number';
import { Empty, Panel } from '../../ui/panel';

const WORDS = {
  valid: 'Valid: our own lag, the offered rate and the generator were within their limits.',
  invalid: 'Not valid: our own part was beyond its limits, so these figures may say more about the measuring than about the target.',
  unknown: 'Whether these figures are valid is not known.',
} as const;
const TONES = { valid: 'ok', invalid: 'bad', unknown: 'warn' } as const;
const SIGNS = { valid: '✓', invalid: '!', unknown: '?' } as const;

/** What a person can do about a reason, where the page knows. */
function adviceFor(reason: string, r: LoadResults | null | undefined): string {
  if (/^The client (saw|sent)/.test(reason)) return 'Lower the load, or let an engine on a faster or quieter machine run it.';
  if (/^The ceiling of/.test(reason)) return 'Raise “in flight at most”, or lower the rate: the target answers more slowly than it is asked.';
  if (/^Only /.test(reason) && (r?.policies?.rate_limit?.waits ?? 0) > 0) return 'The limits of the target held requests back: lower the rate, raise them, or let the plan ignore them.';
  if (/^No request completed/.test(reason)) return 'The errors below say why.';
  return '';
}

/** Sending ended before the plan did: why, and what the figures then stand for. */
export function CutShort({ of: t, r }: { of: LoadTest; r: LoadResults }) {
  if (!r.truncated) return null;
  const { duration_seconds: seconds, requests } = t.plan;
  const stands = seconds ? `${duration(r.window_seconds * 1000)} of the ${duration(seconds * 1000)} planned` : requests ? `${count(r.attempted)} of the ${plural(requests, 'request')} planned` : `${duration(r.window_seconds * 1000)} and ${plural(r.attempted, 'request')}`;
  return (
    <div class="validity warn" role="note">
      <p><span aria-hidden="true" class="validity-sign">▾</span><b>Cut short.</b> {r.truncated}</p>
      <p class="advice">The figures stand for {stands}.</p>
    </div>
  );
}

/** Above all figures: whether they count, and why not. */
export function ValidityNote({ of: t }: { of: LoadTest }) {
  const v = t.validity;
  if (!v) return null;
  return (
    <div class={`validity ${TONES[v.status] ?? 'warn'}`} role="note">
      <p><span aria-hidden="true" class="validity-sign">{SIGNS[v.status] ?? '?'}</span>{WORDS[v.status] ?? v.status}</p>
      {v.reasons.length > 0 && <ul>{v.reasons.map((reason) => { const advice = adviceFor(reason, t.results); return <li key={reason}>{reason}{advice && <span class="advice"> {advice}</span>}</li>; })}</ul>}
    </div>
  );
}

/** Our own part in the figures: lateness of sends, lateness of stamps. */
export function Lags({ r }: { r: LoadResults }) {
  const s = r.send_lag;
  const c = r.client_lag;
  const pairs: [string, string, string][] = [];
  if (s) pairs.push(['Send lag', `p50 ${duration(s.p50)} · p99 ${duration(s.p99)} · max ${duration(s.max)}`, `mean ${duration(s.mean)}, n ${count(s.n)}: from when a request was due to its first byte written`]);
  if (c) {
    pairs.push(['Client lag', `p99 ${durationMicros(c.p99_us)} · max ${durationMicros(c.max_us)}`, "from the kernel's receipt to our stamp"]);
    pairs.push(['Arrived together', `${count(c.batched_events)} of ${plural(c.events, 'event')}`, 'one read brought several chunks, which then share a time']);
    pairs.push(['Kernel stamps', percent(c.kernel_stamped === null ? null : c.kernel_stamped * 100), 'of the requests: their times are the kernel’s']);
  }
  return (
    <Panel title="Our own lag" class="half" sentence="What of the figures is ours.">
      {pairs.length === 0 ? <Empty title="Not measured" /> : <dl class="pairs one lags">{pairs.map(([k, v, what]) => <div key={k}><dt>{k}</dt><dd>{v}<span class="note line">{what}</span></dd></div>)}</dl>}
    </Panel>
  );
}

const PARTS = [['send_lag_us', 'Send lag'], ['ttft_us', 'TTFT'], ['gap_us', 'Gap']] as const;

export function Certificate({ of: t }: { of: LoadTest }) {
  const c = t.certificate;
  if (!c || (!c.before && !c.after)) {
    return <Panel title="Certificate" class="half"><Empty title="No certificate"><p>{t.plan.certificate === false ? 'The plan asked for none.' : c?.reason ?? 'The load test ended before it was made.'}</p></Empty></Panel>;
  }
  const sides = [['Before', c.before], ['After', c.after]] as const;
  const steal = (host: Record<string, unknown> | null | undefined) => (typeof host?.steal === 'number' ? percent(host.steal * 100) : '–');
  return (
    <Panel title="Certificate" class="half" sentence={`Our own error under the same load against the built-in target, p99${c.streams ? `; ${plural(c.streams, 'stream')}` : ''}.${c.extrapolated ? ' Extrapolated: this load is more than could be replayed.' : ''}${c.reason ? ` ${c.reason}` : ''}`}>
      <div class="table-frame" tabIndex={0} role="group" aria-label="Certificate">
        <table>
          <thead><tr><th scope="col">Error</th>{sides.map(([word]) => <th key={word} scope="col" class="right">{word}</th>)}</tr></thead>
          <tbody>
            {PARTS.map(([key, word]) => (
              <tr key={key}><th scope="row">{word}</th>{sides.map(([side, s]) => { const f = s?.errors?.[key]; return <td key={side} class="right" title={f ? `mean ${durationMicros(f.mean)}, p50 ${durationMicros(f.p50)}, max ${durationMicros(f.max)}, n ${count(f.n)}` : 'not measured'}>{f ? durationMicros(f.p99) : <span class="none">–</span>}</td>; })}</tr>
            ))}
            <tr><th scope="row">Priority</th>{sides.map(([side, s]) => <td key={side} class="right">{priorityWords(s?.priority)}</td>)}</tr>
            <tr><th scope="row">CPU stolen</th>{sides.map(([side, s]) => <td key={side} class="right">{steal(s?.host)}</td>)}</tr>
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

/** A priority as the engine reports it: a word or number, or policy and nice value. */
function priorityWords(p: unknown): string {
  if (p === null || p === undefined) return '–';
  if (typeof p !== 'object') return String(p);
  const { policy, nice, rt_priority: rt } = p as { policy?: unknown; nice?: unknown; rt_priority?: unknown };
  return [policy, typeof rt === 'number' && rt > 0 ? `real-time ${rt}` : nice === undefined ? '' : `nice ${nice}`].filter((x) => x !== undefined && x !== '').join(', ');
}
