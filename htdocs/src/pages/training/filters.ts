// SPDX-License-Identifier: Apache-2.0
// What a list of sessions, or of problems, is filtered by; it stands in the URL.

export const FILTERS = ['status', 'automation_id'] as const;
export const PROBLEM_FILTERS = ['type', 'difficulty', 'status'] as const;

const at = (params: URLSearchParams, names: readonly string[]): Record<string, string> => Object.fromEntries(names.flatMap((f) => { const v = params.get(f); return v ? [[f, v]] : []; }));

/** Those that a URL has. */
export const filtersAt = (params: URLSearchParams) => at(params, FILTERS);
export const problemFiltersAt = (params: URLSearchParams) => at(params, PROBLEM_FILTERS);
