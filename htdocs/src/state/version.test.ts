// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { scriptIn } from '../api/client';
import { Steady } from './version';

describe('Steady', () => {
  const say = (...scripts: (string | null)[]) => { const steady = new Steady('old'); return scripts.map((s) => steady.hear(s)); };
  it('believes the third answer that says the same', () => expect(say('old', 'new', 'new', 'new')).toEqual(['same', 'perhaps', 'perhaps', 'changed']));
  it('not while two versions answer in turn', () => expect(say('new', 'new', 'old', 'new', 'old', 'new', 'new')).not.toContain('changed'));
  it('not while the new ones differ', () => expect(say('new', 'newer', 'new', 'newer')).not.toContain('changed'));
  it('an answer that could not be had says nothing', () => expect(say(null, 'new', null, 'new', null, 'new')).toEqual(['same', 'perhaps', 'perhaps', 'perhaps', 'perhaps', 'changed']));
});

describe('scriptIn', () => it.each([
  ['<script type="module" crossorigin src="/b/assets/index-a.js"></script>', '/b/assets/index-a.js'], ['<script crossorigin="" src="/x.js" type="module">', '/x.js'],
  ['<link rel="icon" href="/y">', null], ['', null],
])('%s names %s', (html, script) => expect(scriptIn(html)).toBe(script)));
