// SPDX-License-Identifier: Apache-2.0
// Native <dialog>, modal: the browser keeps the focus inside, closes on Escape and gives the focus back.
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';

interface Props {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  /** `sheet` stands at the right edge and is as high as the page */
  kind?: 'box' | 'sheet' | 'broad sheet' | 'palette';
  hideTitle?: boolean;
  /** asked before Escape, the backdrop or the cross closes it; false keeps it open */
  mayClose?: (() => boolean) | undefined;
}

export function Dialog({ title, onClose, children, kind = 'box', hideTitle, mayClose }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  // before the next key press, which may follow at once
  useLayoutEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    if (dialog && !dialog.open) dialog.showModal();
    (dialog?.querySelector<HTMLElement>('[data-autofocus]') ?? dialog?.querySelector<HTMLElement>('.dialog-body :is(input, select, textarea)'))?.focus();
    return () => {
      dialog?.close();
      // gone from the tree before the browser could give the focus back itself
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const ask = () => { if (!mayClose || mayClose()) onClose(); };
  return (
    <dialog ref={ref} class={`dialog ${kind}`} aria-labelledby={id}
      onCancel={(event) => { event.preventDefault(); ask(); }}
      onKeyDown={(event) => {
        // before the browser sees it: the second Escape in a row closes a dialog whatever onCancel says
        if (event.key !== 'Escape' || event.defaultPrevented || ref.current !== (event.target as HTMLElement).closest('dialog')) return;
        event.preventDefault();
        ask();
      }}
      onMouseDown={(event) => { if (event.target === ref.current) ask(); }}>
      <div class="dialog-in">
        <header class={hideTitle ? 'sr' : 'dialog-head'}>
          <h2 id={id}>{title}</h2>
          {!hideTitle && <button type="button" class="ghost icon" aria-label="Close" onClick={ask}>×</button>}
        </header>
        {children}
      </div>
    </dialog>
  );
}

/** Asks before something that cannot be undone. `word` must be typed where more than a slip is at stake. */
export function Confirm({ title, children, action, onConfirm, onClose, tone = 'bad' }: {
  title: string; children: ComponentChildren; action: string; onConfirm: () => Promise<void>; onClose: () => void; tone?: 'bad' | 'primary';
}) {
  const [busy, setBusy] = useState(false);
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="dialog-body">{children}</div>
      <footer class="dialog-foot">
        <button type="button" data-autofocus onClick={onClose}>Keep</button>
        <button type="button" class={tone} disabled={busy} onClick={async () => {
          setBusy(true);
          try { await onConfirm(); } finally { setBusy(false); }
        }}>{action}</button>
      </footer>
    </Dialog>
  );
}
