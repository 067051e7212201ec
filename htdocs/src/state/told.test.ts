// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { LoadTest, Run, RunSummary } from '../api/types';
import type { LiveEvent } from './stream';
import { ofDashboard, ofLoadTest, ofLoadTests, ofObject, ofRun, ofRuns, whenChanged, whenRuns } from './told';

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
