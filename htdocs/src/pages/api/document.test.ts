// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { addressOf, groupsOf, limitWords, membersOf, type OpenApi, typeWords } from './document';

const document = JSON.parse(readFileSync(new URL('../../../../docs/openapi.json', import.meta.url), 'utf8')) as OpenApi;

describe('the reference', () => {
  test('every operation stands in one group', () => {
    const entries = groupsOf(document, '').flatMap(([, group]) => group);
    expect(entries.length).toBe(Object.values(document.paths).reduce((n, item) => n + Object.keys(item).length, 0));
    expect(new Set(entries.map((e) => e.operation.operationId)).size).toBe(entries.length);
  });

  test('a search needs all its words', () => {
    expect(groupsOf(document, 'POST runs trigger').flatMap(([, g]) => g.map((e) => e.path))).toEqual(['/runs/trigger']);
    expect(groupsOf(document, 'no such words')).toEqual([]);
  });

  test.each([
    [{ type: 'integer' }, 'integer'], [{ type: ['number', 'null'] }, 'number or null'], [{ enum: ['a', 'b', null], type: ['string', 'null'] }, 'a | b or null'],
    [{ type: 'array', items: { $ref: '#/components/schemas/Run' } }, 'list of Run'], [{ anyOf: [{ $ref: '#/components/schemas/Run' }, { type: 'null' }] }, 'Run or null'],
    [{ type: 'object', additionalProperties: { type: 'integer' } }, 'integer by name'], [{ type: 'array', prefixItems: [{ type: 'number' }, { type: 'number' }] }, '[number, number]'],
    [{ type: 'string', format: 'date-time' }, 'time'], [{}, 'anything'], [{ oneOf: [{ $ref: '#/components/schemas/Run' }, { $ref: '#/components/schemas/RunBulkAnswer' }] }, 'Run or RunBulkAnswer'],
  ])('%j is "%s"', (schema, words) => expect(typeWords(schema)).toBe(words));

  test('members are found behind names, lists and maps', () => {
    const { schemas } = document.components;
    expect(Object.keys(membersOf({ type: 'array', items: { $ref: '#/components/schemas/Run' } }, schemas)?.properties ?? {})).toContain('ttft_ms');
    expect(Object.keys(membersOf(schemas.LoadTestResults?.properties?.metrics ?? {}, schemas)?.properties ?? {})).toContain('p99');
    expect(membersOf({ type: 'integer' }, schemas)).toBeNull();
  });

  test('limits in words', () => {
    expect(limitWords({ minimum: 1, maximum: 200, default: 50 })).toBe('1 to 200, default 50');
    expect(limitWords({ minLength: 0, maxLength: 9 })).toBe('0 to 9 bytes');
    expect(limitWords({})).toBe('');
  });

  test('an address is filled in', () => {
    const parameters = [{ name: 'id', in: 'path', schema: {} }, { name: 'status', in: 'query', schema: {} }, { name: 'q', in: 'query', schema: {} }] as const;
    expect(addressOf('/runs/{id}', parameters, { id: '7', status: 'failed,timed_out', q: '' })).toBe('/runs/7?status=failed,timed_out');
    expect(addressOf('/runs/{id}', parameters, {})).toBe('/runs/{id}');
  });
});
