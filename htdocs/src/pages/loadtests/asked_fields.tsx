// SPDX-License-Identifier: Apache-2.0
// The fields of what is asked: the scenario's inputs, lines written here, an uploaded dataset, or generated prompts.
import { useState } from 'preact/hooks';
import type { ApiError } from '../../api/client';
import type { LoadEstimate } from '../../api/types';
import { JsonEditor } from '../../editor/json_editor';
import type { Schema } from '../../editor/json_schema';
import { count, plural } from '../../format/number';
import { allDatasets, dataset } from '../../state/resources';
import { useStore } from '../../state/store';
import { fieldError, saidBelow, SelectField, TextField } from '../../ui/form';
import { Link } from '../../ui/link';
import { Upload } from '../datasets/upload';
import { ASKS, type AskedForm, type Dist, type LengthForm, MEMBERS, readLines } from './asked';
import { type FormProps, groupErrors, NumberField } from './model_fields';

const ORDERS = [['sequential', 'One after another'], ['random', 'At random'], ['zipf', 'The first ones more often']] as const;
const DISTS: readonly (readonly [Exclude<Dist, 'scenario'>, string])[] = [['fixed', 'All the same'], ['uniform', 'Evenly between two'], ['normal', 'Around a mean']];
const LABELS: Record<(typeof MEMBERS)[Dist][number], string> = { value: 'tokens', min: 'at least', max: 'at most', mean: 'mean', stddev: 'standard deviation' };

function Inline({ f, set, error, inputs }: FormProps & { inputs: Schema | null }) {
  const read = readLines(f.lines);
  const said = saidBelow(error, '/dataset/inline');
  const whole = read.wrong ? undefined : f.lines.trim() === '' && (said.size > 0 || error?.fields.has('/dataset')) ? 'Write at least one.' : said.get('') ?? error?.fields.get('/dataset');
  return (
    <JsonEditor label="Inputs, a JSON object in each line" class="span" perLine rows={4} schema={inputs} said={said} error={whole} value={f.lines} onValue={(lines) => set({ lines })}
      placeholder={'{"prompt": "What is a stopwatch?", "max_tokens": 100}\n{"prompt": "Name three cities.", "max_tokens": 20}'}
      help={read.wrong ? undefined : read.items.length ? `${plural(read.items.length, 'line')}. At most 10,000; for more, or to use them again, upload a dataset.` : 'Up to 10,000. What a line does not have comes from the scenario.'} />
  );
}

/** What the first entry looks like, so that nobody takes the wrong one. */
function FirstEntry({ id }: { id: number }) {
  const d = useStore(dataset.of(id)).data;
  const first = d?.first_entries?.[0];
  return <><Link to={`/datasets/${id}`}>Its entries</Link>{first ? <>, the first: <code class="one-line">{JSON.stringify(first)}</code></> : null}</>;
}

function Uploaded({ f, set, error }: FormProps) {
  const [uploading, setUploading] = useState(false);
  const list = useStore(allDatasets()).data;
  const known = list?.some((d) => String(d.id) === f.datasetId);
  const said = [...(error?.fields ?? [])].find(([at]) => at === '/dataset' || at === '/dataset/inline' || at.startsWith('/dataset/dataset_id'));
  const place = said && /^\/dataset\/dataset_id\/(\d+)(?:\/(.*))?$/.exec(said[0]);
  const wrong = !said ? undefined : f.datasetId === '' ? 'Choose one, or upload one.' : place ? `Entry ${count(Number(place[1]))}${place[2] ? `, ${place[2].replaceAll('/', ' ')}` : ''}: ${said[1]}` : said[1];
  const options = [
    ...(f.datasetId === '' ? [['', list?.length === 0 ? 'None yet' : 'Choose one'] as const] : known || !list ? [] : [[f.datasetId, `Dataset ${f.datasetId}, which is gone`] as const]),
    ...(list ?? []).map((d) => [String(d.id), `${d.name} (${plural(d.entries, 'entry', 'entries')})`] as const),
  ];
  return (
    <div class="span with-button">
      <SelectField label="Dataset" value={f.datasetId} onValue={(datasetId) => set({ datasetId })} options={options} error={wrong} help={known ? <FirstEntry id={Number(f.datasetId)} /> : 'At most 10,000 entries and 4 MiB for a load test.'} />
      <button type="button" onClick={() => setUploading(true)}>Upload one</button>
      {uploading && <Upload guarded={false} onClose={() => setUploading(false)} onDone={(made) => { setUploading(false); set({ datasetId: String(made.id) }); }} />}
    </div>
  );
}

/** The lengths of one side: distribution and its members. */
function Length({ label, help, of, pointer, f, set, error, orNone }: FormProps & { label: string; help: string; of: 'input' | 'output'; pointer: string; orNone?: string }) {
  const length = f[of];
  const change = (part: Partial<LengthForm>) => set({ [of]: { ...length, ...part } } as Partial<AskedForm>);
  const needed = length.dist === 'normal' ? ['mean', 'stddev'] : MEMBERS[length.dist];
  return (
    <fieldset class="bare span">
      <legend>{label}</legend>
      <div class="columns members">
        <SelectField label="Lengths" value={length.dist} onValue={(dist) => change({ dist })} options={[...(orNone ? [['scenario', orNone] as const] : []), ...DISTS]} error={error?.fields.get(`${pointer}/dist`) ?? error?.fields.get(pointer)} help={help} />
        {MEMBERS[length.dist].map((m) => <TextField key={m} label={LABELS[m].replace(/^./, (c) => c.toUpperCase())} value={length[m]} onValue={(text) => change({ [m]: text })} input={{ inputMode: 'decimal' }} error={fieldError(error, `${pointer}/${m}`)} help={needed.includes(m) ? undefined : `What lies beyond becomes this. Empty: ${m === 'min' ? '1' : '200,000'}.`} />)}
      </div>
    </fieldset>
  );
}

function Generated(p: FormProps) {
  const { f, set } = p;
  const at = (member: string) => `/dataset/generate/${member}`;
  return (
    <>
      <NumberField {...p} of="genCount" pointer={at('count')} label="Different prompts" help="More requests than this repeat them, which a cache of the target will notice." />
      <NumberField {...p} of="genSeed" pointer={at('seed')} label="Seed of the prompts" help="The same seed, the same prompts." />
      <Length {...p} of="input" pointer={at('input_tokens')} label="Tokens of the prompt" help="Counted exactly for the tokenizers of OpenAI and Llama; others may differ by some per cent." />
      <Length {...p} of="output" pointer={at('output_tokens')} label="Tokens of the answer" orNone="As the scenario says" help="As max_tokens: a model may stop before." />
      <div class="span">
        <label class="tick"><input type="checkbox" checked={f.prefixes} onChange={(e) => set({ prefixes: e.currentTarget.checked })} />Shared beginnings, as of system prompts: what a prefix cache of the target lives on</label>
        {f.prefixes && <div class="columns members">
          <NumberField {...p} of="prefixCount" pointer={at('shared_prefixes/count')} label="How many" help="1 to 10,000" />
          <NumberField {...p} of="prefixTokens" pointer={at('shared_prefixes/tokens')} label="Tokens of each" help="On top of those of the prompt." />
          <NumberField {...p} of="prefixZipf" pointer={at('shared_prefixes/zipf')} label="Zipf exponent" help="0: all alike. 1: the second half as often as the first, the third a third." />
        </div>}
      </div>
    </>
  );
}

/** The pointers below /dataset that have a field now; all of them while something else than the scenario is asked. */
export const askedPointers = (f: AskedForm): string[] => {
  if (f.asks === 'inline' || f.asks === 'dataset') return ['/dataset'];
  if (f.asks === 'scenario') return [];
  const length = (member: string, l: LengthForm) => [`/dataset/generate/${member}/dist`, ...MEMBERS[l.dist].map((m) => `/dataset/generate/${member}/${m}`)];
  return ['/dataset/order', '/dataset/zipf', '/dataset/generate/count', '/dataset/generate/seed', ...length('input_tokens', f.input), ...length('output_tokens', f.output), ...(f.prefixes ? ['count', 'tokens', 'zipf'].map((m) => `/dataset/generate/shared_prefixes/${m}`) : [])];
};

/** `inputs`: what the inputs of its target may be, once that is known. */
export function AskedFields(p: FormProps & { inputs: Schema | null }) {
  const { f, set, error } = p;
  const group = f.asks === 'generate' ? groupErrors(error, '/dataset', [...askedPointers(f), '/dataset/generate/input_tokens', '/dataset/generate/output_tokens']) : [];
  return (
    <>
      <div class="columns">
        <SelectField label="Each request asks" value={f.asks} onValue={(asks) => set({ asks })} options={ASKS.map(([asks, word]) => [asks, word] as const)} help={ASKS.find(([a]) => a === f.asks)?.[2]} />
        {f.asks !== 'scenario' && <SelectField label="In which order" value={f.order} onValue={(order) => set({ order })} options={ORDERS} error={fieldError(error, '/dataset/order')} help={f.order !== 'sequential' ? 'Drawn by the seed of the plan: the same seed, the same order.' : 'From the first again when all have been asked.'} />}
        {f.asks !== 'scenario' && f.order === 'zipf' && <NumberField {...p} of="orderZipf" pointer="/dataset/zipf" label="Zipf exponent of the order" help="1: the second half as often as the first, the third a third. 0: all alike." />}
      </div>
      <div class="columns members asked">
        {f.asks === 'inline' && <Inline {...p} />}
        {f.asks === 'dataset' && <Uploaded {...p} />}
        {f.asks === 'generate' && <Generated {...p} />}
      </div>
      {group.map((s) => <p class="error" role="alert" key={s}>{s}</p>)}
    </>
  );
}

/** That prompts repeat, where the estimate says so. */
export function Repeats({ f, estimate, error }: { f: AskedForm; estimate: LoadEstimate | null; error: ApiError | null }) {
  const different = useStore(f.asks === 'dataset' ? allDatasets() : null).data?.find((d) => String(d.id) === f.datasetId)?.entries;
  const n = f.asks === 'generate' ? Number(f.genCount) : f.asks === 'inline' ? readLines(f.lines).items.length : f.asks === 'dataset' ? different : undefined;
  const requests = estimate?.requests;
  if (error || !requests || !n || requests <= n) return null;
  return <p class="note">{plural(n, 'different input')}: each is asked {requests / n < 2 ? 'once or twice' : `about ${count(requests / n)} times`}.</p>;
}
