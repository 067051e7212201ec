// SPDX-License-Identifier: Apache-2.0
// What a load test may use at most, and how much of that it used, while it runs and afterwards.
import type { LoadTest } from '../../api/types';
import { money, oneCurrency } from '../../format/money';
import { count, percent } from '../../format/number';
import { allPrices } from '../../state/resources';
import { useStore } from '../../state/store';
import { Panel } from '../../ui/panel';

/** The limits of a plan, by the member that sets each. */
const CAPS = [
  ['max_requests', 'requests', 'Requests', 'warm-up, attempts after the first and copies included'],
  ['max_total_tokens', 'tokens', 'Tokens', 'of prompts and answers, as far as answers tell'],
  ['max_cost', 'cost', 'Money', 'in the currency of the prices'],
] as const;

export function Used({ of: t }: { of: LoadTest }) {
  const used = t.results?.used ?? t.progress?.used;
  const caps = CAPS.filter(([cap]) => t.plan[cap] != null);
  const prices = useStore(t.plan.max_cost == null ? null : allPrices());
  if (caps.length === 0) return null;
  const currency = t.results?.cost?.currency ?? oneCurrency(prices.data);
  const text = (what: 'requests' | 'tokens' | 'cost', value: number) => (what === 'cost' ? money(value, currency) : count(value));
  const ended = t.results?.truncated_by;
  return (
    <Panel title="What it may use" class="full" sentence={ended ? 'It ended when the marked limit had no room for another request.' : t.results ? 'It ended before any of them.' : 'It ends when one of them has no room for another request.'}>
      <dl class="caps">
        {caps.map(([cap, what, word, note]) => {
          const most = t.plan[cap] ?? 0;
          const n = used?.[what];
          const part = n === undefined ? 0 : Math.min(100, (100 * n) / most);
          return (
            <div key={cap} class={ended === cap ? 'reached' : ''}>
              <dt>{word}{ended === cap && <span class="cap-mark"> ended it</span>}</dt>
              <dd><b>{n === undefined ? '–' : text(what, n)}</b> of {text(what, most)} at most{n === undefined ? '' : `, ${percent(part)}`}<span class="bar" aria-hidden="true"><i style={{ width: `${part}%` }} /></span><span class="note line">{note}</span></dd>
            </div>
          );
        })}
      </dl>
    </Panel>
  );
}

/** "1 % of the rows are kept"; nothing where all are. */
export const rowsWords = (t: LoadTest): string => { const share = t.plan.keep_rows ?? 1; return share >= 1 ? '' : share === 0 ? 'no row is kept' : `${percent(100 * share)} of the rows are kept`; };
