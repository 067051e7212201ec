// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { caretAt, lineOf, placeOf, readObject, readText } from './json_text';

const wrong = (text: string): [number, string] => {
  const read = readText(text);
  if (!('wrong' in read)) throw new Error(`${text} is read`);
  return [read.wrong.at, read.wrong.sentence];
};

describe('JSON as it is typed', () => {
  it.each(['{}', '[]', 'null', ' {"a": [1, -0.5e3, "x\\n\\u00e4", true, {"b": null}], "a/b": {"~": 2}} ', '"\\ud83d\\ude00"', '{"__proto__": 1}'])('reads what JSON.parse reads: %s', (text) => {
    const read = readText(text);
    expect('value' in read && JSON.stringify(read.value)).toBe(JSON.stringify(JSON.parse(text)));
  });
  it.each([
    ['{"a": 1 "b": 2}', 8, /comma is missing/], ['{"a": 1,}', 7, /one too many/], ['[1, 2', 0, /never closed by \]/], ['{"a" 1}', 1, /colon is missing after "a"/], ["{'a': 1}", 1, /double quotes/],
    ['{"a": yes}', 6, /no value/], ['{"a": "x\n"}', 6, /no closing quote/], ['{"a": }', 6, /value is missing/], ['{"a": 1, "a": 2}', 9, /twice/], ['{} {}', 3, /Nothing more/], ['{"a": 01}', 7, /comma is missing/], ['', 0, /missing/], ['{"a": [1}', 8, /\] is missing/], ['"\\x"', 0, /does not know/], ['{"id": 9007199254740993}', 7, /digit by digit/],
  ] as [string, number, RegExp][])('says what is wrong and where: %s', (text, at, words) => {
    const [found, sentence] = wrong(text);
    expect(found).toBe(at);
    expect(sentence).toMatch(words);
  });
  it('refuses what JSON.parse refuses', () => {
    for (const text of ['.5', '+1', '1.', '0x1', 'nul', '[,]', '{"a":1,,}', '"\t"', 'undefined', '{a:1}', '[1 2]', '"\\u12"']) {
      expect(() => JSON.parse(text)).toThrow();
      expect(readText(text)).toHaveProperty('wrong');
    }
  });
  it('is not led astray by depth', () => expect(wrong('['.repeat(5000))[1]).toMatch(/nested/));
  it('knows where each part stands', () => {
    const text = '{\n  "a/b": [\n    {"c": 5}\n  ]\n}';
    const read = readText(text);
    if (!('places' in read)) throw new Error('not read');
    expect(lineOf(text, placeOf(read.places, '/a~1b/0/c')?.key ?? 0)).toBe(3);
    expect(lineOf(text, placeOf(read.places, '/a~1b/0/gone/deeper')?.from ?? 0)).toBe(3);
    expect(placeOf(read.places, '/nothing')).toMatchObject({ from: 0 });
  });
  it('an empty text is an empty object; the line is named', () => {
    expect(readObject(' ')).toEqual({ value: {} });
    expect(readObject('{\n"a": 1\n"b": 2}')).toEqual({ wrong: 'Line 3: A comma is missing before this.' });
    expect(readObject('[1]')).toHaveProperty('wrong');
  });
});

/** The text with | where the caret is. */
const caret = (marked: string) => caretAt(marked.replace('|', ''), marked.indexOf('|'));

describe('what could stand at the caret', () => {
  it.each([
    ['{|}', { pointer: '', at: 'name', typed: '' }],
    ['{"mo|', { pointer: '', at: 'name', typed: 'mo', from: 1, to: 4 }],
    ['{"mo|de": 1}', { at: 'name', typed: 'mo', from: 1, to: 7 }],
    ['{"a": 1, |"b": 2}', { at: 'name', typed: '', from: 9 }],
    ['{"a": |}', { at: 'value', key: 'a' }],
    ['{"a": "x|"}', { at: 'value', key: 'a', typed: 'x' }],
    ['{"a": tr|}', { at: 'value', key: 'a', typed: 'tr' }],
    ['{"a": 1 |}', { at: 'after' }],
    ['{"a": {"b": [1, {"c": |', { pointer: '/a/b/1', at: 'value', key: 'c' }],
    ['{"a": [|]}', { pointer: '/a', kind: 'list', at: 'value', key: '0' }],
    ['{"a": {"x": 1}, "|', { pointer: '', at: 'name' }],
    ['{"a/b": {|}}', { pointer: '/a~1b' }],
    ['{"a": 1, "st|"headers": {}}', { at: 'name', typed: 'st', from: 9, to: 12 }],
  ] as const)('%s', (text, what) => expect(caret(text)).toMatchObject(what));
  it('knows the names before and behind, not the one being typed', () => expect([...caret('{"a": {"z": 1}, "b|": 2, "c": {"y": 1}}')?.names ?? []]).toEqual(['a', 'c']));
  it('is nowhere outside', () => {
    expect(caret('|{}')).toBeNull();
    expect(caret('{}|')).toBeNull();
    expect(caret('|')).toBeNull();
  });
});
