// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { numbered } from './numbered';

const texts = (typed: string) => numbered(typed).map((n) => n.text);

test('a number alone may be of anything, a run first', () => {
  expect(numbered('17')[0]).toEqual({ text: 'Run 17', path: '/runs/17' });
  expect(texts('#17')).toEqual(texts('17'));
  expect(texts('17')).toContain('Dataset 17');
});

test('a word says what it is one of', () => {
  expect(texts('run 3')).toEqual(['Run 3']);
  expect(texts('run #3')).toEqual(['Run 3']);
  expect(texts('load 3')).toEqual(['Load test 3']);
  expect(texts('loadtest3')).toEqual(['Load test 3']);
  expect(numbered('session 4')).toEqual([{ text: 'Training session 4', path: '/training/4' }]);
  expect(texts('scen 5')).toEqual(['Scenario 5']);
});

test('all else is a name', () => {
  for (const typed of ['', 'engine', 'gpt-4', '4.5', 'gpt 4', '1234567890123456']) expect(numbered(typed)).toEqual([]);
});
