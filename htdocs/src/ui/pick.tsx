// SPDX-License-Identifier: Apache-2.0
// One of the objects of a kind: a select where there are few, a box that searches on the server where there are many.
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { automation, automations, loadtest, loadtests, scenario, scenarios } from '../state/resources';
import { plural } from '../format/number';
import { type Readable, useStore } from '../state/store';

export type Pickable = 'scenario' | 'automation' | 'loadtest';
interface One { id: number; name: string | null }

/** So many are listed at once; a select has no more. */
const LISTED = 50;
const TYPING_MS = 150;

const listOf = (kind: Pickable, q: string): Readable<readonly One[]> => {
  const query = { limit: LISTED, ...(q ? { q } : {}) };
  return kind === 'scenario' ? scenarios.of(query) : kind === 'automation' ? automations.of(query) : loadtests.of(query);
};
const oneOf = (kind: Pickable, id: string): Readable<One> | null => {
  const number = Number(id);
  if (!Number.isInteger(number) || number <= 0) return null;
  return kind === 'scenario' ? scenario.of(number) : kind === 'automation' ? automation.of(number) : loadtest.of(number);
};
const word = (one: One) => one.name ?? `${one.id}`;

interface Props {
  kind: Pickable;
  /** id as text; '' is none */
  value: string;
  onPick: (id: string) => void;
  /** what stands for none ("Any scenario"); without it one must be picked */
  none?: string | undefined;
  disabled?: boolean | undefined;
  /** of the control: id, aria-label, aria-describedby ... */
  control: Record<string, string | boolean | undefined>;
}

export function Pick(props: Props) {
  const first = useStore(listOf(props.kind, ''));
  const list = first.data ?? [];
  const inList = list.find((o) => String(o.id) === props.value);
  const other = useStore(props.value === '' || inList ? null : oneOf(props.kind, props.value)).data;
  // its name is known before it was asked for
  const [picked, setPicked] = useState<One | null>(null);
  const one = inList ?? other ?? (String(picked?.id) === props.value ? picked : null);
  const name = one ? word(one) : props.value && `${props.kind} ${props.value}`;
  if (first.next) return <Searched {...props} first={list} name={name} take={(found) => { setPicked(found); props.onPick(found.id === 0 ? '' : String(found.id)); }} />;
  return (
    <select {...props.control} disabled={props.disabled} value={props.value} onChange={(e) => props.onPick(e.currentTarget.value)}>
      {(props.none !== undefined || props.value === '') && <option value="">{props.none ?? 'Choose …'}</option>}
      {list.map((o) => <option key={o.id} value={String(o.id)} selected={String(o.id) === props.value}>{word(o)}</option>)}
      {props.value !== '' && !inList && <option value={props.value} selected>{name}</option>}
    </select>
  );
}

/** A combobox (WAI-ARIA, list autocomplete with manual selection). */
function Searched({ kind, value, none, disabled, control, first, name, take: pick }: Props & { first: readonly One[]; name: string; take: (one: One) => void }) {
  const id = useId();
  const box = useRef<HTMLInputElement>(null);
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const [asked, ask] = useState('');
  const [at, setAt] = useState(-1);
  useEffect(() => {
    const timer = setTimeout(() => ask(text.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const found = useStore(open && asked ? listOf(kind, asked) : null);
  const list = asked ? found.data ?? [] : first;
  const rows = [...(none !== undefined && !asked ? [{ id: 0, name: none }] : []), ...list];
  const picked = Math.min(at, rows.length - 1);
  useEffect(() => { document.getElementById(`${id}-${picked}`)?.scrollIntoView({ block: 'nearest' }); }, [picked]);
  const close = () => { setOpen(false); setText(''); ask(''); setAt(-1); };
  const take = (one: One | undefined) => {
    if (!one) return;
    pick(one);
    close();
  };
  const more = asked ? found.next : true;
  return (
    <div class="pick" onFocusOut={(e) => { if (!e.currentTarget.contains(e.relatedTarget as Node | null)) close(); }}>
      <input {...control} ref={box} type="text" role="combobox" aria-autocomplete="list" aria-expanded={open} aria-controls={`${id}-list`} disabled={disabled}
        aria-activedescendant={open && picked >= 0 ? `${id}-${picked}` : undefined} autoComplete="off" spellcheck={false}
        placeholder={open ? 'Type to search' : none ?? 'Choose …'} value={open ? text : name}
        onClick={() => setOpen(true)} onInput={(e) => { setOpen(true); setText(e.currentTarget.value); setAt(0); }}
        onKeyDown={(e) => {
          if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
            e.preventDefault();
            if (!open) setOpen(true);
            else setAt((picked + (e.key === 'ArrowDown' ? 1 : rows.length + (picked < 0 ? 0 : -1))) % Math.max(1, rows.length));
          } else if (e.key === 'Enter' && open) {
            e.preventDefault(); // not the form's
            take(rows[picked < 0 && rows.length === 1 ? 0 : picked]);
          } else if (e.key === 'Escape' && open) {
            e.preventDefault(); // nor the dialog's
            e.stopPropagation();
            close();
          }
        }} />
      {open && (
        <div class="pick-list" onMouseDown={(e) => e.preventDefault()}>
          <ul id={`${id}-list`} role="listbox" aria-label={String(control['aria-label'] ?? kind)}>
            {rows.map((o, i) => <li key={o.id} id={`${id}-${i}`} role="option" aria-selected={i === picked} class={String(o.id) === value ? 'is' : ''} onMouseMove={() => setAt(i)} onClick={() => take(o)}>{word(o)}</li>)}
          </ul>
          <p class="note" role="status">{asked && !found.data ? 'Searching …' : rows.length === 0 ? 'Nothing is called so.' : more ? 'There are more: type a part of the name.' : plural(rows.length, 'match', 'matches')}</p>
        </div>
      )}
    </div>
  );
}
