// SPDX-License-Identifier: Apache-2.0
// The form of one scenario: fields and JSON side by side, what its runs will send, a test run below.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Scenario, ScenarioInput } from '../../api/types';
import { useBodySchemas } from '../../editor/body_schemas';
import { type Attempt, Editor } from '../../editor/editor';
import { JsonEditor } from '../../editor/json_editor';
import { readObject } from '../../editor/json_text';
import { TestRun } from '../../editor/test_run';
import { Trigger } from '../../editor/trigger';
import { change, same, useTwoViews } from '../../editor/two_views';
import { href, navigate, place } from '../../router';
import { useMay } from '../../state/access';
import { automation as automationStore, automations, objectsChanged, scenario as scenarioStore } from '../../state/resources';
import { useStore } from '../../state/store';
import { curl } from '../../ui/copy';
import { fieldError, PickField, saidBelow, TextField } from '../../ui/form';
import { Link } from '../../ui/link';
import { Failure } from '../../ui/panel';
import { toast } from '../../ui/toast';
import { listAddress } from '../../views/query';
import { mergeInputs, openPlaceholders } from './merge';
import { SloFields } from './slo_fields';
import { SloPanel } from './slo_panel';
import { TrendPanel } from './trend_panel';
import { sloForm, type SloForm, sloOf } from './slos';

interface Form { name: string; description: string; automation: string; inputs: string; settings: string; slos: SloForm[]; labels: string }

/** What is given and what may be changed. */
const MEMBERS = ['name', 'automation_id', 'description', 'inputs_template', 'run_settings', 'slos', 'labels'] as const satisfies readonly (keyof ScenarioInput)[];

const pretty = (value: Record<string, unknown>) => (Object.keys(value).length ? JSON.stringify(value, null, 2) : '');

const formOf = (s: Partial<ScenarioInput>): Form => ({
  name: s.name ?? '',
  description: s.description ?? '',
  automation: s.automation_id == null ? '' : String(s.automation_id),
  inputs: pretty((s.inputs_template ?? {}) as Record<string, unknown>),
  settings: pretty((s.run_settings ?? {}) as Record<string, unknown>),
  slos: (s.slos ?? []).map(sloForm),
  labels: (s.labels ?? []).join(', '),
});

/** Null while the form's JSON cannot be read. */
function bodyOf(f: Form): ScenarioInput | null {
  const inputs = readObject(f.inputs);
  const settings = readObject(f.settings);
  if (!('value' in inputs) || !('value' in settings)) return null;
  return {
    name: f.name.trim(), automation_id: Number(f.automation), description: f.description.trim() || null, inputs_template: inputs.value,
    run_settings: settings.value, slos: f.slos.map(sloOf), labels: f.labels.split(',').map((l) => l.trim()).filter(Boolean),
  };
}

const bodyOfSaved = (s: Scenario): ScenarioInput => Object.fromEntries(MEMBERS.filter((m) => s[m] != null).map((m) => [m, s[m]])) as ScenarioInput;

/** The inputs to send with a run of the kept scenario so that it is one of what is in the editor; null: nothing sent with it does that. */
function overrideFor(kept: ScenarioInput, now: ScenarioInput): Record<string, unknown> | null {
  const inputs = (now.inputs_template ?? {}) as Record<string, unknown>;
  const others = { ...kept, inputs_template: inputs };
  return same(others, { ...now, inputs_template: inputs }) && Object.keys(kept.inputs_template ?? {}).every((m) => Object.hasOwn(inputs, m)) ? inputs : null;
}

function MergedInputs({ defaults, text }: { defaults: Record<string, unknown>; text: string }) {
  const read = readObject(text);
  if (!('value' in read)) return null;
  const merged = mergeInputs(defaults, read.value);
  const open = openPlaceholders(merged);
  return (
    <div class="merged">
      <h3>What a run will get</h3>
      {merged.length === 0 ? <p class="note">No inputs.</p> : (
        <table><thead class="sr"><tr><th scope="col">Input</th><th scope="col">Value</th><th scope="col">From</th></tr></thead><tbody>
          {merged.map((m) => <tr key={m.name}><th scope="row" class="mono">{m.name}</th><td class="mono clip">{typeof m.value === 'string' ? m.value : JSON.stringify(m.value)}</td><td class="note">{m.from}{m.over ? ', over the default' : ''}</td></tr>)}
        </tbody></table>
      )}
      {open.length > 0 && <p class="tone-warn">No input fills {open.map((o) => `{{${o}}}`).join(', ')}: a secret, a variable, or an override must.</p>}
    </div>
  );
}

const BACK = '/scenarios';
/** The list as it was filtered. */
const back = () => listAddress(BACK, place().params);

/** `usual`: the automation of a new scenario, if no other was named. */
function ScenarioEditor({ id, saved, etag, usual }: { id: number | null; saved: Scenario | null; etag: string | null; usual: number | null }) {
  const views = useTwoViews<Form, ScenarioInput>(() => {
    const body = saved ? bodyOfSaved(saved) : bodyOf({ ...formOf({}), automation: place().params.get('automation_id') ?? String(usual ?? ''), inputs: '{"prompt": ""}' }) as ScenarioInput;
    return { form: formOf(body), body };
  }, formOf, bodyOf);
  const { form: f, set, body } = views;
  const [kept, keepAs] = useState({ body: saved ? bodyOfSaved(saved) : null, etag, version: saved?.version ?? 1 });
  const mayDelete = useMay('admin');
  const [running, setRunning] = useState(false);
  const may = useMay('operator');
  const target = useStore(body.automation_id > 0 ? automationStore.of(body.automation_id) : null).data;
  const schemas = useBodySchemas();
  const schema = schemas?.scenario(target?.provider) ?? null;
  const inputsSchema = useMemo(() => schemas?.inputs(target?.provider) ?? null, [schemas, target?.provider]);
  const sent = () => (kept.body ? change(body, kept.body, schema) : body);
  const save = async (): Promise<Scenario> => {
    const answer = id === null ? { data: await api.scenarioAdd(body), etag: null } : await api.scenarioPut(id, sent(), kept.etag);
    keepAs({ body, etag: answer.etag, version: answer.data.version });
    views.kept();
    objectsChanged();
    return answer.data;
  };
  const override = kept.body && !views.halted ? overrideFor(kept.body, body) : null;
  const test = (attempt: Attempt) => async (): Promise<number | null> => {
    let run: number | null = null;
    await attempt(async () => {
      const of = id !== null && (!views.dirty || override) ? id : (await save()).id;
      run = (await api.trigger(of, views.dirty && override ? override : undefined)).id;
      if (id === null) navigate(href(`/scenarios/${of}`, { view: 'test', run }), { replace: true, stays: true });
    });
    return id === null ? null : run;
  };
  const ready = views.ready && (views.unread || (f.name.trim() !== '' && Number(f.automation) > 0));
  const assertions = (body.run_settings as Record<string, unknown> | undefined)?.['assertions'];
  const defaults = (target?.default_inputs ?? {}) as Record<string, unknown>;
  return (
    <>
      <Editor title={id === null ? 'Add a scenario' : f.name || `Scenario ${id}`} back={back()} dirty={views.dirty} ready={ready} readOnly={!may}
        known={['/name', '/automation_id', '/description', '/inputs_template', '/run_settings', '/slos', '/labels']}
        save={async () => {
          const done = await save();
          toast(id === null ? `Saved ${done.name}` : `Saved ${done.name}, version ${done.version}`);
          return back();
        }}
        curl={() => (id === null ? curl('POST', BACK, body) : curl('PATCH', `${BACK}/${id}`, sent()))}
        remove={id !== null && mayDelete ? {
          name: `scenario ${saved?.name ?? id}`, warning: <p>If runs still refer to it, you are asked once more.</p>,
          run: async (cascade) => { await api.scenarioDelete(id, cascade); objectsChanged(); toast(`Deleted ${saved?.name ?? id}`); },
        } : undefined}
        below={id !== null && <TrendPanel id={id} />}
        extra={id !== null && <>
          {kept.version > 1 && <Link class="button" to="/compare" params={{ a: `scenario:${id}@${kept.version - 1}`, b: `scenario:${id}@${kept.version}` }}>Compare versions</Link>}
          {may && <button type="button" disabled={views.dirty} title={views.dirty ? 'Save first' : undefined} onClick={() => setRunning(true)}>Run</button>}
        </>}
        json={{ ...views, schema }}
        test={(attempt, busy) => (
          <TestRun start={test(attempt)} may={may} ready={ready && !busy} assertions={Array.isArray(assertions) ? assertions.length : 0} word={id === null || (views.dirty && !override) ? 'Save and test' : 'Test'}
            words={id === null ? 'A run needs a scenario that is kept: it is saved first.' : !views.dirty ? `Runs version ${kept.version}, as it is kept.`
              : override ? 'Runs what is in the editor now without saving it: its inputs go with the run.' : 'Only inputs can go with a run. More was changed, so it is saved first, as a new version.'} />
        )}>
        {(error) => (
          <>
            <TextField label="Name" value={f.name} onValue={(name) => set({ name })} error={fieldError(error, '/name')} input={{ 'data-autofocus': true, required: true, maxLength: 200 }} />
            <PickField label="Automation" kind="automation" value={f.automation} onPick={(automation) => set({ automation })} error={fieldError(error, '/automation_id')} help={usual === null ? 'There is none yet: add a target first.' : undefined} />
            <JsonEditor label="Inputs" value={f.inputs} onValue={(inputs) => set({ inputs })} rows={6} schema={inputsSchema} said={saidBelow(error, '/inputs_template')}
              help={<>For models <code>prompt</code> or <code>messages</code>, <code>max_tokens</code>, <code>temperature</code>; any other member fills <code>{'{{its name}}'}</code>.</>} />
            <MergedInputs defaults={defaults} text={f.inputs} />
            <JsonEditor label="Run settings" value={f.settings} onValue={(settings) => set({ settings })} rows={3} schema={schemas?.runSettings ?? null} said={saidBelow(error, '/run_settings')} help='Time-out, retries, assertions; such as {"assertions": [{"contains": "Paris"}]}.' />
            <SloFields readOnly={!may} slos={f.slos} set={(slos) => set({ slos })} error={error} />
            {id !== null && (saved?.slos ?? []).length > 0 && <SloPanel id={id} />}
            <TextField label="Labels" value={f.labels} onValue={(labels) => set({ labels })} help="Separated by commas." error={fieldError(error, '/labels')} />
            <TextField label="Description" value={f.description} onValue={(description) => set({ description })} error={fieldError(error, '/description')} />
          </>
        )}
      </Editor>
      {running && id !== null && <Trigger scenarioId={id} onClose={() => setRunning(false)} />}
    </>
  );
}

export function EditScenario({ id }: { id: string }) {
  const store = id === 'new' ? null : scenarioStore.of(Number(id));
  const state = useStore(store);
  const [begun, setBegun] = useState<{ data: Scenario; etag: string | null } | null>(null);
  useEffect(() => { if (state.data && !begun) setBegun({ data: state.data, etag: state.etag }); }, [state.data]);
  const some = useStore(automations.of({ limit: 1 }));
  const usual = some.data?.[0]?.id ?? null;
  // what a run will get stands in the form: it is not drawn before the target's part of it is known
  const first = begun?.data.automation_id ?? usual;
  const target = useStore(first === null ? null : automationStore.of(first));
  if ((!some.data && !some.error) || (first !== null && !target.data && !target.error)) return null;
  if (id === 'new') return <ScenarioEditor id={null} saved={null} etag={null} usual={usual} />;
  if (begun) return <ScenarioEditor id={begun.data.id} saved={begun.data} etag={begun.etag} usual={usual} />;
  return state.error ? <Failure error={state.error} retry={() => void store?.refresh()} /> : null;
}
