// SPDX-License-Identifier: Apache-2.0
// The providers, and which members of `connection` each form shows. Everything else is edited as JSON.
import type { Provider } from '../../api/types';

export interface ConnectionField {
  member: string;
  label: string;
  kind: 'text' | 'number' | 'select';
  options?: readonly string[];
  help?: string;
  /** the usual value, shown as placeholder */
  usual?: string;
}

const URL_FIELD: ConnectionField = { member: 'url', label: 'Base URL', kind: 'text', usual: 'https://api.example.com/v1' };
const MODEL: ConnectionField = { member: 'model', label: 'Model', kind: 'text' };
const SECRET: ConnectionField = { member: 'secret', label: 'Secret with the key', kind: 'text', help: 'The name of a secret on the server, never the key itself.' };
const TIMEOUTS: readonly ConnectionField[] = [
  { member: 'timeout_seconds', label: 'Time-out (s)', kind: 'number' },
  { member: 'first_token_timeout_seconds', label: 'First token time-out (s)', kind: 'number' },
  { member: 'stall_timeout_seconds', label: 'Stall time-out (s)', kind: 'number' },
];

export const PROVIDERS: readonly { id: Provider; name: string; fields: readonly ConnectionField[] }[] = [
  { id: 'openai', name: 'OpenAI-compatible', fields: [URL_FIELD, MODEL, { member: 'api', label: 'API', kind: 'select', options: ['chat', 'embeddings'] }, SECRET, ...TIMEOUTS] },
  { id: 'anthropic', name: 'Anthropic Messages', fields: [URL_FIELD, MODEL, SECRET, ...TIMEOUTS] },
  { id: 'tinyfish', name: 'TinyFish', fields: [
    { ...URL_FIELD, usual: 'https://agent.tinyfish.ai' }, { member: 'mode', label: 'Mode', kind: 'select', options: ['run-sse', 'blocking', 'async'] },
    { member: 'goal', label: 'Goal', kind: 'text' }, { member: 'target_url', label: 'Page it works on', kind: 'text' }, SECRET,
    { member: 'timeout_seconds', label: 'Time-out (s)', kind: 'number' }] },
  { id: 'http', name: 'HTTP request', fields: [
    { ...URL_FIELD, label: 'URL', usual: 'https://example.com/search' }, { member: 'method', label: 'Method', kind: 'select', options: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'] },
    { member: 'stream', label: 'Stream', kind: 'select', options: ['none', 'sse', 'lines', 'chunks'] }, SECRET, { member: 'timeout_seconds', label: 'Time-out (s)', kind: 'number' }] },
  { id: 'mock', name: 'Mock', fields: [] },
];

export const providerName = (id: string): string => PROVIDERS.find((p) => p.id === id)?.name ?? id;
