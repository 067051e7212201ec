// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { guessTarget } from './target';

describe('guessTarget', () => {
  it.each([
    ['https://api.example.com/v1', 'openai', 'https://api.example.com/v1', 'example.com'],
    ['https://api.example.com/v1/chat/completions', 'openai', 'https://api.example.com/v1', 'example.com'],
    ['http://127.0.0.1:11434', 'openai', 'http://127.0.0.1:11434', '127.0.0.1:11434'],
    ['https://api.anthropic.com/v1/messages', 'anthropic', 'https://api.anthropic.com/v1', 'anthropic.com'],
    ['https://agent.tinyfish.ai/v1/automation/run-sse', 'tinyfish', 'https://agent.tinyfish.ai', 'agent.tinyfish.ai'],
    ['https://shop.example.com/search?q=a', 'http', 'https://shop.example.com/search?q=a', 'shop.example.com'],
    ['models.example.com/v1/', 'openai', 'https://models.example.com/v1', 'models.example.com'],
  ])('%s', (text, provider, url, name) => expect(guessTarget(text)).toMatchObject({ provider, url, name }));
  it.each([
    ['https://api.example.com/v1/models/', 'https://api.example.com/v1'], ['https://api.example.com//', 'https://api.example.com'], ['https://h.example/d/m/chat/completions?api-version=1', 'https://h.example/d/m?api-version=1'],
    ['localhost:8081', 'http://localhost:8081'], ['127.0.0.1:8081/v1/chat/completions', 'http://127.0.0.1:8081/v1'], ['gpu-04:8000', 'http://gpu-04:8000'], ['[::1]:8000', 'http://[::1]:8000'],
    ['gpu-04.internal:8000/v1', 'http://gpu-04.internal:8000/v1'], ['api.example.com', 'https://api.example.com'], ['  https://api.example.com/v1  ', 'https://api.example.com/v1'],
  ])('base of %s', (text, url) => expect(guessTarget(text).url).toBe(url));
  it.each([
    ['https://api.example.com/v1/embeddings', { api: 'embeddings' }], ['https://agent.tinyfish.ai/v1/automation/run', { mode: 'blocking' }], ['https://agent.tinyfish.ai/v1/automation/run-async', { mode: 'async' }],
    ['https://agent.tinyfish.ai/', {}], ['https://api.example.com/v1', {}],
  ])('what %s tells besides', (text, more) => expect(guessTarget(text).more).toEqual(more));
  it('says nothing about what is no address yet', () => { for (const text of ['h ttp', 'https://', 'http://a b', '']) expect(guessTarget(text)).toMatchObject({ name: '', url: text.trim() }); });
  it('says nothing about nothing', () => expect(guessTarget('').name).toBe(''));
});
