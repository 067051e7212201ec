// SPDX-License-Identifier: Apache-2.0
// The one door to the server: typed calls, problem+json errors, ETags, Retry-After. Nothing else calls fetch.
import { base } from '../base';
import type {
  About, Automation, AutomationInput, Calibration, Comparison, DashboardKpis, Dataset, DatasetEntry, DatasetUpload, Engine, KpiDistribution, KpiHeatmap, Kpis, KpiSeries, LoadEstimate,
  LoadPlan, LoadSecond, LoadTest, Me, Price, PriceInput, Problem, Run, RunSummary, Scenario, ScenarioInput, ScenarioSlos, ScenarioTrend, Timeline,
} from './types';

export type Query = Record<string, string | number | boolean | null | undefined>;

/** What was queued together; those of several locations have the label `group`. */
export interface Queued { run_ids: number[]; count: number; group: string | null }

/** An answer with what its headers said. `data` is undefined only when the server answered 304. */
export interface Answer<T> {
  data: T;
  etag: string | null;
  /** query of the next page, from `Link: rel="next"` */
  next: boolean;
  total: number | null;
  status: number;
}

/** Every failure of a call: `network` (no answer), `http` (a problem), `version` (not what this page understands). */
export class ApiError extends Error {
  readonly kind: 'network' | 'http' | 'version';
  readonly status: number;
  readonly problem: Problem;
  readonly requestId: string | null;
  /** when to try again, in ms since the epoch; null when the server named no time */
  readonly retryAt: number | null;

  constructor(kind: ApiError['kind'], status: number, problem: Problem, requestId: string | null, retryAt: number | null) {
    super(problem.detail || problem.title || 'Something went wrong');
    this.kind = kind;
    this.status = status;
    this.problem = problem;
    this.requestId = requestId;
    this.retryAt = retryAt;
  }

  /** Sentences by JSON pointer, for the fields of a form. */
  get fields(): Map<string, string> {
    return new Map((this.problem.errors ?? []).map((e) => [e.pointer, e.detail]));
  }
}

/** Milliseconds since the epoch named by a Retry-After header (seconds or HTTP date). */
export function retryTime(header: string | null, now: number): number | null {
  if (!header) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return now + Math.max(0, seconds) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : at;
}

/** `?a=1&b=x`, leaving out what is null, undefined or empty. */
export function queryString(query: Query | undefined): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text ? `?${text}` : '';
}

interface CallOptions {
  query?: Query | undefined;
  body?: unknown;
  signal?: AbortSignal | undefined;
  /** sent as If-None-Match on GET, as If-Match otherwise */
  etag?: string | null | undefined;
  once?: boolean;
}

async function problemOf(response: Response): Promise<Problem> {
  const type = response.headers.get('content-type') ?? '';
  if (/\bjson\b/.test(type)) {
    try {
      return (await response.json()) as Problem;
    } catch { /* fall through: the status has to do */ }
  }
  return { status: response.status, title: response.statusText, detail: `The server answered ${response.status} ${response.statusText}`.trim() + '.' };
}

async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<Answer<T>> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  if (options.etag) headers[method === 'GET' ? 'If-None-Match' : 'If-Match'] = options.etag;
  // A click sends its key once; should the browser repeat the request, the server knows it.
  if (method === 'POST') headers['Idempotency-Key'] = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  // An anonymous write needs a JSON content type, also where there is nothing to say.
  if (method !== 'GET' && options.body === undefined) headers['Content-Type'] = 'application/json';

  let response: Response;
  try {
    response = await fetch(`${base}api/v1${path}${queryString(options.query)}`, {
      method,
      headers,
      body: options.body === undefined ? (method === 'POST' ? '{}' : null) : JSON.stringify(options.body),
      signal: options.signal ?? null,
      credentials: 'same-origin',
      cache: 'no-store',
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError('network', 0, { detail: 'The server does not answer. The page tries again by itself.' }, null, null);
  }

  const requestId = response.headers.get('x-request-id');
  if (response.status === 304) {
    return { data: undefined as T, etag: options.etag ?? null, next: false, total: null, status: 304 };
  }
  if (!response.ok) {
    const problem = await problemOf(response);
    throw new ApiError('http', response.status, problem, problem.request_id ?? requestId, retryTime(response.headers.get('retry-after'), Date.now()));
  }
  const total = response.headers.get('x-total-count');
  const read = async (): Promise<T> => {
    if (response.status === 204) return undefined as T;
    try {
      return (await response.json()) as T;
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      throw new ApiError('version', response.status, { detail: 'The answer is not JSON. Is something else in front of the server?' }, requestId, null);
    }
  };
  return {
    data: await read(),
    etag: response.headers.get('etag'),
    next: /rel="?next"?/.test(response.headers.get('link') ?? ''),
    total: total === null ? null : Number(total),
    status: response.status,
  };
}

type Get = { signal?: AbortSignal | undefined; etag?: string | null | undefined };

const get = <T>(path: string, options: Get = {}, query?: Query) => call<T>('GET', path, { ...options, query });
const post = <T>(path: string, body?: unknown) => call<T>('POST', path, { body }).then((a) => a.data);

/** The address of something to download, for href. */
export const apiAddress = (path: string): string => `${base}api/v1${path}`;

export const api = {
  about: (o?: Get) => get<About>('/about', o),
  me: (o?: Get) => get<Me>('/me', o),
  kpis: (query: Query, o?: Get) => get<DashboardKpis>('/runs/kpis/dashboard', o, query),
  kpiFigures: (query: Query, o?: Get) => get<Kpis>('/kpis', o, query),
  kpiSeries: (query: Query, o?: Get) => get<KpiSeries>('/kpis/series', o, query),
  kpiDistribution: (query: Query, o?: Get) => get<KpiDistribution>('/kpis/distribution', o, query),
  kpiHeatmap: (query: Query, o?: Get) => get<KpiHeatmap>('/kpis/heatmap', o, query),

  automations: (query: Query, o?: Get) => get<Automation[]>('/automations', o, query),
  automation: (id: number, o?: Get) => get<Automation>(`/automations/${id}`, o),
  automationAdd: (body: AutomationInput) => post<Automation>('/automations', body),
  automationPut: (id: number, body: AutomationInput, etag: string | null) => call<Automation>('PATCH', `/automations/${id}`, { body, etag }).then((a) => a.data),
  automationDelete: (id: number, cascade: boolean) => call<unknown>('DELETE', `/automations/${id}`, { query: { cascade: cascade || null } }),

  scenarios: (query: Query, o?: Get) => get<Scenario[]>('/scenarios', o, query),
  scenario: (id: number, o?: Get) => get<Scenario>(`/scenarios/${id}`, o),
  scenarioSlos: (id: number, o?: Get) => get<ScenarioSlos>(`/scenarios/${id}/slos`, o),
  scenarioTrend: (id: number, query: Query, o?: Get) => get<ScenarioTrend>(`/scenarios/${id}/trend`, o, query),
  scenarioAdd: (body: ScenarioInput) => post<Scenario>('/scenarios', body),
  scenarioPut: (id: number, body: ScenarioInput, etag: string | null) => call<Scenario>('PATCH', `/scenarios/${id}`, { body, etag }).then((a) => a.data),
  scenarioDelete: (id: number, cascade: boolean) => call<unknown>('DELETE', `/scenarios/${id}`, { query: { cascade: cascade || null } }),

  runs: (query: Query, o?: Get) => get<RunSummary[]>('/runs', o, { view: 'summary', ...query }),
  run: (id: number, o?: Get) => get<Run>(`/runs/${id}`, o),
  timeline: (id: number, o?: Get) => get<Timeline>(`/runs/${id}/timeline`, o),
  trigger: (scenarioId: number, inputs?: Record<string, unknown>, location?: string) =>
    post<Run>('/runs/trigger', { scenario_id: scenarioId, ...(inputs ? { inputs_override: inputs } : {}), ...(location ? { location } : {}) }),
  triggerMany: (scenarioId: number, count: number, inputs?: Record<string, unknown>, where: { location?: string; locations?: string[] } = {}) =>
    post<Queued>('/runs', { scenario_id: scenarioId, count, ...(inputs ? { inputs_override: inputs } : {}), ...where }),
  cancel: (id: number) => post<Run>(`/runs/${id}/cancel`),
  cancelMany: (ids: number[]) => post<{ cancelled: number | number[]; already_finished: number | number[]; not_found: number[] }>('/runs/cancel', { run_ids: ids }),
  requeue: (id: number) => post<Run>(`/runs/${id}/requeue`),

  compare: (query: Query, o?: Get) => get<Comparison>('/compare', o, query),

  loadtests: (query: Query, o?: Get) => get<LoadTest[]>('/loadtests', o, query),
  loadtest: (id: number, o?: Get) => get<LoadTest>(`/loadtests/${id}`, o),
  /** with `locations` in the plan: one at each */
  loadtestAdd: (plan: LoadPlan) => post<LoadTest | Queued>('/loadtests', plan),
  loadtestDelete: (id: number) => call<unknown>('DELETE', `/loadtests/${id}`),
  loadtestPause: (id: number) => post<LoadTest>(`/loadtests/${id}/pause`),
  loadtestResume: (id: number) => post<LoadTest>(`/loadtests/${id}/resume`),
  loadtestStop: (id: number, mode: 'drain' | 'cancel') => post<LoadTest>(`/loadtests/${id}/stop`, { mode }),
  loadtestSeries: (id: number, after: number | undefined, o?: Get) => get<LoadSecond[]>(`/loadtests/${id}/series`, o, { after }),
  loadtestEstimate: (plan: LoadPlan, signal: AbortSignal) => call<LoadEstimate>('POST', '/loadtests/estimate', { body: plan, signal }).then((a) => a.data),

  datasets: (query: Query, o?: Get) => get<Dataset[]>('/datasets', o, query),
  dataset: (id: number, o?: Get) => get<Dataset>(`/datasets/${id}`, o),
  datasetEntries: (id: number, query: Query, o?: Get) => get<DatasetEntry[]>(`/datasets/${id}/entries`, o, query),
  datasetAdd: (body: DatasetUpload) => post<Dataset>('/datasets', body),
  datasetRename: (id: number, name: string, etag: string | null) => call<Dataset>('PATCH', `/datasets/${id}`, { body: { name }, etag }).then((a) => a.data),
  datasetDelete: (id: number) => call<unknown>('DELETE', `/datasets/${id}`),

  prices: (query: Query, o?: Get) => get<Price[]>('/prices', o, query),
  price: (id: number, o?: Get) => get<Price>(`/prices/${id}`, o),
  priceAdd: (body: PriceInput) => post<Price>('/prices', body),
  pricePut: (id: number, body: PriceInput, etag: string | null) => call<Price>('PATCH', `/prices/${id}`, { body, etag }).then((a) => a.data),
  priceDelete: (id: number) => call<unknown>('DELETE', `/prices/${id}`),

  engine: (o?: Get) => get<Engine>('/engine', o),
  dead: (query: Query, o?: Get) => get<RunSummary[]>('/engine/dead', o, query),
  engineStop: () => post<unknown>('/engine/stop'),
  engineStart: () => post<unknown>('/engine/start'),

  calibrations: (query: Query, o?: Get) => get<Calibration[]>('/calibrations', o, query),
  calibrate: (streams: number, concurrency: number) => post<Calibration>('/calibrations', { streams, concurrency }),
};
