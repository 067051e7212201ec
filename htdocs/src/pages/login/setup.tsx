// SPDX-License-Identifier: Apache-2.0
// Where a link leads by which somebody sets a password: the first one, or another for one that was forgotten. What proves the link stands
// behind the # of its address, which no server sees, and is taken out of the address before anything else is done.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, setPassword, signIn } from '../../api/client';
import { base } from '../../base';
import { href } from '../../router';
import { tellTabs } from '../../state/session';
import { fieldError } from '../../ui/form';
import { Brand } from './brand';

interface SetupLink { user: string; token: string }

/** The link of the address, which then has it no more; null: there is none. */
function takeLink(): SetupLink | null {
  const said = new URLSearchParams(location.hash.slice(1));
  const token = said.get('token');
  if (!token) return null;
  history.replaceState(history.state, '', location.pathname + location.search);
  return { user: said.get('user') ?? '', token };
}

function sentence(error: ApiError): string {
  if (error.status === 429) return 'Too many attempts. Try again in a minute.';
  if (error.kind === 'network') return 'The server does not answer.';
  return fieldError(error, '/password') ?? error.message;
}

function Form({ link }: { link: SetupLink }) {
  const [busy, setBusy] = useState(false);
  const [shown, show] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const over = error?.problem.code === 'link_invalid';
  const submit = async (password: string) => {
    setBusy(true);
    setError(null);
    try {
      const { user } = (await setPassword(link.token, password)).data;
      // who cannot be signed in at once, as on a server that asks others first, does so on the page for it
      const signedIn = await signIn(user, password).then(() => true, () => false);
      if (signedIn) tellTabs();
      location.replace(signedIn ? base : href('/login'));
    } catch (e) {
      setError(e instanceof ApiError ? e : new ApiError('version', 0, { detail: String(e) }, null, null));
      setBusy(false);
      field.current?.focus();
    }
  };
  return (
    <form method="post" action={`${base}setup`} class="login-form" aria-label="Set a password" onSubmit={(e) => { e.preventDefault(); if (!busy) void submit(String(new FormData(e.currentTarget).get('password'))); }}>
      {error && <div class="failure small" role="alert" id="setup-error"><p>{sentence(error)}</p></div>}
      {over ? <a class="button" href={href('/login')}>To the sign-in page</a> : (
        <>
          <div class="field"><label for="setup-user">User name</label>
            <input id="setup-user" name="user" type="text" value={link.user} readOnly autoComplete="username" /></div>
          <div class="field"><label for="setup-password">New password</label>
            <div class="hidden-field">
              <input ref={field} id="setup-password" name="password" {...({ type: shown ? 'text' : 'password' } as { type: 'password' })} autoComplete="new-password" autocapitalize="none" spellcheck={false} required minLength={8} maxLength={1024} autofocus
                aria-describedby={error ? 'setup-error setup-help' : 'setup-help'} aria-invalid={error?.status === 422} />
              <button type="button" aria-pressed={shown} onClick={() => show(!shown)}>Show</button>
            </div>
            <p class="help" id="setup-help">At least 8 characters. Where you are signed in with another one, that ends.</p></div>
          <button type="submit" class="primary" disabled={busy}>{busy ? 'Setting …' : 'Set the password'}</button>
        </>
      )}
    </form>
  );
}

export default function Setup() {
  const [link, setLink] = useState(takeLink);
  useEffect(() => {
    // another link that is pasted into the address of this page is the same page to a browser
    const again = () => setLink((known) => takeLink() ?? known);
    addEventListener('hashchange', again);
    return () => removeEventListener('hashchange', again);
  }, []);
  return (
    <div class="login">
      <Brand title="Set your password" />
      {link ? <Form key={link.token} link={link} /> : (
        <div class="login-form">
          <p>This address is not whole: the part behind the <code>#</code> is missing. Open the link again as you were given it.</p>
          <a class="button" href={href('/login')}>To the sign-in page</a>
        </div>
      )}
    </div>
  );
}
