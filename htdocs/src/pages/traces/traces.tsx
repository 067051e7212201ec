// SPDX-License-Identifier: Apache-2.0
// Traces, newest first, whether or not they belong to a session.
import { useMemo } from 'preact/hooks';
import type { Trace } from '../../api/types';
import { duration, durationExact } from '../../format/duration';
import { compact, count, plural } from '../../format/number';
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
import { type Carried, carriedFrom, keyOf, TRACE_FILTERS, TRACE_TEXTS, traceParams } from './filters';
import { CursorList, Errors, Filters, NothingYet, Sections, useSources } from './parts';
import { allSources, traces } from './stores';

const ORDER = { key: keyOf, age: (t: Trace) => Date.parse(t.timestamp) };
const FALLBACK = 'all';

export const storeAt = (at: Place) => traces.of({ ...paramsNamed(at.params, TRACE_FILTERS), ...rangeKey(rangeAt(at, FALLBACK)), view: 'summary', limit: PAGE, after: at.params.get('after') });

export async function shows(at: Place): Promise<void> {
  await Promise.all([storeAt(at).prime(), allSources().prime()]);
}

/** Where it ran and what it is about, in one line. */
const about = (t: Trace): string => [t.environment, t.release, ...t.tags].filter(Boolean).join(' · ');

function columns(zone: string, now: number, carried: Carried, source: ((id: number) => string) | null): Column<Trace>[] {
  return [
    { head: 'Trace', class: 'name', cell: (t) => <><Link to="/traces/trace" params={traceParams(t, carried)}>{t.name || t.id}</Link><span class="note line" title={about(t)}>{[about(t), source?.(t.source_id)].filter(Boolean).join(' · ') || '\u00a0'}</span>{t.errors > 0 && <span class="note tone-bad phone-only"><span aria-hidden="true">✕ </span>{plural(t.errors, 'error')}</span>}</> },
    { head: 'Session', class: 'mono clip mid', cell: (t) => (t.session_id === null ? <span class="none" title="it belongs to none">–</span> : <Link to="/traces/session" params={sessionOf(t)}>{t.session_id}</Link>) },
    { head: 'User', class: 'clip mid', cell: (t) => t.user_id ?? <span class="none" title="none was named">–</span> },
    { head: 'Observations', right: true, class: 'mid', cell: (t) => <span title={count(t.observations)}>{compact(t.observations)}</span> },
    { head: 'Errors', right: true, class: 'spare', cell: (t) => <Errors n={t.errors} /> },
    { head: 'Tokens', right: true, class: 'mid', cell: (t) => <Value text={tokens(t)} exact={tokensExact(t)} why={NO_TOKENS} /> },
    { head: 'Cost', right: true, class: 'mid', cell: (t) => <Value text={cost(t.total_cost)} exact={costExact(t.total_cost)} why={NO_COST} /> },
    { head: 'Latency', right: true, cell: (t) => <Value text={duration(t.latency_ms)} exact={durationExact(t.latency_ms)} why={NO_LATENCY} /> },
    { head: 'Began', right: true, cell: (t) => <When at={t.timestamp} zone={zone} now={now} /> },
  ];
}

const sessionOf = (t: Trace) => ({ source: t.source_id, session: t.session_id });

export default function Traces() {
  const at = usePlace();
  const range = useRange(FALLBACK);
  const zone = useZone();
  const now = useNow(30_000);
  const { several, name, known } = useSources();
  const carried = JSON.stringify(carriedFrom(at.params, TRACE_FILTERS));
  const shape = useMemo(() => columns(zone, now, JSON.parse(carried) as Carried, several ? name : null), [zone, now, carried, several, name]);
  return (
    <>
      <Top title="Traces" range={range} />
      <Sections />
      {/* a filter and a column more where there are several sources: nothing is drawn before that is known */}
      {!known ? <Skeleton rows={14} /> : <><Filters label="Filter traces" texts={TRACE_TEXTS} />
      <CursorList store={storeAt(at)} order={ORDER} columns={shape} noun="trace" caption="Traces, newest first" api="/traces" filters={TRACE_FILTERS}
        address={(t) => href('/traces/trace', traceParams(t, JSON.parse(carried) as Carried))}
        first={<NothingYet what="trace" />} /></>}
    </>
  );
}
