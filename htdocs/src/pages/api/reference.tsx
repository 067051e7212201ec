// SPDX-License-Identifier: Apache-2.0
// The reference, from the server's own OpenAPI document: what each operation takes and answers, and a way to try those that only read.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { base } from '../../base';
import { count, plural } from '../../format/number';
import { setParams, usePlace } from '../../router';
import { Copy, curl } from '../../ui/copy';
import { Json } from '../../ui/json';
import { Empty, Panel } from '../../ui/panel';
import { SearchBox } from '../../ui/search_box';
import { addressOf, type Content, type Entry, groupsOf, limitWords, membersOf, type OpenApi, type Operation, type Schema, typeWords } from './document';

type Schemas = Record<string, Schema>;

const GROUPS: Record<string, string> = {
  automations: 'Automations', scenarios: 'Scenarios', runs: 'Runs', kpis: 'KPIs', loadtests: 'Load tests', datasets: 'Datasets', events: 'Events',
  calibrations: 'Calibrations', engine: 'Engine', prices: 'Prices', service: 'Service', gates: 'Gates',
};

/** Members of a schema; those that have members themselves open on demand, so that a schema within itself has no end but the reader's. */
function Members({ of: schema, schemas }: { of: Schema; schemas: Schemas }) {
  const required = new Set(schema.required ?? []);
  return (
    <ul class="members">
      {Object.entries(schema.properties ?? {}).map(([name, member]) => {
        const inner = membersOf(member, schemas);
        const line = (
          <><code>{name}</code> <span class="type">{typeWords(member)}{!required.has(name) && ', may be absent'}{limitWords(member) && `, ${limitWords(member)}`}</span>
            <span class="told"> {member.description}</span></>
        );
        return <li key={name}>{inner ? <Folded summary={line}>{() => <Members of={inner} schemas={schemas} />}</Folded> : line}</li>;
      })}
    </ul>
  );
}

/** A details whose content is made when it is first opened. */
function Folded({ summary, children, open = false, onOpen, class: name }: { summary: ComponentChildren; children: () => ComponentChildren; open?: boolean; onOpen?: (open: boolean) => void; class?: string }) {
  const [made, make] = useState(open);
  return (
    <details class={name} open={open} onToggle={(e) => { if (e.currentTarget.open) make(true); onOpen?.(e.currentTarget.open); }}>
      <summary>{summary}</summary>
      {(made || open) && children()}
    </details>
  );
}

function Contents({ of: content, schemas, shut = false }: { of: Content | undefined; schemas: Schemas; shut?: boolean }) {
  return (
    <>
      {Object.entries(content ?? {}).map(([kind, { schema }]) => {
        const inner = membersOf(schema, schemas);
        return (
          <div key={kind}>
            {inner ? <Folded open={!shut} summary={<><code>{kind}</code> <span class="type">{typeWords(schema)}</span></>}>{() => <Members of={inner} schemas={schemas} />}</Folded>
              : <p><code>{kind}</code> <span class="type">{typeWords(schema)}</span></p>}
          </div>
        );
      })}
    </>
  );
}

interface Tried { status: number; ms: number; kind: string; body: unknown }

/** What it takes, and the button that asks for it, as who is logged in. */
function Try({ entry: { path, operation } }: { entry: Entry }) {
  const [values, set] = useState<Record<string, string>>({});
  const [tried, say] = useState<Tried | string | null>(null);
  const [busy, setBusy] = useState(false);
  const parameters = operation.parameters.filter((p) => p.in !== 'header');
  const address = addressOf(path, parameters, values);
  const ask = async () => {
    setBusy(true);
    const began = performance.now();
    try {
      const answer = await fetch(`${base}api/v1${address}`, { credentials: 'same-origin', cache: 'no-store' });
      const kind = answer.headers.get('content-type') ?? '';
      const text = await answer.text();
      say({ status: answer.status, ms: performance.now() - began, kind, body: /\bjson\b/.test(kind) ? JSON.parse(text) : text });
    } catch (error) {
      say(String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="try" onSubmit={(e) => { e.preventDefault(); void ask(); }}>
      {parameters.map((p) => (
        <label key={p.name}><span><code>{p.name}</code>{p.in === 'path' && <span class="note"> required</span>}</span>
          <input class="mono" required={p.in === 'path'} inputMode={p.schema.type === 'integer' ? 'numeric' : undefined} placeholder={p.schema.enum?.join(' ')} value={values[p.name] ?? ''} onInput={(e) => set({ ...values, [p.name]: e.currentTarget.value })} />
        </label>
      ))}
      <div class="row">
        <button type="submit" disabled={busy}>Try it</button>
        <Copy class="ghost" text={() => curl('GET', address)}>Copy as curl</Copy>
      </div>
      <div role="status">
        {typeof tried === 'string' ? <p class="error">{tried}</p> : tried && <p class="note">{tried.status} in {count(Math.round(tried.ms))} ms, <code>{tried.kind}</code></p>}
      </div>
      {tried !== null && typeof tried !== 'string' && (typeof tried.body === 'string' ? <pre class="mono" tabIndex={0}>{tried.body.slice(0, 20_000)}</pre> : <Json value={tried.body} name={operation.operationId} />)}
    </form>
  );
}

const canBeTried = (method: string, operation: Operation) => method === 'GET' && !Object.keys(operation.responses).includes('101')
  && !Object.values(operation.responses).some((r) => Object.keys(r.content ?? {}).some((kind) => /event-stream|gzip|tar|csv|html/.test(kind)));

function Described({ entry, schemas }: { entry: Entry; schemas: Schemas }) {
  const { method, path, operation } = entry;
  const body = operation.requestBody;
  const example = Object.values(body?.content ?? {})[0]?.example;
  return (
    <div class="described">
      <p class="note">Needs the role <strong>{operation['x-role']}</strong>. <code>{operation.operationId}</code></p>
      {operation.parameters.length > 0 && <><h4>Parameters</h4>
        <ul class="members">{operation.parameters.map((p) => (
          <li key={p.in + p.name}><code>{p.name}</code> <span class="type">{p.in}, {typeWords(p.schema)}{limitWords(p.schema) && `, ${limitWords(p.schema)}`}</span> <span class="told">{p.description}</span></li>
        ))}</ul></>}
      {body && <><h4>Body{body.required ? '' : ' (may be left out)'}</h4><Contents of={body.content} schemas={schemas} /></>}
      {method !== 'GET' && <div class="example"><div class="example-head"><h4>Example</h4><Copy class="ghost small" label={`Copy: ${method} ${path}`} text={() => curl(method, path, example)} /></div><pre class="mono" tabIndex={0}>{curl(method, path, example)}</pre></div>}
      {Object.entries(operation.responses).map(([status, answer]) => (
        <div key={status}>
          <h4>{status === 'default' ? 'What went wrong' : `Answer ${status}`}</h4>
          {answer.content ? <Contents of={answer.content} schemas={schemas} shut={status === 'default'} /> : <p class="note">{answer.description}</p>}
        </div>
      ))}
      {canBeTried(method, operation) && <><h4>Try it</h4><Try entry={entry} /></>}
    </div>
  );
}

export function Reference({ document }: { document: OpenApi }) {
  const { params } = usePlace();
  const open = params.get('op');
  // who follows a link to an operation sees it
  useEffect(() => { if (open) globalThis.document.querySelector('.operation[open]')?.scrollIntoView({ block: 'start' }); }, []);
  const groups = groupsOf(document, params.get('q') ?? '');
  const total = groups.reduce((n, [, entries]) => n + entries.length, 0);
  return (
    <Panel title="Reference" class="full" sentence={`${plural(total, 'operation')}, as this server describes them (version ${document.info.version}).`} actions={<SearchBox label="Search the operations" />}>
      <div class="reference">
        {total === 0 && <Empty title="No operation has these words"><button type="button" onClick={() => setParams({ q: null })}>Clear the search</button></Empty>}
        {groups.map(([tag, entries]) => (
          <section key={tag} aria-label={GROUPS[tag] ?? tag}>
            <h3>{GROUPS[tag] ?? tag}</h3>
            {entries.map((entry) => {
              const id = entry.operation.operationId;
              return (
                <Folded key={id} class="operation" open={open === id} onOpen={(now) => { if (now !== (open === id) && (now || open === id)) setParams({ op: now ? id : null }, { replace: true }); }}
                  summary={<><span class={`method ${entry.method.toLowerCase()}`}>{entry.method}</span> <code>{entry.path}</code> <span class="told">{entry.operation.summary}</span></>}>
                  {() => <Described entry={entry} schemas={document.components.schemas} />}
                </Folded>
              );
            })}
          </section>
        ))}
      </div>
    </Panel>
  );
}
