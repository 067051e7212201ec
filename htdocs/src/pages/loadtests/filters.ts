// SPDX-License-Identifier: Apache-2.0
// What a list of load tests is filtered by; it stands in the URL.
import { paramsNamed } from '../../router';

export const FILTERS = ['status', 'scenario_id', 'automation_id', 'q', 'label', 'location'] as const;

/** Those that a URL has. */
export const filtersAt = (params: URLSearchParams) => paramsNamed(params, FILTERS);
