// SPDX-License-Identifier: Apache-2.0
// Copying: a text, or the request as a curl command. It holds no secret: curl asks for the password, or a token is in the environment.
import { useState } from 'preact/hooks';
import { base } from '../base';
import type { Me } from '../api/types';
import { me } from '../state/resources';
import { toastError } from './toast';

/** Copies; says so on the button for a moment. */
export function Copy({ text, children = 'Copy', class: name = '', label }: { text: string | (() => string); children?: string; class?: string; label?: string }) {
  const [done, setDone] = useState(false);
  return (
    <button type="button" class={name} aria-label={label} onClick={async () => {
      try {
        await navigator.clipboard.writeText(typeof text === 'string' ? text : text());
        setDone(true);
        setTimeout(() => setDone(false), 1500);
      } catch (error) {
        toastError('The browser did not let us copy', error);
      }
    }}>{done ? 'Copied' : children}</button>
  );
}

/** The text in quotes a POSIX shell leaves alone. */
export const shellQuote = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** How a command says who calls: `$TOKEN` (an API key or an access token) where users are ours, by name and password where httpd knows them. */
export const credentials = (who: Pick<Me, 'user' | 'credential'> | undefined): string | null =>
  (!who?.user ? null : who.credential === 'none' || who.credential === 'password' ? `-u ${shellQuote(who.user)}` : '-H "Authorization: Bearer $TOKEN"');

/** A curl command for one call of the API. */
export function curl(method: string, path: string, body?: unknown, origin = location.origin): string {
  const lines = [`curl -sS${method === 'GET' ? '' : ` -X ${method}`} ${shellQuote(`${origin}${base}api/v1${path}`)}`];
  const signs = credentials(me.get().data);
  if (signs) lines.push(signs);
  if (method !== 'GET') lines.push(`-H 'Content-Type: application/json'`);
  if (body !== undefined) lines.push(`-d ${shellQuote(JSON.stringify(body))}`);
  return lines.join(' \\\n  ');
}
