// SPDX-License-Identifier: Apache-2.0
// A strip of figures: what each is called, the figure, what it is of.

/** A figure of a strip: what it is called, its text, the exact value, the line below. */
export interface Cell { label: string; text: string; exact?: string | undefined; note: string }

export function Strip({ cells }: { cells: readonly Cell[] }) {
  return (
    <dl class={`kpis ${cells.length === 4 ? 'four' : ''}`}>
      {cells.map((c) => (
        <div key={c.label} class="kpi"><dt>{c.label}</dt><dd class={`value ${c.text === '–' ? 'none' : ''}`} title={c.exact}>{c.text}</dd><dd class="below"><span class="note">{c.note}</span></dd></div>
      ))}
    </dl>
  );
}
