// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { shellQuote } from '../../ui/copy';
import { bodyBytes, curlOfFile, cutLine, guessFormat, lineCount, linesOf, nameOfFile, placeIn, spanOfLine, wrongLine } from './content';

describe('a file', () => {
  it.each([
    ['a.csv', '{}', 'csv'], ['a.NDJSON', 'x', 'jsonl'], ['a.jsonl', '', 'jsonl'], ['a.txt', '\ufeff \n{"a":1}', 'jsonl'], ['', 'a,b\n1,2', 'csv'], ['a.json', '  ', null],
  ] as const)('%s with %j is %s', (name, text, format) => expect(guessFormat(name, text)).toBe(format));
  it('has a name', () => expect(nameOfFile('C:\\tmp\\my questions.v2.jsonl')).toBe('my questions.v2'));
  it('weighs more as JSON', () => expect(bodyBytes({ name: 'é', format: 'csv', content: '"\n' })).toBe('{"name":"é","format":"csv","content":"\\"\\n"}'.length + 1));
  it('is uploaded by a command', () => expect(curlOfFile('curl -X POST u', { name: "it's", format: 'csv', content: '' }, 'a b.csv', shellQuote))
    .toBe(`jq -Rs --arg name 'it'\\''s' '{name: $name, format: "csv", content: .}' 'a b.csv' |\n  curl -X POST u \\\n  -d @-`));
});

describe('lines', () => {
  it.each([['', 0], ['a', 1], ['a\n', 1], ['a\nb', 2], ['\n\n', 2]] as const)('%j are %d', (text, n) => expect(lineCount(text)).toBe(n));
  it('are found, with CRLF or LF', () => {
    expect(spanOfLine('ab\r\ncd\nef', 1)).toEqual([0, 2]);
    expect(spanOfLine('ab\r\ncd\nef', 2)).toEqual([4, 6]);
    expect(spanOfLine('ab\r\ncd\nef', 3)).toEqual([7, 9]);
    expect(spanOfLine('ab', 2)).toBeNull();
    expect(linesOf('a\n\nc\n', 1, 9)).toEqual([{ number: 1, text: 'a' }, { number: 2, text: '' }, { number: 3, text: 'c' }]);
    expect(linesOf('a\nb\nc', 0, 2)).toEqual([{ number: 1, text: 'a' }, { number: 2, text: 'b' }]);
  });
  it('are named by the server', () => {
    expect(placeIn('Line 2, column 5: unexpected end')).toEqual({ line: 2, column: 5 });
    expect(placeIn('Line 12 is not a JSON object.')).toEqual({ line: 12, column: null });
    expect(placeIn('Has no entries.')).toBeNull();
    expect(placeIn(undefined)).toBeNull();
  });
  it('that are no JSON objects are found while they are typed', () => {
    expect([wrongLine(''), wrongLine('{"a": 1}\r\n\n{}\n')]).toEqual([undefined, undefined]);
    expect(wrongLine('{}\n[1]\n{')).toBe('Line 2 is not a JSON object.');
    expect(placeIn(wrongLine('{}\n\n{"a": two}'))).toEqual({ line: 3, column: 7 });
  });
  it('are cut around the wrong character', () => {
    expect(cutLine('{"a":}', 6)).toEqual(['{"a":', '}', '']);
    expect(cutLine('{"a"', 9)).toEqual(['{"a', '"', '']);
    expect(cutLine('', 1)).toEqual(['', '', '']);
    const long = `${'x'.repeat(500)}!${'y'.repeat(500)}`;
    const [before, at, after] = cutLine(long, 501, 100);
    expect([before.length, at, after.length, before[0], after.at(-1)]).toEqual([51, '!', 50, '…', '…']);
    expect(cutLine(long, null, 100)[0]).toBe(`${'x'.repeat(100)}…`);
  });
});
