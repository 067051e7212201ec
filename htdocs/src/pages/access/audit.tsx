// SPDX-License-Identifier: Apache-2.0
// The audit log: who changed what, and who was kept from it. Filters and the entry that is looked at stand in the address.
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { type ApiError, api, apiAddress } from '../../api/client';
import type { AuditEntry, AuditVerdict } from '../../api/types';
import { count, plural } from '../../format/number';
import { dateTime, rangeKey, rangeQuery, shortTime } from '../../format/time';
import { href, navigate, type Place, setParams, usePlace } from '../../router';
import { me } from '../../state/resources';
import { rangeAt, useNow, useRange, useZone } from '../../state/settings';
import { useMayAll } from '../../state/access';
import { useListing } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { Dialog } from '../../ui/dialog';
import { useHeld } from '../../ui/hold';
import { useKeys } from '../../ui/keys';
import { Link } from '../../ui/link';
import { Empty, Failure, Loaded, Panel, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { Pill } from '../../ui/state';
import { Table } from '../../ui/table';
import { pageOfObject } from './objects';
import { asError } from './parts';
import { Sections } from './sections';
import { audit } from './stores';

const PAGE = 50;
const BACK = '/settings/audit';
const FALLBACK = 'all';
const FILTERS = ['actor', 'object', 'action', 'outcome', 'request_id'] as const;

const filtersOf = (params: URLSearchParams): Record<string, string> => Object.fromEntries(FILTERS.flatMap((f) => { const v = params.get(f); return v ? [[f, v]] : []; }));

/** A filter that is typed: Enter, or leaving the field, applies it. */
function Typed({ name, label, offers }: { name: (typeof FILTERS)[number]; label: string; offers?: readonly string[] }) {
  const { params } = usePlace();
  const [text, setText] = useState(params.get(name) ?? '');
  const list = useId();
  useEffect(() => setText(params.get(name) ?? ''), [params]);
  const apply = () => setParams({ [name]: text.trim(), after: null, entry: null });
  return (
    <form class="grow" onSubmit={(e) => { e.preventDefault(); apply(); }}>
      <input type="search" id={`audit-${name}`} aria-label={label} placeholder={label} value={text} list={offers ? list : undefined} autocapitalize="none" spellcheck={false}
        onInput={(e) => setText(e.currentTarget.value)} onChange={apply} />
      {offers && <datalist id={list}>{offers.map((o) => <option key={o} value={o} />)}</datalist>}
    </form>
  );
}

function Filters({ rows }: { rows: readonly AuditEntry[] }) {
  const { params } = usePlace();
  const distinct = (of: (e: AuditEntry) => string | null) => [...new Set(rows.map(of).filter((v): v is string => v !== null))].sort();
  const outcome = params.get('outcome');
  useKeys({ '/': () => document.querySelector<HTMLInputElement>('#audit-actor')?.focus() });
  return (
    <div class="filters" role="search" aria-label="Filter the audit log">
      <div class="chips" role="group" aria-label="Outcome">
        {(['done', 'denied'] as const).map((o) => <button key={o} type="button" class="chip" aria-pressed={outcome === o} onClick={() => setParams({ outcome: outcome === o ? null : o, after: null, entry: null })}>{o}</button>)}
      </div>
      <Typed name="actor" label="User" offers={distinct((e) => e.actor)} />
      <Typed name="object" label="Object, such as /runs/7" offers={distinct((e) => e.object)} />
      <Typed name="action" label="Action" offers={distinct((e) => e.action)} />
      {params.get('request_id') && <Typed name="request_id" label="Request" />}
      {FILTERS.some((f) => params.get(f)) && <button type="button" class="ghost" onClick={() => setParams(Object.fromEntries([...FILTERS, 'after', 'entry'].map((f) => [f, null])))}>Clear</button>}
    </div>
  );
}

function Outcome({ of: e }: { of: AuditEntry }) {
  return e.outcome === 'done' ? <Pill tone="ok" sign="✓">done</Pill> : <Pill tone="bad" sign="✕">denied</Pill>;
}

/** One entry beside the list; j and k lead it. */
function Entry({ of: e }: { of: AuditEntry }) {
  const zone = useZone();
  const page = pageOfObject(e.object, e.action);
  const all = (name: (typeof FILTERS)[number], value: string) => <Link to={BACK} params={{ [name]: value }} class="only">only these</Link>;
  return (
    <div class="preview" role="complementary" aria-label="Entry">
      <Panel title={`Entry ${e.id}`} label={`Entry ${e.id}`} actions={<button type="button" class="ghost icon" aria-label="Close the entry" onClick={() => setParams({ entry: null })}>×</button>}>
        <div class="pad">
          <p class="row"><Outcome of={e} /><span class="note">{dateTime(e.at, zone)}</span></p>
          <dl class="pairs one audit-facts">
            <div><dt>user</dt><dd>{e.actor ?? <span class="none">nobody who is known</span>} {e.actor && all('actor', e.actor)}</dd></div>
            <div><dt>role then</dt><dd>{e.role}</dd></div>
            <div><dt>from</dt><dd>{e.address ?? '–'}</dd></div>
            <div><dt>action</dt><dd><code>{e.action}</code> {all('action', e.action)}</dd></div>
            <div><dt>object</dt><dd>{page ? <Link to={page}><code>{e.object}</code></Link> : <code>{e.object}</code>} {all('object', e.object)}</dd></div>
            <div><dt>members</dt><dd>{e.members.length ? e.members.map((m, i) => <span key={m}>{i > 0 && ', '}<code>{m}</code></span>) : <span class="none">none named</span>}</dd></div>
            <div><dt>answer</dt><dd>{e.status}</dd></div>
            <div><dt>request</dt><dd><code>{e.request_id}</code> {e.request_id && all('request_id', e.request_id)}</dd></div>
          </dl>
          <p class="note">Members are those that the request named; what was in them is not kept.</p>
        </div>
      </Panel>
    </div>
  );
}

/** What the chain says when it is asked. */
function Verdict({ of: v }: { of: AuditVerdict }) {
  return (
    <div role="status">
      <p class="row">{v.intact ? <Pill tone="ok" sign="✓">intact</Pill> : <Pill tone="bad" sign="✕">changed</Pill>}
        <span>{v.intact ? `${plural(v.entries, 'entry', 'entries')} in ${plural(v.batches, 'batch', 'batches')} are what was chained.` : `Batch ${count(v.first_broken_batch)} is not what was chained: entries of it were changed, taken away or added.`}</span></p>
      {v.removed_to_batch !== null && <p class="note">{v.removed_to_batch === 1 ? 'Batch 1 was' : `Batches 1 to ${count(v.removed_to_batch)} were`} removed for their age (BenchmarkKeepAudit); the chain goes on from there.</p>}
      {v.open_entries > 0 && <p class="note">{plural(v.open_entries, 'entry', 'entries')} {v.open_entries === 1 ? 'is' : 'are'} too young to be in a batch.</p>}
      {v.last_hash && (
        <>
          <h3>Batch {count(v.last_batch)}, the last one</h3>
          <div class="once"><code>{v.last_hash}</code><Copy label="Copy a check for later" text={() => curl('GET', `/audit/verify?batch=${v.last_batch}&hash=${v.last_hash}`)}>Copy a check</Copy></div>
          <p class="note">Who owns the database could chain everything anew. Keep this hash elsewhere: the check shows later that nothing up to here was changed.</p>
        </>
      )}
    </div>
  );
}

/** Reads all there is, so only when it is asked for. */
function Verify({ onClose }: { onClose: () => void }) {
  const [verdict, tell] = useState<AuditVerdict | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const ask = async () => {
    setError(null);
    try {
      tell((await api.auditVerify()).data);
    } catch (e) {
      setError(asError(e));
    }
  };
  useEffect(() => void ask(), []);
  return (
    <Dialog title="The chain" onClose={onClose}>
      <div class="dialog-body verify">
        <p class="note">Entries are chained by hashes, batch by batch, so that nobody changes one unseen.</p>
        {error ? <Failure error={error} retry={() => void ask()} small /> : verdict ? <Verdict of={verdict} /> : <p role="status">Every entry is read …</p>}
      </div>
      <footer class="dialog-foot"><Copy class="ghost" text={() => curl('GET', '/audit/verify')}>Copy as curl</Copy><span class="grow" /><button type="button" class="primary" data-autofocus onClick={onClose}>Close</button></footer>
    </Dialog>
  );
}

const queryAt = (at: Place) => ({ ...filtersOf(at.params), ...rangeKey(rangeAt(at, FALLBACK)), limit: PAGE, after: at.params.get('after') });

export async function shows(at: Place): Promise<void> {
  await Promise.all([me.prime(), audit.of(queryAt(at)).prime()]);
}

export default function Audit() {
  const at = usePlace();
  const { params } = at;
  const range = useRange(FALLBACK);
  const zone = useZone();
  const now = useNow(60_000);
  const filters = filtersOf(params);
  const after = params.get('after');
  const store = audit.of(queryAt(at));
  const view = JSON.stringify([filters, after, range]);
  const state = useListing(store, view);
  const shown = Number(params.get('entry')) || null;
  const held = useHeld(state.data, state.view, !after, shown !== null);
  const entry = held.rows.find((e) => e.id === shown);
  const cursor = useRef<number | null>(null);
  const look = (id: number | null, options?: { replace?: boolean }) => setParams({ entry: id }, options);
  useKeys({ p: () => look(shown === null ? cursor.current ?? held.rows[0]?.id ?? null : null) });
  const some = Object.keys(filters).length > 0 || range.from !== 'all' || after !== null;
  const whole = useMayAll(); // the chain is the installation's
  const refused = state.error?.status === 403 || state.error?.status === 401;
  return (
    <>
      <Top title="Audit log" range={range}>{whole && !refused && <button type="button" onClick={() => setParams({ dialog: 'verify' })}>Verify the chain</button>}</Top>
      <Sections />
      <Filters rows={held.rows} />
      {/* on a phone the entry asked for stands above the list: both or none */}
      {shown !== null && !state.data && !state.error ? <Skeleton rows={14} /> : <div class={entry ? 'with-preview' : ''}>
        <section class="panel list" aria-label="Audit log" aria-busy={state.waiting} {...held.pointer}>
          {held.waiting > 0 && <button type="button" class="waiting" onClick={held.release}>{plural(held.waiting, 'new entry', 'new entries')}: show</button>}
          <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={14} />}>
            {() => (held.rows.length === 0 ? (
              <Empty title={some ? 'No entry matches' : 'Nothing was changed yet'}>
                {some ? <button type="button" onClick={() => navigate(href(BACK))}>Clear the filter</button> : <p>Every change, every login and everything that was refused stands here, newest first.</p>}
              </Empty>
            ) : (
              <Table keys rows={held.rows} id={(e) => e.id} caption="Audit log, newest first" open={(e) => look(e.id)} pick={(e) => look(e.id, { replace: shown !== null })}
                onCursor={(e) => { cursor.current = e.id; if (shown !== null) look(e.id, { replace: true }); }} columns={[
                  { head: 'Time', class: 'at', cell: (e) => <button type="button" class="link" aria-label={`Entry ${e.id}, ${dateTime(e.at, zone)}`} aria-pressed={e.id === shown} onClick={() => look(e.id === shown ? null : e.id)}><time dateTime={e.at} title={dateTime(e.at, zone)}>{shortTime(e.at, zone, now)}</time></button> },
                  { head: 'User', class: 'clip who mid', cell: (e) => e.actor ?? <span class="none">nobody</span> },
                  { head: 'Action', class: 'mono clip act-of', cell: (e) => <>{e.action}<span class="line narrow-only note">{e.actor ?? 'nobody'}</span></> },
                  { head: 'Object', class: 'mono clip mid', cell: (e) => { const page = pageOfObject(e.object, e.action); return page ? <Link to={page}>{e.object}</Link> : e.object; } },
                  ...(entry ? [] : [{ head: 'Members', class: 'clip wide', cell: (e: AuditEntry) => (e.members.length ? e.members.join(', ') : <span class="none">–</span>) }]),
                  { head: 'Outcome', cell: (e) => <Outcome of={e} /> },
                  { head: 'Status', right: true, class: 'mid', cell: (e) => e.status },
                ]} />
            ))}
          </Loaded>
          {state.data && <footer class="pager">
            <span class="note">{plural(held.rows.length, 'entry', 'entries')} on this page</span>
            <Copy class="ghost" text={() => curl('GET', `/audit?${new URLSearchParams({ limit: String(PAGE), ...filters, ...rangeQuery(range, Date.now()), ...(after ? { after } : {}) })}`)}>Copy as curl</Copy>
            {(['csv', 'jsonl'] as const).map((format) => (
              <a key={format} class="button ghost" download="" title={`All entries of this filter as ${format === 'csv' ? 'CSV' : 'JSON Lines'}, not only those of this page`}
                href={apiAddress('/audit/export', { query: { format, ...filters, ...rangeQuery(range, now) } })}>Export {format.toUpperCase()}</a>
            ))}
            <button type="button" disabled={!after} onClick={() => setParams({ after: null, entry: null })}>Newest</button>
            <button type="button" disabled={!state.next || held.rows.length === 0} onClick={() => setParams({ after: held.rows.at(-1)?.id, entry: null })}>Older</button>
          </footer>}
        </section>
        {entry && <Entry of={entry} />}
      </div>}
      {params.get('dialog') === 'verify' && whole && !refused && <Verify onClose={() => setParams({ dialog: null })} />}
    </>
  );
}
