// SPDX-License-Identifier: Apache-2.0
// One trace: figures, then its tree with the timeline, and the observation that is selected in it.
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Trace } from '../../api/types';
import { duration, durationExact } from '../../format/duration';
import { compact, count, plural } from '../../format/number';
import { dateTime } from '../../format/time';
import { cost, costExact, NO_COST, NO_LATENCY, NO_TOKENS, tokens, tokensExact } from '../../format/traces';
import { href, navigate, type Place, setParams, usePlace } from '../../router';
import { useZone } from '../../state/settings';
import { useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { Json } from '../../ui/json';
import { useKeys } from '../../ui/keys';
import { Link } from '../../ui/link';
import { Empty, Loaded, Panel, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { carriedFrom, keyOf, TRACE_FILTERS, traceParams } from './filters';
import { ObservationPanel } from './observation';
import { Scores, Sections, Steps, useSources } from './parts';
import { allSources, traceOf, TREE_MOST, type WholeTrace, wholeTrace } from './stores';
import { storeAt } from './traces';
import { matches, nextOf, openTo, shownOf, spanOf, type Tree, treeOf } from './tree';
import { kindOf, TreeView } from './tree_view';

const asked = ({ params }: Place) => ({ source: Number(params.get('source')), trace: params.get('trace') ?? '' });

export async function shows(at: Place): Promise<void> {
  const key = asked(at);
  await Promise.all([traceOf(key.source, key.trace).prime(), wholeTrace.of(key).prime(), allSources().prime()]);
}

/** The way to the neighbours in the list it was opened from. */
function Neighbours({ id }: { id: string }) {
  const at = usePlace();
  const carried = carriedFrom(at.params, TRACE_FILTERS);
  const list = useStore(storeAt(at));
  const rows = list.data ?? [];
  const here = rows.findIndex((t) => keyOf(t) === id);
  const last = here >= 0 && here === rows.length - 1;
  const nextPage = new URLSearchParams(at.params);
  if (list.after) nextPage.set('after', list.after);
  const further = useStore(last && list.after ? storeAt({ path: at.path, params: nextPage }) : null).data?.[0];
  const open = (t: Trace | undefined, where = carried) => (t ? () => navigate(href('/traces/trace', traceParams(t, where)), { together: true }) : undefined);
  const older = last ? open(further, { ...carried, after: list.after ?? '' }) : here >= 0 ? open(rows[here + 1]) : undefined;
  return <Steps noun="trace" newer={here > 0 ? open(rows[here - 1]) : undefined} older={older} />;
}

function Facts({ of: t }: { of: Trace }) {
  const zone = useZone();
  const { several, name } = useSources();
  const facts: [string, string, string, string, string][] = [
    ['Latency', duration(t.latency_ms), durationExact(t.latency_ms), NO_LATENCY, 'begin to last end'],
    ['Observations', compact(t.observations), count(t.observations), '', t.errors > 0 ? `✕ ${plural(t.errors, 'error')}` : 'none failed'],
    ['Tokens', tokens(t), tokensExact(t), NO_TOKENS, `${compact(t.input_tokens)} in, ${compact(t.output_tokens)} out`],
    ['Cost', cost(t.total_cost), costExact(t.total_cost), NO_COST, 'as its source reckons'],
  ];
  const about: [string, string | null][] = [['environment', t.environment], ['release', t.release], ['version', t.version], ...(several ? [['source', name(t.source_id)] as [string, string]] : [])];
  return (
    <>
      <p class="sub">
        {dateTime(t.timestamp, zone)}
        {t.session_id !== null && <> · session <Link to="/traces/session" params={{ source: t.source_id, session: t.session_id }}>{t.session_id}</Link></>}
        {t.user_id !== null && <> · user <Link to="/traces/list" params={{ user_id: t.user_id }}>{t.user_id}</Link></>}
        {about.map(([what, is]) => is !== null && <span key={what}> · {what} {is}</span>)}
        {t.tags.map((tag) => <span key={tag}> <Link to="/traces/list" params={{ tag }} class="tag">{tag}</Link></span>)}
      </p>
      <dl class="kpis four trace-facts">
        {facts.map(([label, text, exact, why, note]) => (
          <div key={label} class="kpi"><dt>{label}</dt><dd class={`value ${text === '–' ? 'none' : ''}`} title={text === '–' ? why : exact}>{text}</dd><dd class="below"><span class={`note ${note.startsWith('✕') ? 'tone-bad' : ''}`}>{text === '–' ? why : note}</span></dd></div>
        ))}
      </dl>
    </>
  );
}

/** What types there are, which is also what their colours mean. */
function Kinds({ tree }: { tree: Tree }) {
  const by = new Map<string, number>();
  for (const { o } of tree.all) by.set(o.type, (by.get(o.type) ?? 0) + 1);
  const several = [...by].sort((a, b) => b[1] - a[1]);
  const waits = tree.all.some(({ o }) => o.ttft_ms !== null);
  return <p class="kinds note">{several.map(([type, n]) => <span key={type}><span class={`kind ${kindOf(type)}`}>{type.toLowerCase()}</span> {count(n)}</span>)}{waits && <span><i class="wait-mark" aria-hidden="true" /> until the first token</span>}</p>;
}

function TheTree({ whole, of: key }: { whole: WholeTrace; of: { source: number; trace: string } }) {
  const { params } = usePlace();
  const tree = useMemo(() => treeOf(whole.list), [whole]);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [text, setText] = useState(params.get('q') ?? '');
  const node = tree.byId.get(params.get('o') ?? '') ?? null;
  const zoomed = tree.byId.get(params.get('zoom') ?? '') ?? null;
  const rows = useMemo(() => shownOf(tree, folded), [tree, folded]);
  const found = useMemo(() => (text.trim() === '' ? 0 : tree.all.filter((n) => matches(n.o, text.trim())).length), [tree, text]);
  const { begin, end } = useMemo(() => (zoomed ? spanOf(tree, zoomed) : tree), [tree, zoomed]);
  const inner = useMemo(() => tree.all.filter((n) => n.children.length > 0), [tree]);
  const failed = useMemo(() => tree.all.filter((n) => n.o.level === 'ERROR').length, [tree]);
  const select = (next: typeof node) => { if (next) { setFolded((f) => openTo(f, next)); setParams({ o: next.o.id }, { replace: true }); } };
  const zoom = () => setParams({ zoom: node && zoomed !== node ? node.o.id : null }, { replace: true });
  const fold = (id: string, shut: boolean) => {
    const next = new Set(folded);
    if (shut) next.add(id); else next.delete(id);
    setFolded(next);
    let up = node;
    while (up && up.o.id !== id) up = up.parent;
    if (shut && up && up !== node) select(up); // what is selected stays in sight
  };
  const foldAll = () => { const all = new Set(inner.filter((n) => n.depth > 0).map((n) => n.o.id)); setFolded(folded.size > 0 ? new Set() : node ? openTo(all, node) : all); };
  const nextError = () => select(nextOf(tree, node, (o) => o.level === 'ERROR'));
  useEffect(() => { if (node) setFolded((f) => openTo(f, node)); }, [node]);
  useKeys({ e: failed > 0 ? nextError : undefined, z: node ? zoom : undefined, '/': () => document.querySelector<HTMLInputElement>('#tree-find')?.focus() });
  if (tree.all.length === 0) return <Empty title="None of its observations is here"><p>They may be on their way: the next sync reads what came late.</p></Empty>;
  return (
    <div class={node ? 'with-preview trace-body' : ''}>
      <section class="panel" aria-label="Observations">
        <header class="tree-tools">
          <form class="grow" role="search" onSubmit={(e) => { e.preventDefault(); if (text.trim()) select(nextOf(tree, node, (o) => matches(o, text.trim()))); }}>
            <input id="tree-find" type="search" aria-label="Find an observation" placeholder="Find, Enter" value={text} onInput={(e) => { setText(e.currentTarget.value); setParams({ q: e.currentTarget.value }, { replace: true }); }} />
            <span class="note" role="status">{text.trim() === '' ? '' : found === 0 ? 'none' : `${count(found)} of ${count(tree.all.length)}`}</span>
          </form>
          {failed > 0 && <button type="button" class="bad small" onClick={nextError}>{failed === 1 ? 'The error' : `Next of ${plural(failed, 'error')}`}</button>}
          {zoomed && <button type="button" class="small" onClick={() => setParams({ zoom: null }, { replace: true })}>Whole timeline</button>}
          {inner.length > 1 && <button type="button" class="ghost small" onClick={foldAll}>{folded.size > 0 ? 'Unfold all' : 'Fold all'}</button>}
        </header>
        <TreeView rows={rows} roots={tree.roots.length} folded={folded} selected={node?.o.id ?? null} onSelect={select} begin={begin} end={end}
          label={`${plural(tree.all.length, 'observation')} of the trace`}
          onFold={fold} />
        <Kinds tree={tree} />
        {whole.cut && <p class="note pad">Only the last {count(TREE_MOST)} observations are drawn.</p>}
      </section>
      {node && <ObservationPanel node={node} tree={tree} trace={key} close={() => setParams({ o: null, zoom: null })} zoomed={zoomed === node} onZoom={zoom} />}
    </div>
  );
}

export default function TracePage() {
  const at = usePlace();
  const key = asked(at);
  const store = traceOf(key.source, key.trace);
  const state = useStore(store);
  const whole = useStore(wholeTrace.of(key));
  const trace = state.data?.[0];
  const { metadata } = (trace ?? {}) as { metadata?: unknown };
  const back = carriedFrom(at.params, TRACE_FILTERS);
  const { known } = useSources(); // the line below the title names one of several: it must not grow when that is known
  return (
    <>
      <Top title={<><Link to="/traces/list" params={back} class="crumb">Traces</Link><span class="crumb-mark" aria-hidden="true">/</span><span class="cut">{trace?.name || key.trace}</span></>}>
        <Neighbours id={keyOf({ source_id: key.source, id: key.trace })} />
        <Copy text={() => curl('GET', `/traces?${new URLSearchParams({ source_id: String(key.source), id: key.trace })}`)}>Copy as curl</Copy>
      </Top>
      <Loaded from={known ? state : { ...state, data: undefined, error: null }} retry={() => void store.refresh()} skeleton={<><Skeleton height={104} /><Skeleton height={480} /></>}>
        {() => (!trace ? (
          <><Sections /><Empty title="This trace is not here"><p>No source has a trace of the id <code>{key.trace || '–'}</code>: it was not mirrored yet, or its server has deleted it.</p><p class="then"><Link to="/traces/list" class="button">All traces</Link></p></Empty></>
        ) : (
          <div class="stack">
            <div><Facts of={trace} /></div>
            <Loaded from={whole} retry={() => void wholeTrace.of(key).refresh()} skeleton={<Skeleton height={480} />}>{(w) => <TheTree key={`${key.source}/${key.trace}`} whole={w} of={key} />}</Loaded>
            {whole.data?.scores.some((s) => s.observation_id === null) && <section class="panel" aria-label="Scores of the trace"><Scores list={whole.data.scores.filter((s) => s.observation_id === null)} /></section>}
            {metadata != null && Object.keys(metadata).length > 0 && <Panel title="Metadata of the trace" actions={<Copy class="ghost small" text={() => JSON.stringify(metadata, null, 2)}>Copy</Copy>}><Json value={metadata} name={`trace-${trace.id}-metadata`} small /></Panel>}
          </div>
        ))}
      </Loaded>
    </>
  );
}
