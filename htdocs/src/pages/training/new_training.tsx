// SPDX-License-Identifier: Apache-2.0
// A new session: on what, by which policy, with which problems, and what ends it at the latest. Beside it whether the target may be tried at all.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ApiError, api } from '../../api/client';
import type { ProblemType, TrainingPlanInput } from '../../api/types';
import { useBodySchemas } from '../../editor/body_schemas';
import { Panes } from '../../editor/panes';
import { useTwoViews } from '../../editor/two_views';
import { duration } from '../../format/duration';
import { money, oneCurrency } from '../../format/money';
import { count } from '../../format/number';
import { DIFFICULTIES, POLICIES, policyWord, typeWord, TYPES, WITH_RATE } from '../../format/training';
import { href, navigate, setGuard, usePlace } from '../../router';
import { useMay } from '../../state/access';
import { allPrices, automation, scenario as scenarioStore, scenarios, training, trainingChanged, trainings } from '../../state/resources';
import { useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { fieldError, focusMistake, FormError, PickField, SelectField, TextField } from '../../ui/form';
import { Link } from '../../ui/link';
import { Top } from '../../ui/page';
import { Empty, Failure, Panel, Skeleton } from '../../ui/panel';
import { toast } from '../../ui/toast';
import { Consent } from './consent';
import { bodyOf, bodyOfSession, EMPTY, formOf, type SessionForm } from './session_plan';

const QUESTION = 'Leave without starting the session?';
/** From this width of the window on the JSON stands beside the form. */
const ROOM = 1700;
const asError = (e: unknown) => (e instanceof ApiError ? e : new ApiError('version', 0, { detail: String(e) }, null, null));
const KNOWN = ['/scenario_id', '/name', '/policy', '/types', '/difficulty', '/settings/difficulty', '/seed', '/duration_scale', '/keep_rows', '/budget/seconds', '/budget/requests', '/budget/problems', '/budget/tokens', '/budget/cost'];

function Part({ title, sentence, children }: { title: string; sentence?: string; children: ComponentChildren }) {
  return <fieldset class="part"><legend>{title}</legend>{sentence && <p class="sentence">{sentence}</p>}{children}</fieldset>;
}

interface FormProps { f: SessionForm; set: (change: Partial<SessionForm>) => void; error: ApiError | null }
type TextKey = { [K in keyof SessionForm]: string extends SessionForm[K] ? K : never }[keyof SessionForm];

function NumberField({ f, set, error, of, pointer, label, help, usual }: FormProps & { of: TextKey; pointer: string; label: string; help?: string; usual?: string }) {
  return <TextField label={label} value={f[of]} onValue={(value) => set({ [of]: value })} error={fieldError(error, pointer)} help={help} input={{ inputMode: 'decimal', ...(usual ? { placeholder: usual } : {}) }} />;
}

/** The ladder takes many types in turn, the others one that has a rate. */
function Types({ f, set, error }: FormProps) {
  if (f.policy !== 'ladder') {
    const options = [['', 'What the policy takes'], ...TYPES.filter(([t]) => WITH_RATE.includes(t)).map(([t, word]) => [t, word] as const)] as [ProblemType | '', string][];
    const type = f.types[0] ?? '';
    return <SelectField label="Type of problem" value={type} onValue={(t) => set({ types: t ? [t] : [] })} options={options} help={TYPES.find(([t]) => t === type)?.[2] ?? 'One whose load is a rate.'} error={fieldError(error, '/types') ?? fieldError(error, '/settings/type')} />;
  }
  const toggle = (type: ProblemType) => set({ types: f.types.includes(type) ? f.types.filter((t) => t !== type) : [...f.types, type] });
  const said = fieldError(error, '/types') ?? fieldError(error, '/settings/types');
  return (
    <fieldset class="bare causes type-picks" aria-invalid={said ? true : undefined}>
      <legend>Types of problems{f.types.length === 0 ? ': all' : ''}</legend>
      {TYPES.map(([type, word, what]) => <label key={type} class="tick"><input type="checkbox" checked={f.types.includes(type)} onChange={() => toggle(type)} /><span>{word}<span class="note line">{what}</span></span></label>)}
      {said && <p class="error" role="alert">{said}</p>}
    </fieldset>
  );
}

/** What it would do, in words; `plan` null: it cannot be read. */
function Words({ plan, target }: { plan: TrainingPlanInput; target: string | undefined }) {
  const currency = oneCurrency(useStore(allPrices()).data);
  const b = plan.budget ?? {};
  const say = (v: unknown, text: (n: number) => string) => (typeof v === 'number' ? [text(v)] : v === undefined ? [] : ['?']);
  const ends = [...say(b.seconds ?? 3600, (v) => duration(1000 * v)), ...say(b.requests ?? 1_000_000, (v) => `${count(v)} requests`), ...say(b.problems, (v) => `${count(v)} problems`), ...say(b.tokens, (v) => `${count(v)} tokens`), ...say(b.cost, (v) => money(v, currency))];
  const types = plan.types?.length ? plan.types.map((t) => typeWord(t).toLowerCase()).join(', ') : 'all types';
  return <p class="estimate-words">{policyWord(plan.policy ?? 'ladder')}{target ? <> on <b>{target}</b></> : null}: {plan.policy === 'ladder' || !plan.policy ? `${types}, from ${plan.difficulty ?? 'easy'} on` : plan.types?.length ? types : 'a problem whose load is a rate'}. It ends by itself when it knows enough, and at the latest after {ends.join(' or ')}, whichever comes first.</p>;
}

/** Another session on the same target: there is one at a time. */
function Busy({ id }: { id: number }) {
  const other = useStore(trainings.of({ automation_id: id, status: 'running,stopping', limit: 1 })).data?.[0];
  return other ? <p class="note consent-busy" role="status">This target is being trained on by <Link to={`/training/${other.id}`}>{other.name}</Link>; there is one session at a time.</p> : null;
}

function Form({ first }: { first: TrainingPlanInput }) {
  const views = useTwoViews<SessionForm, TrainingPlanInput>(() => ({ form: formOf(first), body: first }), formOf, bodyOf);
  const { form: f, dirty } = views;
  const [error, refuse] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const schema = useBodySchemas()?.training ?? null;
  const set = (change: Partial<SessionForm>) => { refuse(null); views.set(change); };
  useEffect(() => {
    setGuard(dirty ? () => QUESTION : null);
    return () => setGuard(null);
  }, [dirty]);
  const scenario = useStore(Number(f.scenario) > 0 ? scenarioStore.of(Number(f.scenario)) : null).data;
  const asked = scenario ? automation.of(scenario.automation_id) : null;
  const target = useStore(asked);
  const ready = views.ready && (views.unread || f.scenario !== '');
  const submit = async () => {
    if (!ready || busy) return; // Ctrl+S asks whatever the button says
    setBusy(true);
    try {
      const made = await api.trainingAdd(views.body);
      setGuard(null);
      trainingChanged();
      toast('The session has begun');
      navigate(href(`/training/${made.id}`));
    } catch (e) {
      refuse(asError(e));
      focusMistake('.plan');
    }
    setBusy(false);
  };
  const p: FormProps = { f, set, error };
  return (
    <form class="plan" onSubmit={(e) => { e.preventDefault(); void submit(); }} onKeyDown={(e) => { if ((e.ctrlKey || e.metaKey) && e.key === 's') { e.preventDefault(); e.currentTarget.requestSubmit(); } }}>
      <section class="panel plan-fields" aria-label="Session">
        <Panes room={ROOM} error={error} json={{ ...views, setText: (text) => { refuse(null); views.setText(text); }, schema }} form={<>
          <Part title="The target">
            <div class="columns">
              <PickField label="Scenario" kind="scenario" value={f.scenario} onPick={(scenario_) => set({ scenario: scenario_ })} help="Its requests are sent to its automation." error={fieldError(error, '/scenario_id')} />
              <TextField label="Name" value={f.name} onValue={(name) => set({ name })} input={{ maxLength: 200, placeholder: scenario?.name ?? '' }} error={fieldError(error, '/name')} />
            </div>
          </Part>
          <Part title="The problems">
            <SelectField label="Policy" value={f.policy} onValue={(policy) => set({ policy, types: [], difficulty: policy === 'ladder' ? 'easy' : 'medium' })} options={POLICIES.map(([id, word]) => [id, word] as const)} help={POLICIES.find(([id]) => id === f.policy)?.[2]} error={fieldError(error, '/policy')} />
            <Types {...p} />
            <div class="columns members">
              <SelectField label={f.policy === 'ladder' ? 'Begins at' : 'Difficulty of all but the rate'} value={f.difficulty} onValue={(difficulty) => set({ difficulty })} options={DIFFICULTIES.map((d) => [d, d] as const)} error={fieldError(error, '/difficulty') ?? fieldError(error, '/settings/difficulty')} />
              <NumberField {...p} of="seed" pointer="/seed" label="Seed" help="The same seed, the same problems as long as answers are alike." />
              <NumberField {...p} of="scale" pointer="/duration_scale" label="Length of problems" help="1: as usual, 0.1: a tenth." />
              <NumberField {...p} of="keepRows" pointer="/keep_rows" label="Rows kept" usual="0.01" help="1: of all requests, 0.01: of one in a hundred. Figures count all." />
            </div>
          </Part>
          <Part title="What ends it at the latest" sentence="Whatever the policy wants: what is left of the budget binds the next problem, too.">
            <div class="columns members">
              <NumberField {...p} of="seconds" pointer="/budget/seconds" label="Seconds" usual="3600" />
              <NumberField {...p} of="requests" pointer="/budget/requests" label="Requests" usual="1000000" />
              <NumberField {...p} of="problems" pointer="/budget/problems" label="Problems" usual="1000" />
              <NumberField {...p} of="tokens" pointer="/budget/tokens" label="Tokens" usual="no limit" help="As far as answers tell them." />
              <NumberField {...p} of="cost" pointer="/budget/cost" label="Money" usual="no limit" help="There must be a price of the model." />
            </div>
          </Part>
        </>} />
      </section>
      <div class="plan-side">
        <Panel title="What it will do">
          <div class="pad">
            <Words plan={views.body} target={target.data?.name} />
            {target.data && <Consent key={target.data.id} target={target.data} etag={target.etag} done={() => { refuse(null); void asked?.refresh(); }} />}
            {target.data && <Busy id={target.data.id} />}
          </div>
          <FormError error={error} known={KNOWN} word="Not started." />
          <footer class="plan-foot">
            <Copy class="ghost" text={() => curl('POST', '/training/sessions', views.body)}>Copy as curl</Copy>
            <button type="submit" class="primary" disabled={busy || !ready || (scenario !== undefined && (target.data ? target.data.confirmed_rate === null : !target.error))} title={target.data?.confirmed_rate === null ? 'First somebody has to say how much may be tried' : undefined}>Start the session</button>
          </footer>
        </Panel>
      </div>
    </form>
  );
}

/** Waits for the scenarios and the session to repeat, so that the form is made once. */
export default function NewTraining() {
  const { params } = usePlace();
  const from = params.get('from');
  const may = useMay('operator');
  const some = useStore(scenarios.of({ limit: 1 }));
  const repeated = useStore(from ? training.of(Number(from)) : null);
  const [first, setFirst] = useState<TrainingPlanInput | null>(null);
  useEffect(() => {
    if (first || !some.data || (from && !repeated.data)) return;
    setFirst(repeated.data ? bodyOfSession(repeated.data) : bodyOf({ ...EMPTY, scenario: params.get('scenario_id') ?? String(some.data[0]?.id ?? '') }));
  }, [some.data, repeated.data]);
  // whether the target may be tried stands there from the begin on, or everything below it would move
  const asked = useStore(first && first.scenario_id > 0 ? scenarioStore.of(first.scenario_id) : null);
  const target = useStore(asked.data ? automation.of(asked.data.automation_id) : null);
  const ready = first !== null && (first.scenario_id <= 0 || asked.error !== null || target.data !== undefined || target.error !== null);
  const failed = some.error ?? repeated.error;
  return (
    <>
      <Top title={<><Link to="/training" class="crumb">Training</Link><span class="crumb-mark" aria-hidden="true">/</span>New</>} />
      {!may ? <Empty title="Not yours to start"><p>Your role may look at training, not start it.</p></Empty>
        : some.data?.length === 0 ? <Empty title="No scenario yet"><p>A session sends the requests of one scenario, ever more of them.</p><p class="then"><Link to="/scenarios/new" class="button">Add a scenario</Link></p></Empty>
        : ready && first ? <Form first={first} />
        : failed ? <Failure error={failed} retry={() => { void scenarios.of({ limit: 1 }).refresh(); if (from) void training.of(Number(from)).refresh(); }} /> : <Skeleton height={520} />}
    </>
  );
}
