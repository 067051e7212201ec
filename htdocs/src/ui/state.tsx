// SPDX-License-Identifier: Apache-2.0
// States of runs and nodes: sign, word and colour, never colour alone.
import type { RunStatus } from '../api/types';

const SIGNS: Record<RunStatus, { sign: string; word: string; tone: string }> = {
  pending: { sign: '○', word: 'pending', tone: 'quiet' },
  running: { sign: '▸', word: 'running', tone: 'info' },
  completed: { sign: '✓', word: 'completed', tone: 'ok' },
  failed: { sign: '✕', word: 'failed', tone: 'bad' },
  timed_out: { sign: '◔', word: 'timed out', tone: 'warn' },
  interrupted: { sign: '≠', word: 'interrupted', tone: 'warn' },
  cancelled: { sign: '–', word: 'cancelled', tone: 'quiet' },
};

export const statusWord = (status: RunStatus): string => SIGNS[status]?.word ?? status;

export function State({ status }: { status: RunStatus }) {
  const s = SIGNS[status] ?? { sign: '?', word: String(status), tone: 'quiet' };
  return <span class={`state ${s.tone}`}><span aria-hidden="true">{s.sign}</span>{s.word}</span>;
}

/** Any other state, with the tone given. */
export function Pill({ tone, sign, children }: { tone: 'ok' | 'warn' | 'bad' | 'info' | 'quiet'; sign: string; children: string }) {
  return <span class={`state ${tone}`}><span aria-hidden="true">{sign}</span>{children}</span>;
}

/** A value, or a dash that says why there is none. */
export function Value({ text, exact, why }: { text: string; exact?: string; why: string }) {
  return text === '–' ? <span class="none" title={why}>–<span class="sr"> ({why})</span></span> : <span title={exact}>{text}</span>;
}
