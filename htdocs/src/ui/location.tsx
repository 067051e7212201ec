// SPDX-License-Identifier: Apache-2.0
// Where runs are performed: shown only where engines stand in more than one place.
import { engine } from '../state/resources';
import { useStore } from '../state/store';
import { SelectField } from './form';

/** '' (nothing said), one name, or several with commas between: one run for each. No name has a comma. */
export type Where = string;

/** The members of a request that say it. */
export function whereMembers(where: Where): { location?: string; locations?: string[] } {
  if (where === '') return {};
  return where.includes(',') ? { locations: where.split(',') } : { location: where };
}

/** Names of all places, engines that are away included. */
export function useLocations(): string[] {
  return (useStore(engine).data?.locations ?? []).map((l) => l.name);
}

/** The field, if there is a choice. A place that was chosen before stays in it. */
export function LocationField({ where, onWhere, error }: { where: Where; onWhere: (where: Where) => void; error?: string | undefined }) {
  const places = useStore(engine).data?.locations ?? [];
  const names = places.map((l) => l.name);
  const each = names.join(',');
  if (names.length < 2 && where === '') return null;
  const options: [Where, string][] = [
    ['', 'Wherever there is room, or as the scenario says'],
    ...places.map((l): [Where, string] => [l.name, l.engines > 0 ? l.name : `${l.name} (waits: no engine there)`]),
    ...(names.length > 1 ? [[each, `Each of ${names.join(', ')}`] as [Where, string]] : []),
  ];
  if (!options.some(([value]) => value === where)) options.push([where, where.replaceAll(',', ', ')]);
  return <SelectField label="Location" value={where} onValue={onWhere} options={options} error={error} help={where.includes(',') ? 'One for each, with its own figures.' : undefined} />;
}
