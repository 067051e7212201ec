// SPDX-License-Identifier: Apache-2.0
// Holds answers of the made-up server against docs/openapi.json, as tests/integration/reference.py does with the module's own: all
// members are declared, none is missing, each is of its type. So a page that is right here is right there.
import { readFileSync } from 'node:fs';

const ELEMENTS = 20; // of a list that are looked at
const document = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'));
// a parameter is a number or a text; what fits a path with a text and one without means the latter
const isText = (item, name) => Object.values(item).some((o) => o.parameters?.some((p) => p.in === 'path' && p.name === name && p.schema.type === 'string'));
const paths = Object.entries(document.paths)
  .map(([path, item]) => ({ path, match: path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{(\w+)\}/g, (_, name) => (isText(item, name) ? '[^/]+' : '\\d+')) }))
  .sort((a, b) => a.match.includes('[^/]+') - b.match.includes('[^/]+')).map(({ path, match }) => ({ path, match: new RegExp(`^${match}$`) }));

export const schemaNamed = (schema) => (schema.$ref ? document.components.schemas[schema.$ref.split('/').at(-1)] : schema);
/** The schema of what is sent to an operation; undefined if it takes nothing. */
export const bodySchema = (method, path) => document.paths[path]?.[method]?.requestBody?.content['application/json']?.schema;
/** [method, path] of each operation that takes JSON. */
export const taking = () => Object.entries(document.paths).flatMap(([path, its]) => Object.keys(its).filter((method) => bodySchema(method, path)).map((method) => [method, path]));

function kindOf(value) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

/** What is wrong with the value, as sentences with their places. */
export function faults(schema_, value, at = '') {
  const schema = schemaNamed(schema_);
  const kind = kindOf(value);
  if (schema.anyOf) {
    const each = schema.anyOf.map((s) => faults(s, value, at));
    if (each.some((e) => e.length === 0)) return [];
    // of those of its kind, what is nearest to it
    const kin = each.filter((e) => !e[0].startsWith(`${at || '/'} is ${kind}, not`));
    return (kin.length ? kin : each).sort((a, b) => a.length - b.length)[0];
  }
  const types = schema.type === undefined ? null : [schema.type].flat();
  if (types && !types.includes(kind) && !(kind === 'integer' && types.includes('number'))) return [`${at || '/'} is ${kind}, not ${types.join(' or ')}`];
  if (schema.enum && !schema.enum.includes(value)) return [`${at || '/'} is ${JSON.stringify(value)}, not one of ${schema.enum.join(', ')}`];
  if (kind === 'array') return schema.items ? value.slice(0, ELEMENTS).flatMap((v, i) => faults(schema.items, v, `${at}/${i}`)) : [];
  if (kind !== 'object') return typeof value === 'number' && (value < schema.minimum || value > schema.maximum) ? [`${at} is ${value}, out of its bounds`] : [];
  const missing = (schema.required ?? []).filter((name) => !(name in value)).map((name) => `${at}/${name} is missing`);
  return Object.entries(value).reduce((all, [name, v]) => {
    const its = schema.properties?.[name] ?? (schema.additionalProperties === true || (schema.additionalProperties === undefined && !schema.properties) ? {} : schema.additionalProperties);
    return all.concat(its ? faults(its, v, `${at}/${name}`) : [`${at}/${name} is not declared`]);
  }, missing);
}

const takesNull = (schema_) => {
  const schema = schemaNamed(schema_);
  return schema.anyOf ? schema.anyOf.some(takesNull) : [schema.type ?? []].flat().includes('null');
};

/** The value with null for what the made-up server does not know of, where the reference allows that. Changes it. */
function completed(schema_, value) {
  const schema = schemaNamed(schema_);
  if (typeof value !== 'object' || value === null) return value;
  for (const kind of schema.anyOf ?? []) if (schemaNamed(kind).type !== 'null') completed(kind, value);
  if (Array.isArray(value)) { if (schema.items) for (const v of value) completed(schema.items, v); return value; }
  for (const name of schema.required ?? []) if (!(name in value) && takesNull(schema.properties[name])) value[name] = null;
  for (const [name, its] of Object.entries(schema.properties ?? {})) completed(its, value[name]);
  return value;
}

const seen = new Map(); // what was wrong, once each

/** Looks at an answer, which is completed; what is wrong is kept for complaints(). */
export function hold(method, path, status, kind, value) {
  const found = paths.find((p) => p.match.test(path));
  const operation = found && document.paths[found.path][method.toLowerCase()];
  const say = (what) => seen.set(`${method} ${found?.path ?? path} ${status}: ${what.replace(/\/\d+/g, '/0')}`, true);
  if (!operation) { if (status < 400) say('the reference knows nothing of it'); return value; }
  const declared = operation.responses[String(status)];
  if (!declared && status < 400) { say('the reference knows no such answer'); return value; }
  const content = declared?.content?.[kind] ?? operation.responses.default.content[kind];
  if (content?.schema) for (const fault of faults(content.schema, completed(content.schema, value))) say(fault);
  return value;
}

export const complaints = () => [...seen.keys()];
