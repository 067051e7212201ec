/* SPDX-License-Identifier: Apache-2.0 */
/* The objects of the REST API, one interface each. Written by hand in the shape that `npm run types` generates
   (`components["schemas"]`), so that the generated file can take its place without a change elsewhere. */

export interface components {
  schemas: {
    /** Quantiles of a sample, in milliseconds, with its size. */
    QuantileStats: { p50: number | null; p95: number | null; p99: number | null; n?: number };

    /** How to reach a target; which members count depends on the provider. */
    Connection: {
      url?: string;
      model?: string;
      api?: 'chat' | 'embeddings';
      /** name of a named secret, never its value */
      secret?: string;
      headers?: Record<string, string>;
      timeout_seconds?: number;
      connect_timeout_seconds?: number;
      first_token_timeout_seconds?: number;
      stall_timeout_seconds?: number;
      method?: string;
      body?: unknown;
      expect_status?: (number | string)[];
      stream?: 'none' | 'sse' | 'lines' | 'chunks';
      mode?: 'run-sse' | 'blocking' | 'async';
      goal?: string;
      target_url?: string;
      poll_seconds?: number;
      [member: string]: unknown;
    };

    Provider: 'openai' | 'anthropic' | 'tinyfish' | 'http' | 'mock';

    Automation: {
      id: number;
      name: string;
      provider: components['schemas']['Provider'];
      tinyfish_automation_id: string | null;
      description: string | null;
      default_inputs: Record<string, unknown>;
      connection: components['schemas']['Connection'];
      max_in_flight: number | null;
      project_id?: number;
      labels: string[];
      created_by: string | null;
      created_at: string;
      updated_at: string;
    };

    Scenario: {
      id: number;
      name: string;
      automation_id: number;
      description: string | null;
      inputs_template: Record<string, unknown>;
      run_settings: Record<string, unknown>;
      labels: string[];
      version: number;
      project_id?: number;
      created_by: string | null;
      created_at: string;
      updated_at: string;
    };

    RunStatus: 'pending' | 'running' | 'completed' | 'failed' | 'cancelled' | 'timed_out';

    InterTokenStats: {
      mean_ms: number | null;
      p50_ms: number | null;
      p95_ms: number | null;
      p99_ms: number | null;
      n?: number;
      provenance?: 'usage' | 'chunk' | 'progress';
    };

    Phases: {
      queue_ms: number | null;
      dns_ms: number | null;
      connect_ms: number | null;
      tls_ms: number | null;
      send_ms: number | null;
      wait_ms: number | null;
      stream_ms: number | null;
    };

    Tokens: {
      prompt: number | null;
      completion: number | null;
      reasoning: number | null;
      cached: number | null;
      provenance?: 'usage' | 'timings' | 'counted';
    };

    /** One run as lists carry it (`view=summary`). */
    RunSummary: {
      id: number;
      scenario_id: number | null;
      automation_id?: number | null;
      kind: string;
      status: components['schemas']['RunStatus'];
      provider?: string;
      model?: string | null;
      started_at: string | null;
      finished_at: string | null;
      created_at: string;
      /** when it was due */
      run_at?: string;
      total_duration_ms: number | null;
      ttft_ms: number | null;
      inter_token_stats: components['schemas']['InterTokenStats'] | null;
      error: string | null;
      error_code?: string | null;
      http_status?: number | null;
      attempt?: number;
      max_attempts?: number;
      priority?: number;
      labels?: string[];
      scenario_version?: number | null;
      created_by?: string | null;
      cancel_requested?: boolean;
      tokens?: components['schemas']['Tokens'] | null;
      e2e_ms?: number | null;
      ttfb_ms?: number | null;
      /** sent later than planned by this much */
      send_lag_ms?: number | null;
      ttfo_ms?: number | null;
      ttst_ms?: number | null;
      tpot_ms?: number | null;
      output_tokens_per_second?: number | null;
      chunks?: number | null;
      finish_reason?: string | null;
      phases?: components['schemas']['Phases'] | null;
      connection_reused?: boolean | null;
      client_lag_us?: { p50: number; p99: number; max: number } | null;
      batched_events?: number | null;
      kernel_stamped?: boolean | null;
      engine?: string | null;
      tinyfish_run_id?: string | null;
    };

    Run: components['schemas']['RunSummary'] & {
      inputs?: Record<string, unknown> | null;
      request?: { method: string; url: string; headers: Record<string, string>; body: unknown } | null;
      response_json?: unknown;
      note?: string | null;
    };

    Timeline: {
      chunks: {
        /** microseconds since the request was sent */
        t_us: number;
        kind: 'role' | 'content' | 'reasoning' | 'tool' | 'progress' | 'usage' | 'finish' | 'other' | 'error';
        tokens: number | null;
        bytes: number;
        wake?: number;
      }[];
      /** indices into chunks: the gap before that chunk was a stall */
      stalls: number[];
      truncated: boolean;
    };

    DashboardKpis: {
      total_runs: number;
      /** 0 to 100 */
      success_rate: number | null;
      total_time_stats: components['schemas']['QuantileStats'] | null;
      ttft_stats: components['schemas']['QuantileStats'] | null;
      avg_inter_token_latency: number | null;
      recent_runs: components['schemas']['RunSummary'][];
      by_status?: Partial<Record<components['schemas']['RunStatus'], number>>;
      scenarios?: {
        scenario_id: number;
        name: string;
        runs: number;
        success_rate: number | null;
        p50_ms: number | null;
        p95_ms: number | null;
        ttft_p95_ms: number | null;
      }[];
      series?: {
        bucket_seconds: number;
        buckets: {
          at: string;
          n: number;
          ok: number;
          p50_ms: number | null;
          p95_ms: number | null;
          p99_ms: number | null;
          ttft_p95_ms: number | null;
        }[];
      };
      previous?: {
        total_runs: number;
        success_rate: number | null;
        p50: number | null;
        p95: number | null;
        p99: number | null;
        ttft_p95: number | null;
      } | null;
    };

    EngineNode: {
      id: string;
      host: string;
      pid: number;
      state: 'running' | 'draining' | 'stopped' | 'stale';
      started_at: string;
      beat_at: string;
      version?: string;
      loops?: number;
      in_flight?: number;
      capacity?: number;
      priority?: string | number | null;
      location?: string | null;
    };

    Engine: {
      engines: components['schemas']['EngineNode'][];
      queue: {
        pending: number;
        running: number;
        oldest_pending_seconds: number | null;
        by_kind?: Record<string, unknown>;
      };
      stopped: boolean;
      stopped_by?: string | null;
      stopped_at?: string | null;
      dead: { count: number };
    };

    ErrorFigure: { mean: number; p50: number; p99: number; max: number; n: number };

    Calibration: {
      id: number;
      status: components['schemas']['RunStatus'];
      streams: number;
      concurrency: number;
      created_at: string;
      finished_at: string | null;
      errors: Record<'send_lag_us' | 'ttft_us' | 'gap_us', components['schemas']['ErrorFigure']> | null;
      batched_events?: number | null;
      priority?: string | number | null;
      engine?: string | null;
      error: string | null;
    };

    About: {
      name: string;
      version: string;
      schema?: { version: number | string; expected: number | string };
      database?: Record<string, unknown>;
      nodes?: unknown;
      features?: Record<string, unknown>;
      server?: string | null;
      engine_here?: boolean;
      engines_alive?: number;
      providers?: string[];
      mock_mode?: boolean;
      project?: string | null;
      base_url?: string | null;
      limits?: Record<string, unknown>;
    };

    Me: { user: string | null; role: 'none' | 'viewer' | 'operator' | 'admin'; anonymous: boolean };

    Problem: {
      type?: string;
      title?: string;
      status?: number;
      detail?: string;
      code?: string;
      request_id?: string;
      errors?: { pointer: string; detail: string }[];
    };
  };
}
