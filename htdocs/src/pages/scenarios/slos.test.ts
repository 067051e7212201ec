// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { SloInput } from '../../api/types';
import { NEW_SLO, sloForm, sloOf } from './slos';

describe('SLOs of the editor', () => {
  test.each<SloInput>([
    { metric: 'ttft_ms', max: 500 },
    { name: 'first token', metric: 'ttft_ms', max: 500, quantile: 0.95, window: '7d' },
    { metric: 'e2e_ms', max: 0.5, attainment: 99.9 },
    { metric: 'success_rate', min: 99.5, window: '24h' },
  ])('come back as they were: %j', (slo) => expect(sloOf(sloForm(slo))).toEqual(slo));

  test('what is no number is sent as it was typed', () => expect(sloOf({ ...NEW_SLO, limit: 'fast' })).toMatchObject({ max: 'fast' }));

  test('an empty field is no member', () => expect(sloOf({ ...NEW_SLO, limit: ' ', level: '', window: '' })).toEqual({ metric: 'ttft_ms' }));

  test('a rate keeps no member of a latency', () => expect(sloOf({ ...NEW_SLO, metric: 'good_rate', limit: '95' })).toEqual({ metric: 'good_rate', min: 95, window: '28d' }));
});
