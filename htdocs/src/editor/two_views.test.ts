// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { change, lay, same } from './two_views';

describe('two views of one state', () => {
  it('an edit of the form leaves alone what it does not show', () => {
    const body = { name: 'a', connection: { url: 'u', headers: { x: 1 } }, confirmed_rate: 5, list: [{ a: 1, own: true }] };
    const before = { name: 'a', description: null, connection: { url: 'u' }, list: [{ a: 1 }] };
    expect(lay(body, before, { ...before, name: 'b', connection: { url: 'v' }, list: [{ a: 2 }] })).toEqual({ name: 'b', connection: { url: 'v', headers: { x: 1 } }, confirmed_rate: 5, list: [{ a: 2, own: true }] });
    expect(lay(body, before, { ...before, connection: {}, list: [] })).toEqual({ name: 'a', connection: { headers: { x: 1 } }, confirmed_rate: 5, list: [] });
    expect(lay(body, before, before)).toBe(body);
  });
  it('compares by value', () => {
    expect(same({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 })).toBe(true);
    expect(same({ a: undefined }, {})).toBe(false);
    expect(same([1], { 0: 1 })).toBe(false);
  });
  it('what was taken out is sent as it is by default', () => {
    const schema = { properties: { labels: { default: [] }, description: {} } };
    expect(change({ name: 'a' }, { name: 'a', labels: ['x'], description: 'd' }, schema)).toEqual({ name: 'a', labels: [], description: null });
    expect(change({ name: 'a' }, { name: 'b' }, schema)).toEqual({ name: 'a' });
  });
});
