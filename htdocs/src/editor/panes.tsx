// SPDX-License-Identifier: Apache-2.0
// The form, and beside it the same as JSON or a test run; where there is no room for both, one of them. Which one is in the URL.
import type { ComponentChildren } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { ApiError } from '../api/client';
import { setParams, usePlace } from '../router';
import { ReadOnly } from '../ui/form';
import { JsonEditor } from './json_editor';
import type { Schema } from './json_schema';
import type { TwoViews } from './two_views';

export type JsonView = Pick<TwoViews<object, object>, 'text' | 'setText' | 'unread' | 'halted'> & { schema: Schema | null };

type View = 'form' | 'json' | 'test';
const WORDS: Record<View, string> = { form: 'Form', json: 'JSON', test: 'Test run' };

function useWider(than: number): boolean {
  const query = `(min-width: ${than}px)`;
  const [is, set] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const change = () => set(media.matches);
    media.addEventListener('change', change);
    return () => media.removeEventListener('change', change);
  }, [query]);
  return is;
}

/** `room`: from this width of the window on there is room for two. */
export function Panes({ form, json, test, error, room }: { form: ComponentChildren; json: JsonView; test?: ComponentChildren; error: ApiError | null; room: number }) {
  const { params } = usePlace();
  const both = useWider(room);
  const readOnly = useContext(ReadOnly);
  const views: View[] = [...(both ? [] : ['form' as const]), 'json', ...(test ? ['test' as const] : [])];
  const view = views.find((v) => v === params.get('view')) ?? views[0] ?? 'json';
  const pick = views.length > 1 && (
    <div class="chips panes-pick" role="group" aria-label="View">
      {views.map((v) => <button key={v} type="button" class="chip" aria-pressed={v === view} onClick={() => setParams({ view: v === views[0] ? null : v }, { replace: true, stays: true })}>{WORDS[v]}</button>)}
    </div>
  );
  return (
    <div class={`panes ${both ? 'both' : ''}`}>
      {!both && pick}
      <div class="pane-form" hidden={!both && view !== 'form'}>
        {json.unread && <p class="pane-wait" role="status">The form waits until its JSON can be read again. Nothing is lost.</p>}
        <fieldset class="bare" disabled={json.unread}>{form}</fieldset>
      </div>
      {view !== 'form' && <div class="pane-beside">
        {both && pick}
        {view === 'test' ? test : (
          <>
            {json.halted && <p class="pane-wait" role="status">The JSON waits until the marked field of the form can be read.</p>}
            <ReadOnly.Provider value={json.halted || readOnly}>
              <JsonEditor label="The same as JSON" class="tall" rows={12} value={json.text} onValue={json.setText} schema={json.schema} said={error?.fields} help="What the form has no field for stands here, and stays." />
            </ReadOnly.Provider>
          </>
        )}
      </div>}
    </div>
  );
}
