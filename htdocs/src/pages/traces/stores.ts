// SPDX-License-Identifier: Apache-2.0
// What the pages of traces show. No event tells of traces: what is looked at is asked for now and then.
import { type Answer, api, type Query } from '../../api/client';
import type { QueryOf } from '../../api/paths';
import type { Observation, ObservationDetail, Trace, TraceScore } from '../../api/types';
import { rangeQuery } from '../../format/time';
import { syncStatus, whileSyncing } from '../../state/resources';
import { Resource } from '../../state/store';

/** `from` and `to` stand in a key as in the address: a range that ends now moves. */
const windowed = <Q extends Query>(query: Q): Q => (typeof query.from === 'string' ? { ...query, ...rangeQuery({ from: query.from, to: String(query.to ?? 'now') }, Date.now()) } : query);

export const sources = new Resource((query: QueryOf<'/trace-sources'>, o) => api.traceSources(query, o));
export const source = new Resource((id: number, o) => api.traceSource(id, o));
export const sourceSync = new Resource((id: number, o) => api.traceSync(id, o), whileSyncing);
export const passes = new Resource(({ id, ...query }: QueryOf<'/trace-sources/{id}/passes'> & { id: number }, o) => api.tracePasses(id, query, o), { busy: (list) => list.some((p) => p.status === 'running'), busyMs: 5_000 });
export const sessions = new Resource((query: QueryOf<'/traces/sessions'>, o) => api.traceSessions(windowed(query), o));
export const traces = new Resource((query: QueryOf<'/traces'>, o) => api.traces(windowed(query), o));
export const days = new Resource((query: QueryOf<'/traces/daily'>, o) => api.traceDays(query, o));
export const models = new Resource((query: QueryOf<'/traces/models'>, o) => api.traceModels(query, o));
export const agents = new Resource((query: QueryOf<'/agents'>, o) => api.agents(query, o));
export const observations = new Resource((query: QueryOf<'/observations'>, o) => api.observations(windowed(query), o));

/** All sources, of which there are few, for names and selects. */
export const allSources = () => sources.of({ limit: 1000 });

/** After a source is gone: what is asked of itself would be answered 404. */
export function listsChanged(): void {
  sources.refresh();
  if (syncStatus.isWatched()) void syncStatus.refresh();
}

/** After a source was written, paused or asked to sync. */
export function sourcesChanged(): void {
  for (const resource of [source, sourceSync, passes]) resource.refresh();
  listsChanged();
}

/** One trace, as a list of one: its id is a text, which no path of the API takes. */
export const traceOf = (source_id: number, id: string) => traces.of({ source_id, id, limit: 1 });

/** Names in the place of an id, and what no path can hold: then the lists know it, without bodies and scores. */
const TAKEN = new Set(['', '.', '..', 'sessions', 'scores', 'models', 'daily', 'erase']);
const inPath = (id: string): boolean => !TAKEN.has(id) && !id.includes('/');

export type Whole = Observation & Partial<Pick<ObservationDetail, 'input' | 'output' | 'scores'>>;

/** One observation with all that is known of it; null where it is not here. */
export const observation = new Resource(async ({ source_id, trace_id, id }: { source_id: number; trace_id: string; id: string }, o): Promise<Answer<Whole | null>> => {
  if (inPath(id)) return api.observation(id, { source_id }, o);
  const answer = await api.observations({ source_id, trace_id, id, limit: 1 }, { signal: o.signal });
  return { ...answer, etag: null, data: answer.data[0] ?? null };
});

/** Of a page, which is as many as the server gives at once; fewer where it is a list. */
const TREE_PAGE = 10_000;
const LIST_PAGE = 1000;
/** More are not drawn: a page says so. */
export const TREE_MOST = 50_000;

export interface WholeTrace { list: readonly Observation[]; scores: readonly TraceScore[]; /** there are more */ cut: boolean; /** of what state of the trace they are */ of: string }

const stateOf = (t: Trace | undefined): string => (t ? JSON.stringify([t.observations, t.errors, t.latency_ms, t.total_tokens, t.total_cost]) : '');

/** All observations of a trace, without what only one of them at a time shows. Asked for again only when the trace says that it changed. */
export const wholeTrace = new Resource(async (key: { source: number; trace: string }, o): Promise<Answer<WholeTrace>> => {
  const trace = () => traceOf(key.source, key.trace).get().data?.[0];
  const known = wholeTrace.of(key).get().data;
  if (known && known.of !== '' && known.of === stateOf(trace())) return { data: undefined as never, etag: null, next: false, after: null, total: null, status: 304, made: null };
  const list: Observation[] = [];
  let scores: readonly TraceScore[] = [];
  let after: string | null = null;
  for (;;) {
    const answer: Answer<{ tree: Observation[]; scores: TraceScore[] }> = inPath(key.trace)
      ? await api.trace(key.trace, { source_id: key.source, view: 'summary', limit: TREE_PAGE, after }, { signal: o.signal })
      : await api.observations({ source_id: key.source, trace_id: key.trace, view: 'summary', limit: LIST_PAGE, after }, { signal: o.signal }).then((a) => ({ ...a, data: { tree: a.data, scores: [] } }));
    const { tree } = answer.data;
    list.push(...tree);
    scores = answer.data.scores;
    after = answer.after;
    if (after === null || tree.length === 0 || list.length >= TREE_MOST) return { ...answer, etag: null, data: { list, scores, cut: after !== null && tree.length > 0, of: stateOf(trace()) } };
  }
});
