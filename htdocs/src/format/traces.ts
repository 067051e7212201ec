// SPDX-License-Identifier: Apache-2.0
// What traces say of themselves, in words. What was not said is a dash with its reason.
import { money } from './money';
import { compact, count, DASH } from './number';

/** All costs of traces are in it. */
export const USD = 'USD';

export const NO_LATENCY = 'nothing of it has ended';
export const NO_TOKENS = 'no observation says how many tokens';
export const NO_COST = 'no observation says what it cost';

export const cost = (usd: number | null | undefined): string => money(usd, USD);
/** All digits, for tooltips. */
export const costExact = (usd: number | null | undefined): string => (typeof usd === 'number' ? `${usd} ${USD}` : DASH);

interface Tokens { input_tokens: number | null; output_tokens: number | null; total_tokens: number | null }

export const tokens = (t: Tokens): string => compact(t.total_tokens);
/** "1,204 in, 310 out, 1,514 in all". */
export const tokensExact = (t: Tokens): string => `${count(t.input_tokens)} in, ${count(t.output_tokens)} out, ${count(t.total_tokens)} in all`;

/** Per execution, or null where there is none. */
export const each = (sum: number, n: number): number | null => (n > 0 ? sum / n : null);
