// SPDX-License-Identifier: Apache-2.0
// The tree of a trace with its timeline: rows of HTML of one height, of which only those in sight are made. Arrow keys move, fold and
// unfold. Printed, all rows are made, up to so many as somebody may want to carry.
import { options } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { duration, durationExact } from '../../format/duration';
import { type Node, ticksOf } from './tree';

interface Props {
  rows: readonly Node[];
  folded: ReadonlySet<string>;
  onFold: (id: string, fold: boolean) => void;
  selected: string | null;
  onSelect: (node: Node) => void;
  /** what of the time is shown, ms since the epoch */
  begin: number;
  end: number;
  label: string;
  /** how many have no parent */
  roots: number;
}

/** px of a row; more where fingers point. */
const ROW = 30;
const ROW_TOUCH = 44;
/** Rows made above and below those in sight. */
const SPARE = 12;
const PRINTED = 2000;
const INDENTED = 12;
const INDENT = 14;

const KINDS: Record<string, string> = { GENERATION: 'generation', AGENT: 'agent', TOOL: 'tool', RETRIEVER: 'finds', EMBEDDING: 'finds', RERANKER: 'finds' };
/** What colours a type; all that is not named here is a span. */
export const kindOf = (type: string): string => KINDS[type] ?? 'span';

const coarse = () => (typeof matchMedia === 'undefined' ? false : matchMedia('(pointer: coarse), (max-width: 599px)').matches);
const rowId = (id: string) => `row-${id}`;

function useRowHeight(): number {
  const [height, set] = useState(() => (coarse() ? ROW_TOUCH : ROW));
  useEffect(() => {
    const media = matchMedia('(pointer: coarse), (max-width: 599px)');
    const follow = () => set(coarse() ? ROW_TOUCH : ROW);
    media.addEventListener('change', follow);
    return () => media.removeEventListener('change', follow);
  }, []);
  return height;
}

/** True while the page is printed; drawn before the browser makes the pages. */
function usePrinting(): boolean {
  const [on, set] = useState(false);
  useEffect(() => {
    const now = (value: boolean) => () => {
      const usual = options.debounceRendering;
      options.debounceRendering = (draw) => draw();
      set(value);
      if (usual) options.debounceRendering = usual; else delete options.debounceRendering;
    };
    const [before, after] = [now(true), now(false)];
    addEventListener('beforeprint', before);
    addEventListener('afterprint', after);
    return () => { removeEventListener('beforeprint', before); removeEventListener('afterprint', after); };
  }, []);
  return on;
}

/** Left and width of a stretch of time on the scale, in percent; null where it is outside. */
function placed(from: number, to: number, begin: number, end: number): { left: string; width: string } | null {
  const all = end - begin || 1;
  const [a, b] = [Math.max(begin, from), Math.min(end, to)];
  return to < begin || from > end ? null : { left: `${((a - begin) / all) * 100}%`, width: `${(Math.max(0, b - a) / all) * 100}%` };
}

function Bar({ node, begin, end }: { node: Node; begin: number; end: number }) {
  const { o } = node;
  const at = placed(node.start, node.end ?? node.start, begin, end);
  if (!at) return null;
  const length = node.end === null ? 0 : node.end - node.start;
  const wait = o.ttft_ms !== null && length > 0 ? Math.min(1, o.ttft_ms / length) : 0;
  const how = `${kindOf(o.type)} ${o.level === 'ERROR' ? 'failed' : ''} ${node.end === null ? 'open-end' : o.type === 'EVENT' ? 'moment' : ''}`;
  return <span class={`span-bar ${how}`} style={at}>{wait > 0 && <i style={{ width: `${wait * 100}%` }} />}</span>;
}

const SIGNS: Record<string, readonly [sign: string, tone: string, word: string]> = { ERROR: ['✕', 'bad', 'error'], WARNING: ['!', 'warn', 'warning'] };

function Row({ node, top, height, isSelected, isFolded, of, onFold, onSelect, begin, end }: {
  node: Node; top: number | null; height: number; isSelected: boolean; isFolded: boolean; of: number; onFold: Props['onFold']; onSelect: Props['onSelect']; begin: number; end: number;
}) {
  const { o } = node;
  const name = o.name || o.id;
  const long = node.end === null ? null : node.end - node.start;
  const sign = SIGNS[o.level];
  const parent = node.children.length > 0;
  const inside = isFolded && node.errors > (o.level === 'ERROR' ? 1 : 0);
  return (
    <div id={rowId(o.id)} role="treeitem" class={`tree-row ${isSelected ? 'selected' : ''}`} style={top === null ? undefined : { top: `${top}px`, height: `${height}px` }}
      aria-level={node.depth + 1} aria-setsize={of} aria-posinset={node.place} aria-selected={isSelected} aria-expanded={parent ? !isFolded : undefined}
      title={`${name}\n${o.type.toLowerCase()}, ${long === null ? 'no end is known' : durationExact(long)}, begins after ${durationExact(node.start - begin)}`} onClick={() => onSelect(node)}>
      <span class="tree-name" style={{ paddingLeft: `${Math.min(node.depth, INDENTED) * INDENT}px` }}>
        {parent ? <span class="fold" aria-hidden="true" onClick={(e) => { e.stopPropagation(); onFold(o.id, !isFolded); }}>{isFolded ? '▸' : '▾'}</span> : <span class="fold" />}
        <span class={`kind ${kindOf(o.type)}`}>{o.type.toLowerCase()} </span>
        {sign && <span class={`tone-${sign[1]}`}><span aria-hidden="true">{sign[0]}</span><span class="sr">{sign[2]} </span></span>}
        <span class="cut-text">{name}</span>
        {isFolded && <span class="note">+{node.size - 1}</span>}
        {inside && <span class="tone-bad note"><span aria-hidden="true">✕ </span>{node.errors}<span class="sr"> with errors</span></span>}
      </span>
      <span class="span-lane"><Bar node={node} begin={begin} end={end} /></span>
      <span class="tree-long">{long === null ? <span class="none">–<span class="sr"> (no end is known)</span></span> : o.type === 'EVENT' && long === 0 ? <span class="note">moment</span> : duration(long)}<span class="sr"> after {duration(node.start - begin)}</span></span>
    </div>
  );
}

export function TreeView({ rows, folded, onFold, selected, onSelect, begin, end, label, roots }: Props) {
  const height = useRowHeight();
  const printing = usePrinting();
  const box = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState({ top: 0, height: 600 });
  const at = rows.findIndex((n) => n.o.id === selected);
  const look = () => { const b = box.current; if (b) setSight((s) => (s.top === b.scrollTop && s.height === b.clientHeight ? s : { top: b.scrollTop, height: b.clientHeight })); };
  useLayoutEffect(() => {
    look();
    const watch = new ResizeObserver(look);
    if (box.current) watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  // what is selected is in sight, however it came to be
  useLayoutEffect(() => {
    const b = box.current;
    if (!b || at < 0) return;
    const top = at * height;
    const [above, below] = [b.scrollTop - top, top + height - b.scrollTop - b.clientHeight];
    // a step moves it by as much, a jump puts it where there is something around it
    if (Math.max(above, below) > 2 * height) b.scrollTop = Math.max(0, top - b.clientHeight / 3);
    else if (above > 0) b.scrollTop = Math.max(0, top - height);
    else if (below > 0) b.scrollTop += below + height;
    look();
  }, [selected, at >= 0, height]);
  const first = printing ? 0 : Math.max(0, Math.floor(sight.top / height) - SPARE);
  const until = printing ? Math.min(rows.length, PRINTED) : Math.min(rows.length, Math.ceil((sight.top + sight.height) / height) + SPARE);
  const drawn = rows.slice(first, until);
  const page = Math.max(1, Math.floor(sight.height / height) - 1);
  const go = (to: number) => { const node = rows[Math.max(0, Math.min(rows.length - 1, to))]; if (node) onSelect(node); };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const node = rows[at];
    const steps: Record<string, () => void> = {
      ArrowDown: () => go(at + 1), ArrowUp: () => go(at < 0 ? 0 : at - 1), Home: () => go(0), End: () => go(rows.length - 1), PageDown: () => go(at + page), PageUp: () => go(at - page),
      ArrowRight: () => { if (!node) go(0); else if (folded.has(node.o.id)) onFold(node.o.id, false); else if (node.children[0]) onSelect(node.children[0]); },
      ArrowLeft: () => { if (!node) go(0); else if (node.children.length > 0 && !folded.has(node.o.id)) onFold(node.o.id, true); else if (node.parent) onSelect(node.parent); },
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    step();
  };
  const ticks = ticksOf(end - begin, innerWidth < 600 ? 3 : 5);
  const all = end - begin || 1;
  const marks = ticks.map((t) => ({ ...t, left: `${(t.at / all) * 100}%` }));
  return (
    <div class="trace-tree">
      <div class="tree-axis" aria-hidden="true"><span class="tree-name">Observation</span><span class="span-lane">{marks.map((t) => <span key={t.at} style={{ left: t.left }} class={t.at / all > 0.94 ? 'at-end' : ''}>{t.word}</span>)}</span><span class="tree-long">Took</span></div>
      <div class="tree" ref={box} role="tree" tabIndex={0} aria-label={label} aria-activedescendant={at >= 0 ? rowId(selected ?? '') : undefined} onScroll={look} onKeyDown={onKeyDown} style={{ maxHeight: `max(${4 * height}px, 68dvh)` }}>
        <div class="tree-rows" role="presentation" style={printing ? undefined : { height: `${rows.length * height}px` }}>
          <div class="tree-grid" role="presentation" aria-hidden="true"><span class="tree-name" /><span class="span-lane">{marks.map((t) => <i key={t.at} style={{ left: t.left }} />)}</span><span class="tree-long" /></div>
          {drawn.map((node, i) => (
            <Row key={node.o.id} node={node} top={printing ? null : (first + i) * height} height={height} isSelected={node.o.id === selected} isFolded={folded.has(node.o.id)} of={node.parent?.children.length ?? roots} onFold={onFold} onSelect={onSelect} begin={begin} end={end} />
          ))}
        </div>
        {printing && rows.length > PRINTED && <p class="note">The first {PRINTED} of {rows.length} observations.</p>}
      </div>
    </div>
  );
}
