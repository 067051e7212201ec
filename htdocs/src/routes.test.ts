// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { idOf, ROUTES, routeOf } from './routes';

test('a path has the page and the id that it names, or none', () => {
  const at = (path: string) => [routeOf(path)?.title, idOf(path)];
  expect(at('/')).toEqual(['Overview', null]);
  expect(at('/runs/17')).toEqual(['Run', '17']);
  expect(at('/loadtests/new')).toEqual(['New load test', 'new']);
  expect(at('/settings/prices/3')).toEqual(['Settings', '3']);
  expect(at('/runs/17x')[0]).toBeUndefined();
  expect(at('/runs/17/18')[0]).toBeUndefined();
  expect(at('/17')[0]).toBeUndefined();
});

test('no path is of two pages', () => {
  const paths = ROUTES.flatMap((r) => r.paths);
  expect(new Set(paths).size).toBe(paths.length);
});
