// SPDX-License-Identifier: Apache-2.0
// Keys of programs. A new one is shown once, with a command to try it.
import { useEffect, useState } from 'preact/hooks';
import { type ApiError, api } from '../../api/client';
import type { ApiKey, ApiKeyInput, Me, Scope } from '../../api/types';
import { base } from '../../base';
import { href, navigate, type Place, setGuard, setParams, usePlace } from '../../router';
import { useMay } from '../../state/access';
import { me } from '../../state/resources';
import { useStore } from '../../state/store';
import { useNow } from '../../state/settings';
import { Copy, curl, shellQuote } from '../../ui/copy';
import { Confirm, Dialog } from '../../ui/dialog';
import { fieldError, focusMistake, FormError, SelectField, TextField } from '../../ui/form';
import { useKeys } from '../../ui/keys';
import { Empty, Loaded, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { Pill } from '../../ui/state';
import { Table } from '../../ui/table';
import { toast, toastError } from '../../ui/toast';
import { asError, Pager, ProjectsField, When } from './parts';
import { Sections } from './sections';
import { apiKeys } from './stores';

const PAGE = 50;
const BACK = '/settings/api-keys';
const DAY_MS = 86_400_000;
const SOON_MS = 14 * DAY_MS;

const KEY_ROLES: readonly (readonly [ApiKey['role'], string])[] = [['viewer', 'viewer: sees'], ['operator', 'operator: also makes, changes and runs'], ['admin', 'admin: all that you may']];
const SCOPES: readonly (readonly [Scope, string])[] = [['read', 'what only reads'], ['run', 'start and stop runs and load tests; gates'], ['write', 'make and change objects'], ['admin', 'delete, stop the engine, manage users'], ['push', 'send traces']];
const LASTS = [['30', '30 days'], ['90', '90 days'], ['365', 'a year'], ['day', 'until a day'], ['', 'until it is revoked']] as const;
type Lasts = (typeof LASTS)[number][0];

interface Form { name: string; role: ApiKey['role']; all: boolean; scopes: readonly Scope[]; lasts: Lasts; day: string; projects: readonly number[] | null }

const bodyOf = (f: Form, now: number): ApiKeyInput => ({
  name: f.name.trim(), role: f.role, scopes: f.all ? null : [...f.scopes], ...(f.projects === null ? {} : { projects: [...f.projects] }),
  expires_at: f.lasts === '' ? null : f.lasts === 'day' ? (/^\d{4}-\d{2}-\d{2}$/.test(f.day.trim()) ? `${f.day.trim()}T00:00:00Z` : f.day.trim()) : new Date(now + Number(f.lasts) * DAY_MS).toISOString(),
});

const KEEP = 'The key is not shown again. Leave it?';

/** What was made: the one time that it can be seen. */
function Shown({ made, copied, onCopied }: { made: { key: string; api_key: ApiKey }; copied: boolean; onCopied: () => void }) {
  const command = `curl -sS -H ${shellQuote(`Authorization: Bearer ${made.key}`)} ${shellQuote(`${location.origin}${base}api/v1/me`)}`;
  return (
    <div class="dialog-body made" role="status">
      <p><strong>{made.api_key.name}</strong> is made. This is the only time that the key is shown: put it where its program reads secrets from.</p>
      <div class="once"><code>{made.key}</code><Copy class="primary" label="Copy the key" text={() => { onCopied(); return made.key; }}>Copy</Copy></div>
      <p class="note">{copied ? 'It is in the clipboard of this computer.' : 'The server keeps a hash of it alone. Who loses it makes another one.'}</p>
      <h3>Try it</h3>
      <div class="once"><code>{command}</code><Copy label="Copy the command" text={() => { onCopied(); return command; }}>Copy</Copy></div>
      <p class="note">“Copy as curl” on other pages says <code>$TOKEN</code>: <code>export TOKEN={made.key.slice(0, 12)}…</code></p>
    </div>
  );
}

function Make({ who, onClose }: { who: Me | undefined; onClose: () => void }) {
  const [f, setForm] = useState<Form>({ name: '', role: 'viewer', all: true, scopes: ['read'], lasts: '90', day: '', projects: null });
  const [made, setMade] = useState<{ key: string; api_key: ApiKey } | null>(null);
  const [copied, setCopied] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const set = (change: Partial<Form>) => setForm({ ...f, ...change });
  const lost = made !== null && !copied;
  useEffect(() => {
    setGuard(lost ? () => KEEP : null);
    return () => setGuard(null);
  }, [lost]);
  const mayClose = () => { if (lost && !confirm(KEEP)) return false; setGuard(null); return true; };
  const rank = KEY_ROLES.findIndex(([r]) => r === who?.role);
  const roles = rank < 0 ? KEY_ROLES : KEY_ROLES.slice(0, rank + 1);
  const send = async () => {
    setBusy(true);
    setError(null);
    try {
      setMade(await api.apiKeyAdd(bodyOf(f, Date.now())));
      apiKeys.refresh();
    } catch (e) {
      setError(asError(e));
      focusMistake('dialog form.editor');
    }
    setBusy(false);
  };
  const scopeError = fieldError(error, '/scopes');
  if (made) {
    return (
      <Dialog title="Keep this key" onClose={onClose} mayClose={mayClose} kind="sheet">
        <Shown made={made} copied={copied} onCopied={() => setCopied(true)} />
        <footer class="dialog-foot"><button type="button" data-autofocus class={copied ? 'primary' : ''} onClick={() => { if (mayClose()) onClose(); }}>I have it</button></footer>
      </Dialog>
    );
  }
  return (
    <Dialog title="Make an API key" kind="sheet" onClose={onClose}>
      <form class="editor" onSubmit={(e) => { e.preventDefault(); if (!busy) void send(); }}
        onKeyDown={(e) => { if ((e.ctrlKey || e.metaKey) && e.key === 's') { e.preventDefault(); e.currentTarget.requestSubmit(); } }}>
        <div class="dialog-body">
          <FormError error={error} known={['/name', '/role', '/scopes', '/expires_at', '/projects']} word="Not made." />
          <p class="lead">For a program that asks in your name: it can do no more than you, and ends with your account.</p>
          <TextField label="What it is for" value={f.name} onValue={(name) => set({ name })} input={{ 'data-autofocus': true, required: true, maxLength: 200, placeholder: 'nightly build' }} error={fieldError(error, '/name')} />
          <SelectField label="Role" value={f.role} onValue={(role) => set({ role })} options={roles} error={fieldError(error, '/role')} />
          <fieldset class={`bare scopes ${scopeError ? 'wrong' : ''}`}>
            <legend>May be used for</legend>
            <label class="tick"><input type="radio" name="scopes" checked={f.all} onChange={() => set({ all: true })} /><span>everything that the role may do</span></label>
            <label class="tick"><input type="radio" name="scopes" checked={!f.all} onChange={() => set({ all: false })} /><span>only these scopes <span class="note">each stands for itself</span></span></label>
            {!f.all && <div class="inset">{SCOPES.map(([scope, what]) => (
              <label class="tick" key={scope}><input type="checkbox" checked={f.scopes.includes(scope)} onChange={(e) => set({ scopes: SCOPES.map(([s]) => s).filter((s) => (s === scope ? e.currentTarget.checked : f.scopes.includes(s))) })} /><span>{scope} <span class="note">{what}</span></span></label>
            ))}</div>}
            {scopeError && <p class="error" role="alert">{scopeError}</p>}
          </fieldset>
          <ProjectsField legend="Sees" all="all that you see" value={f.projects} onValue={(projects) => set({ projects })} error={fieldError(error, '/projects')} />
          <div class="columns">
            <SelectField label="Good for" value={f.lasts} onValue={(lasts) => set({ lasts })} options={LASTS} error={f.lasts === 'day' ? undefined : fieldError(error, '/expires_at')} />
            {f.lasts === 'day' && <TextField label="Day (UTC)" value={f.day} onValue={(day) => set({ day })} input={{ placeholder: '2027-01-31', required: true }} help="It ends as that day begins." error={fieldError(error, '/expires_at')} />}
          </div>
        </div>
        <footer class="dialog-foot"><Copy class="ghost" text={() => curl('POST', '/api-keys', bodyOf(f, Date.now()))}>Copy as curl</Copy><span class="grow" />
          <button type="submit" class="primary" disabled={busy || f.name.trim() === '' || f.projects?.length === 0 || (!f.all && f.scopes.length === 0)}>Make the key</button></footer>
      </form>
    </Dialog>
  );
}

function KeyState({ of: k }: { of: ApiKey }) {
  const now = useNow(60_000);
  const left = k.expires_at ? Date.parse(k.expires_at) - now : Infinity;
  if (left <= 0) return <Pill tone="bad" sign="■">expired</Pill>;
  if (left < SOON_MS) return <Pill tone="warn" sign="◑">{left < DAY_MS ? 'ends today' : `${Math.floor(left / DAY_MS)} d left`}</Pill>;
  return <Pill tone="ok" sign="✓">active</Pill>;
}

const queryAt = ({ params }: Place) => ({ all: params.get('all') === 'true' ? true : null, after: params.get('after'), limit: PAGE });

export async function shows(at: Place): Promise<void> {
  await Promise.all([me.prime(), apiKeys.of(queryAt(at)).prime()]);
}

export default function ApiKeys({ id }: { id: string | null }) {
  const at = usePlace();
  const admin = useMay('admin');
  const who = useStore(me).data;
  const query = queryAt(at);
  const store = apiKeys.of(query);
  const state = useStore(store);
  const [asked, ask] = useState<ApiKey | null>(null);
  const person = who === undefined || (who.user !== null && who.credential !== 'key');
  const make = () => navigate(href(`${BACK}/new`));
  useKeys({ n: person ? make : undefined });
  const revoke = async (k: ApiKey) => {
    try {
      await api.apiKeyDelete(k.id);
      toast(`Revoked ${k.name}`);
    } catch (error) {
      toastError('Not revoked', error);
    }
    ask(null);
    apiKeys.refresh();
  };
  return (
    <>
      <Top title="API keys">{person && <button type="button" class="primary" onClick={make}>Make a key</button>}</Top>
      <Sections />
      {!person && <p class="banner info" role="note">An API key belongs to a person, and nobody is signed in. {who?.user === null && 'Sign in to make one.'}</p>}
      {admin && <div class="filters"><div class="chips" role="group" aria-label="Whose">
        <button type="button" class="chip" aria-pressed={!query.all} onClick={() => setParams({ all: null, after: null })}>Yours</button>
        <button type="button" class="chip" aria-pressed={query.all === true} onClick={() => setParams({ all: 'true', after: null })}>Everybody’s</button>
      </div></div>}
      <section class="panel list" aria-label="API keys">
        <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={4} />}>
          {(list) => (list.length === 0 ? (
            <Empty title={at.params.get('after') ? 'No more keys' : query.all ? 'Nobody has an API key' : 'You have no API key'}>
              {at.params.get('after') ? <button type="button" onClick={() => setParams({ after: null })}>To the first</button>
                : <><p>Programs show a key instead of a password: with a role, scopes and an end of its own, and revoked without touching anything else.</p>{person && <button type="button" class="primary" onClick={make}>Make a key</button>}</>}
            </Empty>
          ) : (
            <Table keys rows={list} id={(k) => k.id} caption="API keys" columns={[
              { head: 'For', class: 'name', cell: (k) => k.name },
              { head: 'Begins', class: 'mono mid', cell: (k) => `bmk_${k.prefix}_…` },
              ...(query.all ? [{ head: 'User', class: 'name', cell: (k: ApiKey) => k.user }] : []),
              { head: 'Role', class: 'mid', cell: (k) => k.role },
              { head: 'Scopes', class: 'mid', cell: (k) => (k.scopes ? k.scopes.join(', ') : 'all') },
              { head: 'State', cell: (k) => <KeyState of={k} /> },
              { head: 'Expires', class: 'time', cell: (k) => <When at={k.expires_at} /> },
              { head: 'Last used', class: 'time mid', cell: (k) => <When at={k.last_used_at} /> },
              { head: 'Revoke', class: 'act', cell: (k) => <button type="button" class="small" aria-label={`Revoke ${k.name}`} onClick={() => ask(k)}>Revoke</button> },
            ]} />
          ))}
        </Loaded>
        <Pager rows={state.data} next={state.next} one="key"><Copy class="ghost" text={() => curl('GET', `/api-keys?limit=${PAGE}${query.all ? '&all=true' : ''}`)}>Copy as curl</Copy></Pager>
      </section>
      {id === 'new' && person && <Make who={who} onClose={() => navigate(href(BACK))} />}
      {asked && <Confirm title={`Revoke ${asked.name}?`} action="Revoke it" onClose={() => ask(null)} onConfirm={() => revoke(asked)}>
        <p>The key <code>bmk_{asked.prefix}_…</code>{query.all ? <> of <strong>{asked.user}</strong></> : ''} is worth nothing from then on, within seconds on every node. {asked.last_used_at ? <>It was last used <When at={asked.last_used_at} />.</> : 'It was never used.'}</p></Confirm>}
    </>
  );
}
