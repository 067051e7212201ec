// SPDX-License-Identifier: Apache-2.0
// What is typed as a number, alone or behind what it is one of: "17", "#17", "load test 17".

/** What it is called, and where its pages are; a number alone is most likely the first's. */
const KINDS: readonly (readonly [string, string])[] = [
  ['Run', '/runs/'], ['Load test', '/loadtests/'], ['Scenario', '/scenarios/'], ['Automation', '/automations/'], ['Training session', '/training/'],
  ['Problem', '/training/problems/'], ['Dataset', '/datasets/'],
];

/** Pages that it may mean, the likeliest first; `typed` is trimmed and in lower case. None where it is no number. */
export function numbered(typed: string): { text: string; path: string }[] {
  const found = /^(?:([a-z][a-z ]*?)\s*)?#?(\d{1,15})$/.exec(typed);
  if (!found) return [];
  const [, word = '', digits = ''] = found;
  const plain = word.replaceAll(' ', '');
  return KINDS.filter(([name]) => name.toLowerCase().replaceAll(' ', '').startsWith(plain) || (plain !== '' && name.toLowerCase().split(' ').includes(plain)))
    .map(([name, path]) => ({ text: `${name} ${digits}`, path: path + digits }));
}
