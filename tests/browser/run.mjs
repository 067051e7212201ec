// SPDX-License-Identifier: Apache-2.0
// Drives the dashboard in a real browser: every page in both themes at 390 and 1440 px with axe-core, then keyboard
// journeys. A console error, a page error or a CSP violation is a failure. Prints "N passed, N failed".
//   node run.mjs [--url http://127.0.0.1:8080/] [--all] [--shots DIR] [--slow] [--only TEXT] [--target http://127.0.0.1:18181/v1]
// Without --url it starts fake_api.mjs; journeys that bend the server (503, empty) run only then. --all: all journeys that can be, and
// all four pictures of each page; --slow: names the slowest.
import { args, fake, finish } from './driver.mjs';

await import('./pages.mjs');
await import('./journeys.mjs');
await import('./journeys_keyboard.mjs');
await import('./journeys_datasets.mjs');
await import('./journeys_events.mjs');
await import('./journeys_access.mjs');
await import('./journeys_first_run.mjs');
await import('./journeys_policies.mjs');
// what a real server can be asked for is asked of it alone, unless one is not at hand
if (!fake || args.includes('--all')) {
  await import('./journeys_canary.mjs');
  await import('./journeys_shown.mjs');
  await import('./journeys_definitions.mjs');
  await import('./journeys_demo.mjs');
  await import('./journeys_kpis.mjs');
  await import('./journeys_pick.mjs');
  await import('./journeys_slos.mjs');
}
if (!fake) {
  await import('./journeys_compare.mjs');
  await import('./journeys_editors.mjs');
  await import('./journeys_views.mjs');
  await import('./journeys_truth.mjs');
  await import('./journeys_session.mjs');
}
if (fake) {
  await import('./journeys_loadtests.mjs');
  await import('./journeys_locations.mjs');
  await import('./journeys_live.mjs');
  await import('./journeys_faults.mjs');
  await import('./journeys_login.mjs');
  await import('./journeys_errors.mjs');
}
process.exit((await finish()) ? 0 : 1);
