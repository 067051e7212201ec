// SPDX-License-Identifier: Apache-2.0
// Colours of the tokens as the canvas needs them: resolved for the theme on screen now.

/** While the page is printed: paper is white whatever the theme. */
let onPaper = false;
export function setPaper(on: boolean): void {
  onPaper = on;
}

/** The colour a token (such as "chart-1") has now. */
export function color(token: string): string {
  const probe = document.createElement('span');
  if (onPaper) probe.style.colorScheme = 'light';
  probe.style.color = `var(--${token})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

/** The same colour, more transparent. */
export const faint = (rgb: string, alpha: number): string => rgb.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);

/** p50, p95, p99 are always chart 1, 2, 3 and solid, dashed, dotted. */
export const PERCENTILES = [
  { label: 'p50', token: 'chart-1', dash: [] },
  { label: 'p95', token: 'chart-2', dash: [7, 4] },
  { label: 'p99', token: 'chart-3', dash: [2, 3] },
] as const;

/** Steps of an axis whose unit is `unit` base units long: 1, 2, 5 times powers of ten, so that ticks are round in the unit shown. */
export function axisSteps(unit: number): number[] {
  const steps: number[] = [];
  for (let power = -3; power <= 7; power++) for (const m of [1, 2, 5]) steps.push(m * 10 ** power * unit);
  return steps;
}
