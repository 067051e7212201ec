// SPDX-License-Identifier: Apache-2.0
// The part of JSON Schema that our own reference uses (docs/openapi.json): what a value is to be, said in plain words. The server
// says the same and more when it is asked; this says it while one types.
import { grouped } from '../format/number';
import { pointerPart, pointerParts } from './json_text';

export interface Schema {
  type?: string | readonly string[];
  enum?: readonly unknown[];
  description?: string;
  default?: unknown;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  format?: string;
  /** beyond JSON Schema: what it is, as the value says (the connection of a provider) */
  by?: (value: unknown) => Schema;
}

export interface Violation { pointer: string; sentence: string }

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const typesOf = (schema: Schema): readonly string[] => (schema.type === undefined ? [] : typeof schema.type === 'string' ? [schema.type] : schema.type);

/** What it is said to be by the value itself. */
export const resolved = (schema: Schema, value: unknown): Schema => (schema.by ? schema.by(value) : schema);

const IS: Record<string, (value: unknown) => boolean> = {
  object: isObject, array: Array.isArray, string: (v) => typeof v === 'string', boolean: (v) => typeof v === 'boolean', null: (v) => v === null,
  number: (v) => typeof v === 'number', integer: (v) => Number.isInteger(v),
};
const WORDS: Record<string, string> = {
  object: 'an object, in { }', array: 'a list, in [ ]', string: 'text, in quotes', boolean: 'true or false', null: 'null', number: 'a number', integer: 'a whole number',
};

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? '';
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
};
const shownNumber = (n: number) => (Number.isInteger(n) ? grouped(n) : String(n));
const either = (words: readonly string[]) => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`);

/** "a whole number from 1 to 100, or null" */
export function typeWords(schema: Schema): string {
  if (schema.enum) return either(schema.enum.map((v) => JSON.stringify(v)));
  const types = typesOf(schema);
  const words = types.filter((t) => t !== 'null').map((t) => WORDS[t] ?? t);
  const { minimum: low, maximum: high } = schema;
  const range = low !== undefined && high !== undefined ? ` from ${shownNumber(low)} to ${shownNumber(high)}` : low !== undefined ? ` of ${shownNumber(low)} or more` : high !== undefined ? ` of ${shownNumber(high)} or less` : '';
  return `${words.length ? words.join(' or ') : 'anything'}${range}${types.includes('null') ? ', or null' : ''}`;
}

/** Letters that must be changed, put in or taken out; above `most` it does not matter how many. */
function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length] as number;
}

function nearest(name: string, names: readonly string[]): string | undefined {
  const most = Math.ceil(name.length / 3);
  return names.map((n) => [distance(name.toLowerCase(), n.toLowerCase(), most), n] as const).filter(([d]) => d <= most).sort((a, b) => a[0] - b[0])[0]?.[1];
}

const LISTED = 12;

function unknownMember(name: string, names: readonly string[]): string {
  const meant = nearest(name, names);
  if (meant) return `is no member here. Did you mean "${meant}"?`;
  if (names.length === 0) return 'is no member: nothing stands here.';
  return names.length <= LISTED ? `is no member here; there are ${names.join(', ')}.` : 'is no member here.';
}

function lengths(value: string, s: Schema): string | null {
  const bytes = new TextEncoder().encode(value).length;
  if (s.minLength && bytes < s.minLength) return s.minLength === 1 ? 'must not be empty.' : `must have ${shownNumber(s.minLength)} bytes or more.`;
  if (s.maxLength !== undefined && bytes > s.maxLength) return `must have ${shownNumber(s.maxLength)} bytes or less; these are ${shownNumber(bytes)}.`;
  return s.format === 'date-time' && (!/^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}/.test(value) || Number.isNaN(Date.parse(value))) ? 'must be a time such as 2026-01-31T12:00:00Z.' : null;
}

function counts(value: readonly unknown[], s: Schema): string | null {
  if (s.minItems !== undefined && value.length < s.minItems) return `must have ${shownNumber(s.minItems)} or more; these are ${shownNumber(value.length)}.`;
  if (s.maxItems !== undefined && value.length > s.maxItems) return `must have ${shownNumber(s.maxItems)} or fewer; these are ${shownNumber(value.length)}.`;
  return s.uniqueItems && new Set(value.map((v) => JSON.stringify(v))).size < value.length ? 'has something twice.' : null;
}

/** What is wrong with the value itself, not with its parts. */
function mistake(value: unknown, s: Schema): string | null {
  if (typeof value === 'string' && value.includes('{{')) return null; // filled in when a run is made: only then it is known what it is
  const types = typesOf(s);
  if (s.enum && !(value === null && types.includes('null')) && !s.enum.includes(value)) return `must be ${typeWords(s)}, not ${shown(value)}.`;
  if (types.length > 0 && !types.some((t) => IS[t]?.(value))) return `must be ${typeWords(s)}; this is ${shown(value)}.`;
  if (typeof value === 'number' && ((s.minimum !== undefined && value < s.minimum) || (s.maximum !== undefined && value > s.maximum))) return `must be ${typeWords(s)}; this is ${shown(value)}.`;
  if (typeof value === 'string') return lengths(value, s);
  return Array.isArray(value) ? counts(value, s) : null;
}

/** Most sentences that somebody reads at once. */
const MOST = 50;

/** Everything that is not as the schema says, in the order of the text. */
export function violations(value: unknown, schema: Schema, pointer = '', found: Violation[] = []): Violation[] {
  if (found.length >= MOST) return found;
  const s = resolved(schema, value);
  const wrong = mistake(value, s);
  if (wrong) {
    found.push({ pointer, sentence: wrong });
    return found;
  }
  if (Array.isArray(value)) value.forEach((entry, i) => { if (s.items) violations(entry, s.items, `${pointer}/${i}`, found); });
  else if (isObject(value)) {
    for (const name of s.required ?? []) if (!Object.hasOwn(value, name)) found.push({ pointer: `${pointer}/${pointerPart(name)}`, sentence: 'is missing.' });
    for (const [name, member] of Object.entries(value)) {
      const at = `${pointer}/${pointerPart(name)}`;
      const known = s.properties && Object.hasOwn(s.properties, name) ? s.properties[name] : undefined;
      if (known) violations(member, known, at, found);
      else if (s.additionalProperties === false) found.push({ pointer: at, sentence: unknownMember(name, Object.keys(s.properties ?? {})) });
      else if (isObject(s.additionalProperties)) violations(member, s.additionalProperties, at, found);
    }
  }
  return found;
}

/** The schema of what stands at a pointer, or null where nothing is known of it. `value` is the whole, as far as it can be read. */
export function schemaAt(schema: Schema, pointer: string, value: unknown): Schema | null {
  let s = resolved(schema, value);
  let at = value;
  for (const part of pointerParts(pointer)) {
    at = Array.isArray(at) ? at[Number(part)] : isObject(at) ? at[part] : undefined;
    const own = s.properties && Object.hasOwn(s.properties, part) ? s.properties[part] : undefined;
    const next = own ?? (typesOf(s).includes('array') ? s.items : isObject(s.additionalProperties) ? s.additionalProperties as Schema : undefined);
    if (!next) return null;
    s = resolved(next, at);
  }
  return s;
}

/** The text that begins a value of this kind, and how far before its end the caret goes. */
export function beginning(schema: Schema): [text: string, back: number] {
  if (schema.default !== undefined && schema.default !== null && typeof schema.default !== 'object') return [JSON.stringify(schema.default), 0];
  if (schema.enum) return [JSON.stringify(schema.enum[0]), 0];
  switch (typesOf(schema).find((t) => t !== 'null')) {
    case 'object': return ['{}', 1];
    case 'array': return ['[]', 1];
    case 'string': return ['""', 1];
    case 'boolean': return ['true', 0];
    case 'integer': case 'number': return [String(schema.minimum ?? 0), 0];
    default: return ['', 0];
  }
}
