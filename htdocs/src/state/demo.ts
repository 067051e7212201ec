// SPDX-License-Identifier: Apache-2.0
// Demo data: made-up runs to look around with, without a target. Provider mock sends nothing and answers by itself, so its runs have
// durations and tokens, but no first token: what was not measured stays a dash.
import { api } from '../api/client';
import type { Automation, DefinitionsInput } from '../api/types';
import { objectsChanged, runsChanged } from './resources';

/** What all of it is marked with, and what is looked for when it is removed. */
export const DEMO_LABEL = 'demo-data';
const RUNS = 20; // of each scenario

const scenario = (name: string, description: string, prompt: string) => ({ automation: 'Demo agent', name, description, labels: [DEMO_LABEL], inputs_template: { prompt } });

const DEMO: DefinitionsInput = {
  format: 'mod_benchmark.definitions.v1',
  automations: [{ name: 'Demo agent', provider: 'mock', description: 'Made up: answers by itself after half a second to two, no request is sent.', labels: [DEMO_LABEL], max_in_flight: 16 }],
  scenarios: [
    scenario('Demo: price look-up', 'Demo data', 'What does a bicycle cost?'),
    scenario('Demo: short answer', 'Demo data', 'Say hello.'),
    scenario('Demo: summary', 'Demo data', 'Sum up the manual of a stopwatch.'),
  ],
};

export const isDemo = (a: Pick<Automation, 'labels' | 'provider'>): boolean => a.provider === 'mock' && a.labels.includes(DEMO_LABEL);

/** Makes what is missing of it and queues its runs. @return how many */
export async function addDemo(): Promise<number> {
  await api.definitionsImport(DEMO, false);
  const { data } = await api.scenarios({ label: DEMO_LABEL, limit: 1000 });
  let queued = 0;
  for (const one of data.filter((s) => s.labels.includes(DEMO_LABEL))) queued += (await api.triggerMany(one.id, RUNS)).count;
  objectsChanged();
  runsChanged();
  return queued;
}

/** Deletes it with all its runs. */
export async function removeDemo(): Promise<void> {
  const { data } = await api.automations({ label: DEMO_LABEL, limit: 1000 });
  for (const one of data.filter(isDemo)) await api.automationDelete(one.id, true);
  objectsChanged();
  runsChanged();
}
