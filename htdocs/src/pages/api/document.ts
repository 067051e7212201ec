// SPDX-License-Identifier: Apache-2.0
// The OpenAPI document as the page reads it: operations in their groups, and schemas in words. Pure.

export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  format?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  prefixItems?: Schema[];
  additionalProperties?: boolean | Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
}

export interface Parameter { name: string; in: 'path' | 'query' | 'header'; description?: string; required?: boolean; schema: Schema }
export type Content = Record<string, { schema: Schema; example?: unknown }>;
export interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  'x-role': string;
  parameters: Parameter[];
  requestBody?: { required: boolean; content: Content };
  responses: Record<string, { description: string; content?: Content }>;
}
export interface OpenApi { info: { version: string; description: string }; paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, Schema> } }

export interface Entry { method: string; path: string; operation: Operation }

/** Operations by their group, in the document's order, that have all words of the search in address, summary or name. */
export function groupsOf(document: OpenApi, search: string): [tag: string, entries: Entry[]][] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, Entry[]>();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const text = `${method} ${path} ${operation.operationId} ${operation.summary}`.toLowerCase();
      const tag = operation.tags[0] ?? 'other';
      if (words.every((word) => text.includes(word))) groups.set(tag, [...(groups.get(tag) ?? []), { method: method.toUpperCase(), path, operation }]);
    }
  }
  return [...groups];
}

export const refName = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1);

const plain = (schema: Schema): Schema => {
  const one = (schema.anyOf ?? schema.oneOf)?.filter((s) => s.type !== 'null') ?? [];
  return one.length === 1 && one[0] ? one[0] : schema;
};

/** The members behind a schema: its own, those of the schema that it names, or those of what it holds. */
export function membersOf(schema: Schema, schemas: Record<string, Schema>): Schema | null {
  const inner = plain(schema);
  if (inner.$ref) { const named = schemas[refName(inner.$ref)]; return named ? membersOf(named, schemas) : null; }
  if (inner.properties) return inner;
  if (inner.items) return membersOf(inner.items, schemas);
  return typeof inner.additionalProperties === 'object' ? membersOf(inner.additionalProperties, schemas) : null;
}

const mayBeNull = (schema: Schema): boolean => (Array.isArray(schema.type) && schema.type.includes('null')) || (schema.anyOf ?? []).some((s) => s.type === 'null');

function kindOf(schema: Schema): string {
  if (schema.$ref) return refName(schema.$ref);
  if (schema.oneOf) return schema.oneOf.map(kindOf).join(' or ');
  const type = Array.isArray(schema.type) ? schema.type.find((t) => t !== 'null') : schema.type;
  if (schema.enum) return schema.enum.filter((v) => v !== null).join(' | ');
  if (schema.prefixItems) return `[${schema.prefixItems.map(typeWords).join(', ')}]`;
  if (type === 'array') return `list of ${schema.items && Object.keys(schema.items).length > 0 ? typeWords(schema.items) : 'anything'}`;
  if (type === 'object' && typeof schema.additionalProperties === 'object') return `${typeWords(schema.additionalProperties)} by name`;
  if (schema.format === 'date-time') return 'time';
  return type ?? 'anything';
}

/** "integer", "list of Run", "number or null", "a | b". */
export function typeWords(schema: Schema): string {
  return kindOf(plain(schema)) + (mayBeNull(schema) ? ' or null' : '');
}

/** Limits and default: "1 to 200, default 50". */
export function limitWords(schema: Schema): string {
  const low = schema.minimum ?? schema.minLength;
  const high = schema.maximum ?? schema.maxLength;
  const unit = schema.maxLength !== undefined ? ' bytes' : '';
  return [low !== undefined && high !== undefined ? `${low} to ${high}${unit}` : '', schema.default !== undefined ? `default ${JSON.stringify(schema.default)}` : ''].filter(Boolean).join(', ');
}

/** The address asked for: its numbers and query filled in; what is empty is left out. Numbers not given stay as their names. */
export function addressOf(path: string, parameters: readonly Parameter[], values: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams();
  for (const p of parameters) if (p.in === 'query' && values[p.name]) query.set(p.name, values[p.name] ?? '');
  const text = query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
  return path.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] || whole) + (text ? `?${text}` : '');
}
