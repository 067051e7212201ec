// SPDX-License-Identifier: Apache-2.0
// A side of a comparison as the server reads it ("scenario:7@3", docs/compare.md), and as the fields that make one.

export type SideKind = 'scenario' | 'loadtest' | 'runs' | 'window';

export interface SideForm { kind: SideKind; scenario: string; version: string; loadtest: string; runs: string; from: string; to: string; rest: string }

const EMPTY: SideForm = { kind: 'scenario', scenario: '', version: '', loadtest: '', runs: '', from: 'now-7d', to: 'now', rest: '' };

/** The fields of a side; what is none is one of runs, so that it can be seen and mended. */
export function sideForm(text: string): SideForm {
  const [head = '', ...filters] = text.split(';');
  const rest = filters.join(';');
  const colon = head.indexOf(':');
  const value = head.slice(colon + 1);
  switch (colon < 0 ? '' : head.slice(0, colon)) {
    case 'scenario': { const [scenario = '', version = ''] = value.split('@'); return { ...EMPTY, kind: 'scenario', scenario, version, rest }; }
    case 'loadtest': return { ...EMPTY, kind: 'loadtest', loadtest: value, rest };
    case 'window': {
      const slash = value.indexOf('/');
      const scenario = filters.find((f) => f.startsWith('scenario='))?.slice('scenario='.length) ?? '';
      return { ...EMPTY, kind: 'window', from: slash < 0 ? value : value.slice(0, slash), to: slash < 0 ? '' : value.slice(slash + 1), scenario: scenario.split('@')[0] ?? '', version: scenario.split('@')[1] ?? '', rest: filters.filter((f) => !f.startsWith('scenario=')).join(';') };
    }
    case 'runs': return { ...EMPTY, kind: 'runs', runs: value, rest };
    default: return text === '' ? EMPTY : { ...EMPTY, kind: 'runs', runs: text };
  }
}

/** The side that the fields make; '' while the chosen one is not filled in. */
export function sideText(f: SideForm): string {
  const filters = f.rest.trim() === '' ? '' : `;${f.rest.trim()}`;
  const scenario = f.version === '' ? f.scenario : `${f.scenario}@${f.version}`;
  switch (f.kind) {
    case 'scenario': return f.scenario === '' ? '' : `scenario:${scenario}${filters}`;
    case 'loadtest': return f.loadtest === '' ? '' : `loadtest:${f.loadtest}${filters}`;
    case 'window': return `window:${f.from.trim()}/${f.to.trim()}${f.scenario === '' ? '' : `;scenario=${scenario}`}${filters}`;
    case 'runs': default: { const ids = f.runs.replaceAll(/\s+/g, ''); return ids === '' ? '' : `runs:${ids}${filters}`; }
  }
}

/** The share of values (in %) that are at most `x`, from the values at 0, 1 ... 100 %. */
export function shareBelow(curve: readonly number[], x: number): number {
  const first = curve[0] ?? 0;
  const end = curve.length - 1;
  if (x < first) return 0;
  if (x >= (curve[end] ?? first)) return 100;
  let low = 0;
  let high = end;
  while (high - low > 1) { const middle = (low + high) >> 1; if ((curve[middle] ?? 0) <= x) low = middle; else high = middle; }
  const from = curve[low] ?? 0;
  const to = curve[high] ?? from;
  return ((low + (to > from ? (x - from) / (to - from) : 0)) / end) * 100;
}

/** Both curves as shares below the same values, which end where both have nearly all (99 %). */
export function cumulative(a: readonly number[], b: readonly number[]): [x: number[], a: number[], b: number[]] {
  const most = Math.max(a[99] ?? a.at(-1) ?? 0, b[99] ?? b.at(-1) ?? 0);
  const xs = [...new Set([...a, ...b].filter((v) => v <= most))].sort((p, q) => p - q);
  return [xs, xs.map((x) => shareBelow(a, x)), xs.map((x) => shareBelow(b, x))];
}

/** Counts of both sides in equal steps up to where nearly all are, in % of a side. */
export function histogram(a: readonly number[], b: readonly number[], steps = 30): { from: number; step: number; a: number[]; b: number[] } {
  const from = Math.min(a[0] ?? 0, b[0] ?? 0);
  const to = Math.max(a[99] ?? 0, b[99] ?? 0);
  const step = to > from ? (to - from) / steps : 1;
  const of = (curve: readonly number[]) => Array.from({ length: steps }, (_, i) => shareBelow(curve, from + (i + 1) * step) - (i === 0 ? 0 : shareBelow(curve, from + i * step)));
  return { from, step, a: of(a), b: of(b) };
}
