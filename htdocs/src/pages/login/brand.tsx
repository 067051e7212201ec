// SPDX-License-Identifier: Apache-2.0
// The head of the pages that stand alone.

export function Brand({ title }: { title: string }) {
  return (
    <header><svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true"><path d="M4 24V18M10 24V12M16 24V6M22 24V14M28 24V4" stroke="currentColor" stroke-width="3.4" stroke-linecap="round" /></svg>
      <h1>{title}</h1></header>
  );
}
