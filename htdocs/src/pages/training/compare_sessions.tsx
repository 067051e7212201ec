// SPDX-License-Identifier: Apache-2.0
// Two sessions beside each other: which target takes more, and whether the intervals show it; what each met; how they were set.
import { useEffect, useState } from 'preact/hooks';
import type { ComparedSession, TrainingComparison } from '../../api/types';
import { count, percent, plural, significant } from '../../format/number';
import { perSecond, policyWord, rangeWords, ratesBetween, typeWord } from '../../format/training';
import { type Place, setParams, usePlace } from '../../router';
import { trainingComparison, trainings } from '../../state/resources';
import { useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { Field } from '../../ui/form';
import { Link } from '../../ui/link';
import { Top } from '../../ui/page';
import { Empty, Loaded, Panel, Skeleton } from '../../ui/panel';
import { Pill, Value } from '../../ui/state';

const VERDICTS: Record<TrainingComparison['verdict'], readonly ['ok' | 'bad' | 'quiet', string, string]> = {
  better: ['ok', '▲', 'takes more'], worse: ['bad', '▼', 'takes less'], no_difference: ['quiet', '=', 'no difference shown'], not_comparable: ['quiet', '?', 'not comparable'],
};

const capacityText = (s: ComparedSession): string => (s.estimate !== null ? perSecond(s.estimate) : s.low !== null || s.high !== null ? rangeWords(s) : s.difficulty);
const sureText = (s: ComparedSession): string => (s.estimate !== null && s.low !== null && s.high !== null ? `${ratesBetween(s.low, s.high)}${s.confidence === null ? ', no confidence claimed' : `, ${significant(100 * s.confidence)}\u00a0%`}` : s.estimate === null && s.low === null && s.high === null ? 'a difficulty, not a rate' : '');

function Side({ name, of: s }: { name: string; of: ComparedSession }) {
  return (
    <div class="side-facts">
      <dt><b class={`side-mark ${name.toLowerCase()}`}>{name}</b></dt>
      <dd><Link to={`/training/${s.id}`}>{s.name}</Link><span class="note line">{policyWord(s.policy)}, {s.status}, {plural(s.problems, 'problem')}: {count(s.met)} met{s.unclear > 0 ? `, ${count(s.unclear)} not clear` : ''}</span>
        <span class="compared-figure">{capacityText(s)}</span><span class="note line">{sureText(s)}</span></dd>
    </div>
  );
}

const changeText = (ratio: number) => `${ratio >= 1 ? '+' : '−'}${percent(Math.abs(100 * (ratio - 1)))}`;
const shareText = (v: number | null) => percent(v === null ? null : 100 * v);
const shown = (v: unknown): string => (v === null || v === undefined ? '–' : Array.isArray(v) ? v.join(', ') || '–' : typeof v === 'object' ? JSON.stringify(v) : String(v));

function Result({ of: c }: { of: TrainingComparison }) {
  const [tone, sign, word] = VERDICTS[c.verdict] ?? VERDICTS.not_comparable;
  return (
    <div class="stack">
      <Panel title={<>B: <Pill tone={tone} sign={sign}>{word}</Pill></>} label="Verdict">
        <p class="verdict-words" role="status">{c.sentence}</p>
        {c.ratio && <p class="verdict-words">By the estimates {changeText(c.ratio.value)}; what the intervals allow is {changeText(c.ratio.low)} to {changeText(c.ratio.high)}.</p>}
        <dl class="sides-facts"><Side name="A" of={c.a} /><Side name="B" of={c.b} /></dl>
      </Panel>
      <Panel title="Problems by type and difficulty" class="list" sentence="Judged problems that met all that was expected, and the mean share of their requests that were answered in time.">
        {c.kinds.length === 0 ? <Empty title="Neither has a judged problem" /> : (
          <div class="table-frame" role="group" aria-label="Problems by type and difficulty" tabIndex={0}>
            <table>
              <thead><tr><th scope="col">Problems</th><th scope="col" class="right">A met</th><th scope="col" class="right">B met</th><th scope="col" class="right mid">A in time</th><th scope="col" class="right mid">B in time</th></tr></thead>
              <tbody>{c.kinds.map((k) => (
                <tr key={`${k.type} ${k.difficulty}`}><th scope="row">{typeWord(k.type)}<span class="note line">{k.difficulty}</span></th>
                  {([[k.a_met, k.a_problems], [k.b_met, k.b_problems]] as const).map(([met, n], i) => <td key={i} class="right"><Value text={n === 0 ? '–' : `${count(met)} of ${count(n)}`} why="it had no such problem" /></td>)}
                  {[k.a_success_rate, k.b_success_rate].map((v, i) => <td key={i} class="right mid"><Value text={shareText(v)} why="it had no such problem" /></td>)}</tr>
              ))}</tbody>
            </table>
          </div>
        )}
      </Panel>
      <Panel title="What was set differently" class="list">
        {c.configuration.length === 0 ? <p class="list-foot note">Nothing.</p> : (
          <div class="table-frame" role="group" aria-label="What was set differently" tabIndex={0}>
            <table class="differences"><thead><tr><th scope="col">What</th><th scope="col">A</th><th scope="col">B</th></tr></thead>
              <tbody>{c.configuration.map((d) => <tr key={d.what}><th scope="row" class="mono">{d.what}</th><td class="mono">{shown(d.a)}</td><td class="mono">{shown(d.b)}</td></tr>)}</tbody></table>
          </div>
        )}
      </Panel>
    </div>
  );
}

/** So many of the newest can be picked; any other by its number in the address. */
const OFFERED = 100;

function PickSession({ label, value, set, error }: { label: string; value: string; set: (id: string) => void; error: string | undefined }) {
  const list = useStore(trainings.of({ limit: OFFERED })).data ?? [];
  const known = value === '' || list.some((s) => String(s.id) === value);
  return (
    <Field label={label} error={error}>
      {(p) => (
        <select {...p} value={value} onChange={(e) => set(e.currentTarget.value)}>
          <option value="">Choose …</option>
          {!known && <option value={value} selected>session {value}</option>}
          {list.map((s) => <option key={s.id} value={String(s.id)} selected={String(s.id) === value}>{s.name} ({s.id})</option>)}
        </select>
      )}
    </Field>
  );
}

const storeAt = ({ a, b }: { a: string; b: string }) => (a && b ? trainingComparison.of({ a, b } as never) : null);
const sidesAt = (params: URLSearchParams) => ({ a: params.get('a') ?? '', b: params.get('b') ?? '' });

export const shows = async ({ params }: Place): Promise<void> => { await storeAt(sidesAt(params))?.prime(); };

export default function CompareSessions() {
  const { params } = usePlace();
  const sides = sidesAt(params);
  const [of, set] = useState(sides);
  useEffect(() => set(sides), [sides.a, sides.b]);
  const store = storeAt(sides);
  const state = useStore(store);
  const said = (member: string) => state.error?.fields.get(`?${member}`);
  return (
    <>
      <Top title={<><Link to="/training" class="crumb">Training</Link><span class="crumb-mark" aria-hidden="true">/</span>Compare</>}>
        {store && <Copy text={() => curl('GET', `/training/sessions/compare?${new URLSearchParams(sides)}`)}>Copy as curl</Copy>}
      </Top>
      <form class="panel compare-form" aria-label="What to compare" onSubmit={(e) => { e.preventDefault(); if (of.a && of.b) setParams(of); }}>
        <div class="compare-sides">
          <PickSession label="A, what is compared with" value={of.a} set={(a) => set({ ...of, a })} error={said('a')} />
          <PickSession label="B, what the verdict is about" value={of.b} set={(b) => set({ ...of, b })} error={said('b')} />
        </div>
        <div class="compare-foot">
          <button type="button" onClick={() => { set({ a: of.b, b: of.a }); if (store) setParams({ a: sides.b, b: sides.a }); }}>Swap</button>
          <button type="submit" class="primary" disabled={!of.a || !of.b}>Compare</button>
        </div>
      </form>
      {store ? <Loaded from={state} retry={() => void store.refresh()} skeleton={<section class="panel" aria-busy="true"><Skeleton rows={12} /></section>}>{(c) => <Result of={c} />}</Loaded>
        : <Empty title="Nothing is compared yet"><p>Choose two sessions, such as one before a change of the target and one after it.</p></Empty>}
    </>
  );
}
