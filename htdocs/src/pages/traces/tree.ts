// SPDX-License-Identifier: Apache-2.0
// The tree of a trace, made of its observations in any order. What others wrote may be wrong: a parent may be missing, be itself, or be
// below its own child. Nothing recurses: a trace may be as deep as it is long.
import type { Observation } from '../../api/types';
import { axisUnit } from '../../format/duration';

export interface Node {
  o: Observation;
  parent: Node | null;
  children: Node[];
  depth: number;
  /** ms since the epoch, with fractions */
  start: number;
  /** null: it has not ended, or did not say */
  end: number | null;
  /** its place among those of the same parent, from 1 */
  place: number;
  /** of level ERROR, itself included */
  errors: number;
  /** itself and all below it */
  size: number;
  /** it names a parent that is not here, or that is below itself */
  lost: boolean;
}

export interface Tree {
  roots: Node[];
  byId: ReadonlyMap<string, Node>;
  /** from the first to the last, as they are drawn with nothing folded */
  all: Node[];
  begin: number;
  end: number;
}

/** A moment to the microsecond, in ms since the epoch; Date.parse drops what is below a millisecond. */
export function instant(text: string): number {
  const below = /\.\d{3}(\d{1,3})/.exec(text)?.[1];
  return Date.parse(text) + (below ? Number(below.padEnd(3, '0')) / 1000 : 0);
}

const before = (a: Node, b: Node) => a.start - b.start || (a.o.id < b.o.id ? -1 : a.o.id > b.o.id ? 1 : 0);

function nodeOf(o: Observation): Node {
  const start = instant(o.start_time);
  // clocks differ: one that ends before it begins has no length
  const end = o.end_time === null ? null : Math.max(start, instant(o.end_time));
  return { o, parent: null, children: [], depth: 0, start, end, place: 1, errors: o.level === 'ERROR' ? 1 : 0, size: 1, lost: false };
}

/** Puts `root` and all below it behind `into`; those that are there already are left out. */
function walk(root: Node, into: Node[], seen: Set<Node>): void {
  const stack = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    node.depth = node.parent ? node.parent.depth + 1 : 0;
    into.push(node);
    for (let i = node.children.length - 1; i >= 0; i--) stack.push(node.children[i] as Node);
  }
}

export function treeOf(list: readonly Observation[]): Tree {
  const byId = new Map(list.map((o) => [o.id, nodeOf(o)]));
  const sorted = [...byId.values()].sort(before);
  const roots: Node[] = [];
  for (const node of sorted) {
    const parent = node.o.parent_id === null ? undefined : byId.get(node.o.parent_id);
    if (parent && parent !== node) {
      node.parent = parent;
      parent.children.push(node);
    } else {
      node.lost = node.o.parent_id !== null;
      roots.push(node);
    }
  }
  const all: Node[] = [];
  const seen = new Set<Node>();
  for (const root of roots) walk(root, all, seen);
  // what is left goes in circles: the earliest of each is where it begins
  for (const node of sorted) {
    if (seen.has(node)) continue;
    const { parent } = node;
    if (parent) parent.children = parent.children.filter((child) => child !== node);
    node.parent = null;
    node.lost = true;
    roots.push(node);
    walk(node, all, seen);
  }
  for (const siblings of [roots, ...all.map((n) => n.children)]) siblings.forEach((node, i) => { node.place = i + 1; });
  for (let i = all.length - 1; i >= 0; i--) {
    const node = all[i] as Node;
    if (node.parent) { node.parent.errors += node.errors; node.parent.size += node.size; }
  }
  let begin = Infinity;
  let end = -Infinity;
  for (const n of all) { begin = Math.min(begin, n.start); end = Math.max(end, n.end ?? n.start); }
  return { roots, byId, all, begin: all.length ? begin : 0, end: all.length ? Math.max(end, begin) : 0 };
}

/** The rows that are drawn: all but what is below a folded one. */
export function shownOf(tree: Tree, folded: ReadonlySet<string>): Node[] {
  if (folded.size === 0) return tree.all;
  const shown: Node[] = [];
  for (let i = 0; i < tree.all.length;) {
    const node = tree.all[i] as Node;
    shown.push(node);
    i += folded.has(node.o.id) ? node.size : 1;
  }
  return shown;
}

/** The folds that let a node be seen. */
export function openTo(folded: ReadonlySet<string>, node: Node): ReadonlySet<string> {
  const next = new Set(folded);
  for (let up = node.parent; up; up = up.parent) next.delete(up.o.id);
  return next.size === folded.size ? folded : next;
}

/** From when to when a node and all below it took. */
export function spanOf(tree: Tree, node: Node): { begin: number; end: number } {
  const from = tree.all.indexOf(node);
  let { start: begin } = node;
  let end = node.end ?? node.start;
  for (const n of tree.all.slice(from, from + node.size)) { begin = Math.min(begin, n.start); end = Math.max(end, n.end ?? n.start); }
  return { begin, end };
}

/** The first node behind `from` (from the top again after the last) that fits; null where none does. */
export function nextOf(tree: Tree, from: Node | null, fits: (o: Observation) => boolean): Node | null {
  const at = from ? tree.all.indexOf(from) : -1;
  for (let step = 1; step <= tree.all.length; step++) {
    const node = tree.all[(at + step) % tree.all.length] as Node;
    if (fits(node.o)) return node;
  }
  return null;
}

/** Whether somebody who looks for these words means it. */
export function matches(o: Observation, text: string): boolean {
  const mark = text.toLowerCase();
  return [o.name, o.type, o.model, o.level, o.status_message, o.id].some((t) => t?.toLowerCase().includes(mark));
}

/** Round moments on a scale of `ms`, about five of them, with their words. */
export function ticksOf(ms: number, most = 6): { at: number; word: string }[] {
  if (!(ms > 0)) return [{ at: 0, word: '0' }];
  const { unit, ms: size } = axisUnit(ms);
  const total = ms / size;
  const power = 10 ** Math.floor(Math.log10(total / most));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => total / s <= most) ?? 10 * power;
  return Array.from({ length: Math.floor(total / step + 1e-9) + 1 }, (_, i) => ({ at: i * step * size, word: i === 0 ? '0' : `${Number((i * step).toPrecision(6))}\u00a0${unit}` }));
}
