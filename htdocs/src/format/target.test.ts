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
  it('says nothing about nothing', () => expect(guessTarget('').name).toBe(''));
});
