// SPDX-License-Identifier: Apache-2.0
// A link to a place below the mount; a plain click changes the page without loading it again.
import type { ComponentChildren } from 'preact';
import { href, navigate } from '../router';
import { warms } from './leads';

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
  return (
    <a class={name} title={title} aria-current={current} href={address} {...warms(() => address)} onClick={(event) => {
      if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      navigate(address);
    }}>{children}</a>
  );
}
