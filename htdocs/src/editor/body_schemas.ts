// SPDX-License-Identifier: Apache-2.0
// The schemas of what is sent, from the reference that the server itself serves: asked for when an editor opens, so they weigh nothing
// before and cannot be other than the server's.
import { useMemo } from 'preact/hooks';
import { reference } from '../state/resources';
import { useStore } from '../state/store';
import type { Schema } from './json_schema';

type Schemas = Readonly<Record<string, Schema>>;

const member = (value: unknown, name: string): unknown => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined);

/** Members of one's own may stand beside those that are known, and none has to be there. */
const open = (schema: Schema | undefined): Schema => ({ ...schema, type: schema?.type ?? 'object', required: [], additionalProperties: true });

/** `schema` with better knowledge of some of its members; its own words for them stay. */
const withMembers = (schema: Schema | undefined, members: Record<string, Schema | undefined>): Schema => ({
  ...schema,
  properties: { ...schema?.properties, ...Object.fromEntries(Object.entries(members).filter(([, s]) => s).map(([name, s]) => { const own = schema?.properties?.[name]; return [name, { ...s, ...(own && { description: own.description ?? '', default: own.default }) }]; })) },
});

function connected(all: Schemas, of: Schema | undefined): Schema {
  return { ...of, by: (value) => {
    const provider = String(member(value, 'provider') ?? of?.properties?.['provider']?.default ?? '');
    return withMembers(of, { connection: all[`Connection_${provider}`], default_inputs: open(all[`Inputs_${provider}`]) });
  } };
}

const settingsOf = (all: Schemas) => (all['RunSettings'] ? open(all['RunSettings']) : undefined);

/** What stands in a list of definitions is as it is sent, but names its automation. */
function definitions(all: Schemas): Schema {
  const scenario = withMembers(all['ScenarioInput'], { run_settings: settingsOf(all), automation: { type: 'string', description: 'Name of its automation.' } });
  const { automation_id: _id, ...members } = scenario.properties ?? {};
  const list = (name: string, items: Schema | undefined) => ({ ...all['DefinitionsInput']?.properties?.[name], ...(items ? { items } : {}) });
  const known: Record<string, Schema | undefined> = {
    automations: connected(all, all['AutomationInput']),
    scenarios: { ...scenario, properties: members, required: ['name', 'automation'] },
    prices: all['PriceInput'],
    views: all['ViewInput'],
  };
  return withMembers(all['DefinitionsInput'], Object.fromEntries(Object.entries(known).filter(([name]) => all['DefinitionsInput']?.properties?.[name]).map(([name, s]) => [name, list(name, s)])));
}

export interface BodySchemas {
  automation: Schema;
  /** a scenario of a target of this provider */
  scenario: (provider: string | undefined) => Schema;
  inputs: (provider: string | undefined) => Schema;
  runSettings: Schema | null;
  plan: Schema;
  training: Schema;
  problem: Schema;
  definitions: Schema;
}

/** Null until the reference is here. */
export function useBodySchemas(): BodySchemas | null {
  const all = (useStore(reference).data as { components?: { schemas?: Schemas } } | undefined)?.components?.schemas;
  return useMemo(() => all ? {
    automation: connected(all, all['AutomationInput']),
    scenario: (provider) => withMembers(all['ScenarioInput'], { inputs_template: open(all[`Inputs_${provider}`]), run_settings: settingsOf(all) }),
    inputs: (provider) => open(all[`Inputs_${provider}`]),
    runSettings: settingsOf(all) ?? null,
    plan: all['LoadTestPlanInput'] ?? {},
    training: all['TrainingPlanInput'] ?? {},
    problem: all['ProblemRequest'] ?? {},
    definitions: definitions(all),
  } : null, [all]);
}
