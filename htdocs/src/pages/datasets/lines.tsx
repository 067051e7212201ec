// SPDX-License-Identifier: Apache-2.0
// A few lines of a file with their numbers; the wrong one is marked, and in it the character.
import { cutLine, type TextLine } from './content';

export function Lines({ lines, wrong, label }: { lines: readonly TextLine[]; wrong?: { line: number; column: number | null } | null; label: string }) {
  return (
    <ol class="code-lines mono" aria-label={label} tabIndex={0}>
      {lines.map(({ number, text }) => {
        const bad = wrong?.line === number;
        const [before, at, after] = cutLine(text, bad ? wrong.column : null);
        return (
          <li key={number} class={bad ? 'bad' : ''}>
            <span class="code-number"><span class="sr">{bad ? 'wrong line ' : 'line '}</span>{number}</span>
            <span class="code-text">{before}{at && <mark>{at}</mark>}{after}{text === '' && <span class="none">empty</span>}</span>
          </li>
        );
      })}
    </ol>
  );
}
