// SPDX-License-Identifier: Apache-2.0
// Policies of a plan: what happens to a request that failed, whether the target's limits hold, what it may cost.
import type { LoadPlanInput, RetryCause } from '../../api/types';
import { some, typed } from './typed';

export interface PolicyForm {
  retry: boolean; attempts: string; causes: RetryCause[]; baseMs: string; maxMs: string;
  targetLimits: 'obey' | 'ignore';
  maxCost: string; maxRequests: string; maxTokens: string;
}

export const CAUSES: readonly (readonly [RetryCause, string, string])[] = [
  ['connection', 'No connection', 'name not found, refused, timed out, lost'],
  ['rate_limited', 'Rate limited', 'HTTP 429'],
  ['overloaded', 'Overloaded', 'HTTP 503 and 529, or the circuit is open'],
  ['server_error', 'Server error', 'other HTTP 5xx'],
  ['timeout', 'Timed out', 'no first byte, or a stall'],
  ['stream', 'Stream broke', 'cut off, or with an error in it'],
];

export const POLICIES: PolicyForm = { retry: false, attempts: '3', causes: ['connection', 'rate_limited', 'overloaded'], baseMs: '1000', maxMs: '60000', targetLimits: 'obey', maxCost: '', maxRequests: '', maxTokens: '' };

/** The members of a plan; what is as if it were absent is absent. */
export const policyMembers = (f: PolicyForm): Partial<LoadPlanInput> => some({
  retry: f.retry ? some({ max_attempts: typed(f.attempts), on: f.causes, base_ms: typed(f.baseMs), max_ms: typed(f.maxMs) }) as LoadPlanInput['retry'] : undefined,
  target_limits: f.targetLimits === 'obey' ? undefined : f.targetLimits,
  max_cost: typed(f.maxCost),
  max_requests: typed(f.maxRequests),
  max_total_tokens: typed(f.maxTokens),
}) as Partial<LoadPlanInput>;

export const POLICY_MEMBERS = ['retry', 'target_limits', 'max_cost', 'max_requests', 'max_total_tokens'] as const;

const text = (value: unknown, fallback: string) => (value === undefined || value === null ? fallback : String(value));

/** The fields of a plan that was sent before. */
export const policiesOf = ({ retry, target_limits, max_cost, max_requests, max_total_tokens }: LoadPlanInput): PolicyForm => ({
  retry: retry != null, attempts: text(retry?.max_attempts, POLICIES.attempts), causes: retry?.on ?? POLICIES.causes, baseMs: text(retry?.base_ms, POLICIES.baseMs), maxMs: text(retry?.max_ms, POLICIES.maxMs),
  targetLimits: target_limits ?? 'obey', maxCost: text(max_cost, ''), maxRequests: text(max_requests, ''), maxTokens: text(max_total_tokens, ''),
});
