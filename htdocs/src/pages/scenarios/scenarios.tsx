// SPDX-License-Identifier: Apache-2.0
// Scenarios: what is asked of a target. Table with the last day's figures; editor with the merged inputs by origin.
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
import { duration, durationExact } from '../../format/duration';
import { compact, percent } from '../../format/number';
import { dateTime, rangeKey, rangeWords, shortTime } from '../../format/time';
import { href, navigate, place, type Place, setParams, usePlace } from '../../router';
import { useMay } from '../../state/access';
import { primeNames, useNames } from '../../state/names';
import { automation as automationStore, automations, kpis, objectsChanged, scenario as scenarioStore, scenarios } from '../../state/resources';
import { rangeAt, useNow, useRange, useZone } from '../../state/settings';
import { useStore } from '../../state/store';
import { curl } from '../../ui/copy';
import { fieldError, PickField, saidBelow, TextField } from '../../ui/form';
import { useKeys } from '../../ui/keys';
import { ComparePicked } from '../../ui/compare_picked';
import { Link } from '../../ui/link';
import { Empty, Failure, Loaded, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { Pick } from '../../ui/pick';
import { SearchBox } from '../../ui/search_box';
import { Value } from '../../ui/state';
import { useSelection } from '../../ui/selection';
import { Table } from '../../ui/table';
import { toast } from '../../ui/toast';
import { SavedViews } from '../../views/saved_views';
import { mergeInputs, openPlaceholders } from './merge';
import { SloFields } from './slo_fields';
import { SloPanel } from './slo_panel';
import { TrendPanel } from './trend_panel';
import { sloForm, type SloForm, sloOf } from './slos';

const PAGE = 100;
const MOST_USED = 200;

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
      <Editor title={id === null ? 'Add a scenario' : f.name || `Scenario ${id}`} back={href(BACK)} dirty={views.dirty} ready={ready} readOnly={!may}
        known={['/name', '/automation_id', '/description', '/inputs_template', '/run_settings', '/slos', '/labels']}
        save={async () => {
          const done = await save();
          toast(id === null ? `Saved ${done.name}` : `Saved ${done.name}, version ${done.version}`);
          return href(BACK);
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

function Edit({ id }: { id: string }) {
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

const FALLBACK = '24h';
const queryAt = (params: URLSearchParams, editing: boolean) => ({ q: params.get('q'), automation_id: editing ? null : params.get('automation_id'), after: params.get('after'), limit: PAGE });

export async function shows(at: Place): Promise<void> {
  const store = scenarios.of(queryAt(at.params, at.path !== '/scenarios'));
  await Promise.all([store.prime(), kpis.of(rangeKey(rangeAt(at, FALLBACK))).prime()]);
  await primeNames('automation', (store.get().data ?? []).map((s) => s.automation_id));
}

export default function Scenarios({ id }: { id: string | null }) {
  const { params } = usePlace();
  const zone = useZone();
  const now = useNow(60_000);
  const range = useRange(FALLBACK);
  const may = useMay('operator');
  const q = params.get('q');
  const automationId = params.get('automation_id');
  const store = scenarios.of(queryAt(params, id !== null));
  const state = useStore(store);
  const names = useNames('automation', (state.data ?? []).map((s) => s.automation_id));
  const kpiState = useStore(kpis.of(rangeKey(range)));
  const figures = new Map(kpiState.data?.scenarios?.map((s) => [s.scenario_id, s]));
  // columns take their width from the figures: shown together, so that nothing moves
  const ready = kpiState.data || kpiState.error || state.error ? state : { ...state, data: undefined };
  const [running, setRunning] = useState<number | null>(null);
  const [selected, setSelected] = useSelection(JSON.stringify([q, automationId]));
  // the server names the most used ones only
  const all = figures.size < MOST_USED;
  const none = all ? `no completed run in ${rangeWords(range, zone)}` : `no completed run in ${rangeWords(range, zone)}, or not among the ${MOST_USED} most used scenarios of it: its own page has its figures`;
  const add = () => navigate(href('/scenarios/new', { automation_id: automationId }));
  useKeys({ n: may ? add : undefined });
  return (
    <>
      <Top title="Scenarios" beside={<SavedViews page="scenarios" />} range={range}>{may && <button type="button" class="primary" onClick={add}>Add a scenario</button>}</Top>
      <div class="filters" role="search" aria-label="Filter scenarios">
        <SearchBox label="Search scenarios" />
        <Pick kind="automation" none="Any automation" value={automationId ?? ''} onPick={(picked) => setParams({ automation_id: picked, after: null })} control={{ 'aria-label': 'Automation' }} />
      </div>
      <section class="panel list" aria-label="Scenarios">
        <ComparePicked ids={selected} kind="scenario" clear={() => setSelected(new Set())} />
        <Loaded from={ready} retry={() => void store.refresh()} skeleton={<Skeleton rows={6} />}>
          {(list) => list.length === 0 ? (
            <Empty title={q || automationId ? 'No scenario matches' : 'No scenario yet'}>
              {q || automationId ? <button type="button" onClick={() => navigate(href('/scenarios'))}>Clear the filter</button>
                : <><p>A scenario is what is asked of a target: a prompt, its parameters, and how to run it.</p>{may && <button type="button" class="primary" onClick={add}>Add a scenario</button>}</>}
            </Empty>
          ) : (
            <Table keys rows={list} id={(s) => s.id} caption="Scenarios" open={(s) => navigate(href(`/scenarios/${s.id}`))} selected={selected} select={setSelected} name={(s) => s.name} columns={[
              { head: 'Name', class: 'name', cell: (s) => <><Link to={`/scenarios/${s.id}`}>{s.name}</Link>{s.description && <span class="note line">{s.description}</span>}</> },
              { head: 'Automation', class: 'mid', cell: (s) => <Link to={`/automations/${s.automation_id}`}>{names(s.automation_id)}</Link> },
              { head: 'Version', right: true, class: 'wide', cell: (s) => s.version },
              { head: 'Runs', right: true, cell: (s) => <Link to="/runs" params={{ scenario_id: s.id }}>{all || figures.has(s.id) ? compact(figures.get(s.id)?.runs ?? 0) : <Value text="–" why={none} />}</Link> },
              { head: 'Success', right: true, cell: (s) => <Value text={percent(figures.get(s.id)?.success_rate)} why={none} /> },
              { head: 'p50', right: true, cell: (s) => <Value text={duration(figures.get(s.id)?.p50_ms)} exact={durationExact(figures.get(s.id)?.p50_ms)} why={none} /> },
              { head: 'p95', right: true, cell: (s) => <Value text={duration(figures.get(s.id)?.p95_ms)} exact={durationExact(figures.get(s.id)?.p95_ms)} why={none} /> },
              { head: 'Changed', class: 'time wide', cell: (s) => <time dateTime={s.updated_at} title={dateTime(s.updated_at, zone)}>{shortTime(s.updated_at, zone, now)}</time> },
              { head: 'Start', class: 'act', cell: (s) => may && <button type="button" class="small" aria-label={`Run ${s.name}`} onClick={() => setRunning(s.id)}>Run</button> },
            ]} />
          )}
        </Loaded>
        {(state.next || params.get('after')) && <footer class="pager"><button type="button" disabled={!params.get('after')} onClick={() => setParams({ after: null })}>First</button><button type="button" disabled={!state.next} onClick={() => setParams({ after: state.data?.at(-1)?.id })}>Next</button></footer>}
      </section>
      {id && <Edit key={id} id={id} />}
      {running !== null && <Trigger scenarioId={running} onClose={() => setRunning(null)} />}
    </>
  );
}
