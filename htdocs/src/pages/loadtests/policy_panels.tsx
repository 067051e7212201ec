// SPDX-License-Identifier: Apache-2.0
// What the policies did to a load test, and what it cost.
import type { LoadCost, LoadPolicies, LoadResults, LoadTest } from '../../api/types';
import { duration } from '../../format/duration';
import { amount, money } from '../../format/money';
import { plural } from '../../format/number';
import { Link } from '../../ui/link';
import { Empty, Panel } from '../../ui/panel';
import { type Pair, Pairs } from './pairs';

const perMillion = (value: number | undefined) => (value === undefined ? '?' : amount(value));

function happened(p: LoadPolicies): boolean {
  return (p.retries?.attempts ?? 0) + (p.rate_limit?.waits ?? 0) + (p.circuit?.opened ?? 0) + (p.circuit?.refused ?? 0) > 0;
}

function Policies({ of: t, p }: { of: LoadTest; p: LoadPolicies | null | undefined }) {
  const retries = p?.retries;
  const limit = p?.rate_limit;
  const circuit = p?.circuit;
  const ignored = t.plan.target_limits === 'ignore';
  const pairs: Pair[] = [];
  if (retries) {
    pairs.push(['Retries', retries.attempts ? `${plural(retries.attempts, 'attempt')} more, ${plural(retries.recovered, 'request')} saved` : 'none',
      retries.attempts ? 'the time of all attempts is in the latency' : t.plan.retry ? 'no request failed in a way that is tried again' : 'the plan asks for none']);
  }
  if (limit) {
    const w = limit.wait_ms;
    pairs.push(['Held back', limit.waits ? `${plural(limit.waits, 'request')}, p50 ${duration(w?.p50)} · p99 ${duration(w?.p99)} · max ${duration(w?.max)}` : 'none',
      limit.waits ? 'by the limits of the target: in the scheduled latency, and no lag of ours' : ignored ? 'the plan ignores the limits of the target' : 'no limit of the target was reached']);
  }
  if (circuit) {
    pairs.push(['Circuit', circuit.opened || circuit.refused ? `opened ${circuit.opened === 1 ? 'once' : plural(circuit.opened, 'time')}, ${plural(circuit.refused, 'request')} refused` : 'stayed closed',
      circuit.refused ? 'those were not sent, and count as failed' : ignored ? 'the plan ignores it' : '']);
  }
  return (
    <Panel title="Policies" class="half" sentence="Retries of the plan, limits of the target.">
      {pairs.length ? <Pairs of={pairs} /> : <Empty title="Nothing was recorded" />}
    </Panel>
  );
}

function Cost({ c, good }: { c: LoadCost | null | undefined; good: number | undefined }) {
  if (!c) return <Panel title="Cost" class="half"><Empty title="No price of the model is known"><p>With one, this says what the load test cost. <Link to="/settings/prices/new">Add a price</Link></p></Empty></Panel>;
  const of = (value: number | null | undefined, why: string) => (value == null ? <span class="none">– <span class="note">{why}</span></span> : <span title={`${value} ${c.currency}`}>{money(value, c.currency)}</span>);
  const p = c.price;
  const pairs: Pair[] = [
    ['In all', of(c.total, 'no answer said its tokens'), c.max_cost == null ? 'warm-up included' : `warm-up included; at most ${money(c.max_cost, c.currency)} by the plan`],
    ['Per request', of(c.per_request, 'no request was measured'), ''],
    ['Per good one', of(c.per_good_request, good === undefined ? 'the plan has no SLO' : 'no request was good'), ''],
  ];
  if (p) pairs.push(['Price', <>{p.model ?? '?'}: {perMillion(p.input_per_million)} in, {p.cached_input_per_million == null ? '' : `${perMillion(p.cached_input_per_million)} from a cache, `}{perMillion(p.output_per_million)} out</>, `${c.currency} per million tokens`]);
  return (
    <Panel title="Cost" class="half" sentence={c.unpriced ? `${plural(c.unpriced, 'answer')} said no tokens and ${c.unpriced === 1 ? 'is' : 'are'} not in it.` : 'By the tokens that the target counted.'}>
      <Pairs of={pairs} />
    </Panel>
  );
}

/** Both, where the plan or the target had a policy, or something is known of the cost. */
export function PoliciesAndCost({ of: t, r }: { of: LoadTest; r: LoadResults }) {
  const asked = t.plan.retry != null || t.plan.max_cost != null || t.plan.target_limits === 'ignore';
  if (!asked && !r.cost && !(r.policies && happened(r.policies))) return null;
  return <><Policies of={t} p={r.policies} /><Cost c={r.cost} good={r.goodput?.good} /></>;
}
