// SPDX-License-Identifier: Apache-2.0
// Where a session went after each problem, and why: steps of difficulty, or the rate that was tried. Chart and list are of one array.
import { useMemo } from 'preact/hooks';
import { isTraining, type TrainingSession } from '../../api/types';
import { Chart } from '../../charts/chart';
import { PER_SECOND, steps } from '../../charts/units';
import { count } from '../../format/number';
import { conclusionOf, DIFFICULTIES, type Move, movesOf, perSecond, placeWord, ratesBetween, verdictWords } from '../../format/training';
import { Link } from '../../ui/link';
import { Empty, Panel } from '../../ui/panel';
import { Met } from './parts';

const LEVELS = steps(DIFFICULTIES);
/** The newest, as a list; the chart has all. */
const LISTED = 30;

const levelOf = (place: Move['from']): number | null => (typeof place === 'number' ? place : place === null ? null : DIFFICULTIES.indexOf(place as never) + 1 || null);

const signOf = (m: Move): string => { const [a, b] = [levelOf(m.from), levelOf(m.to)]; return a === null || b === null ? '■' : b > a ? '▲' : b < a ? '▼' : '='; };
const wordOf = (m: Move): string => { const [a, b] = [levelOf(m.from), levelOf(m.to)]; return a === null || b === null ? 'the end' : b > a ? 'up' : b < a ? 'down' : 'stays'; };

/** Where it stands now: a difficulty, or a rate. */
export function nowAt(s: TrainingSession): string {
  const last = movesOf(s).at(-1);
  return s.policy === 'ladder' ? s.difficulty : last ? placeWord(last.to ?? last.from) : '–';
}

export function Ladder({ of: s }: { of: TrainingSession }) {
  const moves = useMemo(() => movesOf(s), [s.moves]);
  const ladder = s.policy === 'ladder';
  const active = isTraining(s.status);
  const c = conclusionOf(s);
  const columns = useMemo(() => {
    const last = moves.at(-1);
    const at = [...moves.map((m) => levelOf(m.from)), ...(last && active && last.to !== null ? [levelOf(last.to)] : [])];
    return [at.map((_, i) => i + 1), at];
  }, [moves, active]);
  const title = ladder ? 'Difficulty' : 'Rate';
  const n = columns[0]?.length ?? 0;
  const sentence = moves.length === 0 ? '' : `${ladder ? 'The difficulty of each problem' : 'The rate of each problem'}${active ? `; now ${placeWord(moves.at(-1)?.to ?? null)}` : ''}.`;
  const limits = ladder || !c ? [] : [...(c.high === null ? [] : [{ at: c.high, label: `takes ${c.low === null ? `less than ${perSecond(c.high)}` : ratesBetween(c.low, c.high)}`, token: 'text-2' }]), ...(c.low === null ? [] : [{ at: c.low, label: c.high === null ? `takes ${perSecond(c.low)} or more` : '', token: 'text-2' }])];
  return (
    <>
      <Panel title={title} class="two-thirds" sentence={sentence}>
        {n === 0 ? <Empty title="No move yet"><p>After each judged problem it goes up, down, or stays, and says why.</p></Empty> : (
          <Chart title={title} sentence={sentence} columns={columns} x="number" xName="Problem" height={240} room={16} unit={ladder ? LEVELS : PER_SECOND} limits={limits}
            note={(i) => moves[i]?.why ?? 'under way'} series={[{ label: ladder ? 'difficulty' : 'rate', token: 'chart-1', kind: 'step' }]} />
        )}
      </Panel>
      <Panel title="Moves" class="third" sentence={moves.length === 0 ? undefined : 'The last first: each with its reason, and whether its problem was met, which is no reason.'}>
        {moves.length === 0 ? <Empty title="None yet" /> : (
          <ol class="moves" tabIndex={0} aria-label="Moves, the last first">
            {moves.slice(-LISTED).reverse().map((m, i) => (
              <li key={moves.length - i}>
                <span class={`move-sign ${wordOf(m)}`} aria-hidden="true">{signOf(m)}</span>
                <div>
                  <b>{wordOf(m) === 'stays' ? `stays at ${placeWord(m.from)}` : `${placeWord(m.from)} → ${placeWord(m.to)}`}</b><span class="note">{m.why}</span>
                  {m.success !== undefined && <span class="move-met">{m.problem === null ? 'The problem' : <Link to={`/training/problems/${m.problem}`}>The problem</Link>} <Met success={m.success} />{m.success !== true && m.verdict && !m.why.includes(m.verdict) && <span class="note">{verdictWords(m.verdict).replace(/^(Missed|Not clear): /, '')}</span>}</span>}
                </div>
                <span class="note move-number">{count(moves.length - i)}</span>
              </li>
            ))}
          </ol>
        )}
      </Panel>
    </>
  );
}
