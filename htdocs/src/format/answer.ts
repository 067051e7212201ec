// SPDX-License-Identifier: Apache-2.0
// What a target answered, as text.

/** What may be read of an answer: the text of a chat completion, or null. */
export function answerText(response: unknown): string | null {
  if (typeof response === 'string') return response;
  if (typeof response !== 'object' || response === null) return null;
  const r = response as Record<string, unknown>;
  const message = (r.choices as { message?: { content?: unknown } }[] | undefined)?.[0]?.message?.content;
  if (typeof message === 'string') return message;
  const output = r.output as Record<string, unknown> | undefined;
  for (const found of [r.text, r.content, output?.response]) if (typeof found === 'string') return found;
  const parts = r.content;
  if (Array.isArray(parts)) return parts.map((p: { text?: unknown }) => (typeof p?.text === 'string' ? p.text : '')).join('') || null;
  return null;
}
