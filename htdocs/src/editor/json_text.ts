// SPDX-License-Identifier: Apache-2.0
// JSON as somebody types it: the value with the place of each of its parts, or what is wrong and where; and what could stand at the
// caret. JSON.parse names no place that all browsers agree on, and says "unexpected token" where a comma is missing.

/** Offsets in the text. `key`: where the member's name begins; null for entries of a list and the whole. */
export interface Place { from: number; to: number; key: number | null }

/** By JSON pointer. */
export type Places = ReadonlyMap<string, Place>;

export type ReadText = { value: unknown; places: Places } | { wrong: { at: number; sentence: string } };

/** One part of a JSON pointer. */
export const pointerPart = (name: string | number): string => String(name).replaceAll('~', '~0').replaceAll('/', '~1');

/** The parts of a pointer. */
export const pointerParts = (pointer: string): string[] => pointer.split('/').slice(1).map((p) => p.replaceAll('~1', '/').replaceAll('~0', '~'));

/** From 1. */
export function lineOf(text: string, at: number): number {
  let line = 1;
  for (let i = text.indexOf('\n'); i >= 0 && i < at; i = text.indexOf('\n', i + 1)) line++;
  return line;
}

class Mistake extends Error {
  readonly at: number;
  constructor(at: number, sentence: string) {
    super(sentence);
    this.at = at;
  }
}

const LITERALS: readonly (readonly [string, unknown])[] = [['true', true], ['false', false], ['null', null]];
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const BLANK = /\s*/y;
const DEEPEST = 200; // the server takes no deeper either

class Reader {
  readonly places = new Map<string, Place>();
  private at = 0;
  private readonly text: string;
  constructor(text: string) { this.text = text; }

  all(): unknown {
    const value = this.value('', null, 0);
    this.blank();
    if (this.at < this.text.length) throw new Mistake(this.at, 'Nothing more can follow the end of the JSON.');
    return value;
  }

  private blank() {
    BLANK.lastIndex = this.at;
    BLANK.exec(this.text);
    this.at = BLANK.lastIndex;
  }

  private value(pointer: string, key: number | null, depth: number): unknown {
    this.blank();
    const from = this.at;
    const value = this.any(pointer, depth);
    this.places.set(pointer, { from, to: this.at, key });
    return value;
  }

  private any(pointer: string, depth: number): unknown {
    const c = this.text[this.at];
    if (depth > DEEPEST) throw new Mistake(this.at, 'This is nested too deep.');
    if (c === '{') return this.object(pointer, depth);
    if (c === '[') return this.list(pointer, depth);
    if (c === '"') return this.string();
    for (const [word, value] of LITERALS) if (this.text.startsWith(word, this.at)) { this.at += word.length; return value; }
    NUMBER.lastIndex = this.at;
    const number = NUMBER.exec(this.text)?.[0];
    if (number !== undefined) {
      if (/^-?\d+$/.test(number) && !Number.isSafeInteger(Number(number))) throw new Mistake(this.at, 'This number is too long to be kept digit by digit. As text, in double quotes, it is.');
      this.at += number.length;
      return Number(number);
    }
    if (c === undefined) throw new Mistake(this.at, 'A value is missing at the end.');
    if (c === '}' || c === ']' || c === ',' || c === ':') throw new Mistake(this.at, `A value is missing before this ${c}`);
    throw new Mistake(this.at, c === "'" ? 'Text stands in double quotes.' : 'Here stands no value. Text needs double quotes.');
  }

  private string(): string {
    const from = this.at;
    for (this.at++; this.at < this.text.length; this.at++) {
      const c = this.text[this.at];
      if (c === '\\') { this.at++; continue; }
      if (c === '\n') break;
      if (c === '"') {
        this.at++;
        try { return JSON.parse(this.text.slice(from, this.at)) as string; } catch { throw new Mistake(from, 'This text has a \\ or a control character that JSON does not know.'); }
      }
    }
    throw new Mistake(from, 'This text has no closing quote.');
  }

  /** After a value: true if another follows. */
  private more(open: number, close: string): boolean {
    this.blank();
    const c = this.text[this.at];
    if (c === undefined) throw new Mistake(open, `This ${this.text[open]} is never closed by ${close}`);
    if (c === close) { this.at++; return false; }
    if (c !== ',') throw new Mistake(this.at, c === '}' || c === ']' ? `This ${c} closes nothing: ${close} is missing before it.` : 'A comma is missing before this.');
    const comma = this.at++;
    this.blank();
    if (this.text[this.at] === close) throw new Mistake(comma, `This comma is one too many: ${close} follows.`);
    return true;
  }

  private object(pointer: string, depth: number): Record<string, unknown> {
    const open = this.at++;
    const members: [string, unknown][] = [];
    const seen = new Set<string>();
    this.blank();
    if (this.text[this.at] === '}') { this.at++; return {}; }
    do {
      this.blank();
      const key = this.at;
      if (this.text[key] === undefined) throw new Mistake(open, 'This { is never closed by }');
      if (this.text[key] !== '"') throw new Mistake(key, "A member's name in double quotes is missing here.");
      const name = this.string();
      if (seen.has(name)) throw new Mistake(key, `The member "${name}" stands here twice.`);
      seen.add(name);
      this.blank();
      if (this.text[this.at] !== ':') throw new Mistake(key, `A colon is missing after "${name}".`);
      this.at++;
      members.push([name, this.value(`${pointer}/${pointerPart(name)}`, key, depth + 1)]);
    } while (this.more(open, '}'));
    return Object.fromEntries(members);
  }

  private list(pointer: string, depth: number): unknown[] {
    const open = this.at++;
    const list: unknown[] = [];
    this.blank();
    if (this.text[this.at] === ']') { this.at++; return list; }
    do list.push(this.value(`${pointer}/${list.length}`, null, depth + 1)); while (this.more(open, ']'));
    return list;
  }
}

export function readText(text: string): ReadText {
  const reader = new Reader(text);
  try {
    return { value: reader.all(), places: reader.places };
  } catch (error) {
    if (error instanceof Mistake) return { wrong: { at: error.at, sentence: error.message } };
    throw error;
  }
}

/** The place of a pointer, or of the nearest part around it that is there. */
export function placeOf(places: Places, pointer: string): Place | undefined {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const place = places.get(at);
    if (place || at === '') return place;
  }
}

/** What the caret is in. */
export interface Caret {
  /** pointer of the object or list around it */
  pointer: string;
  kind: 'object' | 'list';
  /** `name`: a member's name can stand here; `value`: a value, of the member or entry `key`; `after`: a comma comes first */
  at: 'name' | 'value' | 'after';
  key: string;
  /** the names that the object has, beside the one that is being typed */
  names: ReadonlySet<string>;
  /** what is being typed, without its quote, and the span that it takes */
  typed: string;
  from: number;
  to: number;
}

interface Frame { pointer: string; kind: 'object' | 'list'; at: Caret['at'] | 'colon'; key: string; entries: number; names: Set<string> }

const WORD = /"(?:[^"\\\n]|\\.)*"?|[^\s{}[\],:"]+|[{}[\],:]/gy;

/** What can follow a text. */
const CLOSES = /^\s*(?:[:,}\]]|$)/;

/** Reads a text that may be broken anywhere; null outside of any object or list. */
export function caretAt(text: string, offset: number): Caret | null {
  const stack: Frame[] = [];
  let caret: Caret | null = null;
  let mine: Frame | undefined; // read on to its end, for the names that follow
  const stand = (from: number, to: number, typed: string) => {
    mine = stack.at(-1);
    if (mine) caret = { pointer: mine.pointer, kind: mine.kind, at: mine.at === 'colon' ? 'after' : mine.at, key: mine.kind === 'list' ? String(mine.entries) : mine.key, names: mine.names, typed, from, to };
    return mine !== undefined;
  };
  WORD.lastIndex = 0;
  let done = false;
  for (let at = 0; at < text.length;) {
    if (/\s/.test(text[at] as string)) { at++; continue; }
    WORD.lastIndex = at;
    let word = WORD.exec(text)?.[0] ?? (text[at] as string);
    const from = at;
    // a name that is being typed before another one would be closed by the quote that opens that one
    if (word.length > 1 && word.startsWith('"') && word.endsWith('"') && offset > from && offset < from + word.length && !CLOSES.test(text.slice(from + word.length, from + word.length + 80))) word = text.slice(from, offset);
    at += word.length;
    const text_ = word.startsWith('"');
    const closed = text_ && word.length > 1 && word.endsWith('"');
    const inside = !done && (text_ ? offset > from && (closed ? offset < at : offset <= at) : offset > from && offset <= at && !/^[{}[\],:]$/.test(word));
    const typing = inside && (stack.at(-1)?.at === 'name' || stack.at(-1)?.at === 'value');
    if (!done && (typing || offset <= from)) {
      done = true;
      if (!stand(typing ? from : offset, typing ? at : offset, typing ? text.slice(from + (text_ ? 1 : 0), offset) : '')) return null;
    }
    const top = stack.at(-1);
    if (word === '{' || word === '[') {
      const key = top ? (top.kind === 'list' ? top.entries : top.key) : '';
      stack.push({ pointer: top ? `${top.pointer}/${pointerPart(key)}` : '', kind: word === '{' ? 'object' : 'list', at: word === '{' ? 'name' : 'value', key: '', entries: 0, names: new Set() });
    } else if (word === '}' || word === ']') {
      if (stack.pop() === mine && mine) return caret;
      const now = stack.at(-1);
      if (now) now.at = 'after';
    } else if (top && word === ',') {
      top.at = top.kind === 'object' ? 'name' : 'value';
      top.entries++;
    } else if (top && word === ':') top.at = 'value';
    else if (top?.at === 'name') {
      top.key = text_ ? word.slice(1, closed ? -1 : undefined) : word;
      if (!typing) top.names.add(top.key);
      top.at = 'colon';
    } else if (top) top.at = 'after';
  }
  if (!done && !stand(offset, offset, '')) return null;
  return caret;
}

/** A JSON object from a text; an empty one from an empty text. */
export function readObject(text: string): { value: Record<string, unknown> } | { wrong: string } {
  if (text.trim() === '') return { value: {} };
  const read = readText(text);
  if ('wrong' in read) return { wrong: `Line ${lineOf(text, read.wrong.at)}: ${read.wrong.sentence}` };
  if (typeof read.value === 'object' && read.value !== null && !Array.isArray(read.value)) return { value: read.value as Record<string, unknown> };
  return { wrong: 'This must be a JSON object, in { }.' };
}
