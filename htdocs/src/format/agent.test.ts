// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { agentWords } from './agent';

test('browsers and programs by their names', () => {
  const like = (rest: string) => agentWords(`Mozilla/5.0 ${rest}`);
  expect(like('(X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0')).toBe('Firefox on Linux');
  expect(like('(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0')).toBe('Edge on Windows');
  expect(like('(Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36')).toBe('Chrome on Android');
  expect(like('(iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1')).toBe('Safari on iPhone');
  expect(agentWords('curl/8.5.0')).toBe('curl 8.5.0');
  expect(agentWords('python-requests/2.32.3')).toBe('python-requests 2.32.3');
  expect(agentWords('<img src=x onerror=alert(1)>')).toBe('<img');
  expect(agentWords('W'.repeat(500))).toBe('W'.repeat(60));
  expect(agentWords(null)).toBe('unknown');
});
