// SPDX-License-Identifier: Apache-2.0
// The text filter of a list: `/` focuses it, Enter applies it, it lives in the URL as `q`.
import { useEffect, useState } from 'preact/hooks';
import { setParams, usePlace } from '../router';
import { useKeys } from './keys';

export function SearchBox({ label }: { label: string }) {
  const { params } = usePlace();
  const [text, setText] = useState(params.get('q') ?? '');
  useEffect(() => setText(params.get('q') ?? ''), [params]);
  useKeys({ '/': () => document.querySelector<HTMLInputElement>('#list-q')?.focus() });
  return (
    <form class="grow" onSubmit={(e) => { e.preventDefault(); setParams({ q: text.trim(), after: null }); }}>
      <input id="list-q" type="search" aria-label={label} placeholder="Search, Enter" value={text} onInput={(e) => { setText(e.currentTarget.value); if (e.currentTarget.value === '') setParams({ q: null, after: null }); }} />
    </form>
  );
}
