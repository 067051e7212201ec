// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Discovery } from '../../api/types';
import { duration } from '../../format/duration';
import { plural } from '../../format/number';
import { adviceOf, foundWords } from './discovery';

const none = { id: 1, status: 'failed', provider: 'openai', url: null, asked: 'http://10.1.2.3:8000/v1/models', models: null, model_count: null, http_status: null, dns_ms: null, connect_ms: null, tls_ms: null, ttfb_ms: null, total_ms: null, created_at: '', started_at: null, finished_at: null, engine: null, error: null, error_code: null } as unknown as Discovery;
const failed = (error_code: string, more: Partial<Discovery> = {}) => ({ ...none, error_code, ...more });

describe('adviceOf', () => {
  it('names the directive that opens an address', () => {
    const error = 'the address 10.1.2.3 is not among those that may be asked (BenchmarkTargetAllow)';
    expect(adviceOf(failed('target_not_allowed', { error }), '').conf).toBe('BenchmarkTargetAllow 10.1.2.3');
    expect(adviceOf(failed('target_not_allowed', { error: null }), '').conf).toBe('BenchmarkTargetAllow 10.1.2.3');
    expect(adviceOf(failed('target_not_allowed', { error: 'the address ::1 is not' }), '').conf).toBe('BenchmarkTargetAllow ::1');
  });
  it('tells how to give a key, and whose key is refused', () => {
    expect(adviceOf(failed('unauthorized'), '').conf).toContain('BenchmarkSecret my-key ');
    expect(adviceOf(failed('unauthorized'), 'vllm')).toMatchObject({ what: '10.1.2.3 does not take the key.', todo: expect.stringContaining('vllm') });
    expect(adviceOf(failed('secret_missing'), 'vllm').conf).toContain('BenchmarkSecret vllm ');
  });
  it('tells the other scheme', () => {
    expect(adviceOf(failed('protocol_error'), '').todo).toContain('https://');
    expect(adviceOf(failed('tls_error', { asked: 'https://h/v1/models' }), '').todo).toContain('http://');
  });
  it('has words for every code, also for unknown ones', () => {
    for (const code of ['connection_refused', 'dns_error', 'connect_timeout', 'first_byte_timeout', 'not_found', 'malformed_answer', 'redirected', 'rate_limited', 'answer_too_large', 'expired', 'mock_mode', 'forbidden', 'no_such_code']) {
      const { what, todo } = adviceOf(failed(code, { asked: null }), '');
      expect(what.length > 10 && todo.length > 10 && !/undefined|null/.test(what + todo), code).toBe(true);
    }
  });
});

describe('foundWords', () => {
  it('says how fast and what', () => {
    expect(foundWords({ ...none, status: 'completed', model_count: 2, connect_ms: 0.5, tls_ms: 12, total_ms: 31 })).toBe(`Answers in ${duration(31)} (connect ${duration(0.5)}, TLS ${duration(12)}): OpenAI-compatible. It offers ${plural(2, 'model')}.`);
    expect(foundWords({ ...none, status: 'completed', provider: 'http', connect_ms: 0.5, tls_ms: 0, total_ms: 31 })).toBe(`Answers in ${duration(31)} (connect ${duration(0.5)}): an HTTP endpoint.`);
    expect(foundWords({ ...none, status: 'completed', model_count: 0, total_ms: 31 })).toContain('It lists no models.');
  });
});
