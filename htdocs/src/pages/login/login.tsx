// SPDX-License-Identifier: Apache-2.0
// Two fields and a button, made for password managers: a real form, and a page that is left when the password was taken.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, api, signIn, takesPasswords } from '../../api/client';
import type { Me } from '../../api/types';
import { base } from '../../base';
import { returnAddress, usePlace } from '../../router';
import { endSession, tellTabs, useSessionEnd } from '../../state/session';
import { useSecondsTo } from '../../ui/panel';
import { Brand } from './brand';

const NO_SESSION = new ApiError('version', 0, { detail: 'The password is right, but this browser got no session. It may refuse cookies of this site.' }, null, null);

/** What to say of a refusal. */
function sentence(error: ApiError): string {
  if (error.status === 401) return 'This name and this password do not go together.';
  if (error.status === 429) return 'Too many attempts.';
  if (error.kind === 'network') return 'The server does not answer.';
  return error.message;
}

function Form({ to }: { to: string }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const password = useRef<HTMLInputElement>(null);
  const wait = useSecondsTo(error?.retryAt ?? null);
  const submit = async (form: HTMLFormElement) => {
    const said = new FormData(form);
    setBusy(true);
    setError(null);
    try {
      await signIn(String(said.get('email')).trim(), String(said.get('password')));
      // the page asked for would lead back here at once, and again
      const who = (await api.me()).data;
      if (who.user === null) throw NO_SESSION;
      tellTabs();
      location.replace(to);
    } catch (e) {
      setError(e instanceof ApiError ? e : new ApiError('version', 0, { detail: String(e) }, null, null));
      setBusy(false);
      if (password.current) { password.current.value = ''; password.current.focus(); }
    }
  };
  return (
    <form method="post" action={`${base}login`} class="login-form" aria-label="Sign in" onSubmit={(e) => { e.preventDefault(); if (!busy && wait === 0) void submit(e.currentTarget); }}>
      {error && <div class="failure small" role="alert" id="login-error">
        <p>{sentence(error)}{wait > 0 && ` Try again in ${wait} s.`}</p>{error.status !== 401 && error.requestId && <p class="note mono">request {error.requestId}</p>}</div>}
      <div class="field"><label for="login-email">E-mail or user name</label>
        <input id="login-email" name="email" type="text" inputMode="email" autoComplete="username" autocapitalize="none" spellcheck={false} required autofocus aria-describedby={error ? 'login-error' : undefined} /></div>
      <div class="field"><label for="login-password">Password</label>
        <input ref={password} id="login-password" name="password" type="password" autoComplete="current-password" required aria-describedby={error ? 'login-error' : undefined} aria-invalid={error?.status === 401} /></div>
      <button type="submit" class="primary" disabled={busy || wait > 0}>{busy ? 'Signing in …' : 'Sign in'}</button>
    </form>
  );
}

/** Somebody whom the server knows already. */
function Known({ who, to }: { who: Me; to: string }) {
  return (
    <div class="login-form">
      <p>You are signed in as <b>{who.user}</b>, with the role {who.role}.</p>
      <a class="button primary" href={to}>Go on</a>
      {who.credential === 'session' && <button type="button" onClick={() => void endSession()}>Sign out</button>}
    </div>
  );
}

export default function Login() {
  const { params } = usePlace();
  const to = returnAddress(params.get('return'), location.origin, base);
  const [takes, setTakes] = useState<boolean | null>(null);
  const [who, setWho] = useState<Me | null>(null);
  const ended = useSessionEnd();
  useEffect(() => {
    void takesPasswords().then(setTakes);
    api.me().then((a) => setWho(a.data), () => undefined);
  }, []);
  return (
    <div class="login">
      <Brand title="Sign in to Benchmark" />
      {ended === 'left' && who?.user == null && <p role="status">You were signed out. Signing in leads back to where you were.</p>}
      {who?.user != null ? <Known who={who} to={to} /> : takes === false ? (
        <div class="login-form">
          <p>This server takes no password here: its web server signs people in by its own means, such as a prompt of the browser or your organisation’s sign-in.</p>
          <a class="button primary" href={to}>Go on</a>
          <p class="note">If that leads back here, you are not known to it, or have no role. Its administrator gives roles with <code>BenchmarkRole</code>.</p>
        </div>
      ) : <Form to={to} />}
    </div>
  );
}
