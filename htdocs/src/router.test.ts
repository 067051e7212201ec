// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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

describe('a page that is made ready before it is drawn', () => {
  const at = new URL('http://bench.example/runs');
  let answers: Map<string, () => void>;
  let router: typeof import('./router');
  beforeEach(async () => {
    at.href = 'http://bench.example/runs';
    answers = new Map();
    vi.useFakeTimers();
    vi.resetModules();
    vi.stubGlobal('location', at);
    const go = (_: unknown, __: string, to: string) => { at.href = new URL(to, at).href; };
    vi.stubGlobal('history', { state: null, pushState: go, replaceState: (_: unknown, __: string, to?: string) => (to === undefined ? undefined : go(_, __, to)) });
    vi.stubGlobal('document', { querySelector: () => null });
    vi.stubGlobal('scrollTo', () => undefined);
    router = await import('./router');
    router.prepareWith((place) => new Promise<void>((resolve) => answers.set(place.path + place.params.toString(), resolve)));
  });
  afterEach(() => { vi.useRealTimers(); vi.unstubAllGlobals(); });
  const ready = async (place: string) => { answers.get(place)?.(); await vi.advanceTimersByTimeAsync(0); };

  it('comes with its figures', async () => {
    router.navigate('/kpis');
    await vi.advanceTimersByTimeAsync(20);
    expect([at.pathname, router.place().path]).toEqual(['/runs', '/runs']);
    await ready('/kpis');
    expect([at.pathname, router.place().path]).toEqual(['/kpis', '/kpis']);
  });
  it('does not wait for them for long', async () => {
    router.navigate('/kpis');
    await vi.advanceTimersByTimeAsync(130);
    expect(router.place().path).toBe('/kpis');
    await ready('/kpis');
    expect(router.place().path).toBe('/kpis');
  });
  it('is not the one that was clicked before', async () => {
    router.navigate('/kpis');
    router.navigate('/engine');
    await ready('/engine');
    await ready('/kpis');
    await vi.advanceTimersByTimeAsync(500);
    expect(router.place().path).toBe('/engine');
  });
  it('is not held back by what is typed meanwhile', async () => {
    router.navigate('/kpis');
    router.setParams({ q: 'abc' }, { replace: true });
    expect(at.href).toBe('http://bench.example/runs?q=abc');
    await ready('/kpis');
    expect(at.href).toBe('http://bench.example/kpis');
  });
  it('another view waits if it is asked to, and two of one moment add up', async () => {
    router.setParams({ status: 'failed' }, { together: true });
    expect(router.place().params.get('status')).toBeNull();
    await ready('/runsstatus=failed');
    expect(router.place().params.get('status')).toBe('failed');
    router.setParams({ a: '1' });
    router.setParams({ b: '2' });
    expect(router.place().params.toString()).toBe('status=failed&a=1&b=2');
  });
});
