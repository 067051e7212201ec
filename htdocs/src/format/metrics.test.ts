// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fewSamples, inWords, KPI_METRICS, LOAD_SLO_METRICS, METRICS, metricLongName, metricMeaning, metricName, SLO_METRICS, SLO_RATES } from './metrics';

const source = (path: string) => readFileSync(fileURLToPath(new URL(`../../../mod_benchmark/${path}`, import.meta.url)), 'utf8');
/** All names between quotes in what follows `from` up to `to`, split at bars. */
const names = (text: string, from: string, to: string) => {
  const part = text.slice(text.indexOf(from), text.indexOf(to, text.indexOf(from)));
  return [...part.matchAll(/"([^"]+)"/g)].flatMap((m) => (m[1] ?? '').split('|')).filter((n) => /^[a-z]\w*$/.test(n));
};

describe('the table of metrics', () => {
  it('names and explains every one once', () => {
    expect(new Set(METRICS.map((m) => m.member)).size).toBe(METRICS.length);
    for (const m of METRICS) for (const text of [m.short, m.long, m.meaning]) expect(text.length, m.member).toBeGreaterThan(1);
    expect(new Set(METRICS.map((m) => m.short)).size).toBe(METRICS.length);
    expect(new Set(METRICS.map((m) => m.long)).size).toBe(METRICS.length);
  });

  it('has what the server has: KPIs, comparisons, SLOs', () => {
    const kpis = names(source('kpi/kpi_metric.c'), 'ROW(BM_KPI_E2E', '};').filter((n) => n.endsWith('_ms'));
    expect(kpis.length).toBeGreaterThan(10);
    expect(KPI_METRICS.map(([m]) => m).sort()).toEqual([...kpis].sort());
    const known = new Set(METRICS.map((m) => m.member));
    const compared = names(source('api/compare_api.c'), '#define QUANTITIES', 'const bm_query_param_t');
    expect(compared).toContain('ttfb_ms');
    expect(compared.filter((m) => !known.has(m))).toEqual([]);
    const slos = names(source('model/slo_model.h'), '#define BM_SLO_SINGLE', '/** One element');
    expect([...SLO_METRICS, ...SLO_RATES].map(([m]) => m).sort()).toEqual([...slos].sort());
    const line = source('model/loadtest_model.c').split('\n').find((l) => l.includes('ttft_service_ms|')) ?? '';
    expect(LOAD_SLO_METRICS.map(([m]) => m).sort()).toEqual(names(line, '.values', '},').sort());
  });

  it('says from where a load test counts', () => {
    expect(metricMeaning('ttft_ms', 'scheduled')).toBe(metricMeaning('ttft_scheduled_ms'));
    expect(metricMeaning('ttft_ms', null)).toBe('from the send to the first content');
    expect(metricMeaning('itl_ms', 'scheduled')).toBe(metricMeaning('itl_ms'));
  });

  it('puts a sentence of the server into words', () => {
    expect(inWords('ttft_ms is worse (median +1.2 %, 95 % interval -0.5 % to +3.1 %)')).toBe('TTFT is worse (median +1.2 %, 95 % interval −0.5 % to +3.1 %)');
    expect(inWords('p95 of e2e_ms <= 50 ms over 7d')).toBe('p95 of E2E ≤ 50 ms over 7d');
    expect(inWords('gpt-4 and my_label stay, 2026-11-22')).toBe('gpt-4 and my_label stay, 2026-11-22');
  });

  it('says where samples are too few to certify a quantile', () => {
    expect([fewSamples('p99', 661), fewSamples('p99', 662), fewSamples('p95', 129), fewSamples('p95', 130)]).toEqual([' · few samples', '', ' · few samples', '']);
    expect([fewSamples('p50', 1), fewSamples('p99', undefined)]).toEqual(['', '']);
  });

  it('writes what it does not know as it is', () => {
    expect(metricName('new_thing_ms')).toBe('new thing');
    expect(metricLongName('new_thing_ms')).toBe('new thing');
    expect(metricMeaning('new_thing_ms')).toBe('');
  });
});
