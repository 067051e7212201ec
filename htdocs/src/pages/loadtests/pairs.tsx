// SPDX-License-Identifier: Apache-2.0
// Figures in words: what each is called, what it was, what it stands for.
import type { ComponentChildren } from 'preact';

export type Pair = [label: string, value: ComponentChildren, note: string];

export const Pairs = ({ of: pairs }: { of: readonly Pair[] }) => (
  <dl class="pairs one lags">{pairs.map(([k, v, note]) => <div key={k}><dt>{k}</dt><dd>{v}{note && <span class="note line">{note}</span>}</dd></div>)}</dl>
);
