// SPDX-License-Identifier: Apache-2.0
// The editor of a user: role, password, and where the user is signed in.
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Role, User } from '../../api/types';
import { Editor } from '../../editor/editor';
import { plural } from '../../format/number';
import { href, place } from '../../router';
import { me } from '../../state/resources';
import { useStore } from '../../state/store';
import { curl } from '../../ui/copy';
import { Confirm } from '../../ui/dialog';
import { fieldError, SelectField, TextField } from '../../ui/form';
import { Link } from '../../ui/link';
import { Failure, Loaded, Skeleton } from '../../ui/panel';
import { toast, toastError } from '../../ui/toast';
import { listAddress } from '../../views/query';
import { HiddenField, ProjectsField, ROLES, UNSAID, When } from './parts';
import { PasswordLinkOf } from './password_link';
import { SessionTable } from './session_table';
import { sessions, user as userStore, usersChanged } from './stores';

const BACK = '/settings/users';
/** The list as it was filtered. */
const back = () => listAddress(BACK, place().params);
const SESSIONS = 50;

interface Form { name: string; full: string; email: string; role: Role; disabled: boolean; password: string; projects: readonly number[] | null }

const formOf = (u: User | null): Form => ({ name: u?.name ?? '', full: u?.full_name ?? '', email: u?.email ?? '', role: u?.role ?? 'viewer', disabled: u?.disabled ?? false, password: '', projects: u?.projects ?? null });

/** What differs; all of it where nobody was there. */
function bodyOf(f: Form, saved: User | null) {
  const first = formOf(saved);
  const is = (member: keyof Form) => !saved || f[member] !== first[member];
  return {
    ...(saved ? {} : { name: f.name.trim() }),
    ...(is('full') ? { full_name: f.full.trim() || null } : {}),
    ...(is('email') ? { email: f.email.trim() || null } : {}),
    ...(is('role') ? { role: f.role } : {}),
    ...(is('disabled') ? { disabled: f.disabled } : {}),
    ...(!saved || JSON.stringify(f.projects) !== JSON.stringify(first.projects) ? { projects: f.projects === null ? null : [...f.projects] } : {}),
    ...(f.password ? { password: f.password } : {}),
  };
}

/** The same without what is secret. */
const shownBody = (f: Form, saved: User | null) => bodyOf(f.password ? { ...f, password: UNSAID } : f, saved);

/** Where he is signed in, and what ends that. */
function SignedIn({ of: u }: { of: User }) {
  const store = sessions.of({ user_id: u.id, limit: SESSIONS });
  const state = useStore(store);
  const [asking, ask] = useState(false);
  const n = state.data?.length ?? 0;
  const out = async () => {
    try {
      await api.userLogout(u.id);
      toast(`Signed out ${u.name} everywhere`);
    } catch (error) {
      toastError('Not signed out', error);
    }
    ask(false);
    usersChanged();
  };
  return (
    <section class="standing" aria-label="Sessions">
      <header><strong>Signed in</strong>{n > 0 && <button type="button" class="small bad-ghost" onClick={() => ask(true)}>Sign out everywhere</button>}</header>
      <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={1} />}>
        {(list) => (list.length === 0 ? <p class="note lone">Nowhere.</p> : <SessionTable narrow of={list} caption={`Sessions of ${u.name}`} />)}
      </Loaded>
      {asking && <Confirm title={`Sign out ${u.name} everywhere?`} action="Sign out everywhere" onClose={() => ask(false)} onConfirm={out}>
        <p><strong>{plural(n, 'session')}</strong> {n === 1 ? 'ends' : 'end'} at once, with all tokens. API keys go on; to keep the user out, disable the account.</p></Confirm>}
    </section>
  );
}

function UserEditor({ saved, etag }: { saved: User | null; etag: string | null }) {
  const [first] = useState(saved);
  const [firstEtag] = useState(etag);
  const [f, setForm] = useState<Form>(() => formOf(saved));
  const set = (change: Partial<Form>) => setForm({ ...f, ...change });
  const own = useStore(me).data?.id === saved?.id && saved !== null;
  const name = saved?.name ?? f.name.trim();
  return (
    <Editor title={saved ? `User ${saved.name}` : 'Add a user'} back={back()} dirty={JSON.stringify(f) !== JSON.stringify(formOf(first))} ready={f.name.trim() !== ''}
      known={['/name', '/full_name', '/email', '/role', '/disabled', '/password', '/projects']}
      save={async () => {
        if (first) await api.userPut(first.id, bodyOf(f, first), firstEtag);
        const made = first ? null : await api.userAdd({ ...bodyOf(f, null), name: f.name.trim() });
        usersChanged();
        if (own) void me.refresh();
        toast(`Saved ${name}`);
        // who has no password yet needs a link, which is made there
        return made && !made.has_password && !made.disabled ? href(`${BACK}/${made.id}`, place().params) : back();
      }}
      curl={() => (first ? curl('PATCH', `/users/${first.id}`, shownBody(f, first)) : curl('POST', '/users', shownBody(f, null)))}
      remove={first ? {
        name: `user ${name}`,
        warning: <p>The account is gone for good, with its sessions and API keys. What was done under this name stays in the audit log.{own && <strong> It is your own.</strong>}</p>,
        run: async () => { await api.userDelete(first.id); usersChanged(); toast(`Deleted ${name}`); },
      } : undefined}
      extra={first && <Link to="/settings/audit" params={{ actor: first.name }} class="button">History</Link>}
      below={saved && <><PasswordLinkOf of={saved} /><SignedIn of={saved} /></>}>
      {(error) => (
        <>
          {own && <p class="pane-wait" role="note">This is your own account: a role that you take from yourself only another administrator can give back.</p>}
          {!first && <TextField label="User name" value={f.name} onValue={(v) => set({ name: v })} input={{ 'data-autofocus': true, required: true, maxLength: 100, autocapitalize: 'none' }} help="What the user signs in with, and what stands beside all that the user does. It stays as it is." error={fieldError(error, '/name')} />}
          <div class="columns">
            <TextField label="Full name" value={f.full} onValue={(full) => set({ full })} input={{ maxLength: 200 }} error={fieldError(error, '/full_name')} />
            <TextField label="E-mail" value={f.email} onValue={(email) => set({ email })} input={{ inputMode: 'email', maxLength: 254 }} help="Good for signing in, too." error={fieldError(error, '/email')} />
          </div>
          <SelectField label="Role" value={f.role} onValue={(role) => set({ role })} options={ROLES} error={fieldError(error, '/role')} help="The configuration of the server can give more to a name (BenchmarkRole), never less." />
          <ProjectsField legend="Projects" all="all, also those to come" value={f.projects} onValue={(projects) => set({ projects })} error={fieldError(error, '/projects')} />
          <HiddenField label={first ? 'New password' : 'Password'} value={f.password} onValue={(password) => set({ password })} make autoComplete="new-password" error={fieldError(error, '/password')}
            help={first ? `Empty: stays as it is${first.has_password ? '' : ', none'}. A new one ends all sessions of the user.` : 'At least 8 characters. Empty: none yet. The next page makes a link, by which the user chooses it.'} />
          <label class="tick"><input type="checkbox" checked={f.disabled} onChange={(e) => set({ disabled: e.currentTarget.checked })} /><span>Disabled <span class="note">kept out at once: sessions end, API keys are worth nothing while it is so</span></span></label>
          {first && <dl class="pairs facts-of">
            <div><dt>Last sign-in</dt><dd><When at={first.login_at} /></dd></div>
            <div><dt>Password</dt><dd><When at={first.password_at} none="none" /></dd></div>
            <div><dt>Added</dt><dd><When at={first.created_at} />{first.created_by && ` by ${first.created_by}`}</dd></div>
          </dl>}
        </>
      )}
    </Editor>
  );
}

/** Waits for the user before the form is made. */
export function UserSheet({ id }: { id: string }) {
  const store = id === 'new' ? null : userStore.of(Number(id));
  const state = useStore(store);
  const [begun, begin] = useState<{ data: User; etag: string | null } | null>(null);
  useEffect(() => { if (state.data && !begun) begin({ data: state.data, etag: state.etag }); }, [state.data]);
  if (id === 'new') return <UserEditor saved={null} etag={null} />;
  if (begun) return <UserEditor saved={begun.data} etag={begun.etag} />;
  return state.error ? <Failure error={state.error} retry={() => void store?.refresh()} /> : null;
}
