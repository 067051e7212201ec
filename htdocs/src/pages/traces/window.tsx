// SPDX-License-Identifier: Apache-2.0
// The last so many days, for figures that are kept by day; `days` in the address.
import { setParams, usePlace } from '../../router';

const CHOICES = [7, 30, 90, 365] as const;
export const USUAL_DAYS = 30;

export function daysAt(params: URLSearchParams): number {
  const said = Number(params.get('days'));
  return Number.isInteger(said) && said >= 1 && said <= 3650 ? said : USUAL_DAYS;
}

export function DaysPicker() {
  const days = daysAt(usePlace().params);
  const choices = [...new Set([...CHOICES, days])].sort((a, b) => a - b);
  return (
    <select aria-label="Range" value={String(days)} onChange={(e) => setParams({ days: e.currentTarget.value === String(USUAL_DAYS) ? null : e.currentTarget.value })}>
      {choices.map((n) => <option key={n} value={String(n)} selected={n === days}>{`last ${n} days`}</option>)}
    </select>
  );
}
