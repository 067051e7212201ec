// SPDX-License-Identifier: Apache-2.0
// Trigger runs of a scenario: which, how many, with which inputs overridden.
import { useEffect, useState } from 'preact/hooks';
import { ApiError, api } from '../api/client';
import { plural } from '../format/number';
import { href, navigate, setGuard } from '../router';
import { automation, runsChanged, scenario, scenarios as scenarioList } from '../state/resources';
import { useStore } from '../state/store';
import { Copy, curl } from '../ui/copy';
import { Dialog } from '../ui/dialog';
import { fieldError, focusMistake, FormError, PickField, saidBelow, TextField } from '../ui/form';
import { Link } from '../ui/link';
import { LocationField, whereMembers } from '../ui/location';
import { toast } from '../ui/toast';
import { useBodySchemas } from './body_schemas';
import { JsonEditor } from './json_editor';
import { readObject } from './json_text';

const MAX = 10_000;
const QUESTION = 'Leave without the run? The inputs that you typed are lost.';

export function Trigger({ onClose, scenarioId }: { onClose: () => void; scenarioId?: number }) {
  const scenarios = useStore(scenarioList.of({ limit: 1 })).data;
  const schemas = useBodySchemas();
  const [chosen, choose] = useState(scenarioId === undefined ? '' : String(scenarioId));
  const [times, setTimes] = useState('1');
  const [inputs, setInputs] = useState('');
  const [where, setWhere] = useState('');
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const picked = Number(chosen || scenarios?.[0]?.id);
  const of = useStore(picked > 0 ? scenario.of(picked) : null).data?.automation_id;
  const provider = useStore(of === undefined ? null : automation.of(of)).data?.provider;
  const n = Number(times);
  const read = readObject(inputs);
  const over = 'value' in read && Object.keys(read.value).length > 0 ? read.value : undefined;
  const place = whereMembers(where);
  const all = n * (place.locations?.length ?? 1);
  const good = Number.isInteger(n) && n >= 1 && all <= MAX && 'value' in read && Number.isFinite(picked);
  const submit = async () => {
    if (!good) return;
    setBusy(true);
    setError(null);
    try {
      if (n === 1 && !place.locations) {
        const run = await api.trigger(picked, over, place.location);
        runsChanged();
        setGuard(null);
        onClose();
        navigate(href(`/runs/${run.id}`));
      } else {
        const made = await api.triggerMany(picked, n, over, place);
        runsChanged();
        setGuard(null);
        onClose();
        toast(`Queued ${plural(made.count, 'run')}`);
        if (made.group) navigate(href('/runs', { label: made.group }));
      }
    } catch (e) {
      setError(e instanceof ApiError ? e : new ApiError('version', 0, { detail: String(e) }, null, null));
      setBusy(false);
      focusMistake('dialog form');
    }
  };
  const body = { scenario_id: picked, ...(n > 1 ? { count: n } : {}), ...(over ? { inputs_override: over } : {}), ...place };
  const typed = inputs.trim() !== '';
  useEffect(() => {
    if (!typed) return undefined;
    setGuard(() => QUESTION);
    return () => setGuard(null);
  }, [typed]);
  return (
    <Dialog title="Trigger a run" onClose={onClose} mayClose={() => { if (typed && !confirm(QUESTION)) return false; setGuard(null); return true; }}>
      {scenarios?.length === 0 ? <div class="dialog-body"><p>There is no scenario yet. <Link to="/scenarios/new">Add a scenario</Link></p></div> : (
        <form onSubmit={(e) => { e.preventDefault(); void submit(); }}>
          <div class="dialog-body">
            <FormError error={error} word="Not queued." known={['/scenario_id', '/count', '/inputs_override', '/location', '/locations']} />
            <PickField label="Scenario" kind="scenario" value={Number.isFinite(picked) ? String(picked) : ''} onPick={choose} error={fieldError(error, '/scenario_id')} />
            <TextField label="How many" value={times} onValue={setTimes} input={{ type: 'number', min: 1, max: MAX, inputMode: 'numeric' }} error={fieldError(error, '/count') ?? (n >= 1 && all <= MAX ? undefined : `From 1 to ${Math.floor(MAX / (place.locations?.length ?? 1))}`)} help="They are queued together; the automation's own limit decides how many run at once." />
            <LocationField where={where} onWhere={setWhere} error={fieldError(error, '/location') ?? fieldError(error, '/locations')} />
            <JsonEditor label="Inputs to override" value={inputs} onValue={setInputs} rows={3} schema={schemas?.inputs(provider) ?? null} said={saidBelow(error, '/inputs_override')} help="A JSON object laid over the scenario's inputs. Empty: as the scenario has them." />
          </div>
          <footer class="dialog-foot">
            <Copy class="ghost" text={() => curl('POST', n > 1 ? '/runs' : '/runs/trigger', body)}>Copy as curl</Copy>
            <button type="submit" class="primary" disabled={busy || !good}>{all > 1 ? `Queue ${plural(all, 'run')}` : 'Run it'}</button>
          </footer>
        </form>
      )}
    </Dialog>
  );
}
