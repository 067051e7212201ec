// SPDX-License-Identifier: Apache-2.0
// What lists of sessions and of traces are filtered by, as it stands in the address and in the API, and where their rows lead.
import type { Trace, TraceSession } from '../../api/types';
import { paramsNamed } from '../../router';

/** Filters by an exact text, and what they are called. */
export type TextFilter = readonly [param: string, word: string];

export const SESSION_TEXTS: readonly TextFilter[] = [['user_id', 'User'], ['id', 'Session']];
export const TRACE_TEXTS: readonly TextFilter[] = [['name', 'Name'], ['user_id', 'User'], ['session_id', 'Session'], ['tag', 'Tag'], ['environment', 'Environment'], ['id', 'Trace']];

export const SESSION_FILTERS = ['source_id', 'errors', ...SESSION_TEXTS.map(([param]) => param)];
export const TRACE_FILTERS = ['source_id', 'errors', ...TRACE_TEXTS.map(([param]) => param)];

export type Carried = Record<string, string>;

/** What goes along from a list to one of its rows and back: filters, range, and where in the list one was. */
export const carriedFrom = (params: URLSearchParams, filters: readonly string[]): Carried => paramsNamed(params, [...filters, 'from', 'to', 'after']);

/** The address of a session's page: which one it is has names of its own, beside the filters of the list it was opened from. */
export const sessionParams = (s: Pick<TraceSession, 'id' | 'source_id'>, carried: Carried = {}) => ({ ...carried, source: s.source_id, session: s.id });
export const traceParams = (t: Pick<Trace, 'id' | 'source_id'>, carried: Carried = {}) => ({ ...carried, source: t.source_id, trace: t.id });

export const keyOf = (row: { source_id: number; id: string }): string => `${row.source_id}/${row.id}`;
