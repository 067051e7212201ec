// SPDX-License-Identifier: Apache-2.0
// The editor of a project.
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Project } from '../../api/types';
import { Editor } from '../../editor/editor';
import { place } from '../../router';
import { useStore } from '../../state/store';
import { curl } from '../../ui/copy';
import { fieldError, TextField } from '../../ui/form';
import { Failure } from '../../ui/panel';
import { toast } from '../../ui/toast';
import { listAddress } from '../../views/query';
import { project as projectStore, projectsChanged } from './stores';

const BACK = '/settings/projects';
/** The one that every installation has. */
const FIRST = 1;
const back = () => listAddress(BACK, place().params);

function ProjectEditor({ saved, etag }: { saved: Project | null; etag: string | null }) {
  const [first] = useState(saved);
  const [firstEtag] = useState(etag);
  const [f, setForm] = useState({ name: saved?.name ?? '', description: saved?.description ?? '' });
  const body = () => ({ name: f.name.trim(), description: f.description.trim() || null });
  return (
    <Editor title={first ? `Project ${first.name}` : 'Add a project'} back={back()} dirty={f.name !== (first?.name ?? '') || f.description !== (first?.description ?? '')} ready={f.name.trim() !== ''} known={['/name', '/description']}
      save={async () => {
        if (first) await api.projectPut(first.id, body(), firstEtag);
        else await api.projectAdd(body());
        projectsChanged();
        toast(`Saved ${f.name.trim()}`);
        return back();
      }}
      curl={() => (first ? curl('PATCH', `/projects/${first.id}`, body()) : curl('POST', '/projects', body()))}
      remove={first && first.id !== FIRST ? {
        name: `project ${first.name}`, alone: true,
        warning: <p>Only an empty one can be deleted. Who saw this one alone then sees none.</p>,
        run: async () => { await api.projectDelete(first.id); projectsChanged(); toast(`Deleted ${first.name}`); },
      } : undefined}>
      {(error) => (
        <>
          <TextField label="Name" value={f.name} onValue={(name) => setForm({ ...f, name })} input={{ 'data-autofocus': true, required: true, maxLength: 100 }} error={fieldError(error, '/name')} />
          <TextField label="What it is for" value={f.description} onValue={(description) => setForm({ ...f, description })} input={{ maxLength: 2000 }} error={fieldError(error, '/description')} />
          <p class="note">Who sees it is said with each user. Everybody who is held to no projects sees it.</p>
        </>
      )}
    </Editor>
  );
}

/** Waits for the project before the form is made. */
export function ProjectSheet({ id }: { id: string }) {
  const store = id === 'new' ? null : projectStore.of(Number(id));
  const state = useStore(store);
  const [begun, begin] = useState<{ data: Project; etag: string | null } | null>(null);
  useEffect(() => { if (state.data && !begun) begin({ data: state.data, etag: state.etag }); }, [state.data]);
  if (id === 'new') return <ProjectEditor saved={null} etag={null} />;
  if (begun) return <ProjectEditor saved={begun.data} etag={begun.etag} />;
  return state.error ? <Failure error={state.error} retry={() => void store?.refresh()} /> : null;
}
