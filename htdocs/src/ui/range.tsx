// SPDX-License-Identifier: Apache-2.0
// Range picker: presets, typed expressions, freeze for a shared link, time zone. State is in the URL (from, to, tz).
import { useRef, useState } from 'preact/hooks';
import { dateTime, freeze, isZone, moment, OWN_ZONE, parseRange, type Range, rangeWords, readRange, zoneName } from '../format/time';
import { setParams } from '../router';
import { useZone } from '../state/settings';

const PRESETS = ['15m', '1h', '6h', '24h', '7d', '30d', 'all'] as const;

function Menu({ range, close }: { range: Range; close: () => void }) {
  const zone = useZone();
  const name = zoneName(zone);
  const [text, setText] = useState('');
  const [tz, setTz] = useState('');
  const [wrong, setWrong] = useState('');
  const apply = (next: Range) => {
    setParams({ from: next.from, to: next.to === 'now' ? null : next.to, after: null });
    close();
  };
  const typed = () => {
    const next = readRange(text, zone, Date.now());
    if (typeof next === 'string') setWrong(next);
    else { setWrong(''); apply(next); }
  };
  /** An end as its field has it: text, for a field of day and time has the clock of the browser's language. */
  const field = (end: string) => { const at = end === 'all' ? null : moment(end, Date.now()); return at === null ? '' : dateTime(at, zone).slice(0, 16); };
  const absolute = (form: HTMLFormElement) => {
    const said = new FormData(form);
    const next = readRange(`${String(said.get('from'))}..${String(said.get('to')) || 'now'}`, zone, Date.now());
    if (typeof next === 'string') setWrong(said.get('from') ? next : 'Say when it begins.');
    else { setWrong(''); apply(next); }
  };
  return (
    <>
      <div class="presets" role="group" aria-label="Presets">
        {PRESETS.map((p) => {
          const value = parseRange(p, Date.now());
          return value && <button type="button" key={p} class="ghost" aria-pressed={range.from === value.from && range.to === value.to} onClick={() => apply(value)}>{rangeWords(value, zone)}</button>;
        })}
      </div>
      <form onSubmit={(e) => { e.preventDefault(); typed(); }}>
        <label for="range-text">Typed</label>
        <div class="row"><input id="range-text" class="mono" placeholder="now-6h..now-1h" value={text} onInput={(e) => setText(e.currentTarget.value)} aria-describedby="range-wrong" /><button type="submit">Apply</button></div>
        <p id="range-wrong" class="error" role="status">{wrong}</p>
      </form>
      <form key={`${range.from} ${range.to} ${zone}`} onSubmit={(e) => { e.preventDefault(); absolute(e.currentTarget); }}>
        <label for="range-from">From, on the clocks of {name}</label>
        <input id="range-from" name="from" class="mono" placeholder="2026-01-31 14:05" autoComplete="off" defaultValue={field(range.from)} />
        <label for="range-to">To</label>
        <div class="row"><input id="range-to" name="to" class="mono" placeholder="now" autoComplete="off" defaultValue={field(range.to)} /><button type="submit">Set</button></div>
      </form>
      <form onSubmit={(e) => {
        e.preventDefault();
        if (tz === '' || isZone(tz)) { setWrong(''); setParams({ tz: tz || null }); } else setWrong(`No time zone ${tz}`);
      }}>
        <label for="range-tz">Time zone</label>
        <div class="row"><input id="range-tz" list="range-zones" placeholder={name} value={tz} onInput={(e) => setTz(e.currentTarget.value)} /><button type="submit">Set</button></div>
        <datalist id="range-zones"><option value="UTC" /><option value="Europe/Berlin" /><option value="America/New_York" /><option value="America/Los_Angeles" /><option value="Asia/Kolkata" /><option value="Asia/Tokyo" /></datalist>
      </form>
      {range.from !== 'all' && <button type="button" class="ghost" onClick={() => apply(freeze(range, Date.now()))}>Freeze: make both ends absolute</button>}
    </>
  );
}

export function RangePicker({ range }: { range: Range }) {
  const zone = useZone();
  const menu = useRef<HTMLDivElement>(null);
  const [opened, open] = useState(false);
  return (
    <>
      <button type="button" popovertarget="range-menu" class="anchor-range" aria-label={`Range: ${rangeWords(range, zone)} ${zone}`.trimEnd()}>
        {rangeWords(range, zone)}{zone !== OWN_ZONE && <span class="note"> {zone}</span>}<span aria-hidden="true" class="caret">▾</span>
      </button>
      <div id="range-menu" popover="auto" ref={menu} class="popover range-menu" onBeforeToggle={() => open(true)}>
        {opened && <Menu range={range} close={() => menu.current?.hidePopover()} />}
      </div>
    </>
  );
}
