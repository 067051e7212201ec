// SPDX-License-Identifier: Apache-2.0
// What a load test asks: the fields of the form, and the plan's member `dataset`.
import type { LoadDataset, LoadPlanInput, TokenLength } from '../../api/types';
import { count, plural } from '../../format/number';
import { some, typed } from './typed';

export type Asks = 'scenario' | 'inline' | 'dataset' | 'generate';
/** `scenario`: output tokens as its inputs say. */
export type Dist = TokenLength['dist'] | 'scenario';

/** Every member of every distribution, so that changing it and back loses nothing. */
export interface LengthForm { dist: Dist; value: string; min: string; max: string; mean: string; stddev: string }

export interface AskedForm {
  asks: Asks;
  /** one JSON object in each line */
  lines: string;
  datasetId: string;
  order: NonNullable<LoadDataset['order']>;
  orderZipf: string;
  genCount: string; genSeed: string;
  input: LengthForm;
  output: LengthForm;
  prefixes: boolean; prefixCount: string; prefixTokens: string; prefixZipf: string;
}

export const ASKED: AskedForm = {
  asks: 'scenario', lines: '', datasetId: '', order: 'sequential', orderZipf: '1', genCount: '1000', genSeed: '1',
  input: { dist: 'normal', value: '800', min: '50', max: '4000', mean: '800', stddev: '200' },
  output: { dist: 'uniform', value: '200', min: '50', max: '400', mean: '200', stddev: '50' },
  prefixes: false, prefixCount: '10', prefixTokens: '500', prefixZipf: '1.1',
};

export const ASKS: readonly (readonly [Asks, string, string])[] = [
  ['scenario', "The scenario's inputs", 'Every request asks the same. A target that caches will be faster than in earnest.'],
  ['inline', 'Inputs written here', 'Each line is laid over the scenario’s inputs, one for each request in turn, and from the first again.'],
  ['dataset', 'A dataset', 'Each entry of an uploaded file is laid over the scenario’s inputs, one for each request in turn, and from the first again.'],
  ['generate', 'Generated prompts', 'Random words of given lengths, made when they are asked: for load like yours, without your data.'],
];

export interface ReadLines { items: Record<string, unknown>[]; /** line of each item, from 1 */ at: number[]; wrong: { line: number; why: string } | null }

/** Objects, one in each line that is not blank; stops at the first that is none. */
export function readLines(text: string): ReadLines {
  const read: ReadLines = { items: [], at: [], wrong: null };
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return { ...read, wrong: { line: i + 1, why: 'is not a JSON object, in { }.' } };
      read.items.push(value as Record<string, unknown>);
      read.at.push(i + 1);
    } catch (error) {
      return { ...read, wrong: { line: i + 1, why: `is not valid JSON: ${(error as Error).message}` } };
    }
  }
  return read;
}

/** Members of a distribution, in the order of their fields. */
export const MEMBERS: Record<Dist, readonly ('value' | 'min' | 'max' | 'mean' | 'stddev')[]> = {
  fixed: ['value'], uniform: ['min', 'max'], normal: ['mean', 'stddev', 'min', 'max'], scenario: [],
};

const lengthOf = (f: LengthForm): TokenLength => some({ dist: f.dist, ...Object.fromEntries(MEMBERS[f.dist].map((m) => [m, typed(f[m])])) }) as TokenLength;

const orderOf = (f: AskedForm) => (f.order === 'zipf' ? { order: f.order, zipf: typed(f.orderZipf) as number } : { order: f.order });

/** The member `dataset`; undefined: absent, null: its lines cannot be read. */
export function datasetOf(f: AskedForm): LoadDataset | undefined | null {
  switch (f.asks) {
    case 'inline': {
      const read = readLines(f.lines);
      return read.wrong ? null : { inline: read.items, ...orderOf(f) };
    }
    case 'dataset': return some({ dataset_id: typed(f.datasetId), ...orderOf(f) });
    case 'generate': return {
      generate: some({
        count: typed(f.genCount), seed: typed(f.genSeed), input_tokens: lengthOf(f.input),
        output_tokens: f.output.dist === 'scenario' ? undefined : lengthOf(f.output),
        shared_prefixes: f.prefixes ? some({ count: typed(f.prefixCount), tokens: typed(f.prefixTokens), zipf: typed(f.prefixZipf) }) : undefined,
      }) as NonNullable<LoadDataset['generate']>,
      ...orderOf(f),
    };
    default: return undefined;
  }
}

const text = (value: unknown, fallback: string) => (value === undefined || value === null ? fallback : String(value));
const lengthForm = (length: TokenLength | undefined, empty: LengthForm): LengthForm =>
  (length ? Object.fromEntries(Object.entries(empty).map(([k, v]) => [k, text(length[k as keyof TokenLength], v)])) as unknown as LengthForm : { ...empty, dist: 'scenario' });

/** The fields of a plan that was sent before. */
export function askedOf(d: LoadDataset | undefined): AskedForm {
  if (!d) return ASKED;
  const order = { order: d.order ?? ASKED.order, orderZipf: text(d.zipf, ASKED.orderZipf) };
  if (d.dataset_id !== undefined) return { ...ASKED, asks: 'dataset', datasetId: String(d.dataset_id), ...order };
  const g = d.generate;
  if (!g) return { ...ASKED, asks: 'inline', lines: (d.inline ?? []).map((o) => JSON.stringify(o)).join('\n'), ...order };
  const s = g.shared_prefixes;
  return {
    ...ASKED, asks: 'generate', ...order, genCount: String(g.count), genSeed: text(g.seed, ASKED.genSeed),
    input: lengthForm(g.input_tokens, ASKED.input), output: lengthForm(g.output_tokens, ASKED.output),
    prefixes: s !== undefined, prefixCount: text(s?.count, ASKED.prefixCount), prefixTokens: text(s?.tokens, ASKED.prefixTokens), prefixZipf: text(s?.zipf, ASKED.prefixZipf),
  };
}

/** A number under way may be a text: it is said as it stands. */
const number = (value: unknown) => (typeof value === 'number' ? count(value) : value === undefined ? '?' : String(value));

function lengthWords(l: TokenLength): string {
  switch (l.dist) {
    case 'fixed': return number(l.value);
    case 'uniform': return `${number(l.min)} to ${number(l.max)}`;
    case 'normal': return `about ${number(l.mean)} ± ${number(l.stddev)}`;
    default: return '?';
  }
}

/** What a plan asks, beside its scenario: "3 inputs of its own, in random order"; empty where the scenario says it all. */
export function askedWords(plan: LoadPlanInput, datasetName?: string): string {
  const d = plan.dataset;
  if (!d) return '';
  const order = d.order === 'random' ? ', in random order' : d.order === 'zipf' ? ', the first ones more often' : '';
  if (d.dataset_id !== undefined) return `the entries of ${datasetName ? `“${datasetName}”` : `dataset ${d.dataset_id}`}${order}`;
  const g = d.generate;
  if (!g) return `${d.inline ? plural(d.inline.length, 'input') : 'inputs'} of the plan’s own${order}`;
  const s = g.shared_prefixes;
  return `${number(g.count)} generated prompts of ${lengthWords(g.input_tokens)} tokens${s ? ` after one of ${number(s.count)} shared beginnings of ${number(s.tokens)}` : ''}${g.output_tokens ? `, answers of at most ${lengthWords(g.output_tokens)}` : ''}${order}`;
}
