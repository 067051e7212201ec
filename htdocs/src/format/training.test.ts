// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { TrainingProblem, TrainingSession } from '../api/types';
import { missedIn, missedMost, movesOf, notMetWords, verdictNote, verdictOf, verdictWords } from './training';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');
const problem = (more: Partial<TrainingProblem>) => ({ status: 'completed', completed: true, success: null, success_rate: 1, verdict: null, results: null, ...more }) as TrainingProblem;
const MISSED = 'Missed: max_response_time_ms (at most 2000, was 3100), min_throughput (at least 45, was 31.2), min_success_rate (at least 0.95, was 0.9).';

describe('a verdict', () => {
  it('is said with outcomes as they are called here, each in its unit', () => {
    expect(plain(verdictWords(MISSED))).toBe('Missed: Response time p95 3.10 s (expected ≤ 2.00 s), Throughput 31.2/s (expected ≥ 45.0/s), Completed 90.0 % (expected ≥ 95.0 %).');
    expect(verdictWords('Not clear: min_success_rate (Its interval holds what was expected: too few requests to tell.)')).toBe('Not clear: Completed (Its interval holds what was expected: too few requests to tell.)');
    expect(verdictWords('Met: all that was expected.')).toBe('Met: all that was expected.');
  });
  it('names what was missed, also an outcome that is not known here', () => {
    expect(missedIn(MISSED)).toEqual(['Response time p95', 'Throughput', 'Completed']);
    expect(missedIn('Missed: max_queue_depth (at most 3, was 5).')).toEqual(['queue depth']);
    expect(missedIn('Not clear: min_throughput (There is no such figure.)')).toEqual([]);
  });
  it('is the list’s own where that has no results', () => {
    const p = problem({ success: false, verdict: MISSED });
    expect(verdictOf(p)).toMatchObject({ word: 'missed', tone: 'bad' });
    expect(plain(verdictNote(p))).toBe('Response time p95 3.10 s (expected ≤ 2.00 s), Throughput 31.2/s (expected ≥ 45.0/s), Completed 90.0 % (expected ≥ 95.0 %)');
    expect(verdictOf(problem({ verdict: 'Not judged: the load test has no results.' }))).toMatchObject({ word: 'not clear', sentence: 'Not judged: the load test has no results.' });
  });
  it('has nothing to add where all was met, or nothing was executed', () => {
    expect(verdictNote(problem({ success: true, verdict: 'Met: all that was expected.' }))).toBe('');
    expect(verdictNote(problem({ status: 'running' }))).toBe('');
  });
  it('says by how much, of the checks where they are there', () => {
    const results = { checks: [{ name: 'max_response_time_ms', expected: 2000, measured: 3100, interval: null, met: false, why: '' }, { name: 'min_throughput', expected: 5, measured: 6, interval: null, met: true, why: '' }] };
    expect(plain(verdictOf(problem({ success: false, results })).sentence)).toBe('Missed: Response time p95 3.10 s (expected ≤ 2.00 s).');
  });
});

it('what was missed most, of moves; a move of before says nothing of its problem', () => {
  const moves = movesOf({ moves: [{ from: 'easy', to: 'medium', why: '' }, { from: 'medium', to: 'hard', why: '', problem_id: 7, success: false, verdict: MISSED }, { from: 'hard', to: null, why: '', problem_id: 8, success: false, verdict: 'Missed: min_throughput (at least 45, was 31.2).' }] } as unknown as TrainingSession);
  expect(moves.map((m) => m.success)).toEqual([undefined, false, false]);
  expect(missedMost(moves)).toEqual([['Throughput', 2], ['Response time p95', 1], ['Completed', 1]]);
});

it('how many were not met', () => {
  expect(notMetWords({ total_scenarios: 9, successful_scenarios: 4, unclear_scenarios: 2 })).toBe('3 missed, 2 not clear');
  expect(notMetWords({ total_scenarios: 4, successful_scenarios: 4, unclear_scenarios: 0 })).toBe('');
});
