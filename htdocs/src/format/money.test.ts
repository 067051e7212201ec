// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { amount, money, oneCurrency } from './money';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('money', () => {
  it.each([
    [12.3, 'USD', '12.30 USD'], [1234567.891, 'EUR', '1,234,567.89 EUR'], [0.999, 'USD', '1.00 USD'], [0.5, 'USD', '0.5 USD'], [0.004123, 'USD', '0.00412 USD'], [0.0000004567, 'USD', '0.000000457 USD'],
    [1e-12, 'USD', '< 0.000000001 USD'], [0, 'USD', '0 USD'], [null, 'USD', '–'], [undefined, null, '–'], [NaN, 'USD', '–'], [2, null, '2.00'],
  ] as const)('%d %s', (value, currency, text) => expect(plain(money(value, currency))).toBe(text));
  it.each([[0.5, '0.50'], [15, '15.00'], [0.075, '0.075'], [0, '0.00'], [1234.5, '1,234.50']] as const)('%d is a price of %s', (value, text) => expect(amount(value)).toBe(text));
  it('knows a shared currency', () => {
    expect(oneCurrency([{ currency: 'USD' }, { currency: 'USD' }])).toBe('USD');
    expect(oneCurrency([{ currency: 'USD' }, { currency: 'EUR' }])).toBeNull();
    expect(oneCurrency([])).toBeNull();
    expect(oneCurrency(undefined)).toBeNull();
  });
});
