// SPDX-License-Identifier: Apache-2.0
// The frame: sidebar, routes, palette, shortcuts. Each page is a chunk of its own.
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ApiError } from './api/client';
import { compact } from './format/number';
import { duration } from './format/duration';
import { href, navigate, usePlace } from './router';
import { about, engine, me } from './state/resources';
import { endSession, hasSession, signInAddress, watchSession } from './state/session';
import { setTheme, type Theme, theme } from './state/settings';
import { useStore } from './state/store';
import { isOutdated, watchVersion } from './state/version';
import { Banners } from './ui/banners';
import { PAGE_KEYS, useKeys } from './ui/keys';
import { Link } from './ui/link';
import { Palette, ShortcutSheet } from './ui/palette';
import { Boundary, Failure } from './ui/panel';
import { Toasts, toastError } from './ui/toast';

type Page = ComponentType<{ id: string | null }>;
interface Route { match: RegExp; title: string; load: () => Promise<{ default: Page }> }

const ROUTES: readonly Route[] = [
  { match: /^\/$/, title: 'Overview', load: () => import('./pages/overview/overview') },
  { match: /^\/runs$/, title: 'Runs', load: () => import('./pages/runs/runs') },
  { match: /^\/runs\/(\d+)$/, title: 'Run', load: () => import('./pages/run/run') },
  { match: /^\/kpis$/, title: 'KPIs', load: () => import('./pages/kpis/kpis') },
  { match: /^\/compare$/, title: 'Compare', load: () => import('./pages/compare/compare') },
  { match: /^\/loadtests$/, title: 'Load tests', load: () => import('./pages/loadtests/loadtests') },
  { match: /^\/loadtests\/new$/, title: 'New load test', load: () => import('./pages/loadtests/new_loadtest') },
  { match: /^\/loadtests\/(\d+)$/, title: 'Load test', load: () => import('./pages/loadtests/loadtest') },
  { match: /^\/automations(?:\/(\d+|new))?$/, title: 'Automations', load: () => import('./pages/automations/automations') },
  { match: /^\/scenarios(?:\/(\d+|new))?$/, title: 'Scenarios', load: () => import('./pages/scenarios/scenarios') },
  { match: /^\/datasets(?:\/(new))?$/, title: 'Datasets', load: () => import('./pages/datasets/datasets') },
  { match: /^\/datasets\/(\d+)$/, title: 'Dataset', load: () => import('./pages/datasets/dataset') },
  { match: /^\/engine$/, title: 'Engine', load: () => import('./pages/engine/engine') },
  { match: /^\/api-docs$/, title: 'API', load: () => import('./pages/api/api') },
  { match: /^\/settings(?:\/prices\/(\d+|new))?$/, title: 'Settings', load: () => import('./pages/settings/settings') },
  { match: /^\/login$/, title: 'Sign in', load: () => import('./pages/login/login') },
];

const NAV: readonly (readonly (readonly [path: string, word: string])[])[] = [
  [['/', 'Overview'], ['/runs', 'Runs'], ['/kpis', 'KPIs'], ['/compare', 'Compare'], ['/loadtests', 'Load tests']],
  [['/automations', 'Automations'], ['/scenarios', 'Scenarios'], ['/datasets', 'Datasets']],
  [['/engine', 'Engine'], ['/api-docs', 'API'], ['/settings', 'Settings']],
];

const pages = new Map<Route, Page>();
const OUTDATED = new ApiError('version', 0, { title: 'This page is of another version', detail: 'The server has been upgraded since this tab was opened. Reload it to go on.' }, null, null);

watchSession();
watchVersion();

function Routed({ path }: { path: string }) {
  const [, redraw] = useState(0);
  const [failed, setFailed] = useState<ApiError | null>(null);
  const route = ROUTES.find((r) => r.match.test(path));
  const page = route ? pages.get(route) : undefined;
  const load = () => {
    if (!route || page) return;
    setFailed(null);
    route.load().then((m) => { pages.set(route, m.default); redraw((n) => n + 1); },
      // an upgrade takes the old parts away
      () => void isOutdated().then((is) => setFailed(is ? OUTDATED : new ApiError('network', 0, { detail: 'This page could not be loaded.' }, null, null))));
  };
  useEffect(load, [route]);
  useEffect(() => {
    const id = route?.match.exec(path)?.[1];
    document.title = `${route ? `${route.title}${id ? ` ${id}` : ''}` : 'Not found'} · Benchmark`;
  }, [path, route]);
  if (!route) {
    return <><header class="top"><h1>Not found</h1></header><div class="empty"><p class="empty-title">There is no page at {path}.</p><p><Link to="/">To the overview</Link></p></div></>;
  }
  if (failed) return <><header class="top"><h1>{route.title}</h1></header><Failure error={failed} retry={failed === OUTDATED ? undefined : () => location.reload()} /></>;
  const Found = page;
  return Found ? <Boundary what="page" at={path}><Found id={route.match.exec(path)?.[1] ?? null} /></Boundary> : <div class="page-wait" />;
}

function EngineCard() {
  const state = useStore(engine);
  const e = state.data;
  const alive = e?.engines.filter((n) => n.state === 'running').length ?? 0;
  const word = !e ? (state.error ? 'unknown' : '…') : e.stopped ? 'stopped' : alive === 0 ? 'not running' : 'running';
  const tone = !e ? 'quiet' : e.stopped || alive === 0 ? 'bad' : 'ok';
  return (
    <Link to="/engine" class="engine-card">
      <span class="engine-line"><span>Engine</span><span class={`tone-${tone}`}><span aria-hidden="true">{tone === 'ok' ? '▸ ' : tone === 'bad' ? '■ ' : ''}</span>{word}</span></span>
      <span class="note">{e ? `${compact(e.queue.running)} running · ${compact(e.queue.pending)} queued` : '\u00a0'}</span>
      {e?.queue.oldest_pending_seconds != null && e.queue.oldest_pending_seconds > 5 && <span class="note">oldest waits {duration(e.queue.oldest_pending_seconds * 1000)}</span>}
    </Link>
  );
}

function Sidebar({ path, search }: { path: string; search: () => void }) {
  const project = useStore(about).data?.project;
  const user = useStore(me).data;
  const [chosen, choose] = useState<Theme>(theme());
  const here = (to: string) => (to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`));
  return (
    <>
      <div class="brand"><svg width="20" height="20" viewBox="0 0 32 32" aria-hidden="true"><path d="M4 24V18M10 24V12M16 24V6M22 24V14M28 24V4" stroke="currentColor" stroke-width="3.4" stroke-linecap="round" /></svg>
        <span><b>Benchmark</b><span class="note">{project ?? '\u00a0'}</span></span></div>
      <button type="button" class="search-button" onClick={search}><span>Search</span><kbd>Ctrl K</kbd></button>
      <nav aria-label="Pages">
        {NAV.map((group, i) => (
          <ul key={i}>{group.map(([to, word]) => <li key={to}><Link to={to} aria-current={here(to) ? 'page' : undefined}>{word}</Link></li>)}</ul>
        ))}
      </nav>
      <div class="sidebar-foot">
        <EngineCard />
        <div class="foot-row">
          <label class="theme"><span class="sr">Theme</span>
            <select value={chosen} onChange={(e) => { const next = e.currentTarget.value as Theme; choose(next); setTheme(next); }}>
              <option value="system" selected={chosen === 'system'}>System theme</option><option value="light" selected={chosen === 'light'}>Light</option><option value="dark" selected={chosen === 'dark'}>Dark</option>
            </select></label>
          {user && <span class="note" title={`role ${user.role}`}>{user.user ?? 'anonymous'}</span>}
        </div>
        {user?.user != null && hasSession() && <button type="button" class="ghost" onClick={() => endSession().catch((e: unknown) => toastError('Not signed out', e))}>Sign out</button>}
        {user?.user === null && user.role !== 'admin' && <a class="button ghost" href={signInAddress()}>Sign in</a>}
      </div>
    </>
  );
}

export function App() {
  const { path } = usePlace();
  const [overlay, setOverlay] = useState<'palette' | 'keys' | null>(null);
  const [menu, setMenu] = useState(false);
  useEffect(() => setMenu(false), [path]);
  const to = (page: string) => () => navigate(href(page));
  useKeys({
    'ctrl+k': () => setOverlay('palette'),
    '?': () => setOverlay('keys'),
    ...Object.fromEntries(PAGE_KEYS.map(([keys, page]) => [keys, to(page)])),
  });
  const close = () => setOverlay(null);
  if (path === '/login') return <main id="main" class="alone"><Routed path={path} /></main>;
  return (
    <>
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); document.querySelector<HTMLElement>('#main')?.focus(); }}>To the content</a>
      <header class="menu-bar">
        <button type="button" class="ghost" aria-expanded={menu} aria-controls="sidebar" onClick={() => setMenu(!menu)}>Menu</button>
        <b>Benchmark</b>
        <button type="button" class="ghost" onClick={() => setOverlay('palette')}>Search</button>
      </header>
      <aside id="sidebar" class={menu ? 'open' : ''} aria-label="Sidebar"><Boundary what="sidebar"><Sidebar path={path} search={() => setOverlay('palette')} /></Boundary></aside>
      <main id="main" tabIndex={-1}>
        <Banners />
        <Routed path={path} />
      </main>
      <Toasts />
      {overlay === 'palette' && <Palette onClose={close} />}
      {overlay === 'keys' && <ShortcutSheet onClose={close} />}
    </>
  );
}
