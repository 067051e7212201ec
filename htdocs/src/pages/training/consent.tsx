// SPDX-License-Identifier: Apache-2.0
// Whether somebody has said yes for a target, and how much may be tried on it; who may say so says it here. Nothing starts without.
import { useState } from 'preact/hooks';
import { ApiError, api } from '../../api/client';
import type { Automation } from '../../api/types';
import { grouped } from '../../format/number';
import { useMay } from '../../state/access';
import { objectsChanged } from '../../state/resources';
import { fieldError, FormError, TextField } from '../../ui/form';
import { Link } from '../../ui/link';
import { toast } from '../../ui/toast';
import { typed } from '../loadtests/typed';

const addressOf = (a: Automation): string => { const url = (a.connection as Record<string, unknown>)['url']; return typeof url === 'string' ? url : ''; };

export function Consent({ target, etag, done }: { target: Automation; etag: string | null; done: () => void }) {
  const [rate, setRate] = useState('');
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const may = useMay('operator');
  const confirm = async () => {
    setBusy(true);
    setError(null);
    try {
      await api.automationPut(target.id, { confirmed_rate: typed(rate) ?? null }, etag);
      toast(`Up to ${rate}/s may be tried on ${target.name}`);
      setOpen(false);
      objectsChanged();
      done();
    } catch (e) {
      setError(e instanceof ApiError ? e : new ApiError('version', 0, { detail: String(e) }, null, null));
    }
    setBusy(false);
  };
  const said = target.confirmed_rate;
  if (said !== null && !open) {
    return <p class="consent-said">Up to <b>{grouped(said, 3)}/s</b> may be tried on <Link to={`/automations/${target.id}`}>{target.name}</Link>: an operator has said so. No problem sends more. {may && <button type="button" class="link" onClick={() => { setRate(String(said)); setOpen(true); }}>Change</button>}</p>;
  }
  return (
    <div class="consent" role="group" aria-label="Consent">
      {said === null && <p><b>Nobody has said yes for this target.</b> Training looks for what a target cannot take: it sends ever more, until something gives. So an operator first says how many requests a second <Link to={`/automations/${target.id}`}>{target.name}</Link>{addressOf(target) && <> (<code>{addressOf(target)}</code>)</>} may get, in all sessions from now on.</p>}
      {may ? (
        <>
          <FormError error={error} known={['/confirmed_rate']} word="Not confirmed." />
          <div class="with-button">
            <TextField label="Requests per second that may be tried" value={rate} onValue={setRate} input={{ inputMode: 'decimal' }} help="The target must be yours, or its owner must have agreed." error={fieldError(error, '/confirmed_rate')} />
            <button type="button" disabled={busy || rate.trim() === ''} onClick={() => void confirm()}>Confirm{rate.trim() ? ` ${rate.trim()}/s` : ''}</button>
          </div>
          {said !== null && <button type="button" class="link" onClick={() => setOpen(false)}>Leave it as it is</button>}
        </>
      ) : <p class="note">Your role cannot say so: ask an operator.</p>}
    </div>
  );
}
