// SPDX-License-Identifier: Apache-2.0
// Prices of models: the list in Settings and its editor. They make runs and load tests say what they cost.
import { useEffect, useState } from 'preact/hooks';
import { type ApiError, api } from '../../api/client';
import type { Price, PriceInput, Provider } from '../../api/types';
import { amount } from '../../format/money';
import { dateTime } from '../../format/time';
import { href, navigate } from '../../router';
import { useMay } from '../../state/access';
import { allPrices, price as priceStore, prices, pricesChanged } from '../../state/resources';
import { useStore } from '../../state/store';
import { curl } from '../../ui/copy';
import { Editor } from '../../editor/editor';
import { fieldError, SelectField, TextField } from '../../ui/form';
import { Link } from '../../ui/link';
import { Empty, Failure, Loaded, Panel, Skeleton } from '../../ui/panel';
import { Pill } from '../../ui/state';
import { Table } from '../../ui/table';
import { toast } from '../../ui/toast';
import { providerName, PROVIDERS } from '../automations/providers';
import { typed } from '../loadtests/typed';

interface Form { provider: Provider; model: string; input: string; cached: string; output: string; currency: string; from: string; to: string }

/** A day of UTC where the time is its midnight, else the time itself: as it may be typed. */
const dayOf = (time: string | null | undefined): string => (time ? time.replace(/T00:00:00(?:\.0+)?(?:Z|\+00:00)$/, '') : '');
const timeOf = (text: string): string | null => (text.trim() === '' ? null : /^\d{4}-\d{2}-\d{2}$/.test(text.trim()) ? `${text.trim()}T00:00:00Z` : text.trim());
const text = (value: number | null | undefined) => (value == null ? '' : String(value));

const formOf = (p: Price | null): Form => ({
  provider: p?.provider ?? 'openai', model: p?.model ?? '', input: text(p?.input_per_million), cached: text(p?.cached_input_per_million), output: text(p?.output_per_million),
  currency: p?.currency ?? 'USD', from: dayOf(p?.valid_from), to: dayOf(p?.valid_to),
});

const numberOf = (text: string) => typed(text) ?? null;

const bodyOf = (f: Form): PriceInput => ({
  provider: f.provider, model: f.model.trim(), input_per_million: numberOf(f.input) as number, cached_input_per_million: numberOf(f.cached), output_per_million: numberOf(f.output) as number,
  currency: f.currency.trim().toUpperCase(), valid_from: timeOf(f.from), valid_to: timeOf(f.to),
});

const BACK = '/settings';
const AMOUNTS = { input: 'input_per_million', cached: 'cached_input_per_million', output: 'output_per_million' } as const;

function PriceEditor({ id, saved, etag }: { id: number | null; saved: Price | null; etag: string | null }) {
  const [first] = useState(() => JSON.stringify(formOf(saved)));
  const [f, setForm] = useState<Form>(() => formOf(saved));
  const [firstEtag] = useState(etag);
  const mayDelete = useMay('admin');
  const may = useMay('operator');
  const set = (change: Partial<Form>) => setForm({ ...f, ...change });
  const amountField = (error: ApiError | null, label: string, of: 'input' | 'cached' | 'output', help?: string) =>
    <TextField label={label} value={f[of]} onValue={(v) => set({ [of]: v })} input={{ inputMode: 'decimal', required: of !== 'cached' }} help={help} error={fieldError(error, `/${AMOUNTS[of]}`)} />;
  return (
    <Editor title={id === null ? 'Add a price' : `Price of ${saved?.model ?? id}`} back={href(BACK)} dirty={JSON.stringify(f) !== first} ready={f.model.trim() !== '' && f.input.trim() !== '' && f.output.trim() !== ''} readOnly={!may}
      known={['/provider', '/model', '/input_per_million', '/cached_input_per_million', '/output_per_million', '/currency', '/valid_from', '/valid_to']}
      save={async () => {
        const done = id === null ? await api.priceAdd(bodyOf(f)) : await api.pricePut(id, bodyOf(f), firstEtag);
        pricesChanged();
        toast(`Saved the price of ${done.model}`);
        return href(BACK);
      }}
      curl={() => (id === null ? curl('POST', '/prices', bodyOf(f)) : curl('PATCH', `/prices/${id}`, bodyOf(f)))}
      remove={id !== null && mayDelete ? {
        name: `the price of ${saved?.model ?? id}`,
        warning: <p>What was recorded keeps its cost. Runs and load tests to come have none, unless another price fits.</p>,
        run: async () => { await api.priceDelete(id); prices.refresh(); toast(`Deleted the price of ${saved?.model ?? id}`); },
      } : undefined}>
      {(error) => (
        <>
          <div class="columns">
            <SelectField label="Provider" value={f.provider} onValue={(provider) => set({ provider })} options={PROVIDERS.map((p) => [p.id, p.name] as const)} error={fieldError(error, '/provider')} />
            <TextField label="Model" value={f.model} onValue={(model) => set({ model })} mono input={{ 'data-autofocus': true, required: true, maxLength: 500 }} help="The exact name, or a beginning with * behind it. The exact one wins, then the longest beginning." error={fieldError(error, '/model')} />
          </div>
          <p class="sentence form-sentence">Per million tokens</p>
          <div class="columns">
            {amountField(error, 'Input', 'input')}
            {amountField(error, 'Input from a cache', 'cached', 'Empty: as other input.')}
            {amountField(error, 'Output', 'output', 'Reasoning included.')}
            <TextField label="Currency" value={f.currency} onValue={(currency) => set({ currency })} input={{ maxLength: 3 }} error={fieldError(error, '/currency')} />
          </div>
          <div class="columns">
            <TextField label="Valid from" value={f.from} onValue={(from) => set({ from })} input={{ placeholder: '2026-01-31' }} help="Empty: always was. A day (of UTC), or a time such as 2026-01-31T12:00:00Z." error={fieldError(error, '/valid_from')} />
            <TextField label="Valid to" value={f.to} onValue={(to) => set({ to })} input={{ placeholder: '2026-12-31' }} help="That moment is no longer part of it. Empty: open." error={fieldError(error, '/valid_to')} />
          </div>
        </>
      )}
    </Editor>
  );
}

/** Waits for the price before the form is made from it. */
export function PriceSheet({ id }: { id: string }) {
  const store = id === 'new' ? null : priceStore.of(Number(id));
  const state = useStore(store);
  const [begun, setBegun] = useState<{ data: Price; etag: string | null } | null>(null);
  useEffect(() => { if (state.data && !begun) setBegun({ data: state.data, etag: state.etag }); }, [state.data]);
  if (id === 'new') return <PriceEditor id={null} saved={null} etag={null} />;
  if (begun) return <PriceEditor id={begun.data.id} saved={begun.data} etag={begun.etag} />;
  return state.error ? <Failure error={state.error} retry={() => void store?.refresh()} /> : null;
}

/** "since 2026-01-01", "2026-01-01 to 2026-02-01", "always". */
function validWords(p: Price): string {
  const day = (time: string) => { const d = dayOf(time); return d.includes('T') ? dateTime(time, 'UTC') : d; };
  if (p.valid_from && p.valid_to) return `${day(p.valid_from)} to ${day(p.valid_to)}`;
  return p.valid_from ? `since ${day(p.valid_from)}` : p.valid_to ? `until ${day(p.valid_to)}` : 'always';
}

const holds = (p: Price, now: number) => (!p.valid_from || Date.parse(p.valid_from) <= now) && (!p.valid_to || Date.parse(p.valid_to) > now);

export function Prices() {
  const may = useMay('operator');
  const store = allPrices();
  const state = useStore(store);
  const add = () => navigate(href('/settings/prices/new'));
  const now = Date.now();
  return (
    <Panel title="Prices" class="full prices" sentence="Per million tokens. With the price of its model, a run and a load test say what they cost, and a plan can say what it may cost."
      actions={may && <button type="button" onClick={add}>Add a price</button>}>
      <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={3} />}>
        {(list) => list.length === 0 ? <Empty title="No price yet"><p>Say what the models that you ask cost: by exact name, or by a beginning such as <code>gpt-5*</code>.</p></Empty> : (
          <Table keys rows={list} id={(p) => p.id} caption="Prices" open={(p) => navigate(href(`/settings/prices/${p.id}`))} columns={[
            { head: 'Model', class: 'name mono', cell: (p) => <Link to={`/settings/prices/${p.id}`}>{p.model}</Link> },
            { head: 'Provider', class: 'mid', cell: (p) => providerName(p.provider) },
            { head: 'Input', right: true, cell: (p) => amount(p.input_per_million) },
            { head: 'From a cache', right: true, class: 'mid', cell: (p) => (p.cached_input_per_million == null ? <span class="none" title="as other input">–</span> : amount(p.cached_input_per_million)) },
            { head: 'Output', right: true, cell: (p) => amount(p.output_per_million) },
            { head: 'Currency', cell: (p) => p.currency },
            { head: 'Valid (UTC)', class: 'mid', cell: validWords },
            { head: 'Now', class: 'mid', cell: (p) => (holds(p, now) ? <Pill tone="ok" sign="✓">holds</Pill> : <Pill tone="quiet" sign="–">{p.valid_from && Date.parse(p.valid_from) > now ? 'not yet' : 'no more'}</Pill>) },
          ]} />
        )}
      </Loaded>
    </Panel>
  );
}
