// SPDX-License-Identifier: Apache-2.0
// The editor of a secret, and what names it. A value goes in and is never shown again.
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Secret } from '../../api/types';
import { Editor } from '../../editor/editor';
import { plural } from '../../format/number';
import { place } from '../../router';
import { useStore } from '../../state/store';
import { curl } from '../../ui/copy';
import { fieldError, SelectField, TextField } from '../../ui/form';
import { Link } from '../../ui/link';
import { Failure, Loaded, Skeleton } from '../../ui/panel';
import { toast } from '../../ui/toast';
import { listAddress } from '../../views/query';
import { HiddenField, UNSAID, When } from './parts';
import { allProjects, secret as secretStore, secretsChanged, secretUses } from './stores';

const BACK = '/settings/secrets';
const PAGES = { automation: '/automations', scenario: '/scenarios' } as const;
/** The list as it was filtered. */
const back = () => listAddress(BACK, place().params);

/** How a placeholder names it. */
const placeholder = (name: string) => `{{secret.${name}}}`;

function Uses({ of: s }: { of: Secret }) {
  const store = secretUses.of(s.id);
  const state = useStore(store);
  return (
    <section class="standing" aria-label="Used by">
      <header><strong>Used by</strong><span class="note">last <When at={s.last_used_at} /></span></header>
      <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={1} />}>
        {(list) => (list.length === 0 ? <p class="note lone">No automation and no scenario names it. Say <code>{s.name}</code> in the field “Secret with the key”, or <code>{placeholder(s.name)}</code> in inputs, headers and bodies.</p> : (
          <ul>{list.map((u) => <li key={`${u.kind} ${u.id}`}><span><Link to={`${PAGES[u.kind]}/${u.id}`}>{u.name}</Link> <span class="note">{u.kind}</span></span></li>)}{state.next && <li class="note">and more</li>}</ul>
        ))}
      </Loaded>
    </section>
  );
}

interface Form { name: string; description: string; value: string; project: string }

function SecretEditor({ saved, etag }: { saved: Secret | null; etag: string | null }) {
  const [first] = useState(saved);
  const [firstEtag] = useState(etag);
  const [f, setForm] = useState<Form>({ name: '', description: saved?.description ?? '', value: '', project: '' });
  const projects = useStore(allProjects()).data ?? [];
  const set = (change: Partial<Form>) => setForm({ ...f, ...change });
  const uses = useStore(first ? secretUses.of(first.id) : null).data;
  const described = f.description.trim() !== (first?.description ?? '');
  const body = (value: string) => ({ ...(described ? { description: f.description.trim() || null } : {}), ...(value ? { value } : {}) });
  const shown = f.value ? UNSAID : '';
  const name = first?.name ?? f.name.trim();
  return (
    <Editor title={first ? `Secret ${first.name}` : 'Set a secret'} back={back()} dirty={described || f.value !== '' || (!first && f.name !== '')} ready={first ? described || f.value !== '' : f.name.trim() !== '' && f.value !== ''}
      known={['/name', '/description', '/value', '/project_id']}
      save={async () => {
        if (first) await api.secretPut(first.id, body(f.value), firstEtag);
        else await api.secretAdd({ name: f.name.trim(), value: f.value, ...(described ? { description: f.description.trim() } : {}), ...(f.project ? { project_id: Number(f.project) } : {}) });
        secretsChanged();
        toast(first && f.value ? `${name} has a new value` : `Saved ${name}`);
        return back();
      }}
      curl={() => (first ? curl('PATCH', `/secrets/${first.id}`, body(shown)) : curl('POST', '/secrets', { name: f.name.trim(), ...body(UNSAID) }))}
      remove={first ? {
        name: `secret ${name}`,
        warning: <p>{uses === undefined ? 'What names it' : uses.length === 0 ? 'Nothing names it. What does later' : <><strong>{plural(uses.length, 'object')}</strong> {uses.length === 1 ? 'names' : 'name'} it: {uses.slice(0, 5).map((u) => u.name).join(', ')}{uses.length > 5 && ' …'}. Their runs</>} {uses && uses.length > 0 ? 'fail' : 'fails'} with <code>secret_missing</code> from then on. The value is gone for good.</p>,
        run: async () => { await api.secretDelete(first.id); secretsChanged(); toast(`Deleted ${name}`); },
      } : undefined}
      extra={first && <Link to="/settings/audit" params={{ object: `/secrets/${first.id}` }} class="button">History</Link>}
      below={first && <Uses of={first} />}>
      {(error) => (
        <>
          {!first && <TextField label="Name" value={f.name} onValue={(v) => set({ name: v })} mono input={{ 'data-autofocus': true, required: true, maxLength: 100, placeholder: 'openai-key' }} help="What connections and placeholders say. Letters, digits, _ . and -; it stays as it is." error={fieldError(error, '/name')} />}
          {!first && projects.length > 1 && <SelectField label="Project" value={f.project || String(projects[0]?.id)} onValue={(p) => set({ project: p })} options={projects.map((p) => [String(p.id), p.name] as const)} help="Only runs of this project can name it." error={fieldError(error, '/project_id')} />}
          <HiddenField label={first ? 'New value' : 'Value'} value={f.value} onValue={(value) => set({ value })} autoComplete="off" lines required={!first} autofocus={first !== null} error={fieldError(error, '/value')}
            help={first ? 'Empty: stays as it is. Runs that begin after it is saved have the new one.' : 'It goes in and never comes out: no page and no answer shows it again.'} />
          {/\s$/.test(f.value) && <p class="pane-wait" role="status">The value ends with a {f.value.endsWith('\n') ? 'line break' : 'space'}, which counts. <button type="button" class="link" onClick={() => set({ value: f.value.trimEnd() })}>Take it away</button></p>}
          <TextField label="What it is for" value={f.description} onValue={(description) => set({ description })} input={{ maxLength: 2000 }} error={fieldError(error, '/description')} />
          {first && <dl class="pairs facts-of">
            <div><dt>Set</dt><dd><When at={first.set_at} /></dd></div>
            <div><dt>Last used</dt><dd><When at={first.last_used_at} /></dd></div>
            <div><dt>Added</dt><dd><When at={first.created_at} />{first.created_by && ` by ${first.created_by}`}</dd></div>
            {projects.length > 1 && <div><dt>Project</dt><dd>{projects.find((p) => p.id === first.project_id)?.name ?? first.project_id}</dd></div>}
            <div><dt>Key</dt><dd class="mono">{first.key_id}</dd></div>
          </dl>}
        </>
      )}
    </Editor>
  );
}

/** Waits for the secret and for the projects before the form is made: the row that names one would move what stands below it. */
export function SecretSheet({ id }: { id: string }) {
  const store = id === 'new' ? null : secretStore.of(Number(id));
  const state = useStore(store);
  const projects = useStore(allProjects());
  const [begun, begin] = useState<{ data: Secret; etag: string | null } | null>(null);
  useEffect(() => { if (state.data && !begun) begin({ data: state.data, etag: state.etag }); }, [state.data]);
  if (!projects.data && !projects.error) return null;
  if (id === 'new') return <SecretEditor saved={null} etag={null} />;
  if (begun) return <SecretEditor saved={begun.data} etag={begun.etag} />;
  return state.error ? <Failure error={state.error} retry={() => void store?.refresh()} /> : null;
}
