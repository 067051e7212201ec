// SPDX-License-Identifier: Apache-2.0
// The limits of a target: how often it may be asked, and when it is left alone. Members of its connection.
import type { ApiError } from '../../api/client';
import type { Connection } from '../../api/types';
import { fieldError, TextField } from '../../ui/form';

export interface LimitsForm { rate: string; burst: string; failures: string; openSeconds: string }

/** Members of a connection that have fields here. */
export const LIMITS: ReadonlySet<string> = new Set(['rate_limit', 'circuit_breaker']);

const text = (value: unknown) => (value === undefined || value === null ? '' : String(value));

export const limitsOf = (c: Connection | undefined): LimitsForm => ({
  rate: text(c?.rate_limit?.requests_per_second), burst: text(c?.rate_limit?.burst), failures: text(c?.circuit_breaker?.failures), openSeconds: text(c?.circuit_breaker?.open_seconds),
});

/** What was typed, as a number where it is one; nothing for a group without any. */
function group(members: Record<string, string>): Record<string, unknown> | undefined {
  const given = Object.entries(members).filter(([, v]) => v.trim() !== '').map(([k, v]) => [k, Number.isFinite(Number(v)) ? Number(v) : v.trim()] as const);
  return given.length ? Object.fromEntries(given) : undefined;
}

/** The members of the connection; none where nothing is typed. */
export function limitMembers(f: LimitsForm): Record<string, unknown> {
  const rate = group({ requests_per_second: f.rate, burst: f.burst });
  const breaker = group({ failures: f.failures, open_seconds: f.openSeconds });
  return { ...(rate ? { rate_limit: rate } : {}), ...(breaker ? { circuit_breaker: breaker } : {}) };
}

export function LimitFields({ limits: f, set, error }: { limits: LimitsForm; set: (limits: LimitsForm) => void; error: ApiError | null }) {
  const field = (of: keyof LimitsForm, label: string, pointer: string, usual: string, help?: string) =>
    <TextField label={label} value={f[of]} onValue={(v) => set({ ...f, [of]: v })} input={{ inputMode: 'decimal', placeholder: usual }} help={help} error={fieldError(error, `/connection/${pointer}`)} />;
  const whole = ['rate_limit', 'circuit_breaker'].map((m) => error?.fields.get(`/connection/${m}`)).filter(Boolean);
  return (
    <fieldset class="bare limits">
      <legend>Limits</legend>
      <div class="columns">
        {field('rate', 'Requests per second', 'rate_limit/requests_per_second', 'no limit')}
        {field('burst', 'At once', 'rate_limit/burst', '1', 'As many may follow a pause; then the rate holds.')}
        {field('failures', 'Stop after failures', 'circuit_breaker/failures', 'never', 'So many in a row open the circuit.')}
        {field('openSeconds', 'Stop for (s)', 'circuit_breaker/open_seconds', '30', 'Then one request is tried.')}
      </div>
      {whole.map((s) => <p class="error" role="alert" key={s}>{s}</p>)}
    </fieldset>
  );
}
