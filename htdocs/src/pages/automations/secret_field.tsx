// SPDX-License-Identifier: Apache-2.0
// The field that names a secret. Who may see which there are picks from their names; anybody can type one, also of the configuration.
import { useContext, useId } from 'preact/hooks';
import { me } from '../../state/resources';
import { useStore } from '../../state/store';
import { Field, ReadOnly } from '../../ui/form';
import { Link } from '../../ui/link';
import { allSecrets } from '../access/stores';

export function SecretField({ label, value, onValue, help, error }: { label: string; value: string; onValue: (value: string) => void; help: string; error?: string | undefined }) {
  const readOnly = useContext(ReadOnly);
  const admin = useStore(me).data?.role === 'admin';
  const known = useStore(admin ? allSecrets() : null).data;
  const list = useId();
  const found = known?.find((s) => s.name === value.trim());
  return (
    <Field label={label} error={error} help={<>{help}{known && value.trim() !== '' && (found ? <> <Link to={`/settings/secrets/${found.id}`}>Set</Link> in Settings.</> : <> None of this name is <Link to="/settings/secrets/new">set</Link>; the server’s configuration may have it.</>)}</>}>
      {(p) => (
        <>
          <input {...p} class="mono" list={known ? list : undefined} readOnly={readOnly} value={value} onInput={(e) => onValue(e.currentTarget.value)} autoComplete="off" spellcheck={false} />
          {known && <datalist id={list}>{known.map((s) => <option key={s.id} value={s.name}>{s.description ?? ''}</option>)}</datalist>}
        </>
      )}
    </Field>
  );
}
