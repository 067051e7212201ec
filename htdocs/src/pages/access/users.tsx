// SPDX-License-Identifier: Apache-2.0
// Users of the server's own.
import type { User } from '../../api/types';
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
import { SearchBox } from '../../ui/search_box';
import { Pill } from '../../ui/state';
import { Table } from '../../ui/table';
import { Pager, When } from './parts';
import { Sections } from './sections';
import { allProjects, users } from './stores';

const UserSheet = later(async () => (await import('./user_editor')).UserSheet);

const PAGE = 50;
const BACK = '/settings/users';

function UserState({ of: u }: { of: Pick<User, 'disabled' | 'role' | 'has_password'> }) {
  if (u.disabled) return <Pill tone="bad" sign="■">disabled</Pill>;
  if (u.role === 'none') return <Pill tone="quiet" sign="–">no role</Pill>;
  return u.has_password ? <Pill tone="ok" sign="✓">active</Pill> : <Pill tone="warn" sign="○">no password</Pill>;
}

const queryAt = ({ params }: Place) => ({ q: params.get('q'), after: params.get('after'), limit: PAGE });

export async function shows(at: Place): Promise<void> {
  await Promise.all([me.prime(), users.of(queryAt(at)).prime(), allProjects().prime()]);
}

export default function Users({ id }: { id: string | null }) {
  const at = usePlace();
  const may = useMayAll();
  const store = users.of(queryAt(at));
  const state = useStore(store);
  const names = new Map((useStore(allProjects()).data ?? []).map((p) => [p.id, p.name]));
  const filtered = at.params.get('q') || at.params.get('after');
  const add = () => navigate(href(`${BACK}/new`, at.params));
  useKeys({ n: may ? add : undefined });
  return (
    <>
      <Top title="Users">{may && <button type="button" class="primary" onClick={add}>Add a user</button>}</Top>
      <Sections />
      <div class="filters" role="search" aria-label="Filter users"><SearchBox label="Search users by name or address" /></div>
      <section class="panel list" aria-label="Users">
        <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={6} />}>
          {(list) => (list.length === 0 ? (
            <Empty title={filtered ? 'No user matches' : 'No user of our own'}>
              {filtered ? <button type="button" onClick={() => navigate(href(BACK))}>Clear the filter</button>
                : <><p>People that httpd knows by other means (a password file, LDAP, OpenID Connect) are not listed here; their roles stand in the server’s configuration.</p>{may && <button type="button" class="primary" onClick={add}>Add a user</button>}</>}
            </Empty>
          ) : (
            <Table keys rows={list} id={(u) => u.id} caption="Users" open={(u) => navigate(href(`${BACK}/${u.id}`, at.params))} columns={[
              { head: 'User', class: 'name gives', cell: (u) => <Link to={`${BACK}/${u.id}`} params={at.params}>{u.name}</Link> },
              { head: 'Full name', class: 'clip wide gives', cell: (u) => u.full_name ?? <span class="none">–</span> },
              { head: 'E-mail', class: 'name mid gives', cell: (u) => u.email ?? <span class="none">–</span> },
              { head: 'Role', cell: (u) => u.role },
              ...(names.size > 1 ? [{ head: 'Projects', class: 'clip wide gives', cell: (u: User) => (u.projects === null ? 'all' : u.projects.length === 0 ? <span class="none">none</span> : u.projects.map((n) => names.get(n) ?? n).join(', ')) }] : []),
              { head: 'State', cell: (u) => <UserState of={u} /> },
              { head: 'Signed in', class: 'time', cell: (u) => <When at={u.login_at} /> },
              { head: 'Added', class: 'time mid', cell: (u) => <When at={u.created_at} /> },
              { head: 'By', class: 'mid', cell: (u) => u.created_by ?? 'the command line' },
            ]} />
          ))}
        </Loaded>
        <Pager rows={state.data} next={state.next} one="user"><Copy class="ghost" text={() => curl('GET', `/users?limit=${PAGE}${at.params.get('q') ? `&q=${encodeURIComponent(at.params.get('q') ?? '')}` : ''}`)}>Copy as curl</Copy></Pager>
      </section>
      {id && may && <UserSheet key={id} id={id} />}
    </>
  );
}
