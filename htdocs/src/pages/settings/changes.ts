// SPDX-License-Identifier: Apache-2.0
// What an import does, in words. Pure.
import type { DefinitionsReport } from '../../api/types';
import { plural } from '../../format/number';

const LONGEST = 200;

/** A member's value on one line; what is long is cut. */
export function shortJson(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text;
}

export interface Counts { created: number; updated: number; unchanged: number }

/** Of all kinds together. */
export function countsOf(told: Pick<DefinitionsReport, 'automations' | 'scenarios' | 'prices' | 'datasets' | 'views'>): Counts {
  const kinds = [told.automations, told.scenarios, told.prices, told.datasets, told.views];
  const sum = (of: keyof Counts) => kinds.reduce((n, kind) => n + kind[of], 0);
  return { created: sum('created'), updated: sum('updated'), unchanged: sum('unchanged') };
}

/** "1 object would be made, 2 would be changed, 3 are as the document says." */
export function summaryOf(told: Counts): string {
  if (told.created + told.updated === 0) return `Nothing would change: ${told.unchanged === 1 ? 'the one object is' : `all ${told.unchanged} objects are`} as the document says.`;
  return `${plural(told.created, 'object')} would be made, ${told.updated} would be changed, ${told.unchanged} ${told.unchanged === 1 ? 'is' : 'are'} as the document says.`;
}
