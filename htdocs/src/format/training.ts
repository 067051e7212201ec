// SPDX-License-Identifier: Apache-2.0
// Sessions of training and their problems in words. What the API leaves open (conclusions, moves, results: by policy and type) is read
// here, once, and what is not as expected is taken as not known.
import type { Difficulty, ProblemType, TrainingProblem, TrainingSession } from '../api/types';
import { duration } from './duration';
import { DASH, grouped, percent, rate, significant } from './number';

export const DIFFICULTIES: readonly Difficulty[] = ['easy', 'medium', 'hard', 'extreme'];

/** Type, what it is called, what it does to the target. */
export const TYPES: readonly (readonly [ProblemType, string, string])[] = [
  ['concurrent_requests', 'Concurrent requests', 'many users at once, with a tight time-out'],
  ['network_latency', 'Network latency', 'delay, jitter and loss on our side of the connection'],
  ['fault_tolerance', 'Fault tolerance', 'requests that we break, with retries and hedges'],
  ['data_processing', 'Data processing', 'workers with prompts that grow'],
  ['memory_optimization', 'Memory', 'long prompts and long answers'],
  ['cache_efficiency', 'Cache', 'prompts that repeat, some often'],
  ['load_balancing', 'Load balancing', 'one load over several endpoints'],
  ['resource_allocation', 'Resource allocation', 'classes of requests under one budget'],
];
const WORDS = new Map<string, string>(TYPES.map(([type, word]) => [type, word]));

export const typeWord = (type: string): string => WORDS.get(type) ?? type.replaceAll('_', ' ');

/** Those whose load is a rate, which a policy that looks for a capacity can set. */
export const WITH_RATE: readonly ProblemType[] = ['network_latency', 'fault_tolerance', 'memory_optimization', 'cache_efficiency', 'load_balancing', 'resource_allocation'];

type Policy = TrainingSession['policy'];

/** Policy, what it is called, what it does. */
export const POLICIES: readonly (readonly [Policy, string, string])[] = [
  ['ladder', 'Ladder', 'One difficulty up when more than 95 % of the requests are answered in time, one down below 70 %. Ends with a difficulty.'],
  ['ability', 'Ability', 'Estimates the capacity from how long requests wait, with the fewest problems. Ends with a rate and its interval.'],
  ['search', 'Search', 'Doubles the rate until it fails, then halves the distance. Ends with a rate that passed and one that failed.'],
];

export const policyWord = (policy: string): string => POLICIES.find(([p]) => p === policy)?.[1] ?? policy;

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);
const numberOf = (v: unknown): number | null => (typeof v === 'number' && Number.isFinite(v) ? v : null);
const textOf = (v: unknown): string => (typeof v === 'string' ? v : '');
const textsOf = (v: unknown): string[] => (Array.isArray(v) ? v.filter((t): t is string => typeof t === 'string') : []);
const pairOf = (v: unknown): [number, number] | null => (Array.isArray(v) && typeof v[0] === 'number' && typeof v[1] === 'number' ? [v[0], v[1]] : null);

export const perSecond = (value: number | null): string => (value === null ? DASH : rate(value, '/s').replace('\u00a0/', '/'));

/** What a session ends with. */
export interface Conclusion { sentence: string; difficulty: string | null; problems: number | null; estimate: number | null; low: number | null; high: number | null; confidence: number | null }

export function conclusionOf(s: Pick<TrainingSession, 'conclusion'>): Conclusion | null {
  if (!isObject(s.conclusion)) return null;
  const { capacity, sentence, difficulty, problems } = s.conclusion;
  const c = isObject(capacity) ? capacity : {};
  return { sentence: textOf(sentence), difficulty: textOf(difficulty) || null, problems: numberOf(problems), estimate: numberOf(c.estimate), low: numberOf(c.low), high: numberOf(c.high), confidence: numberOf(c.confidence) };
}

/** "41.2–47.9/s" */
export const ratesBetween = (low: number, high: number): string => `${significant(low)}–${perSecond(high)}`;

/** "between 41.2 and 47.9/s", "200/s or more", "less than 0.5/s"; nothing where neither end is known. */
export function rangeWords({ low, high }: Pick<Conclusion, 'low' | 'high'>): string {
  if (low !== null && high !== null) return `between ${significant(low)} and ${perSecond(high)}`;
  if (low !== null) return `${perSecond(low)} or more`;
  return high === null ? '' : `less than ${perSecond(high)}`;
}

/** From where to where a session went after a problem: difficulties of the ladder, rates of the others. What became of the problem stands
 *  beside it: `success` undefined where that is not told. */
export interface Move { from: string | number | null; to: string | number | null; why: string; problem: number | null; success: boolean | null | undefined; verdict: string }

const placeOf = (v: unknown): string | number | null => (typeof v === 'string' ? v : numberOf(v));

export const movesOf = (s: Pick<TrainingSession, 'moves'>): Move[] => (Array.isArray(s.moves) ? (s.moves as unknown[]).filter(isObject).map((m) => ({ from: placeOf(m.from), to: placeOf(m.to), why: textOf(m.why), problem: numberOf(m.problem_id), success: typeof m.success === 'boolean' || m.success === null ? m.success : undefined, verdict: textOf(m.verdict) })) : []);

export const placeWord = (place: Move['from']): string => (typeof place === 'number' ? perSecond(place) : place ?? 'the end');

/** One expected outcome beside what was measured. `met` null: that cannot be said. */
export interface Check { name: string; expected: number | null; measured: number | null; interval: [number, number] | null; met: boolean | null; why: string }
export interface Advice { text: string; figure: string; value: number | null }
export interface Results { /** the server's own sentence */ verdict: string; checks: Check[]; interval: [number, number] | null; errors: string[]; advice: Advice[] }

export function resultsOf(p: Pick<TrainingProblem, 'results'>): Results {
  const r: Record<string, unknown> = isObject(p.results) ? p.results : {};
  const list = (v: unknown) => (Array.isArray(v) ? v.filter(isObject) : []);
  return {
    verdict: textOf(r.verdict), checks: list(r.checks).map((c) => ({ name: textOf(c.name), expected: numberOf(c.expected), measured: numberOf(c.measured), interval: pairOf(c.interval), met: typeof c.met === 'boolean' ? c.met : null, why: textOf(c.why) })),
    interval: pairOf(r.interval), errors: textsOf(r.errors),
    advice: list(r.recommendations).map((a) => ({ text: textOf(a.text), figure: textOf(a.figure), value: numberOf(a.value) })),
  };
}

/** An expected outcome: what it is called, whether it is the least or the most, how its values are written. */
interface Outcome { word: string; sign: '≥' | '≤'; text: (v: number | null) => string; help: string }

const shareText = (v: number | null) => percent(v === null ? null : 100 * v);
const plainText = (v: number | null) => (v === null ? DASH : significant(v));

export const OUTCOMES: Readonly<Record<string, Outcome>> = {
  min_success_rate: { word: 'Completed', sign: '≥', text: shareText, help: 'share of the requests that complete, 0 to 1' },
  max_response_time_ms: { word: 'Response time p95', sign: '≤', text: duration, help: 'milliseconds' },
  max_error_rate: { word: 'Errors', sign: '≤', text: shareText, help: 'share of the requests that fail, 0 to 1; what we broke is none' },
  min_throughput: { word: 'Throughput', sign: '≥', text: perSecond, help: 'requests completed a second' },
  max_imbalance: { word: 'Imbalance', sign: '≤', text: plainText, help: 'largest share of an endpoint over the mean share' },
  max_starved: { word: 'Classes that starve', sign: '≤', text: plainText, help: 'a number' },
  min_recovered_rate: { word: 'Recovered', sign: '≥', text: shareText, help: 'share of what we broke that completed all the same' },
  min_hit_rate: { word: 'From a cache', sign: '≥', text: shareText, help: 'share of the prompt tokens' },
};

const UNKNOWN: Outcome = { word: '', sign: '≥', text: plainText, help: '' };
export const outcome = (name: string): Outcome => OUTCOMES[name] ?? { ...UNKNOWN, word: name.replace(/^(min|max)_/, '').replaceAll('_', ' '), sign: name.startsWith('max_') ? '≤' : '≥' };

/** What became of a problem: how it is marked, in a word, in a sentence. */
export interface Verdict { tone: 'ok' | 'warn' | 'bad' | 'info' | 'quiet'; sign: string; word: string; sentence: string }

const named = (checks: readonly Check[]) => checks.map((c) => outcome(c.name).word).join(', ');

/** "Response time p95 3.1 s (expected ≤ 2 s)" */
const missedWords = (name: string, expected: number | null, measured: number | null): string => { const o = outcome(name); return `${o.word} ${o.text(measured)} (expected ${o.sign}\u00a0${o.text(expected)})`; };
const missedOf = (checks: readonly Check[]) => checks.map((c) => missedWords(c.name, c.expected, c.measured)).join(', ');

/** The server's sentence, with outcomes as they are called and written here. */
export const verdictWords = (verdict: string): string => verdict
  .replace(/\b((?:min|max)_\w+) \(at (?:least|most) ([\d.]+), was ([\d.]+)\)/g, (_, name: string, expected: string, measured: string) => missedWords(name, Number(expected), Number(measured)))
  .replace(/\b((?:min|max)_\w+) \(/g, (_, name: string) => `${outcome(name).word} (`);

/** The outcomes that a sentence of the server says were missed. */
export const missedIn = (verdict: string): string[] => (verdict.startsWith('Missed:') ? [...verdict.matchAll(/\b((?:min|max)_\w+) \(/g)].map(([, name]) => outcome(name ?? '').word) : []);

/** Whether a problem was met: as a pill has it. */
export const MET = { true: ['ok', '✓', 'met'], false: ['bad', '✕', 'missed'], null: ['warn', '?', 'not clear'] } as const;

function judged(p: TrainingProblem): Verdict {
  const { checks, errors, verdict } = resultsOf(p);
  const missed = checks.filter((c) => c.met === false);
  const unclear = checks.filter((c) => c.met === null);
  // a list leaves the checks out
  if (checks.length === 0 && p.verdict) { const [tone, sign, word] = MET[`${p.success}`]; return { tone, sign, word, sentence: verdictWords(p.verdict) }; }
  if (p.success === true) return { tone: 'ok', sign: '✓', word: 'met', sentence: checks.length === 1 ? 'The expected outcome was met.' : `All ${grouped(checks.length)} expected outcomes were met.` };
  if (p.success === false) return { tone: 'bad', sign: '✕', word: 'missed', sentence: `Missed: ${missedOf(missed)}.${unclear.length ? ` Not clear: ${named(unclear)}.` : ''}` };
  // null: not clear, and why
  if (/^Not judged/.test(verdict)) return { tone: 'warn', sign: '?', word: 'not clear', sentence: verdictWords(verdict) };
  if (unclear.length === 0) return { tone: 'warn', sign: '?', word: 'not clear', sentence: `The figures cannot be relied on, so nothing is concluded from them. ${errors[0] ?? ''}`.trim() };
  return { tone: 'warn', sign: '?', word: 'not clear', sentence: `Neither met nor missed: ${named(unclear)}. ${unclear[0]?.why ?? ''}${missed.length ? ` Missed: ${missedOf(missed)}.` : ''}` };
}

/** What was missed, or why it is not clear, in one line for a list; nothing where all was met or nothing is known. */
export function verdictNote(p: TrainingProblem): string {
  if (p.status !== 'completed' || p.success === true) return '';
  const { checks } = resultsOf(p);
  const missed = checks.filter((c) => c.met === false);
  if (missed.length > 0) return missedOf(missed);
  if (p.success === null && checks.some((c) => c.met === null)) return `too few requests to tell: ${named(checks.filter((c) => c.met === null))}`;
  return verdictWords(p.verdict ?? '').replace(/^(Missed|Not clear|Not judged): /, '').replace(/\.$/, '');
}

export function verdictOf(p: TrainingProblem): Verdict {
  switch (p.status) {
    case 'generated': return { tone: 'quiet', sign: '○', word: 'not executed', sentence: 'It has not been executed yet.' };
    case 'running': return { tone: 'info', sign: '▸', word: 'running', sentence: 'It is judged when it has ended.' };
    case 'cancelled': return { tone: 'quiet', sign: '–', word: 'cancelled', sentence: 'It was cut off, so it says nothing of the target.' };
    case 'failed': return { tone: 'warn', sign: '≠', word: 'failed', sentence: `It was not executed to its end. ${resultsOf(p).errors[0] ?? ''}`.trim() };
    default: return judged(p);
  }
}

/** The share of its requests that were answered in time, with its interval; "–" where there is none. */
export function successText(p: TrainingProblem): string {
  return percent(p.success_rate === null ? null : 100 * p.success_rate);
}

export function successInterval(p: TrainingProblem): string {
  const i = resultsOf(p).interval;
  return i ? `${significant(100 * i[0])}–${percent(100 * i[1])}` : '';
}

/** "3 missed, 2 not clear"; nothing where all were met */
export function notMetWords(s: Pick<TrainingSession, 'total_scenarios' | 'successful_scenarios' | 'unclear_scenarios'>): string {
  const missed = s.total_scenarios - s.successful_scenarios - s.unclear_scenarios;
  return [...(missed > 0 ? [`${grouped(missed)} missed`] : []), ...(s.unclear_scenarios > 0 ? [`${grouped(s.unclear_scenarios)} not clear`] : [])].join(', ');
}

/** What was missed most often, of moves: [outcome, how often]. */
export function missedMost(moves: readonly Move[]): [string, number][] {
  const times = new Map<string, number>();
  for (const name of moves.flatMap((m) => missedIn(m.verdict))) times.set(name, (times.get(name) ?? 0) + 1);
  return [...times].sort((a, b) => b[1] - a[1]);
}

/** What a policy goes by, and what it does not count. */
export const GOES_BY: Readonly<Record<Policy, string>> = {
  ladder: 'Above 95 % of a problem’s requests it goes one difficulty up, below 70 % one down. Nothing else counts for it.',
  search: 'A rate passes if the target keeps up with it, which shows in how long requests wait. Expected outcomes do not count for it.',
  ability: 'The capacity is estimated from how long requests wait at each rate. Expected outcomes do not count for it.',
};

const ENDED: Record<string, string> = { policy: 'It had its answer.', budget: 'The budget was used up.', user: 'Somebody stopped it.', target: 'The target did not answer.', client: 'The measuring side was too late to measure.', error: 'It could not go on.' };

/** Why it ended: the server's sentence, or what that kind of end means. */
export const endWords = (s: TrainingSession): string => s.reason ?? ENDED[s.ended_by ?? ''] ?? '';

