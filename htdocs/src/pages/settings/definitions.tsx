// SPDX-License-Identifier: Apache-2.0
// Definitions as code: everything that was set up as one JSON document, and back. What an import would do is shown before it is done.
import { useEffect, useState } from 'preact/hooks';
import { ApiError, api, apiAddress } from '../../api/client';
import type { DefinitionsInput, DefinitionsReport } from '../../api/types';
import { useBodySchemas } from '../../editor/body_schemas';
import { JsonEditor } from '../../editor/json_editor';
import { readObject } from '../../editor/json_text';
import { plural } from '../../format/number';
import { setGuard, setParams, usePlace } from '../../router';
import { useMay } from '../../state/access';
import { datasetsChanged, objectsChanged, pricesChanged, views as viewStore } from '../../state/resources';
import { Copy, curl } from '../../ui/copy';
import { Dialog } from '../../ui/dialog';
import { Field, focusMistake, FormError } from '../../ui/form';
import { Panel } from '../../ui/panel';
import { Pill } from '../../ui/state';
import { toast } from '../../ui/toast';
import { countsOf, shortJson, summaryOf } from './changes';

const QUESTION = 'What you have put in here is not imported. Leave it?';

function Changes({ of: told }: { of: DefinitionsReport }) {
  return (
    <div role="status">
      <p class="sentence">{summaryOf(countsOf(told))}</p>
      {told.changes.length > 0 && (
        <ul class="changes">
          {told.changes.map((c) => (
            <li key={`${c.kind} ${c.name}`}>
              {c.action === 'created' ? <Pill tone="ok" sign="+">new</Pill> : <Pill tone="info" sign="≠">differs</Pill>} {c.kind} <strong>{c.name}</strong>
              {c.members.map((m) => (
                <dl key={m.pointer}>
                  <dt><code>{m.pointer}</code></dt>
                  <dd><span class="sr">from </span><del class="mono">{m.from === undefined ? '' : shortJson(m.from)}</del> <span class="sr">to </span><ins class="mono">{shortJson(m.to)}</ins></dd>
                </dl>
              ))}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Import({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('');
  const [told, tell] = useState<DefinitionsReport | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const schema = useBodySchemas()?.definitions ?? null;
  const read = readObject(text);
  const document = 'value' in read && text.trim() !== '' ? read.value : null;
  const put = (next: string) => { if (next === text) return; setText(next); tell(null); setError(null); };
  const send = async (dryRun: boolean) => {
    if (!document) return;
    setBusy(true);
    setError(null);
    try {
      const answer = await api.definitionsImport(document as DefinitionsInput, dryRun);
      if (dryRun) tell(answer);
      else {
        objectsChanged();
        pricesChanged();
        datasetsChanged();
        viewStore.refresh();
        setGuard(null);
        onClose();
        const done = countsOf(answer);
        toast(`Imported: ${plural(done.created, 'object')} made, ${done.updated} changed`);
      }
    } catch (e) {
      tell(null);
      setError(e instanceof ApiError ? e : new ApiError('version', 0, { detail: String(e) }, null, null));
      focusMistake('dialog form.editor');
    }
    setBusy(false);
  };
  const dirty = text !== '';
  useEffect(() => {
    setGuard(dirty ? () => QUESTION : null);
    return () => setGuard(null);
  }, [dirty]);
  const counts = told && countsOf(told);
  const nothing = counts !== null && counts.created + counts.updated === 0;
  return (
    <Dialog title="Import definitions" kind="sheet" onClose={onClose} mayClose={() => { if (dirty && !confirm(QUESTION)) return false; setGuard(null); return true; }}>
      <form class="editor" onSubmit={(e) => { e.preventDefault(); void send(told === null); }}>
        <div class="dialog-body">
          {error && <FormError error={error} known={[]} word="Not imported." />}
          <p class="lead">What is new is made, what differs is changed, nothing is deleted: all of it or nothing. Objects are found again by their names.</p>
          <Field label="A file" error={undefined}>
            {(p) => <input {...p} type="file" class="plain" accept="application/json,.json" onChange={(e) => { const file = e.currentTarget.files?.[0]; if (file) void file.text().then(put); }} />}
          </Field>
          <JsonEditor label="or paste the document" value={text} onValue={put} rows={10} schema={schema} said={error?.fields} />
          {told && <Changes of={told} />}
        </div>
        <footer class="dialog-foot">
          <Copy class="ghost" text={() => `${curl('POST', '/definitions?dry_run=true')} \\\n  --data-binary @definitions.json`}>Copy as curl</Copy>
          <span class="grow" />
          {counts === null || nothing ? <button type="submit" class="primary" disabled={busy || !document || nothing}>Show what would change</button>
            : <button type="submit" class="primary" disabled={busy}>Import {plural(counts.created + counts.updated, 'change')}</button>}
        </footer>
      </form>
    </Dialog>
  );
}

export function Definitions() {
  const may = useMay('operator');
  const { params } = usePlace();
  return (
    <Panel title="Definitions" class="full wide-actions" sentence="Automations, scenarios, prices, datasets and views as one JSON document: to be kept in version control, or taken to another installation. Secrets stay names."
      actions={<>
        <a class="button" href={apiAddress('/definitions', {})} download="definitions.json">Export</a>
        <Copy class="ghost" text={() => `${curl('GET', '/definitions')} > definitions.json`}>Copy as curl</Copy>
        {may && <button type="button" onClick={() => setParams({ dialog: 'import' })}>Import</button>}
      </>}>
      {may && params.get('dialog') === 'import' && <Import onClose={() => setParams({ dialog: null })} />}
    </Panel>
  );
}
