// SPDX-License-Identifier: Apache-2.0
// The models that a target offers, asked of it by the engine, to pick from: a list with a filter where there are many, and a field to
// type into always. For the first run and the editor of an automation.
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { ApiError, api } from '../../api/client';
import { type Connection, type Discovery, type DiscoveryInput, isActive, type Provider } from '../../api/types';
import { plural } from '../../format/number';
import { readAddress } from '../../format/target';
import { discovery as discoveryStore } from '../../state/resources';
import { useStore } from '../../state/store';
import { Copy } from '../../ui/copy';
import { adviceOf, foundWords } from './discovery';

/** From so many on a list has a filter; so many are shown at once. */
const FILTER_FROM = 9;
const SHOWN = 100;

/** Asks once per question; the newest counts. `ask` with the same question asks again. */
export function useDiscovery() {
  const [id, setId] = useState<number | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [sending, setSending] = useState(false);
  const newest = useRef(0);
  const state = useStore(id === null ? null : discoveryStore.of(id));
  const found = id === null ? null : state.data ?? null;
  const ask = async (question: DiscoveryInput) => {
    const mine = ++newest.current;
    setSending(true);
    setError(null);
    try {
      const made = await api.discover(question);
      if (newest.current === mine) setId(made.id);
    } catch (e) {
      if (newest.current === mine) { setId(null); setError(e instanceof ApiError ? e : new ApiError('version', 0, { detail: String(e) }, null, null)); }
    }
    if (newest.current === mine) setSending(false);
  };
  const forget = () => { newest.current++; setId(null); setError(null); setSending(false); };
  return { found: found && !isActive(found.status) ? found : null, busy: sending || (id !== null && !state.error && (!found || isActive(found.status))), error: error ?? (state.error instanceof ApiError ? state.error : null), ask, forget };
}

/** What came of it, in a region that is read out: on its way, found, or why not and what to do. */
export function Finding({ of, secret, again }: { of: ReturnType<typeof useDiscovery>; secret: string; again: () => void }) {
  const advice = of.found && of.found.status !== 'completed' ? adviceOf(of.found, secret) : null;
  return (
    <div class="finding" role="status">
      {of.busy && <p class="note">The engine asks the target …</p>}
      {!of.busy && of.error && <p class="error">{[...of.error.fields.values()][0] ?? of.error.message} <button type="button" class="small" onClick={again}>Ask again</button></p>}
      {!of.busy && of.found?.status === 'completed' && <p class="ok"><span aria-hidden="true">✓ </span>{foundWords(of.found)}</p>}
      {!of.busy && advice && (
        <>
          <p class="error"><strong>{advice.what}</strong> {advice.todo}</p>
          {advice.conf && <p class="row"><code>{advice.conf}</code> <Copy class="small" text={advice.conf}>Copy</Copy></p>}
          <p class="note">{of.found?.error} <button type="button" class="small" onClick={again}>Ask again</button></p>
        </>
      )}
    </div>
  );
}

/** What there is to pick: a list, with a filter where it is long. */
export function ModelList({ found, model, onModel }: { found: Discovery | null; model: string; onModel: (model: string) => void }) {
  const [filter, setFilter] = useState('');
  const name = useId();
  const models = found?.models ?? [];
  const words = filter.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const fit = models.filter((m) => words.every((w) => m.toLowerCase().includes(w)));
  const shown = fit.slice(0, SHOWN);
  if (models.length === 0 || (models.length === 1 && models[0] === model)) return null;
  return (
    <fieldset class="bare models">
      <legend>Models it offers</legend>
      {models.length >= FILTER_FROM && <input type="search" aria-label="Filter the models" placeholder={`Filter ${plural(models.length, 'model')}`} value={filter} onInput={(e) => setFilter(e.currentTarget.value)} />}
      <div class="model-list">
        {shown.map((m) => <label key={m} class="mono"><input type="radio" name={name} value={m} checked={m === model} onChange={() => onModel(m)} /> {m}</label>)}
        {shown.length === 0 && <p class="note">No model matches.</p>}
        {fit.length > shown.length && <p class="note">{plural(fit.length - shown.length, 'more model')}: filter, or type the name.</p>}
      </div>
    </fieldset>
  );
}

/** For the editor of an automation: a button that asks, what came of it, and the list. The connection is that of the form, unsaved. */
export function ModelPicker({ provider, connection, onModel }: { provider: Provider; connection: Connection; onModel: (model: string) => void }) {
  const asked = useDiscovery();
  const { found } = asked;
  const url = typeof connection.url === 'string' ? connection.url : '';
  const model = typeof connection.model === 'string' ? connection.model : '';
  useEffect(() => { if (found?.models?.length === 1 && model === '') onModel(found.models[0] ?? ''); }, [found]);
  useEffect(asked.forget, [url, provider]);
  if (provider === 'mock') return null;
  const ask = () => void asked.ask({ provider, connection: { ...connection } });
  return (
    <div class="model-picker">
      <button type="button" class="small" disabled={asked.busy || (!readAddress(url) && provider !== 'anthropic' && provider !== 'tinyfish')} onClick={ask}>{provider === 'openai' || provider === 'anthropic' ? 'List its models' : 'Ask whether it answers'}</button>
      <Finding of={asked} secret={typeof connection.secret === 'string' ? connection.secret : ''} again={ask} />
      <ModelList found={found} model={model} onModel={onModel} />
    </div>
  );
}
