// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { credentials, shellQuote } from './copy';

test('a command names who calls, and never a secret', () => {
  expect(credentials(undefined)).toBeNull();
  expect(credentials({ user: null, credential: 'none' })).toBeNull();
  expect(credentials({ user: "o'hara", credential: 'none' })).toBe("-u 'o'\\''hara'");
  expect(credentials({ user: 'alice', credential: 'password' })).toBe('-u alice');
  for (const credential of ['session', 'token', 'key'] as const) expect(credentials({ user: 'alice', credential })).toBe('-H "Authorization: Bearer $TOKEN"');
});

test('quotes leave what a shell leaves alone', () => {
  expect(shellQuote('http://h:1/a?b=c')).toBe("'http://h:1/a?b=c'");
  expect(shellQuote('$(x)')).toBe("'$(x)'");
});
