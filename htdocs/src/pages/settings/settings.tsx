// SPDX-License-Identifier: Apache-2.0
// Settings of this browser, and what the server says about itself.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { count } from '../../format/number';
import { isZone, OWN_ZONE, zoneName } from '../../format/time';
import { setParams } from '../../router';
import { about, me } from '../../state/resources';
import { setTheme, type Theme, theme, useZone } from '../../state/settings';
import { useStore } from '../../state/store';
import { SelectField, TextField } from '../../ui/form';
import { SHORTCUTS } from '../../ui/keys';
import { Link } from '../../ui/link';
import { Grid, Loaded, Panel } from '../../ui/panel';
import { Top } from '../../ui/page';
import { Sections } from '../access/sections';
import { Configuration } from './configuration';
import { Definitions } from './definitions';
import { Demo } from './demo';
import { Prices, PriceSheet } from './prices';

const WORDS: Record<string, string> = { tls: 'TLS', json: 'JSON', websocket: 'WebSocket' };
/** The name of a JSON member as words. */
const words = (member: string): string => member.split('_').map((w) => WORDS[w] ?? w).join(' ');

/** Any JSON value as short text. */
function plain(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(plain).join(', ');
  if (typeof value === 'object') return Object.entries(value).map(([k, v]) => `${words(k)} ${plain(v)}`).join(' · ');
  if (typeof value === 'number' && Math.abs(value) >= 10_000) return count(value);
  return String(value);
}

function Pairs({ of: object }: { of: Record<string, unknown> | undefined }) {
  const entries = Object.entries(object ?? {});
  if (entries.length === 0) return <p class="note pad">Nothing said.</p>;
  return <dl class="pairs">{entries.map(([k, v]) => <div key={k}><dt>{words(k)}</dt><dd>{plain(v)}</dd></div>)}</dl>;
}

export default function Settings({ id }: { id: string | null }) {
  const state = useStore(about);
  const user = useStore(me).data;
  const zone = useZone();
  const [chosen, choose] = useState<Theme>(theme());
  const [tz, setTz] = useState('');
  const rows = (list: [string, ComponentChildren][]) => <dl class="pairs">{list.map(([k, v]) => <div key={k}><dt>{k}</dt><dd>{v}</dd></div>)}</dl>;
  return (
    <>
      <Top title="Settings" />
      <Sections />
      <Grid>
        <Panel title="This browser" class="half">
          <div class="pad">
            <SelectField label="Theme" value={chosen} onValue={(v) => { choose(v); setTheme(v); }} options={[['system', 'As the system'], ['light', 'Light'], ['dark', 'Dark']]} help="Kept in this browser." />
            <form onSubmit={(e) => { e.preventDefault(); if (tz === '' || isZone(tz)) setParams({ tz: tz === zoneName(OWN_ZONE) ? null : tz || null }); }}>
              <TextField label="Time zone" value={tz} onValue={setTz} input={{ placeholder: zoneName(zone) }} error={tz !== '' && !isZone(tz) ? 'No such zone. For example Europe/Berlin.' : undefined} help={`Now ${zoneName(zone)}. It stands in the URL, so that a link shows the same times; Enter applies it, empty is the browser's own.`} />
            </form>
          </div>
        </Panel>
        <Panel title="You" class="half">
          {rows([['User', user?.user ?? (user ? 'anonymous' : '–')], ['Role', user?.role ?? '–'], ['Given by', user ? (user.anonymous ? 'the role of anonymous requests' : user.credential === 'none' ? 'the web server’s log-in' : 'the account here') : '–'], ['Account', <Link to="/settings/account">Password and sessions</Link>]])}
        </Panel>
        <Prices />
        <Definitions />
        <Demo />
        <Panel title="Keyboard" class="full"><dl class="shortcuts wide-list">{SHORTCUTS.map(([keys, what]) => <div key={keys}><dt><kbd>{keys}</kbd></dt><dd>{what}</dd></div>)}</dl></Panel>
        <Loaded from={state} retry={() => void about.refresh()}>
          {(a) => (
            <>
              <Panel title="About" class="half">
                {rows([['Name', a.name], ['Version', a.version], ['Project', a.project ?? '–'], ['Address', a.base_url ?? '–'], ['Server', a.server ?? '–'],
                  ['Schema', a.schema ? `${a.schema.version}${String(a.schema.version) === String(a.schema.expected) ? '' : `, expected ${a.schema.expected}`}` : '–'],
                  ['Mock mode', a.mock_mode ? 'on: provider tinyfish is answered by the mock' : 'off']])}
              </Panel>
              <Panel title="Database" class="half"><Pairs of={a.database} /></Panel>
              <Panel title="Features" class="half"><Pairs of={a.features} /></Panel>
              <Panel title="Limits" class="half"><Pairs of={a.limits} /></Panel>
            </>
          )}
        </Loaded>
        <Configuration />
      </Grid>
      {id && <PriceSheet key={id} id={id} />}
    </>
  );
}
