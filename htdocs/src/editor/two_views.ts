// SPDX-License-Identifier: Apache-2.0
// One state, seen as a form and as JSON. The state is the body as the API takes it; the form is a view of the part that it has fields
// for. An edit in the form changes in the body what it changed in its own view and leaves all else alone, so nothing is lost that the
// form does not show; an edit of the JSON makes the form anew.
import { useState } from 'preact/hooks';
import { resolved, type Schema } from './json_schema';
import { readText } from './json_text';

type Members = Record<string, unknown>;
const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Deep, the order of members aside. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((v, i) => same(v, b[i]));
  if (!isMembers(a) || !isMembers(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((n) => Object.hasOwn(b, n) && same(a[n], b[n]));
}

/** `onto` with what differs between `before` and `after`. */
export function lay(onto: unknown, before: unknown, after: unknown): unknown {
  if (same(before, after)) return onto;
  if (Array.isArray(onto) && Array.isArray(before) && Array.isArray(after) && onto.length === before.length && before.length === after.length) return onto.map((v, i) => lay(v, before[i], after[i]));
  if (!isMembers(onto) || !isMembers(before) || !isMembers(after)) return after;
  const laid: Members = { ...onto };
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (same(before[name], after[name])) continue;
    if (after[name] === undefined) delete laid[name];
    else laid[name] = lay(onto[name], before[name], after[name]);
  }
  return laid;
}

export const inOrder = (value: unknown): string => JSON.stringify(value, null, 2);

interface State<F, B> {
  form: F;
  /** what the form last said, when it could be read */
  said: B | null;
  body: B;
  text: string;
  /** why the form cannot be used now; the JSON has to be mended first */
  unread: boolean;
}

export interface TwoViews<F, B> {
  form: F;
  set: (change: Partial<F>) => void;
  body: B;
  text: string;
  setText: (text: string) => void;
  /** the JSON cannot be read, or not be shown as a form: the form waits */
  unread: boolean;
  /** a field of the form holds what cannot be read: the JSON waits */
  halted: boolean;
  /** both can be read: it may be sent */
  ready: boolean;
  dirty: boolean;
  /** what is there now is what is kept */
  kept: () => void;
}

/** `formOf` may throw on a body that is nothing like one. */
export function useTwoViews<F extends object, B extends object>(first: () => { form: F; body: B }, formOf: (body: B) => F, bodyOf: (form: F) => B | null): TwoViews<F, B> {
  const [state, put] = useState<State<F, B>>(() => {
    const { form, body } = first();
    return { form, body, said: bodyOf(form), text: inOrder(body), unread: false };
  });
  const [begun, begin] = useState(() => ({ body: state.body, form: state.form }));
  const set = (change: Partial<F>) => put((was) => {
    if (was.unread) return was;
    const form = { ...was.form, ...change };
    const said = bodyOf(form);
    if (!said) return { ...was, form };
    const body = lay(was.body, was.said ?? {}, said) as B;
    return { ...was, form, said, body, text: same(body, was.body) ? was.text : inOrder(body) };
  });
  const setText = (text: string) => put((was) => {
    const read = readText(text);
    if (!('value' in read) || !isMembers(read.value)) return { ...was, text, unread: true };
    const body = read.value as B;
    if (same(body, was.body)) return { ...was, text, unread: false };
    try {
      const form = formOf(body);
      return { form, said: bodyOf(form), body, text, unread: false };
    } catch {
      return { ...was, body, text, unread: true };
    }
  });
  const read = readText(state.text);
  const halted = !state.unread && bodyOf(state.form) === null;
  return {
    form: state.form, set, body: state.body, text: state.text, setText, unread: state.unread, halted,
    ready: 'value' in read && isMembers(read.value) && !halted,
    dirty: state.unread || !same(state.body, begun.body) || (halted && !same(state.form, begun.form)),
    kept: () => begin({ body: state.body, form: state.form }),
  };
}

/** What PATCH is to be told: a member that was taken out is as if it had never been given, where absent would leave it as it is. */
export function change<B extends object>(body: B, kept: object, schema: Schema | null): B {
  const gone = Object.keys(kept).filter((name) => !Object.hasOwn(body, name));
  const known = schema && resolved(schema, body).properties;
  return { ...body, ...Object.fromEntries(gone.map((name) => [name, known?.[name]?.default ?? null])) };
}
