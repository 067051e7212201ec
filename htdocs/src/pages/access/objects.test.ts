// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { pageOfObject } from './objects';

test('what the log names leads to its page, if there is one', () => {
  expect(pageOfObject('/automations/7', 'PATCH /automations/{id}')).toBe('/automations/7');
  expect(pageOfObject('/runs/17/cancel', 'POST /runs/{id}/cancel')).toBe('/runs/17');
  expect(pageOfObject('/prices/3', 'PUT /prices/{id}')).toBe('/settings/prices/3');
  expect(pageOfObject('/users/3', 'POST /users/{id}/logout')).toBe('/settings/users/3');
  expect(pageOfObject('/users/3', 'DELETE /users/{id}')).toBe(null);
  expect(pageOfObject('/api-keys/3', 'DELETE /api-keys/{id}')).toBe('/settings/api-keys');
  expect(pageOfObject('/auth/sessions/3', 'DELETE /auth/sessions/{id}')).toBe('/settings/account');
  expect(pageOfObject('/auth/login', 'POST /auth/login')).toBe(null);
  expect(pageOfObject('/engine/stop', 'POST /engine/stop')).toBe('/engine');
  expect(pageOfObject('//evil.example/1', 'POST /x')).toBe(null);
  expect(pageOfObject('/nothing/1', 'POST /nothing')).toBe(null);
  expect(pageOfObject('', '')).toBe(null);
});
