// SPDX-License-Identifier: Apache-2.0
// Demo data: one click adds it, one takes it away.
import { useState } from 'preact/hooks';
import { plural } from '../../format/number';
import { useMay } from '../../state/access';
import { addDemo, DEMO_LABEL, isDemo, removeDemo } from '../../state/demo';
import { automations } from '../../state/resources';
import { useStore } from '../../state/store';
import { Panel } from '../../ui/panel';
import { toast, toastError } from '../../ui/toast';

export function Demo() {
  const known = useStore(automations.of({ label: DEMO_LABEL, limit: 10 })).data;
  const mayAdd = useMay('operator');
  const mayRemove = useMay('admin');
  const [busy, setBusy] = useState(false);
  const there = known?.some(isDemo) ?? false;
  const act = async (what: string, work: () => Promise<string>) => {
    setBusy(true);
    try { toast(await work()); } catch (error) { toastError(what, error); }
    setBusy(false);
  };
  return (
    <Panel title="Demo data" class="full wide-actions" sentence="An agent that answers by itself, with three scenarios and sixty runs, to look around with. Nothing is sent anywhere; removing takes away exactly these, with their runs."
      actions={<>
        {mayAdd && <button type="button" disabled={busy || !known} onClick={() => void act('Demo data not added', async () => `Added demo data: ${plural(await addDemo(), 'run')} queued`)}>{there ? 'Add more demo runs' : 'Add demo data'}</button>}
        {mayRemove && there && <button type="button" class="bad" disabled={busy} onClick={() => void act('Demo data not removed', async () => { await removeDemo(); return 'Removed the demo data'; })}>Remove demo data</button>}
      </>}>{null}</Panel>
  );
}
