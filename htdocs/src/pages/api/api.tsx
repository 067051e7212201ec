// SPDX-License-Identifier: Apache-2.0
// How to use all of this without the page.
import { base } from '../../base';
import { me, reference } from '../../state/resources';
import { useStore } from '../../state/store';
import { Copy, curl } from '../../ui/copy';
import { Grid, Loaded, Panel, Skeleton } from '../../ui/panel';
import { Top } from '../../ui/page';
import type { OpenApi } from './document';
import { Reference } from './reference';

const EXAMPLES: readonly (readonly [string, string, string, unknown?])[] = [
  ['Figures of the last runs', 'GET', '/runs/kpis/dashboard'],
  ['Failed runs, newest first', 'GET', '/runs?status=failed,timed_out&limit=20&view=summary'],
  ['Add a target', 'POST', '/automations', { name: 'local model', provider: 'openai', connection: { url: 'http://127.0.0.1:11434/v1', model: 'llama3' } }],
  ['Add a scenario', 'POST', '/scenarios', { name: 'short answer', automation_id: 1, inputs_template: { prompt: 'Say hello.', max_tokens: 16 } }],
  ['Trigger one run', 'POST', '/runs/trigger', { scenario_id: 1 }],
  ['Queue a hundred', 'POST', '/runs', { scenario_id: 1, count: 100 }],
];

export default function ApiPage() {
  const known = useStore(me);
  const described = useStore(reference);
  const user = known.data?.user;
  const document = `${location.origin}${base}api/v1/openapi.json`;
  return (
    <>
      <Top title="API" />
      <Grid>
        <Panel title="Description" class="full" sentence="Everything these pages do is a call of this API.">
          <dl class="pairs one">
            <div><dt>OpenAPI 3.1</dt><dd><a class="mono" href={document}>{document}</a></dd></div>
            <div><dt>Base</dt><dd><code>{location.origin}{base}api/v1</code> <Copy class="ghost small" text={`${location.origin}${base}api/v1`} /></dd></div>
            <div><dt>Health</dt><dd><a class="mono" href={`${base}api/v1/health`}>health</a> is the process, <a class="mono" href={`${base}api/v1/health/ready`}>health/ready</a> database, schema and engine</dd></div>
            <div><dt>Errors</dt><dd>RFC 9457 <code>application/problem+json</code>, every wrong member in one answer by JSON pointer</dd></div>
            <div><dt>Lists</dt><dd>Bare arrays; <code>limit</code> and <code>after</code> page by cursor, <code>Link: rel="next"</code> says that there is more</dd></div>
            <div><dt>Caching</dt><dd><code>ETag</code> on every GET; <code>If-Match</code> guards a write</dd></div>
          </dl>
        </Panel>
        {/* who is logged in is a line of each: not shown before that is known, or all would move */}
        {(known.data || known.error) && <Panel title="Examples" class="full" sentence={user ? `curl asks for the password of ${user}. Where the server logs in by other means, put those in its place.` : undefined}>
          {EXAMPLES.map(([what, method, path, body]) => (
            <div class="example" key={what}>
              <div class="example-head"><h3>{what}</h3><Copy class="ghost small" label={`Copy: ${what}`} text={() => curl(method, path, body)} /></div>
              <pre class="mono" tabIndex={0}>{curl(method, path, body)}</pre>
            </div>
          ))}
        </Panel>}
        {(known.data || known.error) && <Loaded from={described} retry={() => void reference.refresh()} skeleton={<Panel title="Reference" class="full"><Skeleton rows={12} /></Panel>}>{(d) => <Reference document={d as unknown as OpenApi} />}</Loaded>}
      </Grid>
    </>
  );
}
