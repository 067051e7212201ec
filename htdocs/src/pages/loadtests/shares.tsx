// SPDX-License-Identifier: Apache-2.0
// How a load was shared out: classes under one budget, endpoints beside each other; and what we did to requests on our side.
import type { ComponentChildren } from 'preact';
import type { LoadClasses, LoadEndpoints, LoadResults } from '../../api/types';
import { duration, durationExact } from '../../format/duration';
import { count, percent, plural, significant } from '../../format/number';
import { Panel } from '../../ui/panel';
import { Pill, Value } from '../../ui/state';
import { Pairs, type Pair } from './pairs';

const share = (v: number | null | undefined) => percent(v == null ? null : 100 * v);

/** Policy of a budget: what it is called, whose turn it is. */
export const SHARINGS: readonly (readonly [LoadClasses['policy'], string, string])[] = [
  ['fair', 'Fair', 'The class with the fewest under way goes next.'],
  ['priority', 'By priority', 'The class of the highest priority goes next, however long the others wait.'],
  ['dynamic', 'By priority and wait', 'The longest wait times priority + 1 goes next: the higher sooner, and everybody in the end.'],
];

function starvedWords(c: LoadClasses): string {
  if (c.starved.length === 0) return 'No class starved.';
  return `${c.starved.length === 1 ? 'One class' : `${count(c.starved.length)} classes`} starved: later requests of others went before theirs, again and again.`;
}

/** Classes of requests under one budget: how long each waited, how much of the budget it held, whether it starved. */
export function Classes({ of: c }: { of: LoadClasses | undefined }) {
  if (!c) return null;
  const [, word, turn] = SHARINGS.find(([policy]) => policy === c.policy) ?? [c.policy, c.policy, ''];
  return (
    <Panel title="Classes" class="full list" sentence={`${word}: ${turn} ${plural(c.budget, 'place')} in all, ${share(c.used)} of them held on average. ${starvedWords(c)}`}>
      <div class="table-frame" tabIndex={0} role="group" aria-label="Classes">
        <table class="classes">
          <thead><tr>
            <th scope="col">Class</th><th scope="col">State</th><th scope="col" class="right mid">Requests</th><th scope="col" class="right mid">Success</th>
            <th scope="col">Of the budget</th><th scope="col" class="right">Wait p50</th><th scope="col" class="right">Wait p99</th><th scope="col" class="right mid">Longest wait</th><th scope="col" class="right">E2E p95</th>
          </tr></thead>
          <tbody>
            {c.list.map((k) => (
              <tr key={k.name}>
                <th scope="row">{k.name}<span class="note line">priority {count(k.priority)}</span></th>
                <td>{k.starved > 0 ? <Pill tone="bad" sign="✕">starved</Pill> : <Pill tone="ok" sign="✓">served</Pill>}{k.starved > 0 && <span class="note line">{plural(k.starved, 'request')}</span>}</td>
                <td class="right mid">{count(k.requests)}{k.not_sent > 0 && <span class="note line">{count(k.not_sent)} not sent</span>}</td>
                <td class="right mid"><Value text={percent(k.success)} why="it had no request" /></td>
                <td><span class="held"><span>{share(k.budget_share)}</span><span class="bar" aria-hidden="true"><i style={{ width: `${Math.min(100, 100 * (k.budget_share ?? 0))}%` }} /></span></span></td>
                {(['p50', 'p99', 'max'] as const).map((q) => <td key={q} class={`right ${q === 'max' ? 'mid' : ''}`}><Value text={duration(k.wait_ms[q])} exact={durationExact(k.wait_ms[q])} why="none of its requests had a place" /></td>)}
                <td class="right"><Value text={duration(k.p95_ms)} exact={durationExact(k.p95_ms)} why="nothing was completed" /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="list-foot note">Waits are from the planned send until there was a place; they are in the E2E of a class.</p>
    </Panel>
  );
}

/** Endpoints beside each other: how much each was asked, and how it did. */
export function Endpoints({ of: e, strategy }: { of: LoadEndpoints | undefined; strategy: string | undefined }) {
  if (!e) return null;
  return (
    <Panel title="Endpoints" class="full list" sentence={`Chosen by ${(strategy ?? 'round_robin').replaceAll('_', ' ')}. ${e.imbalance === null ? 'Nothing was asked.' : `The largest share is ${significant(e.imbalance)} times the mean share; 1 is even.`}`}>
      <div class="table-frame" tabIndex={0} role="group" aria-label="Endpoints">
        <table class="classes">
          <thead><tr><th scope="col">Endpoint</th><th scope="col" class="right mid">Attempts</th><th scope="col">Share</th><th scope="col" class="right">Success</th><th scope="col" class="right">p95</th></tr></thead>
          <tbody>
            {e.list.map((o, i) => (
              <tr key={i}>
                <th scope="row" class="mono address">{o.url}</th>
                <td class="right mid">{count(o.attempts)}</td>
                <td><span class="held"><span>{share(o.share)}</span><span class="bar" aria-hidden="true"><i style={{ width: `${100 * (o.share ?? 0)}%` }} /></span></span></td>
                <td class="right"><Value text={percent(o.success)} why="it was not asked" /></td>
                <td class="right"><Value text={duration(o.p95_ms)} exact={durationExact(o.p95_ms)} why="nothing was completed" /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

const CACHE_FROM: Record<string, string> = { usage: 'by what the target says of its prompt tokens', ttft_mixture: 'estimated from two groups of TTFT' };

/** What we did to our own requests, what copies of them did, what the target had cached: where the plan asks for it. */
export function OurSide({ r }: { r: LoadResults }) {
  const { faults: f, hedge: h, cache: c } = r;
  const pairs: Pair[] = [];
  if (f) {
    const broken: ComponentChildren = f.aborted + f.timed_out + f.dead === 0 ? 'none' : [[f.aborted, 'aborted'], [f.timed_out, 'timed out'], [f.dead, 'sent to a dead endpoint']].filter(([n]) => Number(n) > 0).map(([n, what]) => `${count(Number(n))} ${what}`).join(', ');
    pairs.push(['Broken by us', broken, `${plural(f.recovered, 'request')} completed all the same; no fault of the target`]);
    if (f.delayed > 0) pairs.push(['Delayed by us', `${plural(f.delayed, 'attempt')}, p50 ${duration(f.delay_ms.p50)} · p99 ${duration(f.delay_ms.p99)} · max ${duration(f.delay_ms.max)}`, `${count(f.lost)} of them were lost and sent again`]);
  }
  if (h) pairs.push(['Hedges', h.sent ? `${plural(h.sent, 'copy', 'copies')} sent` : 'none', h.sent ? `${plural(h.won, 'request')} completed by a copy first` : 'every request had completed in time']);
  if (c) pairs.push(['From a cache', c.hit_rate === null ? <span class="none">– <span class="note">the target does not tell, and TTFT has no two groups</span></span> : share(c.hit_rate), [c.from ? CACHE_FROM[c.from] : '', c.repeated_share === null ? '' : `${share(c.repeated_share)} asked what had been asked before: no cache of whole prompts could know more`].filter(Boolean).join('; ')]);
  if (pairs.length === 0) return null;
  return <Panel title="Faults, hedges, cache" class="full" sentence="What we did on our side of the connection, and what the target knew already."><Pairs of={pairs} /></Panel>;
}
