// SPDX-License-Identifier: Apache-2.0
// What these pages share: a field for what nobody should read over the shoulder, the foot of a list, words.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { ApiError } from '../../api/client';
import type { Role } from '../../api/types';
import { dateTime, shortTime } from '../../format/time';
import { plural } from '../../format/number';
import { setParams, usePlace } from '../../router';
import { useNow, useZone } from '../../state/settings';
import { useStore } from '../../state/store';
import { Copy } from '../../ui/copy';
import { Field } from '../../ui/form';
import { allProjects } from './stores';

export const ROLES: readonly (readonly [Role, string])[] = [
  ['none', 'none: may nothing'], ['viewer', 'viewer: sees'], ['operator', 'operator: also makes, changes and runs'], ['admin', 'admin: also deletes, stops the engine, manages users'],
];

/** What a command has in the place of what is secret. */
export const UNSAID = '…';

export const asError = (e: unknown): ApiError => (e instanceof ApiError ? e : new ApiError('version', 0, { detail: String(e) }, null, null));

/** A time as lists have it, exact under the pointer; or why there is none. */
export function When({ at, none = 'never' }: { at: string | null | undefined; none?: string }) {
  const zone = useZone();
  const now = useNow(60_000);
  return at ? <time dateTime={at} title={dateTime(at, zone)}>{shortTime(at, zone, now)}</time> : <span class="none">{none}</span>;
}

/** 120 random bits. */
export function newPassword(): string {
  const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789-_.~+=!'; // 64: none looks like another
  return Array.from(crypto.getRandomValues(new Uint8Array(20)), (b) => letters[b % letters.length]).join('');
}

interface HiddenProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
  error?: string | undefined;
  help?: string | undefined;
  /** what a password manager may do with it */
  autoComplete: 'new-password' | 'current-password' | 'off';
  /** offers one that nobody guesses */
  make?: boolean;
  /** may have several lines, which are then shown: a field for passwords would lose them */
  lines?: boolean;
  required?: boolean;
  autofocus?: boolean;
}

export function HiddenField({ label, value, onValue, error, help, autoComplete, make, lines, required, autofocus }: HiddenProps) {
  const [shown, show] = useState(false);
  const many = value.includes('\n');
  const open = shown || many;
  return (
    <Field label={label} help={help} error={error}>
      {(p) => (
        <div class="hidden-field">
          {lines && open
            ? <textarea {...p} class="mono" rows={3} value={value} required={required} spellcheck={false} autoComplete="off" onInput={(e) => onValue(e.currentTarget.value)} />
            : <input {...p} class="mono" {...({ type: open ? 'text' : 'password' } as { type: 'password' })} value={value} required={required} autoComplete={autoComplete} spellcheck={false} autocapitalize="none" data-autofocus={autofocus || undefined}
                onInput={(e) => onValue(e.currentTarget.value)}
                onPaste={(e) => {
                  const text = e.clipboardData?.getData('text') ?? '';
                  if (!lines || !text.includes('\n')) return;
                  e.preventDefault();
                  const { selectionStart: from, selectionEnd: to } = e.currentTarget;
                  onValue(value.slice(0, from ?? value.length) + text + value.slice(to ?? value.length));
                }} />}
          <button type="button" aria-pressed={open} disabled={many} onClick={() => show(!shown)}>Show</button>
          {make && <button type="button" onClick={() => { onValue(newPassword()); show(true); }}>Generate</button>}
          {open && value !== '' && <Copy text={value}>Copy</Copy>}
        </div>
      )}
    </Field>
  );
}

interface ProjectsProps { legend: string; all: string; value: readonly number[] | null; onValue: (value: readonly number[] | null) => void; error?: string | undefined }

/** Which projects: all of them, or some, in the order in which they were chosen. Nothing where there is only one to choose. */
export function ProjectsField({ legend, all, value, onValue, error }: ProjectsProps) {
  const list = useStore(allProjects()).data ?? [];
  if (list.length < 2 && value === null) return null;
  return (
    <fieldset class={`bare scopes ${error ? 'wrong' : ''}`}>
      <legend>{legend}</legend>
      <label class="tick"><input type="radio" name="projects" checked={value === null} onChange={() => onValue(null)} /><span>{all}</span></label>
      <label class="tick"><input type="radio" name="projects" checked={value !== null} onChange={() => onValue(value ?? [])} /><span>only these</span></label>
      {value !== null && <div class="inset project-list">{list.map((p) => (
        <label class="tick" key={p.id}><input type="checkbox" checked={value.includes(p.id)} onChange={(e) => onValue(e.currentTarget.checked ? [...value, p.id] : value.filter((id) => id !== p.id))} />
          <span>{p.name}{value[0] === p.id && <span class="note"> what is made goes here</span>}</span></label>
      ))}</div>}
      {error && <p class="error" role="alert">{error}</p>}
    </fieldset>
  );
}

/** The foot of a list that goes on by `after`. */
export function Pager({ rows, next, one, back = 'First', on = 'Next', children }: { rows: readonly { id: number }[] | undefined; next: boolean; one: string; back?: string; on?: string; children?: ComponentChildren }) {
  const after = usePlace().params.get('after');
  if (!rows || (rows.length === 0 && !after)) return null;
  return (
    <footer class="pager">
      <span class="note">{plural(rows.length, one)}{next || after ? ' on this page' : ''}</span>
      {children}
      {(next || after) && <><button type="button" disabled={!after} onClick={() => setParams({ after: null })}>{back}</button><button type="button" disabled={!next} onClick={() => setParams({ after: rows.at(-1)?.id })}>{on}</button></>}
    </footer>
  );
}
