// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { limitMembers, limitsOf } from './limits';

it('the limits of a target survive the form', () => {
  const connection = { url: 'u', rate_limit: { requests_per_second: 0.5, burst: 20 }, circuit_breaker: { failures: 20 } };
  expect(limitMembers(limitsOf(connection))).toEqual({ rate_limit: connection.rate_limit, circuit_breaker: connection.circuit_breaker });
  expect(limitMembers(limitsOf({ url: 'u' }))).toEqual({});
  expect(limitMembers({ rate: '', burst: ' 5 ', failures: 'many', openSeconds: '' })).toEqual({ rate_limit: { burst: 5 }, circuit_breaker: { failures: 'many' } });
});
