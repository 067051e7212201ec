// SPDX-License-Identifier: Apache-2.0
// What the user did, said in a polite region. Errors stay until closed.
import { useEffect, useState } from 'preact/hooks';
import { ApiError } from '../api/client';

interface Toast { id: number; text: string; bad: boolean; note?: string | undefined; link?: { href: string; text: string } | undefined }

let toasts: Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();
const tell = () => { for (const listener of listeners) listener(); };

function close(id: number) {
  toasts = toasts.filter((t) => t.id !== id);
  tell();
}

/** Says what was done; gone after 5 s. */
export function toast(text: string, link?: { href: string; text: string }): void {
  const id = ++last;
  toasts = [...toasts.slice(-3), { id, text, bad: false, link }];
  tell();
  setTimeout(() => close(id), 5000);
}

/** Says what went wrong and keeps saying it until closed. */
export function toastError(what: string, error: unknown): void {
  const known = error instanceof ApiError ? error : null;
  toasts = [...toasts.slice(-3), {
    id: ++last, bad: true, text: `${what}: ${known?.message ?? String(error)}`, note: known?.requestId ? `request ${known.requestId}` : undefined,
  }];
  tell();
}

export function Toasts() {
  const [, redraw] = useState(0);
  useEffect(() => {
    const draw = () => redraw((n) => n + 1);
    listeners.add(draw);
    return () => void listeners.delete(draw);
  }, []);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.map((t) => (
        <div key={t.id} class={`toast ${t.bad ? 'bad' : ''}`}>
          <span>{t.text} {t.link && <a href={t.link.href}>{t.link.text}</a>}{t.note && <small class="mono"> {t.note}</small>}</span>
          <button type="button" class="ghost icon" aria-label="Close message" onClick={() => close(t.id)}>×</button>
        </div>
      ))}
    </div>
  );
}
