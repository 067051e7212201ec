// SPDX-License-Identifier: Apache-2.0
// The top of a page: title, live mark, range, primary action.
import type { ComponentChildren } from 'preact';
import type { Range } from '../format/time';
import { LiveMark } from './live_mark';
import { RangePicker } from './range';

export function Top({ title, beside, range, children }: { title: ComponentChildren; beside?: ComponentChildren; range?: Range; children?: ComponentChildren }) {
  return (
    <header class="top">
      <div class="top-title"><h1>{title}</h1>{beside}</div>
      <div class="actions"><LiveMark />{range && <RangePicker range={range} />}{children}</div>
    </header>
  );
}
