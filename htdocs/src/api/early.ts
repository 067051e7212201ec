// SPDX-License-Identifier: Apache-2.0
// What a page shows first is asked for by the very first script (start.ts), before the others are there: which questions these are
// index.html says, from the table of routes. Whoever then asks the same has that answer, once.

declare global {
  var bmEarly: Map<string, Promise<Response>> | undefined;
}

/** Whether this question, path and query below `api/v1`, was asked early and nobody had its answer yet. */
export const isEarly = (name: string): boolean => globalThis.bmEarly?.has(name) ?? false;

/** The answer to it, which is another's no more. */
export function takeEarly(name: string): Promise<Response> | undefined {
  const answer = globalThis.bmEarly?.get(name);
  globalThis.bmEarly?.delete(name);
  return answer;
}
