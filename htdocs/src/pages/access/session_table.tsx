// SPDX-License-Identifier: Apache-2.0
// Where somebody is signed in: his browsers and programs, each to be signed out.
import { api } from '../../api/client';
import type { Session } from '../../api/types';
import { agentWords } from '../../format/agent';
import { ago, dateTime } from '../../format/time';
import { useNow, useZone } from '../../state/settings';
import { Pill } from '../../ui/state';
import { Table } from '../../ui/table';
import { toast, toastError } from '../../ui/toast';
import { When } from './parts';
import { sessions } from './stores';

export async function endOne(s: Session): Promise<void> {
  try {
    await api.sessionEnd(s.id);
    toast(`Signed out ${s.kind === 'cookie' ? agentWords(s.agent) : 'a program'}`);
  } catch (error) {
    toastError('Not signed out', error);
  }
  sessions.refresh();
}

export function SessionTable({ of: list, caption, narrow }: { of: readonly Session[]; caption: string; narrow?: boolean }) {
  const now = useNow(10_000);
  const zone = useZone();
  return (
    <Table rows={list} id={(s) => s.id} caption={caption} columns={[
      { head: 'With', class: 'name', cell: (s) => <><span title={s.agent ?? undefined}>{agentWords(s.agent)}</span>{s.kind === 'tokens' && <span class="note"> by tokens</span>}{s.current && <> <Pill tone="ok" sign="▸">this one</Pill></>}</> },
      { head: 'From', class: 'mid', cell: (s) => s.address ?? '–' },
      ...(narrow ? [] : [{ head: 'Signed in', class: 'time mid', cell: (s: Session) => <When at={s.created_at} /> }]),
      { head: 'Last used', class: 'time', cell: (s) => <time dateTime={s.seen_at} title={dateTime(s.seen_at, zone)}>{ago(s.seen_at, now)}</time> },
      ...(narrow ? [] : [{ head: 'Ends', class: 'time mid', cell: (s: Session) => <When at={s.ends_at} /> }]),
      { head: 'End', class: 'act', cell: (s) => (s.current ? <span class="none" title="Sign out ends it">–</span> : <button type="button" class="small" aria-label={`Sign out ${agentWords(s.agent)}, session ${s.id}`} onClick={() => void endOne(s)}>Sign out</button>) },
    ]} />
  );
}
