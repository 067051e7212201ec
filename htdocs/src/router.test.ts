// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { placeOf, returnAddress } from './router';

describe('placeOf', () => {
  it.each([
    ['/', '/', '/'], ['/runs/12', '/', '/runs/12'], ['/benchmark/', '/benchmark/', '/'], ['/benchmark/runs/', '/benchmark/', '/runs'],
    ['/a/b/scenarios/new', '/a/b/', '/scenarios/new'], ['/benchmark/index.html', '/benchmark/', '/'],
  ])('%s below %s is %s', (pathname, mount, path) => expect(placeOf(pathname, '', mount).path).toBe(path));
  it('keeps the params', () => expect(placeOf('/runs', '?status=failed,timed_out&q=a', '/').params.get('status')).toBe('failed,timed_out'));
});

describe('returnAddress', () => {
  const home = 'https://bench.example/b/';
  it.each([
    ['/runs?status=failed&from=now-6h#x', `${home}runs?status=failed&from=now-6h#x`], ['/', home], ['/?tz=UTC', `${home}?tz=UTC`], ['/runs/12', `${home}runs/12`],
    // neither another host nor a script, however it is written
    [null, home], ['', home], ['//evil.example', home], ['/\\evil.example', home], ['\\\\evil.example', home], ['https://evil.example/', home], ['/https://evil.example/', home],
    ['javascript:alert(1)', home], ['/javascript:alert(1)', home], ['/\tjavascript:alert(1)', home], ['/data:text/html,x', home], ['/\t/evil.example', home], ['/\n//evil.example', home],
    ['/x:y@evil.example', home], ['/blob:https://bench.example/1', home],
    // nor out of the mount, nor back to the sign-in page
    ['/../other', home], ['/..%2fother', `${home}..%2fother`], ['/login', home], ['/setup#token=x', home], ['/login?return=/runs', home], ['/login/', home], ['/./login', home],
  ])('%j leads to %s', (asked, to) => expect(returnAddress(asked, 'https://bench.example', '/b/')).toBe(to));
  it('is absolute where the path alone would be a host', () => expect(returnAddress('/.//evil.example', 'https://bench.example', '/')).toBe('https://bench.example//evil.example'));
});
