// SPDX-License-Identifier: Apache-2.0
// The sections of Settings, each a page of its own; who does not administer is not shown what he may not open.
import { usePlace } from '../../router';
import { useMay, useMayAll } from '../../state/access';
import { Link } from '../../ui/link';

const ALL: readonly (readonly [path: string, word: string])[] = [['/settings', 'General'], ['/settings/account', 'Account'], ['/settings/api-keys', 'API keys']];
/** For who administers, and the second whether all projects. */
const ADMINS: readonly (readonly [path: string, word: string, whole: boolean])[] = [
  ['/settings/users', 'Users', true], ['/settings/projects', 'Projects', true], ['/settings/secrets', 'Secrets', false], ['/settings/audit', 'Audit', false],
];

export function Sections() {
  const admin = useMay('admin');
  const all = useMayAll();
  const { path } = usePlace();
  const here = (to: string) => (to === '/settings' ? path === to || path.startsWith('/settings/prices') : path === to || path.startsWith(`${to}/`));
  const shown = [...ALL, ...ADMINS.filter(([to, , whole]) => (whole ? all : admin) || here(to))];
  return <nav class="sections" aria-label="Settings">{shown.map(([to, word]) => <Link key={to} to={to} aria-current={here(to) ? 'page' : undefined}>{word}</Link>)}</nav>;
}
