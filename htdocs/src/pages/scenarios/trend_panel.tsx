// SPDX-License-Identifier: Apache-2.0
// Where a figure of a scenario is going, day by day, and when it breaks a limit.
import { useMemo, useState } from 'preact/hooks';
import type { ScenarioTrend } from '../../api/types';
import { Chart, type Series } from '../../charts/chart';
import { DURATION, PERCENT } from '../../charts/units';
import { capitalised, inWords, metricMeaning, metricName } from '../../format/metrics';
import { count } from '../../format/number';
import { isGuarded, setParams, usePlace } from '../../router';
import { scenarioTrend } from '../../state/resources';
import { useStore } from '../../state/store';
import { SelectField } from '../../ui/form';
import { Loaded, Skeleton } from '../../ui/panel';

const FIGURES = [
  'e2e_ms/0.5', 'e2e_ms/0.95', 'ttft_ms/0.5', 'ttft_ms/0.95', 'itl_ms/0.95', 'tpot_ms/0.5', 'total_ms/0.95', 'success_rate/',
] as const;
type Figure = (typeof FIGURES)[number];

/** "TTFT p95"; a rate has no quantile. */
function figureName(figure: Figure): string {
  const [metric = '', quantile] = figure.split('/');
  return `${metricName(metric)}${quantile ? ` p${Number(quantile) * 100}` : ''}`;
}

const DAYS = [['14', '14 days'], ['28', '28 days'], ['90', '90 days'], ['180', '180 days']] as const;

function Drawn({ t, name }: { t: ScenarioTrend; name: string }) {
  const columns = useMemo(() => [t.series.map((d) => Date.parse(d.day) / 1000), t.series.map((d) => d.value), t.series.map((d) => (t.slope ? d.line : null))], [t]);
  const series: readonly Series[] = [{ label: name, token: 'chart-1', kind: 'line' }, { label: 'Trend', token: 'chart-2', kind: 'line', dash: [6, 4] }];
  const limit = t.forecast.threshold;
  if (t.series.every((d) => d.n === 0)) return null;
  return (
    <Chart title={`${name} by day`} sentence={inWords(t.sentence)} columns={columns} series={t.slope ? series : series.slice(0, 1)} x="time" step={86_400} xName="Day, UTC" unit={t.unit === '%' ? PERCENT : DURATION} height={180} room={72}
      note={(i) => `n ${count(t.series[i]?.n)}${t.series[i]?.used ? '' : ', not used'}`} limits={limit === null ? [] : [{ at: limit, label: t.forecast.threshold_from === 'slo' ? 'SLO' : 'limit', token: 'bad' }]} />
  );
}

/** What is chosen stands in the address, but where that would ask about unsaved changes. */
function useKept<T extends string>(name: string, known: readonly T[], usual: T): [T, (value: T) => void] {
  const said = usePlace().params.get(name);
  const [own, setOwn] = useState<T | null>(null);
  const choose = (value: T) => {
    setOwn(isGuarded() ? value : null);
    if (!isGuarded()) setParams({ [name]: value === usual ? null : value }, { replace: true });
  };
  return [own ?? known.find((v) => v === said) ?? usual, choose];
}

export function TrendPanel({ id }: { id: number }) {
  const [figure, setFigure] = useKept('trend', FIGURES, 'e2e_ms/0.95');
  const [days, setDays] = useKept('days', DAYS.map(([d]) => d), '28');
  const [metric, quantile] = figure.split('/');
  const store = scenarioTrend.of({ id, metric: metric ?? '', quantile: quantile ?? '', days });
  const state = useStore(store);
  const name = figureName(figure);
  return (
    <section class="trend" aria-label="Trend">
      <header><h3>Trend</h3></header>
      <div class="trend-pick"><SelectField label="Figure" value={figure} onValue={setFigure} options={FIGURES.map((f) => [f, figureName(f)] as const)} help={`${capitalised(metricMeaning(metric ?? ''))}.`} /><SelectField label="Over" value={days} onValue={setDays} options={DAYS} /></div>
      <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={6} />}>
        {(t) => <><p>{inWords(t.sentence)}</p><Drawn t={t} name={name} /></>}
      </Loaded>
    </section>
  );
}
