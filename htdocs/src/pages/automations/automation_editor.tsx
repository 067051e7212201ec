// SPDX-License-Identifier: Apache-2.0
// The form of one automation: fields and JSON side by side, a test run below.
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Automation, AutomationInput, Provider } from '../../api/types';
import { useBodySchemas } from '../../editor/body_schemas';
import { type Attempt, Editor } from '../../editor/editor';
import { JsonEditor } from '../../editor/json_editor';
import { resolved } from '../../editor/json_schema';
import { readObject } from '../../editor/json_text';
import { TestRun } from '../../editor/test_run';
import { change, useTwoViews } from '../../editor/two_views';
import { plural } from '../../format/number';
import { guessTarget } from '../../format/target';
import { href, navigate, place } from '../../router';
import { useMay } from '../../state/access';
import { automation as automationStore, objectsChanged, scenarios as scenarioList } from '../../state/resources';
import { useStore } from '../../state/store';
import { curl } from '../../ui/copy';
import { fieldError, saidBelow, SelectField, TextField } from '../../ui/form';
import { Link } from '../../ui/link';
import { Failure } from '../../ui/panel';
import { toast } from '../../ui/toast';
import { listAddress } from '../../views/query';
import { LimitFields, limitMembers, LIMITS, type LimitsForm, limitsOf } from './limits';
import { ModelPicker } from './model_picker';
import { type ConnectionField, PROVIDERS } from './providers';
import { SecretField } from './secret_field';
import { typed } from '../loadtests/typed';

interface Form { name: string; description: string; provider: Provider; tinyfish: string; connection: Record<string, string>; limits: LimitsForm; confirmed: string; inputs: string; inFlight: string; labels: string }

/** What is given and what may be changed. */
const MEMBERS = ['name', 'provider', 'tinyfish_automation_id', 'description', 'default_inputs', 'connection', 'max_in_flight', 'confirmed_rate', 'labels'] as const satisfies readonly (keyof AutomationInput)[];

/** Where the target tells what it uses itself; every provider that goes over the network has it. */
const METRICS = 'metrics_url';
const hasMetrics = (provider: string) => provider !== 'mock';

const fieldsOf = (provider: string): readonly ConnectionField[] => PROVIDERS.find((p) => p.id === provider)?.fields ?? [];
const pretty = (value: Record<string, unknown>) => (Object.keys(value).length ? JSON.stringify(value, null, 2) : '');
const text = (value: unknown) => (value === undefined || value === null ? '' : String(value));

function formOf(a: Partial<AutomationInput>): Form {
  const provider = a.provider ?? 'openai';
  const shown = new Set([...fieldsOf(provider).map((f) => f.member), ...(hasMetrics(provider) ? [METRICS] : [])]);
  return {
    name: text(a.name),
    description: text(a.description),
    provider,
    tinyfish: text(a.tinyfish_automation_id),
    connection: Object.fromEntries(Object.entries(a.connection ?? {}).filter(([k, v]) => shown.has(k) && v !== null).map(([k, v]) => [k, text(v)])),
    limits: limitsOf(a.connection),
    confirmed: text(a.confirmed_rate),
    inputs: pretty((a.default_inputs ?? {}) as Record<string, unknown>),
    inFlight: text(a.max_in_flight),
    labels: (a.labels ?? []).join(', '),
  };
}

/** The part of the body that the form has fields for, or null while its JSON cannot be read. */
function bodyOf(f: Form): AutomationInput | null {
  const inputs = readObject(f.inputs);
  if (!('value' in inputs)) return null;
  const connection: Record<string, unknown> = {};
  for (const field of fieldsOf(f.provider)) {
    const given = f.connection[field.member]?.trim();
    if (given) connection[field.member] = field.kind === 'number' && Number.isFinite(Number(given)) ? Number(given) : given;
  }
  if (f.provider !== 'mock') Object.assign(connection, limitMembers(f.limits));
  const metrics = f.connection[METRICS]?.trim();
  if (metrics && hasMetrics(f.provider)) connection[METRICS] = metrics;
  return {
    name: f.name.trim(),
    provider: f.provider,
    description: f.description.trim() || null,
    ...(f.provider === 'tinyfish' ? { tinyfish_automation_id: f.tinyfish.trim() || null } : {}),
    connection,
    default_inputs: inputs.value,
    ...(f.confirmed.trim() ? { confirmed_rate: typed(f.confirmed) } : {}),
    ...(f.inFlight.trim() ? { max_in_flight: (Number.isFinite(Number(f.inFlight)) ? Number(f.inFlight) : f.inFlight.trim()) as number } : {}),
    labels: f.labels.split(',').map((l) => l.trim()).filter(Boolean),
  };
}

const bodyOfSaved = (a: Automation): AutomationInput => Object.fromEntries(MEMBERS.filter((m) => a[m] != null).map((m) => [m, a[m]])) as AutomationInput;

const BACK = '/automations';
/** The list as it was filtered. */
const back = () => listAddress(BACK, place().params);
const NEW = 'new';
const GREETING = 'Say hello in one short sentence.';

function AutomationEditor({ id, saved, etag }: { id: number | null; saved: Automation | null; etag: string | null }) {
  const views = useTwoViews<Form, AutomationInput>(() => {
    const body = saved ? bodyOfSaved(saved) : bodyOf(formOf({})) as AutomationInput;
    return { form: formOf(body), body };
  }, formOf, bodyOf);
  const { form: f, set, body } = views;
  const [kept, keepAs] = useState({ body: saved ? bodyOfSaved(saved) : null, etag });
  const schema = useBodySchemas()?.automation ?? null;
  const mayDelete = useMay('admin');
  const may = useMay('operator');
  const scenarios = useStore(id === null ? null : scenarioList.of({ automation_id: id, limit: 100 })).data ?? [];
  const [asked, ask] = useState('');
  const [prompt, setPrompt] = useState(GREETING);
  const paste = (url: string) => {
    const guess = guessTarget(url);
    const connection = { ...f.connection, url };
    // only for what is new and still empty: never over somebody's own words
    set(id === null && guess.name && !f.name ? { connection: { ...connection, url: guess.url }, name: guess.name, provider: guess.provider } : { connection });
  };
  const sent = () => (kept.body ? change(body, kept.body, schema) : body);
  const save = async (): Promise<Automation> => {
    const answer = id === null ? { data: await api.automationAdd(body), etag: null } : await api.automationPut(id, sent(), kept.etag);
    keepAs({ body, etag: answer.etag });
    views.kept();
    objectsChanged();
    return answer.data;
  };
  const chosen = asked || String(scenarios[0]?.id ?? NEW);
  const test = (attempt: Attempt) => async (): Promise<number | null> => {
    let run: number | null = null;
    await attempt(async () => {
      const of = views.dirty || id === null ? await save() : { id, name: f.name };
      const inputs = f.provider === 'http' || f.provider === 'mock' ? {} : { prompt };
      const scenario = chosen === NEW ? (await api.scenarioAdd({ name: `${of.name}: test`.slice(0, 200), automation_id: of.id, inputs_template: inputs })).id : Number(chosen);
      if (chosen === NEW) { objectsChanged(); ask(String(scenario)); }
      run = (await api.trigger(scenario)).id;
      if (id === null) navigate(href(`/automations/${of.id}`, { view: 'test', run }), { replace: true, stays: true });
    });
    return id === null ? null : run;
  };
  const fields = fieldsOf(f.provider);
  const shown = new Set([...fields.map((c) => c.member), ...LIMITS, METRICS]);
  const beside = Object.keys(body.connection ?? {}).filter((m) => !shown.has(m));
  const ready = views.ready && (views.unread || f.name.trim() !== '');
  const assertions = scenarios.find((s) => String(s.id) === chosen)?.run_settings?.['assertions'];
  return (
    <Editor title={id === null ? 'Add a target' : f.name || `Automation ${id}`} back={back()} dirty={views.dirty} ready={ready} readOnly={!may}
      known={['/name', '/provider', '/description', '/tinyfish_automation_id', '/default_inputs', '/max_in_flight', '/labels', '/confirmed_rate', `/connection/${METRICS}`, ...fields.map((c) => `/connection/${c.member}`), ...(f.provider === 'mock' ? [] : [...LIMITS].map((m) => `/connection/${m}`))]}
      save={async () => { const done = await save(); toast(`Saved ${done.name}`); return back(); }}
      curl={() => (id === null ? curl('POST', BACK, body) : curl('PATCH', `${BACK}/${id}`, sent()))}
      remove={id !== null && mayDelete ? {
        name: `automation ${saved?.name ?? id}`,
        warning: <p>{scenarios.length ? `${plural(scenarios.length, 'scenario')} use it: ${scenarios.slice(0, 5).map((s) => s.name).join(', ')}${scenarios.length > 5 ? ' …' : ''}.` : 'No scenario uses it.'} Its settings are gone for good.</p>,
        run: async (cascade) => { await api.automationDelete(id, cascade); objectsChanged(); toast(`Deleted ${saved?.name ?? id}`); },
      } : undefined}
      extra={id !== null && <Link to="/scenarios/new" params={{ automation_id: id }} class="button">Add a scenario</Link>}
      json={{ ...views, schema }}
      test={(attempt, busy) => (
        <TestRun start={test(attempt)} may={may} ready={ready && !busy} word={views.dirty || id === null ? 'Save and test' : 'Test'} assertions={Array.isArray(assertions) ? assertions.length : 0}
          words={<>{views.dirty || id === null ? 'A run needs a target that is kept: what is in the editor is saved first.' : 'Sends one request to the target as it is kept.'}{chosen === NEW && ' A scenario is made for it, which you find among the scenarios.'}</>}>
          {scenarios.length > 0 && <SelectField label="What is asked" value={chosen} onValue={ask} options={[...scenarios.map((s) => [String(s.id), s.name] as const), [NEW, 'Something else, as a new scenario']]} />}
          {chosen === NEW && f.provider !== 'http' && f.provider !== 'mock' && <TextField label="Prompt" value={prompt} onValue={setPrompt} />}
        </TestRun>
      )}>
      {(error) => (
        <>
          <TextField label="Name" value={f.name} onValue={(name) => set({ name })} error={fieldError(error, '/name')} input={{ 'data-autofocus': true, required: true, maxLength: 200 }} />
          <SelectField label="Provider" value={f.provider} onValue={(provider) => set({ provider })} options={PROVIDERS.map((p) => [p.id, p.name] as const)} error={fieldError(error, '/provider')} />
          {f.provider === 'tinyfish' && <TextField label="TinyFish automation id" value={f.tinyfish} onValue={(tinyfish) => set({ tinyfish })} error={fieldError(error, '/tinyfish_automation_id')} mono />}
          <div class="columns">
            {fields.map((c) => c.kind === 'select'
              ? <SelectField key={c.member} label={c.label} value={f.connection[c.member] ?? ''} onValue={(v) => set({ connection: { ...f.connection, [c.member]: v } })} options={[['', 'default'], ...(c.options ?? []).map((o) => [o, o] as const)]} error={fieldError(error, `/connection/${c.member}`)} />
              : c.member === 'secret' ? <SecretField key={c.member} label={c.label} value={f.connection['secret'] ?? ''} onValue={(v) => set({ connection: { ...f.connection, secret: v } })} help={c.help ?? ''} error={fieldError(error, '/connection/secret')} />
              : <TextField key={c.member} label={c.label} class={c.member === 'url' ? 'span' : ''} mono={c.kind === 'text' && c.member !== 'goal'} value={f.connection[c.member] ?? ''} onValue={(v) => (c.member === 'url' ? paste(v) : set({ connection: { ...f.connection, [c.member]: v } }))}
                  help={c.help} input={{ placeholder: c.usual, ...(c.kind === 'number' ? { inputMode: 'decimal' } : {}) }} error={fieldError(error, `/connection/${c.member}`)} />)}
          </div>
          <ModelPicker provider={f.provider} connection={body?.connection ?? {}} onModel={(model) => set({ connection: { ...f.connection, model } })} />
          {f.provider !== 'mock' && <LimitFields limits={f.limits} set={(limits) => set({ limits })} error={error} />}
          <fieldset class="bare limits">
            <legend>Load tests and training</legend>
            <div class="columns">
              <TextField label="Requests per second that may be tried" value={f.confirmed} onValue={(confirmed) => set({ confirmed })} input={{ inputMode: 'decimal', placeholder: 'nobody has said yes' }} error={fieldError(error, '/confirmed_rate')}
                help="Your word that the target is yours, or that its owner agreed. Training looks for what a target cannot take: it needs this, and never sends more. Load tests need it only where they are large; for them it is also how many requests may be under way." />
              {hasMetrics(f.provider) && <TextField label="Metrics URL" value={f.connection[METRICS] ?? ''} onValue={(v) => set({ connection: { ...f.connection, [METRICS]: v } })} mono input={{ inputMode: 'url', placeholder: 'http://10.0.0.1:8000/metrics' }} error={fieldError(error, `/connection/${METRICS}`)}
                help="A page in Prometheus’ text format where the target tells its own CPU and memory. Asked once a second while load goes on, without keys." />}
            </div>
          </fieldset>
          <JsonEditor label="Default inputs" value={f.inputs} onValue={(inputs) => set({ inputs })} rows={4} schema={(schema && resolved(schema, body).properties?.['default_inputs']) ?? null} said={saidBelow(error, '/default_inputs')} help="Every scenario starts from these and lays its own over them." />
          <div class="columns">
            <TextField label="At most in flight" value={f.inFlight} onValue={(inFlight) => set({ inFlight })} input={{ inputMode: 'numeric', placeholder: '16' }} help="Runs of this target at the same time." error={fieldError(error, '/max_in_flight')} />
            <TextField label="Labels" value={f.labels} onValue={(labels) => set({ labels })} help="Separated by commas." error={fieldError(error, '/labels')} />
          </div>
          <TextField label="Description" value={f.description} onValue={(description) => set({ description })} error={fieldError(error, '/description')} />
          {beside.length > 0 && <p class="note beside">In the JSON only: {beside.map((m, i) => <span key={m}>{i > 0 && ', '}<code>{m}</code></span>)}.</p>}
        </>
      )}
    </Editor>
  );
}

/** Waits for the object before the form is made from it; later polls never write over what is being typed. */
export function EditAutomation({ id }: { id: string }) {
  const store = id === 'new' ? null : automationStore.of(Number(id));
  const state = useStore(store);
  const [begun, setBegun] = useState<{ data: Automation; etag: string | null } | null>(null);
  useEffect(() => { if (state.data && !begun) setBegun({ data: state.data, etag: state.etag }); }, [state.data]);
  if (id === 'new') return <AutomationEditor id={null} saved={null} etag={null} />;
  if (begun) return <AutomationEditor id={begun.data.id} saved={begun.data} etag={begun.etag} />;
  return state.error ? <Failure error={state.error} retry={() => void store?.refresh()} /> : null;
}
