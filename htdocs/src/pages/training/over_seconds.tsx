// SPDX-License-Identifier: Apache-2.0
// What the seconds of a session that has ended were like, each figure over all of them: its member `metrics`.
import type { TrainingSession } from '../../api/types';
import { DURATION, MEGABYTES, PER_SECOND, PERCENT, type Unit } from '../../charts/units';
import { count } from '../../format/number';
import { Panel } from '../../ui/panel';
import { Value } from '../../ui/state';

/** Member, what it is called, its unit, and how many of that unit one is. */
const FIGURES: readonly (readonly [string, string, Unit, number])[] = [
  ['response_time', 'Response time', DURATION, 1],
  ['throughput', 'Throughput', PER_SECOND, 1],
  ['success_rate', 'Success', PERCENT, 100],
  ['error_rate', 'Errors', PERCENT, 100],
  ['cpu_usage', 'Engine CPU', PERCENT, 1],
  ['memory_usage', 'Engine memory', MEGABYTES, 1],
];

/** Member, its column, and whether a narrow window leaves it out. */
const COLUMNS = [['min', 'Least', true], ['median', 'Median', false], ['mean', 'Mean', true], ['max', 'Greatest', false], ['std_dev', 'Deviation', true]] as const;

type Summary = Record<string, unknown>;
const summaryOf = (s: TrainingSession, name: string): Summary => {
  const all = s.metrics as Record<string, unknown> | null;
  const one = all?.[name];
  return typeof one === 'object' && one !== null ? (one as Summary) : {};
};
const numberOf = (v: unknown): number | null => (typeof v === 'number' ? v : null);

export function OverSeconds({ of: s }: { of: TrainingSession }) {
  const rows = FIGURES.map(([name, word, unit, size]) => ({ name, word, unit, size, summary: summaryOf(s, name) })).filter((r) => numberOf(r.summary.seconds));
  if (rows.length === 0) return null;
  return (
    <Panel title="Over all its seconds" class="full" sentence="Of each second’s figure, so a second in which little was answered counts as much as any other. The response time of a second is the median of what ended in it.">
      <div class="table-frame" tabIndex={0} role="group" aria-label="Over all its seconds">
        <table class="over-seconds">
          <thead><tr><th scope="col">Figure</th>{COLUMNS.map(([member, word, wide]) => <th key={member} scope="col" class={`right ${wide ? 'mid' : ''}`}>{word}</th>)}<th scope="col" class="right mid">Seconds</th></tr></thead>
          <tbody>
            {rows.map((r) => (
              <tr key={r.name}>
                <th scope="row">{r.word}</th>
                {COLUMNS.map(([member, , wide]) => {
                  const v = numberOf(r.summary[member]);
                  const shown = v === null ? null : r.size * v;
                  return <td key={member} class={`right ${wide ? 'mid' : ''}`}><Value text={r.unit.text(shown)} exact={r.unit.exact(shown)} why="not measured" /></td>;
                })}
                <td class="right mid">{count(numberOf(r.summary.seconds))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
