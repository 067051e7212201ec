// SPDX-License-Identifier: Apache-2.0
// The frame: sidebar, page, palette, shortcuts.
import { useEffect, useState } from 'preact/hooks';
import { ApiError } from './api/client';
import { compact } from './format/number';
import { duration } from './format/duration';
import { href, isAlone, navigate, usePlace } from './router';
import { idOf, loadPage, pageOf, routeOf } from './routes';
import { about, engine, me } from './state/resources';
import { endSession, signInAddress } from './state/session';
import { setTheme, type Theme, theme } from './state/settings';
import { useStore } from './state/store';
import { isOutdated } from './state/version';
import { Banners } from './ui/banners';
import { PAGE_KEYS, useKeys } from './ui/keys';
import { Link } from './ui/link';
import { Palette, ShortcutSheet } from './ui/palette';
import { Boundary, Failure } from './ui/panel';
import { SyncCard } from './ui/sync_card';
import { Toasts, toastError } from './ui/toast';

const NAV: readonly (readonly (readonly [path: string, word: string])[])[] = [
  [['/', 'Overview'], ['/runs', 'Runs'], ['/kpis', 'KPIs'], ['/compare', 'Compare'], ['/loadtests', 'Load tests'], ['/training', 'Training']],
  [['/automations', 'Automations'], ['/scenarios', 'Scenarios'], ['/datasets', 'Datasets']],
  [['/traces', 'Traces'], ['/agents', 'Agents']],
  [['/engine', 'Engine'], ['/api-docs', 'API'], ['/settings', 'Settings']],
];

const OUTDATED = new ApiError('version', 0, { title: 'This page is of another version', detail: 'The server has been upgraded since this tab was opened. Reload it to go on.' }, null, null);

function Routed({ path }: { path: string }) {
  const [, redraw] = useState(0);
  const [failed, setFailed] = useState<ApiError | null>(null);
  const route = routeOf(path);
  const Found = route && pageOf(route);
  const id = idOf(path);
  useEffect(() => {
    setFailed(null);
    if (!Found) {
      loadPage(path).then(() => redraw((n) => n + 1),
        // an upgrade takes the old parts away
        () => void isOutdated().then((is) => setFailed(is ? OUTDATED : new ApiError('network', 0, { detail: 'This page could not be loaded.' }, null, null))));
    }
  }, [route]);
  useEffect(() => {
    document.title = `${route ? `${route.title}${id && id !== 'new' ? ` ${id}` : ''}` : 'Not found'} · Benchmark`;
  }, [path, route]);
  if (!route) {
    return <><header class="top"><h1>Not found</h1></header><div class="empty"><p class="empty-title">There is no page at {path}.</p><p><Link to="/">To the overview</Link></p></div></>;
  }
  if (failed) return <><header class="top"><h1>{route.title}</h1></header><Failure error={failed} retry={failed === OUTDATED ? undefined : () => location.reload()} /></>;
  return Found ? <Boundary what="page" at={path}><Found id={id} /></Boundary> : <Waiting title={route.title} />;
}

/** The place of a page whose chunk is on its way. */
function Waiting({ title }: { title: string }) {
  return <><header class="top"><div class="top-title"><h1>{title}</h1></div></header><div class="page-wait" /></>;
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
      <span class="note">{e ? `${compact(e.queue.running)} running · ${compact(e.queue.pending)} queued` : '… running · … queued'}</span>
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
      <SyncCard />
      <div class="sidebar-foot">
        <EngineCard />
        <div class="foot-row">
          <label class="theme"><span class="sr">Theme</span>
            <select value={chosen} onChange={(e) => { const next = e.currentTarget.value as Theme; choose(next); setTheme(next); }}>
              <option value="system" selected={chosen === 'system'}>System theme</option><option value="light" selected={chosen === 'light'}>Light</option><option value="dark" selected={chosen === 'dark'}>Dark</option>
            </select></label>
          {user && <span class="note" title={`role ${user.role}`}>{user.user ?? 'anonymous'}</span>}
        </div>
        {user?.credential === 'session' && <button type="button" class="ghost" onClick={() => endSession().catch((e: unknown) => toastError('Not signed out', e))}>Sign out</button>}
        {user?.user === null && user.role !== 'admin' && <a class="button ghost" href={signInAddress()}>Sign in</a>}
      </div>
    </>
  );
}

/** `waiting`: no page, only its title (shell.tsx). */
export function App({ waiting }: { waiting?: string }) {
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
  if (isAlone(path)) return <main id="main" class="alone"><Routed path={path} /></main>;
  return (
    <>
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); document.querySelector<HTMLElement>('#main')?.focus(); }}>To the content</a>
      <header class="menu-bar">
        <button type="button" class="ghost" aria-expanded={menu} aria-controls="sidebar" onClick={() => setMenu(!menu)}>Menu</button>
        <b>Benchmark</b>
        <button type="button" class="ghost" onClick={() => setOverlay('palette')}>Search</button>
      </header>
      <aside id="sidebar" class={menu ? 'open' : ''} aria-label="Sidebar"><Boundary what="sidebar"><Sidebar path={waiting === undefined ? path : ''} search={() => setOverlay('palette')} /></Boundary></aside>
      <main id="main" tabIndex={-1}>
        <Banners />
        {waiting === undefined ? <Routed path={path} /> : <Waiting title={waiting} />}
      </main>
      <Toasts />
      {overlay === 'palette' && <Palette onClose={close} />}
      {overlay === 'keys' && <ShortcutSheet onClose={close} />}
    </>
  );
}
