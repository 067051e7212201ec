// SPDX-License-Identifier: Apache-2.0
// Fields with label, help and error. Errors come from the server by JSON pointer and stand at the field they mean.
import { type ComponentChildren, createContext, type InputHTMLAttributes } from 'preact';
import { useContext, useId } from 'preact/hooks';
import { ApiError } from '../api/client';
import { grouped } from '../format/number';
import { useSecondsTo } from './panel';
import { Pick, type Pickable } from './pick';

/** The sentence for a field: of the pointer itself or of anything below it. */
export function fieldError(error: ApiError | null, pointer: string): string | undefined {
  for (const [at, sentence] of error?.fields ?? []) {
    if (at === pointer) return sentence;
    if (at.startsWith(`${pointer}/`)) return `${at.slice(pointer.length + 1)}: ${sentence}`;
  }
  return undefined;
}

/** What is said of a part of the body, by pointers into that part. */
export function saidBelow(error: ApiError | null, pointer: string): ReadonlyMap<string, string> {
  return new Map([...(error?.fields ?? [])].filter(([at]) => at === pointer || at.startsWith(`${pointer}/`)).map(([at, sentence]) => [at.slice(pointer.length), sentence]));
}

/** Puts the focus where the first mistake is marked, or shows what was said of none of the fields. */
export function focusMistake(within: string): void {
  requestAnimationFrame(() => {
    const wrong = [...document.querySelectorAll<HTMLElement>(`${within} [aria-invalid]`)].find((e) => e.checkVisibility());
    if (wrong) wrong.focus();
    else document.querySelector(`${within} .failure`)?.scrollIntoView({ block: 'nearest' });
  });
}

/** True where the fields are shown to somebody who may not write: they can be read, scrolled and copied, not changed. */
export const ReadOnly = createContext(false);

interface FieldProps {
  label: string;
  help?: ComponentChildren;
  error?: string | undefined;
  children: (props: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: boolean }) => ComponentChildren;
  class?: string;
}

export function Field({ label, help, error, children, class: name = '' }: FieldProps) {
  const id = useId();
  const described = [help ? `${id}-help` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ');
  return (
    <div class={`field ${error ? 'wrong' : ''} ${name}`}>
      <label for={id}>{label}</label>
      {children({ id, ...(described ? { 'aria-describedby': described } : {}), ...(error ? { 'aria-invalid': true } : {}) })}
      {help && <p class="help" id={`${id}-help`}>{help}</p>}
      {error && <p class="error" id={`${id}-error`}>{error}</p>}
    </div>
  );
}

type TextProps = Omit<FieldProps, 'children'> & {
  value: string;
  onValue: (value: string) => void;
  /** its `maxLength`: bytes, as the server counts */
  input?: InputHTMLAttributes<HTMLInputElement> & Record<`data-${string}`, unknown>;
  mono?: boolean;
};

/** A browser cuts off what is too long without a word, in the middle of a name that was pasted; so it is said instead. */
const tooLong = (value: string, most: number | undefined): string | undefined => {
  const bytes = most !== undefined && value.length * 3 > most ? new TextEncoder().encode(value).length : 0;
  return most !== undefined && bytes > most ? `Must have ${grouped(most)} bytes at most; these are ${grouped(bytes)}.` : undefined;
};

export function TextField({ value, onValue, input: { maxLength, ...input } = {}, mono, error, ...field }: TextProps) {
  const readOnly = useContext(ReadOnly);
  return (
    <Field {...field} error={error ?? tooLong(value, maxLength as number | undefined)}>
      {(p) => <input {...p} {...input} readOnly={readOnly} class={mono ? 'mono' : ''} value={value} onInput={(e) => onValue(e.currentTarget.value)} autoComplete="off" spellcheck={false} />}
    </Field>
  );
}

export function SelectField<T extends string>({ value, onValue, options, ...field }: Omit<FieldProps, 'children'> & {
  value: T; onValue: (value: T) => void; options: readonly (readonly [T, string])[];
}) {
  const readOnly = useContext(ReadOnly);
  return (
    <Field {...field}>
      {(p) => (
        <select {...p} disabled={readOnly} value={value} onChange={(e) => onValue(e.currentTarget.value as T)}>
          {options.map(([key, word]) => <option key={key} value={key} selected={key === value}>{word}</option>)}
        </select>
      )}
    </Field>
  );
}

/** One of the objects of a kind; `none`: what stands for no one, if that may be. */
export function PickField({ kind, value, onPick, none, ...field }: Omit<FieldProps, 'children'> & { kind: Pickable; value: string; onPick: (id: string) => void; none?: string }) {
  const readOnly = useContext(ReadOnly);
  return <Field {...field}>{(control) => <Pick kind={kind} value={value} onPick={onPick} none={none} disabled={readOnly} control={control} />}</Field>;
}

/** What the server said that belongs to no field of this form. */
export function FormError({ error, known, word = 'Not saved.' }: { error: ApiError | null; known: readonly string[]; word?: string }) {
  const left = useSecondsTo(error?.retryAt ?? null);
  if (!error) return null;
  const others = [...error.fields].filter(([pointer]) => !known.some((k) => pointer === k || pointer.startsWith(`${k}/`)));
  return (
    <div class="failure small" role="alert">
      <p><strong>{word}</strong> {error.fields.size > 0 && others.length === 0 ? 'See what is said at the marked fields.' : error.kind === 'network' ? 'The server does not answer. What you typed is still here: try again.' : error.message}</p>
      {others.length > 0 && <ul>{others.map(([pointer, sentence]) => <li key={pointer}><code>{pointer || '/'}</code> {sentence}</li>)}</ul>}
      {error.retryAt !== null && <p class="note">{left > 0 ? `Can be tried again in ${left} s.` : 'Can be tried again now.'}</p>}
      {error.requestId && <p class="note mono">request {error.requestId}</p>}
    </div>
  );
}
