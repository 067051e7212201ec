// SPDX-License-Identifier: Apache-2.0
// Drives the dashboard in a real browser: every page in both themes at 390 and 1440 px with axe-core, then keyboard
// journeys. A console error, a page error or a CSP violation is a failure. Prints "N passed, N failed".
//   node run.mjs [--url http://127.0.0.1:8080/] [--all] [--part 1/2] [--shots DIR] [--slow] [--only TEXT] [--target http://127.0.0.1:18181/v1]
// Without --url it starts fake_api.mjs; journeys that bend the server (503, empty) run only then. --all: all journeys that can be, and
// all four pictures of each page; --part: every second page and file of journeys; --slow: names the slowest.
import { args, dealer, fake, finish } from './driver.mjs';

/** As the tests of a file may build on each other, a part takes whole files. The made-up server's are in pairs of about the same length. */
const FAKE = ['live', 'datasets', 'first_run', 'events', 'loadtests', 'journeys', 'errors', 'keyboard', 'faults', 'policies', 'login', 'access', 'locations', 'address', 'forms', 'training', 'traces'];
const MODULE = ['journeys', 'keyboard', 'datasets', 'events', 'access', 'first_run', 'policies'];
/** What a real server can be asked for is asked of it alone, unless one is not at hand. */
const EITHER = ['canary', 'shown', 'definitions', 'demo', 'kpis', 'pick', 'slos'];
const MODULE_ALONE = ['compare', 'editors', 'views', 'truth', 'session', 'trained'];

const mine = dealer();
await import('./pages.mjs');
for (const name of fake ? [...FAKE, ...(args.includes('--all') ? EITHER : [])] : [...MODULE, ...EITHER, ...MODULE_ALONE])
  if (mine()) await import(name === 'journeys' ? './journeys.mjs' : `./journeys_${name}.mjs`);
process.exit((await finish()) ? 0 : 1);
