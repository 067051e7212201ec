// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { axisSteps, faint } from './theme';

describe('axisSteps', () => {
  it('are round in the unit', () => {
    expect(axisSteps(1000)).toContain(200_000);
    expect(axisSteps(1)).toContain(50);
    expect(axisSteps(60_000)).toContain(120_000);
  });
});

describe('faint', () => {
  it('adds an alpha', () => expect(faint('rgb(1, 2, 3)', 0.5)).toBe('rgba(1, 2, 3, 0.5)'));
});
