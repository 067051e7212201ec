// SPDX-License-Identifier: Apache-2.0
// Every page in both themes and at 390 and 1440 px: no sideways scrolling, no layout shift, no violation of axe, no complaint.
import { api, args, automationId, axe, check, dealer, failedRun, fake, firstRun, loads, open, scenarioId, settled, shots, test, trained } from './driver.mjs';

const missedProblem = fake && (await api(`/training/sessions/${trained.ladder}/problems?limit=100`)).find((p) => p.success === false)?.id;
const keptProblem = fake && (await api('/training/problems?status=generated&limit=1'))[0]?.id;

const PAGES = [
  ['overview', '/'], ['overview-all', '/?from=all'], ['runs', '/runs'], ['runs-filtered', '/runs?status=failed,timed_out'],
  ...(firstRun ? [['run', `/runs/${firstRun}`], ['run-request', `/runs/${firstRun}?tab=request`], ['run-events', `/runs/${firstRun}?tab=events`]] : []), ...(failedRun ? [['run-failed', `/runs/${failedRun}`]] : []),
  ['scenarios', '/scenarios'], ['scenario', `/scenarios/${scenarioId}`], ['automations', '/automations'], ['automation', `/automations/${automationId}`], ['automation-new', '/automations/new'], ['automation-json', `/automations/${automationId}?view=json`], ['scenario-test', `/scenarios/${scenarioId}?view=test`], ['loadtest-new-json', '/loadtests/new?view=json'],
  ['kpis', '/kpis?from=now-30d&metric=ttft_ms'], ['kpis-grouped', '/kpis?from=now-30d&metric=ttft_ms&group_by=scenario'],
  ['compare', '/compare'], ['loadtests', '/loadtests'], ['loadtests-filtered', '/loadtests?status=cancelled,interrupted&scenario_id=2'], ['loadtest-new', '/loadtests/new'],
  ...Object.entries(loads).map(([key, id]) => [`loadtest-${key}`, `/loadtests/${id}`]), ...(fake ? [['loadtest-again', `/loadtests/new?from=${loads.sweep}`], ['loadtest-again-ramp', `/loadtests/new?from=${loads.ramp}`], ['loadtest-again-capacity', `/loadtests/new?from=${loads.capacity}`]] : []),
  ['training', '/training'], ['training-new', '/training/new'], ['problems', '/training/problems'], ['problem-new', '/training/problems/new'],
  ...Object.entries(trained).map(([key, id]) => [`training-${key}`, `/training/${id}`]), ...(fake ? [['training-new-consent', '/training/new?scenario_id=3'], ['training-again', `/training/new?from=${trained.search}`], ['training-compare', `/training/compare?a=${trained.ability}&b=${trained.search}`], ['problem-kept', `/training/problems/${keptProblem}`], ['problem-missed', `/training/problems/${missedProblem}`]] : []),
  ['datasets', '/datasets'], ['dataset-new', '/datasets/new'], ...(fake ? [['dataset', '/datasets/1'], ['dataset-wide', '/datasets/2'], ['dataset-large', '/datasets/3'], ['dataset-entry', '/datasets/2?entry=3'], ['loadtest-again-generate', `/loadtests/new?from=${loads.running}`]] : []),
  ['traces', '/traces'], ['traces-list', '/traces/list'], ['traces-daily', '/traces/daily'], ['trace-sources', '/traces/sources'], ['trace-source-new', '/traces/sources/new'], ['agents', '/agents'], ['trace-missing', '/traces/trace?source=1&trace=nothing'],
  ...(fake ? [['traces-filtered', '/traces/list?errors=true&user_id=u-1'], ['trace-session', '/traces/session?source=1&session=chat-0'], ['trace', '/traces/trace?source=1&trace=broken'], ['trace-observation', '/traces/trace?source=1&trace=broken&o=failed'], ['trace-large', '/traces/trace?source=1&trace=large&o=large-7777'], ['trace-source', '/traces/sources/1'], ['trace-source-pushed', '/traces/sources/3'], ['trace-source-edit', '/traces/sources/1?dialog=edit'], ['agent', '/agents/agent?agent=writer']] : []),
  ['account', '/settings/account'], ['users', '/settings/users'], ['secrets', '/settings/secrets'], ['audit', '/settings/audit'],
  ...(fake ? [['keys', '/settings/api-keys'], ['key-new', '/settings/api-keys/new'], ['user', '/settings/users/2'], ['secret', '/settings/secrets/2'], ['projects', '/settings/projects'], ['audit-entry', '/settings/audit?outcome=done&entry=128']] : []),
  ['trigger', '/runs?dialog=trigger'], ['engine', '/engine'], ['api', '/api-docs'], ['api-operation', '/api-docs?op=getRun&q=GET+runs+id'], ['settings', '/settings'], ...(fake ? [['price', '/settings/prices/2']] : []), ['price-new', '/settings/prices/new'], ['missing', '/nothing/here'],
];

let worstShift = 0;
const mine = dealer();
// Colours are a theme's, places a width's: two pictures show both of each, the pairs in turn, and on the module the other two; --all
// takes four.
const wanted = (page, theme, width) => args.includes('--all') || (theme === 'dark') === ((width === 390) !== ((page + (fake ? 1 : 0)) % 2 === 1));
for (const [index, [name, path]] of PAGES.entries()) {
  if (!mine()) continue;
  for (const theme of ['light', 'dark']) {
    for (const width of [390, 1440].filter((w) => wanted(index, theme, w))) {
      await test(`page ${name} ${theme} ${width}`, async () => {
        const { page, done } = await open(path, { width, theme, touch: width < 600, allow: name === 'trace-missing' ? /status of 404/ : null });
        if (/^((scenario|automation)(-new|-json|-test)?|problem-new)$/.test(name)) await page.waitForSelector('dialog[open] .panes'); // its object has to come first
        await settled(page);
        if (shots) await page.screenshot({ path: `${shots}/${name}-${theme}-${width}.png`, fullPage: !/trigger|automation-new|dataset-new|price|dataset-entry|^scenario|^automation-?[jt]?|loadtest-new-json|^user$|^secret$|^key-|problem-new|trace-source-(new|edit)/.test(name) });
        // not innerWidth: a phone makes that as wide as what is too wide
        check(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), 'the page scrolls sideways');
        check(!/XSS/.test(await page.title()), 'a stored text became a script');
        const shift = await page.evaluate(() => window.__cls);
        worstShift = Math.max(worstShift, shift);
        check(shift <= 0.02, `layout shift ${shift.toFixed(3)}\n${(await page.evaluate(() => window.__moved)).join('\n')}`);
        await axe(page);
        await done();
      });
    }
  }
}
console.log(`worst layout shift ${worstShift.toFixed(4)}`);
