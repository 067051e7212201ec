// SPDX-License-Identifier: Apache-2.0
// A plan: what is asked, how the load arrives, what counts as good. Beside it, before the button, what it would send.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ApiError, api } from '../../api/client';
import type { LoadEstimate, LoadPlanInput } from '../../api/types';
import { useBodySchemas } from '../../editor/body_schemas';
import { readObject } from '../../editor/json_text';
import { Panes } from '../../editor/panes';
import { useTwoViews } from '../../editor/two_views';
import { duration } from '../../format/duration';
import { modelWords } from '../../format/load';
import { LOAD_SLO_METRICS } from '../../format/metrics';
import { money, oneCurrency } from '../../format/money';
import { compact, count } from '../../format/number';
import { href, navigate, setGuard, usePlace } from '../../router';
import { useMay } from '../../state/access';
import { allDatasets, allPrices, automation, loadtest, loadtestsChanged, scenario as scenarioStore, scenarios } from '../../state/resources';
import { useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { fieldError, focusMistake, FormError, PickField, SelectField, TextField } from '../../ui/form';
import { Link } from '../../ui/link';
import { LocationField } from '../../ui/location';
import { Empty, Failure, Panel, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { toast } from '../../ui/toast';
import { askedWords } from './asked';
import { AskedFields, askedPointers, Repeats } from './asked_fields';
import { type FormProps, groupErrors, ModelFields, modelPointers, NumberField } from './model_fields';
import { EMPTY, formOf, hasSteps, type PlanForm, planOf } from './plan';
import { PolicyFields, policyPointers } from './policy_fields';
import { SpreadFields, spreadPointers } from './spread_fields';

const MAX_SLOS = 16;
const PAUSE_MS = 400;
const QUESTION = 'Leave without starting the load test?';
const asError = (e: unknown) => (e instanceof ApiError ? e : new ApiError('version', 0, { detail: String(e) }, null, null));

const sloPointers = (f: PlanForm): string[] => f.slos.flatMap((_, i) => ['metric', 'quantile', 'max'].map((m) => `/slos/${i}/${m}`));

/** From this width of the window on the JSON stands beside the form. */
const ROOM = 1700;

/** A plan without a scenario is one as well, while it is written. */
const viewOf = (f: PlanForm) => planOf({ ...f, scenario: f.scenario || '0' });

const readFields = (text: string): Record<string, unknown> => { const read = readObject(text); return 'value' in read ? read.value : {}; };

function Slos({ f, set, error }: FormProps) {
  const change = (i: number, part: Partial<PlanForm['slos'][number]>) => set({ slos: f.slos.map((s, k) => (k === i ? { ...s, ...part } : s)) });
  return (
    <>
      {f.slos.map((s, i) => (
        <div class="triple" key={i}>
          <SelectField label={`SLO ${i + 1}: metric`} value={s.metric} onValue={(metric) => change(i, { metric })} options={LOAD_SLO_METRICS} error={fieldError(error, `/slos/${i}/metric`)} />
          <TextField label="at most (ms)" value={s.max} onValue={(max) => change(i, { max })} input={{ inputMode: 'decimal' }} error={fieldError(error, `/slos/${i}/max`)} />
          <TextField label="at quantile" value={s.quantile} onValue={(quantile) => change(i, { quantile })} input={{ inputMode: 'decimal' }} error={fieldError(error, `/slos/${i}/quantile`)} />
          <button type="button" class="ghost" aria-label={`Remove SLO ${i + 1}`} onClick={() => set({ slos: f.slos.filter((_, k) => k !== i) })}>Remove</button>
        </div>
      ))}
      {groupErrors(error, '/slos', sloPointers(f)).map((s) => <p class="error" role="alert" key={s}>{s}</p>)}
      <button type="button" class="small" disabled={f.slos.length >= MAX_SLOS} onClick={() => set({ slos: [...f.slos, { metric: 'ttft_ms', quantile: '0.95', max: '500' }] })}>Add an SLO</button>
    </>
  );
}

function Part({ title, sentence, children }: { title: string; sentence?: string; children: ComponentChildren }) {
  return <fieldset class="part"><legend>{title}</legend>{sentence && <p class="sentence">{sentence}</p>}{children}</fieldset>;
}

interface Estimated { data: LoadEstimate | null; error: ApiError | null; waiting: boolean }

/** What the server says a plan would send; asked again when typing pauses. */
function useEstimate(plan: LoadPlanInput | null, said: (error: ApiError | null) => void): Estimated {
  const [state, set] = useState<Estimated>({ data: null, error: null, waiting: true });
  const text = JSON.stringify(plan);
  useEffect(() => {
    if (!plan) { set({ data: null, error: null, waiting: false }); return undefined; }
    const flight = new AbortController();
    set((s) => ({ ...s, waiting: true }));
    const timer = setTimeout(() => {
      api.loadtestEstimate(plan, flight.signal).then((data) => { set({ data, error: null, waiting: false }); said(null); }, (e: unknown) => {
        if (flight.signal.aborted) return;
        const error = asError(e);
        set({ data: null, error, waiting: false });
        said(error.fields.size > 0 ? error : null);
      });
    }, PAUSE_MS);
    return () => { clearTimeout(timer); flight.abort(); };
  }, [text]);
  return state;
}

function Estimate({ plan, estimated, scenario, f }: { plan: LoadPlanInput | null; estimated: Estimated; scenario: string; f: PlanForm }) {
  const named = useStore(f.asks === 'dataset' ? allDatasets() : null).data?.find((d) => String(d.id) === f.datasetId)?.name;
  const asked = plan ? askedWords(plan, named) : '';
  const e = estimated.data;
  const currency = oneCurrency(useStore(allPrices()).data);
  const most = plan?.load_model.type === 'capacity' ? ' at most' : '';
  const slow = 'depends on how fast the target answers';
  const cells: [string, string, string][] = [
    [`Requests${most}`, count(e?.requests), slow],
    [`Takes${most}`, duration(e?.seconds == null ? null : e.seconds * 1000), slow],
    ['In flight at most', count(e?.peak_in_flight), slow],
    ['Output tokens at most', compact(e?.output_tokens), 'the inputs set no max_tokens'],
    ['Costs at most', money(typeof e?.money === 'number' ? e.money : null, currency), 'no price of the model, or no number of tokens, is known'],
  ];
  return (
    <div class="estimate" aria-busy={estimated.waiting}>
      <p class="estimate-words">{plan ? <>{modelWords(plan)}{plan.warmup_seconds ? `, after ${plan.warmup_seconds} s of warm-up${plan.load_model.type === 'sweep' || plan.load_model.type === 'capacity' ? ' before each step' : ''}` : ''}{scenario ? <>, of <b>{scenario}</b></> : null}{asked && <>, with {asked}</>}.</> : 'Nothing yet: the plan cannot be read.'}</p>
      <dl class="pairs one">
        {cells.map(([label, value, why]) => <div key={label}><dt>{label}</dt><dd class={value === '–' ? 'none' : ''}>{value === '–' ? <>– <span class="note">{e ? why : ''}</span></> : value}</dd></div>)}
      </dl>
      <Repeats f={f} estimate={e} error={estimated.error} />
      <p class="note" role="status">{estimated.error ? (estimated.error.fields.size > 0 ? 'The server would refuse this plan: see the marked fields.' : `No estimate: ${estimated.error.message}`) : plan?.certificate === false ? 'Without a certificate nothing says how far the figures can be trusted.' : 'Besides, the certificate asks the built-in target, before and after; yours is not asked.'}</p>
    </div>
  );
}

function Form({ first }: { first: PlanForm }) {
  const views = useTwoViews<PlanForm, LoadPlanInput>(() => ({ form: first, body: viewOf(first) as LoadPlanInput }), formOf, viewOf);
  const { form: f } = views;
  /** what the server last said of the fields, to the estimate or to the button */
  const [said, say] = useState<ApiError | null>(null);
  const [refused, refuse] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const plan = views.ready && (views.unread || f.scenario !== '') ? views.body : null;
  const estimated = useEstimate(plan, say);
  const schemas = useBodySchemas();
  const set = (change: Partial<PlanForm>) => { refuse(null); views.set(change); };
  const { dirty } = views;
  useEffect(() => {
    setGuard(dirty ? () => QUESTION : null);
    return () => setGuard(null);
  }, [dirty]);
  const submit = async () => {
    if (!plan || busy) return; // Ctrl+S asks whatever the button says
    setBusy(true);
    try {
      const made = await api.loadtestAdd(plan);
      setGuard(null);
      loadtestsChanged();
      if ('run_ids' in made) {
        toast(`${made.count} load tests queued`);
        navigate(href('/loadtests', { label: made.group }));
      } else {
        toast(`Load test ${made.id} queued`);
        navigate(href(`/loadtests/${made.id}`));
      }
    } catch (e) {
      const error = asError(e);
      say(error);
      refuse(error);
      focusMistake('.plan');
    }
    setBusy(false);
  };
  const p: FormProps = { f, set, error: said };
  const scenario = useStore(Number(f.scenario) > 0 ? scenarioStore.of(Number(f.scenario)) : null).data;
  const target = useStore(scenario ? automation.of(scenario.automation_id) : null).data;
  const length = f.ends === 'duration' ? '/duration_seconds' : '/requests';
  const beside = Object.keys(readFields(f.other));
  const known = ['/location', '/locations', '/scenario_id', '/name', '/warmup_seconds', '/seed', '/max_in_flight', '/drain_seconds', '/keep_rows', '/slos', ...(hasSteps(f.type) ? [] : [length]), ...modelPointers(f), ...askedPointers(f), ...policyPointers(f), ...spreadPointers(f)];
  return (
    <form class="plan" onSubmit={(e) => { e.preventDefault(); void submit(); }} onKeyDown={(e) => { if ((e.ctrlKey || e.metaKey) && e.key === 's') { e.preventDefault(); e.currentTarget.requestSubmit(); } }}>
      <section class="panel plan-fields" aria-label="Plan">
        <Panes room={ROOM} error={said} json={{ ...views, setText: (text) => { refuse(null); views.setText(text); }, schema: schemas?.plan ?? null }} form={<>
        <Part title="What is asked">
          <div class="columns">
            <PickField label="Scenario" kind="scenario" value={f.scenario} onPick={(picked) => set({ scenario: picked })} error={fieldError(said, '/scenario_id')} />
            <TextField label="Name" value={f.name} onValue={(name) => set({ name })} error={fieldError(said, '/name')} input={{ maxLength: 200, placeholder: scenario?.name ?? '' }} />
          </div>
          <AskedFields {...p} inputs={schemas && target ? schemas.inputs(target.provider) : null} />
        </Part>
        <Part title="The load">
          <ModelFields {...p} />
          <div class="columns members">
            {!hasSteps(f.type) && <>
              <SelectField label="Ends after" value={f.ends} onValue={(ends) => set({ ends })} options={[['duration', 'A time'], ['requests', 'A number of requests']]} />
              {f.ends === 'duration' ? <NumberField {...p} of="duration" pointer="/duration_seconds" label="Seconds" help="1 to 86,400" /> : <NumberField {...p} of="requests" pointer="/requests" label="Requests" help="1 to 10,000,000" />}
            </>}
            <NumberField {...p} of="warmup" pointer="/warmup_seconds" label={`Warm-up (s)${f.type === 'sweep' || f.type === 'capacity' ? ' before each step' : ''}`} help="Load that is never in the figures." />
          </div>
        </Part>
        <Part title="What counts as good" sentence={f.type === 'capacity' ? 'A capacity search needs at least one.' : 'A request is good if it is within every limit; an SLO is met if its quantile is.'}>
          <Slos {...p} />
        </Part>
        <Part title="Endpoints and classes" sentence="What the load is spread over, and what shares it.">
          <SpreadFields {...p} inputs={schemas && target ? schemas.inputs(target.provider) : null} />
        </Part>
        <Part title="Policies" sentence="What happens when a request fails, how hard the target may be asked, what it may use.">
          <PolicyFields {...p} target={target} />
        </Part>
        <Part title="Details">
          <LocationField where={f.where} onWhere={(where) => set({ where })} error={fieldError(said, '/location') ?? fieldError(said, '/locations')} />
          <div class="columns members">
            <NumberField {...p} of="seed" pointer="/seed" label="Seed" help="The same seed, the same schedule." />
            <NumberField {...p} of="inFlight" pointer="/max_in_flight" label="In flight at most" help="Empty: 2,000, or what the load needs. What waits for it keeps its planned time." />
            <NumberField {...p} of="drain" pointer="/drain_seconds" label="Await answers for (s)" help="After the last send." />
            <NumberField {...p} of="keepRows" pointer="/keep_rows" label="Rows kept" usual="1" help="1: all, 0.01: one in a hundred, drawn by the seed. All figures count all requests." />
          </div>
          <label class="tick"><input type="checkbox" checked={f.certificate} onChange={(e) => set({ certificate: e.currentTarget.checked })} />Certificate: measure our own error under this load, before and after</label>
          {beside.length > 0 && <p class="note beside">In the JSON only: {beside.map((m, i) => <span key={m}>{i > 0 && ', '}<code>{m}</code></span>)}.</p>}
        </Part>
        </>} />
      </section>
      <div class="plan-side">
        <Panel title="What it will send">
          <Estimate plan={plan} estimated={estimated} scenario={scenario?.name ?? ''} f={f} />
          <FormError error={refused} known={known} word="Not started." />
          <footer class="plan-foot">
            <Copy class="ghost" text={() => curl('POST', '/loadtests', plan ?? {})}>Copy as curl</Copy>
            <button type="submit" class="primary" disabled={busy || !plan}>Start the load test</button>
          </footer>
        </Panel>
      </div>
    </form>
  );
}

/** A new plan, for the scenario or the dataset of the link that led here. */
function startOf(params: URLSearchParams): PlanForm {
  const datasetId = params.get('dataset_id');
  return { ...EMPTY, scenario: params.get('scenario_id') ?? '', ...(datasetId ? { asks: 'dataset', datasetId } : {}) };
}

/** Waits for the scenarios and the plan to repeat, so that the form is made once. */
export default function NewLoadTest() {
  const { params } = usePlace();
  const from = params.get('from');
  const may = useMay('operator');
  const some = useStore(scenarios.of({ limit: 1 }));
  const model = loadtest.of(Number(from));
  const repeated = useStore(from ? model : null);
  const [first, setFirst] = useState<PlanForm | null>(null);
  useEffect(() => {
    if (first || !some.data || (from && !repeated.data)) return;
    const start = repeated.data ? formOf(repeated.data.plan) : startOf(params);
    setFirst({ ...start, scenario: start.scenario || String(some.data[0]?.id ?? '') });
  }, [some.data, repeated.data]);
  const failed = some.error ?? repeated.error;
  return (
    <>
      <Top title={<><Link to="/loadtests" class="crumb">Load tests</Link><span class="crumb-mark" aria-hidden="true">/</span>New</>} />
      {!may ? <Empty title="Not yours to start"><p>Your role may look at load tests, not start them.</p></Empty> : some.data?.length === 0 ? <Empty title="No scenario yet"><p>A load test sends one scenario many times.</p><p class="then"><Link to="/scenarios/new" class="button">Add a scenario</Link></p></Empty>
        : first ? <Form first={first} />
          : failed ? <Failure error={failed} retry={() => { void scenarios.of({ limit: 1 }).refresh(); if (from) void model.refresh(); }} /> : <Skeleton height={640} />}
    </>
  );
}
