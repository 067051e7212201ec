// SPDX-License-Identifier: Apache-2.0
// What the person may do; the page hides the rest. The server decides again at every call.
import type { Me } from '../api/types';
import { me } from './resources';
import { useStore } from './store';

const RANK: Record<Me['role'], number> = { none: 0, viewer: 1, operator: 2, admin: 3 };

/** True when the role is at least `role`; also while it is not known (the server will say). */
export function useMay(role: Me['role']): boolean {
  const known = useStore(me).data;
  return !known || RANK[known.role] >= RANK[role];
}

/** True for who administers the whole installation, not only some projects of it; likewise. */
export function useMayAll(): boolean {
  const known = useStore(me).data;
  return !known || (known.role === 'admin' && known.projects === null);
}
