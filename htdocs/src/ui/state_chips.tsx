// SPDX-License-Identifier: Apache-2.0
// The states a list is filtered by, as chips: `status` in the address has those that are pressed.
import { usePlace } from '../router';
import { leads } from './leads';

export function StateChips<S extends string>({ states, word = (s) => s }: { states: readonly S[]; word?: (state: S) => string }) {
  const pressed = new Set((usePlace().params.get('status') ?? '').split(','));
  const toggled = (state: S) => ({ status: states.filter((s) => pressed.has(s) !== (s === state)).join(','), after: null });
  return (
    <div class="chips" role="group" aria-label="State">
      {states.map((s) => <button key={s} type="button" class="chip" aria-pressed={pressed.has(s)} {...leads(toggled(s))}>{word(s)}</button>)}
    </div>
  );
}
