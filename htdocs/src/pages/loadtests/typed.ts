// SPDX-License-Identifier: Apache-2.0
// Texts of a form as members of a JSON object.

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A number as typed; what is no number goes to the server as it is, which names the place; nothing where nothing stands. */
export function typed(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  // Number() alone would also take 0x10 and Infinity
  return (DECIMAL.test(trimmed) && Number.isFinite(Number(trimmed)) ? Number(trimmed) : trimmed) as number;
}

/** Without the members that are undefined. */
export const some = <T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } => Object.fromEntries(Object.entries(object).filter(([, v]) => v !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
