// SPDX-License-Identifier: Apache-2.0
// The trend of a scenario on the made-up server: it rises by 4 ms a day, with a wave; the second scenario has too few days.
const DAY = 86_400_000;

export function trendOf(scenario, q) {
  const days = Number(q.get('days') ?? 28);
  const today = Math.floor(Date.now() / DAY) * DAY;
  const some = scenario.id !== 2;
  const series = Array.from({ length: days + 1 }, (_, i) => {
    const value = some ? 500 + 4 * i + 9 * Math.sin(i) : null;
    return { day: new Date(today - (days - i) * DAY).toISOString(), n: some ? 40 : 0, value, low: value && value - 20, high: value && value + 20, used: some && i < days, line: some ? 500 + 4 * i : null };
  });
  return {
    scenario_id: scenario.id, metric: q.get('metric') ?? 'e2e_ms', quantile: Number(q.get('quantile') ?? 0.95), unit: q.get('metric') === 'success_rate' ? '%' : 'ms', series, relative_error: 0.005,
    slope: some ? { per_day: 4, low: 3.6, high: 4.4, days, n_effective: 21 } : null,
    backtest: some ? { forecasts: 15, horizon_days: 7, error_line: 9, error_same_as_last: 28 } : null,
    forecast: { status: 'no_threshold', threshold: null, threshold_from: null, at: null, earliest: null, latest: null },
    sentence: some ? `p95 of e2e_ms rises by 4.00 ms a day over ${days} days (95 % interval 3.60 ms to 4.40 ms).` : 'Too few days for a trend: 0 with at least 5 values, 7 are needed.',
  };
}
