// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { whereMembers } from './location';

describe('where a run is performed', () => {
  it.each([
    ['', {}],
    ['eu1', { location: 'eu1' }],
    ['eu1,us-1', { locations: ['eu1', 'us-1'] }],
  ])('%j is said as %j', (where, members) => expect(whereMembers(where)).toEqual(members));
});
