// SPDX-License-Identifier: Apache-2.0
// Automations: what is measured. Table, and an editor with a form for the usual and JSON for the rest.
import { dateTime, shortTime } from '../../format/time';
import { href, navigate, type Place, setParams, usePlace } from '../../router';
import { useMay } from '../../state/access';
import { automations } from '../../state/resources';
import { useNow, useZone } from '../../state/settings';
import { useListing } from '../../state/store';
import { useKeys } from '../../ui/keys';
import { later } from '../../ui/later';
import { leads } from '../../ui/leads';
import { Link } from '../../ui/link';
import { Empty, Loaded, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { SearchBox } from '../../ui/search_box';
import { Table } from '../../ui/table';
import { SavedViews } from '../../views/saved_views';
import { providerName, PROVIDERS } from './providers';

const EditAutomation = later(async () => (await import('./automation_editor')).EditAutomation);

const PAGE = 50;

const queryAt = (params: URLSearchParams) => ({ q: params.get('q'), provider: params.get('provider'), after: params.get('after'), limit: PAGE });

export const shows = ({ params }: Place) => automations.of(queryAt(params)).prime();

export default function Automations({ id }: { id: string | null }) {
  const { params } = usePlace();
  const zone = useZone();
  const now = useNow(60_000);
  const may = useMay('operator');
  const q = params.get('q');
  const provider = params.get('provider');
  const store = automations.of(queryAt(params));
  const state = useListing(store);
  const add = () => navigate(href('/automations/new', params));
  useKeys({ n: may ? add : undefined });
  return (
    <>
      <Top title="Automations" beside={<SavedViews page="automations" />}>{may && <button type="button" class="primary" onClick={add}>Add a target</button>}</Top>
      <div class="filters" role="search" aria-label="Filter automations">
        <SearchBox label="Search automations" />
        <select aria-label="Provider" value={provider ?? ''} onChange={(e) => setParams({ provider: e.currentTarget.value, after: null })}>
          <option value="">Any provider</option>
          {PROVIDERS.map((p) => <option key={p.id} value={p.id} selected={provider === p.id}>{p.name}</option>)}
        </select>
      </div>
      <section class="panel list" aria-label="Automations" aria-busy={state.waiting}>
        <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={6} />}>
          {(list) => list.length === 0 ? (
            <Empty title={q || provider ? 'No automation matches' : 'No target yet'}>
              {q || provider ? <button type="button" onClick={() => navigate(href('/automations'))}>Clear the filter</button>
                : <><p>A target is an API that runs are sent to: a model server, an agent, any HTTP endpoint.</p>{may && <button type="button" class="primary" onClick={add}>Add a target</button>}</>}
            </Empty>
          ) : (
            <Table keys rows={list} id={(a) => a.id} caption="Automations" open={(a) => navigate(href(`/automations/${a.id}`, params))} columns={[
              { head: 'Name', class: 'name gives', cell: (a) => <><Link to={`/automations/${a.id}`} params={params}>{a.name}</Link>{a.description && <span class="note line">{a.description}</span>}</> },
              { head: 'Provider', class: 'spare', cell: (a) => providerName(a.provider) },
              { head: 'Target', class: 'wide mono clip', cell: (a) => a.connection?.url ?? a.tinyfish_automation_id ?? '–' },
              { head: 'Model', class: 'mid mono', cell: (a) => a.connection?.model ?? '–' },
              { head: 'Changed', class: 'time mid', cell: (a) => <time dateTime={a.updated_at} title={dateTime(a.updated_at, zone)}>{shortTime(a.updated_at, zone, now)}</time> },
              { head: 'Show', cell: (a) => <span class="row"><Link to="/scenarios" params={{ automation_id: a.id }}>scenarios</Link><Link to="/runs" params={{ automation_id: a.id }}>runs</Link></span> },
            ]} />
          )}
        </Loaded>
        {(state.next || params.get('after')) && <footer class="pager"><button type="button" disabled={!params.get('after')} {...leads({ after: null })}>First</button><button type="button" disabled={!state.next} {...leads({ after: state.data?.at(-1)?.id })}>Next</button></footer>}
      </section>
      {id && <EditAutomation key={id} id={id} />}
    </>
  );
}
