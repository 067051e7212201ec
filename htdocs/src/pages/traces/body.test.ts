// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { hasBodies, messagesOf, textOf } from './body';

test('messages of a chat are known in their usual shapes, and nothing else is taken for one', () => {
  const said = [{ role: 'user', content: 'hello' }];
  expect(messagesOf(said)).toEqual(said);
  expect(messagesOf({ model: 'm', messages: said })).toEqual(said);
  expect(messagesOf(said[0])).toEqual(said);
  for (const none of [null, 'hello', 7, [], [{ role: 'user' }], { messages: [1] }, {}]) expect(messagesOf(none)).toBeNull();
});

test('what can be read of a message', () => {
  expect(textOf('a')).toBe('a');
  expect(textOf([{ type: 'text', text: 'a' }, { type: 'text', text: 'b' }])).toBe('a\nb');
  expect(textOf([{ type: 'image_url', image_url: { url: 'x' } }])).toBeNull();
  expect(textOf({ any: 1 })).toBeNull();
});

test('a server that stores no bodies has none', () => {
  expect(hasBodies({ id: 'a' })).toBe(false);
  expect(hasBodies({ input: null, output: null })).toBe(false);
  expect(hasBodies({ output: 0 })).toBe(true);
});
