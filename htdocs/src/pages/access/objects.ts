// SPDX-License-Identifier: Apache-2.0
// Which page shows what the audit log names ("/automations/7").
const PAGES: Readonly<Record<string, string>> = {
  automations: '/automations', scenarios: '/scenarios', runs: '/runs', loadtests: '/loadtests', datasets: '/datasets',
  prices: '/settings/prices', users: '/settings/users', secrets: '/settings/secrets', projects: '/settings/projects',
};
/** Those that have one page for all. */
const LISTS: Readonly<Record<string, string>> = { 'api-keys': '/settings/api-keys', 'auth/sessions': '/settings/account', me: '/settings/account', engine: '/engine', calibrations: '/engine', definitions: '/settings', secrets: '/settings/secrets' };

/** The page of an object, or null: it has none, or the action took it away. */
export function pageOfObject(object: string, action: string): string | null {
  const [, kind = '', id] = /^\/((?:auth\/)?[\w-]+)(?:\/(\d+)(?:\/|$)|\/|$)/.exec(object) ?? [];
  const page = PAGES[kind];
  if (page && id && !/^DELETE \/[\w-]+\/\{id\}$/.test(action)) return `${page}/${id}`;
  return LISTS[kind] ?? null;
}
