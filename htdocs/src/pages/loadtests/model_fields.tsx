// SPDX-License-Identifier: Apache-2.0
// The fields of a load model: of its type, and no others.
import type { ComponentChildren } from 'preact';
import type { ApiError } from '../../api/client';
import { fieldError, SelectField, TextField } from '../../ui/form';
import { type PlanForm, TYPES } from './plan';

export interface FormProps { f: PlanForm; set: (change: Partial<PlanForm>) => void; error: ApiError | null }

type TextKey = { [K in keyof PlanForm]: PlanForm[K] extends string ? K : never }[keyof PlanForm];

/** A field for a number, whose error is that of its pointer. */
export function NumberField({ f, set, error, of, pointer, label, help, usual, class: name }: FormProps & { of: TextKey; pointer: string; label: string; help?: ComponentChildren; /** what holds where nothing is typed */ usual?: string; class?: string }) {
  return <TextField label={label} value={f[of]} onValue={(value) => set({ [of]: value })} error={fieldError(error, pointer)} help={help} input={{ inputMode: 'decimal', ...(usual ? { placeholder: usual } : {}) }} class={name ?? ''} />;
}

const ARRIVALS = [['poisson', 'Poisson'], ['constant', 'Constant']] as const;
const OF = [['rate', 'Rate'], ['concurrency', 'How many at a time']] as const;

function Arrivals(p: FormProps) {
  return <SelectField label="Arrivals" value={p.f.arrivals} onValue={(arrivals) => p.set({ arrivals })} options={ARRIVALS} error={fieldError(p.error, '/load_model/arrivals')} />;
}

/** What the server said of a group that stands at none of its fields. */
export function groupErrors(error: ApiError | null, group: string, leaves: readonly string[]): string[] {
  return [...(error?.fields ?? [])].filter(([at]) => (at === group || at.startsWith(`${group}/`)) && !leaves.some((l) => at === l || at.startsWith(`${l}/`)))
    .map(([at, sentence]) => (at === group ? sentence : `${at.slice(group.length + 1)}: ${sentence}`));
}

const stagePointers = (f: PlanForm): string[] => f.stages.flatMap((_, i) => [`/load_model/stages/${i}/duration_seconds`, `/load_model/stages/${i}/${f.of}`]);

function Stages({ f, set, error }: FormProps) {
  const change = (i: number, part: Partial<PlanForm['stages'][number]>) => set({ stages: f.stages.map((s, k) => (k === i ? { ...s, ...part } : s)) });
  return (
    <fieldset class="bare span">
      <legend>Stages</legend>
      {f.stages.map((s, i) => (
        <div class="triple" key={i}>
          <TextField label={`Stage ${i + 1}: seconds`} value={s.seconds} onValue={(seconds) => change(i, { seconds })} error={fieldError(error, `/load_model/stages/${i}/duration_seconds`)} input={{ inputMode: 'decimal' }} />
          <TextField label={f.of === 'rate' ? 'to requests per second' : 'to how many at a time'} value={s.target} onValue={(target) => change(i, { target })} error={fieldError(error, `/load_model/stages/${i}/${f.of}`)} input={{ inputMode: 'decimal' }} />
          <button type="button" class="ghost" aria-label={`Remove stage ${i + 1}`} disabled={f.stages.length === 1} onClick={() => set({ stages: f.stages.filter((_, k) => k !== i) })}>Remove</button>
        </div>
      ))}
      {groupErrors(error, '/load_model/stages', stagePointers(f)).map((s) => <p class="error" key={s}>{s}</p>)}
      <button type="button" class="small" onClick={() => set({ stages: [...f.stages, { ...(f.stages.at(-1) ?? { seconds: '30', target: '20' }) }] })}>Add a stage</button>
    </fieldset>
  );
}

function Members(p: FormProps) {
  const { f, set, error } = p;
  const at = (member: string) => `/load_model/${member}`;
  const rate = <NumberField {...p} of="rate" pointer={at('rate')} label={f.type === 'semi_open' ? 'Sessions per second' : 'Requests per second'} />;
  const think = <NumberField {...p} of="think" pointer={at('think_time_ms')} label="Think time (ms)" help="Between an answer and the next send." />;
  const stepSeconds = <NumberField {...p} of="stepSeconds" pointer={at('step_seconds')} label="Seconds per step" />;
  const which = <SelectField label="What changes" value={f.of} onValue={(of) => set({ of })} options={OF} error={fieldError(error, at('of'))} />;
  switch (f.type) {
    case 'closed': return <><NumberField {...p} of="concurrency" pointer={at('concurrency')} label="At the same time" help="1 to 20,000" />{think}</>;
    case 'gamma': return <>{rate}<NumberField {...p} of="shape" pointer={at('shape')} label="Shape" help="Below 1 bursty, 1 Poisson, above 1 smooth." /></>;
    case 'semi_open': return <>{rate}<NumberField {...p} of="turns" pointer={at('turns')} label="Turns of a session" />{think}</>;
    case 'ramp': return <>{which}<NumberField {...p} of="start" pointer={at('start')} label="From" />{f.of === 'rate' && <Arrivals {...p} />}<Stages {...p} /></>;
    case 'sweep': return (
      <>
        {which}
        <SelectField label="Values" value={f.list} onValue={(list) => set({ list })} options={[['range', 'From, to, steps'], ['values', 'A list']]} />
        {f.list === 'values'
          ? <TextField label={f.of === 'rate' ? 'Requests per second' : 'At the same time'} class="span" value={f.values} onValue={(values) => set({ values })} help="Separated by commas." error={fieldError(error, at('values'))} />
          : <>
            <NumberField {...p} of="from" pointer={at('from')} label="From" /><NumberField {...p} of="to" pointer={at('to')} label="To" />
            <NumberField {...p} of="steps" pointer={at('steps')} label="Steps" />
            <SelectField label="Spacing" value={f.scale} onValue={(scale) => set({ scale })} options={[['geometric', 'Geometric'], ['linear', 'Linear']]} error={fieldError(error, at('scale'))} />
          </>}
        {stepSeconds}{f.of === 'rate' && <Arrivals {...p} />}
      </>
    );
    case 'capacity': return (
      <>
        <NumberField {...p} of="startRate" pointer={at('start_rate')} label="First rate (per second)" /><NumberField {...p} of="maxRate" pointer={at('max_rate')} label="Highest rate (per second)" />
        {stepSeconds}<NumberField {...p} of="precision" pointer={at('precision')} label="Precision" help="0.1: to within 10 % of the rate." /><Arrivals {...p} />
      </>
    );
    default: return rate;
  }
}

/** The pointers below /load_model that have a field now. */
export function modelPointers(f: PlanForm): string[] {
  const members: Record<PlanForm['type'], string[]> = {
    closed: ['concurrency', 'think_time_ms'], constant: ['rate'], poisson: ['rate'], gamma: ['rate', 'shape'], semi_open: ['rate', 'turns', 'think_time_ms'],
    ramp: ['start', 'stages', ...(f.of === 'rate' ? ['arrivals'] : [])],
    sweep: ['of', 'step_seconds', ...(f.list === 'values' ? ['values'] : ['from', 'to', 'steps', 'scale']), ...(f.of === 'rate' ? ['arrivals'] : [])],
    capacity: ['start_rate', 'max_rate', 'step_seconds', 'precision', 'arrivals'],
  };
  return ['type', ...members[f.type]].map((m) => `/load_model/${m}`);
}

export function ModelFields(p: FormProps) {
  const { f, set, error } = p;
  return (
    <>
      <SelectField label="Kind of load" value={f.type} onValue={(type) => set({ type })} options={TYPES.map(([type, word]) => [type, word] as const)} error={error?.fields.get('/load_model/type') ?? error?.fields.get('/load_model')} help={TYPES.find(([t]) => t === f.type)?.[2]} />
      <div class="columns members"><Members {...p} /></div>
    </>
  );
}
