// SPDX-License-Identifier: Apache-2.0
import { expect, test, vi } from 'vitest';
import { idOf, type Route, ROUTES, routeOf } from './routes';

test('a path has the page and the id that it names, or none', () => {
  const at = (path: string) => [routeOf(path)?.title, idOf(path)];
  expect(at('/')).toEqual(['Overview', null]);
  expect(at('/runs/17')).toEqual(['Run', '17']);
  expect(at('/loadtests/new')).toEqual(['New load test', 'new']);
  expect(at('/settings/prices/3')).toEqual(['Settings', '3']);
  expect(at('/training/3')).toEqual(['Training session', '3']);
  expect(at('/training/problems/new')).toEqual(['Problems', 'new']);
  expect(at('/training/problems/3')).toEqual(['Problem', '3']);
  expect(at('/training/new')).toEqual(['New training session', 'new']);
  expect(at('/runs/17x')[0]).toBeUndefined();
  expect(at('/runs/17/18')[0]).toBeUndefined();
  expect(at('/17')[0]).toBeUndefined();
});

test('no path is of two pages', () => {
  const paths = ROUTES.flatMap((r) => r.paths);
  expect(new Set(paths).size).toBe(paths.length);
});

test('what is asked early is what the page asks first', async () => {
  for (const { title } of ROUTES.filter((r) => r.first)) {
    vi.resetModules(); // so that no page profits from another
    const route = (await import('./routes')).ROUTES.find((r) => r.title === title) as Route;
    globalThis.bmEarly = new Map(route.first?.map((name) => [name, new Promise<Response>(() => undefined)]));
    vi.stubGlobal('fetch', () => new Promise(() => undefined));
    const { shows } = await route.load();
    void shows?.({ path: route.paths[0] ?? '', params: new URLSearchParams() });
    expect({ title, 'not asked by the page': [...globalThis.bmEarly.keys()] }).toEqual({ title, 'not asked by the page': [] });
    vi.unstubAllGlobals();
  }
});
