// SPDX-License-Identifier: Apache-2.0
// What the SLOs of a scenario stand at: met or not, what is left of the error budget, and how fast it is used up.
import type { ScenarioSlos, SloStanding } from '../../api/types';
import { duration } from '../../format/duration';
import { inWords, metricName } from '../../format/metrics';
import { money, oneCurrency } from '../../format/money';
import { DASH, percent, plural, significant } from '../../format/number';
import { allPrices, scenarioSlos } from '../../state/resources';
import { useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { Loaded, Skeleton } from '../../ui/panel';
import { Pill, Value } from '../../ui/state';

const STATUS = {
  met: <Pill tone="ok" sign="✓">met</Pill>,
  not_met: <Pill tone="bad" sign="✕">not met</Pill>,
  too_few_samples: <Pill tone="quiet" sign="…">too few samples</Pill>,
};

/** From here on a burn rate is worth a look, or an alarm (a window of 30 days: 2 % of the budget in an hour). */
const LASTS = 1;
const ALARM = 14.4;
const tone = (rate: number | null) => (rate === null || rate <= LASTS ? '' : rate > ALARM ? 'tone-bad' : 'tone-warn');

function Budget({ left }: { left: number | null }) {
  if (left === null) return <p class="note">No budget yet: nothing was attempted.</p>;
  const words = left < 0 ? `Overspent: ${significant(1 - left / 100, 3)} times the error budget was used` : `${percent(left)} of the error budget left`;
  return (
    <div class={`budget ${left < 0 ? 'over' : ''}`}>
      <span class="bar" aria-hidden="true"><i style={{ width: `${Math.max(0, Math.min(100, left))}%` }} /></span>
      <span>{words}</span>
    </div>
  );
}

function Standing({ s }: { s: SloStanding }) {
  return (
    <li>
      <p class="slo-head">{STATUS[s.status]}<strong>{s.slo.name ?? inWords(s.demand)}</strong></p>
      {s.slo.name && <p class="note">{inWords(s.demand)}</p>}
      <p>{inWords(s.finding)}{s.attainment_interval && <span class="note"> 95 %: {percent(s.attainment_interval[0])} to {percent(s.attainment_interval[1])}.</span>}</p>
      <Budget left={s.budget.left} />
      <p class="burn">Burn rate
        {Object.entries(s.burn_rates).map(([window, rate]) => (
          <span key={window} class={tone(rate)}><span class="note">{window}</span> <Value text={rate === null ? DASH : significant(rate, 2)} why={`nothing was attempted in ${window}`} /></span>
        ))}
      </p>
    </li>
  );
}

function Summary({ of: { summary: s } }: { of: ScenarioSlos }) {
  const none = 'no attempts';
  const currency = oneCurrency(useStore(allPrices()).data);
  return (
    <dl class="pairs">
      <div><dt>Good runs</dt><dd><Value text={percent(s.attainment)} why={none} /> <span class="note">of {plural(s.attempted, 'attempt')}</span></dd></div>
      <div><dt>Goodput</dt><dd><Value text={s.good ? `${significant(s.goodput_per_second === null ? 0 : s.goodput_per_second * 3600)}/h` : DASH} why="no good run" /></dd></div>
      <div><dt>Apdex</dt><dd><Value text={s.apdex.value === null ? DASH : s.apdex.value.toFixed(2)} why={s.apdex.t_ms === null ? 'run_settings.apdex names no T' : none} />{s.apdex.t_ms !== null && <span class="note"> T = {duration(s.apdex.t_ms)} of {metricName(s.apdex.metric)}</span>}</dd></div>
      <div><dt>pass^{s.pass_k.k}</dt><dd><Value text={s.pass_k.value === null ? DASH : percent(s.pass_k.value * 100)} why={`fewer than ${s.pass_k.k} attempts`} /></dd></div>
      <div><dt>A good result</dt><dd><Value text={money(s.cost_per_good_result, currency)} why="no good run, or no price is known" /></dd></div>
    </dl>
  );
}

export function SloPanel({ id }: { id: number }) {
  const store = scenarioSlos.of(id);
  const state = useStore(store);
  return (
    <section class="standing" aria-label="What the SLOs stand at">
      <header><h3>What they stand at</h3><Copy class="ghost small" text={() => curl('GET', `/gates/${id}`).replace('curl -sS', 'curl -fsS')}>Copy the gate as curl</Copy></header>
      <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={5} />}>
        {(d) => (
          <>
            {d.slos.length > 0 && <ul>{d.slos.map((s, i) => <Standing key={i} s={s} />)}</ul>}
            <Summary of={d} />
            <p class="note">The last {d.summary.window}, by whole hours; failed runs are in every denominator.</p>
          </>
        )}
      </Loaded>
    </section>
  );
}
