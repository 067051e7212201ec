// SPDX-License-Identifier: Apache-2.0
// The editor of a trace source. Who may set secrets can give the secret key right here; it goes into a secret of that name and is never shown again.
import { useEffect, useState } from 'preact/hooks';
import { ApiError, api } from '../../api/client';
import type { TraceSource } from '../../api/types';
import { Editor } from '../../editor/editor';
import { href, paramsAddress } from '../../router';
import { useMay } from '../../state/access';
import { useStore } from '../../state/store';
import { curl } from '../../ui/copy';
import { fieldError, SelectField, TextField } from '../../ui/form';
import { Failure } from '../../ui/panel';
import { toast } from '../../ui/toast';
import { HiddenField } from '../access/parts';
import { allProjects, allSecrets, secretsChanged } from '../access/stores';
import { SecretField } from '../automations/secret_field';
import { typed } from '../loadtests/typed';
import { listsChanged, source as sourceStore, sourcesChanged } from './stores';

interface Form { kind: TraceSource['kind']; name: string; description: string; url: string; public_key: string; secret: string; value: string; project: string; interval: string; overlap: string; backfill: string; page: string; minute: string; day: string; paused: boolean }

const text = (value: number | null | undefined) => (value == null ? '' : String(value));

const formOf = (s: TraceSource | null): Form => ({
  kind: s?.kind ?? 'langfuse', name: s?.name ?? '', description: s?.description ?? '', url: s?.url ?? 'https://cloud.langfuse.com', public_key: s?.public_key ?? '', secret: s?.secret ?? '', value: '', project: '',
  interval: text(s ? s.interval_seconds : 300), overlap: text(s ? s.overlap_seconds : 7200), backfill: text(s ? s.backfill_days : 30), page: text(s ? s.page_size : 1000),
  minute: text(s ? s.requests_per_minute : 30), day: text(s?.requests_per_day), paused: s?.paused ?? false,
});

const number = (value: string) => typed(value) as number;
const numberOrNull = (value: string) => (typed(value) ?? null) as number | null;

const bodyOf = (f: Form, isNew: boolean) => (f.kind === 'pushed' ? {
  name: f.name.trim(), description: f.description.trim() || null, paused: f.paused, ...(isNew ? { kind: f.kind } : {}), ...(f.project ? { project_id: Number(f.project) } : {}),
} : {
  name: f.name.trim(), description: f.description.trim() || null, url: f.url.trim(), public_key: f.public_key.trim(), secret: f.secret.trim(), interval_seconds: number(f.interval), overlap_seconds: number(f.overlap),
  backfill_days: number(f.backfill), page_size: number(f.page), requests_per_minute: numberOrNull(f.minute), requests_per_day: numberOrNull(f.day), paused: f.paused, ...(f.project ? { project_id: Number(f.project) } : {}),
});

const POINTERS = ['/name', '/kind', '/description', '/url', '/public_key', '/secret', '/value', '/interval_seconds', '/overlap_seconds', '/backfill_days', '/page_size', '/requests_per_minute', '/requests_per_day', '/project_id'];

/** What was said of a secret, at the fields of this form. */
function ofSecret(error: unknown): unknown {
  if (!(error instanceof ApiError)) return error;
  const errors = error.problem.errors?.map((e) => ({ ...e, pointer: e.pointer === '/name' ? '/secret' : e.pointer }));
  return new ApiError(error.kind, error.status, { ...error.problem, ...(errors ? { errors } : {}) }, error.requestId, error.retryAt);
}

function SourceEditor({ saved, etag, back }: { saved: TraceSource | null; etag: string | null; back: string }) {
  const [first] = useState(() => JSON.stringify(formOf(saved)));
  const [f, setForm] = useState<Form>(() => formOf(saved));
  const [firstEtag] = useState(etag);
  const may = useMay('operator');
  const admin = useMay('admin');
  const secrets = useStore(admin ? allSecrets() : null).data;
  const projects = useStore(admin && !saved ? allProjects() : null).data ?? [];
  const set = (change: Partial<Form>) => setForm({ ...f, ...change });
  const isSet = secrets?.some((s) => s.name === f.secret.trim()) ?? false;
  const body = () => bodyOf(f, saved === null);
  const pushed = f.kind === 'pushed';
  const another = saved !== null && !pushed && (f.url.trim() !== (saved.url ?? '') || f.public_key.trim() !== (saved.public_key ?? ''));
  const numberField = (error: ApiError | null, label: string, of: 'interval' | 'overlap' | 'backfill' | 'page' | 'minute' | 'day', pointer: string, help: string) =>
    <TextField label={label} value={f[of]} onValue={(v) => set({ [of]: v })} input={{ inputMode: 'numeric' }} help={help} error={fieldError(error, pointer)} />;
  return (
    <Editor title={saved ? `Source ${saved.name}` : 'Add a trace source'} back={back} dirty={JSON.stringify(f) !== first} readOnly={!may} known={POINTERS}
      ready={(pushed ? [f.name] : [f.name, f.url, f.public_key, f.secret]).every((v) => v.trim() !== '')}
      save={async () => {
        if (!pushed && f.value !== '' && !isSet) {
          try {
            await api.secretAdd({ name: f.secret.trim(), value: f.value, description: `Langfuse, ${f.name.trim()}`, ...(saved ? { project_id: saved.project_id } : f.project ? { project_id: Number(f.project) } : {}) });
          } catch (error) {
            throw ofSecret(error);
          }
          secretsChanged(); // it stays set, whatever becomes of the source
          await allSecrets().refresh();
        }
        const done = saved ? await api.traceSourcePut(saved.id, body(), firstEtag) : await api.traceSourceAdd(body());
        sourcesChanged();
        toast(`Saved ${done.name}`);
        return saved ? back : href(`/traces/sources/${done.id}`);
      }}
      curl={() => (saved ? curl('PATCH', `/trace-sources/${saved.id}`, body()) : curl('POST', '/trace-sources', body()))}
      remove={saved && admin ? {
        name: `source ${saved.name}`, alone: true, to: href('/traces/sources'),
        warning: <><p>All traces, sessions and figures that it brought are gone from here at once. {pushed ? 'Nobody else has them.' : 'The server that they came from keeps them.'}</p>{!pushed && <p>Added again, everything is read anew, as far back as its past is kept there.</p>}</>,
        run: async () => { await api.traceSourceDelete(saved.id); listsChanged(); toast(`Deleted ${saved.name} and what it brought`); },
      } : undefined}>
      {(error) => (
        <>
          <TextField label="Name" value={f.name} onValue={(name) => set({ name })} input={{ 'data-autofocus': true, required: true, maxLength: 100, placeholder: 'production' }} error={fieldError(error, '/name')} />
          {projects.length > 1 && <SelectField label="Project" value={f.project || String(projects[0]?.id)} onValue={(project) => set({ project })} options={projects.map((p) => [String(p.id), p.name] as const)} help="Who is held to projects sees its traces if this is one of them." error={fieldError(error, '/project_id')} />}
          {!saved && <SelectField label="Where its traces come from" value={f.kind} onValue={(kind) => set({ kind })} options={[['langfuse', 'a Langfuse server, which is mirrored'], ['pushed', 'agents send them here']]} help={pushed ? 'By OTLP, or with an SDK of Langfuse: an API key with the scope push is the secret key, the name of this source the public key.' : undefined} error={fieldError(error, '/kind')} />}
          {!pushed && <><TextField label="Address" value={f.url} onValue={(url) => set({ url })} mono input={{ required: true, maxLength: 1000, inputMode: 'url' }} help="Of the Langfuse server, without /api/public." error={fieldError(error, '/url')} />
          <div class="columns">
            <TextField label="Public key" value={f.public_key} onValue={(public_key) => set({ public_key })} mono input={{ required: true, maxLength: 200, placeholder: 'pk-lf-…' }} help="It says which Langfuse project." error={fieldError(error, '/public_key')} />
            <SecretField label="Secret with the secret key" value={f.secret} onValue={(secret) => set({ secret })} help="The name of a secret, not the key itself." error={fieldError(error, '/secret')} />
          </div>
          {admin && secrets && f.secret.trim() !== '' && !isSet && <HiddenField label="Secret key" value={f.value} onValue={(value) => set({ value })} autoComplete="off" help={`Kept encrypted as the secret “${f.secret.trim()}”, and never shown again. Empty: the server’s configuration has it.`} error={fieldError(error, '/value')} />}
          {another && <p class="pane-wait" role="status">Another address or public key: everything is read anew. What is here stays.</p>}</>}
          <TextField label="What it is" value={f.description} onValue={(description) => set({ description })} input={{ maxLength: 2000 }} error={fieldError(error, '/description')} />
          {!pushed && <><p class="sentence form-sentence">How it is read</p>
          <div class="columns">
            {numberField(error, 'Interval, seconds', 'interval', '/interval_seconds', 'How often the newest is read.')}
            {numberField(error, 'Overlap, seconds', 'overlap', '/overlap_seconds', 'Read again each time: what comes late, and the longest that takes.')}
            {numberField(error, 'Past, days', 'backfill', '/backfill_days', 'Counted from the first sync.')}
            {numberField(error, 'Observations of a request', 'page', '/page_size', '1,000 at most.')}
            {numberField(error, 'Requests a minute', 'minute', '/requests_per_minute', 'What the server allows: 30 on Langfuse’s Hobby plan, 1,000 on others. Empty: no limit.')}
            {numberField(error, 'Requests a day', 'day', '/requests_per_day', 'Beyond that it waits until midnight UTC. Empty: no limit.')}
          </div></>}
          <label class="tick"><input type="checkbox" checked={f.paused} disabled={!may} onChange={(e) => set({ paused: e.currentTarget.checked })} /><span>Paused<span class="note line">{pushed ? 'Nothing that is sent is taken.' : 'Nothing is read unless somebody asks for it.'}</span></span></label>
        </>
      )}
    </Editor>
  );
}

/** Waits for the source, and for projects and secrets where they are fields, before the form is made. `back`: null is the page without the sheet. */
export function SourceSheet({ id, back }: { id: number | null; back: string | null }) {
  const store = id === null ? null : sourceStore.of(id);
  const state = useStore(store);
  const admin = useMay('admin');
  const projects = useStore(admin ? allProjects() : null);
  const secrets = useStore(admin ? allSecrets() : null);
  const [begun, begin] = useState<{ data: TraceSource; etag: string | null } | null>(null);
  useEffect(() => { if (state.data && !begun) begin({ data: state.data, etag: state.etag }); }, [state.data]);
  const to = back ?? paramsAddress({ dialog: null });
  if (admin && [projects, secrets].some((s) => !s.data && !s.error)) return null;
  if (id === null) return <SourceEditor saved={null} etag={null} back={to} />;
  if (begun) return <SourceEditor saved={begun.data} etag={begun.etag} back={to} />;
  return state.error ? <Failure error={state.error} retry={() => void store?.refresh()} /> : null;
}
