// SPDX-License-Identifier: Apache-2.0
// What the pages of training share: states, verdicts, what came of a session, a problem's outcomes as a table.
import type { TrainingProblem, TrainingSession, TrainingStatus } from '../../api/types';
import { isTraining } from '../../api/types';
import { between } from '../../format/number';
import { type Conclusion, conclusionOf, MET, outcome, perSecond, rangeWords, ratesBetween, resultsOf, typeWord, verdictOf } from '../../format/training';
import { Pill, Value } from '../../ui/state';

const STATES: Record<TrainingStatus, readonly ['ok' | 'warn' | 'bad' | 'info' | 'quiet', string]> = { running: ['info', '▸'], stopping: ['info', '▾'], completed: ['ok', '✓'], stopped: ['quiet', '–'], failed: ['bad', '✕'] };

export function SessionState({ status }: { status: TrainingStatus }) {
  const [tone, sign] = STATES[status] ?? ['quiet', '?'];
  return <Pill tone={tone} sign={sign}>{status}</Pill>;
}

export function Verdict({ of: p }: { of: TrainingProblem }) {
  const v = verdictOf(p);
  return <span title={v.sentence}><Pill tone={v.tone} sign={v.sign}>{v.word}</Pill></span>;
}

/** Whether a problem was met, where only that is known. */
export function Met({ success }: { success: boolean | null }) {
  const [tone, sign, word] = MET[`${success}`];
  return <Pill tone={tone} sign={sign}>{word}</Pill>;
}

/** "hard · Network latency" */
export const problemName = (p: TrainingProblem): string => p.name?.trim() || typeWord(p.type);

/** The figure that a session ended with: a capacity, or a difficulty. */
export function figureOf(c: Conclusion): string | null {
  if (c.estimate !== null) return perSecond(c.estimate);
  if (c.low !== null || c.high !== null) return rangeWords(c);
  return c.difficulty;
}

/** How sure that is, short. */
export function sureOf(c: Conclusion): string {
  const range = c.estimate !== null && c.low !== null && c.high !== null ? ratesBetween(c.low, c.high) : '';
  return [range, c.confidence === null ? '' : `${Math.round(c.confidence * 1000) / 10}\u00a0%`].filter(Boolean).join(', ');
}

/** `short`: the figure alone. */
export function CameOf({ of: s, short }: { of: TrainingSession; short?: boolean }) {
  const c = conclusionOf(s);
  const figure = c && figureOf(c);
  if (!figure) return <Value text="–" why={isTraining(s.status) ? 'not known before it ends' : 'it ended before anything was known'} />;
  return <><span title={c.sentence}>{figure}</span>{!short && <span class="note line">{sureOf(c)}</span>}</>;
}

/** Each expected outcome beside what was measured. */
export function Outcomes({ of: p }: { of: TrainingProblem }) {
  const { checks } = resultsOf(p);
  const rows = checks.length > 0 ? checks : Object.entries(p.expected ?? {}).map(([name, value]) => ({ name, expected: typeof value === 'number' ? value : null, measured: null, interval: null, met: null, why: '' }));
  const judged = checks.length > 0;
  return (
    <div class="table-frame" tabIndex={0} role="group" aria-label="Expected outcomes">
      <table class="outcomes">
        <thead><tr><th scope="col">Outcome</th><th scope="col" class="right mid">Expected</th>{judged && <><th scope="col" class="right">Measured</th><th scope="col">Met</th><th scope="col" class="mid">Why</th></>}</tr></thead>
        <tbody>
          {rows.map((c) => {
            const o = outcome(c.name);
            return (
              <tr key={c.name}>
                <th scope="row">{o.word}<span class="note line narrow-only">{o.sign} {o.text(c.expected)}</span></th>
                <td class="right mid">{o.sign} {o.text(c.expected)}</td>
                {judged && <>
                  <td class="right"><Value text={o.text(c.measured)} why={c.why || 'not measured'} />{c.interval && <span class="note line">{between(c.interval, o.text)}</span>}</td>
                  <td><Met success={c.met} /></td>
                  <td class="mid note why">{c.why}</td>
                </>}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
