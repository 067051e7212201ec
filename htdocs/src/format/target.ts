// SPDX-License-Identifier: Apache-2.0
// What a pasted address says about the target behind it. The engine finds out for sure (docs/discoveries.md).
import type { Provider } from '../api/types';

/** `more`: members of the connection that the address tells, such as the API or the mode. */
export interface Guess { provider: Provider; url: string; name: string; model: string; why: string; more: Readonly<Record<string, string>> }

/** Machines that are asked without TLS unless their address says otherwise: by number, by a name without dots, of the local network. */
const isLocal = (host: string) => /^(localhost|\d+\.\d+\.\d+\.\d+|\[.*\]|[^.]+)$/.test(host) || /\.(local|internal|lan)$/.test(host);

/** What was typed as a URL; null: it is none yet. */
export function readAddress(text: string): URL | null {
  const typed = text.trim();
  if (typed === '') return null;
  try {
    if (/^[a-z]+:\/\//i.test(typed)) return new URL(typed);
    const url = new URL(`http://${typed}`);
    return new URL(`${isLocal(url.hostname) ? 'http' : 'https'}://${typed}`);
  } catch {
    return null;
  }
}

const MODES: Readonly<Record<string, string>> = { 'run-sse': 'run-sse', run: 'blocking', 'run-async': 'async' };

/** Guesses provider, base URL and a name. Request paths are cut off ("/chat/completions"), since the provider adds them. */
export function guessTarget(text: string): Guess {
  const typed = text.trim();
  const url = readAddress(typed);
  if (!url) return { provider: 'openai', url: typed, name: '', model: '', why: '', more: {} };
  const name = url.hostname.replace(/^(api|www)\./, '') + (url.port ? `:${url.port}` : '');
  const cut = (path: RegExp) => `${url.origin}${url.pathname.replace(/\/+$/, '').replace(path, '').replace(/\/+$/, '')}${url.search}`;
  const guess = (provider: Provider, base: string, why: string, more: Record<string, string> = {}): Guess => ({ provider, url: base, name, model: '', why, more });
  if (/(^|\.)tinyfish\./.test(url.hostname)) {
    const mode = MODES[/\/automation\/([\w-]+)\/*$/.exec(url.pathname)?.[1] ?? ''];
    return guess('tinyfish', cut(/\/v1\/(automation\/|runs).*$/), 'tinyfish in the host name', mode ? { mode } : {});
  }
  if (/(^|\.)anthropic\./.test(url.hostname) || /\/messages\/*$/.test(url.pathname)) return guess('anthropic', cut(/\/(messages|models)$/), 'an Anthropic Messages address');
  const openai = /\/(chat\/completions|completions|embeddings|models|responses)$/;
  const path = url.pathname.replace(/\/+$/, '');
  if (openai.test(path) || /\/v\d+[a-z]*$/.test(path) || /openai/.test(url.hostname)) return guess('openai', cut(openai), 'looks OpenAI-compatible', /\/embeddings$/.test(path) ? { api: 'embeddings' } : {});
  if (/^(11434|8000|1234)$/.test(url.port)) return guess('openai', cut(openai), `port ${url.port} is usual for a local model server`);
  if (path.length > 1) return guess('http', url.href, 'a path of its own: a plain HTTP endpoint');
  return guess('openai', cut(openai), 'assumed OpenAI-compatible');
}
