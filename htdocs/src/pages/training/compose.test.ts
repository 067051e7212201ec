// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { TYPES } from '../../format/training';
import { bodyOf, EMPTY, formOf, membersOf, pointerOf } from './compose';

describe('a problem by hand', () => {
  it('says only what was said; the rest is drawn', () => {
    expect(bodyOf(EMPTY)).toEqual({ scenario_type: 'concurrent_requests', difficulty: 'easy' });
    expect(bodyOf({ ...EMPTY, seed: '7', values: { '/parameters/users': '20', '/expected/min_success_rate': '0.9', '/parameters/zipf': '1' } }))
      .toEqual({ scenario_type: 'concurrent_requests', difficulty: 'easy', seed: 7, parameters: { users: 20 }, expected: { min_success_rate: 0.9 } });
  });
  it('is the same after a way through JSON, of every type', () => {
    for (const [type] of TYPES) {
      const values = Object.fromEntries(membersOf(type).map((m, i) => [pointerOf(m), m.options?.[0] ?? String(i + 1)]));
      const form = { ...EMPTY, type, name: 'a', seed: '3', values };
      expect(formOf(bodyOf(form))).toEqual(form);
    }
  });
  it('has endpoints and classes as rows, of the types that have them', () => {
    const rows = { endpoints: ['http://a/v1', ' http://b/v1 '], classes: [{ name: 'one', share: '0.4', priority: '2', inputs: '' }, { name: 'two', share: '0.6', priority: '', inputs: '' }] };
    expect(bodyOf({ ...EMPTY, type: 'load_balancing', ...rows }).parameters).toEqual({ endpoints: ['http://a/v1', 'http://b/v1'] });
    const body = bodyOf({ ...EMPTY, type: 'resource_allocation', ...rows });
    expect(body.parameters).toEqual({ classes: [{ name: 'one', share: 0.4, priority: 2 }, { name: 'two', share: 0.6 }] });
    expect(bodyOf(formOf(body))).toEqual(body);
    expect(bodyOf({ ...EMPTY, ...rows })).not.toHaveProperty('parameters');
  });
  it('sends what is no number as it is: the server names the place', () => {
    expect(bodyOf({ ...EMPTY, values: { '/parameters/users': 'many' } }).parameters).toEqual({ users: 'many' });
  });
  it('has a field once', () => {
    for (const [type] of TYPES) { const all = membersOf(type).map(pointerOf); expect(new Set(all).size).toBe(all.length); }
  });
});
