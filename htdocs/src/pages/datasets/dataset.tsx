// SPDX-License-Identifier: Apache-2.0
// One dataset: its entries, page by page; its name; and why it cannot be deleted now.
import { useState } from 'preact/hooks';
import { ApiError, api } from '../../api/client';
import type { Dataset, DatasetEntry } from '../../api/types';
import { bytes, count, plural } from '../../format/number';
import { dateTime } from '../../format/time';
import { href, navigate, setParams, usePlace } from '../../router';
import { useMay } from '../../state/access';
import { dataset, datasetEntries, datasets, datasetsChanged } from '../../state/resources';
import { useZone } from '../../state/settings';
import { useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { Confirm, Dialog } from '../../ui/dialog';
import { fieldError, FormError, TextField } from '../../ui/form';
import { Json } from '../../ui/json';
import { useKeys } from '../../ui/keys';
import { Link } from '../../ui/link';
import { Empty, Failure, Loaded, Panel, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { Table } from '../../ui/table';
import { toast } from '../../ui/toast';

const PAGE = 20;
/** More members than this have no column of their own. */
const COLUMNS = 5;
const LONGEST = 200;

const asError = (e: unknown) => (e instanceof ApiError ? e : new ApiError('version', 0, { detail: String(e) }, null, null));

/** A value in one line; the whole is in the entry's own sheet. */
function short(value: unknown): string {
  if (value === undefined) return '–';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** The members of entries, the most frequent first; those beyond COLUMNS are told as one. */
function membersOf(entries: readonly DatasetEntry[]): string[] {
  const seen = new Map<string, number>();
  for (const e of entries) for (const k of Object.keys(e.inputs)) seen.set(k, (seen.get(k) ?? 0) + 1);
  return [...seen].sort((a, b) => b[1] - a[1]).map(([k]) => k);
}

/** True where every entry that has the member has a number: such a column needs little room. */
const areNumbers = (entries: readonly DatasetEntry[], member: string) => entries.every((e) => !(member in e.inputs) || typeof e.inputs[member] === 'number');

function Rename({ of: d, etag, onClose }: { of: Dataset; etag: string | null; onClose: () => void }) {
  const [name, setName] = useState(d.name);
  const [first] = useState(etag);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      await api.datasetRename(d.id, name.trim(), first);
      toast(`Renamed to ${name.trim()}`);
      datasetsChanged();
      onClose();
    } catch (e) {
      setError(asError(e));
      setBusy(false);
    }
  };
  return (
    <Dialog title={`Rename ${d.name}`} onClose={onClose}>
      <form onSubmit={(e) => { e.preventDefault(); void save(); }}>
        <div class="dialog-body">
          <TextField label="Name" value={name} onValue={setName} error={fieldError(error, '/name')} input={{ 'data-autofocus': true, required: true, maxLength: 200 }} />
          <FormError error={error} known={['/name']} />
          {error?.status === 412 && <p class="note">Somebody else renamed it meanwhile. Close this to see their name.</p>}
        </div>
        <footer class="dialog-foot"><button type="button" onClick={onClose}>Keep</button><button type="submit" class="primary" disabled={busy || name.trim() === '' || name.trim() === d.name}>Rename</button></footer>
      </form>
    </Dialog>
  );
}

/** Refused: load tests that wait or run refer to it. */
function InUse({ of: d, error, onClose }: { of: Dataset; error: ApiError; onClose: () => void }) {
  return (
    <Dialog title={`${d.name} is in use`} onClose={onClose}>
      <div class="dialog-body">
        <p>{error.message}</p>
        <p>It can be deleted when they have ended, or been stopped. Load tests that have ended do not keep it.</p>
      </div>
      <footer class="dialog-foot"><Link to="/loadtests" params={{ status: 'pending,running' }} class="button">Show them</Link><button type="button" class="primary" data-autofocus onClick={onClose}>Close</button></footer>
    </Dialog>
  );
}

function Entries({ of: d }: { of: Dataset }) {
  const { params } = usePlace();
  const after = Number(params.get('after') ?? 0);
  const store = datasetEntries.of({ id: d.id, after: after || null, limit: PAGE });
  const state = useStore(store);
  const opened = Number(params.get('entry'));
  const entry = state.data?.find((e) => e.number === opened);
  const open = (e: DatasetEntry) => setParams({ entry: e.number });
  const last = state.data?.at(-1)?.number ?? 0;
  return (
    <Panel title="Entries" class="full list" sentence="Each is laid over the inputs of the scenario that a load test asks.">
      <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={PAGE} />}>
        {(list) => {
          const members = membersOf(list);
          if (list.length === 0) return <Empty title="No entries here"><button type="button" onClick={() => setParams({ after: null })}>To the first</button></Empty>;
          const own = members.length <= COLUMNS ? members : members.slice(0, COLUMNS - 1);
          return (
            <Table keys rows={list} id={(e) => e.number} caption="Entries" open={open} columns={[
              { head: 'Number', right: true, class: 'entry-number', cell: (e) => <button type="button" class="link" aria-label={`Entry ${e.number}`} onClick={() => open(e)}>{count(e.number)}</button> },
              ...own.map((k, i) => ({ head: k, right: areNumbers(list, k), class: `${areNumbers(list, k) ? 'entry-number' : 'entry-value'} ${i === 0 ? '' : 'mid'}`, cell: (e: DatasetEntry) => (k in e.inputs ? short(e.inputs[k]) : <span class="none">–</span>) })),
              ...(members.length > own.length ? [{ head: `${members.length - own.length} more`, class: 'entry-value mid', cell: (e: DatasetEntry) => short(Object.fromEntries(Object.entries(e.inputs).filter(([k]) => !own.includes(k)))) }] : []),
            ]} />
          );
        }}
      </Loaded>
      {d.entries > PAGE && state.data && <footer class="pager">
        <span class="note">{last > 0 ? `${count(after + 1)} to ${count(last)} of ${count(d.entries)}` : ''}</span>
        <button type="button" disabled={after === 0} onClick={() => setParams({ after: null })}>First</button>
        <button type="button" disabled={after === 0} onClick={() => setParams({ after: Math.max(0, after - PAGE) || null })}>Previous</button>
        <button type="button" disabled={last >= d.entries} onClick={() => setParams({ after: last })}>Next</button>
      </footer>}
      {entry && <Dialog title={`Entry ${entry.number} of ${d.name}`} kind="sheet" onClose={() => setParams({ entry: null, find: null })}><div class="dialog-body bare-body"><Json value={entry.inputs} name={`${d.name}-${entry.number}`} /></div></Dialog>}
    </Panel>
  );
}

function Facts({ of: d }: { of: Dataset }) {
  const zone = useZone();
  return <p class="sub">{plural(d.entries, 'entry', 'entries')}, <span title={`${count(d.bytes)} bytes as compact JSON`}>{bytes(d.bytes)}</span><span class="note"> · uploaded as {d.format.toUpperCase()} {dateTime(d.created_at, zone)}{d.created_by ? ` by ${d.created_by}` : ''}</span></p>;
}

/** What a load test takes of a dataset at most. */
const LOADTEST_ENTRIES = 10_000;
const LOADTEST_BYTES = 4 * 1024 * 1024;
const tooLarge = (d: Dataset) => d.entries > LOADTEST_ENTRIES || d.bytes > LOADTEST_BYTES;

export default function DatasetPage({ id: text }: { id: string | null }) {
  const id = Number(text);
  const store = dataset.of(id);
  const state = useStore(store);
  const d = state.data;
  const may = useMay('operator');
  const mayDelete = useMay('admin');
  const [asking, ask] = useState<'rename' | 'delete' | null>(null);
  const [refused, refuse] = useState<ApiError | null>(null);
  const remove = async () => {
    try {
      await api.datasetDelete(id);
      toast(`Deleted ${d?.name ?? `dataset ${id}`}`);
      datasets.refresh();
      navigate(href('/datasets'));
    } catch (e) {
      ask(null);
      refuse(asError(e));
    }
  };
  const test = () => navigate(href('/loadtests/new', { dataset_id: id }));
  useKeys({ n: may && d && !tooLarge(d) ? test : undefined });
  return (
    <>
      <Top title={<><Link to="/datasets" class="crumb">Datasets</Link><span class="crumb-mark" aria-hidden="true">/</span><span class="cut" title={d?.name}>{d?.name ?? id}</span></>}>
        <Copy text={() => curl('GET', `/datasets/${id}/entries?limit=1000`)}>Copy as curl</Copy>
        {mayDelete && <button type="button" class="bad" disabled={!d} onClick={() => ask('delete')}>Delete</button>}
        {may && <button type="button" disabled={!d} onClick={() => ask('rename')}>Rename</button>}
        {may && <button type="button" class="primary" disabled={!d || tooLarge(d)} onClick={test}>New load test with it</button>}
      </Top>
      <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton height={760} />}>
        {(data) => (
          <>
            <Facts of={data} />
            {tooLarge(data) && <p class="banner" role="note">A load test takes a dataset of at most {count(LOADTEST_ENTRIES)} entries and {bytes(LOADTEST_BYTES)}: this one has {count(data.entries)} and {bytes(data.bytes)}. Upload it in parts.</p>}
            {refused && refused.status !== 409 && <Failure error={refused} small />}
            <Entries of={data} />
          </>
        )}
      </Loaded>
      {d && asking === 'rename' && <Rename of={d} etag={state.etag} onClose={() => ask(null)} />}
      {d && asking === 'delete' && <Confirm title={`Delete ${d.name}?`} action="Delete it" onClose={() => ask(null)} onConfirm={remove}><p>The dataset with its <strong>{plural(d.entries, 'entry', 'entries')}</strong> is gone for good. What load tests measured with it stays.</p></Confirm>}
      {d && refused?.status === 409 && <InUse of={d} error={refused} onClose={() => refuse(null)} />}
    </>
  );
}
