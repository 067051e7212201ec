// SPDX-License-Identifier: Apache-2.0
// What a pasted address says about the target behind it.
import type { Provider } from '../api/types';

export interface Guess { provider: Provider; url: string; name: string; model: string; why: string }

/** Guesses provider, base URL and a name. Request paths are cut off ("/chat/completions"), since the provider adds them. */
export function guessTarget(text: string): Guess {
  const typed = text.trim();
  let url: URL;
  try {
    url = new URL(/^[a-z]+:\/\//i.test(typed) ? typed : `https://${typed}`);
  } catch {
    return { provider: 'openai', url: typed, name: '', model: '', why: '' };
  }
  const name = typed === '' ? '' : url.hostname.replace(/^(api|www)\./, '') + (url.port ? `:${url.port}` : '');
  const cut = (path: RegExp) => `${url.origin}${url.pathname.replace(path, '').replace(/\/+$/, '')}`;
  if (/(^|\.)tinyfish\./.test(url.hostname)) return { provider: 'tinyfish', url: cut(/\/v1\/automation\/.*$/), name, model: '', why: 'tinyfish in the host name' };
  if (/(^|\.)anthropic\./.test(url.hostname) || /\/messages\/?$/.test(url.pathname)) {
    return { provider: 'anthropic', url: cut(/\/messages\/?$/), name, model: '', why: 'an Anthropic Messages address' };
  }
  const openai = /\/(chat\/completions|completions|embeddings|models)\/?$/;
  if (openai.test(url.pathname) || /\/v\d+[a-z]*\/?$/.test(url.pathname) || /openai/.test(url.hostname)) {
    return { provider: 'openai', url: cut(openai), name, model: '', why: 'looks OpenAI-compatible' };
  }
  if (/^(11434|8000|1234)$/.test(url.port)) return { provider: 'openai', url: cut(openai), name, model: '', why: `port ${url.port} is usual for a local model server` };
  if (url.pathname.length > 1) return { provider: 'http', url: typed, name, model: '', why: 'a path of its own: a plain HTTP endpoint' };
  return { provider: 'openai', url: cut(openai), name, model: '', why: 'assumed OpenAI-compatible' };
}
