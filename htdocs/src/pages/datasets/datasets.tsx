// SPDX-License-Identifier: Apache-2.0
// Datasets: what load tests ask. A list by number, with the upload as a sheet over it.
import { bytes, count, plural } from '../../format/number';
import { dateTime, shortTime } from '../../format/time';
import { href, navigate, setParams, usePlace } from '../../router';
import { useMay } from '../../state/access';
import { datasets } from '../../state/resources';
import { useNow, useZone } from '../../state/settings';
import { useStore } from '../../state/store';
import { useKeys } from '../../ui/keys';
import { Link } from '../../ui/link';
import { Empty, Loaded, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { SearchBox } from '../../ui/search_box';
import { Table } from '../../ui/table';
import { SavedViews } from '../../views/saved_views';
import { Upload } from './upload';

const PAGE = 100;

export default function Datasets({ id }: { id: string | null }) {
  const { params } = usePlace();
  const zone = useZone();
  const now = useNow(60_000);
  const may = useMay('operator');
  const q = params.get('q');
  const store = datasets.of({ q, after: params.get('after'), limit: PAGE });
  const state = useStore(store);
  const add = () => navigate(href('/datasets/new'));
  useKeys({ n: may ? add : undefined });
  return (
    <>
      <Top title="Datasets" beside={<SavedViews page="datasets" />}>{may && <button type="button" class="primary" onClick={add}>Upload a dataset</button>}</Top>
      <div class="filters" role="search" aria-label="Filter datasets"><SearchBox label="Search datasets by name" /></div>
      <section class="panel list" aria-label="Datasets">
        <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={6} />}>
          {(list) => list.length === 0 ? (
            <Empty title={q || params.get('after') ? 'No dataset matches' : 'No dataset yet'}>
              {q || params.get('after') ? <button type="button" onClick={() => navigate(href('/datasets'))}>Clear the filter</button>
                : <><p>A dataset holds what load tests ask: prompts and other inputs, one entry for each request, from a JSONL or CSV file.</p>{may && <button type="button" class="primary" onClick={add}>Upload a dataset</button>}</>}
            </Empty>
          ) : (
            <Table keys rows={list} id={(d) => d.id} caption="Datasets" open={(d) => navigate(href(`/datasets/${d.id}`))} columns={[
              { head: 'Name', class: 'name', cell: (d) => <Link to={`/datasets/${d.id}`}>{d.name}</Link> },
              { head: 'Entries', right: true, cell: (d) => count(d.entries) },
              { head: 'Size', right: true, class: 'mid', cell: (d) => <span title={`${count(d.bytes)} bytes as compact JSON`}>{bytes(d.bytes)}</span> },
              { head: 'Uploaded as', class: 'mid', cell: (d) => d.format.toUpperCase() },
              { head: 'By', class: 'mid', cell: (d) => d.created_by ?? 'anonymous' },
              { head: 'Uploaded', class: 'time', cell: (d) => <time dateTime={d.created_at} title={dateTime(d.created_at, zone)}>{shortTime(d.created_at, zone, now)}</time> },
              { head: 'Load test', cell: (d) => (may ? <Link to="/loadtests/new" params={{ dataset_id: d.id }}>New</Link> : <span class="none">–</span>) },
            ]} />
          )}
        </Loaded>
        {state.data && state.data.length > 0 && <footer class="pager">
          <span class="note">{state.total === null ? `${plural(state.data.length, 'dataset')} on this page` : plural(state.total, 'dataset')}</span>
          {(state.next || params.get('after')) && <><button type="button" disabled={!params.get('after')} onClick={() => setParams({ after: null })}>First</button><button type="button" disabled={!state.next} onClick={() => setParams({ after: state.data?.at(-1)?.id })}>Next</button></>}
        </footer>}
      </section>
      {id === 'new' && may && <Upload guarded onClose={() => navigate(href('/datasets'))} onDone={(made) => navigate(href(`/datasets/${made.id}`))} />}
    </>
  );
}
