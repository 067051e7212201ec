// SPDX-License-Identifier: Apache-2.0
// The fields of the policies: retries, the target's own limits, the most that may be spent.
import type { Automation, Connection, RetryCause } from '../../api/types';
import { count } from '../../format/number';
import { fieldError, SelectField, TextField } from '../../ui/form';
import { Link } from '../../ui/link';
import { type FormProps, groupErrors, NumberField } from './model_fields';
import { CAUSES, type PolicyForm } from './policies';

const number = (value: unknown) => (typeof value === 'number' ? Number.isInteger(value) ? count(value) : String(value) : '?');

/** "at most 10/s (burst 20); closed for 30 s after 20 failures"; empty without limits. */
export function limitWords(target: Automation | undefined): string {
  const { rate_limit: rate, circuit_breaker: breaker } = (target?.connection ?? {}) as Connection;
  return [
    rate ? `at most ${number(rate.requests_per_second)}/s, ${number(rate.burst ?? 1)} at once` : '',
    breaker ? `none for ${number(breaker.open_seconds ?? 30)} s after ${number(breaker.failures)} failures in a row` : '',
  ].filter(Boolean).join('; ');
}

/** The pointers that have a field now. */
export const policyPointers = (f: PolicyForm): string[] => ['/target_limits', '/max_cost', '/max_requests', '/max_total_tokens', ...(f.retry ? ['/retry/max_attempts', '/retry/base_ms', '/retry/max_ms', '/retry/on'] : [])];

function Retries(p: FormProps) {
  const { f, set, error } = p;
  const toggle = (cause: RetryCause) => set({ causes: CAUSES.map(([c]) => c).filter((c) => (c === cause ? !f.causes.includes(c) : f.causes.includes(c))) });
  const on = fieldError(error, '/retry/on');
  return (
    <>
      <div class="columns members">
        <NumberField {...p} of="attempts" pointer="/retry/max_attempts" label="Attempts at most" help="The first one counts: 1 to 10." />
        <NumberField {...p} of="baseMs" pointer="/retry/base_ms" label="First pause (ms)" help="Drawn from 0 to this; doubled with each attempt." />
        <NumberField {...p} of="maxMs" pointer="/retry/max_ms" label="Longest pause (ms)" help="A Retry-After of the target goes before both." />
      </div>
      <fieldset class={`bare causes ${on ? 'wrong' : ''}`}>
        <legend>Tried again when</legend>
        {CAUSES.map(([cause, word, what]) => <label class="tick" key={cause}><input type="checkbox" checked={f.causes.includes(cause)} onChange={() => toggle(cause)} /><span>{word} <span class="note">{what}</span></span></label>)}
        {on && <p class="error" role="alert">{on}</p>}
      </fieldset>
    </>
  );
}

export function PolicyFields({ target, ...p }: FormProps & { target: Automation | undefined }) {
  const { f, set, error } = p;
  const limits = limitWords(target);
  const group = groupErrors(error, '/retry', policyPointers(f));
  return (
    <>
      <label class="tick"><input type="checkbox" checked={f.retry} onChange={(e) => set({ retry: e.currentTarget.checked })} /><span>Try failed requests again <span class="note">the time of all attempts counts: a request that was saved is a slow one</span></span></label>
      {f.retry && <Retries {...p} />}
      {group.map((s) => <p class="error" role="alert" key={s}>{s}</p>)}
      <SelectField label="Limits of the target" value={f.targetLimits} onValue={(targetLimits) => set({ targetLimits })} options={[['obey', 'Obey them'], ['ignore', 'Ignore them']]} error={fieldError(error, '/target_limits')}
        help={target ? <>{limits ? `${target.name}: ${limits}.` : `${target.name} has none of its own; what it says itself is obeyed.`} <Link to={`/automations/${target.id}`}>Change them</Link></> : 'Rate limit and circuit breaker, as its automation says.'} />
      <div class="columns members">
        <NumberField {...p} of="maxRequests" pointer="/max_requests" label="Requests at most" usual="no limit" help="Warm-up, attempts after the first and copies included. Then it ends." />
        <NumberField {...p} of="maxTokens" pointer="/max_total_tokens" label="Tokens at most" usual="no limit" help="Of prompts and answers, as far as answers tell." />
        <TextField label="Spend at most" value={f.maxCost} onValue={(maxCost) => set({ maxCost })} error={fieldError(error, '/max_cost')} input={{ inputMode: 'decimal', placeholder: 'no limit' }} help={<>In the currency of the model’s <Link to="/settings">price</Link>, which must be known. Nothing more is sent when it may be reached.</>} />
      </div>
    </>
  );
}
