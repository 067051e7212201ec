// SPDX-License-Identifier: Apache-2.0
// What httpd's configuration says of our directives, and where each stands; for administrators of the whole installation.
import { api } from '../../api/client';
import type { ConfiguredDirective } from '../../api/types';
import { plural } from '../../format/number';
import { setParams, usePlace } from '../../router';
import { useMayAll } from '../../state/access';
import { me } from '../../state/resources';
import { Store, useStore } from '../../state/store';
import { Empty, Loaded, Panel } from '../../ui/panel';
import { Value } from '../../ui/state';

/** It changes when httpd is started or reloaded, and each answer is of one process. */
const configuration = new Store((o) => api.configuration(o));

const fileOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

function Says({ of: d }: { of: ConfiguredDirective }) {
  if (d.hidden) return <span class="note">hidden: it holds a password</span>;
  if (d.value !== null) return <code>{d.value}</code>;
  return d.default === null ? <Value text="–" why="nothing, or as the description says" /> : <><code>{d.default}</code> <span class="note">default</span></>;
}

function Where({ of: d }: { of: ConfiguredDirective }) {
  if (d.file === null) return <span class="none" title="it stands in no file">–<span class="sr"> (it stands in no file)</span></span>;
  return <><span title={`${d.file}, line ${d.line}`}>{fileOf(d.file)}:{d.line}</span>{d.section && <span class="note line">{d.section}</span>}</>;
}

function Directives({ of: list }: { of: readonly ConfiguredDirective[] }) {
  if (list.length === 0) return <Empty title="No directive stands anywhere"><p>Everything is as it is by default.</p></Empty>;
  return (
    <div class="table-frame" tabIndex={0} role="group" aria-label="Configuration">
      <table class="configuration">
        <thead><tr><th scope="col">Directive</th><th scope="col">Says</th><th scope="col" class="mid">Where</th></tr></thead>
        <tbody>
          {list.map((d, i) => (
            <tr key={`${d.directive} ${i}`}>
              <th scope="row"><span class="mono">{d.directive}</span><span class="note line">{d.description}</span></th>
              <td class="says"><Says of={d} />{d.file !== null && <span class="note line narrow-only">{fileOf(d.file)}:{d.line}{d.section ? `, ${d.section}` : ''}</span>}</td>
              <td class="mid"><Where of={d} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Configuration() {
  const user = useStore(me).data;
  const may = useMayAll() && user !== undefined;
  const state = useStore(may ? configuration : null);
  const all = usePlace().params.get('configuration') === 'all';
  if (!may) return null;
  const set = (state.data ?? []).filter((d) => d.file !== null);
  return (
    <Panel title="Configuration" class="full" sentence={all ? 'Every directive: what this server’s configuration says, or its default.' : 'Directives that stand in this server’s configuration, and where.'}
      actions={<button type="button" class="ghost" aria-pressed={all} onClick={() => setParams({ configuration: all ? null : 'all' })}>{all ? `Only the ${plural(set.length, 'one')} that stand somewhere` : 'All directives'}</button>}>
      <Loaded from={state} retry={() => void configuration.refresh()}>
        {(list) => <Directives of={all ? list : set} />}
      </Loaded>
    </Panel>
  );
}
