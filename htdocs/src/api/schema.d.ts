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
      rate_limit?: { requests_per_second?: number; burst?: number };
      circuit_breaker?: { failures?: number; open_seconds?: number };
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
      slos: components['schemas']['ScenarioSlo'][];
      labels: string[];
      version: number;
      project_id?: number;
      created_by: string | null;
      created_at: string;
      updated_at: string;
    };

    /** what the runs of a scenario promise: a latency has max, a rate min */
    ScenarioSlo: {
      name?: string | null;
      metric: string;
      quantile?: number;
      attainment?: number;
      max?: number;
      min?: number;
      window?: string;
    };

    SloStanding: {
      slo: components['schemas']['ScenarioSlo'];
      demand: string;
      status: 'met' | 'not_met' | 'too_few_samples';
      finding: string;
      target: number;
      attempted: number;
      within: number;
      attainment: number | null;
      attainment_interval: [number, number] | null;
      value: number | null;
      value_interval: [number | null, number | null] | null;
      relative_error: number;
      budget: { allowed: number | null; spent: number; left: number | null };
      from: string;
      burn_rates: Record<'1h' | '6h' | '24h' | '3d', number | null>;
    };

    ScenarioSlos: {
      scenario_id: number;
      version: number;
      slos: components['schemas']['SloStanding'][];
      summary: {
        window: string;
        from: string;
        attempted: number;
        good: number;
        attainment: number | null;
        attainment_interval: [number, number] | null;
        goodput_per_second: number | null;
        apdex: { metric: string; t_ms: number | null; value: number | null };
        pass_k: { k: number; value: number | null; tasks: number };
        cost_per_good_result: number | null;
      };
    };

    /** a figure with its 95 % interval; ends are null where there are too few samples */
    Interval: { value: number | null; low: number | null; high: number | null };

    ComparisonSide: {
      side: string;
      kind: 'runs' | 'scenario' | 'loadtest' | 'window';
      runs: number;
      looked_at: number;
      basis: 'rows' | 'sample' | 'cells';
      first_ended_at: string | null;
      last_ended_at: string | null;
    };

    ComparisonPart: {
      n: number;
      runs: number;
      few_samples: boolean;
      mean: components['schemas']['Interval'] | null;
      p50: components['schemas']['Interval'] | null;
      p95: components['schemas']['Interval'] | null;
      p99: components['schemas']['Interval'] | null;
      /** values at 0, 1 ... 100 % */
      curve?: number[];
    };

    ComparisonMetric: {
      metric: string;
      unit: 'ms' | '%' | 'tokens' | 'cost';
      better: 'lower' | 'higher' | 'neither';
      own_side: boolean;
      a: components['schemas']['ComparisonPart'];
      b: components['schemas']['ComparisonPart'];
      difference: Record<'mean' | 'p50' | 'p95' | 'p99', components['schemas']['Interval'] | null>;
      ratio: Record<'mean' | 'p50' | 'p95' | 'p99', components['schemas']['Interval'] | null>;
      test: string | null;
      p: number | null;
      p_corrected: number | null;
      effect: { name: string; value: number; low: number; high: number; magnitude: string } | null;
      verdict: 'better' | 'worse' | 'differs' | 'no_difference' | 'too_few_samples';
      sentence: string;
    };

    Comparison: {
      a: components['schemas']['ComparisonSide'];
      b: components['schemas']['ComparisonSide'];
      verdict: 'better' | 'worse' | 'mixed' | 'no_difference' | 'too_few_samples';
      sentence: string;
      significance: number;
      correction: 'holm';
      tests: number;
      intervals: 'bootstrap' | 'cells';
      replicates: number;
      seed: number;
      metrics: components['schemas']['ComparisonMetric'][];
      not_measured: string[];
      configuration: { what: string; a: unknown; b: unknown }[];
      notes: string[];
    };

    ScenarioTrend: {
      scenario_id: number;
      metric: string;
      quantile: number | null;
      unit: 'ms' | '%';
      series: { day: string; n: number; value: number | null; low: number | null; high: number | null; used: boolean; line: number | null }[];
      slope: { per_day: number; low: number | null; high: number | null; days: number; n_effective: number } | null;
      backtest: { forecasts: number; horizon_days: number; error_line: number | null; error_same_as_last: number | null } | null;
      forecast: { status: string; threshold: number | null; threshold_from: 'query' | 'slo' | null; at: string | null; earliest: string | null; latest: string | null };
      sentence: string;
    };

    /** `interrupted`: the engine of a load test died; what it had measured is kept */
    RunStatus: 'pending' | 'running' | 'completed' | 'failed' | 'cancelled' | 'timed_out' | 'interrupted';

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
      /** held back by the limits of the target */
      held_ms?: number | null;
      /** by the prices that held when it ended; null: no price or no tokens are known */
      cost?: number | null;
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
      /** where it was performed; before that, the only place where it may be */
      location?: string | null;
      pinned?: boolean;
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

    KpiKey: {
      scenario_id?: number;
      scenario_name?: string | null;
      automation_id?: number;
      automation_name?: string | null;
      model?: string | null;
      provider?: string | null;
      status?: string;
      location?: string | null;
      label?: string | null;
      hour?: string;
      day?: string;
    };

    KpiQuantile: { q: number; value: number | null; low: number | null; high: number | null; few_samples: boolean };

    KpiFigure: { n: number; mean: number | null; min: number | null; max: number | null; quantiles: components['schemas']['KpiQuantile'][]; apdex?: number | null };

    KpiCounts: {
      runs: number;
      by_status?: Record<string, number>;
      success_rate?: number | null;
      success_interval?: [number, number] | null;
      prompt_tokens?: number;
      completion_tokens?: number;
      cost?: number;
      errors?: Record<string, number>;
      metrics?: Record<string, components['schemas']['KpiFigure']>;
    };

    KpiHead: { range: { from: string; to: string }; source: 'run' | 'loadtest'; estimator: 'sketch' | 'exact'; relative_error: number };

    Kpis: components['schemas']['KpiHead'] & { total: components['schemas']['KpiCounts']; groups: (components['schemas']['KpiKey'] & components['schemas']['KpiCounts'])[] };

    KpiSeries: components['schemas']['KpiHead'] & {
      metric: string;
      bucket_seconds: number;
      at: string[];
      series: {
        key: components['schemas']['KpiKey'];
        runs: number[];
        completed: number[];
        n: number[];
        mean: (number | null)[];
        quantiles: { q: number; value: (number | null)[]; low: (number | null)[]; high: (number | null)[] }[];
      }[];
      omitted: number;
    };

    KpiDistribution: components['schemas']['KpiHead'] & {
      metric: string;
      /** one more than counts */
      edges: number[];
      distributions: (components['schemas']['KpiFigure'] & { key: components['schemas']['KpiKey']; counts: number[]; cdf: [number, number][] })[];
      omitted: number;
    };

    KpiHeatmap: components['schemas']['KpiHead'] & { metric: string; bucket_seconds: number; at: string[]; edges: number[]; counts: (number[] | null)[] };

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
      /** the window looked at, widened to whole hours; null: open at that end */
      range?: { from: string | null; to: string | null };
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
      locations?: { name: string; engines: number; pending: number; running: number }[];
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

    LoadModelType: 'closed' | 'constant' | 'poisson' | 'gamma' | 'semi_open' | 'ramp' | 'sweep' | 'capacity';

    /** How requests arrive; which members count depends on `type` (docs/load-tests.md). */
    LoadModel: {
      type: components['schemas']['LoadModelType'];
      concurrency?: number;
      think_time_ms?: number;
      rate?: number;
      shape?: number;
      turns?: number;
      start?: number;
      stages?: { duration_seconds: number; rate?: number; concurrency?: number }[];
      arrivals?: 'poisson' | 'constant';
      of?: 'rate' | 'concurrency';
      values?: number[];
      from?: number;
      to?: number;
      steps?: number;
      scale?: 'linear' | 'geometric';
      step_seconds?: number;
      start_rate?: number;
      max_rate?: number;
      precision?: number;
    };

    Slo: { metric: string; quantile?: number; max: number };

    LoadPlan: {
      scenario_id: number;
      name?: string;
      load_model: components['schemas']['LoadModel'];
      duration_seconds?: number;
      requests?: number;
      warmup_seconds?: number;
      seed?: number;
      slos?: components['schemas']['Slo'][];
      max_in_flight?: number;
      certificate?: boolean;
      drain_seconds?: number;
      dataset?: components['schemas']['LoadDataset'];
      retry?: components['schemas']['LoadRetry'];
      target_limits?: 'obey' | 'ignore';
      max_cost?: number;
      labels?: string[];
      location?: string | null;
      /** one load test for each; never in a plan that is read */
      locations?: string[];
      [member: string]: unknown;
    };

    /** Tokens of a generated prompt or answer; which members count depends on `dist`. */
    TokenLength: { dist: 'fixed' | 'uniform' | 'normal'; value?: number; min?: number; max?: number; mean?: number; stddev?: number };

    /** What is asked: one of `inline`, `dataset_id` and `generate`; lists leave the elements of `inline` out. */
    LoadDataset: {
      inline?: Record<string, unknown>[];
      dataset_id?: number;
      generate?: {
        count: number;
        seed?: number;
        input_tokens: components['schemas']['TokenLength'];
        output_tokens?: components['schemas']['TokenLength'];
        shared_prefixes?: { count: number; tokens: number; zipf?: number };
        provenance?: string;
      };
      order?: 'sequential' | 'random';
    };

    LoadRetry: { max_attempts: number; on?: components['schemas']['RetryCause'][]; base_ms?: number; max_ms?: number };

    RetryCause: 'connection' | 'rate_limited' | 'overloaded' | 'server_error' | 'timeout' | 'stream';

    Dataset: {
      id: number;
      name: string;
      format: 'jsonl' | 'csv';
      entries: number;
      /** as compact JSON */
      bytes: number;
      /** left out of lists */
      first_entries?: Record<string, unknown>[];
      version: number;
      created_by: string | null;
      created_at: string;
      updated_at: string;
    };

    DatasetEntry: { number: number; inputs: Record<string, unknown> };

    /** What a model costs, per million tokens, in a span of time. */
    Price: {
      id: number;
      provider: components['schemas']['Provider'];
      /** exact, or ending in * */
      model: string;
      input_per_million: number;
      cached_input_per_million: number | null;
      output_per_million: number;
      currency: string;
      valid_from: string | null;
      /** null: open */
      valid_to: string | null;
      created_by?: string | null;
      created_at?: string;
      updated_at?: string;
    };

    LoadProgress: {
      phase: 'certificate' | 'warmup' | 'window' | 'paused' | 'drain' | 'done';
      step?: number | null;
      steps?: number | null;
      elapsed_seconds: number;
      total_seconds: number | null;
      planned: number;
      sent: number;
      completed: number;
      failed: number;
      in_flight: number;
      offered_rate: number | null;
      achieved_rate: number | null;
    };

    LoadMetric: {
      basis?: 'scheduled' | 'service';
      provenance?: string;
      n?: number;
      mean?: number | null;
      min?: number | null;
      max?: number | null;
      p50?: number | null;
      p90?: number | null;
      p95?: number | null;
      p99?: number | null;
      p999?: number | null;
      /** 95 %, null where a rank leaves the sample */
      intervals?: Record<string, [number, number] | null>;
      n_effective?: number;
      /** bounds the quantile with 99 % confidence; null: too few samples */
      certified?: Record<string, number | null>;
    };

    LoadSlo: components['schemas']['Slo'] & { value: number | null; met: boolean | null };

    LoadStep: {
      of: 'rate' | 'concurrency';
      value: number;
      seconds: number;
      attempted: number;
      completed: number;
      failed: number;
      offered_rate: number | null;
      achieved_rate: number | null;
      completed_rate: number | null;
      goodput_rate: number | null;
      attainment: number | null;
      ttft_ms: components['schemas']['QuantileStats'] | null;
      e2e_ms: components['schemas']['QuantileStats'] | null;
      in_flight_mean: number | null;
      in_flight_slope_per_s: number | null;
      saturated: boolean | null;
      slo_met: boolean | null;
    };

    LoadCapacity: { rate: number | null; passed: number | null; failed: number | null; confidence: number; statement: string; limited_by: string | null };

    LoadResults: {
      loop: 'open' | 'closed' | 'semi_open';
      window_seconds: number;
      /** why sending ended before its time */
      truncated?: string | null;
      warmup: { seconds: number; attempted: number; failed: number } | null;
      attempted: number;
      completed: number;
      failed: number;
      cancelled: number;
      errors: Record<string, number>;
      success: { rate: number | null; low: number | null; high: number | null } | null;
      rates: { planned: number | null; offered: number | null; completed: number | null };
      metrics: Record<string, components['schemas']['LoadMetric'] | null>;
      send_lag: { mean: number; p50: number; p99: number; max: number; n: number } | null;
      throughput: {
        requests_per_second: number | null;
        input_tokens_per_second: number | null;
        output_tokens_per_second: number | null;
        tokens_per_second_per_user: { p50: number | null; p5: number | null } | null;
        provenance?: string | null;
      } | null;
      goodput: {
        requests_per_second: number | null;
        good: number;
        attainment: number | null;
        low: number | null;
        high: number | null;
        slos: components['schemas']['LoadSlo'][];
      } | null;
      client_lag: { p99_us: number | null; max_us: number | null; batched_events: number; events: number; kernel_stamped: number | null } | null;
      steps: components['schemas']['LoadStep'][];
      saturation: { knee: number | null; [member: string]: unknown } | null;
      capacity: components['schemas']['LoadCapacity'] | null;
      /** what the policies of the plan and of the target did */
      policies?: components['schemas']['LoadPolicies'] | null;
      /** null: no price of the model is known */
      cost?: components['schemas']['LoadCost'] | null;
    };

    LoadPolicies: {
      retries?: { attempts: number; recovered: number } | null;
      rate_limit?: { waits: number; wait_ms: { p50: number | null; p99: number | null; max: number | null } | null } | null;
      circuit?: { opened: number; refused: number } | null;
    };

    LoadCost: {
      currency: string;
      /** warm-up included */
      total: number | null;
      /** of the measuring window */
      window?: number | null;
      per_request: number | null;
      per_good_request: number | null;
      max_cost?: number | null;
      /** answers without a count of tokens */
      unpriced?: number;
      price?: Partial<components['schemas']['Price']> | null;
    };

    LoadCertificateSide: {
      errors: Record<'send_lag_us' | 'ttft_us' | 'gap_us', components['schemas']['ErrorFigure']> | null;
      priority?: string | number | null;
      /** what the machine did meanwhile, such as `steal` */
      host?: Record<string, unknown> | null;
    };

    LoadTest: {
      id: number;
      name: string | null;
      scenario_id: number | null;
      automation_id?: number | null;
      status: components['schemas']['RunStatus'];
      control?: 'run' | 'pause' | 'drain';
      cancel_requested?: boolean;
      plan: components['schemas']['LoadPlan'];
      progress?: components['schemas']['LoadProgress'] | null;
      /** left out of lists */
      results?: components['schemas']['LoadResults'] | null;
      /** what a list shows of the results */
      headline?: { metric: string; basis?: string; p95: number | null; n?: number; success: number | null } | null;
      certificate?: {
        before: components['schemas']['LoadCertificateSide'] | null;
        after: components['schemas']['LoadCertificateSide'] | null;
        extrapolated?: boolean;
        streams?: number;
        /** why there is no certificate, or not all of one */
        reason?: string | null;
      } | null;
      validity?: { status: 'valid' | 'invalid' | 'unknown'; reasons: string[] } | null;
      error?: string | null;
      error_code?: string | null;
      engine?: string | null;
      location?: string | null;
      labels?: string[];
      created_by?: string | null;
      created_at: string;
      started_at?: string | null;
      finished_at?: string | null;
      requests_dropped_at?: string | null;
    };

    /** One second of a load test; rates are counts of that second. */
    LoadSecond: {
      second: number;
      phase: components['schemas']['LoadProgress']['phase'];
      step?: number | null;
      planned: number;
      sent?: number;
      completed: number;
      failed: number;
      in_flight: number;
      tokens?: number | null;
      ttft_ms?: components['schemas']['QuantileStats'] | null;
      e2e_ms?: components['schemas']['QuantileStats'] | null;
    };

    /** What a plan would send; null: not known before it ran. */
    LoadEstimate: {
      requests: number | null;
      seconds: number | null;
      peak_in_flight: number | null;
      output_tokens: number | null;
      money: number | null;
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
