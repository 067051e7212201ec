// SPDX-License-Identifier: Apache-2.0
// One observation beside the tree: what it did, how long it took, what it cost, what went in and out, and all else that is known of it.
import type { ComponentChildren } from 'preact';
import type { Observation } from '../../api/types';
import { duration, durationExact } from '../../format/duration';
import { count, DASH } from '../../format/number';
import { dateTime } from '../../format/time';
import { cost, costExact } from '../../format/traces';
import { setParams } from '../../router';
import { useZone } from '../../state/settings';
import { useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { Json } from '../../ui/json';
import { Link } from '../../ui/link';
import { Failure, Panel } from '../../ui/panel';
import { Pill, Value } from '../../ui/state';
import { Bodies } from './body';
import { Scores } from './parts';
import { observation } from './stores';
import type { Node, Tree } from './tree';
import { kindOf } from './tree_view';

const TONES = { ERROR: ['bad', '✕'], WARNING: ['warn', '!'], DEBUG: ['quiet', '·'] } as const;

function Level({ of: o }: { of: Observation }) {
  const tone = TONES[o.level as keyof typeof TONES];
  return tone ? <Pill tone={tone[0]} sign={tone[1]}>{o.level.toLowerCase()}</Pill> : null;
}

const Pair = ({ name, children }: { name: string; children: ComponentChildren }) => <div><dt>{name}</dt><dd>{children}</dd></div>;

/** Numbers by kind, as a source has them: "input 1,204 · cached 900". */
function kinds(details: unknown, text: (n: number) => string): string {
  if (typeof details !== 'object' || details === null) return '';
  return Object.entries(details).flatMap(([kind, n]) => (typeof n === 'number' ? [`${kind.replaceAll('_', ' ')} ${text(n)}`] : [])).join(' · ');
}

const rest = (o: Observation): [string, string][] => ([['Environment', o.environment], ['Version', o.version], ['Session', o.session_id], ['User', o.user_id]] as [string, string | null][]).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));

/** `summary` is what the tree knows; the rest is asked for. */
export function ObservationPanel({ node, tree, trace, close, zoomed, onZoom }: { node: Node; tree: Tree; trace: { source: number; trace: string }; close: () => void; zoomed: boolean; onZoom: () => void }) {
  const zone = useZone();
  const store = observation.of({ source_id: trace.source, trace_id: trace.trace, id: node.o.id });
  const state = useStore(store);
  const full = state.data ?? undefined;
  const o = full ?? node.o;
  const long = node.end === null ? null : node.end - node.start;
  const generates = o.type === 'GENERATION' || o.type === 'EMBEDDING';
  const why = generates ? 'it does not say' : 'only what asks a model has them';
  const path = `/observations?${new URLSearchParams({ source_id: String(trace.source), trace_id: trace.trace, id: o.id })}`;
  const usage = kinds(full?.usage_details, (n) => count(n));
  const costs = kinds(full?.cost_details, (n) => cost(n).replace('\u00a0USD', ''));
  const { metadata } = (full ?? {}) as { metadata?: unknown };
  const above = node.parent;
  return (
    <div class="preview observation" role="complementary" aria-label="Observation">
      <Panel title={<span class="observation-title">{o.name || o.id}</span>} label={`Observation ${o.name || o.id}`}
        actions={<><button type="button" class="ghost small" aria-pressed={zoomed} title="The timeline shows this one alone (z)" onClick={onZoom}>Zoom</button><Copy class="ghost small" text={() => curl('GET', path)}>Copy as curl</Copy><button type="button" class="ghost icon" aria-label="Close the observation" onClick={close}>×</button></>}>
        <div class="pad">
          <p class="row"><span class={`kind ${kindOf(o.type)}`}>{o.type.toLowerCase()}</span><Level of={o} />{node.lost && <span class="note">{node.o.parent_id === o.id ? 'it names itself as its parent' : 'the parent that it names is not above it'}</span>}</p>
          {o.status_message && <p class={o.level === 'ERROR' ? 'error' : ''}>{o.status_message}</p>}
          <dl class="pairs one">
            <Pair name="Took"><Value text={long === null ? DASH : duration(o.latency_ms ?? long)} exact={durationExact(o.latency_ms ?? long)} why="it has not ended, or did not say" /></Pair>
            <Pair name="Began"><span title={o.start_time}>after {duration(node.start - tree.begin)}</span> <span class="note">{dateTime(o.start_time, zone)}</span></Pair>
            {(generates || o.ttft_ms !== null) && <Pair name="First token"><Value text={duration(o.ttft_ms)} exact={durationExact(o.ttft_ms)} why="it does not say when it came" /></Pair>}
            {(generates || o.model !== null) && <Pair name="Model"><Value text={o.model ?? DASH} why="it does not name one" /></Pair>}
            <Pair name="Tokens"><Value text={o.total_tokens === null ? DASH : count(o.total_tokens)} why={why} />{o.total_tokens !== null && <span class="note line">{usage || `input ${count(o.input_tokens)} · output ${count(o.output_tokens)}`}</span>}</Pair>
            <Pair name="Cost"><Value text={cost(o.total_cost)} exact={costExact(o.total_cost)} why={why} />{costs && <span class="note line">{costs}</span>}</Pair>
            {above && <Pair name="Parent"><button type="button" class="link wraps" onClick={() => setParams({ o: above.o.id }, { replace: true })}>{above.o.name || above.o.id}</button></Pair>}
            {node.children.length > 0 && <Pair name="Contains">{count(node.size - 1)}{node.errors > (o.level === 'ERROR' ? 1 : 0) && <span class="tone-bad">, {count(node.errors - (o.level === 'ERROR' ? 1 : 0))} of them failed</span>}</Pair>}
            {rest(o).map(([name, value]) => <Pair key={name} name={name}>{name === 'Session' ? <Link to="/traces/session" params={{ source: o.source_id, session: value }}>{value}</Link> : value}</Pair>)}
            <Pair name="Id"><code class="id">{o.id}</code></Pair>
          </dl>
        </div>
        {state.error && <Failure error={state.error} retry={() => void store.refresh()} small />}
        {full && <Bodies of={full} name={`observation-${o.id}`} />}
        {full?.scores && <Scores list={full.scores} />}
        {metadata != null && Object.keys(metadata).length > 0 && <section class="body" aria-label="Metadata"><header><h3>Metadata</h3><span class="grow" /><Copy class="ghost small" text={() => JSON.stringify(metadata, null, 2)}>Copy</Copy></header><Json value={metadata} name={`observation-${o.id}-metadata`} small /></section>}
        {full && <details class="body all-members"><summary>All members, as the API has them</summary><Json value={full} name={`observation-${o.id}`} /></details>}
        {state.data === null && <p class="note pad">It is no longer here: the source does not have it any more.</p>}
      </Panel>
    </div>
  );
}
