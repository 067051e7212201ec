// SPDX-License-Identifier: Apache-2.0
// A field for JSON: numbered lines, the wrong ones marked and explained, and the members that could stand at the caret, from the
// schema. Ctrl+Space (or a quote) offers them, arrows choose, Enter takes, Esc closes; Tab stays a way out of the field.
import type { ComponentChildren } from 'preact';
import { useContext, useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import { Field, ReadOnly } from '../ui/form';
import { beginning, resolved, type Schema, schemaAt, typeWords, violations } from './json_schema';
import { caretAt, lineOf, placeOf, pointerPart, readText } from './json_text';

/** As .code-edit in the styles: a line, and what stands above the first. */
const LINE = 18;
const TOP = 8;
const MOST_ROWS = 18;
/** After the last key, ms: while one types, half of everything is wrong. */
const SETTLES = 500;
/** A longer text is not gone through while one types; the server says what is wrong with it. */
const READ_MOST = 1_000_000;
const SAID_MOST = 8;
/** Offers shown at a time. */
const SHOWN = 8;

interface Problem { at: number; pointer: string | null; sentence: string }

/** `put` is what it writes; then `marked` characters, `back` before its end, are marked to be typed over. */
interface Offer { word: string; what: string; doc: string; put: string; back: number; marked: number }
interface Offers { list: readonly Offer[]; index: number; from: number; to: number; line: number; column: number }

interface Props {
  label: string;
  value: string;
  onValue: (text: string) => void;
  /** null: it is on its way, and its button has its place already */
  schema?: Schema | null;
  /** what the server said, by pointer into this text */
  said?: ReadonlyMap<string, string> | undefined;
  error?: string | undefined;
  help?: ComponentChildren;
  rows?: number;
  /** one object in each line */
  perLine?: boolean;
  /** an empty text is a mistake too */
  needed?: boolean;
  placeholder?: string;
  class?: string;
}

const lineStart = (text: string, line: number): number => {
  let at = 0;
  for (let i = 1; i < line; i++) at = text.indexOf('\n', at) + 1;
  return at;
};

function problemsIn(text: string, offset: number, prefix: string, schema: Schema | null, said: ReadonlyMap<string, string>): Problem[] {
  const read = readText(text);
  if ('wrong' in read) return [{ at: offset + read.wrong.at, pointer: null, sentence: read.wrong.sentence }];
  const own = typeof read.value !== 'object' || read.value === null || Array.isArray(read.value) ? [{ pointer: '', sentence: 'This must be a JSON object, in { }.' }] : schema ? violations(read.value, schema) : [];
  const served = [...said].filter(([pointer]) => prefix === '' || pointer === prefix || pointer.startsWith(`${prefix}/`)).map(([pointer, sentence]) => ({ pointer: pointer.slice(prefix.length), sentence }));
  return [...served, ...own.filter((v) => !served.some((s) => s.pointer === v.pointer))].map((v) => {
    const place = placeOf(read.places, v.pointer);
    return { at: offset + (place?.key ?? place?.from ?? 0), pointer: v.pointer, sentence: v.sentence };
  });
}

const NONE: ReadonlyMap<string, string> = new Map();

/** Everything that is wrong with a text, in the order of its lines. */
function problemsOf(text: string, schema: Schema | null, said: ReadonlyMap<string, string>, perLine: boolean): Problem[] {
  if (text.trim() === '' || text.length > READ_MOST) return [];
  if (!perLine) return problemsIn(text, 0, '', schema, said).sort((a, b) => a.at - b.at);
  const found: Problem[] = [];
  let offset = 0;
  let entry = 0;
  for (const line of text.split('\n')) {
    if (line.trim() !== '') found.push(...problemsIn(line, offset, `/${entry++}`, schema, said));
    if (found.length > SAID_MOST) break;
    offset += line.length + 1;
  }
  return found;
}

/** What could stand at an offset. `asked`: by Ctrl+Space or the button, so also where nothing was begun. */
function offersAt(text: string, offset: number, schema: Schema, whole: unknown, asked: boolean): Offers | null {
  const caret = caretAt(text, offset);
  if (!caret || (!asked && text[caret.from] !== '"')) return null;
  const around = schemaAt(schema, caret.pointer, whole);
  if (!around || (caret.at === 'after' && (caret.kind === 'list' || !asked))) return null;
  const typed = caret.typed.toLowerCase();
  let list: Offer[];
  if (caret.at === 'value') {
    const s = schemaAt(schema, `${caret.pointer}/${pointerPart(caret.key)}`, whole);
    const values = s?.enum ?? ([s?.type].flat().includes('boolean') ? [true, false] : []);
    list = s ? values.map((v) => ({ word: JSON.stringify(v), what: v === s.default ? 'default' : '', doc: s.description ?? '', put: JSON.stringify(v), back: 0, marked: 0 })) : [];
    if (s && list.length === 0 && asked && caret.from === caret.to) { const [put, back] = beginning(s); if (put) list = [{ word: put, what: typeWords(s), doc: s.description ?? '', put, back, marked: back ? 0 : put.length }]; }
  } else {
    const follows = /^\s*:/.test(text.slice(caret.to));
    const comma = /^\s*"/.test(text.slice(caret.to)) && !follows ? ',' : '';
    const before = caret.at === 'after' ? ', ' : '';
    list = Object.entries(around.properties ?? {}).filter(([name]) => !caret.names.has(name)).map(([name, of]) => {
      const s = resolved(of, undefined);
      const [value, back] = follows ? ['', 0] : beginning(s);
      return { word: name, what: `${typeWords(s)}${around.required?.includes(name) ? ', needed' : ''}`, doc: s.description ?? '', put: `${before}"${name}"${follows ? '' : `: ${value}${comma}`}`, back: back + comma.length, marked: back || follows ? 0 : value.length };
    });
  }
  const rank = (o: Offer) => (o.word.toLowerCase().replace(/^"/, '').startsWith(typed) ? 0 : o.word.toLowerCase().includes(typed) ? 1 : 2);
  list = list.map((o) => [rank(o), o] as const).filter(([r]) => r < 2).sort((a, b) => a[0] - b[0]).map(([, o]) => o);
  if (list.length === 0) return null;
  const line = lineOf(text, caret.from);
  return { list, index: 0, from: caret.from, to: caret.to, line, column: caret.from - lineStart(text, line) };
}

function OfferList({ of, id, top, take }: { of: Offers; id: string; top: number; take: (offer: Offer) => void }) {
  // a few around the chosen one: arrows bring the others, letters leave fewer
  const first = Math.max(0, Math.min(of.index - Math.floor(SHOWN / 2), of.list.length - SHOWN));
  const doc = of.list[of.index]?.doc;
  return (
    <div class="offers" style={{ top: `${top}px`, left: `min(${of.column}ch, max(0px, 100% - 380px))` }}>
      <ul id={id} role="listbox" aria-label="What can stand here">
        {of.list.slice(first, first + SHOWN).map((o, at) => [o, at + first] as const).map(([o, i]) => (
          <li key={o.word} id={`${id}-${i}`} role="option" aria-selected={i === of.index} aria-setsize={of.list.length} aria-posinset={i + 1} onMouseDown={(e) => { e.preventDefault(); take(o); }}>
            <span class="mono">{o.word}</span> <span class="note">{o.what}</span>
          </li>
        ))}
      </ul>
      {(doc || of.list.length > SHOWN) && <p class="note">{doc} {of.list.length > SHOWN && <span>{of.index + 1} of {of.list.length}.</span>}</p>}
    </div>
  );
}

/** Numbers of the lines that can be seen. */
function Gutter({ lines, scroll, height, wrong }: { lines: number; scroll: number; height: number; wrong: ReadonlySet<number> }) {
  const first = Math.max(1, Math.floor(scroll / LINE));
  const last = Math.min(lines, first + Math.ceil(height / LINE) + 2);
  return (
    <div class="code-edit-lines" aria-hidden="true">
      {Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i).map((n) => <span key={n} class={wrong.has(n) ? 'bad' : ''} style={{ top: `${TOP + (n - 1) * LINE - scroll}px` }}>{n}</span>)}
    </div>
  );
}

export function JsonEditor({ label, value, onValue, schema: given, said = NONE, error, help, rows = 6, perLine = false, needed, placeholder, class: name = '' }: Props) {
  const readOnly = useContext(ReadOnly);
  const schema = given ?? null;
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const whole = useRef<unknown>({}); // the last that could be read: it says what the rest is
  const [settled, settle] = useState(value);
  const [seen, see] = useState({ scroll: 0, height: 400 });
  const [offers, offer] = useState<Offers | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => settle(value), SETTLES);
    return () => clearTimeout(timer);
  }, [value]);
  const found = useMemo(() => problemsOf(settled, schema, said, perLine), [settled, schema, said, perLine]);
  const problems = settled === value ? found : found.filter((p) => p.at <= value.length);
  useMemo(() => { if (perLine || value.length > READ_MOST) return; const read = readText(value); if ('value' in read) whole.current = read.value; }, [value]);
  const wrongLines = new Set(problems.map((p) => lineOf(settled, p.at)));
  const none = needed && settled.trim() === '' && value === settled ? undefined : error;
  const wrong = problems.length > 0 || none !== undefined;
  const lines = value.split('\n').length;
  const show = (asked: boolean) => {
    const t = area.current;
    offer(!t || readOnly || !schema || perLine || t.selectionStart !== t.selectionEnd ? null : offersAt(t.value, t.selectionStart, schema, whole.current, asked));
  };
  const put = (from: number, to: number, text: string, back: number, marked: number) => {
    const t = area.current;
    if (!t) return;
    t.focus();
    t.setSelectionRange(from, to);
    // the one way that leaves undo as it was
    if (!document.execCommand('insertText', false, text)) { t.setRangeText(text, from, to, 'end'); onValue(t.value); }
    const at = t.selectionStart - back;
    t.setSelectionRange(at - marked, at);
    offer(null);
  };
  const take = (o: Offer) => { if (offers) put(offers.from, offers.to, o.put, o.back, o.marked); };
  const members = () => {
    const t = area.current;
    if (!t) return;
    t.focus();
    if (t.value.trim() === '') put(0, t.value.length, '{\n  \n}', 2, 0);
    else if (!caretAt(t.value, t.selectionStart)) { const end = t.value.trimEnd().length - 1; t.setSelectionRange(end, end); }
    show(true);
  };
  const go = (p: Problem) => {
    const t = area.current;
    if (!t) return;
    const line = lineOf(t.value, p.at);
    const begin = lineStart(t.value, line);
    const end = t.value.indexOf('\n', begin);
    t.focus();
    t.setSelectionRange(Math.max(begin, p.at), end < 0 ? t.value.length : end);
    t.scrollTop = Math.max(0, (line - 4) * LINE); // a text area does not scroll to its selection by itself
  };
  const onKey = (e: KeyboardEvent) => {
    if (e.key === ' ' && e.ctrlKey) { e.preventDefault(); show(true); return; }
    if (!offers) return;
    const step = e.key === 'ArrowDown' ? 1 : e.key === 'ArrowUp' ? -1 : 0;
    if (step) { e.preventDefault(); offer({ ...offers, index: (offers.index + step + offers.list.length) % offers.list.length }); }
    else if (e.key === 'Enter') { e.preventDefault(); const o = offers.list[offers.index]; if (o) take(o); }
    else if (e.key === 'Escape') { e.preventDefault(); e.stopPropagation(); offer(null); }
    else if (/^(Arrow|Home|End|Page|Tab)/.test(e.key)) offer(null);
  };
  return (
    <Field label={label} help={help} error={none} class={`${name} ${wrong ? 'wrong' : ''}`}>
      {(p) => (
        <>
          <div class="code-edit">
            <Gutter lines={lines} scroll={seen.scroll} height={seen.height} wrong={wrongLines} />
            <div class="code-edit-field">
              <div class="code-edit-marks" aria-hidden="true">{[...wrongLines].map((n) => <i key={n} style={{ top: `${TOP + (n - 1) * LINE - seen.scroll}px` }} />)}</div>
              <textarea {...p} ref={area} class="mono json" wrap="off" rows={Math.max(rows, Math.min(MOST_ROWS, lines))} spellcheck={false} autocomplete="off" autocapitalize="off" readOnly={readOnly} placeholder={placeholder} value={value}
                aria-describedby={[p['aria-describedby'], problems.length ? `${id}-problems` : ''].filter(Boolean).join(' ') || undefined} aria-invalid={wrong || undefined}
                {...(schema && !perLine ? { 'aria-autocomplete': 'list' as const } : {})} {...(offers ? { 'aria-controls': `${id}-offers`, 'aria-activedescendant': `${id}-offers-${offers.index}` } : {})}
                onScroll={(e) => { see({ scroll: e.currentTarget.scrollTop, height: e.currentTarget.clientHeight }); offer(null); }}
                onInput={(e) => { onValue(e.currentTarget.value); show(offers !== null); }}
                onKeyDown={onKey} onClick={() => offer(null)}
                onBlur={() => {
                  offer(null);
                  settle(value);
                  if (readOnly || perLine || value.trim() === '') return;
                  const read = readText(value);
                  if ('value' in read && typeof read.value === 'object' && read.value !== null) { const text = JSON.stringify(read.value, null, 2); if (text !== value) { onValue(text); settle(text); } }
                }} />
              {offers && <OfferList of={offers} id={`${id}-offers`} top={TOP + offers.line * LINE - seen.scroll} take={take} />}
            </div>
          </div>
          {given !== undefined && !perLine && !readOnly && <button type="button" disabled={!schema} class="ghost small code-edit-add" aria-label={`Members of ${label}`} title="Ctrl+Space in the field" onMouseDown={(e) => e.preventDefault()} onClick={members}>Members</button>}
          {problems.length > 0 && (
            <ul class="code-problems" id={`${id}-problems`}>
              {problems.slice(0, SAID_MOST).map((x, i) => <li key={i}><button type="button" class="ghost small" onClick={() => go(x)}>Line {lineOf(settled, x.at)}</button> <span>{x.pointer ? <><code>{x.pointer}</code> </> : null}{x.sentence}</span></li>)}
              {problems.length > SAID_MOST && <li class="note">and more</li>}
            </ul>
          )}
        </>
      )}
    </Field>
  );
}
