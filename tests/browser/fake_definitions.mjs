// SPDX-License-Identifier: Apache-2.0
// /definitions of the made-up server: enough for the page; what it means in full is tested against the module.

const now = () => new Date().toISOString();
const common = () => ({ project_id: 1, created_by: 'alice', created_at: now(), updated_at: now() });
const OURS = new Set(['id', 'version', 'project_id', 'created_by', 'created_at', 'updated_at', 'automation_id']);

export function definitions(method, q, body, db, prices, Problem) {
  const nameOf = (id) => db.automations.find((a) => a.id === id)?.name;
  const plain = (o) => Object.fromEntries(Object.entries(o).filter(([k]) => !OURS.has(k)));
  const scenario = (s) => ({ ...plain(s), automation: nameOf(s.automation_id) });
  if (method === 'GET') return { data: { format: 'mod_benchmark.definitions.v1', automations: db.automations.map(plain), scenarios: db.scenarios.map(scenario), prices: prices.list.map(plain) } };
  const dry = q.get('dry_run') === 'true';
  const told = { dry_run: dry, ...Object.fromEntries(['automations', 'scenarios', 'prices', 'datasets', 'views'].map((k) => [k, { created: 0, updated: 0, unchanged: 0 }])), changes: [] };
  const errors = (body.automations ?? []).flatMap((a, i) => (a.name ? [] : [{ pointer: `/automations/${i}/name`, detail: 'Is missing.' }]));
  if (errors.length) throw new Problem(422, 'The request breaks the rules listed in errors.', { errors });
  const take = (kind, list, given, name, shown, make) => {
    for (const item of given ?? []) {
      const old = list.find((o) => name(shown(o)) === name(item));
      const members = old ? Object.entries(item).filter(([k, v]) => JSON.stringify(shown(old)[k]) !== JSON.stringify(v)).map(([member, to]) => ({ pointer: `/${member}`, from: shown(old)[member] ?? null, to })) : [];
      if (old && members.length === 0) { told[`${kind}s`].unchanged++; continue; }
      told[`${kind}s`][old ? 'updated' : 'created']++;
      const id = old?.id ?? (list.at(-1)?.id ?? 0) + 1;
      told.changes.push({ kind, name: name(item), id: dry && !old ? null : id, action: old ? 'updated' : 'created', members });
      if (!dry) { if (old) { const { automation: _, ...rest } = item; Object.assign(old, rest); } else list.push({ ...make(item), id }); }
    }
  };
  take('automation', db.automations, body.automations, (o) => o.name, plain, (o) => ({ description: null, labels: [], default_inputs: {}, connection: {}, provider: 'openai', max_in_flight: 16, tinyfish_automation_id: null, ...common(), ...o }));
  take('scenario', db.scenarios, body.scenarios, (o) => `${o.name} (${o.automation})`, scenario, ({ automation, ...o }) => ({ description: null, labels: [], inputs_template: {}, run_settings: {}, slos: [], version: 1, ...common(), ...o, automation_id: db.automations.find((a) => a.name === automation)?.id }));
  take('price', prices.list, body.prices, (o) => `${o.model} (${o.provider})`, plain, (o) => o);
  return { data: told };
}
