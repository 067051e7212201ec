// SPDX-License-Identifier: Apache-2.0
// Projects: what parts objects between teams. Who sees which stands with the users.
import { href, navigate, type Place, usePlace } from '../../router';
import { useMayAll } from '../../state/access';
import { me } from '../../state/resources';
import { useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { useKeys } from '../../ui/keys';
import { later } from '../../ui/later';
import { Link } from '../../ui/link';
import { Empty, Loaded, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import { Table } from '../../ui/table';
import { Pager, When } from './parts';
import { Sections } from './sections';
import { projects } from './stores';

const ProjectSheet = later(async () => (await import('./project_editor')).ProjectSheet);

const PAGE = 50;
const BACK = '/settings/projects';

const queryAt = ({ params }: Place) => ({ after: params.get('after'), limit: PAGE });

export async function shows(at: Place): Promise<void> {
  await Promise.all([me.prime(), projects.of(queryAt(at)).prime()]);
}

export default function Projects({ id }: { id: string | null }) {
  const at = usePlace();
  const may = useMayAll();
  const store = projects.of(queryAt(at));
  const state = useStore(store);
  const add = () => navigate(href(`${BACK}/new`));
  useKeys({ n: may ? add : undefined });
  return (
    <>
      <Top title="Projects">{may && <button type="button" class="primary" onClick={add}>Add a project</button>}</Top>
      <Sections />
      <section class="panel list" aria-label="Projects">
        <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={3} />}>
          {(list) => (list.length === 0 ? <Empty title="No project that you see"><p>An administrator says with your user which ones you see.</p></Empty> : (
            <Table keys rows={list} id={(p) => p.id} caption="Projects" open={may ? (p) => navigate(href(`${BACK}/${p.id}`, at.params)) : undefined} columns={[
              { head: 'Name', class: 'name', cell: (p) => (may ? <Link to={`${BACK}/${p.id}`} params={at.params}>{p.name}</Link> : p.name) },
              { head: 'Number', right: true, cell: (p) => p.id },
              { head: 'What it is for', class: 'clip mid', cell: (p) => p.description || <span class="none">–</span> },
              { head: 'Added', class: 'time', cell: (p) => <When at={p.created_at} /> },
              { head: 'By', class: 'mid', cell: (p) => p.created_by ?? '–' },
            ]} />
          ))}
        </Loaded>
        <Pager rows={state.data} next={state.next} one="project"><Copy class="ghost" text={() => curl('GET', `/projects?limit=${PAGE}`)}>Copy as curl</Copy></Pager>
      </section>
      {id && may && <ProjectSheet key={id} id={id} />}
    </>
  );
}
