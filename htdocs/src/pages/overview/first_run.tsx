// SPDX-License-Identifier: Apache-2.0
// From nothing to a measured run in three clicks: add a target, write a prompt, run it.
import { useState } from 'preact/hooks';
import { ApiError, api } from '../../api/client';
import type { Automation, Provider } from '../../api/types';
import { guessTarget } from '../../format/target';
import { href, navigate } from '../../router';
import { addDemo } from '../../state/demo';
import { objectsChanged, runsChanged } from '../../state/resources';
import { Copy, curl } from '../../ui/copy';
import { fieldError, FormError, SelectField, TextField } from '../../ui/form';
import { PROVIDERS } from '../automations/providers';

const asError = (error: unknown) => (error instanceof ApiError ? error : new ApiError('version', 0, { detail: String(error) }, null, null));

function Target({ onDone }: { onDone: (a: Automation) => void }) {
  const [url, setUrl] = useState('');
  const [touched, setTouched] = useState<{ name?: string; provider?: Provider; model?: string; secret?: string }>({});
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const guess = guessTarget(url);
  const name = touched.name ?? guess.name;
  const provider = touched.provider ?? guess.provider;
  const model = touched.model ?? guess.model;
  const secret = touched.secret ?? '';
  const needsModel = provider === 'openai' || provider === 'anthropic';
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      const made = await api.automationAdd({ name, provider, connection: { url: guess.url, ...(needsModel && model ? { model } : {}), ...(secret ? { secret } : {}) } });
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
      <TextField label="Address of the target" value={url} onValue={setUrl} error={fieldError(error, '/connection/url')} mono
        input={{ type: 'url', placeholder: 'https://api.example.com/v1', required: true }} help="An OpenAI-compatible or Anthropic base URL, or any HTTP endpoint. Paste it; the rest is guessed from it." />
      <div class="columns">
        <SelectField label="Provider" value={provider} onValue={(v) => setTouched({ ...touched, provider: v })} options={PROVIDERS.map((p) => [p.id, p.name] as const)} error={fieldError(error, '/provider')} help={url ? guess.why : undefined} />
        <TextField label="Name" value={name} onValue={(v) => setTouched({ ...touched, name: v })} error={fieldError(error, '/name')} input={{ required: true }} />
        {needsModel && <TextField label="Model" value={model} onValue={(v) => setTouched({ ...touched, model: v })} error={fieldError(error, '/connection/model')} mono help={provider === 'openai' ? 'Empty: its only model. If it has several, the run says which.' : undefined} />}
        <TextField label="Secret with the key" value={secret} onValue={(v) => setTouched({ ...touched, secret: v })} error={fieldError(error, '/connection/secret')} mono help="The name of a secret on the server, never the key itself. Empty: no key." />
      </div>
      <FormError error={error} known={['/connection/url', '/provider', '/name', '/connection/model', '/connection/secret']} />
      <button type="submit" class="primary" disabled={busy || !url || !name}>Add the target</button>
    </form>
  );
}

function Prompt({ automation, onRun }: { automation: Automation; onRun: (scenarioId: number) => void }) {
  const [prompt, setPrompt] = useState('Name three uses of a stopwatch, one sentence each.');
  const [name, setName] = useState('First scenario');
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const chat = automation.provider === 'openai' || automation.provider === 'anthropic';
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      const made = await api.scenarioAdd({ name, automation_id: automation.id, inputs_template: chat ? { prompt, max_tokens: 128 } : { prompt } });
      objectsChanged();
      onRun(made.id);
    } catch (e) {
      setError(asError(e));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="step-form" onSubmit={(e) => { e.preventDefault(); void submit(); }}>
      <TextField label="Name" value={name} onValue={setName} error={fieldError(error, '/name')} input={{ required: true }} />
      <div class={`field ${fieldError(error, '/inputs_template') ? 'wrong' : ''}`}>
        <label for="first-prompt">Prompt</label>
        <textarea id="first-prompt" rows={4} value={prompt} onInput={(e) => setPrompt(e.currentTarget.value)} />
        {fieldError(error, '/inputs_template') && <p class="error">{fieldError(error, '/inputs_template')}</p>}
      </div>
      <FormError error={error} known={['/name', '/inputs_template']} />
      <button type="submit" class="primary" disabled={busy}>Add the scenario</button>
    </form>
  );
}

export function FirstRun({ automations }: { automations: Automation[] }) {
  const [automation, setAutomation] = useState<Automation | null>(automations[0] ?? null);
  const [scenario, setScenario] = useState<number | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const step = automation === null ? 1 : scenario === null ? 2 : 3;
  const run = async () => {
    if (scenario === null) return;
    setBusy(true);
    try {
      const made = await api.trigger(scenario);
      runsChanged();
      navigate(href(`/runs/${made.id}`));
    } catch (e) {
      setError(asError(e));
      setBusy(false);
    }
  };
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
          {step === 1 ? <Target onDone={setAutomation} /> : <p class="note">{automation?.name} · {automation?.provider}{automation?.connection.url ? ` · ${automation.connection.url}` : ''}</p>}
        </li>
        <li class={mark(2)} aria-current={step === 2 ? 'step' : undefined}>
          <h3>Write a scenario</h3>
          {step === 2 && automation ? <Prompt automation={automation} onRun={setScenario} /> : <p class="note">{step > 2 ? 'Saved.' : 'A prompt and its parameters.'}</p>}
        </li>
        <li class={mark(3)} aria-current={step === 3 ? 'step' : undefined}>
          <h3>Run it</h3>
          {step === 3 ? <><p>The engine sends it now and stamps every token.</p><FormError error={error} known={[]} /><div class="row"><button type="button" class="primary" disabled={busy} onClick={() => void run()}>Run it now</button><Copy class="ghost" text={() => curl('POST', '/runs/trigger', { scenario_id: scenario })}>Copy as curl</Copy></div></>
            : <p class="note">Total time, time to first token, and the gap before each token.</p>}
        </li>
      </ol>
      <p class="note">No target at hand? <button type="button" class="small" disabled={busy} onClick={() => void demo()}>Add demo data</button> Settings take it away again.</p>
      {step < 3 && <FormError error={error} known={[]} />}
    </div>
  );
}
