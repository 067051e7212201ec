// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { TrainingSession } from '../../api/types';
import { bodyOf, bodyOfSession, EMPTY, formOf } from './session_plan';

describe('what a session is begun with', () => {
  it('has its difficulty where its policy looks for it', () => {
    expect(bodyOf({ ...EMPTY, scenario: '7', difficulty: 'hard' })).toMatchObject({ scenario_id: 7, policy: 'ladder', difficulty: 'hard' });
    const b = bodyOf({ ...EMPTY, scenario: '7', policy: 'ability', difficulty: 'hard' });
    expect(b.settings).toEqual({ difficulty: 'hard' });
    expect('difficulty' in b).toBe(false);
  });
  it('is the same after a way through JSON', () => {
    for (const policy of ['ladder', 'search', 'ability'] as const) {
      const form = { ...EMPTY, policy, scenario: '3', name: 'a', types: ['network_latency' as const], difficulty: 'hard' as const, problems: '9', tokens: '10', cost: '0.5' };
      expect(formOf(bodyOf(form))).toEqual(form);
    }
  });
  it('looks for a rate with one type', () => expect(bodyOf({ ...EMPTY, policy: 'search', types: ['network_latency', 'cache_efficiency'] }).types).toEqual(['network_latency']));
  it('sends what is no number as it is: the server names the place', () => expect(bodyOf({ ...EMPTY, seconds: 'long' }).budget).toMatchObject({ seconds: 'long' }));
  it('has no budget where none is said', () => expect('budget' in bodyOf({ ...EMPTY, seconds: '', requests: '' })).toBe(false));
  it('begins again without the limits of the server', () => {
    const s = { plan: { scenario_id: 3, policy: 'search', settings: {}, limits: { max_rate: 5 } } } as unknown as TrainingSession;
    expect(bodyOfSession(s)).toEqual({ scenario_id: 3, policy: 'search' });
  });
});
