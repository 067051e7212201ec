// SPDX-License-Identifier: Apache-2.0
// What concerns the whole page, above it: no network, no session any more, a newer dashboard on the server.
import { useEffect, useState } from 'preact/hooks';
import { href } from '../router';
import { me } from '../state/resources';
import { letBe, useSessionEnd } from '../state/session';
import { reloadLater, useOutdated } from '../state/version';
import { Dialog } from './dialog';

function useOnline(): boolean {
  const [online, setOnline] = useState(typeof navigator === 'undefined' || navigator.onLine !== false);
  useEffect(() => {
    const set = () => setOnline(navigator.onLine);
    addEventListener('online', set);
    addEventListener('offline', set);
    return () => { removeEventListener('online', set); removeEventListener('offline', set); };
  }, []);
  return online;
}

export function Banners() {
  const online = useOnline();
  const ended = useSessionEnd();
  const outdated = useOutdated();
  return (
    <div class="banners" role="status">
      {!online && <p class="banner">This computer is offline. What you see is the last known state.</p>}
      {ended === 'httpd' && (
        <p class="banner row"><span class="grow">The web server wants to know who you are.</span><button type="button" onClick={() => location.reload()}>Sign in</button></p>
      )}
      {outdated && (
        <p class="banner info row"><span class="grow">The server has another version of this page now.</span>
          <button type="button" class="primary" onClick={() => location.reload()}>Reload</button><button type="button" class="ghost" onClick={reloadLater}>Later</button></p>
      )}
      {ended === 'over' && (
        // above the form, which may be a dialog itself
        <Dialog title="You are signed out" onClose={letBe}>
          <div class="dialog-body"><p>What you typed is still here. Sign in in another tab: this page then goes on by itself.</p></div>
          <footer class="dialog-foot"><button type="button" onClick={() => void me.refresh()}>I am signed in</button>
            <a class="button primary" data-autofocus href={href('/login')} target="_blank" rel="noopener">Sign in</a></footer>
        </Dialog>
      )}
    </div>
  );
}
