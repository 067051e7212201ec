// SPDX-License-Identifier: Apache-2.0
// Endpoints and classes as rows of fields; those of a problem composed by hand are the same rows.
import { useState } from 'preact/hooks';
import type { ApiError } from '../../api/client';
import { JsonEditor } from '../../editor/json_editor';
import type { Schema } from '../../editor/json_schema';
import { fieldError, saidBelow, SelectField, TextField } from '../../ui/form';
import { type FormProps, groupErrors, NumberField } from './model_fields';
import { SHARINGS } from './shares';
import { type ClassForm, MOST_CLASSES, MOST_ENDPOINTS, STRATEGIES, type SpreadForm, sumOfShares } from './spread';

interface Rows<T> { rows: readonly T[]; set: (rows: T[]) => void; /** of the list */ pointer: string; error: ApiError | null }

/** What the server said of a list that stands at none of its fields. */
const Said = ({ error, pointer, fields }: { error: ApiError | null; pointer: string; fields: readonly string[] }) => <>{groupErrors(error, pointer, fields).map((s) => <p class="error" role="alert" key={s}>{s}</p>)}</>;

const urlPointers = (pointer: string, n: number): string[] => Array.from({ length: n }, (_, i) => `${pointer}/${i}`);

/** Addresses, one in each row. */
export function UrlRows({ rows, set, pointer, error, least = 1 }: Rows<string> & { /** so few there must be */ least?: number }) {
  return (
    <>
      {rows.map((url, i) => (
        <div class="with-button url-row" key={i}>
          <TextField label={`Endpoint ${i + 1}`} value={url} onValue={(v) => set(rows.map((u, k) => (k === i ? v : u)))} mono input={{ inputMode: 'url', placeholder: 'http://10.0.0.1:8000/v1' }} error={fieldError(error, `${pointer}/${i}`)} />
          <button type="button" class="ghost" aria-label={`Remove endpoint ${i + 1}`} disabled={rows.length <= least} onClick={() => set(rows.filter((_, k) => k !== i))}>Remove</button>
        </div>
      ))}
      <Said error={error} pointer={pointer} fields={urlPointers(pointer, rows.length)} />
      <button type="button" class="small" disabled={rows.length >= MOST_ENDPOINTS} onClick={() => set([...rows, ''])}>Add an endpoint</button>
    </>
  );
}

const MEMBERS = ['name', 'share', 'priority', 'inputs'] as const;
const classPointers = (pointer: string, n: number): string[] => Array.from({ length: n }, (_, i) => MEMBERS.map((m) => `${pointer}/${i}/${m}`)).flat();

/** What is left to 1, for a class that comes: a first guess, not a promise. */
const rest = (rows: readonly ClassForm[]): string => { const sum = Number(sumOfShares(rows) ?? 'x'); return sum < 1 ? String(Number((1 - sum).toPrecision(3))) : ''; };

/** What a class asks beside the others: folded while it has nothing of its own. */
function Inputs({ of: i, value, set, schema, said }: { of: number; value: string; set: (text: string) => void; schema: Schema | null; said: ReadonlyMap<string, string> }) {
  const [open, fold] = useState(value !== '');
  return (
    <details class="class-inputs" open={open || said.size > 0} onToggle={(e) => fold(e.currentTarget.open)}>
      <summary>Inputs of its own{value === '' ? ': none' : ''}</summary>
      <JsonEditor label={`Inputs of class ${i + 1}`} rows={3} schema={schema} said={said} value={value} onValue={set} placeholder={'{"max_tokens": 2000}'} help="Laid over what all classes ask." />
    </details>
  );
}

/** Classes, one in each row; `inputs`: their schema, null while it is on its way; undefined where a class has none of its own. */
export function ClassRows({ rows, set, pointer, error, inputs, least = 1 }: Rows<ClassForm> & { inputs?: Schema | null; least?: number }) {
  const change = (i: number, part: Partial<ClassForm>) => set(rows.map((c, k) => (k === i ? { ...c, ...part } : c)));
  const sum = sumOfShares(rows);
  const wrong = rows.length > 0 && sum !== null && Number(sum) !== 1;
  return (
    <>
      {rows.map((c, i) => (
        <fieldset class="bare class-row" key={i}>
          <legend class="sr">Class {i + 1}</legend>
          <div class="triple">
            <TextField label={`Class ${i + 1}: name`} value={c.name} onValue={(name) => change(i, { name })} input={{ maxLength: 50 }} error={fieldError(error, `${pointer}/${i}/name`)} />
            <TextField label="Share" value={c.share} onValue={(share) => change(i, { share })} input={{ inputMode: 'decimal' }} error={fieldError(error, `${pointer}/${i}/share`)} />
            <TextField label="Priority" value={c.priority} onValue={(priority) => change(i, { priority })} input={{ inputMode: 'numeric' }} error={fieldError(error, `${pointer}/${i}/priority`)} />
            <button type="button" class="ghost" aria-label={`Remove class ${i + 1}`} disabled={rows.length <= least} onClick={() => set(rows.filter((_, k) => k !== i))}>Remove</button>
          </div>
          {inputs !== undefined && <Inputs of={i} value={c.inputs} set={(text) => change(i, { inputs: text })} schema={inputs} said={saidBelow(error, `${pointer}/${i}/inputs`)} />}
        </fieldset>
      ))}
      {wrong && <p class="error" role="alert">The shares add up to {sum}; they must add up to 1.</p>}
      <Said error={error} pointer={pointer} fields={[...classPointers(pointer, rows.length), ...(wrong ? [pointer] : [])]} />
      <button type="button" class="small" disabled={rows.length >= MOST_CLASSES} onClick={() => set([...rows, { name: '', share: rest(rows), priority: '0', inputs: '' }])}>Add a class</button>
    </>
  );
}

/** The pointers that have a field now. */
export const spreadPointers = (f: SpreadForm): string[] => [
  ...(f.spreads ? ['/endpoints'] : []), ...(f.shares ? ['/classes'] : []),
];

export function SpreadFields({ inputs, ...p }: FormProps & { inputs: Schema | null }) {
  const { f, set, error } = p;
  const strategy = STRATEGIES.find(([s]) => s === f.strategy);
  const sharing = SHARINGS.find(([s]) => s === f.sharing);
  return (
    <>
      <label class="tick"><input type="checkbox" checked={f.spreads} onChange={(e) => set({ spreads: e.currentTarget.checked })} /><span>Several endpoints <span class="note">instead of the address of the target, with all else of its connection, its keys among it</span></span></label>
      {f.spreads && (
        <fieldset class="bare inset-fields">
          <legend class="sr">Endpoints</legend>
          <SelectField label="Each attempt asks" value={f.strategy} onValue={(s) => set({ strategy: s })} options={STRATEGIES.map(([s, word]) => [s, word] as const)} help={strategy?.[2]} error={fieldError(error, '/endpoints/strategy')} />
          <UrlRows rows={f.urls} set={(urls) => set({ urls })} pointer="/endpoints/urls" error={error} />
          <Said error={error} pointer="/endpoints" fields={['/endpoints/urls', '/endpoints/strategy']} />
        </fieldset>
      )}
      <label class="tick"><input type="checkbox" checked={f.shares} onChange={(e) => set({ shares: e.currentTarget.checked })} /><span>Classes of requests <span class="note">that share a fixed number of places; of loads that are rates</span></span></label>
      {f.shares && (
        <fieldset class="bare inset-fields">
          <legend class="sr">Classes</legend>
          <div class="columns">
            <NumberField {...p} of="places" pointer="/classes/budget" label="Places, of all classes" help="At most so many requests are under way; who finds no place waits." />
            <SelectField label="Who goes next" value={f.sharing} onValue={(s) => set({ sharing: s })} options={SHARINGS.map(([s, word]) => [s, word] as const)} help={sharing?.[2]} error={fieldError(error, '/classes/policy')} />
          </div>
          <ClassRows rows={f.classes} set={(classes) => set({ classes })} pointer="/classes/list" error={error} inputs={inputs} />
          <Said error={error} pointer="/classes" fields={['/classes/list', '/classes/budget', '/classes/policy']} />
        </fieldset>
      )}
    </>
  );
}
