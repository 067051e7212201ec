// SPDX-License-Identifier: Apache-2.0
// A link by which a user sets the password, so that nobody else ever knows it: made, shown once, withdrawn.
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { PasswordLink, User } from '../../api/types';
import { dateTime } from '../../format/time';
import { useNow, useZone } from '../../state/settings';
import { useStore } from '../../state/store';
import { Copy } from '../../ui/copy';
import { Dialog } from '../../ui/dialog';
import { toast, toastError } from '../../ui/toast';
import { When } from './parts';
import { user, usersChanged } from './stores';

/** The one time that it can be seen; who closes it too early makes another. */
function LinkShown({ of: link, onClose }: { of: PasswordLink; onClose: () => void }) {
  const [copied, setCopied] = useState(false);
  const zone = useZone();
  return (
    <Dialog title={`A link for ${link.user}`} onClose={onClose}>
      <div class="dialog-body made" role="status">
        <p>Who opens this link sets the password of <strong>{link.user}</strong>, once, until {dateTime(link.expires_at, zone)}. Give it to nobody else: it is as good as the password.</p>
        <div class="once"><code>{link.url}</code><Copy class="primary" label="Copy the link" text={() => { setCopied(true); return link.url; }}>Copy</Copy></div>
        <p class="note">It is not shown again. A new one takes its place, and so does a password that is set in another way.</p>
      </div>
      <footer class="dialog-foot"><span class="grow" /><button type="button" data-autofocus class={copied ? 'primary' : ''} onClick={onClose}>I have it</button></footer>
    </Dialog>
  );
}

/** In the editor of a user. */
export function PasswordLinkOf({ of: saved }: { of: User }) {
  const u = useStore(user.of(saved.id)).data ?? saved;
  const [made, setMade] = useState<PasswordLink | null>(null);
  const [busy, setBusy] = useState(false);
  const now = useNow(60_000);
  const holds = u.password_link_until !== null && Date.parse(u.password_link_until) > now;
  const make = async () => {
    setBusy(true);
    try {
      setMade(await api.passwordLinkMake(u.id));
      usersChanged();
    } catch (error) {
      toastError('No link was made', error);
    }
    setBusy(false);
  };
  const withdraw = async () => {
    setBusy(true);
    try {
      await api.passwordLinkWithdraw(u.id);
      toast(`The link of ${u.name} holds no more`);
    } catch (error) {
      toastError('Not withdrawn', error);
    }
    usersChanged();
    setBusy(false);
  };
  return (
    <section class="standing" aria-label="Link to set the password">
      <header><strong>Link to set the password</strong>
        {holds && <button type="button" class="small bad-ghost" disabled={busy} onClick={() => void withdraw()}>Withdraw</button>}
        <button type="button" class="small" disabled={busy || u.disabled} onClick={() => void make()}>{holds ? 'Make another' : 'Make a link'}</button></header>
      <p class="note lone">{holds ? <>One was made; it holds until <When at={u.password_link_until} />.</>
        : u.disabled ? 'The account is disabled.' : `For ${u.has_password ? 'a forgotten password' : 'the first password'}: ${u.name} chooses it, and nobody else learns it. Good once, for a day.`}</p>
      {made && <LinkShown of={made} onClose={() => setMade(null)} />}
    </section>
  );
}
