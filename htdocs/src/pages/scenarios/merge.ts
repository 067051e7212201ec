// SPDX-License-Identifier: Apache-2.0
// Inputs of a run: defaults of the automation, overlaid by the scenario. Each merged member knows where it is from.

export interface Merged { name: string; value: unknown; from: 'automation' | 'scenario'; over: boolean }

export function mergeInputs(defaults: Record<string, unknown>, template: Record<string, unknown>): Merged[] {
  const names = [...new Set([...Object.keys(defaults), ...Object.keys(template)])];
  return names.map((name) => (Object.hasOwn(template, name)
    ? { name, value: template[name], from: 'scenario' as const, over: Object.hasOwn(defaults, name) }
    : { name, value: defaults[name], from: 'automation' as const, over: false }));
}

/** Names of `{{placeholders}}` anywhere in the inputs that no input fills. */
export function openPlaceholders(merged: readonly Merged[]): string[] {
  const text = JSON.stringify(merged.map((m) => m.value)) ?? '';
  const asked = [...text.matchAll(/\{\{\s*([A-Za-z_][\w]*)\s*\}\}/g)].map((m) => m[1] as string);
  const known = new Set(merged.map((m) => m.name));
  return [...new Set(asked)].filter((name) => !known.has(name));
}
