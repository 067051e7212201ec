// SPDX-License-Identifier: Apache-2.0
// Every figure of the API by its member's name: how it is called in a table, in words, and what it is. No page has names of its own.

export interface Metric {
  member: string;
  /** for a table */
  short: string;
  /** for a title or a choice */
  long: string;
  /** one clause, without a full stop */
  meaning: string;
}

const of = (member: string, short: string, long: string, meaning: string): Metric => ({ member, short, long, meaning });

/** In the order of tables: what people ask for first comes first, what tells of our own side last. */
export const METRICS: readonly Metric[] = [
  of('ttft_ms', 'TTFT', 'Time to first token', 'from the send to the first content'),
  of('ttft_service_ms', 'TTFT, from the send', 'Time to first token, from the send', 'from the send to the first content, without the wait before the send'),
  of('ttft_scheduled_ms', 'TTFT, scheduled', 'Time to first token, from plan', 'from when it was planned to the first content'),
  of('e2e_ms', 'E2E', 'End to end', 'from the send to the last content'),
  of('e2e_service_ms', 'E2E, from the send', 'End to end, from the send', 'from the send to the last content, without the wait before the send'),
  of('e2e_scheduled_ms', 'E2E, scheduled', 'End to end, from plan', 'from when it was planned to the last content'),
  of('itl_ms', 'ITL', 'Inter-token latency', 'gap per token, of all gaps of all answers'),
  of('icl_ms', 'ICL', 'Gap between chunks', 'gap between chunks with content, of all gaps of all answers'),
  of('tpot_ms', 'TPOT', 'Time per output token', 'mean time per token after the first, one value of each answer'),
  of('ntpot_ms', 'Normalised TPOT', 'End to end per output token', 'end to end divided by the tokens of the answer, first token included'),
  of('ttfb_ms', 'TTFB', 'Time to first byte', 'from the send to the first byte of the answer'),
  of('ttfo_ms', 'TTFO', 'Time to first output', 'from the send to the first content that is not reasoning'),
  of('ttst_ms', 'TTST', 'First to second chunk', 'from the first content to the second'),
  of('total_ms', 'Total', 'Total with connecting', 'from the send to the end of the answer, connecting included'),
  of('send_lag_ms', 'Send lag', 'Send lag', 'how late we sent, on our side'),
  of('queue_ms', 'Queue', 'Wait in our queue', 'from when it was due to when it was started, on our side'),
  of('connect_ms', 'Connect', 'Connecting', 'time to connect, where the connection was new'),
  of('success_rate', 'Success', 'Success rate', 'completed of all attempts'),
  of('good_rate', 'Good', 'Good runs', 'completed within every SLO, of all attempts'),
  of('tokens_prompt', 'Tokens in', 'Tokens of the prompt', 'tokens of the prompt'),
  of('tokens_completion', 'Tokens out', 'Tokens of the answer', 'tokens of the answer'),
  of('cost', 'Cost', 'Cost of a run', 'cost of a run, by the prices of its model'),
];

const BY_MEMBER = new Map(METRICS.map((m) => [m.member, m]));

/** What a newer server names and this page does not know is written as it is, without unit and underscores. */
const unknown = (member: string): string => member.replace(/_ms$/, '').replaceAll('_', ' ');

export const metricName = (member: string): string => BY_MEMBER.get(member)?.short ?? unknown(member);
export const metricLongName = (member: string): string => BY_MEMBER.get(member)?.long ?? unknown(member);

/** What it is. Results of load tests tell from where they count (`basis`): then that is what is meant. */
export function metricMeaning(member: string, basis?: string | null): string {
  const counted = basis ? BY_MEMBER.get(member.replace(/_ms$/, `_${basis}_ms`)) : undefined;
  return (counted ?? BY_MEMBER.get(member))?.meaning ?? '';
}

/** "End to end" within a sentence; initials stay as they are. */
export const inSentence = (name: string): string => (/^[A-Z][a-z]/.test(name) ? (name[0] ?? '').toLowerCase() + name.slice(1) : name);

/** A sentence of the server with our names for its members, and with the signs that people write. */
export const inWords = (text: string): string => text
  .replace(/\b[a-z0-9]+(?:_[a-z0-9]+)+\b/g, (name) => BY_MEMBER.get(name)?.short ?? name)
  .replaceAll('<=', '≤').replaceAll('>=', '≥').replace(/(^|[\s(])-(?=\d)/g, '$1−');

/** A meaning as the begin of a sentence. */
export const capitalised = (text: string): string => (text[0] ?? '').toUpperCase() + text.slice(1);

const chosen = (members: readonly string[], name: (member: string) => string) => members.map((m) => [m, name(m)] as const);

/** Metrics of `GET /kpis`, in words. */
export const KPI_METRICS = chosen(['e2e_ms', 'ttft_ms', 'itl_ms', 'tpot_ms', 'total_ms', 'ttfb_ms', 'ntpot_ms', 'ttfo_ms', 'ttst_ms', 'icl_ms', 'e2e_scheduled_ms', 'ttft_scheduled_ms', 'queue_ms', 'send_lag_ms', 'connect_ms'], metricLongName);

/** Metrics that an SLO of a scenario may name, latencies first. */
export const SLO_METRICS = chosen(['ttft_ms', 'e2e_ms', 'itl_ms', 'icl_ms', 'tpot_ms', 'ntpot_ms', 'ttfb_ms', 'ttfo_ms', 'ttst_ms', 'total_ms', 'ttft_scheduled_ms', 'e2e_scheduled_ms'], metricName);
export const SLO_RATES = chosen(['success_rate', 'good_rate'], metricLongName);

/** Metrics that an SLO of a load test may name. */
export const LOAD_SLO_METRICS = chosen(['ttft_ms', 'ttft_service_ms', 'e2e_ms', 'e2e_service_ms', 'ttfb_ms', 'ttfo_ms', 'ttst_ms', 'itl_ms', 'icl_ms', 'tpot_ms', 'ntpot_ms', 'total_ms'], metricName);

/** How many samples certify a quantile with 99 % confidence; fewer are few. */
const CERTIFIES = { p95: 130, p99: 662 } as const;

/** " · few samples" where so many do not certify the quantile. */
export const fewSamples = (quantile: 'p50' | keyof typeof CERTIFIES, n: number | undefined): string => (quantile !== 'p50' && n !== undefined && n < CERTIFIES[quantile] ? ' · few samples' : '');

/** A run has many values of these: no Apdex. */
export const POOLED: ReadonlySet<string> = new Set(['itl_ms', 'icl_ms']);

/** These tell of the measuring side, not of the target. */
export const OWN_SIDE: ReadonlySet<string> = new Set(['send_lag_ms', 'queue_ms', 'connect_ms']);
