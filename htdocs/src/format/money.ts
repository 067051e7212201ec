// SPDX-License-Identifier: Apache-2.0
// Money: `12.30 USD`, `0.00412 USD`. Amounts below one keep three significant digits, since single requests cost little.
import { DASH, grouped, significant } from './number';

const NBSP = '\u00a0';

export function money(value: number | null | undefined, currency: string | null | undefined): string {
  if (typeof value !== 'number' || !Number.isFinite(value)) return DASH;
  const size = Math.abs(value);
  const text = size === 0 ? '0' : size < 0.995 ? plain(value) : grouped(value, 2, 2);
  return currency ? `${text}${NBSP}${currency}` : text;
}

/** A price, with at least two decimals so that a column of them lines up: 0.50, 15.00, 0.075. */
export const amount = (value: number): string => grouped(value, 6, 2);

/** Never with an exponent; what is too small to be written is said to be less. */
function plain(value: number): string {
  if (Math.abs(value) < 1e-9) return `<${NBSP}0.000000001`;
  return significant(value).replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
}

/** The currency of all prices, if they share one. */
export function oneCurrency(prices: readonly { currency: string }[] | undefined): string | null {
  const all = new Set((prices ?? []).map((p) => p.currency));
  return all.size === 1 ? [...all][0] ?? null : null;
}
