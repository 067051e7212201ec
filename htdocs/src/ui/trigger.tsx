// SPDX-License-Identifier: Apache-2.0
// Trigger runs of a scenario: which, how many, with which inputs overridden.
import { useState } from 'preact/hooks';
import { ApiError, api } from '../api/client';
import { plural } from '../format/number';
import { href, navigate } from '../router';
import { runsChanged, scenarios as scenarioList } from '../state/resources';
import { useStore } from '../state/store';
import { Copy, curl } from './copy';
import { Dialog } from './dialog';
import { fieldError, FormError, JsonField, PickField, readObject, TextField } from './form';
import { Link } from './link';
import { LocationField, whereMembers } from './location';
import { toast } from './toast';

const MAX = 10_000;

export function Trigger({ onClose, scenarioId }: { onClose: () => void; scenarioId?: number }) {
  const scenarios = useStore(scenarioList.of({ limit: 1 })).data;
  const [chosen, choose] = useState(scenarioId === undefined ? '' : String(scenarioId));
  const [times, setTimes] = useState('1');
  const [inputs, setInputs] = useState('');
  const [where, setWhere] = useState('');
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const picked = Number(chosen || scenarios?.[0]?.id);
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
        onClose();
        navigate(href(`/runs/${run.id}`));
      } else {
        const made = await api.triggerMany(picked, n, over, place);
        runsChanged();
        onClose();
        toast(`Queued ${plural(made.count, 'run')}`);
        if (made.group) navigate(href('/runs', { label: made.group }));
      }
    } catch (e) {
      setError(e instanceof ApiError ? e : new ApiError('version', 0, { detail: String(e) }, null, null));
      setBusy(false);
    }
  };
  const body = { scenario_id: picked, ...(n > 1 ? { count: n } : {}), ...(over ? { inputs_override: over } : {}), ...place };
  return (
    <Dialog title="Trigger a run" onClose={onClose}>
      {scenarios?.length === 0 ? <div class="dialog-body"><p>There is no scenario yet. <Link to="/scenarios/new">Add a scenario</Link></p></div> : (
        <form onSubmit={(e) => { e.preventDefault(); void submit(); }}>
          <div class="dialog-body">
            <PickField label="Scenario" kind="scenario" value={Number.isFinite(picked) ? String(picked) : ''} onPick={choose} error={fieldError(error, '/scenario_id')} />
            <TextField label="How many" value={times} onValue={setTimes} input={{ type: 'number', min: 1, max: MAX, inputMode: 'numeric' }} error={fieldError(error, '/count') ?? (n >= 1 && all <= MAX ? undefined : `From 1 to ${Math.floor(MAX / (place.locations?.length ?? 1))}`)} help="They are queued together; the automation's own limit decides how many run at once." />
            <LocationField where={where} onWhere={setWhere} error={fieldError(error, '/location') ?? fieldError(error, '/locations')} />
            <JsonField label="Inputs to override" value={inputs} onValue={setInputs} rows={3} error={fieldError(error, '/inputs_override')} help="A JSON object laid over the scenario's inputs. Empty: as the scenario has them." />
            <FormError error={error} known={['/scenario_id', '/count', '/inputs_override', '/location', '/locations']} />
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
