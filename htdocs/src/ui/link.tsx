// SPDX-License-Identifier: Apache-2.0
// A link to a place below the mount; a plain click changes the page without loading it again. What it leads to is asked for as soon as
// the pointer rests on it.
import type { ComponentChildren } from 'preact';
import { href, navigate, placeAt } from '../router';
import { warm } from '../routes';

/** ms that a pointer on its way to somewhere else takes at most */
const PASSING_MS = 40;
let resting: ReturnType<typeof setTimeout> | undefined;

interface Props {
  to: string;
  params?: URLSearchParams | Record<string, string | number | null | undefined> | undefined;
  children: ComponentChildren;
  class?: string;
  title?: string;
  'aria-current'?: 'page' | undefined;
}

export function Link({ to, params, children, class: name, title, 'aria-current': current }: Props) {
  const address = href(to, params);
  const soon = (ms: number) => { clearTimeout(resting); resting = setTimeout(() => void warm(placeAt(address)), ms); };
  return (
    <a class={name} title={title} aria-current={current} href={address} onPointerEnter={() => soon(PASSING_MS)} onPointerLeave={() => clearTimeout(resting)} onPointerDown={() => soon(0)} onClick={(event) => {
      if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      navigate(address);
    }}>{children}</a>
  );
}
