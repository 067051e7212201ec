// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { LoadTest, Run, RunSummary, TrainingSecond, TrainingSession } from '../api/types';
import type { LiveEvent } from './stream';
import { ofDashboard, ofLoadTest, ofLoadTests, ofObject, ofProblem, ofRun, ofRuns, ofTraining, ofTrainings, ofTrainingSeconds, whenChanged, whenProblems, whenRuns, whenTraining } from './told';

const row = (id: number, status = 'running', more = {}) => ({ id, status, scenario_id: 1, ttft_ms: null, ...more }) as unknown as RunSummary;
const said = (topic: string, event: string, data: Record<string, unknown>): LiveEvent => ({ id: 't', topic, event, at: '', data });
const finished = (...runs: unknown[]) => said('run', 'finished', { runs });

describe('what an event means for a page of runs', () => {
  const told = ofRuns({});
  it('changes rows in place', () => {
    const heard = told(finished({ id: 1, status: 'completed', ttft_ms: 20, scenario_id: 1 }), [row(2), row(1)]);
    expect(heard).toEqual({ data: [row(2), row(1, 'completed', { ttft_ms: 20 })], ask: false });
  });
  it('means nothing when it says what is known: the same event twice', () => {
    const rows = [row(1, 'completed', { ttft_ms: 20 })];
    expect(told(finished({ id: 1, status: 'completed', ttft_ms: 20, scenario_id: 1 }), rows)).toBeNull();
  });
  it('never goes back from an end', () => {
    const rows = [row(1, 'completed')];
    expect(told(said('run', 'started', { runs: [{ id: 1, status: 'running', ttft_ms: null }] }), rows)).toBeNull();
  });
  it('asks for what it does not know, where that may belong there', () => {
    expect(told(finished({ id: 9, status: 'completed', scenario_id: 1 }), [row(1)])?.ask).toBe(true);
    expect(ofRuns({ scenario_id: '2' })(finished({ id: 9, status: 'completed', scenario_id: 1 }), [row(1)])).toBeNull();
    expect(ofRuns({ status: 'failed' })(finished({ id: 9, status: 'completed', scenario_id: 1 }), [row(1, 'failed')])).toBeNull();
    expect(ofRuns({ after: 7 })(finished({ id: 9, status: 'completed', scenario_id: 1 }), [row(1)])).toBeNull();
  });
  it('asks when a row no longer matches the filter', () => {
    expect(ofRuns({ status: 'running' })(finished({ id: 1, status: 'completed', scenario_id: 1 }), [row(1)])?.ask).toBe(true);
  });
  it('asks when runs are not named: all of a scenario were deleted', () => expect(told(said('run', 'changed', { change: 'deleted', scenario_id: 1 }), [row(1)])).toEqual({ ask: true }));
  it('is nothing to others', () => expect(told(said('dataset', 'changed', { id: 1 }), [row(1)])).toBeNull());
  it('survives nonsense', () => {
    for (const data of [{}, { runs: 'x' }, { runs: [null, 3, { id: 'a' }] }, { runs: [{}] }]) expect(() => told(said('run', 'finished', data), [row(1)])).not.toThrow();
  });
});

describe('what it means for the rest', () => {
  it('one run: its state at once, the rest from the server', () => {
    expect(ofRun(1)(finished({ id: 1, status: 'completed' }), row(1) as Run)).toEqual({ data: row(1, 'completed'), ask: true });
    expect(ofRun(1)(finished({ id: 2, status: 'completed' }), row(1) as Run)).toBeNull();
    expect(ofRun(1)(said('run', 'changed', { change: 'deleted', scenario_id: 1 }), row(1) as Run)?.ask).toBe(true);
  });
  it('figures: when runs end, not when they begin', () => {
    expect(whenRuns()(finished({ id: 1 }), 0)).toEqual({ ask: true });
    expect(whenRuns()(said('run', 'started', { runs: [{ id: 1 }] }), 0)).toBeNull();
    expect(whenRuns((r) => r.scenario_id === 2)(finished({ id: 1, scenario_id: 1 }), 0)).toBeNull();
  });
  it('the overview: last runs in place, figures asked for', () => {
    const d = { recent_runs: [row(1)] } as never;
    expect(ofDashboard({})(finished({ id: 1, status: 'failed', scenario_id: 1 }), d)).toEqual({ data: { recent_runs: [row(1, 'failed')] }, ask: true });
  });
  it('objects: any of a list, only its own of one', () => {
    expect(whenChanged('scenario')(said('scenario', 'changed', { id: 3 }), 0)?.ask).toBe(true);
    expect(ofObject('scenario', 3)(said('scenario', 'changed', { id: 4 }), 0)).toBeNull();
  });
  it('load tests: progress at once, results from the server', () => {
    const test = { id: 1, status: 'running', progress: { sent: 1 } } as unknown as LoadTest;
    const progress = said('loadtest', 'progress', { id: 1, status: 'running', progress: { sent: 5 } });
    expect(ofLoadTest(1)(progress, test)).toEqual({ data: { ...test, progress: { sent: 5 } }, ask: false });
    expect(ofLoadTest(2)(progress, test)).toBeNull();
    expect(ofLoadTest(1)(said('loadtest', 'ended', { id: 1, status: 'completed' }), test)?.ask).toBe(true);
    expect(ofLoadTests(progress, [])?.ask).toBe(true);
    const over = { ...test, status: 'completed' } as LoadTest;
    expect(ofLoadTest(1)(progress, over)?.data).toBe(over);
  });
});

describe('what an event means for training', () => {
  const session = (more = {}) => ({ id: 3, status: 'running', difficulty: 'easy', problem_id: null, scenario_id: 7, total_scenarios: 1, ...more }) as unknown as TrainingSession;
  const changed = (more: Record<string, unknown>) => said('training', 'changed', { id: 3, change: 'updated', scenario_id: 7, ...more });
  const metric = (problem_id: number, second: number, more: Record<string, unknown> = {}) => said('training', 'metric', { id: 3, problem_id, scenario_id: 'network_latency_00000001', second, metrics: { completed: 9, failed: 1, e2e_ms: { p50: 120 }, cpu_usage: 5, memory_usage: 40 }, ...more });
  const row_ = (problem_id: number, second: number) => ({ at: '2026-01-31T12:00:00.000Z', problem_id, second, response_time: 1 }) as unknown as TrainingSecond;

  it('patches a session, and asks for its counts', () => {
    expect(ofTraining(3)(changed({ status: 'stopping', problem_id: 9 }), session())).toEqual({ data: session({ status: 'stopping', problem_id: 9 }), ask: true });
    expect(ofTrainings(changed({ status: 'completed' }), [session(), session({ id: 4 })])?.data?.map((s) => s.status)).toEqual(['completed', 'running']);
    expect(ofTraining(4)(changed({ status: 'stopping' }), session({ id: 4 }))).toBeNull();
  });
  it('takes the key of a problem for no number of a scenario', () => {
    const heard = ofTraining(3)(said('training', 'update', { id: 3, problem_id: 9, scenario_id: 'network_latency_00000001', difficulty: 'hard', scenarios_completed: 2 }), session());
    expect(heard?.data).toEqual(session({ difficulty: 'hard', total_scenarios: 2 }));
  });
  it('never goes back from an end, nor from stopping', () => {
    expect(ofTraining(3)(changed({ status: 'running' }), session({ status: 'stopping' }))?.data?.status).toBe('stopping');
    expect(ofTraining(3)(changed({ status: 'stopping' }), session({ status: 'stopped' }))?.data?.status).toBe('stopped');
  });
  it('asks nothing for a second, and lays it behind those that are known', () => {
    expect([ofTraining(3)(metric(9, 0), session()), whenTraining(3)(metric(9, 0), []), whenProblems(metric(9, 0), []), ofProblem(9)(metric(9, 0), {})]).toEqual([null, null, null, null]);
    const told = ofTrainingSeconds<{ seconds: readonly TrainingSecond[] }>(3);
    const next = told(metric(9, 5), { seconds: [row_(9, 4)] });
    expect(next?.ask).toBeUndefined();
    expect(next?.data?.seconds[1]).toMatchObject({ at: '2026-01-31T12:00:01.000Z', problem_id: 9, second: 5, response_time: 120, throughput: 9, error_rate: 0.1, success_rate: 0.9, cpu_usage: 5 });
    expect(told(metric(10, 0), { seconds: [row_(9, 4)] })?.data?.seconds).toHaveLength(2);
  });
  it('asks where a second is missing, and takes none twice', () => {
    const told = ofTrainingSeconds<{ seconds: readonly TrainingSecond[] }>(3);
    expect(told(metric(9, 6), { seconds: [row_(9, 4)] })).toEqual({ ask: true });
    expect(told(metric(10, 2), { seconds: [row_(9, 4)] })).toEqual({ ask: true });
    expect(told(metric(9, 4), { seconds: [row_(9, 4)] })).toBeNull();
    expect(told(metric(8, 7), { seconds: [row_(9, 4)] })).toBeNull();
    expect(told({ ...metric(9, 5), data: { id: 4 } }, { seconds: [] })).toBeNull();
  });
  it('asks for a problem when it was judged', () => {
    const judged = (id: number | null) => said('training', 'scenario_completed', { id, problem_id: 9, scenario_id: 'x', success: true });
    expect([ofProblem(9)(judged(3), {}), ofProblem(8)(judged(3), {}), whenProblems(judged(null), []), whenProblems(judged(3), [])]).toEqual([{ ask: true }, null, { ask: true }, null]);
  });
  it('survives nonsense', () => {
    for (const data of [{}, { id: 3, metrics: null, problem_id: 1, second: 0 }, { id: 3, problem_id: 'x', second: 0, metrics: {} }]) {
      expect(() => ofTrainingSeconds<{ seconds: readonly TrainingSecond[] }>(3)(said('training', 'metric', data), { seconds: [] })).not.toThrow();
      expect(() => ofTrainings(said('training', 'changed', data), [session()])).not.toThrow();
    }
  });
});
