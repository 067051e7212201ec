// SPDX-License-Identifier: Apache-2.0
// Ctrl K: pages, actions, what has a name by it, and all else by number.
import { useEffect, useState } from 'preact/hooks';
import { href, navigate } from '../router';
import { useMay } from '../state/access';
import { setTheme } from '../state/settings';
import { automations as automationList, datasets as datasetList, loadtests as loadtestList, scenarios as scenarioList, views } from '../state/resources';
import { useStore } from '../state/store';
import { viewAddress } from '../views/query';
import { Dialog } from './dialog';
import { PAGE_KEYS, SHORTCUTS } from './keys';
import { numbered } from './numbered';

interface Entry { text: string; kind: string; keys?: string; admin?: boolean; go: () => void }

const go = (path: string) => () => navigate(href(path));

const FIXED: readonly Entry[] = [
  ...PAGE_KEYS.map(([keys, path, text]) => ({ text, kind: 'page', keys, go: go(path) })),
  { text: 'Failed runs', kind: 'page', go: () => navigate(href('/runs', { status: 'failed,timed_out' })) },
  { text: 'Trigger a run', kind: 'action', go: () => navigate(href('/runs', { dialog: 'trigger' })) },
  { text: 'New load test', kind: 'action', go: go('/loadtests/new') },
  { text: 'Train a target', kind: 'action', go: go('/training/new') },
  { text: 'Problems', kind: 'page', go: go('/training/problems') },
  { text: 'Make a problem', kind: 'action', go: go('/training/problems/new') },
  { text: 'Upload a dataset', kind: 'action', go: go('/datasets/new') },
  { text: 'Add a target', kind: 'action', go: go('/automations/new') },
  { text: 'Add a scenario', kind: 'action', go: go('/scenarios/new') },
  { text: 'Import definitions', kind: 'action', go: () => navigate(href('/settings', { dialog: 'import' })) },
  { text: 'Add a price', kind: 'action', go: go('/settings/prices/new') },
  { text: 'All traces', kind: 'page', go: go('/traces/list') },
  { text: 'Traces with errors', kind: 'page', go: () => navigate(href('/traces/list', { errors: 'true' })) },
  { text: 'Trace sources', kind: 'page', go: go('/traces/sources') },
  { text: 'Add a trace source', kind: 'action', go: go('/traces/sources/new') },
  { text: 'Account', kind: 'page', go: go('/settings/account') },
  { text: 'API keys', kind: 'page', go: go('/settings/api-keys') },
  { text: 'Make an API key', kind: 'action', go: go('/settings/api-keys/new') },
  ...([['Users', 'page', '/settings/users'], ['Projects', 'page', '/settings/projects'], ['Secrets', 'page', '/settings/secrets'], ['Audit log', 'page', '/settings/audit'], ['Add a user', 'action', '/settings/users/new'],
    ['Set a secret', 'action', '/settings/secrets/new']] as const).map(([text, kind, path]) => ({ text, kind, admin: true, go: go(path) })),
  { text: 'Theme: light', kind: 'action', go: () => setTheme('light') },
  { text: 'Theme: dark', kind: 'action', go: () => setTheme('dark') },
  { text: 'Theme: as the system', kind: 'action', go: () => setTheme('system') },
];

const MAX = 12;
const TYPING_MS = 120;

export function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const mark = text.trim().toLowerCase();
  const [asked, ask] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => ask(mark), TYPING_MS);
    return () => clearTimeout(timer);
  }, [mark]);
  const scenarios = useStore(asked ? scenarioList.of({ q: asked, limit: MAX }) : null).data ?? [];
  const automations = useStore(asked ? automationList.of({ q: asked, limit: MAX }) : null).data ?? [];
  const datasets = useStore(asked ? datasetList.of({ q: asked, limit: MAX }) : null).data ?? [];
  const loads = useStore(asked ? loadtestList.of({ q: asked, limit: MAX }) : null).data ?? [];
  const kept = useStore(asked ? views.of({ limit: 1000 }) : null).data ?? [];
  const admin = useMay('admin');
  const entries: Entry[] = [];
  entries.push(...numbered(mark).map(({ text: name, path }) => ({ text: name, kind: 'by number', go: go(path) })));
  entries.push(...FIXED.filter((e) => (admin || !e.admin) && e.text.toLowerCase().includes(mark)));
  if (mark) {
    entries.push(...scenarios.filter((s) => s.name.toLowerCase().includes(mark)).map((s) => ({ text: s.name, kind: 'scenario', go: go(`/scenarios/${s.id}`) })));
    entries.push(...automations.filter((a) => a.name.toLowerCase().includes(mark)).map((a) => ({ text: a.name, kind: 'automation', go: go(`/automations/${a.id}`) })));
    entries.push(...datasets.filter((d) => d.name.toLowerCase().includes(mark)).map((d) => ({ text: d.name, kind: 'dataset', go: go(`/datasets/${d.id}`) })));
    entries.push(...kept.filter((v) => v.name.toLowerCase().includes(mark)).map((v) => ({ text: v.name, kind: 'view', go: () => navigate(viewAddress(v)) })));
    entries.push(...loads.flatMap((t) => (t.plan.name?.toLowerCase().includes(mark) ? [{ text: t.plan.name, kind: 'load test', go: go(`/loadtests/${t.id}`) }] : [])));
  }
  const shown = entries.slice(0, MAX);
  const picked = Math.min(at, shown.length - 1);
  const take = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.go();
  };
  return (
    <Dialog title="Search" kind="palette" hideTitle onClose={onClose}>
      <input data-autofocus type="text" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-label="Search pages, actions, names, runs by number"
        aria-activedescendant={picked >= 0 ? `palette-${picked}` : undefined} placeholder="Page, action, name, or number" value={text} autoComplete="off" spellcheck={false}
        onInput={(e) => { setText(e.currentTarget.value); setAt(0); }}
        onKeyDown={(e) => {
          if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
            e.preventDefault();
            setAt((picked + (e.key === 'ArrowDown' ? 1 : shown.length - 1)) % Math.max(1, shown.length));
          } else if (e.key === 'Enter') {
            e.preventDefault();
            take(shown[picked]);
          }
        }} />
      <ul id="palette-list" role="listbox" aria-label="Results">
        {shown.map((e, i) => (
          <li key={`${e.kind} ${e.text}`} id={`palette-${i}`} role="option" aria-selected={i === picked} onMouseMove={() => setAt(i)} onClick={() => take(e)}>
            <span>{e.text}</span><span class="note">{e.keys ? <kbd>{e.keys}</kbd> : e.kind}</span>
          </li>
        ))}
      </ul>
      {shown.length === 0 && <p class="note palette-none">Nothing is called so. A number opens that run; “load test 3”, “scenario 3” and so on open these.</p>}
    </Dialog>
  );
}

export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      {/* longer than a window: keys scroll it */}
      <div class="dialog-body bare-body" tabIndex={0} role="group" aria-label="Keys">
        <dl class="shortcuts">
          {SHORTCUTS.map(([keys, what]) => <div key={keys}><dt><kbd>{keys}</kbd></dt><dd>{what}</dd></div>)}
        </dl>
      </div>
    </Dialog>
  );
}
