// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { placeOf } from './router';

describe('placeOf', () => {
  it.each([
    ['/', '/', '/'], ['/runs/12', '/', '/runs/12'], ['/benchmark/', '/benchmark/', '/'], ['/benchmark/runs/', '/benchmark/', '/runs'],
    ['/a/b/scenarios/new', '/a/b/', '/scenarios/new'], ['/benchmark/index.html', '/benchmark/', '/'],
  ])('%s below %s is %s', (pathname, mount, path) => expect(placeOf(pathname, '', mount).path).toBe(path));
  it('keeps the params', () => expect(placeOf('/runs', '?status=failed,timed_out&q=a', '/').params.get('status')).toBe('failed,timed_out'));
});
