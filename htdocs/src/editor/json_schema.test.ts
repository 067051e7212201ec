// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { beginning, type Schema, schemaAt, typeWords, violations } from './json_schema';

const all = (JSON.parse(readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8')) as { components: { schemas: Record<string, Schema> } }).components.schemas;
const schema = (name: string): Schema => { const s = all[name]; if (!s) throw new Error(`no schema ${name}`); return s; };
const said = (value: unknown, of: Schema) => violations(value, of).map((v) => `${v.pointer} ${v.sentence}`);

describe('schemas of the reference', () => {
  it('say what is wrong in plain words', () => {
    expect(said({ url: 'http://x', timeout_seconds: '10', rate_limit: {}, api: 'chats', modell: 'm' }, schema('Connection_openai'))).toEqual([
      '/timeout_seconds must be a number from 0.001 to 604,800, or null; this is "10".',
      '/rate_limit/requests_per_second is missing.',
      '/api must be "chat" or "embeddings", not "chats".',
      '/modell is no member here. Did you mean "model"?',
    ]);
    expect(said({ name: '', labels: ['a', 'a'], max_in_flight: 1.5, zzz: 1 }, schema('AutomationInput')).map((s) => s.slice(0, 60))).toEqual([
      '/name must not be empty.', '/labels has something twice.', '/max_in_flight must be a whole number from 1 to 100,000; thi', '/zzz is no member here; there are name, provider, tinyfish_a'.slice(0, 60),
    ]);
    expect(said({ provider: 'openai', model: 'm', input_per_million: -1, output_per_million: 1, valid_from: 'yesterday', currency: 'EURO' }, schema('PriceInput'))).toEqual([
      '/input_per_million must be a number from 0 to 1,000,000,000; this is -1.', '/valid_from must be a time such as 2026-01-31T12:00:00Z.', '/currency must have 3 bytes or less; these are 4.',
    ]);
  });
  it('find nothing in what is right', () => {
    expect(said({ scenario_id: 1, load_model: { type: 'poisson', rate: 5 }, duration_seconds: 3, slos: [{ metric: 'ttft_ms', max: 5 }] }, schema('LoadTestPlanInput'))).toEqual([]);
    expect(said({ url: '{{target}}', timeout_seconds: '{{t}}', model: null, headers: { a: 1 } }, schema('Connection_openai'))).toEqual([]);
  });
  it('use no word that is not understood here', () => {
    const known = new Set(['type', 'enum', 'description', 'default', 'properties', 'required', 'additionalProperties', 'items', 'minItems', 'maxItems', 'uniqueItems', 'minimum', 'maximum', 'minLength', 'maxLength', 'format']);
    const unknown = new Set<string>();
    const walk = (s: Schema) => {
      for (const word of Object.keys(s)) if (!known.has(word)) unknown.add(word);
      for (const p of Object.values(s.properties ?? {})) walk(p);
      for (const one of [s.items, s.additionalProperties]) if (typeof one === 'object') walk(one);
    };
    for (const [name, s] of Object.entries(all)) if (/Input$|(Automation|Scenario|Price)Change$|^Connection_|^Inputs_|^RunSettings$|^Run(Trigger|Bulk)$|Upload$/.test(name)) walk(s);
    expect([...unknown]).toEqual([]);
  });
  it('are found by pointer', () => {
    expect(schemaAt(schema('LoadTestPlanInput'), '/load_model/stages/0/rate', {})?.maximum).toBe(50000);
    expect(schemaAt(schema('LoadTestPlanInput'), '/nothing', {})).toBeNull();
    const by: Schema = { by: (v) => ({ properties: { a: (v as { kind: string }).kind === 'n' ? { type: 'number' } : { type: 'string' } } }) };
    expect(schemaAt(by, '/a', { kind: 'n' })?.type).toBe('number');
    expect(said({ kind: 'n', a: 'x' }, by)).toEqual(['/a must be a number; this is "x".']);
  });
  it('begin a value', () => {
    expect(beginning({ type: 'object' })).toEqual(['{}', 1]);
    expect(beginning({ type: ['string', 'null'] })).toEqual(['""', 1]);
    expect(beginning({ type: 'integer', minimum: 1, default: 16 })).toEqual(['16', 0]);
    expect(typeWords({ type: ['integer', 'null'], minimum: 1 })).toBe('a whole number of 1 or more, or null');
  });
});
