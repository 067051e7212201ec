// SPDX-License-Identifier: Apache-2.0
// From a list where rows are picked to the page that compares them.
import { plural } from '../format/number';
import { Link } from './link';

type Kind = 'runs' | 'scenario' | 'loadtest';
const WORDS: Record<Kind, string> = { runs: 'run', scenario: 'scenario', loadtest: 'load test' };

/** Two that are picked: the older (lower id) is A. */
export function CompareLink({ ids, kind }: { ids: ReadonlySet<number | string>; kind: Kind }) {
  const [a, b] = [...ids].map(Number).sort((p, q) => p - q);
  if (ids.size !== 2) return <span class="note">Pick two to compare them.</span>;
  return <Link class="button" to="/compare" params={{ a: `${kind}:${a}`, b: `${kind}:${b}` }}>Compare the two</Link>;
}

/** The bar above a list whose rows can only be compared. */
export function ComparePicked({ ids, kind, clear }: { ids: ReadonlySet<number | string>; kind: Kind; clear: () => void }) {
  if (ids.size === 0) return null;
  return (
    <div class="bulk" role="status">
      <span>{plural(ids.size, WORDS[kind])} selected</span>
      <CompareLink ids={ids} kind={kind} />
      <button type="button" class="ghost" onClick={clear}>Clear selection</button>
    </div>
  );
}
