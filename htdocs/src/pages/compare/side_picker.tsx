// SPDX-License-Identifier: Apache-2.0
// One side of a comparison: what kind it is, and which.
import { scenario } from '../../state/resources';
import { useStore } from '../../state/store';
import { PickField, SelectField, TextField } from '../../ui/form';
import { type SideForm, type SideKind } from './sides';

const KINDS: readonly (readonly [SideKind, string])[] = [['scenario', 'A scenario'], ['loadtest', 'A load test'], ['runs', 'Certain runs'], ['window', 'A time']];

/** Versions from the newest on; the number of a version that is not among them stays. */
function versions(newest: number, chosen: string): readonly (readonly [string, string])[] {
  const list = Array.from({ length: Math.min(newest, 50) }, (_, i) => String(newest - i));
  if (chosen !== '' && !list.includes(chosen)) list.push(chosen);
  return [['', 'all'], ...list.map((v) => [v, v] as const)];
}

function ScenarioFields({ f, set, any }: { f: SideForm; set: (f: SideForm) => void; any: boolean }) {
  const chosen = useStore(f.scenario ? scenario.of(Number(f.scenario)) : null).data;
  return (
    <div class="side-scenario">
      <PickField label="Scenario" kind="scenario" none={any ? 'All scenarios' : 'Choose …'} value={f.scenario} onPick={(scenario) => set({ ...f, scenario, version: '' })} />
      <SelectField label="Version" value={f.version} onValue={(version) => set({ ...f, version })} options={versions(chosen?.version ?? 0, f.version)} />
    </div>
  );
}

export function SidePicker({ name, role, f, set, error }: { name: string; role: string; f: SideForm; set: (f: SideForm) => void; error: string | undefined }) {
  const filtered = f.kind === 'scenario' || f.kind === 'window';
  return (
    <fieldset class={`side ${error ? 'wrong' : ''}`}>
      <legend><b class={`side-mark ${name.toLowerCase()}`}>{name}</b> {role}</legend>
      <SelectField label="Compare" value={f.kind} onValue={(kind) => set({ ...f, kind })} options={KINDS} />
      {f.kind === 'window' && <div class="side-scenario"><TextField label="From" value={f.from} onValue={(from) => set({ ...f, from })} /><TextField label="To" value={f.to} onValue={(to) => set({ ...f, to })} /></div>}
      {filtered && <ScenarioFields f={f} set={set} any={f.kind === 'window'} />}
      {f.kind === 'loadtest' && <PickField label="Load test" kind="loadtest" none="Choose …" value={f.loadtest} onPick={(loadtest) => set({ ...f, loadtest })} />}
      {f.kind === 'runs' && <TextField label="Ids of runs" value={f.runs} onValue={(runs) => set({ ...f, runs })} help="With commas between." mono />}
      {filtered && <TextField label="Only where" value={f.rest} onValue={(rest) => set({ ...f, rest })} help={<>Such as <code>model=x;location=eu;label=nightly</code>.</>} mono />}
      {error && <p class="error" role="alert">{error}</p>}
    </fieldset>
  );
}
