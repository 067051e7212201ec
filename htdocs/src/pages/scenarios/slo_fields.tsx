// SPDX-License-Identifier: Apache-2.0
// What a scenario's runs promise, as fields.
import type { ApiError } from '../../api/client';
import { SLO_METRICS, SLO_RATES } from '../../format/metrics';
import { fieldError, SelectField, TextField } from '../../ui/form';
import { type By, isRate, NEW_SLO, type SloForm, SLOS_MAX } from './slos';

const CHOICES: readonly (readonly [string, string])[] = [...SLO_METRICS, ...SLO_RATES];
const BY: readonly (readonly [By, string])[] = [['quantile', 'Quantile'], ['attainment', 'Share, in %']];

export function SloFields({ slos, set, error, readOnly }: { readOnly: boolean; slos: readonly SloForm[]; set: (slos: SloForm[]) => void; error: ApiError | null }) {
  const change = (i: number, part: Partial<SloForm>) => set(slos.map((s, k) => (k === i ? { ...s, ...part } : s)));
  const at = (i: number, member: string) => fieldError(error, `/slos/${i}/${member}`);
  return (
    <fieldset class="bare slos">
      <legend>SLOs</legend>
      {slos.length === 0 && <p class="note">None: every run that completes is good.</p>}
      {slos.map((s, i) => (
        <fieldset class="bare slo" key={i}>
          <legend class="sr">SLO {i + 1}</legend>
          <div class="triple">
            <SelectField label="Figure" value={s.metric} onValue={(metric) => change(i, { metric, limit: isRate(metric) === isRate(s.metric) ? s.limit : isRate(metric) ? '99' : NEW_SLO.limit })} options={CHOICES} error={at(i, 'metric')} />
            {isRate(s.metric)
              ? <TextField label="At least (%)" value={s.limit} onValue={(limit) => change(i, { limit })} input={{ inputMode: 'decimal' }} error={at(i, 'min')} />
              : <TextField label="At most (ms)" value={s.limit} onValue={(limit) => change(i, { limit })} input={{ inputMode: 'decimal' }} error={at(i, 'max')} />}
            {!isRate(s.metric) && <SelectField label="Judged by" value={s.by} onValue={(by) => change(i, { by, level: by === s.by ? s.level : by === 'quantile' ? '0.95' : '95' })} options={BY} />}
            {!isRate(s.metric) && <TextField label={s.by === 'quantile' ? 'At quantile' : 'Within (%)'} value={s.level} onValue={(level) => change(i, { level })} input={{ inputMode: 'decimal' }} error={at(i, s.by)} />}
            <TextField label="Over" value={s.window} onValue={(window) => change(i, { window })} input={{ placeholder: '28d' }} error={at(i, 'window')} />
            <TextField label="Name" value={s.name} onValue={(name) => change(i, { name })} input={{ maxLength: 100 }} error={at(i, 'name')} />
            {!readOnly && <button type="button" class="ghost" aria-label={`Remove SLO ${i + 1}`} onClick={() => set(slos.filter((_, k) => k !== i))}>Remove</button>}
          </div>
        </fieldset>
      ))}
      {error?.fields.get('/slos') && <p class="error" role="alert">{error.fields.get('/slos')}</p>}
      {!readOnly && <button type="button" class="small" disabled={slos.length >= SLOS_MAX} onClick={() => set([...slos, { ...NEW_SLO }])}>Add an SLO</button>}
    </fieldset>
  );
}
