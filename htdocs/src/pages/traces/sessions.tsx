// SPDX-License-Identifier: Apache-2.0
// Sessions of traces: those first that had a trace last.
import { useMemo } from 'preact/hooks';
import type { TraceSession } from '../../api/types';
import { duration, durationExact } from '../../format/duration';
import { compact, count } from '../../format/number';
import { rangeKey } from '../../format/time';
import { cost, costExact, NO_COST, NO_LATENCY, NO_TOKENS, tokens, tokensExact } from '../../format/traces';
import { href, paramsNamed, type Place, usePlace } from '../../router';
import { rangeAt, useNow, useRange, useZone } from '../../state/settings';
import { Link } from '../../ui/link';
import { PAGE, When } from '../../ui/listing';
import { Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { Value } from '../../ui/state';
import type { Column } from '../../ui/table';
import { type Carried, carriedFrom, keyOf, SESSION_FILTERS, SESSION_TEXTS, sessionParams } from './filters';
import { CursorList, Errors, Filters, NothingYet, Sections, useSources } from './parts';
import { allSources, sessions } from './stores';

const ORDER = { key: keyOf, age: (s: TraceSession) => Date.parse(s.last_trace_at) };
const FALLBACK = 'all';

export const storeAt = (at: Place) => sessions.of({ ...paramsNamed(at.params, SESSION_FILTERS), ...rangeKey(rangeAt(at, FALLBACK)), limit: PAGE, after: at.params.get('after') });

export async function shows(at: Place): Promise<void> {
  await Promise.all([storeAt(at).prime(), allSources().prime()]);
}

const users = (s: TraceSession) => (s.user_ids.length === 0 ? 'no user' : s.user_ids.length > 3 ? `${s.user_ids.slice(0, 3).join(', ')} …` : s.user_ids.join(', '));

function columns(zone: string, now: number, carried: Carried, source: ((id: number) => string) | null): Column<TraceSession>[] {
  return [
    { head: 'Session', class: 'name', cell: (s) => <><Link to="/traces/session" params={sessionParams(s, carried)} class="mono">{s.id}</Link><span class="note line" title={s.user_ids.join(', ')}>{users(s)}{source && ` · ${source(s.source_id)}`}</span></> },
    { head: 'Traces', right: true, cell: (s) => <span title={count(s.trace_count)}>{compact(s.trace_count)}</span> },
    { head: 'Observations', right: true, class: 'mid wide', cell: (s) => <span title={count(s.observations)}>{compact(s.observations)}</span> },
    { head: 'Errors', right: true, cell: (s) => <Errors n={s.errors} /> },
    { head: 'Tokens', right: true, class: 'mid', cell: (s) => <Value text={tokens(s)} exact={tokensExact(s)} why={NO_TOKENS} /> },
    { head: 'Cost', right: true, class: 'spare', cell: (s) => <Value text={cost(s.total_cost)} exact={costExact(s.total_cost)} why={NO_COST} /> },
    { head: 'Mean latency', right: true, class: 'mid', cell: (s) => <Value text={duration(s.avg_latency === null ? null : s.avg_latency * 1000)} exact={`mean of its traces, ${durationExact(s.avg_latency === null ? null : s.avg_latency * 1000)}, n ${count(s.trace_count)}`} why={NO_LATENCY} /> },
    { head: 'Lasted', right: true, class: 'mid', cell: (s) => <span title="first begin to last end">{duration(s.duration_seconds * 1000)}</span> },
    { head: 'Last trace', right: true, cell: (s) => <When at={s.last_trace_at} zone={zone} now={now} /> },
  ];
}

export default function Sessions() {
  const at = usePlace();
  const range = useRange(FALLBACK);
  const zone = useZone();
  const now = useNow(30_000);
  const { several, name, known } = useSources();
  const carried = JSON.stringify(carriedFrom(at.params, SESSION_FILTERS));
  const shape = useMemo(() => columns(zone, now, JSON.parse(carried) as Carried, several ? name : null), [zone, now, carried, several, name]);
  return (
    <>
      <Top title="Traces" range={range} />
      <Sections />
      {/* a filter and a column more where there are several sources: nothing is drawn before that is known */}
      {!known ? <Skeleton rows={14} /> : <><Filters label="Filter sessions" texts={SESSION_TEXTS} />
      <CursorList store={storeAt(at)} order={ORDER} columns={shape} noun="session" caption="Sessions, last used first" api="/traces/sessions" filters={SESSION_FILTERS}
        address={(s) => href('/traces/session', sessionParams(s, JSON.parse(carried) as Carried))}
        first={<NothingYet what="session" />} /></>}
    </>
  );
}
