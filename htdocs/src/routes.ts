// SPDX-License-Identifier: Apache-2.0
// Which page stands at which path; each is a chunk of its own. The build reads this table too (vite.config.ts): the server names a page's
// chunks in the very document, so that they come together with the frame.
import type { ComponentType } from 'preact';
import type { Place } from './router';
import { about, engine, me, syncStatus } from './state/resources';

export type Page = ComponentType<{ id: string | null }>;
export interface Route {
  /** `#` is a number: the page's id, as is a last "new" */
  paths: readonly string[];
  title: string;
  /** without the frame */
  alone?: true;
  /** what the page asks first where nothing is filtered, as path and query below `api/v1`: asked for before its scripts are there */
  first?: readonly string[];
  load: () => Promise<PageModule>;
}
/** What a page's module has: the page, and what it shows at a place, to be asked for before it is drawn. */
interface PageModule { default: Page; shows?: (place: Place) => Promise<unknown> }

export const ROUTES: readonly Route[] = [
  { paths: ['/'], title: 'Overview', first: ['/runs/kpis/dashboard?from=now-24h&to=now'], load: () => import('./pages/overview/overview') },
  { paths: ['/runs'], title: 'Runs', first: ['/runs?view=summary&limit=50'], load: () => import('./pages/runs/runs') },
  { paths: ['/runs/#'], title: 'Run', load: () => import('./pages/run/run') },
  { paths: ['/kpis'], title: 'KPIs', first: [
    '/kpis/series?from=now-7d&to=now&metric=e2e_ms&source=run&quantiles=0.5%2C0.95%2C0.99&max_points=200',
    '/kpis?from=now-7d&to=now&metric=e2e_ms&source=run&quantiles=0.5%2C0.95%2C0.99&apdex_t=500',
  ], load: () => import('./pages/kpis/kpis') },
  { paths: ['/compare'], title: 'Compare', load: () => import('./pages/compare/compare') },
  { paths: ['/loadtests'], title: 'Load tests', first: ['/loadtests?limit=50'], load: () => import('./pages/loadtests/loadtests') },
  { paths: ['/loadtests/new'], title: 'New load test', load: () => import('./pages/loadtests/new_loadtest') },
  { paths: ['/loadtests/#'], title: 'Load test', load: () => import('./pages/loadtests/loadtest') },
  { paths: ['/training'], title: 'Training', first: ['/training/sessions?limit=50'], load: () => import('./pages/training/trainings') },
  { paths: ['/training/new'], title: 'New training session', load: () => import('./pages/training/new_training') },
  { paths: ['/training/compare'], title: 'Compare sessions', load: () => import('./pages/training/compare_sessions') },
  { paths: ['/training/#'], title: 'Training session', load: () => import('./pages/training/training') },
  { paths: ['/training/problems', '/training/problems/new'], title: 'Problems', load: () => import('./pages/training/problems') },
  { paths: ['/training/problems/#'], title: 'Problem', load: () => import('./pages/training/problem') },
  { paths: ['/automations', '/automations/#', '/automations/new'], title: 'Automations', first: ['/automations?limit=50'], load: () => import('./pages/automations/automations') },
  { paths: ['/scenarios', '/scenarios/#', '/scenarios/new'], title: 'Scenarios', first: ['/scenarios?limit=50', '/runs/kpis/dashboard?from=now-24h&to=now'], load: () => import('./pages/scenarios/scenarios') },
  { paths: ['/datasets', '/datasets/new'], title: 'Datasets', load: () => import('./pages/datasets/datasets') },
  { paths: ['/datasets/#'], title: 'Dataset', load: () => import('./pages/datasets/dataset') },
  { paths: ['/traces'], title: 'Sessions of traces', first: ['/traces/sessions?limit=50', '/trace-sources?limit=1000'], load: () => import('./pages/traces/sessions') },
  { paths: ['/traces/list'], title: 'Traces', first: ['/traces?view=summary&limit=50', '/trace-sources?limit=1000'], load: () => import('./pages/traces/traces') },
  { paths: ['/traces/session'], title: 'Session of traces', load: () => import('./pages/traces/session') },
  { paths: ['/traces/trace'], title: 'Trace', load: () => import('./pages/traces/trace') },
  { paths: ['/traces/daily'], title: 'Traces by day', first: ['/traces/daily?days=30', '/traces/models?days=30'], load: () => import('./pages/traces/daily') },
  { paths: ['/traces/sources', '/traces/sources/new'], title: 'Trace sources', load: () => import('./pages/traces/sources') },
  { paths: ['/traces/sources/#'], title: 'Trace source', load: () => import('./pages/traces/source') },
  { paths: ['/agents'], title: 'Agents', first: ['/agents?days=30'], load: () => import('./pages/agents/agents') },
  { paths: ['/agents/agent'], title: 'Agent', load: () => import('./pages/agents/agent') },
  { paths: ['/engine'], title: 'Engine', load: () => import('./pages/engine/engine') },
  { paths: ['/api-docs'], title: 'API', load: () => import('./pages/api/api') },
  { paths: ['/settings', '/settings/prices/#', '/settings/prices/new'], title: 'Settings', load: () => import('./pages/settings/settings') },
  { paths: ['/settings/account'], title: 'Account', load: () => import('./pages/access/account') },
  { paths: ['/settings/api-keys', '/settings/api-keys/new'], title: 'API keys', load: () => import('./pages/access/api_keys') },
  { paths: ['/settings/users', '/settings/users/#', '/settings/users/new'], title: 'Users', load: () => import('./pages/access/users') },
  { paths: ['/settings/projects', '/settings/projects/#', '/settings/projects/new'], title: 'Projects', load: () => import('./pages/access/projects') },
  { paths: ['/settings/secrets', '/settings/secrets/#', '/settings/secrets/new'], title: 'Secrets', load: () => import('./pages/access/secrets') },
  { paths: ['/settings/audit'], title: 'Audit log', load: () => import('./pages/access/audit') },
  { paths: ['/login'], title: 'Sign in', alone: true, load: () => import('./pages/login/login') },
  { paths: ['/setup'], title: 'Set your password', alone: true, load: () => import('./pages/login/setup') },
];

export const routeOf = (path: string): Route | undefined => {
  const pattern = path.replace(/\/\d+(?=\/|$)/g, '/#');
  return ROUTES.find((r) => r.paths.includes(pattern));
};

/** What a path says of which: a number, or "new". */
export const idOf = (path: string): string | null => /\/(\d+|new)$/.exec(path)?.[1] ?? null;

const pages = new Map<Route, Page>();

/** The page, if its chunk is there. */
export const pageOf = (route: Route): Page | undefined => pages.get(route);

async function fetchPage(route: Route): Promise<PageModule> {
  const module = await route.load();
  pages.set(route, module.default);
  return module;
}

/** Fetches the chunk of a path's page. Rejects if it is not to be had. */
export async function loadPage(path: string): Promise<PageModule | null> {
  const route = routeOf(path);
  return route ? fetchPage(route) : null;
}

/** Fetches what a place shows, for somebody who is about to go there. Never rejects: who goes there is told. */
export const warm = async (place: Place): Promise<void> => loadPage(place.path).then((module) => module?.shows?.(place)).then(() => undefined, () => undefined);

/** Fetches the chunks of all pages, one after the other, so that no click has to wait for one. Never rejects. */
export async function loadAll(): Promise<void> {
  for (const route of ROUTES) if (!pages.has(route)) await fetchPage(route).catch(() => undefined);
}

/** The same for the first page of a visit, with what it shows. Rejects if the chunk is not to be had. */
export async function loadFirst(place: Place): Promise<void> {
  const module = await loadPage(place.path);
  const figures = module?.shows?.(place);
  // of the frame, behind the figures; nobody waits for it
  if (!routeOf(place.path)?.alone) for (const store of [me, engine, about, syncStatus]) void store.prime();
  await figures;
}
