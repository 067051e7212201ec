// SPDX-License-Identifier: Apache-2.0
// A problem composed by hand, or drawn by its seed: form and JSON side by side. What is left empty is drawn.
import { api } from '../../api/client';
import type { ProblemInput } from '../../api/types';
import { useBodySchemas } from '../../editor/body_schemas';
import { Editor } from '../../editor/editor';
import { useTwoViews } from '../../editor/two_views';
import { DIFFICULTIES, TYPES } from '../../format/training';
import { href, place } from '../../router';
import { useMay } from '../../state/access';
import { trainingChanged } from '../../state/resources';
import { curl } from '../../ui/copy';
import { fieldError, SelectField, TextField } from '../../ui/form';
import { toast } from '../../ui/toast';
import { ClassRows, UrlRows } from '../loadtests/spread_fields';
import { bodyOf, EMPTY, formOf, type Member, membersOf, pointerOf, type ProblemForm, ROWS } from './compose';
import { problemFiltersAt } from './filters';

const GROUPS = [['parameters', 'The load'], ['perturbations', 'What we do to our own requests'], ['expected', 'What is to come of it']] as const;

export function ProblemEditor() {
  const views = useTwoViews<ProblemForm, ProblemInput>(() => ({ form: EMPTY, body: bodyOf(EMPTY) }), formOf, bodyOf);
  const { form: f, set, body } = views;
  const schema = useBodySchemas()?.problem ?? null;
  const may = useMay('operator');
  const members = membersOf(f.type);
  const value = (m: Member, text: string) => set({ values: { ...f.values, [pointerOf(m)]: text } });
  return (
    <Editor title="Make a problem" back={href('/training/problems', problemFiltersAt(place().params))} dirty={views.dirty} ready={views.ready} readOnly={!may}
      known={['/name', '/scenario_type', '/difficulty', '/seed', ...members.map(pointerOf), ...(f.type && ROWS[f.type] ? [ROWS[f.type] as string] : [])]}
      save={async () => {
        const { made } = await api.problemAdd(body);
        views.kept();
        trainingChanged();
        toast('Kept; it has not been executed yet');
        return made === null ? href('/training/problems') : href(`/training/problems/${made}`);
      }}
      curl={() => curl('POST', '/scenarios/generate', body)} json={{ ...views, schema }}>
      {(error) => (
        <>
          <div class="columns">
            <SelectField label="Type" value={f.type} onValue={(type) => set({ type })} options={[['', 'Drawn by the seed'], ...TYPES.map(([type, word]) => [type, word] as const)]} help={TYPES.find(([t]) => t === f.type)?.[2]} error={fieldError(error, '/scenario_type') ?? fieldError(error, '/type')} />
            <SelectField label="Difficulty" value={f.difficulty} onValue={(difficulty) => set({ difficulty })} options={DIFFICULTIES.map((d) => [d, d] as const)} help="What is left empty below is drawn by it." error={fieldError(error, '/difficulty')} />
            <TextField label="Seed" value={f.seed} onValue={(seed) => set({ seed })} input={{ inputMode: 'numeric', placeholder: 'any' }} help="The same seed, the same problem." error={fieldError(error, '/seed')} />
            <TextField label="Name" value={f.name} onValue={(name) => set({ name })} input={{ maxLength: 200 }} error={fieldError(error, '/name')} />
          </div>
          {GROUPS.map(([group, word]) => {
            const its = members.filter((m) => m.group === group);
            return its.length > 0 && (
              <fieldset key={group} class="bare limits"><legend>{word}</legend>
                <div class="columns members">
                  {its.map((m) => m.options
                    ? <SelectField key={m.name} label={m.label} value={f.values[pointerOf(m)] ?? ''} onValue={(v) => value(m, v)} options={[['', 'drawn'], ...m.options.map((o) => [o, o.replaceAll('_', ' ')] as const)]} help={m.help} error={fieldError(error, pointerOf(m))} />
                    : <TextField key={m.name} label={m.label} value={f.values[pointerOf(m)] ?? ''} onValue={(v) => value(m, v)} input={{ inputMode: 'decimal', placeholder: 'drawn' }} help={m.help} error={fieldError(error, pointerOf(m))} />)}
                </div>
                {group === 'parameters' && f.type === 'load_balancing' && <>
                  <UrlRows rows={f.endpoints} set={(endpoints) => set({ endpoints })} pointer="/parameters/endpoints" error={error} least={0} />
                  {f.endpoints.length === 0 && <p class="help">Without any, all requests go to the address of the target.</p>}
                </>}
                {group === 'parameters' && f.type === 'resource_allocation' && <>
                  <ClassRows rows={f.classes} set={(classes) => set({ classes })} pointer="/parameters/classes" error={error} least={0} />
                  {f.classes.length === 0 && <p class="help">Without any, two to four are drawn.</p>}
                </>}
              </fieldset>
            );
          })}
        </>
      )}
    </Editor>
  );
}
