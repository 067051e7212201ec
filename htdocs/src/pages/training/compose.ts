// SPDX-License-Identifier: Apache-2.0
// A problem composed by hand: which members go with which type, and the form as the body that the API takes.
import type { Difficulty, ProblemInput, ProblemType } from '../../api/types';
import { OUTCOMES, WITH_RATE } from '../../format/training';
import { type ClassForm, classForm, classOf } from '../loadtests/spread';
import { typed } from '../loadtests/typed';

type Group = 'parameters' | 'perturbations' | 'expected';

export interface Member { group: Group; name: string; label: string; help?: string; options?: readonly string[] }

const parameter = (name: string, label: string, help?: string, options?: readonly string[]): Member => ({ group: 'parameters', name, label, ...(help ? { help } : {}), ...(options ? { options } : {}) });
const perturbation = (name: string, label: string, help?: string): Member => ({ group: 'perturbations', name, label, ...(help ? { help } : {}) });

const OWN: Record<ProblemType, readonly Member[]> = {
  concurrent_requests: [parameter('users', 'Users at once'), parameter('timeout_ms', 'Time-out (ms)', 'Of each request.')],
  network_latency: [perturbation('delay_ms', 'Delay (ms)', 'Before each send.'), perturbation('jitter_ms', 'Jitter (ms)', 'Its standard deviation.'), perturbation('loss_rate', 'Loss', '0 to 0.99, of the sends.')],
  fault_tolerance: [
    parameter('attempts', 'Attempts', 'Of each request, the first included.'), parameter('copies', 'Hedges', 'Of each request.'), parameter('hedge_after_ms', 'Hedge after (ms)'),
    perturbation('abort_rate', 'Aborted by us', '0 to 1.'), perturbation('abort_after_ms', 'Aborted after (ms)'), perturbation('dead_rate', 'To a dead endpoint', '0 to 1.'), perturbation('timeout_rate', 'With a tight time-out', '0 to 1.'), perturbation('timeout_ms', 'That time-out (ms)'),
  ],
  data_processing: [parameter('workers', 'Workers'), parameter('input_tokens_min', 'Shortest prompt (tokens)'), parameter('input_tokens_max', 'Longest prompt (tokens)'), parameter('output_tokens', 'Answer (tokens)')],
  memory_optimization: [parameter('input_tokens', 'Prompt (tokens)'), parameter('output_tokens', 'Answer (tokens)'), parameter('memory_mb', 'Memory of ours (MB)', 'Requests under way may take so much.')],
  cache_efficiency: [parameter('entries', 'Different prompts'), parameter('zipf', 'Exponent', 'The higher, the more repeats.'), parameter('input_tokens', 'Prompt (tokens)')],
  load_balancing: [parameter('strategy', 'Strategy', undefined, ['round_robin', 'least_connections', 'hash'])],
  resource_allocation: [parameter('budget', 'Budget', 'Requests under way, of all classes.'), parameter('policy', 'Who goes next', undefined, ['fair', 'priority', 'dynamic'])],
};

/** What each type is judged by beside what all are. */
const JUDGED: Partial<Record<ProblemType, string>> = { load_balancing: 'max_imbalance', resource_allocation: 'max_starved', fault_tolerance: 'min_recovered_rate', cache_efficiency: 'min_hit_rate' };

/** The fields of a type, in their order. */
export function membersOf(type: ProblemType | ''): Member[] {
  if (type === '') return [];
  const rated = WITH_RATE.includes(type);
  const outcomes = ['min_success_rate', 'max_response_time_ms', 'max_error_rate', 'min_throughput', ...(JUDGED[type] ? [JUDGED[type]] : [])];
  return [
    parameter('duration_seconds', 'Lasts (s)'), ...(rated ? [parameter('rate', 'Requests per second'), parameter('arrivals', 'Arrivals', undefined, ['poisson', 'constant'])] : []),
    ...OWN[type], ...outcomes.map((name): Member => { const o = OUTCOMES[name]; return { group: 'expected', name, label: `${o?.word ?? name} ${o?.sign === '≤' ? 'at most' : 'at least'}`, help: o?.help ?? '' }; }),
  ];
}

export const pointerOf = (m: Member): string => `/${m.group}/${m.name}`;

export interface ProblemForm {
  name: string; type: ProblemType | ''; difficulty: Difficulty; seed: string;
  /** by pointer */
  values: Record<string, string>;
  /** of load_balancing; none: the address of the target */
  endpoints: string[];
  /** of resource_allocation; none: drawn */
  classes: ClassForm[];
}

export const EMPTY: ProblemForm = { name: '', type: 'concurrent_requests', difficulty: 'easy', seed: '', values: {}, endpoints: [], classes: [] };

/** The pointers that rows of fields stand for. */
export const ROWS: Partial<Record<ProblemType, string>> = { load_balancing: '/parameters/endpoints', resource_allocation: '/parameters/classes' };

/** The part of the body that the form has fields for. What is left empty is drawn. */
export function bodyOf(f: ProblemForm): ProblemInput {
  const groups: Record<Group, Record<string, unknown>> = { parameters: {}, perturbations: {}, expected: {} };
  for (const m of membersOf(f.type)) {
    const text = f.values[pointerOf(m)]?.trim() ?? '';
    if (text !== '') groups[m.group][m.name] = m.options ? text : typed(text);
  }
  if (f.type === 'load_balancing' && f.endpoints.length > 0) groups.parameters.endpoints = f.endpoints.map((url) => url.trim());
  if (f.type === 'resource_allocation' && f.classes.length > 0) groups.parameters.classes = f.classes.map(classOf);
  const seed = typed(f.seed);
  return {
    ...(f.name.trim() ? { name: f.name.trim() } : {}), ...(f.type ? { scenario_type: f.type } : {}), difficulty: f.difficulty, ...(seed === undefined ? {} : { seed }),
    ...Object.fromEntries(Object.entries(groups).filter(([, members]) => Object.keys(members).length > 0)),
  } as ProblemInput;
}

export function formOf(body: ProblemInput): ProblemForm {
  const type = (body.scenario_type ?? '') as ProblemForm['type'];
  const values: Record<string, string> = {};
  for (const m of membersOf(type)) {
    const value = (body[m.group] as Record<string, unknown> | undefined)?.[m.name];
    if (value !== undefined && value !== null) values[pointerOf(m)] = String(value);
  }
  const { endpoints, classes } = (body.parameters ?? {}) as { endpoints?: unknown; classes?: unknown };
  return {
    name: body.name ?? '', type, difficulty: body.difficulty ?? 'easy', seed: body.seed === undefined ? '' : String(body.seed), values,
    endpoints: type === 'load_balancing' && Array.isArray(endpoints) ? endpoints.map(String) : [], classes: type === 'resource_allocation' && Array.isArray(classes) ? classes.map(classForm) : [],
  };
}
