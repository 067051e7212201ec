// SPDX-License-Identifier: Apache-2.0
// The one door to the server: typed calls, problem+json errors, ETags, Retry-After. Nothing else calls fetch.
import { base } from '../base';
import { takeEarly } from './early';
import type { AnswerOf, BodyOf, Method, Path, PlaceOf, QueryOf } from './paths';
import type { paths } from './schema';
import type { Problem, Queued } from './types';

export type Query = Record<string, string | number | boolean | null | undefined>;

/** An answer with what its headers said. `data` is undefined only when the server answered 304. */
export interface Answer<T> {
  data: T;
  etag: string | null;
  /** query of the next page, from `Link: rel="next"` */
  next: boolean;
  /** where that page begins, for lists whose cursor is no number */
  after: string | null;
  total: number | null;
  status: number;
  /** the number at the end of `Location`: of what was made */
  made: number | null;
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

/** `after` of the page that a Link header names as the next. */
export function cursorIn(link: string | null): string | null {
  const found = /<[^>]*[?&]after=([^&>]*)[^>]*>\s*;\s*rel="?next"?/.exec(link ?? '')?.[1];
  return found === undefined ? null : decodeURIComponent(found.replaceAll('+', ' '));
}

/** Told of every 401 with the scheme the server asks for, in lower case. */
let unauthorized: (scheme: string) => void = () => undefined;
export function onUnauthorized(listener: (scheme: string) => void): void {
  unauthorized = listener;
}

const madeAt = (location: string | null): number | null => { const id = /\/(\d+)$/.exec(location ?? '')?.[1]; return id === undefined ? null : Number(id); };

interface CallOptions {
  query?: Query | undefined;
  body?: unknown;
  signal?: AbortSignal | undefined;
  /** sent as If-None-Match on GET, as If-Match otherwise */
  etag?: string | null | undefined;
  /** a password is in it: never repeated by itself, and a 401 is its answer, not the end of a session */
  signIn?: boolean;
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
  if (method === 'POST' && !options.signIn) headers['Idempotency-Key'] = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  // An anonymous write needs a JSON content type, also where there is nothing to say.
  if (method !== 'GET' && options.body === undefined) headers['Content-Type'] = 'application/json';

  let response: Response;
  try {
    const name = `${path}${queryString(options.query)}`;
    response = await ((method === 'GET' && !options.etag && takeEarly(name)) || fetch(`${base}api/v1${name}`, {
      method,
      headers,
      body: options.body === undefined ? (method === 'POST' ? '{}' : null) : JSON.stringify(options.body),
      signal: options.signal ?? null,
      credentials: 'same-origin',
      cache: 'no-store',
    }));
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError('network', 0, { detail: 'The server does not answer. The page tries again by itself.' }, null, null);
  }

  const requestId = response.headers.get('x-request-id');
  if (response.status === 304) {
    return { data: undefined as T, etag: options.etag ?? null, next: false, after: null, total: null, status: 304, made: null };
  }
  if (!response.ok) {
    const problem = await problemOf(response);
    if (response.status === 401 && !options.signIn) unauthorized((response.headers.get('www-authenticate') ?? '').split(' ')[0]?.toLowerCase() ?? '');
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
    after: cursorIn(response.headers.get('link')),
    total: total === null ? null : Number(total),
    status: response.status,
    made: madeAt(response.headers.get('location')),
  };
}

type Get = { signal?: AbortSignal | undefined; etag?: string | null | undefined };

type Asked<M extends Method, P extends keyof paths> = Get
  & (PlaceOf<P, M> extends undefined ? { at?: undefined } : { at: PlaceOf<P, M> })
  & { query?: QueryOf<P, M> | undefined; body?: BodyOf<M, P> | undefined };

const placed = (path: string, at: unknown): string => path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String((at as Record<string, number | string>)[name])));

/** One operation of the API by its path in the reference. */
function ask<M extends Method, P extends Path<M>>(method: M, path: P, { at, ...options }: Asked<M, P>): Promise<Answer<AnswerOf<M, P>>> {
  return call<AnswerOf<M, P>>(method.toUpperCase(), placed(path, at), options as CallOptions);
}

const get = <P extends Path<'get'>>(path: P, asked: Asked<'get', P>) => ask('get', path, asked);
const post = <P extends Path<'post'>>(path: P, asked: Asked<'post', P>) => ask('post', path, asked).then((a) => a.data);
const patch = <P extends Path<'patch'>>(path: P, asked: Asked<'patch', P>) => ask('patch', path, asked).then((a) => a.data);
const remove = <P extends Path<'delete'>>(path: P, asked: Asked<'delete', P>) => ask('delete', path, asked);

/** The address of something to download, for href. */
export function apiAddress<P extends Path<'get'>>(path: P, { at, query }: Asked<'get', P>): string {
  return `${base}api/v1${placed(path, at)}${queryString(query as Query | undefined)}`;
}

/** Whether the server takes passwords itself; else httpd signs in by its own means. Asked without a password. */
export async function takesPasswords(): Promise<boolean> {
  try {
    const response = await fetch(`${base}api/v1/auth/login`, { method: 'OPTIONS', credentials: 'same-origin', cache: 'no-store' });
    return ![404, 405, 501].includes(response.status);
  } catch {
    return true; // it does not answer now: that is told by the attempt
  }
}

/** Throws an ApiError where the server does not take them. A cookie is asked for: a script cannot read that, and no token is given to one. */
export const signIn = (email: string, password: string) => {
  const body: BodyOf<'post', '/auth/login'> = { email, password, cookie: true };
  return call<AnswerOf<'post', '/auth/login'>>('POST', '/auth/login', { body, signIn: true });
};
export const signOut = (everywhere = false) => {
  const body: BodyOf<'post', '/auth/logout'> = { everywhere };
  return call<AnswerOf<'post', '/auth/logout'>>('POST', '/auth/logout', { body, signIn: true });
};

/** Sets a password with the token of a link. Like a password, the token is sent once. */
export const setPassword = (token: string, password: string) => {
  const body: BodyOf<'post', '/auth/password'> = { token, password };
  return call<AnswerOf<'post', '/auth/password'>>('POST', '/auth/password', { body, signIn: true });
};

/** The script that the server's page names now, to tell a newer dashboard from the one that runs; null if that cannot be known. */
export async function servedScript(): Promise<string | null> {
  try {
    const response = await fetch(base, { headers: { Accept: 'text/html' }, credentials: 'same-origin', cache: 'no-cache' });
    return response.ok ? scriptIn(await response.text()) : null;
  } catch {
    return null;
  }
}

/** src of the module script in a page's source. */
export const scriptIn = (html: string): string | null => /<script\b[^>]*\btype="module"[^>]*\bsrc="([^"]+)"/.exec(html)?.[1] ?? /<script\b[^>]*\bsrc="([^"]+)"[^>]*\btype="module"/.exec(html)?.[1] ?? null;

export const api = {
  reference: (o?: Get) => get('/openapi.json', { ...o }),
  about: (o?: Get) => get('/about', { ...o }),
  configuration: (o?: Get) => get('/configuration', { ...o }),
  me: (o?: Get) => get('/me', { ...o }),
  kpis: (query: QueryOf<'/runs/kpis/dashboard'>, o?: Get) => get('/runs/kpis/dashboard', { query, ...o }),
  kpiFigures: (query: QueryOf<'/kpis'>, o?: Get) => get('/kpis', { query, ...o }),
  kpiSeries: (query: QueryOf<'/kpis/series'>, o?: Get) => get('/kpis/series', { query, ...o }),
  kpiDistribution: (query: QueryOf<'/kpis/distribution'>, o?: Get) => get('/kpis/distribution', { query, ...o }),
  kpiHeatmap: (query: QueryOf<'/kpis/heatmap'>, o?: Get) => get('/kpis/heatmap', { query, ...o }),

  automations: (query: QueryOf<'/automations'>, o?: Get) => get('/automations', { query, ...o }),
  automation: (id: number, o?: Get) => get('/automations/{id}', { at: { id }, ...o }),
  automationAdd: (body: BodyOf<'post', '/automations'>) => post('/automations', { body }),
  automationPut: (id: number, body: BodyOf<'patch', '/automations/{id}'>, etag: string | null) => ask('patch', '/automations/{id}', { at: { id }, body, etag }),
  automationDelete: (id: number, cascade: boolean) => remove('/automations/{id}', { at: { id }, query: { cascade: cascade || null } }),

  discover: (body: BodyOf<'post', '/discoveries'>) => post('/discoveries', { body }),
  discovery: (id: number, o?: Get) => get('/discoveries/{id}', { at: { id }, ...o }),

  scenarios: (query: QueryOf<'/scenarios'>, o?: Get) => get('/scenarios', { query, ...o }),
  scenario: (id: number, o?: Get) => get('/scenarios/{id}', { at: { id }, ...o }),
  scenarioSlos: (id: number, o?: Get) => get('/scenarios/{id}/slos', { at: { id }, ...o }),
  scenarioTrend: (id: number, query: QueryOf<'/scenarios/{id}/trend'>, o?: Get) => get('/scenarios/{id}/trend', { at: { id }, query, ...o }),
  scenarioAdd: (body: BodyOf<'post', '/scenarios'>) => post('/scenarios', { body }),
  scenarioPut: (id: number, body: BodyOf<'patch', '/scenarios/{id}'>, etag: string | null) => ask('patch', '/scenarios/{id}', { at: { id }, body, etag }),
  scenarioDelete: (id: number, cascade: boolean) => remove('/scenarios/{id}', { at: { id }, query: { cascade: cascade || null } }),

  runs: (query: QueryOf<'/runs'>, o?: Get) => get('/runs', { query: { view: 'summary', ...query }, ...o }),
  run: (id: number, o?: Get) => get('/runs/{id}', { at: { id }, ...o }),
  timeline: (id: number, o?: Get) => get('/runs/{id}/timeline', { at: { id }, ...o }),
  /** without `locations` in the body it is one run */
  trigger: (scenarioId: number, inputs?: Record<string, unknown>, location?: string) =>
    post('/runs/trigger', { body: { scenario_id: scenarioId, ...(inputs ? { inputs_override: inputs } : {}), ...(location ? { location } : {}) } })
      .then((made) => made as Exclude<typeof made, Queued>),
  triggerMany: (scenarioId: number, count: number, inputs?: Record<string, unknown>, where: { location?: string; locations?: string[] } = {}) =>
    post('/runs', { body: { scenario_id: scenarioId, count, ...(inputs ? { inputs_override: inputs } : {}), ...where } }),
  cancel: (id: number) => post('/runs/{id}/cancel', { at: { id } }),
  cancelMany: (ids: number[]) => post('/runs/cancel', { body: { run_ids: ids } }),
  requeue: (id: number) => post('/runs/{id}/requeue', { at: { id } }),

  compare: (query: QueryOf<'/compare'>, o?: Get) => get('/compare', { query, ...o }),

  loadtests: (query: QueryOf<'/loadtests'>, o?: Get) => get('/loadtests', { query, ...o }),
  loadtest: (id: number, o?: Get) => get('/loadtests/{id}', { at: { id }, ...o }),
  /** with `locations` in the plan: one at each */
  loadtestAdd: (plan: BodyOf<'post', '/loadtests'>) => post('/loadtests', { body: plan }),
  loadtestDelete: (id: number) => remove('/loadtests/{id}', { at: { id } }),
  loadtestPause: (id: number) => post('/loadtests/{id}/pause', { at: { id } }),
  loadtestResume: (id: number) => post('/loadtests/{id}/resume', { at: { id } }),
  loadtestStop: (id: number, mode: 'drain' | 'cancel') => post('/loadtests/{id}/stop', { at: { id }, body: { mode } }),
  loadtestSeries: (id: number, after: number | undefined, o?: Get) => get('/loadtests/{id}/series', { at: { id }, query: { after }, ...o }),
  loadtestEstimate: (plan: BodyOf<'post', '/loadtests/estimate'>, signal: AbortSignal) => post('/loadtests/estimate', { body: plan, signal }),

  trainings: (query: QueryOf<'/training/sessions'>, o?: Get) => get('/training/sessions', { query, ...o }),
  trainingComparison: (query: QueryOf<'/training/sessions/compare'>, o?: Get) => get('/training/sessions/compare', { query, ...o }),
  training: (id: number, o?: Get) => get('/training/sessions/{id}', { at: { id }, ...o }),
  trainingAdd: (body: BodyOf<'post', '/training/sessions'>) => post('/training/sessions', { body }),
  trainingStop: (id: number) => post('/training/sessions/{id}/stop', { at: { id } }),
  trainingDelete: (id: number) => remove('/training/sessions/{id}', { at: { id } }),
  trainingProblems: (id: number, query: QueryOf<'/training/sessions/{id}/problems'>, o?: Get) => get('/training/sessions/{id}/problems', { at: { id }, query, ...o }),
  trainingSeconds: (id: number, query: QueryOf<'/training/sessions/{id}/metrics'>, o?: Get) => get('/training/sessions/{id}/metrics', { at: { id }, query, ...o }),
  problems: (query: QueryOf<'/training/problems'>, o?: Get) => get('/training/problems', { query, ...o }),
  problem: (id: number, o?: Get) => get('/training/problems/{id}', { at: { id }, ...o }),
  /** its number is `made` */
  problemAdd: (body: BodyOf<'post', '/scenarios/generate'>) => ask('post', '/scenarios/generate', { body }),
  problemExecute: (id: number, scenarioId?: number) => post('/training/problems/{id}/execute', { at: { id }, body: scenarioId === undefined ? {} : { scenario_id: scenarioId } }),
  problemDelete: (id: number) => remove('/training/problems/{id}', { at: { id } }),

  datasets: (query: QueryOf<'/datasets'>, o?: Get) => get('/datasets', { query, ...o }),
  dataset: (id: number, o?: Get) => get('/datasets/{id}', { at: { id }, ...o }),
  datasetEntries: (id: number, query: QueryOf<'/datasets/{id}/entries'>, o?: Get) => get('/datasets/{id}/entries', { at: { id }, query, ...o }),
  datasetAdd: (body: BodyOf<'post', '/datasets'>) => post('/datasets', { body }),
  datasetRename: (id: number, name: string, etag: string | null) => patch('/datasets/{id}', { at: { id }, body: { name }, etag }),
  datasetDelete: (id: number) => remove('/datasets/{id}', { at: { id } }),

  prices: (query: QueryOf<'/prices'>, o?: Get) => get('/prices', { query, ...o }),
  price: (id: number, o?: Get) => get('/prices/{id}', { at: { id }, ...o }),
  priceAdd: (body: BodyOf<'post', '/prices'>) => post('/prices', { body }),
  pricePut: (id: number, body: BodyOf<'patch', '/prices/{id}'>, etag: string | null) => patch('/prices/{id}', { at: { id }, body, etag }),
  priceDelete: (id: number) => remove('/prices/{id}', { at: { id } }),

  views: (query: QueryOf<'/views'>, o?: Get) => get('/views', { query, ...o }),
  viewAdd: (body: BodyOf<'post', '/views'>) => post('/views', { body }),
  viewPut: (id: number, body: BodyOf<'patch', '/views/{id}'>) => patch('/views/{id}', { at: { id }, body }),
  viewDelete: (id: number) => remove('/views/{id}', { at: { id } }),

  user: (id: number, o?: Get) => get('/users/{id}', { at: { id }, ...o }),
  users: (query: QueryOf<'/users'>, o?: Get) => get('/users', { query, ...o }),
  userAdd: (body: BodyOf<'post', '/users'>) => post('/users', { body }),
  userPut: (id: number, body: BodyOf<'patch', '/users/{id}'>, etag: string | null) => patch('/users/{id}', { at: { id }, body, etag }),
  userDelete: (id: number) => remove('/users/{id}', { at: { id } }),
  userLogout: (id: number) => post('/users/{id}/logout', { at: { id } }),
  passwordLinkMake: (id: number) => post('/users/{id}/password-link', { at: { id } }),
  passwordLinkWithdraw: (id: number) => remove('/users/{id}/password-link', { at: { id } }),
  authUser: (o?: Get) => get('/auth/me', { ...o }),
  mePut: (body: BodyOf<'patch', '/me'>) => patch('/me', { body }),
  sessions: (query: QueryOf<'/auth/sessions'>, o?: Get) => get('/auth/sessions', { query, ...o }),
  sessionEnd: (id: number) => remove('/auth/sessions/{id}', { at: { id } }),
  apiKeys: (query: QueryOf<'/api-keys'>, o?: Get) => get('/api-keys', { query, ...o }),
  apiKeyAdd: (body: BodyOf<'post', '/api-keys'>) => post('/api-keys', { body }),
  apiKeyDelete: (id: number) => remove('/api-keys/{id}', { at: { id } }),

  projects: (query: QueryOf<'/projects'>, o?: Get) => get('/projects', { query, ...o }),
  project: (id: number, o?: Get) => get('/projects/{id}', { at: { id }, ...o }),
  projectAdd: (body: BodyOf<'post', '/projects'>) => post('/projects', { body }),
  projectPut: (id: number, body: BodyOf<'patch', '/projects/{id}'>, etag: string | null) => patch('/projects/{id}', { at: { id }, body, etag }),
  projectDelete: (id: number) => remove('/projects/{id}', { at: { id } }),

  secrets: (query: QueryOf<'/secrets'>, o?: Get) => get('/secrets', { query, ...o }),
  secret: (id: number, o?: Get) => get('/secrets/{id}', { at: { id }, ...o }),
  secretUses: (id: number, o?: Get) => get('/secrets/{id}/uses', { at: { id }, ...o }),
  secretAdd: (body: BodyOf<'post', '/secrets'>) => post('/secrets', { body }),
  secretPut: (id: number, body: BodyOf<'patch', '/secrets/{id}'>, etag: string | null) => patch('/secrets/{id}', { at: { id }, body, etag }),
  secretDelete: (id: number) => remove('/secrets/{id}', { at: { id } }),
  secretKeys: (o?: Get) => get('/secrets/keys', { ...o }),
  secretsRotate: () => post('/secrets/rotate', {}),

  traceSources: (query: QueryOf<'/trace-sources'>, o?: Get) => get('/trace-sources', { query, ...o }),
  traceSource: (id: number, o?: Get) => get('/trace-sources/{id}', { at: { id }, ...o }),
  traceSourceAdd: (body: BodyOf<'post', '/trace-sources'>) => post('/trace-sources', { body }),
  traceSourcePut: (id: number, body: BodyOf<'patch', '/trace-sources/{id}'>, etag: string | null) => patch('/trace-sources/{id}', { at: { id }, body, etag }),
  traceSourceDelete: (id: number) => remove('/trace-sources/{id}', { at: { id } }),
  traceSync: (id: number, o?: Get) => get('/trace-sources/{id}/sync', { at: { id }, ...o }),
  traceSyncNow: (id: number) => post('/trace-sources/{id}/sync', { at: { id } }),
  tracePasses: (id: number, query: QueryOf<'/trace-sources/{id}/passes'>, o?: Get) => get('/trace-sources/{id}/passes', { at: { id }, query, ...o }),
  syncStatus: (o?: Get) => get('/sync/status', { ...o }),
  syncNow: () => post('/sync/trigger', {}),
  traces: (query: QueryOf<'/traces'>, o?: Get) => get('/traces', { query, ...o }),
  trace: (trace_id: string, query: QueryOf<'/traces/{trace_id}'>, o?: Get) => get('/traces/{trace_id}', { at: { trace_id }, query, ...o }),
  observation: (observation_id: string, query: QueryOf<'/observations/{observation_id}'>, o?: Get) => get('/observations/{observation_id}', { at: { observation_id }, query, ...o }),
  traceSessions: (query: QueryOf<'/traces/sessions'>, o?: Get) => get('/traces/sessions', { query, ...o }),
  traceDays: (query: QueryOf<'/traces/daily'>, o?: Get) => get('/traces/daily', { query, ...o }),
  traceModels: (query: QueryOf<'/traces/models'>, o?: Get) => get('/traces/models', { query, ...o }),
  observations: (query: QueryOf<'/observations'>, o?: Get) => get('/observations', { query, ...o }),
  agents: (query: QueryOf<'/agents'>, o?: Get) => get('/agents', { query, ...o }),

  audit: (query: QueryOf<'/audit'>, o?: Get) => get('/audit', { query, ...o }),
  auditVerify: (o?: Get) => get('/audit/verify', { ...o }),

  definitionsImport: (body: BodyOf<'post', '/definitions'>, dryRun: boolean) => ask('post', '/definitions', { query: { dry_run: dryRun || null }, body }).then((a) => a.data),

  engine: (o?: Get) => get('/engine', { ...o }),
  dead: (query: QueryOf<'/engine/dead'>, o?: Get) => get('/engine/dead', { query, ...o }),
  engineStop: () => post('/engine/stop', {}),
  engineStart: () => post('/engine/start', {}),

  calibrations: (query: QueryOf<'/calibrations'>, o?: Get) => get('/calibrations', { query, ...o }),
  calibrate: (streams: number, concurrency: number) => post('/calibrations', { body: { streams, concurrency } }),
};
