// SPDX-License-Identifier: Apache-2.0
// A session as a conversation: its traces in the order in which they began, which agents took part in each, and what was said, where that
// is stored. A turn asks for its agents when it comes into sight.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Observation, Trace, TraceSession } from '../../api/types';
import { duration, durationExact } from '../../format/duration';
import { compact, count, plural } from '../../format/number';
import { dateTime, shortTime } from '../../format/time';
import { cost, costExact, NO_COST, NO_LATENCY, NO_TOKENS, tokens, tokensExact } from '../../format/traces';
import { href, navigate, type Place, usePlace } from '../../router';
import { useNow, useZone } from '../../state/settings';
import { useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { leads } from '../../ui/leads';
import { Link } from '../../ui/link';
import { Empty, Loaded, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { Value } from '../../ui/state';
import { Strip } from '../../ui/strip';
import { Bodies, hasBodies } from './body';
import { carriedFrom, keyOf, SESSION_FILTERS, sessionParams, traceParams } from './filters';
import { Sections, Steps, useSources } from './parts';
import { storeAt as listAt } from './sessions';
import { allSources, observation, observations, sessions, traces } from './stores';
import { instant } from './tree';

/** Traces of a page; a long conversation goes on by the button above it. */
const TURNS = 50;
/** Agents that are named of a trace. */
const AGENTS = 20;
/** Traces without an agent, of so many observations at most, are asked for what they began with. */
const SMALL = 20;

const asked = ({ params }: Place) => ({ source: Number(params.get('source')), session: params.get('session') ?? '' });
const sessionAt = (at: Place) => { const { source, session } = asked(at); return sessions.of({ source_id: source, id: session, limit: 1 }); };
/** `page`: where a page of the conversation begins; `after` is that of the list it was opened from. */
const turnsAt = (at: Place) => { const { source, session } = asked(at); return traces.of({ source_id: source, session_id: session, view: 'summary', limit: TURNS, after: at.params.get('page') }); };

export async function shows(at: Place): Promise<void> {
  await Promise.all([sessionAt(at).prime(), turnsAt(at).prime(), allSources().prime()]);
}

/** True once it was near the window. */
function useSeen(): [ref: { current: HTMLLIElement | null }, seen: boolean] {
  const ref = useRef<HTMLLIElement>(null);
  const [seen, see] = useState(false);
  useEffect(() => {
    if (!ref.current || seen) return undefined;
    const watch = new IntersectionObserver((list) => { if (list.some((e) => e.isIntersecting)) see(true); }, { rootMargin: '300px' });
    watch.observe(ref.current);
    return () => watch.disconnect();
  }, [seen]);
  return [ref, seen];
}

const byBegin = (a: Observation, b: Observation) => instant(a.start_time) - instant(b.start_time);

/** Which agents took part, one behind the other. */
function Agents({ of: trace, list }: { of: Trace; list: readonly Observation[] }) {
  if (list.length === 0) return <span class="note">no agent took part</span>;
  return <>{list.map((o, i) => (
    <span key={o.id}>{i > 0 && <span class="note" aria-hidden="true"> → </span>}
      <Link to="/traces/trace" params={{ ...traceParams(trace), session_id: trace.session_id, source_id: trace.source_id, o: o.id }} class={`agent-mark ${o.level === 'ERROR' ? 'failed' : ''}`} title={o.status_message ?? undefined}>
        {o.level === 'ERROR' && <span aria-hidden="true">✕ </span>}{o.name || o.id}<span class="note"> {duration(o.latency_ms)}</span></Link></span>
  ))}{list.length === AGENTS && <span class="note"> and more</span>}</>;
}

/** What went into the first that took part, and what came out of it. */
function Said({ of: o }: { of: Observation }) {
  const store = observation.of({ source_id: o.source_id, trace_id: o.trace_id, id: o.id });
  const state = useStore(store);
  return <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={2} />}>{(whole) => (whole && hasBodies(whole) ? <div class="turn-said"><Bodies of={whole} name={`observation-${o.id}`} /></div> : <p class="note">None is stored of {o.name || o.id}.</p>)}</Loaded>;
}

function Turn({ trace: t, number, gap, bodies }: { trace: Trace; number: number | null; gap: number | null; /** its source keeps what was said */ bodies: boolean }) {
  const zone = useZone();
  const now = useNow(60_000);
  const [ref, seen] = useSeen();
  const [opened, open] = useState(false);
  const agents = useStore(seen ? observations.of({ source_id: t.source_id, trace_id: t.id, type: 'AGENT', limit: AGENTS }) : null);
  const none = agents.data?.length === 0 && t.observations <= SMALL;
  const others = useStore(none ? observations.of({ source_id: t.source_id, trace_id: t.id, limit: SMALL }) : null);
  const list = [...(agents.data ?? [])].sort(byBegin);
  const first = list[0] ?? [...(others.data ?? [])].sort(byBegin)[0];
  return (
    <li ref={ref} class={`turn ${t.errors > 0 ? 'failed' : ''}`}>
      <header>
        <h2>{number !== null && <span class="turn-number">{number}</span>}<Link to="/traces/trace" params={{ ...traceParams(t), session_id: t.session_id, source_id: t.source_id }}>{t.name || t.id}</Link></h2>
        {t.errors > 0 && <span class="tone-bad"><span aria-hidden="true">✕ </span>{plural(t.errors, 'error')}</span>}
        <span class="note"><time dateTime={t.timestamp} title={dateTime(t.timestamp, zone)}>{shortTime(t.timestamp, zone, now)}</time>{gap !== null && gap >= 0 && <> · {duration(gap)} after the one before</>}</span>
      </header>
      <p class="turn-figures">
        <span><Value text={duration(t.latency_ms)} exact={durationExact(t.latency_ms)} why={NO_LATENCY} /></span>
        <span><Value text={tokens(t)} exact={tokensExact(t)} why={NO_TOKENS} /> <span class="note">tokens</span></span>
        <span><Value text={cost(t.total_cost)} exact={costExact(t.total_cost)} why={NO_COST} /></span>
        <span>{compact(t.observations)} <span class="note">{t.observations === 1 ? 'observation' : 'observations'}</span></span>
        {t.user_id !== null && <span class="note">{t.user_id}</span>}
      </p>
      <p class="turn-agents">{agents.data ? <Agents of={t} list={list} /> : agents.error ? <span class="note">{agents.error.message}</span> : '\u00a0'}</p>
      {bodies && <details class="turn-open" onToggle={(e) => open(e.currentTarget.open)}><summary>Messages</summary>{opened && first && <Said of={first} />}</details>}
    </li>
  );
}

/** When a trace ended, ms; null if that is not known. */
const endOf = (t: Trace | undefined): number | null => (t && t.latency_ms !== null ? instant(t.timestamp) + t.latency_ms : null);

function Conversation({ session: s, list, older, paged, bodies }: { session: TraceSession; list: readonly Trace[]; older: string | null; paged: boolean; bodies: boolean }) {
  const turns = [...list].reverse();
  // their numbers are known from both ends only: on the first page, and on the last
  const from = older === null ? 1 : paged ? null : s.trace_count - turns.length + 1;
  const page = (after: string | null) => <button type="button" {...leads({ page: after })}>{after === null ? 'To the newest' : 'Earlier traces'}</button>;
  return (
    <>
      {(older !== null || paged) && <div class="turn-more">{older !== null && page(older)}{paged && page(null)}<span class="note">{plural(turns.length, 'trace')} of {count(s.trace_count)}</span></div>}
      <ol class="turns">{turns.map((t, i) => {
        const ended = endOf(turns[i - 1]);
        return <Turn key={keyOf(t)} trace={t} bodies={bodies} number={from === null ? null : from + i} gap={ended === null ? null : instant(t.timestamp) - ended} />;
      })}</ol>
    </>
  );
}

function Figures({ of: s }: { of: TraceSession }) {
  const mean = s.avg_latency === null ? null : s.avg_latency * 1000;
  return <Strip cells={[
    { label: 'Traces', text: compact(s.trace_count), exact: count(s.trace_count), note: `${compact(s.observations)} observations${s.errors > 0 ? `, ${plural(s.errors, 'error')}` : ', none failed'}` },
    { label: 'Mean latency', text: duration(mean), exact: durationExact(mean), note: mean === null ? NO_LATENCY : `of a trace, n ${count(s.trace_count)}` },
    { label: 'Tokens', text: tokens(s), exact: tokensExact(s), note: s.total_tokens === null ? NO_TOKENS : `${compact(s.input_tokens)} in, ${compact(s.output_tokens)} out` },
    { label: 'Cost', text: cost(s.total_cost), exact: costExact(s.total_cost), note: s.total_cost === null ? NO_COST : `lasted ${duration(s.duration_seconds * 1000)}` },
  ]} />;
}

/** The neighbours in the list it was opened from. */
function Neighbours({ id }: { id: string }) {
  const at = usePlace();
  const carried = carriedFrom(at.params, SESSION_FILTERS);
  const list = useStore(listAt(at));
  const rows = list.data ?? [];
  const here = rows.findIndex((s) => keyOf(s) === id);
  const last = here >= 0 && here === rows.length - 1;
  const nextPage = new URLSearchParams(at.params);
  if (list.after) nextPage.set('after', list.after);
  const further = useStore(last && list.after ? listAt({ path: at.path, params: nextPage }) : null).data?.[0];
  const open = (s: TraceSession | undefined, where = carried) => (s ? () => navigate(href('/traces/session', sessionParams(s, where)), { together: true }) : undefined);
  return <Steps noun="session" newer={here > 0 ? open(rows[here - 1]) : undefined} older={last ? open(further, { ...carried, after: list.after ?? '' }) : here >= 0 ? open(rows[here + 1]) : undefined} />;
}

export default function SessionPage() {
  const at = usePlace();
  const key = asked(at);
  const zone = useZone();
  const { several, name, known, list: sourceList } = useSources();
  const store = sessionAt(at);
  const state = useStore(store);
  const turns = useStore(turnsAt(at));
  const session = state.data?.[0];
  const users = session?.user_ids ?? [];
  return (
    <>
      <Top title={<><Link to="/traces" params={carriedFrom(at.params, SESSION_FILTERS)} class="crumb">Sessions</Link><span class="crumb-mark" aria-hidden="true">/</span><span class="cut">{key.session}</span></>}>
        <Neighbours id={keyOf({ source_id: key.source, id: key.session })} />
        <Copy text={() => curl('GET', `/traces?${new URLSearchParams({ source_id: String(key.source), session_id: key.session })}`)}>Copy as curl</Copy>
      </Top>
      <Loaded from={known ? state : { ...state, data: undefined, error: null }} retry={() => void store.refresh()} skeleton={<><Skeleton height={104} /><Skeleton rows={10} /></>}>
        {() => (!session ? (
          <><Sections /><Empty title="This session is not here"><p>No source has a session of the id <code>{key.session || '–'}</code>: it was not mirrored yet, or its server has deleted it.</p><p class="then"><Link to="/traces" class="button">All sessions</Link></p></Empty></>
        ) : (
          <>
            <p class="sub">{dateTime(session.first_trace_at, zone)} to {dateTime(session.last_trace_at, zone)}{users.length > 0 && <> · {users.length === 1 ? 'user' : 'users'} {users.map((u, i) => <span key={u}>{i > 0 && ', '}<Link to="/traces" params={{ user_id: u }}>{u}</Link></span>)}</>}{several && <> · {name(session.source_id)}</>}</p>
            <Figures of={session} />
            <Loaded from={turns} retry={() => void turnsAt(at).refresh()} skeleton={<Skeleton rows={10} />}>
              {(list) => (list.length === 0 ? <Empty title="None of its traces is here" /> : <Conversation session={session} list={list} bodies={sourceList.find((one) => one.id === session.source_id)?.bodies != null} older={turns.after} paged={at.params.get('page') !== null} />)}
            </Loaded>
          </>
        ))}
      </Loaded>
    </>
  );
}
