// SPDX-License-Identifier: Apache-2.0
// What these pages show. Events tell who administers of users, keys, secrets and projects; sign-ins, uses and the audit log, which
// would make an event of each trigger, are asked for now and then.
import { api } from '../../api/client';
import type { QueryOf } from '../../api/paths';
import { rangeQuery } from '../../format/time';
import { Resource, Store } from '../../state/store';
import { ofObject, whenChanged } from '../../state/told';

/** What was done is looked at while it happens. */
const SOON_MS = 10_000;
/** When somebody last signed in, or used a key, beside what events tell. */
const USED_MS = 30_000;

export const users = new Resource((query: QueryOf<'/users'>, o) => api.users(query, o), { liveMs: USED_MS, told: whenChanged('user') });
export const user = new Resource((id: number, o) => api.user(id, o), (id) => ({ liveMs: USED_MS, told: ofObject('user', id) }));
export const self = new Store((o) => api.authUser(o));
export const sessions = new Resource((query: QueryOf<'/auth/sessions'>, o) => api.sessions(query, o), { liveMs: SOON_MS, told: whenChanged('user') });
export const apiKeys = new Resource((query: QueryOf<'/api-keys'>, o) => api.apiKeys(query, o), { liveMs: USED_MS, told: whenChanged('key') });
export const projects = new Resource((query: QueryOf<'/projects'>, o) => api.projects(query, o), { told: whenChanged('project') });
export const project = new Resource((id: number, o) => api.project(id, o), (id) => ({ told: ofObject('project', id) }));
export const secrets = new Resource((query: QueryOf<'/secrets'>, o) => api.secrets(query, o), { liveMs: USED_MS, told: whenChanged('secret') });
export const secret = new Resource((id: number, o) => api.secret(id, o));
export const secretUses = new Resource((id: number, o) => api.secretUses(id, o));
/** While some were encrypted with another key than the active one, an engine may be about to change that. */
export const secretKeys = new Store((o) => api.secretKeys(o), { busy: (ring) => ring.keys.some((k) => k.secrets > 0 && k.key_id !== ring.active_key_id) });
/** `from` and `to` as in the address: a range that ends now moves. */
export const audit = new Resource(({ from, to, ...query }: QueryOf<'/audit'>, o) =>
  api.audit({ ...query, ...(typeof from === 'string' ? rangeQuery({ from, to: String(to ?? 'now') }, Date.now()) : {}) }, o), { liveMs: SOON_MS });

/** All secrets, of which there are few, for a field that names one. */
export const allSecrets = () => secrets.of({ limit: 1000 });

/** All projects that the client sees, for fields and names. */
export const allProjects = () => projects.of({ limit: 1000 });

export function projectsChanged(): void {
  for (const resource of [projects, project]) resource.refresh();
}

export function usersChanged(): void {
  for (const resource of [users, user, sessions]) resource.refresh();
}

export function secretsChanged(): void {
  for (const resource of [secrets, secret]) resource.refresh();
  if (secretKeys.isWatched()) void secretKeys.refresh();
}
