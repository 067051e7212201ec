// SPDX-License-Identifier: Apache-2.0
// In which order agents are listed: also the one in which their pages follow each other.
import type { Agent } from '../../api/types';

const SORTS: Record<string, (a: Agent, b: Agent) => number> = {
  executions: (a, b) => b.execution_count - a.execution_count,
  success: (a, b) => a.success_rate - b.success_rate,
  latency: (a, b) => (b.avg_latency_ms ?? -1) - (a.avg_latency_ms ?? -1),
  tokens: (a, b) => b.total_tokens - a.total_tokens,
  cost: (a, b) => b.total_cost - a.total_cost,
};

export const sortAt = (params: URLSearchParams): string => { const said = params.get('sort') ?? ''; return said in SORTS ? said : 'executions'; };

/** Those whose name has the text, in order. */
export function ordered(list: readonly Agent[], by: string, text: string): Agent[] {
  const mark = text.toLowerCase();
  return list.filter((a) => a.name.toLowerCase().includes(mark)).sort((a, b) => (SORTS[by]?.(a, b) ?? 0) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The address of an agent's page, beside what the list was ordered and filtered by. */
export const agentParams = (name: string, carried: Record<string, string> = {}) => ({ ...carried, agent: name });
