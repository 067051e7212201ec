// SPDX-License-Identifier: Apache-2.0
// What went into something and what came out of it: text to read, messages of a chat as such, anything else as JSON.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { count } from '../../format/number';
import { Copy } from '../../ui/copy';
import { Json } from '../../ui/json';

/** Letters that are shown before somebody asks for more. */
const EXCERPT = 4000;

interface Message { role: string; content: unknown }

const isMessage = (value: unknown): value is Message => typeof value === 'object' && value !== null && typeof (value as Message).role === 'string' && 'content' in value;

/** The messages of a chat, in any of the shapes that are usual; null where it is none. */
export function messagesOf(value: unknown): Message[] | null {
  const list = Array.isArray(value) ? value : Array.isArray((value as { messages?: unknown } | null)?.messages) ? (value as { messages: unknown[] }).messages : isMessage(value) ? [value] : null;
  return list && list.length > 0 && list.every(isMessage) ? list : null;
}

/** What of a message's content can be read; null where it has to be shown as JSON. */
export function textOf(content: unknown): string | null {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return null;
  const texts = content.map((part: unknown) => (typeof part === 'string' ? part : (part as { text?: unknown } | null)?.text));
  return texts.every((t) => typeof t === 'string') ? texts.join('\n') : null;
}

/** Many clients send JSON as a text. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try { return JSON.parse(value); } catch { return value; }
}

function Text({ text }: { text: string }) {
  const [all, setAll] = useState(false);
  return (
    <>
      <p class="body-text">{all ? text : text.slice(0, EXCERPT)}{!all && text.length > EXCERPT && ' …'}</p>
      {!all && text.length > EXCERPT && <button type="button" class="ghost small" onClick={() => setAll(true)}>Show all {count(text.length)} letters</button>}
    </>
  );
}

export function Body({ title, value, name, actions }: { title: string; value: unknown; name: string; actions?: ComponentChildren }) {
  const is = parsed(value);
  const messages = messagesOf(is);
  return (
    <section class="body" aria-label={title}>
      <header><h3>{title}</h3><span class="grow" />{actions}<Copy class="ghost small" text={() => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))}>Copy</Copy></header>
      {messages ? messages.map((m, i) => {
        const text = textOf(m.content);
        return <div key={i} class="message"><span class="note">{m.role}</span>{text === null ? <Json value={m.content} name={name} small /> : <Text text={text} />}</div>;
      }) : typeof is === 'string' ? <Text text={is} /> : <Json value={is} name={name} small />}
    </section>
  );
}

/** `input` and `output`, where the server has them: it may store no bodies at all. */
export function Bodies({ of, name }: { of: object; name: string }) {
  const { input, output } = of as { input?: unknown; output?: unknown };
  return (
    <>
      {input != null && <Body title="Input" value={input} name={`${name}-input`} />}
      {output != null && <Body title="Output" value={output} name={`${name}-output`} />}
    </>
  );
}

export const hasBodies = (of: object): boolean => (of as { input?: unknown }).input != null || (of as { output?: unknown }).output != null;
