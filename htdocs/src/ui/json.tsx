// SPDX-License-Identifier: Apache-2.0
// JSON to read: folds, searches (`find` in the address), copies. Above 1 MB it offers the download instead.
import { useMemo, useState } from 'preact/hooks';
import { bytes, plural } from '../format/number';
import { setParams, usePlace } from '../router';
import { Copy } from './copy';
import { save } from './save';

const LIMIT = 1_000_000;
const OPEN_LEVELS = 4;
const PAGE = 100;
/** letters of what can be seen at a glance */
const SHORT = 1500;

function Leaf({ value, mark }: { value: unknown; mark: string }) {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  const hit = mark && text.toLowerCase().includes(mark);
  return <span class={`j-${value === null ? 'null' : typeof value} ${hit ? 'hit' : ''}`}>{text}</span>;
}

const holds = (value: unknown, mark: string): boolean => mark !== '' && JSON.stringify(value)?.toLowerCase().includes(mark);

function Node({ name, value, level, mark }: { name: string | null; value: unknown; level: number; mark: string }) {
  const [shown, setShown] = useState(PAGE);
  const key = name === null ? null : <span class={`j-key ${mark && name.toLowerCase().includes(mark) ? 'hit' : ''}`}>{name}: </span>;
  if (typeof value !== 'object' || value === null) return <div class="j-row">{key}<Leaf value={value} mark={mark} /></div>;
  const list = Array.isArray(value);
  const entries = list ? value.map((v, i) => [String(i), v] as const) : Object.entries(value);
  if (entries.length === 0) return <div class="j-row">{key}{list ? '[]' : '{}'}</div>;
  return (
    <details class="j-node" open={level < OPEN_LEVELS || holds(value, mark)}>
      <summary>{key}<span class="j-size">{list ? `[ ${plural(entries.length, 'item')} ]` : `{ ${plural(entries.length, 'member')} }`}</span></summary>
      <div class="j-in">
        {entries.slice(0, shown).map(([k, v]) => <Node key={k} name={k} value={v} level={level + 1} mark={mark} />)}
        {entries.length > shown && <button type="button" class="ghost" onClick={() => setShown(shown + PAGE)}>{entries.length - shown} more</button>}
      </div>
    </details>
  );
}

/** Shows a JSON value. `name` is the download's file name. `small`: a short one has no tools, where something else copies it. */
export function Json({ value, name, small = false }: { value: unknown; name: string; small?: boolean }) {
  const search = usePlace().params.get('find') ?? '';
  const text = useMemo(() => JSON.stringify(value, null, 2) ?? '', [value]);
  const large = text.length > LIMIT;
  const download = () => save(new Blob([text], { type: 'application/json' }), `${name}.json`);
  return (
    <div class="json-view">
      {!(small && text.length < SHORT) && <div class="toolbar">
        {!large && <input type="search" aria-label="Search in this JSON" placeholder="Search" value={search} onInput={(e) => setParams({ find: e.currentTarget.value }, { replace: true, stays: true })} />}
        <span class="note">{bytes(text.length)}</span>
        <Copy text={text} class="ghost" />
        <button type="button" class="ghost" onClick={download}>Download</button>
      </div>}
      {large ? <p class="note">Too large to show here without slowing the page down.</p>
        : <div class="j mono" tabIndex={0} role="group" aria-label="JSON"><Node key={search ? 's' : 'n'} name={null} value={value} level={0} mark={search.toLowerCase()} /></div>}
    </div>
  );
}
