// SPDX-License-Identifier: Apache-2.0
// What a list of sessions, or of problems, is filtered by; it stands in the URL.
import { paramsNamed } from '../../router';

export const FILTERS = ['status', 'automation_id'] as const;
export const PROBLEM_FILTERS = ['type', 'difficulty', 'status'] as const;

/** Those that a URL has. */
export const filtersAt = (params: URLSearchParams) => paramsNamed(params, FILTERS);
export const problemFiltersAt = (params: URLSearchParams) => paramsNamed(params, PROBLEM_FILTERS);
