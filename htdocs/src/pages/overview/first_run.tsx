// SPDX-License-Identifier: Apache-2.0
// From nothing to a measured run: paste an address, pick a model, add the target, run. Three clicks at most, two where there is only one
// model.
import { useRef, useState } from 'preact/hooks';
import { ApiError, api } from '../../api/client';
import type { Automation, AutomationInput, DiscoveryInput, Provider } from '../../api/types';
import { guessTarget, readAddress } from '../../format/target';
import { href, navigate } from '../../router';
import { addDemo } from '../../state/demo';
import { objectsChanged, runsChanged } from '../../state/resources';
import { Link } from '../../ui/link';
import { Copy, curl } from '../../ui/copy';
import { fieldError, FormError, SelectField, TextField } from '../../ui/form';
import { secretLines } from '../automations/discovery';
import { Finding, ModelList, useDiscovery } from '../automations/model_picker';
import { providerName, PROVIDERS } from '../automations/providers';

const asError = (error: unknown) => (error instanceof ApiError ? error : new ApiError('version', 0, { detail: String(error) }, null, null));

const isChat = (provider: Provider) => provider === 'openai' || provider === 'anthropic';

/** What a secret is, for who has none yet. */
function SecretHelp({ name }: { name: string }) {
  const lines = secretLines(name);
  return (
    <details class="secret-help">
      <summary>No secret yet?</summary>
      <p>A key never goes through this page. Write it into a file on the server that only root can read, name the file in <code>httpd.conf</code>, and restart httpd:</p>
      <p class="row"><code>{lines}</code> <Copy class="small" text={lines}>Copy</Copy></p>
      <p>Then write the name here, not the key. An administrator can also set one without a restart, <Link to="/settings/secrets/new">in Settings</Link>.</p>
    </details>
  );
}

function Target({ onDone }: { onDone: (a: Automation) => void }) {
  const [url, setUrl] = useState('');
  const [touched, setTouched] = useState<{ name?: string; provider?: Provider; model?: string; secret?: string }>({});
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const asked = useDiscovery();
  const pasted = useRef(false);
  const { found } = asked;
  const guess = guessTarget(url);
  const name = touched.name ?? guess.name;
  const known = found?.status === 'completed' ? found : null;
  const provider = touched.provider ?? (known?.provider as Provider | undefined) ?? guess.provider;
  const only = known?.models?.length === 1 ? known.models[0] : undefined;
  const model = touched.model ?? only ?? guess.model;
  const secret = touched.secret ?? '';
  const target = known?.url ?? guess.url;
  /** Asks what is there as soon as an address is complete: pasted, or left. What was asked already is not asked again. */
  const look = (text: string, its: { provider?: Provider | undefined; secret?: string | undefined }) => {
    const address = guessTarget(text).url;
    if (!readAddress(text) || its.provider === 'mock') asked.forget();
    else void asked.ask({ ...(its.provider ? { provider: its.provider } : {}), connection: { url: address, ...(its.secret ? { secret: its.secret } : {}) } } as DiscoveryInput);
  };
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      const connection = { ...(provider === guess.provider ? guess.more : {}), url: target, ...(isChat(provider) && model ? { model } : {}), ...(secret ? { secret } : {}) };
      const made = await api.automationAdd({ name, provider, connection } as AutomationInput);
      objectsChanged();
      onDone(made);
    } catch (e) {
      setError(asError(e));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="step-form" onSubmit={(e) => { e.preventDefault(); void submit(); }}>
      <TextField label="Address of the target" value={url} onValue={(v) => { setUrl(v); if (pasted.current) look(v, touched); else asked.forget(); pasted.current = false; }} error={fieldError(error, '/connection/url')} mono
        input={{ type: 'text', inputMode: 'url', 'data-autofocus': true, placeholder: 'https://api.example.com/v1', required: true,
          onPaste: () => { pasted.current = true; },
          onChange: (e) => { if (!asked.busy && !found) look(e.currentTarget.value, touched); } }}
        help="An OpenAI-compatible or Anthropic base URL, or any HTTP endpoint, with or without /v1. Paste it; the rest is found out." />
      <Finding of={asked} secret={secret} again={() => look(url, touched)} />
      <div class="columns">
        <SelectField label="Provider" value={provider} onValue={(v) => { setTouched({ ...touched, provider: v }); look(url, { provider: v, secret }); }} options={PROVIDERS.map((p) => [p.id, p.name] as const)} error={fieldError(error, '/provider')} help={touched.provider || !url ? undefined : known ? 'by its answer' : guess.why} />
        <TextField label="Name" value={name} onValue={(v) => setTouched({ ...touched, name: v })} error={fieldError(error, '/name')} input={{ required: true }} />
        {isChat(provider) && <TextField label="Model" value={model} onValue={(v) => setTouched({ ...touched, model: v })} error={fieldError(error, '/connection/model')} mono help={known?.models?.length ? 'Pick one below, or type any name.' : provider === 'openai' ? 'Empty: its only model. If it has several, the run says which.' : undefined} />}
        <TextField label="Secret with the key" value={secret} onValue={(v) => setTouched({ ...touched, secret: v })} error={fieldError(error, '/connection/secret')} mono input={{ onChange: (e) => look(url, { provider: touched.provider, secret: e.currentTarget.value.trim() }) }} help="The name of a secret on the server, never the key itself. Empty: no key." />
      </div>
      {isChat(provider) && <ModelList found={known} model={model} onModel={(m) => setTouched({ ...touched, model: m })} />}
      <SecretHelp name={secret} />
      <FormError error={error} known={['/connection/url', '/provider', '/name', '/connection/model', '/connection/secret']} />
      <button type="submit" class="primary" disabled={busy || !url || !name}>Add the target</button>
    </form>
  );
}

/** What is asked, and the run. A scenario that was added before its run failed to start is not added again. */
function Question({ automation, onRun }: { automation: Automation; onRun: (runId: number) => void }) {
  const { provider } = automation;
  const fish = provider === 'tinyfish';
  const [prompt, setPrompt] = useState(fish ? 'Find the price of the first article.' : 'Name three uses of a stopwatch, one sentence each.');
  const [page, setPage] = useState('https://example.com/');
  const [name, setName] = useState('First scenario');
  const [made, setMade] = useState<number | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const inputs = provider === 'http' ? {} : fish ? { goal: prompt, url: page } : isChat(provider) ? { prompt, max_tokens: 128 } : { prompt };
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      const scenario = made ?? (await api.scenarioAdd({ name, automation_id: automation.id, inputs_template: inputs })).id;
      setMade(scenario);
      const run = await api.trigger(scenario);
      objectsChanged();
      runsChanged();
      onRun(run.id);
    } catch (e) {
      setError(asError(e));
      setBusy(false);
    }
  };
  return (
    <form class="step-form" onSubmit={(e) => { e.preventDefault(); void submit(); }}>
      {provider === 'http' ? <p>The address is asked as it is. Method, body and headers can be set in the automation.</p> : (
        <div class={`field ${fieldError(error, '/inputs_template') ? 'wrong' : ''}`}>
          <label for="first-prompt">{fish ? 'Goal' : 'Prompt'}</label>
          <textarea id="first-prompt" rows={4} value={prompt} onInput={(e) => setPrompt(e.currentTarget.value)} />
          {fieldError(error, '/inputs_template') && <p class="error">{fieldError(error, '/inputs_template')}</p>}
        </div>
      )}
      {fish && <TextField label="Page to start from" value={page} onValue={setPage} mono />}
      <TextField label="Name" value={name} onValue={setName} error={fieldError(error, '/name')} input={{ required: true }} help="It is kept as a scenario, to be run again and compared." />
      <FormError error={error} known={['/name', '/inputs_template']} />
      <div class="row">
        <button type="submit" class="primary" disabled={busy}>Run it</button>
        {made !== null && <Copy class="ghost" text={() => curl('POST', '/runs/trigger', { scenario_id: made })}>Copy as curl</Copy>}
      </div>
    </form>
  );
}

export function FirstRun({ automations }: { automations: Automation[] }) {
  const [automation, setAutomation] = useState<Automation | null>(automations[0] ?? null);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const step = automation === null ? 1 : 2;
  const demo = async () => {
    setBusy(true);
    try {
      await addDemo();
      navigate(href('/runs'));
    } catch (e) {
      setError(asError(e));
      setBusy(false);
    }
  };
  const mark = (n: number) => (n < step ? 'done' : n === step ? 'now' : 'later');
  return (
    <div class="first-run">
      <h2>Measure your first run</h2>
      <p class="lead">A target is what you measure. A scenario is what you ask it. A run is one measured answer.</p>
      <ol class="steps">
        <li class={mark(1)} aria-current={step === 1 ? 'step' : undefined}>
          <h3>Add a target</h3>
          {step === 1 ? <Target onDone={setAutomation} /> : <p class="note">{automation?.name} · {providerName(automation?.provider ?? '')}{automation?.connection.url ? ` · ${automation.connection.url}` : ''}{automation?.connection.model ? ` · ${automation.connection.model}` : ''}</p>}
        </li>
        <li class={mark(2)} aria-current={step === 2 ? 'step' : undefined}>
          <h3>Ask it something</h3>
          {step === 2 && automation ? <Question automation={automation} onRun={(id) => navigate(href(`/runs/${id}`))} /> : <p class="note">A prompt and its parameters: a scenario.</p>}
        </li>
        <li class={mark(3)}>
          <h3>Look at the run</h3>
          <p class="note">Total time, time to first token, and the gap before each token.</p>
        </li>
      </ol>
      <p class="note">No target at hand? <button type="button" class="small" disabled={busy} onClick={() => void demo()}>Add demo data</button> Settings take it away again.</p>
      <FormError error={error} known={[]} />
    </div>
  );
}
