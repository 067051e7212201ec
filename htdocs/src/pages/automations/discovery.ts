// SPDX-License-Identifier: Apache-2.0
// A discovery in words: what was found, or why not and what to do about it. The codes are those of docs/discoveries.md.
import type { Discovery } from '../../api/types';
import { duration } from '../../format/duration';
import { plural } from '../../format/number';

export interface Advice { what: string; todo: string; /** lines for httpd.conf */ conf?: string }

/** Host and port of what was asked, for sentences and for a directive. */
function hostOf(address: string | null): string {
  try {
    return address ? new URL(address).hostname.replace(/^\[|\]$/g, '') : 'the target';
  } catch {
    return 'the target';
  }
}

const isTls = (d: Discovery) => d.asked?.startsWith('https:') ?? true;

/** The address that a refused connect had, as the engine says it. */
const refusedAddress = (d: Discovery) => /address (\S+)/.exec(d.error ?? '')?.[1]?.replace(/^\[|\](:\d+)?$/g, '') ?? hostOf(d.asked);

/** The lines that name a secret, for who has none. */
export const secretLines = (name: string) => `BenchmarkSecret ${name || 'my-key'} /etc/benchmark/${name || 'my-key'}`;

export function adviceOf(d: Discovery, secret: string): Advice {
  const host = hostOf(d.asked);
  const key = secret || 'my-key';
  switch (d.error_code) {
    case 'target_not_allowed': return { what: `Runs may not go to ${host}.`, todo: 'Only public addresses are open from the start. For this one, whoever runs the server adds a line to httpd.conf and restarts it:', conf: `BenchmarkTargetAllow ${refusedAddress(d)}` };
    case 'connection_refused': return { what: `Nobody listens at ${host}.`, todo: 'Is the server started, and is the port right? The engine asks from the machine that this server runs on.' };
    case 'dns_error': return { what: `The name ${host} is not known.`, todo: 'Check its spelling. It is looked up on the machine that this server runs on.' };
    case 'connect_timeout': return { what: `${host} does not answer.`, todo: 'A firewall may be in between, or the address is wrong.' };
    case 'first_byte_timeout': case 'stall_timeout': case 'total_timeout': return { what: `${host} took the request and does not answer in time.`, todo: 'It may be loading its model. Try again, or name the model by hand.' };
    case 'tls_error': return { what: `No trusted TLS connection to ${host}.`, todo: 'If it speaks plain HTTP, write http://. If its certificate is of your own authority, that one goes into httpd.conf:', conf: 'BenchmarkTargetCA /etc/ssl/certs/my-authority.pem' };
    case 'protocol_error': case 'connection_lost': return { what: `${host} does not speak HTTP there.`, todo: isTls(d) ? 'Check the port.' : 'If it speaks TLS, write https://. Else check the port.' };
    case 'unauthorized': case 'forbidden': return secret
      ? { what: `${host} does not take the key.`, todo: `Check what the secret ${secret} holds.` }
      : { what: `${host} wants a key.`, todo: 'Write it into a file on the server, name the file in httpd.conf, restart, and name the secret here:', conf: secretLines(key) };
    case 'secret_missing': return { what: `There is no secret named ${secret}.`, todo: 'Write the key into a file on the server, and name it in httpd.conf:', conf: secretLines(key) };
    case 'not_found': return { what: `${host} is there, and lists no models at this address.`, todo: 'Check the path. If it is right, type the model.' };
    case 'malformed_answer': return { what: `${host} answers, but not with a list of models.`, todo: 'Check the path. If it is right, type the model.' };
    case 'redirected': return { what: `${host} points elsewhere.`, todo: 'Requests do not follow. Use the address that it names.' };
    case 'rate_limited': case 'quota_exhausted': return { what: `${host} is there, and wants to be asked less.`, todo: 'Try again later, or type the model.' };
    case 'answer_too_large': return { what: `${host} answers with more than a list of models would have.`, todo: 'Check the path, or type the model.' };
    case 'expired': return { what: 'No engine took the question within a minute.', todo: 'Is the engine running? See Engine.' };
    case 'engine_stopped': return { what: 'The engine is stopped.', todo: 'Start it under Engine.' };
    case 'mock_mode': return { what: 'Nothing is sent to this target.', todo: 'BenchmarkMockMode is on.' };
    default: return { what: d.http_status && d.http_status >= 500 ? `${host} is there, and fails.` : `${host} was asked without success.`, todo: 'Type the model, or try again.' };
  }
}

const KINDS: Readonly<Record<string, string>> = { openai: 'OpenAI-compatible', anthropic: 'Anthropic Messages', tinyfish: 'TinyFish', http: 'an HTTP endpoint' };

/** What was found, in a sentence. */
export function foundWords(d: Discovery): string {
  const kind = KINDS[d.provider ?? ''] ?? 'a target';
  const offers = d.model_count == null ? '' : d.model_count === 0 ? ' It lists no models.' : ` It offers ${plural(d.model_count, 'model')}.`;
  const parts = [d.connect_ms == null ? '' : `connect ${duration(d.connect_ms)}`, d.tls_ms ? `TLS ${duration(d.tls_ms)}` : ''].filter(Boolean).join(', ');
  return `Answers in ${duration(d.total_ms)}${parts ? ` (${parts})` : ''}: ${kind}.${offers}`;
}
