// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { viewQuery } from './query';

it('a view is what is filtered, in one order', () => {
  expect(viewQuery(new URLSearchParams('status=failed,timed_out&from=now-24h&after=7&dialog=trigger&tz=UTC&q='))).toBe('from=now-24h&status=failed%2Ctimed_out');
  expect(viewQuery(new URLSearchParams('q=a b"<'))).toBe(viewQuery(new URLSearchParams('q=a+b%22%3C')));
  expect(viewQuery(new URLSearchParams('q=ä #?'))).toMatch(/^[\x21-\x7e]+$/);
  expect(viewQuery(new URLSearchParams('sel=1,2&preview=3&find=x'))).toBe('');
  expect(viewQuery(new URLSearchParams(''))).toBe('');
});
