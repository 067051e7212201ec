// SPDX-License-Identifier: Apache-2.0
// One's own account: who the server takes one for, name and address, password, and where one is signed in.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type ApiError, api } from '../../api/client';
import type { AuthUser, Me } from '../../api/types';
import { plural } from '../../format/number';
import { me } from '../../state/resources';
import { endSession } from '../../state/session';
import { useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { Confirm } from '../../ui/dialog';
import { fieldError, focusMistake, FormError, TextField } from '../../ui/form';
import { Empty, Grid, Loaded, Panel, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { toast, toastError } from '../../ui/toast';
import { asError, HiddenField, UNSAID } from './parts';
import { Sections } from './sections';
import { SessionTable } from './session_table';
import { allProjects, self, sessions } from './stores';

const CREDENTIALS: Record<Me['credential'], string> = {
  none: 'the web server’s own log-in', session: 'a session of this browser', token: 'an access token', key: 'an API key', password: 'your password, at each request',
};

const MOST = 50;
const mine = () => sessions.of({ limit: MOST });

export const shows = async (): Promise<void> => {
  await me.prime();
  const kept = me.get().data?.id != null;
  await Promise.all([kept ? self.prime() : undefined, me.get().data?.user != null ? mine().prime() : undefined]);
};

/** A form of this page: what the server refuses stands at its fields, what it took is said and forgotten. */
function OwnForm({ name, word, known, ready, send, done, children, curlBody }: {
  name: string; word: string; known: readonly string[]; ready: boolean; send: () => Promise<unknown>; done: () => void; curlBody: () => unknown; children: (error: ApiError | null) => ComponentChildren;
}) {
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const id = `form-${name}`;
  return (
    <form id={id} class="pad own-form" onSubmit={async (e) => {
      e.preventDefault();
      if (!ready || busy) return;
      setBusy(true);
      setError(null);
      try {
        await send();
        done();
      } catch (caught) {
        setError(asError(caught));
        focusMistake(`#${id}`);
      }
      setBusy(false);
    }}>
      {children(error)}
      <FormError error={error} known={known} />
      <p class="row"><button type="submit" class="primary" disabled={!ready || busy}>{word}</button><Copy class="ghost" text={() => curl('PATCH', '/me', curlBody())}>Copy as curl</Copy></p>
    </form>
  );
}

function Profile({ of: known, name }: { of: AuthUser; name: string | null }) {
  const before = { full: known.name !== name ? known.name : '', email: known.email ?? '' };
  const [full, setFull] = useState(before.full);
  const [email, setEmail] = useState(before.email);
  const [password, setPassword] = useState('');
  const moved = email.trim() !== before.email;
  const body = () => ({ full_name: full.trim() || null, ...(moved ? { email: email.trim() || null, current_password: password } : {}) });
  return (
    <OwnForm name="profile" word="Save" known={['/full_name', '/email', ...(moved ? ['/current_password'] : [])]} ready={(full.trim() !== before.full || moved) && (!moved || password !== '')}
      send={() => api.mePut(body())} curlBody={() => ({ ...body(), ...(moved ? { current_password: UNSAID } : {}) })} done={() => { setPassword(''); toast('Saved'); void self.refresh(); }}>
      {(error) => (
        <>
          <TextField label="Full name" value={full} onValue={setFull} input={{ maxLength: 200 }} error={fieldError(error, '/full_name')} />
          <TextField label="E-mail" value={email} onValue={setEmail} input={{ inputMode: 'email', maxLength: 254 }} error={fieldError(error, '/email')} />
          {moved && <HiddenField label="Present password" value={password} onValue={setPassword} autoComplete="current-password" help="Another address needs it." error={fieldError(error, '/current_password')} />}
        </>
      )}
    </OwnForm>
  );
}

function ProfilePanel({ who }: { who: Me }) {
  const state = useStore(self);
  return (
    <Panel title="Name and address" class="half" sentence="The full name is for people to read; one signs in with the user name or the address.">
      <Loaded from={state} retry={() => void self.refresh()} skeleton={<Skeleton rows={4} />}>{(known) => <Profile of={known} name={who.user} />}</Loaded>
    </Panel>
  );
}

function Password({ who }: { who: Me }) {
  const [now, setNow] = useState('');
  const [next, setNext] = useState('');
  return (
    <Panel title="Password" class="half" sentence="8 to 1,024 characters, taken as they are. A new one ends all your other sessions; API keys stay.">
      <OwnForm name="password" word="Change the password" known={['/current_password', '/password']} ready={now !== '' && next !== ''}
        send={() => api.mePut({ current_password: now, password: next })} curlBody={() => ({ current_password: UNSAID, password: UNSAID })}
        done={() => { setNow(''); setNext(''); toast('The password is changed'); sessions.refresh(); }}>
        {(error) => (
          <>
            {/* for password managers */}
            <input type="text" name="username" autoComplete="username" value={who.user ?? ''} readOnly hidden />
            <HiddenField label="Present password" value={now} onValue={setNow} autoComplete="current-password" error={fieldError(error, '/current_password')} />
            <HiddenField label="New password" value={next} onValue={setNext} autoComplete="new-password" make error={fieldError(error, '/password')} />
          </>
        )}
      </OwnForm>
    </Panel>
  );
}

function Sessions() {
  const store = mine();
  const state = useStore(store);
  const [asking, ask] = useState(false);
  const n = state.data?.length ?? 0;
  return (
    <Panel title="Where you are signed in" class="full" sentence="A session ends by itself when it is not used. One that you do not know: end it, and change your password."
      actions={<><Copy class="ghost" text={() => curl('POST', '/auth/logout', { everywhere: true })}>Copy as curl</Copy><button type="button" class="bad" disabled={n === 0} onClick={() => ask(true)}>Sign out everywhere</button></>}>
      <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={3} />}>
        {(list) => (list.length === 0 ? <Empty title="No session"><p>You are known to the web server itself, at each request anew: there is nothing here that could be signed out.</p></Empty>
          : <SessionTable of={list} caption="Your sessions" />)}
      </Loaded>
      {asking && (
        <Confirm title="Sign out everywhere?" action="Sign out everywhere" onClose={() => ask(false)} onConfirm={() => endSession(true).catch((e: unknown) => { toastError('Not signed out', e); ask(false); })}>
          <p><strong>{plural(n, 'session')}</strong> {n === 1 ? 'ends' : 'end'} at once, this one included. API keys stay.</p>
        </Confirm>
      )}
    </Panel>
  );
}

export default function Account() {
  const state = useStore(me);
  const who = state.data;
  const kept = useStore(who && who.id !== null ? self : null);
  const signedIn = useStore(who && who.user !== null ? mine() : null);
  const projects = useStore(who && who.projects !== null ? allProjects() : null).data ?? [];
  // the first time all parts appear together, so that nothing moves
  const [begun, begin] = useState(false);
  const ready = begun || (who !== undefined && (who.id === null || !!(kept.data ?? kept.error)) && (who.user === null || !!(signedIn.data ?? signedIn.error)));
  useEffect(() => { if (ready) begin(true); }, [ready]);
  return (
    <>
      <Top title="Account" />
      <Sections />
      <Loaded from={ready || state.error ? state : { ...state, data: undefined }} retry={() => void me.refresh()} skeleton={<Skeleton height={640} />}>
        {(its) => (
          <Grid>
            <Panel title="You" class="full">
              <dl class="pairs">
                <div><dt>User</dt><dd>{its.user ?? 'anonymous'}</dd></div>
                <div><dt>Role</dt><dd>{its.role}</dd></div>
                <div><dt>Known by</dt><dd>{its.anonymous ? 'the role of anonymous requests' : CREDENTIALS[its.credential]}</dd></div>
                {its.projects !== null && <div><dt>Projects</dt><dd>{its.projects.map((n) => projects.find((p) => p.id === n)?.name ?? n).join(', ') || 'none'}</dd></div>}
                {its.scopes.length < 4 && <div><dt>Scopes</dt><dd>{its.scopes.join(', ')}</dd></div>}
              </dl>
              {its.id === null && <p class="note pad">{its.anonymous ? 'Nobody is signed in: there is no account to change.' : 'Your name and password are kept by another service, where they are changed.'}</p>}
            </Panel>
            {its.id !== null && <ProfilePanel who={its} />}
            {its.id !== null && <Password who={its} />}
            {its.user !== null && <Sessions />}
          </Grid>
        )}
      </Loaded>
    </>
  );
}
